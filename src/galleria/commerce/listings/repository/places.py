"""Windows and places by number, how many products each place shows, and what is to be made anew."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from galleria.engines.sql import Reader, Record, Transaction

_ADD_COUNTS = """
INSERT INTO listings.place_count AS c (tenant_id, window_id, place, is_shared, products)
SELECT $1, w.* FROM unnest($2::int4[], $3::int4[], $4::boolean[], $5::int8[])
       AS w (window_id, place, is_shared, products)
ON CONFLICT (tenant_id, window_id, place, is_shared)
DO UPDATE SET products = c.products + EXCLUDED.products
"""
# Products of several categories: those that have one as an extra place.
_SHARED = """
SELECT l.window_id, l.category, l.extra
FROM listings.listing AS l
WHERE l.tenant_id = $1 AND l.window_id = ANY ($2::int4[]) AND l.product_id IN (
    SELECT p.product_id FROM listings.placement AS p
    WHERE p.tenant_id = $1 AND p.place = ANY ($3::int4[]))
"""


async def all_windows(reader: Reader) -> list[Record]:
    """`window_id`, `channel_id`, `locale` and `currency` of all windows the shop ever had."""
    return await reader.read(
        "SELECT window_id, channel_id, locale, currency FROM listings.window WHERE tenant_id = $1"
        " ORDER BY window_id"
    )


async def add_windows(
    tx: Transaction, first: int, windows: Sequence[tuple[UUID, str, str]]
) -> None:
    """These (channel_id, locale, currency) are windows, numbered on from `first`."""
    await tx.execute(
        """
        INSERT INTO listings.window (tenant_id, window_id, channel_id, locale, currency)
        SELECT $1, $2 + w.ordinal - 1, w.channel_id, w.locale, w.currency
        FROM unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY
             AS w (channel_id, locale, currency, ordinal)
        """,
        first,
        [each[0] for each in windows],
        [each[1] for each in windows],
        [each[2] for each in windows],
    )


async def numbers_of(reader: Reader, place_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The number of each of these categories and collections that has one."""
    rows = await reader.read(
        "SELECT place_id, place FROM listings.place"
        " WHERE tenant_id = $1 AND place_id = ANY ($2::uuid[])",
        list(place_ids),
    )
    return {row["place_id"]: row["place"] for row in rows}


async def places_numbered(reader: Reader, places: Sequence[int]) -> dict[int, UUID]:
    """The category or collection of each of these numbers."""
    rows = await reader.read(
        "SELECT place, place_id FROM listings.place"
        " WHERE tenant_id = $1 AND place = ANY ($2::int4[])",
        list(places),
    )
    return {row["place"]: row["place_id"] for row in rows}


async def add_places(tx: Transaction, place_ids: Sequence[UUID]) -> None:
    """These categories and collections have numbers, counted on from the highest."""
    await tx.execute(
        """
        INSERT INTO listings.place (tenant_id, place, place_id)
        SELECT $1, last.place + w.ordinal, w.place_id
        FROM unnest($2::uuid[]) WITH ORDINALITY AS w (place_id, ordinal)
        CROSS JOIN (
            SELECT coalesce(max(place), 0) AS place FROM listings.place WHERE tenant_id = $1
        ) AS last
        """,
        list(place_ids),
    )


async def add_counts(tx: Transaction, changes: Mapping[tuple[int, int, bool], int]) -> None:
    """The counts of (window_id, place, is_shared) have changed by so many."""
    rows = sorted((*key, change) for key, change in changes.items() if change)
    if rows:
        await tx.execute(_ADD_COUNTS, *map(list, zip(*rows, strict=True)))


async def counts_in(reader: Reader, window_id: int) -> dict[int, int]:
    """How many products each place shows in a window, what is shared taken off."""
    rows = await reader.read(
        "SELECT place, sum(products)::int8 AS products FROM listings.place_count"
        " WHERE tenant_id = $1 AND window_id = $2 GROUP BY place",
        window_id,
    )
    return {row["place"]: row["products"] for row in rows}


async def count_differing(reader: Reader) -> int:
    """How many counts of single places are not those of the listings. Looks at every listing."""
    found: int = await reader.read_value(
        """
        WITH shown AS (
            SELECT l.window_id, p.place, count(*)::int8 AS products
            FROM listings.listing AS l
            CROSS JOIN LATERAL (
                SELECT DISTINCT u.place FROM unnest(l.category || l.extra) AS u (place)
                WHERE u.place <> 0
            ) AS p
            WHERE l.tenant_id = $1 GROUP BY l.window_id, p.place
        ), kept AS (
            SELECT c.window_id, c.place, c.products FROM listings.place_count AS c
            WHERE c.tenant_id = $1 AND NOT c.is_shared
        )
        SELECT count(*)::int8 AS differing FROM shown AS s
        FULL JOIN kept AS k ON k.window_id = s.window_id AND k.place = s.place
        WHERE coalesce(s.products, 0) <> coalesce(k.products, 0)
        """
    )
    return found


async def count_anew(tx: Transaction) -> None:
    """The counts of single places are those of the listings; nothing is taken off any more."""
    await tx.execute("DELETE FROM listings.place_count WHERE tenant_id = $1")
    await tx.execute(
        """
        INSERT INTO listings.place_count (tenant_id, window_id, place, is_shared, products)
        SELECT $1, l.window_id, p.place, false, count(*)
        FROM listings.listing AS l
        CROSS JOIN LATERAL (
            SELECT DISTINCT u.place FROM unnest(l.category || l.extra) AS u (place)
            WHERE u.place <> 0
        ) AS p
        WHERE l.tenant_id = $1 GROUP BY l.window_id, p.place
        """
    )


async def forget_shared(tx: Transaction) -> None:
    """Nothing is taken off for products of several categories."""
    await tx.execute("DELETE FROM listings.place_count WHERE tenant_id = $1 AND is_shared")


async def places_of_several(
    tx: Transaction, windows: Sequence[int], categories: Sequence[int]
) -> list[Record]:
    """`window_id`, `category` and `extra` of the listings that lie in several categories."""
    return await tx.fetch(_SHARED, list(windows), list(categories))


async def stale_after(tx: Transaction) -> UUID | None:
    """After which product listings are still to be made anew; None when all are current."""
    after: UUID | None = await tx.fetch_value(
        "SELECT after_id FROM listings.stale WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED"
    )
    return after


async def made_anew(tx: Transaction, after: UUID | None) -> None:
    """Listings up to this product have been made anew; None: all have."""
    if after is None:
        await tx.execute("DELETE FROM listings.stale WHERE tenant_id = $1")
    else:
        await tx.execute("UPDATE listings.stale SET after_id = $2 WHERE tenant_id = $1", after)
