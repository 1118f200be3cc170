"""SQL of the changes that kiosks are told of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction


class Counter(msgspec.Struct, frozen=True):
    """The number of the last change, and up to which number changes may be forgotten."""

    sequence: int
    forgotten: int


async def start(tx: Transaction) -> None:
    """From this commit on the shop's changes are counted. Safe to repeat."""
    await tx.execute(
        "INSERT INTO kiosk.counter (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO NOTHING"
    )


async def counter(reader: Reader) -> Counter | None:
    """How far the shop has counted; None when it does not."""
    row = await reader.read_row(
        "SELECT sequence, forgotten FROM kiosk.counter WHERE tenant_id = $1"
    )
    return None if row is None else Counter(row["sequence"], row["forgotten"])


async def note(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """These products have changed, in this order; nothing where the shop does not count."""
    await tx.execute(
        "WITH counted AS (UPDATE kiosk.counter SET sequence = sequence + cardinality($2::uuid[])"
        " WHERE tenant_id = $1 RETURNING sequence - cardinality($2::uuid[]) AS before)"
        " INSERT INTO kiosk.changed_product (tenant_id, product_id, sequence, changed_at)"
        " SELECT $1, each.product_id, counted.before + each.place, $3 FROM counted"
        " CROSS JOIN unnest($2::uuid[]) WITH ORDINALITY AS each (product_id, place)"
        " ON CONFLICT (tenant_id, product_id) DO UPDATE SET sequence = excluded.sequence,"
        " changed_at = excluded.changed_at",
        list(product_ids),
        tx.now,
    )


async def after(reader: Reader, sequence: int, limit: int) -> list[tuple[int, UUID]]:
    """The next changes, each product's last alone: numbers and products."""
    rows = await reader.read(
        "SELECT sequence, product_id FROM kiosk.changed_product"
        " WHERE tenant_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        sequence,
        limit,
    )
    return [(row["sequence"], row["product_id"]) for row in rows]


async def forget(tx: Transaction, before: datetime, limit: int) -> int:
    """Up to so many changes from before then are forgotten, and that is noted; how many."""
    rows = await tx.fetch(
        "WITH gone AS (DELETE FROM kiosk.changed_product WHERE tenant_id = $1 AND product_id IN ("
        "SELECT product_id FROM kiosk.changed_product WHERE tenant_id = $1 AND changed_at < $2"
        " ORDER BY changed_at LIMIT $3) RETURNING sequence),"
        " noted AS (UPDATE kiosk.counter SET forgotten = greatest(forgotten,"
        " (SELECT max(sequence) FROM gone)) WHERE tenant_id = $1)"
        " SELECT count(*)::int AS gone FROM gone",
        before,
        limit,
    )
    return int(rows[0]["gone"])


async def delete_all(tx: Transaction) -> None:
    """The shop counts no changes."""
    await tx.execute("DELETE FROM kiosk.changed_product WHERE tenant_id = $1")
    await tx.execute("DELETE FROM kiosk.counter WHERE tenant_id = $1")
