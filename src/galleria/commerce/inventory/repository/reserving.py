"""Reservations: each verb is one statement, and all lock stock rows in the same order.

Where a reservation is not plain, or many are decided together, one statement locks the shelves, the
model decides, and one writes. Locks are taken by (variant, location); a row that somebody changed
meanwhile is read again once it is ours, so what is added up is always the present. Verbs that
change what is available lock all places of a variant.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from galleria.commerce.inventory.model.promising import Goods, Part, Reservation, Shelf
from galleria.engines.sql import Reader, Transaction

_FIELDS = Reservation.__struct_fields__
_COLUMNS = ", ".join(f"r.{name}" for name in _FIELDS)

# What most shoppers want: one counted variant that lies at one place only. Nothing is locked
# before it is written, so who waits for a hot variant is let in by one wake-up instead of two.
_RESERVE_ONE = """
WITH held AS (
    UPDATE inventory.stock AS s SET reserved = s.reserved + $3, updated_at = $4
    FROM inventory.stock_location AS l
    WHERE s.tenant_id = $1 AND s.variant_id = $2::uuid
      AND s.on_hand::int8 - s.safety - s.reserved >= $3::int4
      AND l.tenant_id = $1 AND l.location_id = s.location_id AND l.is_active
      AND NOT EXISTS (
          SELECT FROM inventory.stock AS o
          WHERE o.tenant_id = $1 AND o.variant_id = $2 AND o.location_id <> s.location_id
      ) AND NOT EXISTS (
          SELECT FROM inventory.variant_policy AS p
          WHERE p.tenant_id = $1 AND p.variant_id = $2 AND NOT p.is_tracked
      )
    RETURNING s.location_id, s.on_hand::int8 - s.safety - s.reserved AS left_over
), kept AS (
    INSERT INTO inventory.reservation
        (tenant_id, owner_ref, reservation_id, part, variant_id, location_id, quantity, state,
         expires_at)
    SELECT $1, $5, $6, 1, $2, location_id, $3, 'held', $7 FROM held
)
SELECT $2::uuid AS variant_id, location_id, $3::int4 AS quantity, left_over, coalesce((
           SELECT p.low_at FROM inventory.variant_policy AS p
           WHERE p.tenant_id = $1 AND p.variant_id = $2
       ), (
           SELECT t.low_at FROM inventory.stock_setting AS t WHERE t.tenant_id = $1
       )) AS low_at
FROM held
"""
# The usual case of several, in one statement: each line is of a counted variant and has all of its
# pieces at one place. Else nothing is written. The same rows are locked in the same order as in
# the general case, which may follow in the same transaction. `left_over` is that of the one place:
# who is told of scarce goods looks at all places again.
_RESERVE_PLAIN = """
WITH locked AS MATERIALIZED (
    SELECT w.variant_id, w.quantity, s.location_id, s.free
    FROM unnest($2::uuid[], $3::int4[]) AS w (variant_id, quantity)
    CROSS JOIN LATERAL (
        SELECT q.location_id, greatest(q.on_hand::int8 - q.safety - q.reserved, 0) AS free
        FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = w.variant_id
        ORDER BY q.location_id
        FOR UPDATE
    ) AS s
), picked AS MATERIALIZED (
    SELECT DISTINCT ON (k.variant_id) k.variant_id, k.quantity, k.location_id, k.free, p.low_at
    FROM locked AS k
    JOIN inventory.stock_location AS l
      ON l.tenant_id = $1 AND l.location_id = k.location_id AND l.is_active
    LEFT JOIN inventory.variant_policy AS p
      ON p.tenant_id = $1 AND p.variant_id = k.variant_id
    WHERE k.free >= k.quantity AND coalesce(p.is_tracked, true)
    ORDER BY k.variant_id, l.position, k.location_id
), held AS (
    UPDATE inventory.stock AS s SET reserved = s.reserved + p.quantity, updated_at = $4
    FROM picked AS p
    WHERE s.tenant_id = $1 AND s.variant_id = p.variant_id AND s.location_id = p.location_id
      AND (SELECT count(*) FROM picked) = cardinality($2::uuid[])
    RETURNING s.variant_id, s.location_id, p.quantity, p.free - p.quantity AS left_over, p.low_at
), parts AS (
    SELECT row_number() OVER (ORDER BY variant_id) AS part, * FROM held
), kept AS (
    INSERT INTO inventory.reservation
        (tenant_id, owner_ref, reservation_id, part, variant_id, location_id, quantity, state,
         expires_at)
    SELECT $1, $5, $6, part, variant_id, location_id, quantity, 'held', $7 FROM parts
)
SELECT part::int4, variant_id, location_id, quantity::int4, left_over,
       coalesce(low_at, (
           SELECT t.low_at FROM inventory.stock_setting AS t WHERE t.tenant_id = $1
       )) AS low_at
FROM parts
"""
_LOCK = """
SELECT w.variant_id, coalesce(p.is_tracked, true) AS is_tracked,
       coalesce(p.selling, 'deny') AS selling, p.promise_limit,
       coalesce(p.low_at, t.low_at) AS low_at,
       s.location_id, s.stock, s.reserved, l.position
FROM unnest($2::uuid[]) AS w (variant_id)
LEFT JOIN inventory.variant_policy AS p ON p.tenant_id = $1 AND p.variant_id = w.variant_id
LEFT JOIN inventory.stock_setting AS t ON t.tenant_id = $1
LEFT JOIN LATERAL (
    SELECT q.location_id, greatest(q.on_hand - q.safety, 0) AS stock, q.reserved
    FROM inventory.stock AS q
    WHERE q.tenant_id = $1 AND q.variant_id = w.variant_id
    ORDER BY q.location_id
    FOR UPDATE
) AS s ON true
LEFT JOIN inventory.stock_location AS l
  ON l.tenant_id = $1 AND l.location_id = s.location_id AND l.is_active
"""
_HOLD = """
WITH held AS (
    UPDATE inventory.stock AS s SET reserved = t.reserved, updated_at = $5
    FROM unnest($2::uuid[], $3::int4[], $4::int4[]) AS t (variant_id, location_id, reserved)
    WHERE s.tenant_id = $1 AND s.variant_id = t.variant_id AND s.location_id = t.location_id
)
INSERT INTO inventory.reservation
    (tenant_id, owner_ref, reservation_id, part, variant_id, location_id, quantity, state,
     expires_at)
SELECT $1, r.owner_ref, r.reservation_id, r.part, r.variant_id, r.location_id, r.quantity, 'held',
       r.expires_at
FROM unnest($6::text[], $7::uuid[], $8::int4[], $9::uuid[], $10::int4[], $11::int4[],
            $12::timestamptz[])
    AS r (owner_ref, reservation_id, part, variant_id, location_id, quantity, expires_at)
"""


class Held(NamedTuple):
    """What was reserved plainly; by variant how many are left there, and how many are low."""

    parts: list[Part]
    left: dict[UUID, tuple[int, int | None]]


async def reserve_plain(
    tx: Transaction,
    owner_ref: str,
    reservation_id: UUID,
    wanted: dict[UUID, int],
    expires_at: datetime | None,
) -> Held | None:
    """All of it is reserved, each variant at one place; None when nothing is, for any reason."""
    what: tuple[object, object] = (list(wanted), list(wanted.values()))
    if len(wanted) == 1:
        (what,) = wanted.items()
    statement = _RESERVE_ONE if len(wanted) == 1 else _RESERVE_PLAIN
    rows = await tx.fetch(statement, *what, tx.now, owner_ref, reservation_id, expires_at)
    if not rows:
        return None
    parts = [Part(row["variant_id"], row["location_id"], row["quantity"]) for row in rows]
    return Held(parts, {row["variant_id"]: (row["left_over"], row["low_at"]) for row in rows})


async def lock_goods(tx: Transaction, variant_ids: Collection[UUID]) -> dict[UUID, Goods]:
    """All places of the variants, locked until the commit; those that sell in their order."""
    goods: dict[UUID, Goods] = {}
    shelves: dict[UUID, list[tuple[int, Shelf]]] = {}
    for row in await tx.fetch(_LOCK, sorted(variant_ids)):
        variant_id = row["variant_id"]
        if variant_id not in goods:
            goods[variant_id] = Goods(
                is_tracked=row["is_tracked"],
                selling=row["selling"],
                promise_limit=row["promise_limit"],
                low_at=row["low_at"],
            )
            shelves[variant_id] = []
        if row["position"] is not None:
            shelf = Shelf(row["location_id"], row["stock"], row["reserved"])
            shelves[variant_id].append((row["position"], shelf))
    for variant_id, placed in shelves.items():
        placed.sort(key=lambda each: (each[0], each[1].location_id))
        goods[variant_id].shelves = [shelf for _, shelf in placed]
    return goods


async def hold(
    tx: Transaction, goods: dict[UUID, Goods], reservations: Sequence[Reservation]
) -> None:
    """The shelves say what is promised of them, and each promise is kept. The shelves are locked.

    Args:
        tx: where they were locked.
        goods: as `lock_goods` gave them and `model.promising.decide` left them.
        reservations: the promises made since.
    """
    touched = {(each.variant_id, each.location_id) for each in reservations}
    changed = [
        (variant_id, shelf)
        for variant_id, each in goods.items()
        for shelf in each.shelves
        if (variant_id, shelf.location_id) in touched
    ]
    await tx.execute(
        _HOLD,
        [variant_id for variant_id, _ in changed],
        [shelf.location_id for _, shelf in changed],
        [shelf.reserved for _, shelf in changed],
        tx.now,
        [each.owner_ref for each in reservations],
        [each.reservation_id for each in reservations],
        [each.part for each in reservations],
        [each.variant_id for each in reservations],
        [each.location_id for each in reservations],
        [each.quantity for each in reservations],
        [each.expires_at for each in reservations],
    )


# `open` is prepended: the reservations to be given back, locked.
_RELEASE = """
, back AS (
    SELECT variant_id, location_id, sum(quantity - committed) AS quantity FROM open
    WHERE location_id IS NOT NULL GROUP BY variant_id, location_id
), locked AS MATERIALIZED (
    SELECT s.variant_id, s.location_id
    FROM (SELECT DISTINCT variant_id FROM back ORDER BY variant_id) AS b
    CROSS JOIN LATERAL (
        SELECT q.variant_id, q.location_id FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = b.variant_id
        ORDER BY q.location_id
        FOR UPDATE
    ) AS s
), freed AS (
    UPDATE inventory.stock AS s SET reserved = s.reserved - b.quantity, updated_at = $2
    FROM locked AS k
    JOIN back AS b ON b.variant_id = k.variant_id AND b.location_id = k.location_id
    WHERE s.tenant_id = $1 AND s.variant_id = k.variant_id AND s.location_id = k.location_id
), closed AS (
    UPDATE inventory.reservation AS r
    SET state = CASE WHEN r.committed > 0 THEN 'committed' ELSE 'released' END,
        quantity = CASE WHEN r.committed > 0 THEN r.committed ELSE r.quantity END,
        expires_at = NULL
    FROM open AS o
    WHERE r.tenant_id = $1 AND r.owner_ref = o.owner_ref
      AND r.reservation_id = o.reservation_id AND r.part = o.part
)
SELECT variant_id, sum(quantity)::int8 AS quantity FROM back GROUP BY variant_id
"""
_OF_OWNER = """
WITH open AS MATERIALIZED (
    SELECT owner_ref, reservation_id, part, variant_id, location_id, quantity, committed
    FROM inventory.reservation
    WHERE tenant_id = $1 AND owner_ref = $3 AND state = 'held'
    ORDER BY variant_id, location_id, reservation_id, part
    FOR UPDATE
)
"""
_EXPIRED = """
WITH open AS MATERIALIZED (
    SELECT owner_ref, reservation_id, part, variant_id, location_id, quantity, committed
    FROM inventory.reservation
    WHERE tenant_id = $1 AND state = 'held' AND expires_at <= $2
    ORDER BY expires_at LIMIT $3
    FOR UPDATE SKIP LOCKED
)
"""


async def release(tx: Transaction, owner_ref: str) -> dict[UUID, int]:
    """What the owner still holds is free again; how many of each counted variant comes back."""
    rows = await tx.fetch(_OF_OWNER + _RELEASE, tx.now, owner_ref)
    return {row["variant_id"]: row["quantity"] for row in rows}


async def release_expired(tx: Transaction, count: int) -> dict[UUID, int]:
    """At most `count` reservations whose time is over are free again, the oldest first."""
    rows = await tx.fetch(_EXPIRED + _RELEASE, tx.now, count)
    return {row["variant_id"]: row["quantity"] for row in rows}


# What is not there yet (a backorder) stays reserved, without an end.
_COMMIT = """
WITH open AS MATERIALIZED (
    SELECT reservation_id, part, variant_id, location_id, quantity - committed AS quantity
    FROM inventory.reservation
    WHERE tenant_id = $1 AND owner_ref = $3 AND state = 'held'
    ORDER BY variant_id, location_id, reservation_id, part
    FOR UPDATE
), due AS (
    SELECT variant_id, location_id, sum(quantity) AS quantity FROM open
    WHERE location_id IS NOT NULL GROUP BY variant_id, location_id
), locked AS MATERIALIZED (
    SELECT s.variant_id, s.location_id, s.on_hand, least(s.on_hand, d.quantity) AS taken
    FROM inventory.stock AS s
    JOIN due AS d ON d.variant_id = s.variant_id AND d.location_id = s.location_id
    WHERE s.tenant_id = $1
    ORDER BY s.variant_id, s.location_id
    FOR UPDATE OF s
), parts AS MATERIALIZED (
    SELECT o.reservation_id, o.part, CASE
               WHEN o.location_id IS NULL THEN o.quantity
               ELSE least(o.quantity, greatest(coalesce(k.on_hand, 0) - (
                   sum(o.quantity) OVER (
                       PARTITION BY o.variant_id, o.location_id ORDER BY o.reservation_id, o.part
                   ) - o.quantity), 0))
           END AS taken
    FROM open AS o
    LEFT JOIN locked AS k ON k.variant_id = o.variant_id AND k.location_id = o.location_id
), moved AS (
    UPDATE inventory.stock AS s
    SET on_hand = s.on_hand - k.taken, reserved = s.reserved - k.taken, updated_at = $2
    FROM locked AS k
    WHERE s.tenant_id = $1 AND s.variant_id = k.variant_id AND s.location_id = k.location_id
      AND k.taken > 0
    RETURNING s.variant_id, s.location_id, k.taken
), written AS (
    INSERT INTO inventory.stock_movement
        (tenant_id, variant_id, location_id, delta, reason, reference, at, actor)
    SELECT $1, variant_id, location_id, -taken, 'sold', $3, $2, $4 FROM moved
)
UPDATE inventory.reservation AS r
SET committed = r.committed + p.taken, expires_at = NULL,
    state = CASE WHEN r.committed + p.taken = r.quantity THEN 'committed' ELSE 'held' END
FROM parts AS p
WHERE r.tenant_id = $1 AND r.owner_ref = $3
  AND r.reservation_id = p.reservation_id AND r.part = p.part
"""


async def commit(tx: Transaction, owner_ref: str, actor: str) -> list[Reservation]:
    """What the owner holds has left the shelf; the reservations that concerned."""
    rows = await tx.fetch(_COMMIT + f"RETURNING {_COLUMNS}", tx.now, owner_ref, actor)
    return sorted(
        (Reservation(**row) for row in rows), key=lambda each: (each.reservation_id, each.part)
    )


async def reservations_of(reader: Reader, owner_ref: str) -> list[Reservation]:
    """All that was ever reserved for an owner."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM inventory.reservation AS r"
        " WHERE r.tenant_id = $1 AND r.owner_ref = $2 ORDER BY r.reservation_id, r.part",
        owner_ref,
    )
    return [Reservation(**row) for row in rows]


# What was promised and never came is let go first, then goods go back to where they came from.
_RESTOCK = """
WITH wanted AS (
    SELECT variant_id, quantity FROM unnest($4::uuid[], $5::int4[]) AS w (variant_id, quantity)
), open AS MATERIALIZED (
    SELECT r.reservation_id, r.part, r.variant_id, r.location_id, r.committed - r.returned AS out,
           CASE WHEN r.state = 'held' THEN r.quantity - r.committed ELSE 0 END AS owed
    FROM inventory.reservation AS r
    WHERE r.tenant_id = $1 AND r.owner_ref = $3 AND r.state <> 'released'
      AND r.variant_id = ANY ($4::uuid[])
    ORDER BY r.variant_id, r.location_id, r.reservation_id, r.part
    FOR UPDATE
), shares AS (
    SELECT o.*, least(o.owed + o.out, greatest(w.quantity - (sum(o.owed + o.out) OVER (
               PARTITION BY o.variant_id ORDER BY o.owed DESC, o.reservation_id, o.part
           ) - o.owed - o.out), 0)) AS share
    FROM open AS o JOIN wanted AS w ON w.variant_id = o.variant_id
), parts AS MATERIALIZED (
    SELECT *, least(share, owed) AS let_go, share - least(share, owed) AS goods
    FROM shares WHERE share > 0
), due AS (
    SELECT variant_id, location_id, sum(let_go) AS let_go, sum(goods) AS goods FROM parts
    WHERE location_id IS NOT NULL GROUP BY variant_id, location_id
), locked AS MATERIALIZED (
    SELECT s.variant_id, s.location_id
    FROM (SELECT DISTINCT variant_id FROM due ORDER BY variant_id) AS d
    CROSS JOIN LATERAL (
        SELECT q.variant_id, q.location_id FROM inventory.stock AS q
        WHERE q.tenant_id = $1 AND q.variant_id = d.variant_id
        ORDER BY q.location_id
        FOR UPDATE
    ) AS s
), moved AS (
    UPDATE inventory.stock AS s
    SET on_hand = s.on_hand + d.goods, reserved = s.reserved - d.let_go, updated_at = $2
    FROM locked AS k
    JOIN due AS d ON d.variant_id = k.variant_id AND d.location_id = k.location_id
    WHERE s.tenant_id = $1 AND s.variant_id = k.variant_id AND s.location_id = k.location_id
    RETURNING s.variant_id, s.location_id, d.goods
), written AS (
    INSERT INTO inventory.stock_movement
        (tenant_id, variant_id, location_id, delta, reason, reference, at, actor)
    SELECT $1, variant_id, location_id, goods, 'returned', $3, $2, $6 FROM moved WHERE goods > 0
), noted AS (
    UPDATE inventory.reservation AS r
    SET returned = r.returned + p.goods, quantity = r.quantity - p.let_go,
        state = CASE
            WHEN r.quantity - p.let_go > r.committed THEN 'held'
            WHEN r.committed > 0 THEN 'committed'
            ELSE 'released'
        END
    FROM parts AS p
    WHERE r.tenant_id = $1 AND r.owner_ref = $3
      AND r.reservation_id = p.reservation_id AND r.part = p.part
)
SELECT DISTINCT variant_id FROM moved ORDER BY variant_id
"""


async def restock(
    tx: Transaction, owner_ref: str, wanted: dict[UUID, int], actor: str
) -> list[UUID]:
    """So many of what the owner was given are back; the counted variants concerned come back."""
    rows = await tx.fetch(_RESTOCK, tx.now, owner_ref, list(wanted), list(wanted.values()), actor)
    return [row["variant_id"] for row in rows]
