"""Levels of stock: set in bulk, changed together with what moved, read in pages."""

from collections.abc import Collection, Sequence
from uuid import UUID

from galleria.commerce.inventory.model.counting import Place
from galleria.commerce.inventory.model.levels import Change, Level, StockLevel, Why
from galleria.commerce.inventory.model.selling import Policy
from galleria.engines.sql import Reader, Transaction

_FIELDS = StockLevel.__struct_fields__
_LEVEL = ", ".join(f"s.{name}" for name in _FIELDS)
# Stock has no index by location: a page of one location walks along the key, past so many rows of
# other places at most, and says where it stopped.
WINDOW = 2_000

_COLUMNS = {"variant_id": "uuid", "location_id": "int4", "on_hand": "int4", "reason": "text"}
# The first counts of many are one act for each reason, and no movements.
_OPEN = """
acts AS (
    INSERT INTO inventory.opening (tenant_id, at, reason, actor)
    SELECT $1, $2, f.reason, $3
    FROM (SELECT DISTINCT reason FROM fresh WHERE on_hand > 0) AS f
    RETURNING opening_id, reason
)
INSERT INTO inventory.stock
    (tenant_id, variant_id, location_id, on_hand, updated_at, opening, opening_id)
SELECT $1, f.variant_id, f.location_id, f.on_hand, $2, f.on_hand, coalesce(a.opening_id, 0)
FROM fresh AS f LEFT JOIN acts AS a ON a.reason = f.reason
ORDER BY f.variant_id, f.location_id
"""
_ADD_NEW = f"WITH fresh AS (SELECT * FROM wanted_level), {_OPEN} RETURNING variant_id"
# A look into the primary key for each row, behind a LIMIT: no plan reads the whole table while it
# grows faster than its statistics. New rows first, by themselves: the update that follows finds
# them equal, and finds those that somebody else added in the same moment.
_ADD = f"""
WITH fresh AS MATERIALIZED (
    SELECT i.*
    FROM wanted_level AS i
    LEFT JOIN LATERAL (
        SELECT q.on_hand FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = i.variant_id AND q.location_id = i.location_id
        LIMIT 1
    ) AS s ON true
    WHERE s.on_hand IS NULL
), {_OPEN} ON CONFLICT DO NOTHING RETURNING variant_id
"""
# What differs is found by the same looks, and nothing but that is locked. The places where nothing
# was counted yet come back without an answer.
_CHANGE = """
WITH differing AS MATERIALIZED (
    SELECT i.*, s.on_hand IS NULL AS is_absent
    FROM wanted_level AS i
    LEFT JOIN LATERAL (
        SELECT q.on_hand FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = i.variant_id AND q.location_id = i.location_id
        LIMIT 1
    ) AS s ON true
    WHERE s.on_hand IS DISTINCT FROM i.on_hand
), standing AS MATERIALIZED (
    SELECT s.variant_id, s.location_id, s.on_hand AS before, s.reserved, i.on_hand AS after,
           i.reason
    FROM (SELECT * FROM differing WHERE NOT is_absent ORDER BY variant_id, location_id) AS i
    CROSS JOIN LATERAL (
        SELECT q.* FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = i.variant_id AND q.location_id = i.location_id
          AND q.on_hand <> i.on_hand
        LIMIT 1 FOR UPDATE
    ) AS s
), judged AS MATERIALIZED (
    SELECT t.*, t.after >= t.reserved OR t.after > t.before
           OR coalesce(p.selling <> 'deny' OR NOT p.is_tracked, false) AS is_allowed
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
        (tenant_id, variant_id, location_id, delta, reason, reference, at, actor)
    SELECT $1, variant_id, location_id, after - before, reason, $4, $2, $3
    FROM judged WHERE is_allowed
)
SELECT variant_id, location_id, is_allowed FROM judged
UNION ALL
SELECT variant_id, location_id, NULL FROM differing WHERE is_absent
"""


async def add_new_levels(tx: Transaction, levels: Sequence[Level], actor: str) -> set[UUID]:
    """The levels are there, each place once, of variants that had none: nothing is looked up.

    The variants come back. A place that has a level already breaks the key, and with it the act.
    """
    await _copy(tx, levels)
    return {row["variant_id"] for row in await tx.fetch(_ADD_NEW, tx.now, actor)}


async def set_levels(
    tx: Transaction, levels: Sequence[Level], actor: str, reference: str | None = None
) -> tuple[set[UUID], list[Place]]:
    """The levels are as given, each place once, where they may be.

    The variants whose stock changed come back, and the (variant, location) pairs refused because
    more is reserved there. What does not differ is not written. With a reference first counts are
    movements like any other, found by it.
    """
    await _copy(tx, levels)
    changed: set[UUID] = set()
    if reference is None:
        changed = {row["variant_id"] for row in await tx.fetch(_ADD, tx.now, actor)}
    judged = await tx.fetch(_CHANGE, tx.now, actor, reference)
    absent = {(r["variant_id"], r["location_id"]) for r in judged if r["is_allowed"] is None}
    if absent:
        changed |= {variant_id for variant_id, _ in await add_places(tx, absent)}
        # What was there says by now what is wanted: only the new places differ still.
        judged += await tx.fetch(_CHANGE, tx.now, actor, reference)
    changed |= {row["variant_id"] for row in judged if row["is_allowed"]}
    refused = {(r["variant_id"], r["location_id"]) for r in judged if r["is_allowed"] is False}
    return changed, sorted(refused)


async def _copy(tx: Transaction, levels: Sequence[Level]) -> None:
    rows = [(each.variant_id, each.location_id, each.on_hand, each.reason) for each in levels]
    await tx.copy_rows("wanted_level", _COLUMNS, rows)


async def add_places(tx: Transaction, places: Collection[Place]) -> frozenset[Place]:
    """Each place has a level, none on hand where there was none before; the new ones come back."""
    ordered = sorted(places)
    rows = await tx.fetch(
        """
        INSERT INTO inventory.stock (tenant_id, variant_id, location_id, on_hand, updated_at)
        SELECT $1, w.variant_id, w.location_id, 0, $4
        FROM unnest($2::uuid[], $3::int4[]) AS w (variant_id, location_id)
        ORDER BY w.variant_id, w.location_id
        ON CONFLICT DO NOTHING RETURNING variant_id, location_id
        """,
        [variant_id for variant_id, _ in ordered],
        [location_id for _, location_id in ordered],
        tx.now,
    )
    return frozenset((row["variant_id"], row["location_id"]) for row in rows)


async def levels_of(
    reader: Reader, variant_ids: Collection[UUID], *, locks: bool = False
) -> dict[Place, StockLevel]:
    """All levels of the variants; locked until the commit when asked for, in the usual order."""
    # Every verb that changes what is available locks all places of a variant: two that changed
    # different places at once would each weigh the variant without the other.
    rows = await reader.read(
        f"""
        SELECT {_LEVEL} FROM unnest($2::uuid[]) AS w (variant_id)
        CROSS JOIN LATERAL (
            SELECT q.* FROM inventory.stock AS q
            WHERE q.tenant_id = $1 AND q.variant_id = w.variant_id
            ORDER BY q.location_id {"FOR UPDATE" if locks else ""}
        ) AS s
        """,
        sorted(set(variant_ids)),
    )
    return {(row["variant_id"], row["location_id"]): StockLevel(**row) for row in rows}


async def policies_of(reader: Reader, variant_ids: Collection[UUID]) -> dict[UUID, Policy]:
    """The policies of those of the variants whose policy is not the usual one."""
    rows = await reader.read(
        "SELECT variant_id, is_tracked, selling <> 'deny' AS allows_backorder"
        " FROM inventory.variant_policy WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )
    return {row["variant_id"]: Policy(**row) for row in rows}


async def write_changes(tx: Transaction, changes: Sequence[Change], why: Why) -> None:
    """The shelves say what the levels say, and why is written: one act, reservations untouched.

    Their rows have been locked in this transaction.
    """
    await tx.execute(
        """
        WITH told AS MATERIALIZED (
            SELECT * FROM unnest($2::uuid[], $3::int4[], $4::int4[], $5::int4[], $6::int4[],
                                 $7::boolean[])
                AS c (variant_id, location_id, on_hand, safety, delta, is_first)
        ), act AS (
            INSERT INTO inventory.opening (tenant_id, at, reason, reference, actor)
            SELECT $1, $8, $9, $10, $11
            WHERE EXISTS (SELECT FROM told WHERE is_first AND delta <> 0)
            RETURNING opening_id
        ), written AS (
            UPDATE inventory.stock AS s
            SET on_hand = t.on_hand, safety = t.safety, updated_at = $8,
                opening = CASE WHEN t.is_first THEN t.delta ELSE s.opening END,
                opening_id = CASE
                    WHEN t.is_first THEN coalesce((SELECT a.opening_id FROM act AS a), 0)
                    ELSE s.opening_id
                END
            FROM told AS t
            WHERE s.tenant_id = $1 AND s.variant_id = t.variant_id
              AND s.location_id = t.location_id
        )
        INSERT INTO inventory.stock_movement
            (tenant_id, variant_id, location_id, delta, reason, reference, at, actor)
        SELECT $1, variant_id, location_id, delta, $9, $10, $8, $11 FROM told
        WHERE delta <> 0 AND NOT is_first
        """,
        [each.level.variant_id for each in changes],
        [each.level.location_id for each in changes],
        [each.level.on_hand for each in changes],
        [each.level.safety for each in changes],
        [each.delta for each in changes],
        [each.is_first for each in changes],
        tx.now,
        why.reason,
        why.reference,
        why.actor,
    )


async def page_of_levels(
    reader: Reader,
    variant_ids: Sequence[UUID] | None,
    after: Place,
    count: int,
    location_id: int | None = None,
) -> list[StockLevel]:
    """At most `count` levels after (variant, location), in that order.

    A location narrows down those of some variants; all of a location's are found by `levels_at`.
    """
    assert location_id is None or variant_ids is not None, "it would walk past the whole stock"
    where, args = "(s.variant_id, s.location_id) > ($2::uuid, $3::int4)", [*after, count]
    if variant_ids is not None:
        args += [list(variant_ids), location_id]
        where += " AND s.variant_id = ANY ($5::uuid[])"
        where += " AND ($6::int4 IS NULL OR s.location_id = $6)"
    rows = await reader.read(
        f"SELECT {_LEVEL} FROM inventory.stock AS s WHERE s.tenant_id = $1"
        f" AND {where} ORDER BY s.variant_id, s.location_id LIMIT $4",
        *args,
    )
    return [StockLevel(**row) for row in rows]


async def levels_at(
    reader: Reader, location_id: int, after: Place, count: int
) -> tuple[list[StockLevel], Place | None]:
    """At most `count` levels of a location after (variant, location), and the last row passed.

    That is None when the walk came to the end of the stock; few or none come back where the
    location has few of the `WINDOW` rows next in line.
    """
    rows = await reader.read(
        f"""
        WITH passed AS MATERIALIZED (
            SELECT {_LEVEL} FROM inventory.stock AS s
            WHERE s.tenant_id = $1 AND (s.variant_id, s.location_id) > ($2::uuid, $3::int4)
            ORDER BY s.variant_id, s.location_id LIMIT $6
        )
        (SELECT {_LEVEL}, false AS is_end FROM passed AS s WHERE s.location_id = $4
         ORDER BY s.variant_id LIMIT $5)
        UNION ALL
        (SELECT {_LEVEL}, true FROM passed AS s
         ORDER BY s.variant_id DESC, s.location_id DESC
         LIMIT CASE WHEN (SELECT count(*) FROM passed) < $6 THEN 0 ELSE 1 END)
        """,
        *after,
        location_id,
        count,
        WINDOW,
    )
    found = [_level(row) for row in rows if not row["is_end"]]
    end = next(((r["variant_id"], r["location_id"]) for r in rows if r["is_end"]), None)
    return found, end


def _level(row: object) -> StockLevel:
    return StockLevel(**{name: row[name] for name in _FIELDS})  # type: ignore[index]


async def low_levels(
    reader: Reader, location_id: int | None, after: Place, count: int
) -> list[StockLevel]:
    """At most `count` levels of variants that are low, after (variant, location)."""
    rows = await reader.read(
        f"""
        SELECT {_LEVEL} FROM inventory.low_stock AS l
        CROSS JOIN LATERAL (
            SELECT q.* FROM inventory.stock AS q
            WHERE q.tenant_id = $1 AND q.variant_id = l.variant_id
            ORDER BY q.location_id
        ) AS s
        WHERE l.tenant_id = $1 AND l.variant_id >= $2::uuid
          AND (s.variant_id, s.location_id) > ($2::uuid, $3::int4)
          AND ($5::int4 IS NULL OR s.location_id = $5)
        ORDER BY l.variant_id, s.location_id LIMIT $4
        """,
        *after,
        count,
        location_id,
    )
    return [StockLevel(**row) for row in rows]


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID], actor: str) -> None:
    """Variants that exist no more have no stock but what is still promised.

    How they are counted stays known, for those that come back. What they opened with becomes a
    movement before what is left goes, so that the books of what is gone add up to nothing.
    """
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM inventory.stock
            WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[]) AND reserved = 0
            RETURNING variant_id, location_id, on_hand, opening, opening_id
        ), opened AS (
            INSERT INTO inventory.stock_movement
                (tenant_id, variant_id, location_id, delta, reason, reference, at, actor)
            SELECT $1, g.variant_id, g.location_id, g.opening, o.reason, o.reference, o.at, o.actor
            FROM gone AS g
            JOIN inventory.opening AS o ON o.tenant_id = $1 AND o.opening_id = g.opening_id
            WHERE g.opening <> 0
        ), moved AS (
            INSERT INTO inventory.stock_movement
                (tenant_id, variant_id, location_id, delta, reason, at, actor)
            SELECT $1, variant_id, location_id, -on_hand, 'variant removed', $3, $4 FROM gone
            WHERE on_hand <> 0
        ), unlisted AS (
            DELETE FROM inventory.low_stock
            WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])
        )
        UPDATE inventory.incoming SET state = 'cancelled'
        WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[]) AND state = 'open'
        """,
        list(variant_ids),
        tx.now,
        actor,
    )
