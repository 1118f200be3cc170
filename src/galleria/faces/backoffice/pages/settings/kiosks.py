"""Kiosks: how each does, what it sold, what waits for somebody, and one more set up."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces import kiosk
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.settings.keys import api_address, bindings_of
from galleria.faces.backoffice.visits import Desk
from galleria.faces.kiosk import NewKiosk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.platform.access import CreatedKey

PLACE = "/settings/kiosks"
PAGE = 50
SALES = 25


@get("/s/{slug:str}/settings/kiosks", scope="keys:read")
async def show_kiosks(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The kiosks of the shop, the newest first."""
    try:
        return await _show(desk, _form())
    except InvalidCursor:
        return desk.go(desk.at(PLACE))


def _form() -> Form[Any]:
    return forms.empty(profile=kiosk.STANDARD_PROFILE, may_read_stock="true")


async def _show(
    desk: Desk, form: Form[Any], status: int = 200, created: CreatedKey | None = None
) -> Response[bytes]:
    words, cursor = desk.question("q"), desk.question("cursor", 4_000) or None
    is_alive = desk.question("state") != "all"
    page = await kiosk.list_kiosks(desk.ctx, words, is_alive=is_alive, cursor=cursor, limit=PAGE)
    trusted = await kiosk.public_keys(desk.ctx) if created else None
    return desk.show(
        "settings/kiosks.html",
        status,
        form=form,
        page=page,
        words=words,
        is_alive=is_alive,
        is_first=cursor is None,
        counted=kiosk.COUNTED,
        created=created,
        trusted=msgspec.json.encode(trusted).decode() if trusted else "",
        bindings=await bindings_of(desk),
        api_address=api_address(desk),
        section="kiosks",
    )


@post("/s/{slug:str}/settings/kiosks", scope="keys:write")
async def set_up_kiosk(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A key for one more kiosk; the page that answers is the only one that ever shows it."""
    values = desk.form.values
    wanted = {
        **{name: values.get(name, "").strip() for name in ("name", "location", "profile")},
        "may_read_stock": "may_read_stock" in values,
        "may_read_staff_notes": "may_read_staff_notes" in values,
    }
    try:
        if not wanted["name"]:
            raise forms.refused("name", "required")
        kiosk_wanted = forms.convert(desk.form, wanted, NewKiosk)
        if kiosk_wanted is None:
            return await _show(desk, desk.form, 422)
        created = await kiosk.set_up(desk.ctx, kiosk_wanted)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show(desk, desk.form, error.status)
    return await _show(desk, _form(), created=created)


@get("/s/{slug:str}/settings/kiosks/{key_id:uuid}", scope="keys:read")
async def show_kiosk(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """What waits at a kiosk, and what it sold lately."""
    found = await kiosk.get_kiosk(desk.ctx, key_id)
    cursor = desk.question("cursor", 4_000) or None
    try:
        sales = await kiosk.sales_of(desk.ctx, key_id, cursor, SALES)
    except InvalidCursor:
        return desk.go(_at(desk, key_id))
    return desk.show(
        "settings/kiosk.html",
        key=found.key,
        figures=found.figures,
        waiting=await kiosk.waiting_of(desk.ctx, key_id) if cursor is None else [],
        most_waiting=kiosk.MOST_WAITING,
        counted=kiosk.COUNTED,
        sales=sales,
        is_first=cursor is None,
        bindings=await bindings_of(desk, found.key),
        section="kiosks",
    )


@post("/s/{slug:str}/settings/kiosks/{key_id:uuid}/settle", scope="orders:write")
async def settle_sale(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """Somebody has dealt with a sale that waited."""
    values = desk.form.values
    try:
        fingerprint = bytes.fromhex(values.get("fingerprint", "")[:64])
        await kiosk.settle(desk.ctx, values.get("sale_key", "")[:100], fingerprint)
    except (ValueError, kiosk.WaitingSaleNotFound):
        return desk.go(_at(desk, key_id), Notice("kiosk_sale_gone"))
    return desk.go(_at(desk, key_id), Notice("kiosk_sale_settled"))


def _at(desk: Desk, key_id: UUID) -> str:
    return desk.at(f"{PLACE}/{key_id}")


ROUTES = [show_kiosks, set_up_kiosk, show_kiosk, settle_sale]
