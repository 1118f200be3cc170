"""Stocktaking: a sheet to fill in, or a list that was; the difference is shown before it counts."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream

from galleria.commerce import inventory
from galleria.commerce.catalog import VariantView
from galleria.commerce.inventory import (
    CountedLine,
    CountLine,
    StockCount,
    StockLevel,
    StockLocation,
)
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.finding import views_of
from galleria.faces.backoffice.pages.imports.runs import download
from galleria.faces.backoffice.pages.stock.lines import Listed, packed, read_lines, unpacked
from galleria.faces.backoffice.pages.stock.shelves import REASONS
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form, Upload
from galleria.foundation.errors import GalleriaError, InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page

PAGE = 50
PLACE = "/stock/counts"
MOST_BYTES = 2_000_000
MOST_SHOWN = 300
MOST_FAULTS = 50
_MOST_EMPTY = 20  # of some thousand shelves each: then the reader asks on
_COUNTED = re.compile(rf"counted\[({forms.ID})/([1-9][0-9]{{0,9}})\]$")


class Line(msgspec.Struct, frozen=True):
    """A shelf of the sheet."""

    level: StockLevel
    view: VariantView

    @property
    def key(self) -> str:
        """What its field is called."""
        return f"counted[{self.level.variant_id}/{self.level.location_id}]"


class Difference(msgspec.Struct, frozen=True):
    """What a count found on a shelf, with the words for it."""

    line: CountedLine
    view: VariantView | None
    place: str


@get("/s/{slug:str}/stock/counts", scope="stock:read")
async def show_counts(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The sheet of one location, fifty shelves to a page, and a form for a list."""
    return await _show(desk, forms.empty(reason=REASONS[0]))


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    places = await inventory.list_locations(desk.ctx)
    asked = desk.question("place", 40) or form.values.get("place", "")
    place = next((each for each in places if each.code == asked), None)
    if place is None and places:
        place = places[0]
    cursor = desk.question("cursor", 4_000) or None
    rows: list[Line] = []
    next_cursor = None
    if place is not None:
        try:
            page = await _page_of(desk, place.location_id, cursor)
        except InvalidCursor:
            return desk.go(desk.at(PLACE))
        views = await views_of(desk.ctx, [each.variant_id for each in page.items])
        rows = [
            Line(each, views[each.variant_id]) for each in page.items if each.variant_id in views
        ]
        next_cursor = page.next_cursor
    return desk.show(
        "stock/counts.html",
        status,
        section="counts",
        form=form,
        places=places,
        place=place,
        rows=rows,
        next_cursor=next_cursor,
        is_first=cursor is None,
        reasons=REASONS,
        here=desk.here() if desk.request.method == "GET" else desk.at(PLACE),
    )


async def _page_of(desk: Desk, location_id: int, cursor: str | None) -> Page[StockLevel]:
    """The next shelves of a location; past stretches of the stock where it has none."""
    page = await inventory.list_stock(desk.ctx, None, location_id, cursor, PAGE)
    for _ in range(_MOST_EMPTY):
        if page.items or page.next_cursor is None:
            break
        page = await inventory.list_stock(desk.ctx, None, location_id, page.next_cursor, PAGE)
    return page


@get("/s/{slug:str}/stock/counts/sheet.csv", scope="stock:read")
async def download_sheet(desk: NamedDependency[Desk]) -> Stream:
    """All shelves of a location as a table to count by."""
    places = await inventory.list_locations(desk.ctx)
    asked = desk.question("place", 40)
    place = next((each for each in places if each.code == asked), None)
    rows = inventory.stock_as_csv(desk.ctx, location_id=place.location_id if place else None)
    name = f"{desk.shop.slug}-{place.code if place else 'stock'}.csv"
    return download(rows, "text/csv; charset=utf-8", name)


@post("/s/{slug:str}/stock/counts", scope="stock:write")
async def look_at_sheet(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What the numbers of the sheet would change; nothing is kept yet.

    A number is taken as the difference from what the page showed: what was sold since then is not
    put back on the shelf.
    """
    form = desk.form
    try:
        lines = _sheet_sent(form)
    except InvalidInput as error:
        forms.refuse(form, error)
        return await _show(desk, form, error.status)
    if not lines:
        form.message = "nothing_chosen"
        return await _show(desk, form, 422)
    return await _preview(desk, form, Listed(lines, []), "adjust")


def _sheet_sent(form: Form[Any]) -> list[CountLine]:
    lines: list[CountLine] = []
    for name in form.values:
        match = _COUNTED.match(name)
        if match is None:
            continue
        counted = forms.read_whole(form.values[name], name)
        was = forms.read_whole(form.values.get(f"was{name.removeprefix('counted')}", ""), name)
        if counted is not None and was is not None:
            line = CountLine(counted - was, variant_id=UUID(match[1]), location_id=int(match[2]))
            lines.append(line)
    return lines


@post(
    "/uploads/{slug:str}/stock-counts",
    scope="stock:write",
    streams=True,
    request_max_body_size=None,
)
async def look_at_list(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What a list of counted goods would change; nothing is kept yet."""
    upload = await desk.upload()
    form: Form[Any] = Form(values=dict(upload.fields), many={}, errors={})
    try:
        text = await _text_of(upload)
        places = await inventory.list_locations(desk.ctx)
        usual = next((p.location_id for p in places if p.code == form.values.get("place")), None)
        listed = read_lines(text, {each.code: each.location_id for each in places}, usual)
        if not listed.lines and not listed.faults:
            raise forms.refused("file", "file_needed")
        return await _preview(desk, form, listed, "set")
    except GalleriaError as error:
        forms.refuse(form, error)
        form.errors.setdefault("file", form.message)
        return await _show(desk, form, error.status)


async def _text_of(upload: Upload) -> str:
    """The list that was sent as a file, else the one that was typed."""
    async for _, content in upload.files():
        raw = bytearray()
        async for chunk in content:
            raw += chunk
            if len(raw) > MOST_BYTES:
                raise forms.refused("file", "too_large")
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw.decode("cp1252", errors="replace")
    return upload.fields.get("typed", "")


async def _preview(desk: Desk, form: Form[Any], listed: Listed, mode: Any) -> Response[bytes]:
    count = await inventory.count_stock(desk.ctx, listed.lines, mode, is_preview=True)
    places = await inventory.list_locations(desk.ctx)
    differing = [each for each in count.lines if each.code is not None or each.delta]
    return desk.show(
        "stock/difference.html",
        section="counts",
        form=form,
        count=count,
        differences=await _told(desk, differing[:MOST_SHOWN], places),
        is_cut=len(differing) > MOST_SHOWN,
        unchanged=len(count.lines) - len(differing),
        faults=listed.faults[:MOST_FAULTS],
        kept=packed(_changes_of(count)),
        reason=_reason_of(form),
        back=_back_of(desk, form),
        reasons=REASONS,
    )


def _changes_of(count: StockCount) -> list[tuple[UUID, int, int]]:
    """By how many each shelf differs; of several lines about one shelf the sum."""
    found: dict[tuple[UUID, int], int] = {}
    for each in count.lines:
        if each.code is None and each.variant_id is not None and each.location_id is not None:
            shelf = (each.variant_id, each.location_id)
            found[shelf] = found.get(shelf, 0) + each.delta
    return [(*shelf, delta) for shelf, delta in found.items() if delta]


async def _told(
    desk: Desk, lines: Sequence[CountedLine], places: Sequence[StockLocation]
) -> list[Difference]:
    views = await views_of(desk.ctx, [e.variant_id for e in lines if e.variant_id is not None])
    names = {each.location_id: each.name for each in places}
    return [
        Difference(
            each,
            views.get(each.variant_id) if each.variant_id else None,
            names.get(each.location_id or 0, ""),
        )
        for each in lines
    ]


def _reason_of(form: Form[Any]) -> str:
    reason = form.values.get("reason", "")
    return reason if reason in REASONS else REASONS[0]


def _back_of(desk: Desk, form: Form[Any]) -> str:
    return own_path(form.values.get("back", "") or desk.at(PLACE))


@post("/s/{slug:str}/stock/counts/keep", scope="stock:write")
async def keep_count(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The differences that were looked at are on the shelves; those that cannot be are told."""
    form = desk.form
    lines = unpacked(form.many.get("kept", []))
    count = await inventory.count_stock(desk.ctx, lines, "adjust", _reason_of(form))
    notice = Notice("stock_counted", count=count.changed_count, refused=count.refused_count)
    return desk.go(_back_of(desk, form), notice)


ROUTES = [show_counts, download_sheet, look_at_sheet, look_at_list, keep_count]
