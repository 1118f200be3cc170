"""The matrix of a product's variants: one property of all combinations as a sheet.

A window of it is on the page and saved as a whole, or not at all; one value goes to a whole row,
column or the product at once; combinations that are missing are made.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes, catalog, inventory, pricing
from galleria.commerce.catalog import (
    AxisChoice,
    BulkVariantChanges,
    GeneratedVariants,
    StaleVersion,
    VariantChanges,
    VariantRow,
    VariantSelection,
)
from galleria.commerce.inventory import Level
from galleria.commerce.pricing import SetPrice
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.errors import ScopeMissing
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products import sheet
from galleria.faces.backoffice.pages.products.editing import expected_version
from galleria.faces.backoffice.pages.products.sheet import Window
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

MOST_PREVIEWED = 50
MOST_OFFERED = 500  # values of an option to choose from
_ROW_PATH = re.compile(r"rows\[(\d+)\]")


@get("/s/{slug:str}/products/{product_id:uuid}/matrix", scope="products:read")
async def show_matrix(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The window of the matrix that the address names."""
    window = await sheet.window_of(desk, product_id)
    return await _show(desk, window, await sheet.form_of(desk, window))


async def _show(
    desk: Desk,
    window: Window,
    form: Form[Any],
    status: int = 200,
    generated: GeneratedVariants | None = None,
) -> Response[bytes]:
    return desk.show(
        "products/matrix.html",
        status,
        product=window.product,
        window=window,
        form=form,
        fields=[each for each in sheet.FIELDS if sheet.may_see(desk, each)],
        generated=generated,
        shown=MOST_PREVIEWED,
        offered=MOST_OFFERED,
        pattern=await _pattern(desk, window),
        may_type=_may_write(desk, window.field),
        cell_name=sheet.cell_name,
        was_name=sheet.was_name,
        at=lambda **changes: _address(desk, window, **changes),
        tab="matrix",
    )


async def _pattern(desk: Desk, window: Window) -> str:
    """How the SKUs of new variants are made, empty when they get none."""
    kind_id = window.product.product_type_id
    if kind_id is None:
        return ""
    kinds = await attributes.product_types_of(desk.ctx, [kind_id])
    return kinds[kind_id].sku_pattern if kind_id in kinds else ""


def _may_write(desk: Desk, field: str) -> bool:
    if field in ("price", "compare_at"):
        return desk.may("prices:write")
    return desk.may("stock:write") if field == "stock" else desk.may("products:write")


def _address(desk: Desk, window: Window, path: str = "", **changes: Any) -> str:
    """The page, or what is done on it, with other parts of the question."""
    asked: dict[str, Any] = {
        "field": window.field,
        "row": window.row_at or "",
        "column": window.column_at or "",
        "channel": "" if window.channel.is_default else window.channel.code,
        "place": window.place.code if window.place and len(window.places) > 1 else "",
        **changes,
    }
    base = desk.at(f"/products/{window.product.product_id}/matrix{path}")
    question = urlencode({name: value for name, value in asked.items() if value != ""})
    return f"{base}?{question}"


@post("/s/{slug:str}/products/{product_id:uuid}/matrix", scope="products:write")
async def save_matrix(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """Every cell of the window that was typed over is kept, or none."""
    window = await sheet.window_of(desk, product_id)
    form = desk.form
    changed = _typed(form, window)
    try:
        _refuse_reader(desk, window.field)
        async with desk.ctx.transaction():
            await _save(desk, window, changed)
    except StaleVersion as error:
        form.values["version"] = str((await catalog.get_product(desk.ctx, product_id)).version)
        forms.refuse(form, error)
        return await _show(desk, window, form, error.status)
    except GalleriaError as error:
        _refuse_cells(form, error, list(changed))
        return await _show(desk, window, form, error.status)
    return desk.go(_address(desk, window), Notice("cells_saved", count=len(changed)))


def _refuse_reader(desk: Desk, field: str) -> None:
    if not _may_write(desk, field):
        raise ScopeMissing(f"this needs more than a {desk.role} has")


def _typed(form: Form[Any], window: Window) -> dict[UUID, str]:
    """What was typed into cells that showed something else."""
    typed = {}
    for variant_id in window.variant_ids:
        was = form.values.get(sheet.was_name(variant_id), "")
        text = form.values.get(sheet.cell_name(variant_id), was).strip()
        if text != was:
            typed[variant_id] = text
    return typed


def _refuse_cells(form: Form[Any], error: GalleriaError, variant_ids: Sequence[UUID]) -> None:
    """The form says what is wrong, at the cell."""
    names: dict[str, str] = {}
    for each in error.errors:
        match = _ROW_PATH.match(each.path)
        if match and int(match[1]) < len(variant_ids):
            names[each.path] = sheet.cell_name(variant_ids[int(match[1])])
    forms.refuse(form, error, names)


async def _save(desk: Desk, window: Window, changed: dict[UUID, str]) -> None:
    """The cells are kept, in the transaction that is open."""
    if not changed:
        return
    field, ctx = window.field, desk.ctx
    if field in sheet.OWN_FIELDS:
        rows = [
            VariantRow(variant_id=each, changes=_own_change(field, text, sheet.cell_name(each)))
            for each, text in changed.items()
        ]
        product_id, version = window.product.product_id, expected_version(desk.form)
        await catalog.update_variants(ctx, product_id, BulkVariantChanges(rows=rows), version)
    elif field == "stock":
        await _save_stock(desk, window, changed)
    else:
        await pricing.set_prices(ctx, await _priced(desk, window, changed))


def _own_change(field: str, text: str, name: str) -> VariantChanges:
    if field == "weight_g":
        return VariantChanges(weight_g=forms.read_whole(text, name))
    value = text[:100] or None
    return VariantChanges(sku=value) if field == "sku" else VariantChanges(barcode=value)


async def _save_stock(desk: Desk, window: Window, changed: dict[UUID, str]) -> None:
    """What came or went since the page was made, so that a sale meanwhile is not undone."""
    assert window.place is not None, "the field is shown where there is a place"
    now = await sheet.levels_of(desk, list(changed), window.place)
    rows = []
    for variant_id, text in changed.items():
        name = sheet.cell_name(variant_id)
        typed = forms.read_whole(text or "0", name) or 0
        was = forms.read_whole(desk.form.values.get(sheet.was_name(variant_id), "0"), name) or 0
        there = max(0, int(now[variant_id]) + typed - was)
        rows.append(Level(variant_id, window.place.location_id, there))
    await _set_levels(desk, rows)


async def _set_levels(desk: Desk, rows: Sequence[Level]) -> None:
    async with desk.ctx.transaction() as tx:
        outcome = await inventory.set_stock_levels(tx, rows)
        if outcome.refused:
            raise forms.refused(sheet.cell_name(outcome.refused[0].variant_id), "stock_too_low")


async def _priced(desk: Desk, window: Window, changed: dict[UUID, str]) -> list[SetPrice]:
    """The prices as typed, what was not typed staying as it is.

    Raises:
        InvalidInput: an amount that is none, or a price that was emptied.
    """
    currency = window.channel.currency
    channel_id = window.channel.channel_id
    known = await pricing.prices_of(desk.ctx, list(changed), channel_id, currency)
    rows = []
    for variant_id, text in changed.items():
        name, before = sheet.cell_name(variant_id), known.get(variant_id)
        typed = forms.read_amount(text, currency, name)
        amount = before.amount_minor if before else None
        compare_at = before.compare_at_minor if before else None
        if window.field == "price":
            amount = typed
        else:
            compare_at = typed
        if amount is None:
            raise forms.refused(name, "price_needed")
        rows.append(
            SetPrice(
                variant_id=variant_id,
                amount_minor=amount,
                compare_at_minor=compare_at,
                channel=window.channel.code,
            )
        )
    return rows


@post("/s/{slug:str}/products/{product_id:uuid}/matrix/fill", scope="products:write")
async def fill_matrix(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """All variants with the chosen option values have the same value, on the page or off."""
    window = await sheet.window_of(desk, product_id)
    form = desk.form
    text = form.values.get("fill", "").strip()
    chosen = _chosen(form, window)
    try:
        _refuse_reader(desk, window.field)
        if window.field in ("sku", "barcode") or not text:
            raise forms.refused("fill", "required" if not text else "unknown_value")
        async with desk.ctx.transaction():
            await _fill(desk, window, chosen, text)
    except GalleriaError as error:
        shown = await sheet.form_of(desk, window)
        shown.values["fill"] = text
        forms.refuse(shown, error, {each.path: "fill" for each in error.errors})
        return await _show(desk, window, shown, error.status)
    return desk.go(_address(desk, window), Notice("cells_saved", count=len(chosen)))


def _wanted(form: Form[Any], window: Window) -> list[str]:
    """The value that was chosen of each option, empty for any."""
    return [form.values.get(f"axis[{at}]", "") for at in range(len(window.axes))]


def _chosen(form: Form[Any], window: Window) -> list[UUID]:
    """The variants with the option values that were chosen; an option that was not, any value."""
    wanted = _wanted(form, window)
    return [
        each.variant_id
        for each in window.product.variants
        if all(not w or w == value for w, value in zip(wanted, each.option_values, strict=True))
    ]


async def _fill(desk: Desk, window: Window, ids: list[UUID], text: str) -> None:
    if window.field == "weight_g":
        named = zip(window.product.options, _wanted(desk.form, window), strict=True)
        chosen = {option.name: [value] for option, value in named if value}
        wanted = BulkVariantChanges(
            selection=VariantSelection(option_values=chosen),
            changes=VariantChanges(weight_g=forms.read_whole(text, "fill")),
        )
        await catalog.update_variants(desk.ctx, window.product.product_id, wanted)
    elif window.field == "stock":
        assert window.place is not None, "the field is shown where there is a place"
        there = forms.read_whole(text, "fill") or 0
        await _set_levels(desk, [Level(each, window.place.location_id, there) for each in ids])
    else:
        await pricing.set_prices(desk.ctx, await _priced(desk, window, dict.fromkeys(ids, text)))


def _choices(form: Form[Any], window: Window) -> list[AxisChoice]:
    choices = []
    for at, option in enumerate(window.product.options):
        values = [each for each in form.many.get(f"make[{at}]", []) if each]
        if values:
            choices.append(AxisChoice(option=option.name, values=values[:MOST_OFFERED]))
    return choices


@post("/s/{slug:str}/products/{product_id:uuid}/matrix/look", scope="products:write")
async def look_at_missing(
    desk: NamedDependency[Desk], product_id: FromPath[UUID]
) -> Response[bytes]:
    """Which variants would be made, with which SKUs."""
    window = await sheet.window_of(desk, product_id)
    form = await sheet.form_of(desk, window)
    form.many.update(desk.form.many)
    try:
        found = await catalog.preview_variants(desk.ctx, product_id, _choices(desk.form, window))
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, window, form, error.status)
    return await _show(desk, window, form, generated=found)


@post("/s/{slug:str}/products/{product_id:uuid}/matrix/make", scope="products:write")
async def make_missing(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The legal combinations that were missing have their variants."""
    window = await sheet.window_of(desk, product_id)
    try:
        made = await catalog.generate_variants(
            desk.ctx, product_id, _choices(desk.form, window), expected_version(desk.form)
        )
    except GalleriaError as error:
        form = await sheet.form_of(desk, window)
        forms.refuse(form, error)
        return await _show(desk, window, form, error.status)
    return desk.go(_address(desk, window), Notice("variants_added", count=made.made_count))


ROUTES = [show_matrix, save_matrix, fill_matrix, look_at_missing, make_missing]
