"""Keeping the index as the shop window is."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from galleria.commerce import attributes, catalog, listings
from galleria.engines.context import Context, Engines
from galleria.engines.remaking import Source, remake
from galleria.engines.search_index import Rebuild, SearchDocument, SearchWriter
from galleria.engines.search_index.placing import PlacedIndex, PlacingWriter
from galleria.growth.search.documents import document_of
from galleria.growth.search.service import placing
from galleria.growth.search.service.standing import standings_of

PRODUCTS_A_STEP = 1_000


async def index_products(ctx: Context, product_ids: Sequence[UUID]) -> None:
    """The index holds these products as the shop window shows them, durably.

    Only in the process that holds the writer.
    """
    writer = ctx.engines.search_writer
    assert writer is not None, "the relay runs where the index's writer is"
    unique = list(dict.fromkeys(product_ids))
    async with asyncio.TaskGroup() as applying:  # one step is written while the next is made
        for start in range(0, len(unique), PRODUCTS_A_STEP):
            ids = unique[start : start + PRODUCTS_A_STEP]
            documents = await _documents(ctx, ids)
            found = {document.product_id for document in documents}
            gone = [str(each) for each in ids if str(each) not in found]
            applying.create_task(writer.apply(ctx.tenant.tenant_id, documents, gone))


async def index_variants(ctx: Context, variant_ids: Sequence[UUID]) -> None:
    """As `index_products`, for the products of these variants."""
    await index_products(ctx, await catalog.products_of_variants(ctx, variant_ids))


async def _documents(ctx: Context, product_ids: Sequence[UUID]) -> list[SearchDocument]:
    definitions = (await attributes.dictionary(ctx)).definitions.get("product", {})
    barcodes = await catalog.barcodes_of(ctx, product_ids)
    found = list(await listings.details_for_search(ctx, product_ids))
    standings = await standings_of(ctx, [detail for *_, detail in found])
    return [
        document_of(
            channel_id,
            locale,
            detail,
            definitions,
            barcodes.get(product_id, ()),
            standing,
        )
        for (product_id, channel_id, locale, detail), standing in zip(found, standings, strict=True)
    ]


async def rebuild_index(engines: Engines, writer: SearchWriter) -> int:
    """A fresh index of all shops takes the place of the present one; how many products were put
    into it.

    Where big shops have their own, only the parts are made anew that ask for it, or else all, one
    after another.
    """
    if isinstance(writer, PlacingWriter) and isinstance(engines.search, PlacedIndex):
        return await placing.rebuild_parts(engines, engines.search, writer, SOURCE)
    return await remake(engines, writer, SOURCE.name, SOURCE.ids_after, SOURCE.put)


async def place_shops(engines: Engines, writer: SearchWriter) -> int:
    """Every shop lies where its size or the operator wants it; how many were moved for that."""
    if isinstance(writer, PlacingWriter) and isinstance(engines.search, PlacedIndex):
        return await placing.place_shops(engines, engines.search, writer, SOURCE)
    return 0


async def _ids_after(ctx: Context, after: UUID) -> list[UUID]:
    return await listings.listed_ids(ctx, after, PRODUCTS_A_STEP)


async def _put(ctx: Context, fresh: Rebuild[SearchDocument], product_ids: Sequence[UUID]) -> None:
    await fresh.add(ctx.tenant.tenant_id, await _documents(ctx, product_ids))


SOURCE = Source("search", _ids_after, _put)
