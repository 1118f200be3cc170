"""Levels of stock: read in pages, set in bulk, changed one by one, with every movement."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from galleria.commerce.inventory.model import (
    Availability,
    Level,
    Movement,
    Policy,
    StockLevel,
)
from galleria.engines.sql import Reader, Transaction

_LEVEL = ", ".join(f"s.{name}" for name in StockLevel.__struct_fields__)
_MOVEMENT = ", ".join(Movement.__struct_fields__)

_AVAILABILITY = """
SELECT w.variant_id, coalesce(p.is_tracked, true) AS is_tracked,
       coalesce(p.allows_backorder, false) AS allows_backorder,
       coalesce((
           SELECT sum(greatest(s.on_hand - s.safety - s.reserved, 0))
           FROM inventory.stock AS s
           JOIN inventory.stock_location AS l
             ON l.tenant_id = $1 AND l.location_id = s.location_id AND l.is_active
           WHERE s.tenant_id = $1 AND s.variant_id = w.variant_id
       ), 0)::int8 AS available
FROM unnest($2::uuid[]) AS w (variant_id)
LEFT JOIN inventory.variant_policy AS p ON p.tenant_id = $1 AND p.variant_id = w.variant_id
"""
# A look into the primary key for each row, behind a LIMIT: no plan reads the whole table while it
# grows faster than its statistics. New rows first, by themselves: the update that follows finds
# them equal, and finds those that somebody else added in the same moment.
_ADD = """
WITH added AS (
    INSERT INTO inventory.stock (tenant_id, variant_id, location_id, on_hand, updated_at)
    SELECT $1, i.variant_id, i.location_id, i.on_hand, $2
    FROM incoming_level AS i
    LEFT JOIN LATERAL (
        SELECT q.on_hand FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = i.variant_id AND q.location_id = i.location_id
        LIMIT 1
    ) AS s ON true
    WHERE s.on_hand IS NULL
    ORDER BY i.variant_id, i.location_id
    ON CONFLICT DO NOTHING
    RETURNING variant_id, location_id, on_hand
), moved AS (
    INSERT INTO inventory.stock_movement
        (tenant_id, variant_id, location_id, delta, reason, at, actor)
    SELECT $1, a.variant_id, a.location_id, a.on_hand, i.reason, $2, $3
    FROM added AS a
    JOIN incoming_level AS i ON i.variant_id = a.variant_id AND i.location_id = a.location_id
    WHERE a.on_hand <> 0
)
SELECT variant_id FROM added
"""
_CHANGE = """
WITH standing AS MATERIALIZED (
    SELECT s.variant_id, s.location_id, s.on_hand AS before, s.reserved, i.on_hand AS after,
           i.reason
    FROM (SELECT * FROM incoming_level ORDER BY variant_id, location_id) AS i
    CROSS JOIN LATERAL (
        SELECT q.* FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = i.variant_id AND q.location_id = i.location_id
          AND q.on_hand <> i.on_hand
        LIMIT 1 FOR UPDATE
    ) AS s
), judged AS MATERIALIZED (
    SELECT t.*, t.after >= t.reserved OR t.after > t.before
           OR coalesce(p.allows_backorder OR NOT p.is_tracked, false) AS is_allowed
    FROM standing AS t
    LEFT JOIN inventory.variant_policy AS p
      ON p.tenant_id = $1 AND p.variant_id = t.variant_id
), changed AS (
    UPDATE inventory.stock AS s SET on_hand = j.after, updated_at = $2
    FROM judged AS j
    WHERE s.tenant_id = $1 AND s.variant_id = j.variant_id AND s.location_id = j.location_id
      AND j.is_allowed
), moved AS (
    INSERT INTO inventory.stock_movement
        (tenant_id, variant_id, location_id, delta, reason, at, actor)
    SELECT $1, variant_id, location_id, after - before, reason, $2, $3
    FROM judged WHERE is_allowed
)
SELECT variant_id, location_id, is_allowed FROM judged
"""


async def availability(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    """How many of each of the variants can be sold; each has an answer."""
    rows = await reader.read(_AVAILABILITY, list(variant_ids))
    return {
        row["variant_id"]: Availability(
            available=row["available"],
            is_tracked=row["is_tracked"],
            allows_backorder=row["allows_backorder"],
        )
        for row in rows
    }


async def set_levels(
    tx: Transaction, levels: Sequence[Level], actor: str
) -> tuple[set[UUID], list[tuple[UUID, UUID]]]:
    """The levels are as given, each place once, where they may be.

    The variants whose stock changed come back, and the (variant, location) pairs refused because
    more is reserved there. What does not differ is not written.
    """
    await tx.copy_rows(
        "incoming_level",
        {"variant_id": "uuid", "location_id": "uuid", "on_hand": "int4", "reason": "text"},
        [(each.variant_id, each.location_id, each.on_hand, each.reason) for each in levels],
    )
    added = await tx.fetch(_ADD, tx.now, actor)
    judged = await tx.fetch(_CHANGE, tx.now, actor)
    changed = {row["variant_id"] for row in added}
    changed |= {row["variant_id"] for row in judged if row["is_allowed"]}
    refused = [(r["variant_id"], r["location_id"]) for r in judged if not r["is_allowed"]]
    return changed, refused


async def lock_level(tx: Transaction, variant_id: UUID, location_id: UUID) -> StockLevel:
    """The level, locked until the commit; one that was never there starts at zero."""
    await tx.execute(
        "INSERT INTO inventory.stock (tenant_id, variant_id, location_id, on_hand, updated_at)"
        " VALUES ($1, $2, $3, 0, $4) ON CONFLICT DO NOTHING",
        variant_id,
        location_id,
        tx.now,
    )
    row = await tx.fetch_row(
        f"SELECT {_LEVEL} FROM inventory.stock AS s"
        " WHERE s.tenant_id = $1 AND s.variant_id = $2 AND s.location_id = $3 FOR UPDATE",
        variant_id,
        location_id,
    )
    assert row is not None, "it was there or has just been added"
    return StockLevel(**row)


async def save_level(tx: Transaction, level: StockLevel) -> None:
    """The row says what the level says; reservations are not touched."""
    await tx.execute(
        "UPDATE inventory.stock SET on_hand = $4, safety = $5, updated_at = $6"
        " WHERE tenant_id = $1 AND variant_id = $2 AND location_id = $3",
        level.variant_id,
        level.location_id,
        level.on_hand,
        level.safety,
        level.updated_at,
    )


async def add_movement(
    tx: Transaction, level: StockLevel, delta: int, why: Mapping[str, Any]
) -> None:
    """`delta` pieces came to the level's place; `why` has reason, reference and actor."""
    await tx.execute(
        "INSERT INTO inventory.stock_movement"
        " (tenant_id, variant_id, location_id, delta, reason, reference, at, actor)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        level.variant_id,
        level.location_id,
        delta,
        why["reason"],
        why["reference"],
        tx.now,
        why["actor"],
    )


async def page_of_levels(
    reader: Reader,
    variant_ids: Sequence[UUID] | None,
    location_id: UUID | None,
    after: tuple[UUID, UUID],
    count: int,
) -> list[StockLevel]:
    """At most `count` levels after (variant, location), in that order."""
    where, args = ["(s.variant_id, s.location_id) > ($2::uuid, $3::uuid)"], [*after, count]
    if variant_ids is not None:
        args.append(list(variant_ids))
        where.append(f"s.variant_id = ANY (${len(args) + 1}::uuid[])")
    if location_id is not None:
        args.append(location_id)
        where.append(f"s.location_id = ${len(args) + 1}")
    rows = await reader.read(
        f"SELECT {_LEVEL} FROM inventory.stock AS s WHERE s.tenant_id = $1"
        f" AND {' AND '.join(where)} ORDER BY s.variant_id, s.location_id LIMIT $4",
        *args,
    )
    return [StockLevel(**row) for row in rows]


async def page_of_movements(
    reader: Reader, variant_id: UUID | None, before: int, count: int
) -> list[Movement]:
    """At most `count` movements older than one, newest first; of one variant when given."""
    select = (
        f"SELECT {_MOVEMENT} FROM inventory.stock_movement"
        " WHERE tenant_id = $1 AND movement_id < $2"
    )
    if variant_id is None:
        rows = await reader.read(f"{select} ORDER BY movement_id DESC LIMIT $3", before, count)
    else:
        rows = await reader.read(
            f"{select} AND variant_id = $3 ORDER BY movement_id DESC LIMIT $4",
            before,
            variant_id,
            count,
        )
    return [Movement(**row) for row in rows]


async def policy_of(reader: Reader, variant_id: UUID) -> Policy:
    """The variant's policy, or the usual one."""
    row = await reader.read_row(
        "SELECT variant_id, is_tracked, allows_backorder FROM inventory.variant_policy"
        " WHERE tenant_id = $1 AND variant_id = $2",
        variant_id,
    )
    return Policy(**row) if row else Policy(variant_id=variant_id)


async def set_policies(tx: Transaction, policies: Sequence[Policy], place: UUID) -> list[UUID]:
    """The policies are as given; the variants whose policy changed come back.

    A variant on backorder has a level, at `place` when nowhere else: promises are written on it.
    """
    rows = await tx.fetch(
        """
        WITH incoming AS MATERIALIZED (
            SELECT i.* FROM unnest($2::uuid[], $3::boolean[], $4::boolean[])
                AS i (variant_id, is_tracked, allows_backorder)
            LEFT JOIN inventory.variant_policy AS p
              ON p.tenant_id = $1 AND p.variant_id = i.variant_id
            WHERE (i.is_tracked, i.allows_backorder)
                  <> (coalesce(p.is_tracked, true), coalesce(p.allows_backorder, false))
        ), placed AS (
            INSERT INTO inventory.stock (tenant_id, variant_id, location_id, on_hand, updated_at)
            SELECT $1, i.variant_id, $5, 0, $6 FROM incoming AS i
            WHERE i.allows_backorder AND NOT EXISTS (
                SELECT FROM inventory.stock AS s
                WHERE s.tenant_id = $1 AND s.variant_id = i.variant_id
            )
            ON CONFLICT DO NOTHING
        )
        INSERT INTO inventory.variant_policy AS p
            (tenant_id, variant_id, is_tracked, allows_backorder)
        SELECT $1, variant_id, is_tracked, allows_backorder FROM incoming ORDER BY variant_id
        ON CONFLICT (tenant_id, variant_id) DO UPDATE
        SET is_tracked = excluded.is_tracked, allows_backorder = excluded.allows_backorder
        RETURNING p.variant_id
        """,
        [each.variant_id for each in policies],
        [each.is_tracked for each in policies],
        [each.allows_backorder for each in policies],
        place,
        tx.now,
    )
    return [row["variant_id"] for row in rows]


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID], actor: str) -> None:
    """Variants that exist no more have no policy, and no stock but what is still promised."""
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM inventory.stock
            WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[]) AND reserved = 0
            RETURNING variant_id, location_id, on_hand
        ), moved AS (
            INSERT INTO inventory.stock_movement
                (tenant_id, variant_id, location_id, delta, reason, at, actor)
            SELECT $1, variant_id, location_id, -on_hand, 'variant removed', $3, $4 FROM gone
            WHERE on_hand <> 0
        )
        DELETE FROM inventory.variant_policy
        WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])
        """,
        list(variant_ids),
        tx.now,
        actor,
    )
