"""All SQL of the shop window."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from galleria.commerce.listings.model import Listing
from galleria.engines.sql import Reader, Record, Transaction

SortName = Literal["newest", "title", "-title", "price", "-price", "manual"]

_COLUMNS = {
    "channel_id": "uuid",
    "locale": "text",
    "product_id": "uuid",
    "handle": "text",
    "title_sort": "text",
    "price_min_minor": "bigint",
    "is_available": "boolean",
    "published_at": "timestamptz",
    "card": "text",
    "detail": "text",
}
assert tuple(_COLUMNS) == Listing.__struct_fields__, "a row is a listing and when it was written"
_NAMES = ", ".join(_COLUMNS)

_MERGE = f"""
INSERT INTO listings.listing AS l (tenant_id, {_NAMES}, updated_at)
SELECT $1, {_NAMES}, $2 FROM incoming_listing
ON CONFLICT (tenant_id, channel_id, locale, product_id) DO UPDATE SET
    handle = EXCLUDED.handle, title_sort = EXCLUDED.title_sort,
    price_min_minor = EXCLUDED.price_min_minor, is_available = EXCLUDED.is_available,
    published_at = EXCLUDED.published_at, card = EXCLUDED.card, detail = EXCLUDED.detail,
    updated_at = EXCLUDED.updated_at
WHERE l.detail <> EXCLUDED.detail OR l.card <> EXCLUDED.card OR l.title_sort <> EXCLUDED.title_sort
RETURNING l.product_id
"""
_REMOVE = """
DELETE FROM listings.listing AS l
WHERE l.tenant_id = $1 AND l.product_id = ANY ($2::uuid[])
  AND NOT EXISTS (
    SELECT 1 FROM incoming_listing AS i
    WHERE i.product_id = l.product_id AND i.channel_id = l.channel_id AND i.locale = l.locale)
RETURNING l.product_id
"""
_PLACEMENT = {"place_id": "uuid", "product_id": "uuid", "position": "int8"}
_REMOVE_PLACEMENTS = """
DELETE FROM listings.placement AS p
WHERE p.tenant_id = $1 AND p.product_id = ANY ($2::uuid[])
  AND NOT EXISTS (SELECT 1 FROM incoming_placement AS i
                  WHERE i.product_id = p.product_id AND i.place_id = p.place_id)
RETURNING p.product_id
"""
_ADD_PLACEMENTS = """
INSERT INTO listings.placement AS p (tenant_id, place_id, product_id, position)
SELECT $1, place_id, product_id, position FROM incoming_placement
ON CONFLICT (tenant_id, place_id, product_id) DO UPDATE SET position = EXCLUDED.position
WHERE p.position <> EXCLUDED.position
RETURNING p.product_id
"""

# Column to sort by, its direction, and the type its value has in a cursor.
ORDERS: dict[SortName, tuple[str, str, str]] = {
    "newest": ("published_at", "DESC", "timestamptz"),
    "title": ("title_sort", "ASC", "text"),
    "-title": ("title_sort", "DESC", "text"),
    "price": ("price_min_minor", "ASC", "bigint"),
    "-price": ("price_min_minor", "DESC", "bigint"),
    # Of the last place: how a collection was put together.
    "manual": ("position", "ASC", "bigint"),
}


async def replace_listings(
    tx: Transaction,
    product_ids: Sequence[UUID],
    listings: Sequence[Listing],
    placements: Sequence[tuple[UUID, UUID, int]],
) -> set[UUID]:
    """These products are shown as `listings` say and nowhere else; the changed ones come back.

    `placements` are (place_id, product_id, position); a product that moves has changed, too.
    """
    await tx.copy_rows(
        "incoming_listing",
        _COLUMNS,
        [tuple(getattr(listing, name) for name in _COLUMNS) for listing in listings],
    )
    await tx.copy_rows("incoming_placement", _PLACEMENT, placements)
    changed = {row["product_id"] for row in await tx.fetch(_MERGE, tx.now)}
    removed = {row["product_id"] for row in await tx.fetch(_REMOVE, list(product_ids))}
    removed |= {row["product_id"] for row in await tx.fetch(_REMOVE_PLACEMENTS, list(product_ids))}
    changed |= {row["product_id"] for row in await tx.fetch(_ADD_PLACEMENTS)}
    return changed | removed


async def find_detail(reader: Reader, channel_id: UUID, locale: str, handle: str) -> Record | None:
    """`detail` and `updated_at` of the product with this handle."""
    return await reader.read_row(
        "SELECT detail, updated_at FROM listings.listing WHERE tenant_id = $1"
        " AND channel_id = $2 AND locale = $3 AND handle = $4",
        channel_id,
        locale,
        handle,
    )


async def page_of_cards(
    reader: Reader,
    channel_id: UUID,
    locale: str,
    *,
    sort: SortName,
    after: tuple[object, UUID] | None,
    places: Sequence[UUID],
    limit: int,
) -> list[Record]:
    """`card`, `product_id` and the sort value (`sort_value`) of up to `limit` products in order.

    Every one of `places` must hold the product; the last one orders it when the sort is manual.
    """
    column, direction, kind = ORDERS[sort]
    args: list[object] = [channel_id, locale]
    source, column, key = "listings.listing AS l", f"l.{column}", "l.product_id"
    where = ""
    if sort == "manual":
        args.append(places[-1])
        # The first placements in order are enough for a page: they lead, listings are looked up.
        source = "listings.placement AS o JOIN listings.listing AS l ON l.product_id = o.product_id"
        where = f" AND o.tenant_id = $1 AND o.place_id = ${len(args) + 1}"
        column, key, places = "o.position", "o.product_id", places[:-1]
    for place_id in places:
        args.append(place_id)
        where += (
            " AND EXISTS (SELECT 1 FROM listings.placement AS p WHERE p.tenant_id = $1"
            f" AND p.place_id = ${len(args) + 1} AND p.product_id = l.product_id)"
        )
    if after is not None:
        comparison = ">" if direction == "ASC" else "<"
        args += after
        where += (
            f" AND ({column}, {key}) {comparison} (${len(args)}::{kind}, ${len(args) + 1}::uuid)"
        )
    args.append(limit)
    return await reader.read(
        f"SELECT l.card, l.product_id, {column} AS sort_value FROM {source}"
        f" WHERE l.tenant_id = $1 AND l.channel_id = $2 AND l.locale = $3{where}"
        f" ORDER BY {column} {direction}, {key} {direction} LIMIT ${len(args) + 1}",
        *args,
    )


async def cards_of(
    reader: Reader, channel_id: UUID, locale: str, product_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """The cards of these products that are shown, by id."""
    rows = await reader.read(
        "SELECT product_id, card FROM listings.listing WHERE tenant_id = $1 AND channel_id = $2"
        " AND locale = $3 AND product_id = ANY ($4::uuid[])",
        channel_id,
        locale,
        list(product_ids),
    )
    return {row["product_id"]: row["card"] for row in rows}


async def details_of(reader: Reader, product_ids: Sequence[UUID]) -> list[Record]:
    """`product_id`, `channel_id`, `locale` and `detail` of all listings of these products."""
    return await reader.read(
        "SELECT product_id, channel_id, locale, detail FROM listings.listing"
        " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )


async def listed_ids(reader: Reader, after: UUID, limit: int) -> list[UUID]:
    """Ids of shown products after an id, in order; for walking through all of them."""
    rows = await reader.read(
        "SELECT DISTINCT product_id FROM listings.listing WHERE tenant_id = $1"
        " AND product_id > $2 ORDER BY product_id LIMIT $3",
        after,
        limit,
    )
    return [row["product_id"] for row in rows]
