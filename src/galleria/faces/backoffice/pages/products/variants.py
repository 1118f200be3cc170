"""The variants of a product as one table: SKU, price and stock, saved together or not at all."""

from collections.abc import Sequence
from itertools import product as combinations
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, inventory, pricing
from galleria.commerce.catalog import (
    ProductTree,
    StaleVersion,
    Variant,
    VariantChanges,
    VariantDraft,
)
from galleria.commerce.inventory import AdjustStock, StockLocation, StockPolicy
from galleria.commerce.pricing import SetPrice
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products.editing import expected_version
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import tenants
from galleria.platform.tenants import Channel

PAGE = 25
MOST_PLACES = 4  # stock locations side by side; further ones have the stock page
MOST_ADDED = 100
ALL = "all"  # the row whose values go to every variant of the page
POLICIES: dict[str, StockPolicy] = {
    "counted": StockPolicy(is_tracked=True),
    "backorder": StockPolicy(is_tracked=True, allows_backorder=True),
    "uncounted": StockPolicy(is_tracked=False),
}
# Where an error belongs that names no field.
_FIELD_OF = {"sku_taken": "sku", "stock_too_low": "stock", "combination_taken": "option_values"}


class Sheet(msgspec.Struct, frozen=True):
    """A page of the table: which variants, in which channel's currency, at which places."""

    product: ProductTree
    variants: list[Variant]
    page: int
    pages: int
    channel: Channel
    channels: list[Channel]
    places: list[StockLocation]


@get("/s/{slug:str}/products/{product_id:uuid}/variants", scope="products:read")
async def show_variants(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The table, twenty-five variants to a page."""
    sheet = await _sheet(desk, product_id)
    return await _show(desk, sheet, await _form_of(desk, sheet))


async def _sheet(desk: Desk, product_id: UUID) -> Sheet:
    product = await catalog.get_product(desk.ctx, product_id)
    pages = max(1, -(-len(product.variants) // PAGE))
    asked = desk.question("page", 6)
    page = min(max(int(asked), 1), pages) if asked.isdigit() else 1
    channels = await tenants.list_channels(desk.ctx)
    code = desk.question("channel", 40)
    channel = next((each for each in channels if each.code == code), channels[0])
    places = await inventory.list_locations(desk.ctx) if desk.may("stock:read") else []
    return Sheet(
        product=product,
        variants=product.variants[(page - 1) * PAGE : page * PAGE],
        page=page,
        pages=pages,
        channel=channel,
        channels=channels,
        places=[place for place in places if place.is_active][:MOST_PLACES],
    )


async def _form_of(desk: Desk, sheet: Sheet) -> Form[Any]:
    """The table as it stands in the shop."""
    form = forms.empty(version=str(sheet.product.version))
    ids = [variant.variant_id for variant in sheet.variants]
    for variant in sheet.variants:
        path = _path(variant.variant_id)
        form.values[f"{path}.sku"] = variant.sku or ""
        form.values[f"{path}.barcode"] = variant.barcode or ""
        form.values[f"{path}.weight_g"] = "" if variant.weight_g is None else str(variant.weight_g)
    if desk.may("prices:read"):
        currency = sheet.channel.currency
        prices = await pricing.prices_of(desk.ctx, ids, sheet.channel.channel_id, currency)
        for variant_id, price in prices.items():
            path = _path(variant_id)
            form.values[f"{path}.price"] = forms.amount_text(price.amount_minor, currency)
            form.values[f"{path}.compare_at"] = forms.amount_text(price.compare_at_minor, currency)
    if desk.may("stock:read"):
        for name, number in (await _levels(desk.ctx, ids, sheet.places)).items():
            form.values[name] = form.values[name.replace(".stock.", ".was.")] = str(number)
        for variant_id, there in (await inventory.availability(desk.ctx, ids)).items():
            policy = "counted" if there.is_tracked else "uncounted"
            if there.is_tracked and there.allows_backorder:
                policy = "backorder"
            form.values[f"{_path(variant_id)}.policy"] = policy
    return form


def _path(variant_id: UUID) -> str:
    return f"variants[{variant_id}]"


async def _levels(
    ctx: Context, ids: Sequence[UUID], places: Sequence[StockLocation]
) -> dict[str, int]:
    """What is on hand by the name of its field."""
    levels = {f"{_path(each)}.stock.{place.code}": 0 for each in ids for place in places}
    codes = {place.location_id: place.code for place in places}
    cursor: str | None = None
    while ids:
        page = await inventory.list_stock(ctx, ids, None, cursor, 100)
        for level in page.items:
            if level.location_id in codes:
                name = f"{_path(level.variant_id)}.stock.{codes[level.location_id]}"
                levels[name] = level.on_hand
        cursor = page.next_cursor
        if cursor is None:
            break
    return levels


async def _show(desk: Desk, sheet: Sheet, form: Form[Any], status: int = 200) -> Response[bytes]:
    missing = _missing(sheet.product)
    return desk.show(
        "products/variants.html",
        status,
        product=sheet.product,
        sheet=sheet,
        form=form,
        missing_count=len(missing),
        most_added=MOST_ADDED,
        policies=list(POLICIES),
        tab="variants",
    )


def _missing(product: ProductTree) -> list[list[str]]:
    """Combinations of option values that no variant has."""
    there = {tuple(variant.option_values) for variant in product.variants}
    every = combinations(*(option.values for option in product.options))
    return [list(each) for each in every if each not in there] if product.options else []


@post("/s/{slug:str}/products/{product_id:uuid}/variants", scope="products:write")
async def save_variants(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The whole page of the table is kept, or nothing of it."""
    sheet = await _sheet(desk, product_id)
    form = desk.form
    row = ""
    try:
        before = await _form_of(desk, sheet)
        _fill_down(form, sheet)
        async with desk.ctx.transaction():
            # Others wait from here on: what was checked stays so until the commit.
            version = expected_version(form)
            if version != sheet.product.version:
                raise StaleVersion(f"the product is at version {sheet.product.version}")
            for variant in sheet.variants:
                row = _path(variant.variant_id)
                if await _save_variant(desk.ctx, variant, form, before, version):
                    version = None
            row = ""
            await _save_prices(desk, sheet, before)
            for variant in sheet.variants:
                row = _path(variant.variant_id)
                await _save_stock(desk, sheet, variant, before)
    except StaleVersion as error:
        form.values["version"] = str((await catalog.get_product(desk.ctx, product_id)).version)
        forms.refuse(form, error)
        return await _show(desk, sheet, form, error.status)
    except GalleriaError as error:
        _refuse_row(form, error, row)
        return await _show(desk, sheet, form, error.status)
    return desk.go(_address(desk, sheet), Notice("saved", name=sheet.product.title[:80]))


def _address(desk: Desk, sheet: Sheet) -> str:
    address = desk.at(f"/products/{sheet.product.product_id}/variants")
    asked = [f"page={sheet.page}"] if sheet.page > 1 else []
    if not sheet.channel.is_default:
        asked.append(f"channel={sheet.channel.code}")
    return address + ("?" + "&".join(asked) if asked else "")


def _refuse_row(form: Form[Any], error: GalleriaError, row: str) -> None:
    """The form says what is wrong, at the row that was being saved."""
    names = {each.path: f"{row}.{each.path}" for each in error.errors}
    forms.refuse(form, error, names if row else None)
    if row and not error.errors:
        form.errors[f"{row}.{_FIELD_OF.get(error.code, 'sku')}"] = error.code


def _fill_down(form: Form[Any], sheet: Sheet) -> None:
    """What stands in the row for all goes into every row of the page."""
    columns = ["price", "compare_at", "weight_g", "policy"]
    columns += [f"stock.{place.code}" for place in sheet.places]
    for column in columns:
        text = form.values.pop(f"{ALL}.{column}", "").strip()
        if text:
            for variant in sheet.variants:
                form.values[f"{_path(variant.variant_id)}.{column}"] = text


async def _save_variant(
    ctx: Context, variant: Variant, form: Form[Any], before: Form[Any], version: int | None
) -> bool:
    """The variant's own fields are kept; True when some differed."""
    path = _path(variant.variant_id)
    fields: dict[str, Any] = {}
    for name in ("sku", "barcode"):
        text = form.values.get(f"{path}.{name}")
        if text is not None and text.strip() != before.values[f"{path}.{name}"]:
            fields[name] = text.strip()[:100] or None
    weight = form.values.get(f"{path}.weight_g")
    if weight is not None and weight.strip() != before.values[f"{path}.weight_g"]:
        fields["weight_g"] = forms.read_whole(weight, "weight_g")
    if fields:
        await catalog.update_variant(ctx, variant.variant_id, VariantChanges(**fields), version)
    return bool(fields)


async def _save_prices(desk: Desk, sheet: Sheet, before: Form[Any]) -> None:
    if not desk.may("prices:write"):
        return
    currency, rows = sheet.channel.currency, []
    for variant in sheet.variants:
        price = read_price(desk.form, before, _path(variant.variant_id), currency)
        if price is not None:
            amount_minor, compare_at_minor = price
            rows.append(
                SetPrice(
                    variant_id=variant.variant_id,
                    amount_minor=amount_minor,
                    compare_at_minor=compare_at_minor,
                    channel=sheet.channel.code,
                )
            )
    if rows:
        await pricing.set_prices(desk.ctx, rows)


def read_price(
    form: Form[Any], before: Form[Any], path: str, currency: str
) -> tuple[int, int | None] | None:
    """Price and price to compare with of a row; None when they are as they were.

    Raises:
        InvalidInput: they are no amounts, or a price was emptied.
    """
    names = (f"{path}.price", f"{path}.compare_at")
    if all(form.values.get(n, before.values.get(n, "")) == before.values.get(n, "") for n in names):
        return None
    amount, compare_at = (
        forms.read_amount(form.values.get(name, ""), currency, name) for name in names
    )
    if amount is None:
        if before.values.get(names[0]) or compare_at is not None:
            raise forms.refused(names[0], "price_needed")
        return None
    return amount, compare_at


async def _save_stock(desk: Desk, sheet: Sheet, variant: Variant, before: Form[Any]) -> None:
    """What came or went since the page was made, so that a sale meanwhile is not undone."""
    if not desk.may("stock:write"):
        return
    form, path = desk.form, _path(variant.variant_id)
    for place in sheet.places:
        name = f"{path}.stock.{place.code}"
        typed = forms.read_whole(form.values.get(name, ""), f"stock.{place.code}")
        was = forms.read_whole(form.values.get(name.replace(".stock.", ".was."), "0"), name)
        if typed is not None and typed != (was or 0):
            wanted = AdjustStock(
                delta=typed - (was or 0), location_id=place.location_id, reason="counted"
            )
            await inventory.adjust_stock(desk.ctx, variant.variant_id, wanted)
    policy = form.values.get(f"{path}.policy", "")
    if policy in POLICIES and policy != before.values.get(f"{path}.policy"):
        await inventory.set_policy(desk.ctx, variant.variant_id, POLICIES[policy])


@post("/s/{slug:str}/products/{product_id:uuid}/variants/add", scope="products:write")
async def add_variant(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """One more variant."""
    sheet = await _sheet(desk, product_id)
    sent = desk.form.values
    values = [sent.get(f"new.option[{at}]", "") for at in range(len(sheet.product.options))]
    draft = VariantDraft(sku=sent.get("new.sku", "").strip()[:100] or None, option_values=values)
    try:
        await catalog.add_variant(desk.ctx, product_id, draft)
    except GalleriaError as error:
        form = await _form_of(desk, sheet)
        form.values.update({name: text for name, text in sent.items() if name.startswith("new.")})
        forms.refuse(form, error)
        form.errors["new.sku"] = error.code
        return await _show(desk, sheet, form, error.status)
    return desk.go(_address(desk, sheet), Notice("variant_added"))


@post("/s/{slug:str}/products/{product_id:uuid}/variants/complete", scope="products:write")
async def add_missing(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """Variants for the combinations that have none, a hundred at a time."""
    sheet = await _sheet(desk, product_id)
    missing = _missing(sheet.product)[:MOST_ADDED]
    async with desk.ctx.transaction():
        for values in missing:
            await catalog.add_variant(desk.ctx, product_id, VariantDraft(option_values=values))
    return desk.go(_address(desk, sheet), Notice("variants_added", count=len(missing)))


@post(
    "/s/{slug:str}/products/{product_id:uuid}/variants/{variant_id:uuid}/remove",
    scope="products:write",
)
async def remove_variant(
    desk: NamedDependency[Desk], product_id: FromPath[UUID], variant_id: FromPath[UUID]
) -> Response[bytes]:
    """The variant exists no more; orders keep what they say about it."""
    sheet = await _sheet(desk, product_id)
    try:
        await catalog.remove_variant(desk.ctx, variant_id)
    except catalog.LastVariant as error:
        form = await _form_of(desk, sheet)
        forms.refuse(form, error)
        return await _show(desk, sheet, form, error.status)
    return desk.go(_address(desk, sheet), Notice("variant_removed"))


ROUTES = [show_variants, save_variants, add_variant, add_missing, remove_variant]
