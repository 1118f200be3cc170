"""The books: what moved, newest first, and whether it adds up to what is on the shelves."""

from uuid import UUID

from galleria.commerce.inventory.model.counting import Place
from galleria.commerce.inventory.model.levels import LedgerFault, LedgerFilter, Movement
from galleria.engines.sql import Reader

_MOVEMENT = ", ".join(Movement.__struct_fields__)
WINDOW = 2_000  # shelves a page of first counts walks past, of which some opened with nothing


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


async def page_of_ledger(
    reader: Reader, variant_id: UUID, wanted: LedgerFilter, before: int, count: int
) -> list[Movement]:
    """At most `count` movements of a variant that are wanted, older than one, newest first."""
    rows = await reader.read(
        f"SELECT {_MOVEMENT} FROM inventory.stock_movement"
        " WHERE tenant_id = $1 AND variant_id = $2 AND movement_id < $3"
        " AND ($5::int4 IS NULL OR location_id = $5) AND ($6::text IS NULL OR reason = $6)"
        " AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)"
        " ORDER BY movement_id DESC LIMIT $4",
        variant_id,
        before,
        count,
        wanted.location_id,
        wanted.reason,
        wanted.since,
        wanted.until,
    )
    return [Movement(**row) for row in rows]


async def imported_movements(
    reader: Reader, reference: str, below: int, count: int
) -> list[Movement]:
    """At most `count` movements of an import with a number below one, the last one first."""
    rows = await reader.read(
        f"SELECT {_MOVEMENT} FROM inventory.stock_movement"
        " WHERE tenant_id = $1 AND reason = 'imported' AND reference = $2 AND movement_id < $3"
        " ORDER BY movement_id DESC LIMIT $4",
        reference,
        below,
        count,
    )
    return [Movement(**row) for row in rows]


async def page_of_openings(
    reader: Reader, variant_id: UUID | None, before: Place, count: int
) -> tuple[list[Movement], Place | None]:
    """First counts before (variant, location), last key first, and the last shelf passed.

    That is None at the end of the stock. Shelves that opened with nothing are passed over.
    """
    whose = "" if variant_id is None else "AND s.variant_id = $6"
    args = [] if variant_id is None else [variant_id]
    rows = await reader.read(
        f"""
        WITH passed AS MATERIALIZED (
            SELECT s.variant_id, s.location_id, s.opening, s.opening_id
            FROM inventory.stock AS s
            WHERE s.tenant_id = $1 AND (s.variant_id, s.location_id) < ($2::uuid, $3::int4) {whose}
            ORDER BY s.variant_id DESC, s.location_id DESC LIMIT $5
        )
        (SELECT 0::int8 AS movement_id, p.variant_id, p.location_id, p.opening AS delta, o.reason,
                o.reference, o.at, o.actor
         FROM passed AS p
         JOIN inventory.opening AS o ON o.tenant_id = $1 AND o.opening_id = p.opening_id
         WHERE p.opening > 0
         ORDER BY p.variant_id DESC, p.location_id DESC LIMIT $4)
        UNION ALL
        (SELECT NULL, p.variant_id, p.location_id, 0, NULL, NULL, NULL, NULL
         FROM passed AS p ORDER BY p.variant_id, p.location_id
         LIMIT CASE WHEN (SELECT count(*) FROM passed) < $5 THEN 0 ELSE 1 END)
        """,
        *before,
        count,
        WINDOW,
        *args,
    )
    found = [Movement(**row) for row in rows if row["movement_id"] is not None]
    end = next(
        ((r["variant_id"], r["location_id"]) for r in rows if r["movement_id"] is None), None
    )
    return found, end


async def variants_on_shelves(reader: Reader, after: UUID, count: int) -> list[UUID]:
    """At most `count` variants after an id that have stock nobody was promised, by id."""
    rows = await reader.read(
        "SELECT DISTINCT variant_id FROM inventory.stock"
        " WHERE tenant_id = $1 AND variant_id > $2 AND reserved = 0"
        " ORDER BY variant_id LIMIT $3",
        after,
        count,
    )
    return [row["variant_id"] for row in rows]


async def check_shelves(
    reader: Reader, after: Place, count: int
) -> tuple[int, list[LedgerFault], Place | None]:
    """How many of the next `count` shelves there are, those whose books disagree, the last one.

    One statement, so that a sale in the same moment is in all of its figures or in none.
    """
    rows = await reader.read(
        """
        SELECT s.variant_id, s.location_id, s.on_hand, s.reserved,
               s.opening + coalesce(m.moved, 0) AS moved, coalesce(h.held, 0) AS held
        FROM (
            SELECT q.variant_id, q.location_id, q.on_hand, q.reserved, q.opening
            FROM inventory.stock AS q
            WHERE q.tenant_id = $1 AND (q.variant_id, q.location_id) > ($2::uuid, $3::int4)
            ORDER BY q.variant_id, q.location_id LIMIT $4
        ) AS s
        CROSS JOIN LATERAL (
            SELECT sum(v.delta)::int8 AS moved FROM inventory.stock_movement AS v
            WHERE v.tenant_id = $1 AND v.variant_id = s.variant_id
              AND v.location_id = s.location_id
        ) AS m
        CROSS JOIN LATERAL (
            SELECT sum(r.quantity - r.committed)::int8 AS held FROM inventory.reservation AS r
            WHERE r.tenant_id = $1 AND r.variant_id = s.variant_id
              AND r.location_id = s.location_id AND r.state = 'held'
        ) AS h
        ORDER BY s.variant_id, s.location_id
        """,
        *after,
        count,
    )
    faults = [
        LedgerFault(**row)
        for row in rows
        if row["on_hand"] != row["moved"] or row["reserved"] != row["held"]
    ]
    last = (rows[-1]["variant_id"], rows[-1]["location_id"]) if len(rows) == count else None
    return len(rows), faults, last
