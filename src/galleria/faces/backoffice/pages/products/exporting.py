"""All products as a table: a line for each variant, under the headings spreadsheets and other
shop systems know, so that our own import reads it back."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from galleria.commerce import catalog, inventory, pricing
from galleria.commerce.catalog import ProductTree, Variant
from galleria.commerce.inventory import Availability
from galleria.commerce.pricing import Cost, Price
from galleria.engines.context import Context
from galleria.faces.backoffice.forms import amount_text
from galleria.platform import tenants

PRODUCTS_AT_ONCE = 250
MOST_OPTIONS = 3
COLUMNS = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    *(f"Option{axis} {part}" for axis in (1, 2, 3) for part in ("Name", "Value")),
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Cost per item",
    "Variant Barcode",
    "Status",
)
# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def products_as_csv(ctx: Context) -> AsyncIterator[bytes]:
    """The table piece by piece; memory is one page of products. Amounts are the first channel's."""
    channel = await tenants.channel_of(ctx)
    yield _encoded([list(COLUMNS)])
    after = UUID(int=0)
    while ids := await catalog.product_ids_after(ctx, after, PRODUCTS_AT_ONCE):
        after = ids[-1]
        trees = await catalog.products_for_listing(ctx, ids)
        variant_ids = [variant.variant_id for tree in trees for variant in tree.variants]
        prices = await pricing.prices_of(ctx, variant_ids, channel.channel_id, channel.currency)
        costs = await pricing.costs_of(ctx, variant_ids)
        usual = {key[0]: cost for key, cost in costs.items() if key[1] == channel.currency}
        there = await inventory.availability(ctx, variant_ids)
        yield _encoded(
            [
                [
                    *_product_cells(tree, at == 0),
                    *_variant_cells(tree, variant, (prices, usual), there),
                ]
                for tree in trees
                for at, variant in enumerate(tree.variants)
            ]
        )


def _product_cells(tree: ProductTree, is_first: bool) -> list[str]:
    """What the product says of itself stands in its first line."""
    if not is_first:
        return [tree.handle, "", "", "", "", "", ""]
    published = "true" if tree.status == "active" else "false"
    tags = ", ".join(tree.tags)
    return [
        tree.handle,
        tree.title,
        tree.description_html,
        tree.brand,
        tree.product_type,
        tags,
        published,
    ]


def _variant_cells(
    tree: ProductTree,
    variant: Variant,
    amounts: tuple[dict[UUID, Price], dict[UUID, Cost]],
    there: dict[UUID, Availability],
) -> list[str]:
    price, cost = amounts[0].get(variant.variant_id), amounts[1].get(variant.variant_id)
    stock = there[variant.variant_id]
    return [
        *_option_cells(tree, variant),
        variant.sku or "",
        str(variant.weight_g or ""),
        "shopify" if stock.is_tracked else "",
        str(stock.available) if stock.is_tracked else "",
        "continue" if stock.allows_backorder else "deny",
        amount_text(price.amount_minor, price.currency) if price else "",
        amount_text(price.compare_at_minor, price.currency) if price else "",
        amount_text(cost.amount_minor, cost.currency) if cost else "",
        variant.barcode or "",
        tree.status,
    ]


def _option_cells(tree: ProductTree, variant: Variant) -> list[str]:
    """Name and value of each axis; a product without any has the one that says so."""
    if not tree.options:
        return ["Title", "Default Title", "", "", "", ""]
    cells: list[str] = []
    for axis in range(MOST_OPTIONS):
        is_there = axis < len(tree.options)
        cells += [tree.options[axis].name, variant.option_values[axis]] if is_there else ["", ""]
    return cells


def _encoded(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return buffer.getvalue().encode()
