"""Goods carried from one location to another."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import catalog, inventory
from galleria.commerce.catalog import VariantView
from galleria.commerce.inventory import (
    CountLine,
    StockLevel,
    StockLocation,
    TransferLine,
    TransferStock,
)
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.finding import find_variants, views_of
from galleria.faces.backoffice.pages.stock.lines import read_lines
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import FieldError, GalleriaError, InvalidInput

PLACE = "/stock/transfers"
MOST_LINES = 500
_PIECES = re.compile(rf"pieces\[({forms.ID})\]$")


class Good(msgspec.Struct, frozen=True):
    """A variant that was found, and how many of it lie at both ends."""

    view: VariantView
    levels: Mapping[int, StockLevel]

    @property
    def key(self) -> str:
        """What its field is called."""
        return f"pieces[{self.view.variant_id}]"

    def at(self, location_id: int) -> int:
        """How many lie there."""
        return self.levels[location_id].on_hand if location_id in self.levels else 0


@get("/s/{slug:str}/stock/transfers", scope="stock:read")
async def show_transfers(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The form: from where, to where, and what."""
    names = ("from", "to")
    return await _show(desk, forms.empty(**{name: desk.question(name, 40) for name in names}))


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    places = [each for each in await inventory.list_locations(desk.ctx) if each.is_active]
    words = desk.question("q") or form.values.get("q", "")
    found, has_more = [], False
    if words and len(places) > 1:
        hits = await find_variants(desk.ctx, words)
        has_more = hits.has_more
        found = await _goods(desk, hits.variant_ids)
    start, end = _ends(places, form)
    return desk.show(
        "stock/transfers.html",
        status,
        section="transfers",
        form=form,
        places=places,
        start=start,
        end=end,
        words=words,
        goods=found,
        has_more=has_more,
    )


def _ends(
    places: list[StockLocation], form: Form[Any]
) -> tuple[StockLocation | None, StockLocation | None]:
    """Where the goods come from and go to: as chosen, else the first two."""
    by_code = {each.code: each for each in places}
    start = by_code.get(form.values.get("from", "")) or (places[0] if places else None)
    others = [each for each in places if each is not start]
    return start, by_code.get(form.values.get("to", "")) or (others[0] if others else None)


async def _goods(desk: Desk, variant_ids: list[UUID]) -> list[Good]:
    if not variant_ids:
        return []
    views = await views_of(desk.ctx, variant_ids)
    most = len(variant_ids) * 100
    page = await inventory.list_stock(desk.ctx, variant_ids, limit=most)
    levels: dict[UUID, dict[int, StockLevel]] = {}
    for level in page.items:
        levels.setdefault(level.variant_id, {})[level.location_id] = level
    return [Good(views[each], levels.get(each, {})) for each in variant_ids if each in views]


@post("/s/{slug:str}/stock/transfers", scope="stock:write")
async def transfer(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All that was named is at the other location, or nothing is."""
    form = desk.form
    places = await inventory.list_locations(desk.ctx)
    by_code = {each.code: each.location_id for each in places}
    try:
        lines = await _lines_sent(desk, form)
        wanted = TransferStock(
            from_location_id=by_code.get(form.values.get("from", ""), 0),
            to_location_id=by_code.get(form.values.get("to", ""), 0),
            lines=lines,
            reference=form.values.get("reference", "").strip()[:200] or None,
        )
        await inventory.transfer_stock(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, form, error.status)
    count = sum(line.quantity for line in lines)
    return desk.go(desk.at(PLACE), Notice("transferred", count=count))


async def _lines_sent(desk: Desk, form: Form[Any]) -> list[TransferLine]:
    """What the form names: pieces of what was found, and a list of SKUs.

    Raises:
        InvalidInput: nothing, too much, a number that is none or an SKU that is nobody's.
    """
    lines: list[TransferLine] = []
    for name, text in form.values.items():
        match = _PIECES.match(name)
        pieces = forms.read_whole(text, name, least=0) if match else None
        if match and pieces:
            lines.append(TransferLine(variant_id=UUID(match[1]), quantity=pieces))
    listed = read_lines(form.values.get("listed", ""), {})
    errors = [FieldError("listed", code, f"line {number}") for number, code in listed.faults]
    skus = await catalog.variants_by_sku(desk.ctx, [each.sku for each in listed.lines if each.sku])
    for each in listed.lines:
        variant_id = _variant_of(each, skus)
        if variant_id is None or each.quantity < 1:
            code = "sku_not_found" if variant_id is None else "out_of_range"
            errors.append(FieldError("listed", code, str(each.sku)))
        else:
            lines.append(TransferLine(variant_id=variant_id, quantity=each.quantity))
    if errors:
        raise InvalidInput(errors[0].message, errors=errors)
    if not lines or len(lines) > MOST_LINES:
        raise forms.refused("listed", "too_many" if lines else "nothing_chosen")
    return lines


def _variant_of(line: CountLine, skus: Mapping[str, UUID]) -> UUID | None:
    return line.variant_id or skus.get(line.sku or "")


ROUTES = [show_transfers, transfer]
