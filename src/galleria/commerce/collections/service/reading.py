"""Collections as people and other rooms read them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.catalog import ProductNotFound, ProductTree
from galleria.commerce.collections.errors import CollectionNotFound
from galleria.commerce.collections.model.collections import (
    Collection,
    CollectionRef,
    Kept,
)
from galleria.commerce.collections.repository import collections as repository
from galleria.commerce.collections.repository import members
from galleria.commerce.collections.schemas import MemberView
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.text import slugify


async def kept_collection(reader: Reader, collection_id: UUID) -> Kept:
    """The collection as its row keeps it.

    Raises:
        CollectionNotFound: this shop has no such collection, or it was removed.
    """
    kept = await repository.find_collection(reader, collection_id)
    if kept is None or kept.removed_at is not None:
        raise CollectionNotFound(f"no collection {collection_id}")
    return kept


async def get_collection(reader: Reader, collection_id: UUID) -> Collection:
    """The collection.

    Raises:
        CollectionNotFound: this shop has no such collection, or it was removed.
    """
    return (await kept_collection(reader, collection_id)).collection


async def find_collection(reader: Reader, handle: str) -> Collection | None:
    """The collection with this handle, or None."""
    found = (await repository.ids_at(reader, [handle])).get(handle)
    if found is None:
        return None
    kept = await repository.find_collection(reader, found.collection_id)
    return None if kept is None or kept.removed_at is not None else kept.collection


async def list_collections(
    ctx: Context, cursor: str | None = None, limit: int = 50
) -> Page[Collection]:
    """A page of collections by position, then handle.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    after = (-(2**31), "")
    if cursor is not None:
        position, handle = _keys(ctx, cursor, "collections.collections")
        after = (int(position), handle)
    found = await repository.page_of_collections(ctx, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    next_cursor = ctx.engines.cursors.encode(
        ctx.tenant.tenant_id, "collections.collections", [last.position, last.handle]
    )
    return Page(items=found[:limit], next_cursor=next_cursor)


def _keys(ctx: Context, cursor: str, scope: str) -> tuple[int, str]:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != 2 or not isinstance(keys[0], int) or not isinstance(keys[1], str):
        raise InvalidCursor("this cursor is not one of this list")
    return keys[0], keys[1]


async def count_members(reader: Reader, collection_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many members each of the collections has: added up from changes, never counted."""
    counts = await repository.counts_of(reader, collection_ids)
    return {each: counts.get(each, 0) for each in collection_ids}


async def list_members(
    ctx: Context, collection_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[MemberView]:
    """A page of the collection's members in the order they were put; chosen ones by id.

    Raises:
        CollectionNotFound: this shop has no such collection.
        InvalidCursor: the cursor is not one of this list.
    """
    kept = await kept_collection(ctx, collection_id)
    generation = kept.standing.generation
    scope = f"collections.members:{collection_id}:{generation}"
    after = None
    if cursor is not None:
        position, product_id = _keys(ctx, cursor, scope)
        after = (position, UUID(product_id))
    found = await members.page_of_members(ctx, collection_id, generation, after, limit + 1)
    shown = found[:limit]
    positions = {each.product_id: each.position for each in shown}
    items = await views_of(ctx, list(positions), positions)
    if len(found) <= limit:
        return Page(items=items)
    last = shown[-1]
    next_cursor = ctx.engines.cursors.encode(
        ctx.tenant.tenant_id, scope, [last.position, str(last.product_id)]
    )
    return Page(items=items, next_cursor=next_cursor)


async def views_of(
    reader: Reader, product_ids: Sequence[UUID], positions: dict[UUID, int]
) -> list[MemberView]:
    """Those of the products that exist, in the order given."""
    trees = await catalog.products_for_listing(reader, product_ids) if product_ids else []
    by_id = {tree.product_id: view_of(tree, positions.get(tree.product_id, 0)) for tree in trees}
    return [by_id[each] for each in product_ids if each in by_id]


def view_of(tree: ProductTree, position: int = 0) -> MemberView:
    """A product as a line of a list of members."""
    return MemberView(
        product_id=tree.product_id,
        handle=tree.handle,
        title=tree.title,
        status=tree.status,
        image=tree.media[0] if tree.media else None,
        position=position,
    )


async def collections_of(
    reader: Reader, product_ids: Sequence[UUID]
) -> dict[UUID, list[CollectionRef]]:
    """The collections of each product, by position and handle, shown to shoppers or not."""
    standing = [each for each in await members.memberships(reader, product_ids) if each.is_live]
    refs = await repository.refs_of(reader, sorted({each.collection_id for each in standing}))
    held: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for each in standing:
        held[each.product_id].add(each.collection_id)
    return {
        product_id: [ref for ref in refs if ref.collection_id in held[product_id]]
        for product_id in product_ids
    }


async def collections_of_product(reader: Reader, product_id: UUID) -> list[CollectionRef]:
    """All collections the product is in, by position and handle.

    Raises:
        ProductNotFound: this shop has no such product.
    """
    await require_products(reader, [product_id])
    return (await collections_of(reader, [product_id]))[product_id]


async def require_products(reader: Reader, product_ids: Sequence[UUID]) -> None:
    """Pass when all of them are products of this shop.

    Raises:
        ProductNotFound: one is none.
    """
    known = await catalog.existing_products(reader, product_ids) if product_ids else set()
    unknown = set(product_ids) - known
    if unknown:
        raise ProductNotFound(f"no product {min(unknown)}")


async def names_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """For each product the names of its collections picked by hand, as a file would say them.

    Titles, where they lead to the same handle: so another shop gets the title as well.
    """
    found = await collections_of(reader, product_ids)
    return {
        product_id: [
            ref.title if slugify(ref.title) == ref.handle else ref.handle
            for ref in refs
            if not ref.is_by_rule
        ]
        for product_id, refs in found.items()
    }


async def shown_collections(
    reader: Reader, collection_ids: Sequence[UUID], moment: datetime
) -> dict[UUID, CollectionRef]:
    """Those of the collections that shoppers see at that moment, in the order of the shop."""
    found = await repository.shown_refs(reader, collection_ids, moment) if collection_ids else []
    return {each.collection_id: each for each in found}


async def members_after(
    reader: Reader, collection_id: UUID, after: UUID, limit: int, *, with_removed: bool = False
) -> list[UUID]:
    """Ids of the collection's members after an id, in order.

    None when the collection was removed, unless `with_removed`: then those it had.
    """
    if not with_removed:
        kept = await repository.find_collection(reader, collection_id)
        if kept is None or kept.removed_at is not None:
            return []
    return await members.ids_after(reader, collection_id, after, limit)
