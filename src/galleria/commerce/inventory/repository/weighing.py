"""What can be sold of a variant, on what terms, and which variants are low."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.inventory.model.selling import Availability, ShelfSum, Terms
from galleria.engines.sql import Reader, Transaction

_AVAILABILITY = """
SELECT w.variant_id, coalesce(p.is_tracked, true) AS is_tracked,
       coalesce(p.selling, 'deny') <> 'deny' AS allows_backorder,
       coalesce(p.selling, 'deny') AS selling, p.available_on, p.promise_limit,
       s.available, s.ahead, i.incoming, i.incoming_on, coalesce(p.low_at, t.low_at) AS low_at,
       EXISTS (
           SELECT FROM inventory.low_stock AS l
           WHERE l.tenant_id = $1 AND l.variant_id = w.variant_id
       ) AS is_low
FROM unnest($2::uuid[]) AS w (variant_id)
LEFT JOIN inventory.variant_policy AS p ON p.tenant_id = $1 AND p.variant_id = w.variant_id
LEFT JOIN inventory.stock_setting AS t ON t.tenant_id = $1
CROSS JOIN LATERAL (
    SELECT coalesce(sum(greatest(q.on_hand::int8 - q.safety - q.reserved, 0)), 0)::int8
               AS available,
           coalesce(sum(greatest(q.reserved - greatest(q.on_hand - q.safety, 0), 0)), 0)::int8
               AS ahead
    FROM inventory.stock AS q
    JOIN inventory.stock_location AS l
      ON l.tenant_id = $1 AND l.location_id = q.location_id AND l.is_active
    WHERE q.tenant_id = $1 AND q.variant_id = w.variant_id
) AS s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(q.quantity - q.received), 0)::int8 AS incoming,
           min(q.expected_on) AS incoming_on
    FROM inventory.incoming AS q
    WHERE q.tenant_id = $1 AND q.variant_id = w.variant_id AND q.state = 'open'
) AS i
"""
_TERMS = ", ".join(f"p.{name}" for name in Terms.__struct_fields__ if name != "allows_backorder")


async def availability(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    """How many of each of the variants can be sold; each has an answer."""
    rows = await reader.read(_AVAILABILITY, list(variant_ids))
    names = Availability.__struct_fields__
    return {row["variant_id"]: Availability(**{name: row[name] for name in names}) for row in rows}


async def shelf_sums(reader: Reader, groups: Sequence[Sequence[UUID]]) -> dict[int, ShelfSum]:
    """What can be sold of each group of variants, by the group's place; empty ones are missing."""
    rows = await reader.read(
        f"""
        SELECT w.place, coalesce(sum(a.available) FILTER (WHERE a.is_tracked), 0)::int8
                   AS available,
               bool_or(a.is_tracked) AS has_tracked, bool_or(NOT a.is_tracked) AS has_untracked,
               bool_or(a.is_low AND a.is_tracked) AS has_low
        FROM ({_AVAILABILITY}) AS a
        JOIN unnest($2::uuid[], $3::int4[]) AS w (variant_id, place) USING (variant_id)
        GROUP BY w.place
        """,
        [variant_id for group in groups for variant_id in group],
        [place for place, group in enumerate(groups) for _ in group],
    )
    names = ShelfSum.__struct_fields__
    return {row["place"]: ShelfSum(**{name: row[name] for name in names}) for row in rows}


async def terms_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Terms]:
    """The terms on which each of the variants is sold, the usual ones where none are said."""
    said = await said_terms(reader, variant_ids)
    return {each: said.get(each) or Terms(variant_id=each) for each in variant_ids}


async def said_terms(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Terms]:
    """The terms of those of the variants that are not sold on the usual ones."""
    rows = await reader.read(
        f"SELECT {_TERMS}, p.selling <> 'deny' AS allows_backorder"
        " FROM inventory.variant_policy AS p"
        " WHERE p.tenant_id = $1 AND p.variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )
    return {row["variant_id"]: Terms(**row) for row in rows}


async def save_terms(tx: Transaction, terms: Sequence[Terms]) -> None:
    """The terms are as given, each variant once; only those that are not usual are rows."""
    unusual = [each for each in terms if not each.is_usual]
    usual = [each.variant_id for each in terms if each.is_usual]
    if usual:
        await tx.execute(
            "DELETE FROM inventory.variant_policy"
            " WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
            usual,
        )
    if not unusual:
        return
    await tx.execute(
        """
        INSERT INTO inventory.variant_policy AS p
            (tenant_id, variant_id, is_tracked, selling, available_on, promise_limit, low_at)
        SELECT $1, i.* FROM unnest($2::uuid[], $3::boolean[], $4::text[], $5::date[], $6::int4[],
                                   $7::int4[])
            AS i (variant_id, is_tracked, selling, available_on, promise_limit, low_at)
        ORDER BY i.variant_id
        ON CONFLICT (tenant_id, variant_id) DO UPDATE
        SET is_tracked = excluded.is_tracked, selling = excluded.selling,
            available_on = excluded.available_on, promise_limit = excluded.promise_limit,
            low_at = excluded.low_at
        """,
        [each.variant_id for each in unusual],
        [each.is_tracked for each in unusual],
        [each.selling for each in unusual],
        [each.available_on for each in unusual],
        [each.promise_limit for each in unusual],
        [each.low_at for each in unusual],
    )


async def place_promises(tx: Transaction, variant_ids: Sequence[UUID], location_id: int) -> None:
    """Each of the variants has a level, at the location when nowhere else.

    What is sold ahead of stock is written on it.
    """
    await tx.execute(
        """
        INSERT INTO inventory.stock (tenant_id, variant_id, location_id, on_hand, updated_at)
        SELECT $1, i.variant_id, $3, 0, $4 FROM unnest($2::uuid[]) AS i (variant_id)
        WHERE NOT EXISTS (
            SELECT FROM inventory.stock AS s
            WHERE s.tenant_id = $1 AND s.variant_id = i.variant_id
        )
        ORDER BY i.variant_id
        ON CONFLICT DO NOTHING
        """,
        list(variant_ids),
        location_id,
        tx.now,
    )


async def is_watching(reader: Reader) -> bool:
    """Somebody in this shop wants to hear of what is low."""
    found = await reader.read_value(
        """
        SELECT EXISTS (
            SELECT FROM inventory.stock_setting WHERE tenant_id = $1 AND low_at IS NOT NULL
        ) OR EXISTS (
            SELECT FROM inventory.variant_policy WHERE tenant_id = $1 AND low_at IS NOT NULL
        ) OR EXISTS (SELECT FROM inventory.low_stock WHERE tenant_id = $1)
        """
    )
    return bool(found)


async def refresh_low(tx: Transaction, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The list of what is low is right for these variants; those that became low come back."""
    rows = await tx.fetch(
        f"""
        WITH weighed AS MATERIALIZED (
            SELECT a.variant_id, a.is_low AS was_low,
                   coalesce(a.is_tracked AND a.available <= a.low_at, false)
                   AND EXISTS (
                       SELECT FROM inventory.stock AS q
                       WHERE q.tenant_id = $1 AND q.variant_id = a.variant_id
                   ) AS is_low
            FROM ({_AVAILABILITY}) AS a
        ), risen AS (
            DELETE FROM inventory.low_stock AS l USING weighed AS w
            WHERE l.tenant_id = $1 AND l.variant_id = w.variant_id AND w.was_low AND NOT w.is_low
        )
        INSERT INTO inventory.low_stock (tenant_id, variant_id, since)
        SELECT $1, w.variant_id, $3 FROM weighed AS w WHERE w.is_low AND NOT w.was_low
        ORDER BY w.variant_id
        ON CONFLICT DO NOTHING RETURNING variant_id
        """,
        list(variant_ids),
        tx.now,
    )
    return sorted(row["variant_id"] for row in rows)


async def usual_low(reader: Reader) -> int | None:
    """At how many available a variant of this shop is low when it does not say so itself."""
    found: int | None = await reader.read_value(
        "SELECT low_at FROM inventory.stock_setting WHERE tenant_id = $1"
    )
    return found


async def save_usual_low(tx: Transaction, low_at: int | None) -> None:
    """That number is `low_at`, and the list of what is low is to be made anew."""
    await tx.execute(
        "INSERT INTO inventory.stock_setting AS t (tenant_id, low_at, swept_to)"
        " VALUES ($1, $2, $3) ON CONFLICT (tenant_id) DO UPDATE"
        " SET low_at = excluded.low_at, swept_to = excluded.swept_to",
        low_at,
        UUID(int=0),
    )


async def lock_sweep(tx: Transaction) -> UUID | None:
    """How far the list of what is low has been made anew, None when that is done; locked."""
    found: UUID | None = await tx.fetch_value(
        "SELECT swept_to FROM inventory.stock_setting WHERE tenant_id = $1 FOR UPDATE"
    )
    return found


async def save_sweep(tx: Transaction, swept_to: UUID | None) -> None:
    """The list of what is low has been made anew so far; None is to the end."""
    await tx.execute(
        "UPDATE inventory.stock_setting SET swept_to = $2 WHERE tenant_id = $1", swept_to
    )


async def variants_after(reader: Reader, after: UUID, count: int) -> list[UUID]:
    """The variants of the next `count` levels after one, by id."""
    rows = await reader.read(
        "SELECT DISTINCT w.variant_id FROM (SELECT s.variant_id FROM inventory.stock AS s"
        " WHERE s.tenant_id = $1 AND s.variant_id > $2 ORDER BY s.variant_id, s.location_id"
        " LIMIT $3) AS w ORDER BY w.variant_id",
        after,
        count,
    )
    return [row["variant_id"] for row in rows]
