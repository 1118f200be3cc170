"""Which products wait for which addresses."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from galleria.commerce.pictures.model import Address
from galleria.engines.sql import Transaction

Link = tuple[UUID, UUID]
"""A product, and a picture it waits for."""


async def lock_concerned(
    tx: Transaction, product_ids: Sequence[UUID], picture_ids: Collection[UUID]
) -> dict[UUID, str]:
    """The states of these pictures and of those the products wait for, as far as they are known.

    They are locked, in the order of their ids as everywhere in this room.
    """
    rows = await tx.fetch(
        """
        SELECT picture_id, state FROM pictures.wanted
        WHERE tenant_id = $1 AND picture_id IN (
            SELECT unnest($2::uuid[])
            UNION ALL
            SELECT picture_id FROM pictures.naming
            WHERE tenant_id = $1 AND product_id = ANY($3::uuid[]))
        ORDER BY picture_id FOR UPDATE
        """,
        list(picture_ids),
        list(product_ids),
    )
    return {row["picture_id"]: row["state"] for row in rows}


async def put_links(
    tx: Transaction, product_ids: Sequence[UUID], links: Collection[Link]
) -> tuple[Counter[UUID], Counter[UUID]]:
    """The products wait for just these; how many more, and fewer, wait for each picture."""
    products = [product_id for product_id, _ in links]
    pictures = [picture_id for _, picture_id in links]
    gone = await tx.fetch(
        """
        DELETE FROM pictures.naming AS n
        WHERE n.tenant_id = $1 AND n.product_id = ANY($2::uuid[])
          AND NOT EXISTS (SELECT FROM unnest($3::uuid[], $4::uuid[]) AS u (product_id, picture_id)
                          WHERE u.product_id = n.product_id AND u.picture_id = n.picture_id)
        RETURNING n.picture_id
        """,
        list(product_ids),
        products,
        pictures,
    )
    added = []
    if links:
        added = await tx.fetch(
            "INSERT INTO pictures.naming (tenant_id, product_id, picture_id)"
            " SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])"
            " ON CONFLICT DO NOTHING RETURNING picture_id",
            products,
            pictures,
        )
    return Counter(r["picture_id"] for r in added), Counter(r["picture_id"] for r in gone)


async def add_wanted(
    tx: Transaction, addresses: Sequence[Address], waiting: Mapping[UUID, int]
) -> None:
    """The addresses are wanted by so many products more.

    One that has been fetched before is put on the new products too.
    """
    rows = sorted(addresses, key=lambda each: each.picture_id)
    await tx.execute(
        """
        INSERT INTO pictures.wanted AS w (tenant_id, picture_id, url, host, state, product_count,
            tries, next_try_at, request_id, updated_at)
        SELECT $1, picture_id, url, host, 'waiting', more, 0, $7, request_id, $7
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::int4[], $6::text[])
             AS u (picture_id, url, host, more, request_id)
        ORDER BY picture_id
        ON CONFLICT (tenant_id, picture_id) DO UPDATE
        SET product_count = w.product_count + excluded.product_count,
            state = CASE WHEN w.state = 'fetched' THEN 'placing' ELSE w.state END
        """,
        [each.picture_id for each in rows],
        [each.url for each in rows],
        [each.host for each in rows],
        [waiting[each.picture_id] for each in rows],
        [each.request_id for each in rows],
        tx.now,
    )


async def take_off(tx: Transaction, fewer: Mapping[UUID, int]) -> list[tuple[str, str]]:
    """So many products fewer wait for these pictures, which are locked.

    What nobody waits for is not wanted any more, unless it has been fetched. Of those that are
    gone, request and state come back.
    """
    await tx.execute(
        "UPDATE pictures.wanted AS w SET product_count = product_count - u.fewer"
        " FROM unnest($2::uuid[], $3::int4[]) AS u (picture_id, fewer)"
        " WHERE w.tenant_id = $1 AND w.picture_id = u.picture_id",
        list(fewer),
        list(fewer.values()),
    )
    rows = await tx.fetch(
        "DELETE FROM pictures.wanted WHERE tenant_id = $1 AND picture_id = ANY($2::uuid[])"
        " AND product_count = 0 AND state IN ('waiting', 'failed') RETURNING request_id, state",
        list(fewer),
    )
    return [(row["request_id"], row["state"]) for row in rows]


async def requests_of(tx: Transaction, picture_ids: Sequence[UUID]) -> list[str]:
    """The requests that first named these pictures, one for each."""
    rows = await tx.fetch(
        "SELECT request_id FROM pictures.wanted"
        " WHERE tenant_id = $1 AND picture_id = ANY($2::uuid[])",
        list(picture_ids),
    )
    return [row["request_id"] for row in rows]
