"""The stockroom: what lies where, counted anew or moved by some, and every movement."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import inventory
from galleria.commerce.catalog import VariantView
from galleria.commerce.inventory import AdjustStock, Availability, StockLevel, StockLocation
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.finding import find_variants, views_of
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import Page

PAGE = 50
_ROW = re.compile(rf"(levels\[({forms.ID})/([1-9][0-9]{{0,9}})\])\.was$")
# Why goods came or went; the words stand in the template.
REASONS = ("counted", "received", "returned", "damaged", "lost", "corrected")


class Row(msgspec.Struct, frozen=True):
    """A variant at a location."""

    level: StockLevel
    view: VariantView
    place: StockLocation
    there: Availability

    @property
    def key(self) -> str:
        """What the row's fields are called."""
        return f"levels[{self.level.variant_id}/{self.level.location_id}]"


class Shelf(msgspec.Struct, frozen=True):
    """A page of the stockroom and how it was asked for."""

    rows: list[Row]
    places: list[StockLocation]
    place_id: int | None
    words: str
    has_more: bool
    next_cursor: str | None


@get("/s/{slug:str}/stock", scope="stock:read")
async def show_stock(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Levels, of one place or all, fifty to a page."""
    return _show(desk, await _shelf(desk), forms.empty())


async def _shelf(desk: Desk) -> Shelf:
    places = await inventory.list_locations(desk.ctx)
    asked = desk.question("place", 40)
    place = next((each for each in places if each.code == asked), None)
    place_id = place.location_id if place else None
    words, cursor = desk.question("q"), desk.question("cursor", 4_000) or None
    has_more = False
    if words:
        found = await find_variants(desk.ctx, words)
        has_more = found.has_more
        page: Page[StockLevel] = Page(items=[])
        if found.variant_ids:
            page = await inventory.list_stock(desk.ctx, found.variant_ids, place_id, cursor, PAGE)
    else:
        page = await inventory.list_stock(desk.ctx, None, place_id, cursor, PAGE)
    return Shelf(
        rows=await _rows(desk.ctx, page.items, places),
        places=places,
        place_id=place_id,
        words=words,
        has_more=has_more,
        next_cursor=page.next_cursor,
    )


async def _rows(ctx: Context, levels: list[StockLevel], places: list[StockLocation]) -> list[Row]:
    ids = [level.variant_id for level in levels]
    views = await views_of(ctx, ids)
    there = await inventory.availability(ctx, list(dict.fromkeys(ids))) if ids else {}
    by_id = {place.location_id: place for place in places}
    return [
        Row(level, views[level.variant_id], by_id[level.location_id], there[level.variant_id])
        for level in levels
        if level.variant_id in views and level.location_id in by_id
    ]


def _show(desk: Desk, shelf: Shelf, form: Form[Any], status: int = 200) -> Response[bytes]:
    code = next((p.code for p in shelf.places if p.location_id == shelf.place_id), "")
    asked = {"q": shelf.words, "place": code}
    query = {name: text for name, text in asked.items() if text}
    next_page = None
    if shelf.next_cursor:
        next_page = "?" + urlencode({**query, "cursor": shelf.next_cursor})
    for row in shelf.rows:
        form.values.setdefault(f"{row.key}.on_hand", str(row.level.on_hand))
        form.values.setdefault(f"{row.key}.safety", str(row.level.safety))
    return desk.show(
        "stock/stock.html",
        status,
        section="shelves",
        here=desk.here(),
        shelf=shelf,
        form=form,
        place_code=code,
        next_page=next_page,
        first_page="?" + urlencode(query) if desk.question("cursor", 4_000) else None,
        reasons=REASONS,
    )


@post("/s/{slug:str}/stock", scope="stock:write")
async def change_stock(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Every row that was touched is counted anew or moved by so many: all of them, or none."""
    form = desk.form
    reason = form.values.get("reason", REASONS[0])
    if reason not in REASONS:
        raise forms.refused("reason", "unknown_value")
    row, count = "", 0
    try:
        async with desk.ctx.transaction():
            for row, variant_id, place_id in _rows_sent(form):
                wanted = _wanted(form, row, place_id, reason)
                if wanted is not None:
                    await inventory.adjust_stock(desk.ctx, variant_id, wanted)
                    count += 1
    except GalleriaError as error:
        forms.refuse(form, error)
        if not error.errors:
            form.errors[f"{row}.on_hand"] = error.code
        return _show(desk, await _shelf(desk), form, error.status)
    back = own_path(form.values.get("back", desk.at("/stock")))
    return desk.go(back, Notice("stock_changed", count=count))


def _rows_sent(form: Form[Any]) -> list[tuple[str, UUID, int]]:
    """The rows of the form: how their fields are called, which variant and which place."""
    found = [
        (match[1], UUID(match[2]), int(match[3])) for match in map(_ROW.match, form.values) if match
    ]
    return found[:PAGE]


def _wanted(form: Form[Any], row: str, place_id: int, reason: str) -> AdjustStock | None:
    """What the row's fields say, None when nothing.

    A count is taken as the difference from what the page showed: what was sold since then is
    not put back on the shelf.

    Raises:
        InvalidInput: a field holds no number, or both ways were used at once.
    """
    least = {"delta": -(2**31)}
    number = {
        name: forms.read_whole(
            form.values.get(f"{row}.{name}", ""), f"{row}.{name}", least=least.get(name, 0)
        )
        for name in ("on_hand", "was", "delta", "safety", "was_safety")
    }
    counted, was, moved = number["on_hand"], number["was"], number["delta"]
    difference = 0 if counted is None or was is None else counted - was
    if difference and moved:
        raise forms.refused(f"{row}.delta", "count_or_move")
    delta = moved or difference
    safety = number["safety"] if number["safety"] != number["was_safety"] else None
    if not delta and safety is None:
        return None
    return AdjustStock(
        delta=delta,
        location_id=place_id,
        reason=reason,
        reference=form.values.get("reference", "").strip()[:200] or None,
        safety=safety,
    )


@get("/s/{slug:str}/stock/movements", scope="stock:read")
async def show_movements(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What came and went, newest first, of everything or of one variant."""
    asked = desk.question("variant", 40)
    try:
        variant_id = UUID(asked) if asked else None
    except ValueError:
        variant_id = UUID(int=0)
    cursor = desk.question("cursor", 4_000) or None
    page = await inventory.list_movements(desk.ctx, variant_id, cursor, PAGE)
    ids = [movement.variant_id for movement in page.items]
    return desk.show(
        "stock/movements.html",
        section="movements",
        page=page,
        views=await views_of(desk.ctx, ids),
        place_names={
            each.location_id: each.name for each in await inventory.list_locations(desk.ctx)
        },
        variant_id=variant_id,
        is_first=cursor is None,
    )


ROUTES = [show_stock, change_stock, show_movements]
