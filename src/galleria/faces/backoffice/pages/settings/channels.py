"""Where the shop sells: sales channels with their currency, languages and countries."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import tenants
from galleria.platform.tenants import ChangeChannel, NewChannel

PLACE = "/settings/channels"


@get("/s/{slug:str}/settings/channels", scope="settings:read")
async def show_channels(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All channels: a shop has a handful."""
    return await _show(desk, forms.empty(tax_inclusive="true"))


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    return desk.show(
        "settings/channels.html",
        status,
        form=form,
        channels=await tenants.list_channels(desk.ctx),
        section="channels",
    )


def _fields(form: Form[Any]) -> dict[str, Any]:
    values = {name: text.strip() for name, text in form.values.items()}
    return {
        "name": values.get("name", ""),
        "locale": values.get("locale", ""),
        "locales": forms.listed(values.get("locales", "")),
        "countries": [each.upper() for each in forms.listed(values.get("countries", ""))],
        "tax_inclusive": "tax_inclusive" in values,
    }


@post("/s/{slug:str}/settings/channels", scope="settings:write")
async def create_channel(desk: NamedDependency[Desk]) -> Response[bytes]:
    """One more place to sell."""
    form = desk.form
    form.values["currency"] = form.values.get("currency", "").strip().upper()
    fields = {
        **_fields(form),
        "code": form.values.get("code", "").strip(),
        "currency": form.values["currency"],
    }
    wanted = forms.convert(form, fields, NewChannel)
    if wanted is None:
        return await _show(desk, form, 422)
    try:
        await tenants.create_channel(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        if error.code == "channel_code_taken":
            form.errors["code"] = error.code
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE), Notice("saved", name=wanted.name[:80]))


@post("/s/{slug:str}/settings/channels/{channel_id:uuid}", scope="settings:write")
async def save_channel(desk: NamedDependency[Desk], channel_id: FromPath[UUID]) -> Response[bytes]:
    """The channel as its form has it; its code and currency stay."""
    form = desk.form
    fields = _fields(form)
    if "is_default" in form.values:
        fields["is_default"] = True
    prefix = f"channels[{channel_id}]"
    changes = forms.convert(form, fields, ChangeChannel)
    if changes is not None:
        try:
            version = forms.read_whole(form.values.get("version", "") or "0", "version", most=2**53)
            await tenants.update_channel(desk.ctx, channel_id, changes, version)
            return desk.go(desk.at(PLACE), Notice("saved", name=fields["name"][:80]))
        except GalleriaError as error:
            forms.refuse(form, error)
    shown = forms.empty(tax_inclusive="true")
    shown.message = form.message
    shown.errors = {f"{prefix}.{name}": code for name, code in form.errors.items()}
    shown.values |= {f"{prefix}.{name}": text for name, text in form.values.items()}
    return await _show(desk, shown, 422)


ROUTES = [show_channels, create_channel, save_channel]
