"""Where goods lie: the shop's stock locations."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import inventory
from galleria.commerce.inventory import LocationChanges, NewLocation
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

PLACE = "/settings/locations"


@get("/s/{slug:str}/settings/locations", scope="stock:read")
async def show_locations(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All locations in their order."""
    return await _show(desk, forms.empty())


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    return desk.show(
        "settings/locations.html",
        status,
        form=form,
        locations=await inventory.list_locations(desk.ctx),
        section="locations",
    )


@post("/s/{slug:str}/settings/locations", scope="stock:write")
async def create_location(desk: NamedDependency[Desk]) -> Response[bytes]:
    """One more place, behind the others."""
    form = desk.form
    country = form.values.get("country", "").strip().upper()
    fields = {
        "code": form.values.get("code", "").strip(),
        "name": form.values.get("name", "").strip(),
        "country": country or None,
    }
    wanted = forms.convert(form, fields, NewLocation)
    if wanted is None:
        return await _show(desk, form, 422)
    try:
        await inventory.create_location(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        form.errors["code"] = error.code
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE), Notice("saved", name=wanted.name[:80]))


@post("/s/{slug:str}/settings/locations/{location_id:int}", scope="stock:write")
async def save_location(desk: NamedDependency[Desk], location_id: FromPath[int]) -> Response[bytes]:
    """Name, country and order of a place, and whether it sells."""
    form, prefix = desk.form, f"locations[{location_id}]"
    country = form.values.get("country", "").strip().upper()
    fields: dict[str, Any] = {
        "name": form.values.get("name", "").strip(),
        "country": country or None,
        "is_active": "is_active" in form.values,
    }
    if form.values.get("position", "").strip():
        fields["position"] = form.values["position"].strip()
    changes = forms.convert(form, fields, LocationChanges)
    if changes is not None:
        try:
            await inventory.update_location(desk.ctx, location_id, changes)
            return desk.go(desk.at(PLACE), Notice("saved", name=fields["name"][:80]))
        except GalleriaError as error:
            forms.refuse(form, error)
    shown = forms.empty()
    shown.message = form.message
    shown.errors = {f"{prefix}.{name}": code for name, code in form.errors.items()}
    shown.values |= {f"{prefix}.{name}": text for name, text in form.values.items()}
    return await _show(desk, shown, 422)


ROUTES = [show_locations, create_location, save_location]
