"""Deliveries: expected, come in part or whole, or waited for no more."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, inventory
from galleria.commerce.inventory import IncomingState, NewIncoming
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.finding import views_of
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
PLACE = "/stock/deliveries"
STATES: tuple[IncomingState, ...] = ("open", "received", "cancelled")


@get("/s/{slug:str}/stock/deliveries", scope="stock:read")
async def show_deliveries(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Deliveries that are expected, or those that came or were cancelled."""
    return await _show(desk, forms.empty(sku=desk.question("sku", 100)))


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    asked = desk.question("state", 20)
    state = next((each for each in STATES if each == asked), STATES[0])
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await inventory.list_incoming(desk.ctx, None, cursor, PAGE, state=state)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    places = await inventory.list_locations(desk.ctx)
    return desk.show(
        "stock/deliveries.html",
        status,
        section="deliveries",
        form=form,
        page=page,
        state=state,
        states=STATES,
        views=await views_of(desk.ctx, [each.variant_id for each in page.items]),
        places=places,
        place_names={each.location_id: each.name for each in places},
        today=desk.ctx.now.date(),
        is_first=cursor is None,
    )


@post("/s/{slug:str}/stock/deliveries", scope="stock:write")
async def expect_delivery(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A delivery is expected."""
    form = desk.form
    sent = {name: text.strip() for name, text in form.values.items()}
    try:
        found = await catalog.variants_by_sku(desk.ctx, [sent.get("sku", "")[:100]])
        if not found:
            raise forms.refused("sku", "sku_not_found")
        fields = {
            "variant_id": next(iter(found.values())),
            "quantity": forms.read_whole(sent.get("quantity", ""), "quantity", least=1),
            "location_id": forms.read_whole(sent.get("location_id", ""), "location_id"),
            "expected_on": sent.get("expected_on") or None,
            "reference": sent.get("reference") or None,
        }
        if fields["quantity"] is None:
            raise forms.refused("quantity", "required")
        wanted = forms.convert(form, msgspec.to_builtins(fields), NewIncoming)
        if wanted is None:
            return await _show(desk, form, 422)
        await inventory.expect_incoming(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE), Notice("delivery_noted"))


@post("/s/{slug:str}/stock/deliveries/{incoming_id:uuid}/receive", scope="stock:write")
async def receive_delivery(
    desk: NamedDependency[Desk], incoming_id: FromPath[UUID]
) -> Response[bytes]:
    """So many have come and are on the shelf; all that was missing when no number was typed."""
    name = f"came[{incoming_id}]"
    try:
        came = forms.read_whole(desk.form.values.get("quantity", ""), name, least=1)
        await inventory.receive_incoming(desk.ctx, incoming_id, came)
    except GalleriaError as error:
        return await _refused(desk, error, name)
    return desk.go(desk.at(PLACE), Notice("delivery_received"))


@post("/s/{slug:str}/stock/deliveries/{incoming_id:uuid}/cancel", scope="stock:write")
async def cancel_delivery(
    desk: NamedDependency[Desk], incoming_id: FromPath[UUID]
) -> Response[bytes]:
    """The rest is waited for no more."""
    try:
        await inventory.cancel_incoming(desk.ctx, incoming_id)
    except GalleriaError as error:
        return await _refused(desk, error, f"came[{incoming_id}]")
    return desk.go(desk.at(PLACE), Notice("delivery_cancelled"))


async def _refused(desk: Desk, error: GalleriaError, name: str) -> Response[bytes]:
    form = forms.empty(**{name: desk.form.values.get("quantity", "")})
    forms.refuse(form, error)
    form.errors.setdefault(name, error.code)
    return await _show(desk, form, error.status)


ROUTES = [show_deliveries, expect_delivery, receive_delivery, cancel_delivery]
