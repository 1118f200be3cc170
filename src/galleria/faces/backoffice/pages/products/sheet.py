"""The part of a product's combinations that is on the page: rows, columns, and what stands there.

Rows are the combinations of all options but the last, columns the values of the last. Of thousands
only a window is read out, so that a product of 5,000 variants opens like one of five.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import catalog, inventory, pricing
from galleria.commerce.catalog import ProductTree, Variant
from galleria.commerce.inventory import StockLocation
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.platform import tenants
from galleria.platform.tenants import Channel

# Together as many cells as may change at once.
ROWS, COLUMNS = 20, 25
ROWS_OF_ONE_OPTION = 100
FIELDS = ("price", "compare_at", "stock", "sku", "barcode", "weight_g")
OWN_FIELDS = ("sku", "barcode", "weight_g")  # of the catalog; no price and no stock


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A combination: its variant, or why there is none; `reason` names the rule against it."""

    values: list[str]
    variant_id: UUID | None = None
    reason: str | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the page of how much."""

    product: ProductTree
    axes: list[list[str]]
    row_at: int
    row_count: int
    rows_shown: int
    column_at: int
    column_count: int
    columns: list[str]
    rows: list[list[str]]
    cells: list[list[Cell]]
    field: str
    channel: Channel
    channels: list[Channel]
    place: StockLocation | None
    places: list[StockLocation]
    missing_count: int

    @property
    def variant_ids(self) -> list[UUID]:
        """The variants on the page, row by row."""
        return [c.variant_id for row in self.cells for c in row if c.variant_id is not None]

    @property
    def jumps(self) -> list[tuple[int, str]]:
        """Where each value of the first option begins, when there are rows off the page."""
        if self.row_count <= self.rows_shown or len(self.axes) < 2:
            return []
        each = self.row_count // max(len(self.axes[0]), 1)
        return [(at * each, value) for at, value in enumerate(self.axes[0])]


def axes_of(product: ProductTree) -> list[list[str]]:
    """The values of each option: those that are said, else those that variants have."""
    return [
        option.values or list(dict.fromkeys(v.option_values[at] for v in product.variants))
        for at, option in enumerate(product.options)
    ]


def row_of(axes: Sequence[Sequence[str]], at: int) -> list[str]:
    """The combination of the row at a place, the last option going round fastest."""
    values: list[str] = []
    for axis in reversed(axes):
        at, place = divmod(at, len(axis))
        values.insert(0, axis[place])
    return values


async def window_of(desk: Desk, product_id: UUID) -> Window:
    """The window that the address names.

    Raises:
        ProductNotFound: there is no such product.
    """
    product = await catalog.get_product(desk.ctx, product_id)
    axes = axes_of(product)
    # A single option reads down, not across.
    down, across = (axes[:-1], axes[-1]) if len(axes) > 1 else (axes, [""])
    row_count = 1
    for axis in down:
        row_count *= len(axis)
    rows_shown = ROWS if len(axes) > 1 else ROWS_OF_ONE_OPTION
    row_at = _place(desk, "row", row_count, rows_shown)
    column_at = _place(desk, "column", len(across), COLUMNS)
    rows = [row_of(down, at) for at in range(row_at, min(row_at + rows_shown, row_count))]
    columns = list(across[column_at : column_at + COLUMNS])
    field = desk.question("field", 20)
    seen = [name for name in FIELDS if may_see(desk, name)]
    total = row_count * len(across)
    places = await _places(desk)
    channels = await tenants.list_channels(desk.ctx)
    code, place = desk.question("channel", 40), desk.question("place", 40)
    return Window(
        product=product,
        axes=axes,
        row_at=row_at,
        row_count=row_count,
        rows_shown=rows_shown,
        column_at=column_at,
        column_count=len(across),
        columns=columns,
        rows=rows,
        cells=await _cells(desk, product, rows, columns),
        field=field if field in seen else seen[0],
        channel=next((each for each in channels if each.code == code), channels[0]),
        channels=channels,
        place=next((each for each in places if each.code == place), places[0] if places else None),
        places=places,
        missing_count=max(0, total - len(product.variants)),
    )


def may_see(desk: Desk, field: str) -> bool:
    """The person's role includes what the field shows."""
    if field in ("price", "compare_at"):
        return desk.may("prices:read")
    return field != "stock" or desk.may("stock:read")


def _place(desk: Desk, name: str, count: int, shown: int) -> int:
    asked = desk.question(name, 7)
    return min(int(asked), max(count - 1, 0)) // shown * shown if asked.isdigit() else 0


async def _places(desk: Desk) -> list[StockLocation]:
    if not desk.may("stock:read"):
        return []
    return [each for each in await inventory.list_locations(desk.ctx) if each.is_active]


async def _cells(
    desk: Desk, product: ProductTree, rows: Sequence[list[str]], columns: Sequence[str]
) -> list[list[Cell]]:
    there = {tuple(each.option_values): each for each in product.variants}
    cells = [
        [_cell(there, [*row, column] if column or len(product.options) > 1 else row)]
        for row in rows
        for column in columns
    ]
    empty = [cell for (cell,) in cells if cell.variant_id is None]
    reasons = await catalog.reasons_against(
        desk.ctx, product.product_id, [each.values for each in empty]
    )
    why = {tuple(cell.values): reason for cell, reason in zip(empty, reasons, strict=True)}
    flat = [msgspec.structs.replace(c, reason=why.get(tuple(c.values))) for (c,) in cells]
    return [flat[at : at + len(columns)] for at in range(0, len(flat), max(len(columns), 1))]


def _cell(there: dict[tuple[str, ...], Variant], values: list[str]) -> Cell:
    variant = there.get(tuple(values))
    return Cell(values=values, variant_id=variant.variant_id if variant else None)


async def form_of(desk: Desk, window: Window) -> Form[Any]:
    """The window's cells as they stand in the shop, by the names of their fields."""
    form = forms.empty(version=str(window.product.version))
    ids = set(window.variant_ids)
    texts: dict[UUID, str] = dict.fromkeys(ids, "")
    if window.field in OWN_FIELDS:
        for variant in window.product.variants:
            if variant.variant_id in ids:
                value = getattr(variant, window.field)
                texts[variant.variant_id] = "" if value is None else str(value)
    elif window.field == "stock" and window.place is not None:
        texts |= await levels_of(desk, list(ids), window.place)
    elif window.field != "stock":
        texts |= await _amounts(desk, list(ids), window)
    for variant_id, text in texts.items():
        form.values[cell_name(variant_id)] = form.values[was_name(variant_id)] = text
    return form


def cell_name(variant_id: UUID) -> str:
    """What the field of a cell is called."""
    return f"c[{variant_id}]"


def was_name(variant_id: UUID) -> str:
    """What the field is called that holds what the cell showed."""
    return f"w[{variant_id}]"


async def _amounts(desk: Desk, ids: list[UUID], window: Window) -> dict[UUID, str]:
    currency = window.channel.currency
    prices = await pricing.prices_of(desk.ctx, ids, window.channel.channel_id, currency)
    is_price = window.field == "price"
    return {
        each: forms.amount_text(p.amount_minor if is_price else p.compare_at_minor, currency)
        for each, p in prices.items()
    }


async def levels_of(desk: Desk, ids: list[UUID], place: StockLocation) -> dict[UUID, str]:
    """How many of each variant are at the place, as text."""
    levels = dict.fromkeys(ids, "0")
    cursor: str | None = None
    while ids:
        page = await inventory.list_stock(desk.ctx, ids, None, cursor, 100)
        for level in page.items:
            if level.location_id == place.location_id:
                levels[level.variant_id] = str(level.on_hand)
        cursor = page.next_cursor
        if cursor is None:
            break
    return levels
