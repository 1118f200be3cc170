"""Things to sell, for the tests of the catalog."""

from typing import Any
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.catalog import Merged, Option, ProductDraft, VariantDraft
from galleria.engines.context import Context


def simple(handle: str, **fields: Any) -> ProductDraft:
    """A product without options."""
    return ProductDraft(**{"handle": handle, "title": handle.capitalize(), **fields})


def shirt(handle: str = "shirt", sizes: str = "SML", **fields: Any) -> ProductDraft:
    """A shirt in two colours and some sizes, with a SKU for each."""
    options = [Option("Colour", ["Red", "Blue"]), Option("Size", list(sizes))]
    variants = [
        VariantDraft(sku=f"{handle}-{colour[0]}{size}", option_values=[colour, size])
        for colour in options[0].values
        for size in sizes
    ]
    whole = {"handle": handle, "title": "Shirt", "options": options, "variants": variants}
    return ProductDraft(**{**whole, **fields})


async def merge(ctx: Context, *drafts: ProductDraft) -> list[Merged]:
    """The drafts merged in a transaction of their own."""
    async with ctx.transaction() as tx:
        return await catalog.merge_products(tx, drafts)


async def made(ctx: Context, draft: ProductDraft) -> UUID:
    """The id of a product made from a draft."""
    return (await catalog.create_product(ctx, draft)).product_id


async def row_versions(ctx: Context) -> list[tuple[Any, ...]]:
    """Which version of which row is in the tables of the catalog: differs after any write."""
    tables = (
        "catalog.product catalog.variant catalog.product_media catalog.category"
        " catalog.product_category catalog.product_tally attributes.attribute attributes.value"
        " attributes.product_type attributes.version"
    )
    found: list[tuple[Any, ...]] = []
    async with ctx.transaction() as tx:
        for table in tables.split():
            # xmax shows locks as well, which a row that was only looked at must not have.
            rows = await tx.fetch(
                f"SELECT ctid::text, xmin::text, xmax::text FROM {table}"
                " WHERE tenant_id = $1 ORDER BY ctid"
            )
            found += [(table, *row) for row in rows]
    return found
