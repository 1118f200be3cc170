"""One variant in the stockroom: where it lies, on what terms it is sold, and its books."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, inventory
from galleria.commerce.inventory import LedgerFilter, StockPolicy
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
MOST_DELIVERIES = 20
SELLING = ("deny", "backorder", "preorder")
# Why goods of a variant moved, whoever moved them; the words stand in the template.
MOVED = (
    "counted",
    "received",
    "returned",
    "damaged",
    "lost",
    "corrected",
    "adjusted",
    "sold",
    "restocked",
    "transferred",
    "imported",
)


@get("/s/{slug:str}/stock/variants/{variant_id:uuid}", scope="stock:read")
async def show_variant(desk: NamedDependency[Desk], variant_id: FromPath[UUID]) -> Response[bytes]:
    """The variant, and its movements narrowed down as asked."""
    terms = (await inventory.terms_of(desk.ctx, [variant_id]))[variant_id]
    values = {
        "selling": terms.selling,
        "available_on": terms.available_on.isoformat() if terms.available_on else "",
        "promise_limit": "" if terms.promise_limit is None else str(terms.promise_limit),
        "low_at": "" if terms.low_at is None else str(terms.low_at),
    }
    if terms.is_tracked:
        values["is_tracked"] = "true"
    return await _show(desk, variant_id, forms.empty(**values))


async def _show(
    desk: Desk, variant_id: UUID, form: Form[Any], status: int = 200
) -> Response[bytes]:
    found = await catalog.variants_of(desk.ctx, [variant_id])
    if not found:
        raise catalog.VariantNotFound(f"no variant {variant_id}")
    places = await inventory.list_locations(desk.ctx)
    asked = {name: desk.question(name, 40) for name in ("place", "reason", "since", "until")}
    wanted = _wanted(asked, {each.code: each.location_id for each in places})
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await inventory.list_ledger(desk.ctx, variant_id, wanted, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"/stock/variants/{variant_id}"))
    levels = await inventory.list_stock(desk.ctx, [variant_id], limit=100)
    query = urlencode({name: text for name, text in asked.items() if text})
    return desk.show(
        "stock/variant.html",
        status,
        form=form,
        view=found[0],
        levels=levels.items,
        there=(await inventory.availability(desk.ctx, [variant_id]))[variant_id],
        usual_low=await inventory.low_stock_at(desk.ctx),
        expected=await inventory.list_incoming(desk.ctx, variant_id, None, MOST_DELIVERIES),
        page=page,
        asked=asked,
        query=query,
        is_asked=any(asked.values()),
        is_first=cursor is None,
        places=places,
        place_names={each.location_id: each.name for each in places},
        selling=SELLING,
        moved=MOVED,
    )


def _wanted(asked: dict[str, str], places: dict[str, int]) -> LedgerFilter:
    """What the address narrows the movements down to; what it says wrongly it does not say."""
    until = _day(asked["until"])
    return LedgerFilter(
        location_id=places.get(asked["place"]),
        reason=asked["reason"] or None,
        since=_day(asked["since"]),
        until=until + timedelta(days=1) if until is not None else None,
    )


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if 1970 <= day.year < 3000 else None


@post("/s/{slug:str}/stock/variants/{variant_id:uuid}", scope="stock:write")
async def save_policy(desk: NamedDependency[Desk], variant_id: FromPath[UUID]) -> Response[bytes]:
    """The variant is sold on these terms, and so many of it are kept back at each location."""
    form = desk.form
    sent = {name: text.strip() for name, text in form.values.items()}
    selling = sent.get("selling", "")
    try:
        fields: dict[str, Any] = {
            "is_tracked": "is_tracked" in sent,
            "selling": selling if selling in SELLING else "deny",
            "available_on": (sent.get("available_on") or None) if selling == "preorder" else None,
            "promise_limit": forms.read_whole(sent.get("promise_limit", ""), "promise_limit")
            if selling != "deny"
            else None,
            "low_at": forms.read_whole(sent.get("low_at", ""), "low_at"),
        }
        wanted = forms.convert(form, fields, StockPolicy)
        if wanted is None:
            return await _show(desk, variant_id, form, 422)
        async with desk.ctx.transaction():
            await inventory.set_policy(desk.ctx, variant_id, wanted)
            await _save_safety(desk, variant_id, sent)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, variant_id, form, error.status)
    return desk.go(desk.at(f"/stock/variants/{variant_id}"), Notice("saved"))


async def _save_safety(desk: Desk, variant_id: UUID, sent: dict[str, str]) -> None:
    levels = (await inventory.list_stock(desk.ctx, [variant_id], limit=100)).items
    for level in levels:
        name = f"safety[{level.location_id}]"
        safety = forms.read_whole(sent.get(name, ""), name)
        if safety is not None and safety != level.safety:
            changes = inventory.AdjustStock(location_id=level.location_id, safety=safety)
            await inventory.adjust_stock(desk.ctx, variant_id, changes)


ROUTES = [show_variant, save_policy]
