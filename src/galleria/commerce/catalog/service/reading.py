"""What rooms that show the catalog to shoppers read of it, in sets."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.catalog.model.attributes import Attribute
from galleria.commerce.catalog.model.structure import Category
from galleria.commerce.catalog.repository import attributes, products, structure
from galleria.engines.sql import Reader

MOST_CATEGORIES = 10_000  # a tree of hundreds; a shopper's menu shows no more


async def attributes_with(reader: Reader, codes: Sequence[str]) -> dict[str, Attribute]:
    """The dictionary's entries for these codes; those it lacks are left out."""
    return await attributes.attributes_with(reader, codes) if codes else {}


async def all_categories(reader: Reader) -> list[Category]:
    """The whole tree by path, each category before those inside it."""
    return await structure.page_of_categories(reader, "", MOST_CATEGORIES)


async def existing_products(reader: Reader, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are products of this shop."""
    return await structure.existing_products(reader, product_ids)


async def products_of_variants(reader: Reader, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The products these variants belong to, each once."""
    return await products.products_of_variants(reader, variant_ids)


async def product_ids_after(reader: Reader, after: UUID, limit: int) -> list[UUID]:
    """Ids of products after an id, in order; for walking through all of them."""
    return await products.product_ids_after(reader, after, limit)
