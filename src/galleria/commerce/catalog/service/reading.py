"""What rooms that show the catalog to shoppers read of it, in sets."""

import re
import time
from collections.abc import Iterable, Sequence
from uuid import UUID

from galleria.commerce import attributes
from galleria.commerce.catalog.events import variants_removed
from galleria.commerce.catalog.model.products import ProductFilter, ProductName, ProductOutline
from galleria.commerce.catalog.model.structure import Category
from galleria.commerce.catalog.repository import listing, merging, products, structure
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction

VARIANTS_A_PORTION = 20_000
MOST_CATEGORIES = 10_000  # a tree of hundreds; a shopper's menu shows no more
_PRODUCTS_A_STEP = 5_000  # some 20 ms
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


async def all_categories(reader: Reader) -> list[Category]:
    """The whole tree by path, each category before those inside it."""
    return await structure.page_of_categories(reader, "", MOST_CATEGORIES)


async def existing_products(reader: Reader, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are products of this shop."""
    return await structure.existing_products(reader, product_ids)


async def names_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, ProductName]:
    """What those of the products are called that exist, by id."""
    return {each.product_id: each for each in await products.names_of(reader, product_ids)}


async def products_by_handle(reader: Reader, handles: Sequence[str]) -> dict[str, UUID]:
    """The product that has each of the handles; those that nobody has are left out."""
    return await products.ids_by_handle(reader, handles)


async def products_by_reference(reader: Reader, references: Sequence[str]) -> dict[str, UUID]:
    """The product that each reference names: by its id, its external id, its handle or one of its
    SKUs, looked for in this order. Those that name nothing are left out."""
    ids = {each: UUID(each) for each in references if _UUID.fullmatch(each)}
    known = await structure.existing_products(reader, list(ids.values())) if ids else set()
    found = {each: product_id for each, product_id in ids.items() if product_id in known}
    for look_up in (products.ids_by_external_ref, products.ids_by_handle):
        left = [each for each in references if each not in found]
        found |= await look_up(reader, left) if left else {}
    left = [each for each in references if each not in found]
    holders = await merging.holders_of_skus(reader, left) if left else {}
    return found | {sku: product_id for sku, (product_id, _) in holders.items()}


async def barcodes_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Barcodes of the variants of those of the products that have any."""
    return await products.barcodes_of(reader, product_ids)


async def products_of_variants(reader: Reader, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The products these variants belong to, each once."""
    return await products.products_of_variants(reader, variant_ids)


async def gone_among(tx: Transaction, variant_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the variants that exist no more, and will not until the commit.

    A variant that was removed may come back under its id, when an import is taken back or a version
    restored: whoever throws something away for it asks first.
    """
    await lock_names(tx)
    present = await products.existing_variants(tx, variant_ids) if variant_ids else set()
    return [each for each in variant_ids if each not in present]


async def orphan_variants(
    reader: Reader, after: UUID, limit: int
) -> tuple[list[UUID], UUID | None]:
    """Of the next variants after an id those whose product is gone, which no key forbids.

    With them the last id looked at: go on there, until it is None.
    """
    return await products.orphans_after(reader, after, limit)


async def remove_orphans(ctx: Context, variant_ids: Sequence[UUID]) -> int:
    """Those of the variants that have no product exist no more; how many. Others are told."""
    async with ctx.transaction() as tx:
        await lock_names(tx)
        gone = await products.delete_orphans(tx, variant_ids)
        tx.publish(*variants_removed(gone))
    return len(gone)


async def product_ids_after(reader: Reader, after: UUID, limit: int) -> list[UUID]:
    """Ids of products after an id, in order; for walking through all of them."""
    return await products.product_ids_after(reader, after, limit)


async def product_ids_matching(
    reader: Reader,
    wanted: ProductFilter,
    after: UUID,
    limit: int,
    among: Sequence[UUID] | None = None,
) -> list[UUID]:
    """The same of the products that a filter lets through; `among` narrows it down to these."""
    return await listing.product_ids_matching(reader, wanted, after, limit, among)


async def in_portions(
    reader: Reader, product_ids: Sequence[UUID], most_products: int
) -> list[list[UUID]]:
    """The ids in their order, cut so that no portion takes much memory when it is read whole.

    A portion has at most so many products, and 20,000 variants or a single product's.
    """
    counts = await products.variant_counts(reader, product_ids) if product_ids else {}
    portions: list[list[UUID]] = []
    variants = 0
    for product_id in product_ids:
        count = counts.get(product_id, 0)
        if (
            not portions
            or len(portions[-1]) >= most_products
            or variants + count > VARIANTS_A_PORTION
        ):
            portions.append([])
            variants = 0
        portions[-1].append(product_id)
        variants += count
    return portions


async def outlines_of(reader: Reader, product_ids: Sequence[UUID]) -> list[ProductOutline]:
    """Those of the products that exist, by id, with what is said of them; one statement."""
    types = (await attributes.dictionary(reader)).types
    found = []
    for row in await listing.outlines_of(reader, product_ids):
        said = dict(row)
        known = types.get(said.pop("product_type_id"))
        found.append(ProductOutline(**said, product_type=known.name if known else ""))
    return found


async def variant_ids_by_product(
    reader: Reader, product_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """The variants of each of these products, by id."""
    return await products.variant_ids_by_product(reader, product_ids) if product_ids else {}


async def product_ids_using(
    reader: Reader, attribute_ids: Iterable[int], after: UUID, limit: int
) -> tuple[list[UUID], UUID | None]:
    """Of the next products after an id those that use one of these attributes, as option or not.

    With them the last id looked at: go on there, until it is None.
    """
    return await products.product_ids_using(reader, attribute_ids, after, limit)


async def is_value_used(
    tx: Transaction, attribute_id: int, value_ids: Sequence[int], time_limit_s: float
) -> bool | None:
    """Whether a product says or offers one of these values; None when time was up before all had
    been looked at. Until the commit no product is written, so the answer stays true."""
    await lock_names(tx)
    until, after = time.monotonic() + time_limit_s, UUID(int=0)
    while time.monotonic() < until:
        is_used, last = await products.uses_value(
            tx, attribute_id, value_ids, after, _PRODUCTS_A_STEP
        )
        if is_used or last is None:
            return is_used
        after = last
    return None
