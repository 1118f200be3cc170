"""SQL of how much products are wanted: counted in sets, weakened as time goes by."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.model.demand import (
    CLICK_WEIGHTS,
    HALF_LIFE,
    LEEWAY,
    NOTHING_LEFT,
    STEP,
    Demand,
    Sale,
)

_SALE_COLUMNS = "order_id, product_id, units, placed_at"
assert tuple(_SALE_COLUMNS.split(", ")) == Sale.__struct_fields__, "a column a field"
_COLUMNS = ", ".join(Demand.__struct_fields__)


def _left_of(instant: str, now: str) -> str:
    """How much is left at `now` of what counted 1 at an instant. A century is as good as for ever,
    and further ones would be too little for a number."""
    age = f"least(extract(epoch FROM ({now}::timestamptz - {instant})), 3e9)"
    return f"power(0.5::float8, {age}::float8 / {HALF_LIFE.total_seconds()})"


# Who is wanted more, from `wanted (product_id, units)` as of $2.
_ADD = f"""
INSERT INTO search.demand AS d (tenant_id, product_id, score, as_of)
SELECT $1, product_id, units, $2 FROM wanted ORDER BY product_id
ON CONFLICT (tenant_id, product_id) DO UPDATE
SET score = d.score * {_left_of("d.as_of", "EXCLUDED.as_of")} + EXCLUDED.score,
    as_of = EXCLUDED.as_of
"""
# What is known already is not counted again. No temporary table: a batch is often a single order.
_ADD_SALES = f"""
WITH fresh AS (
    INSERT INTO search.sale (tenant_id, {_SALE_COLUMNS})
    SELECT $1, {_SALE_COLUMNS}
    FROM unnest($3::uuid[], $4::uuid[], $5::int4[], $6::timestamptz[]) AS s ({_SALE_COLUMNS})
    ORDER BY order_id, product_id
    ON CONFLICT DO NOTHING
    RETURNING product_id, units, placed_at
), wanted AS (
    SELECT product_id, sum(units * {_left_of("placed_at", "$2")}) AS units
    FROM fresh GROUP BY product_id
)
{_ADD}
"""
_TAKE_BACK = f"""
WITH gone AS (
    UPDATE search.sale SET is_taken_back = true
    WHERE tenant_id = $1 AND order_id = ANY ($3::uuid[]) AND NOT is_taken_back
    RETURNING product_id, units, placed_at
), unwanted AS (
    SELECT product_id, sum(units * {_left_of("placed_at", "$2")}) AS units
    FROM gone GROUP BY product_id
)
UPDATE search.demand AS d
SET score = greatest(0, d.score * {_left_of("d.as_of", "$2")} - u.units), as_of = $2
FROM unwanted AS u WHERE d.tenant_id = $1 AND d.product_id = u.product_id
"""
# Only products that the answer showed can be clicked: nobody fills the table with others.
_ADD_CLICKS = f"""
WITH clicked AS (
    SELECT e.query_id, e.object_id, e.action_name, min(e.taken_at) AS taken_at
    FROM search.event AS e
    WHERE e.tenant_id = $1 AND e.taken_at > $3 AND e.taken_at <= $2
      AND e.action_name = ANY ($4::text[]) AND e.object_id IS NOT NULL
    GROUP BY e.query_id, e.object_id, e.action_name
), wanted AS (
    SELECT h.product_id, sum(w.weight * {_left_of("c.taken_at", "$2")}) AS units
    FROM clicked AS c
    JOIN unnest($4::text[], $5::float8[]) AS w (action_name, weight) USING (action_name)
    JOIN search.question AS q ON q.tenant_id = $1 AND q.query_id = c.query_id
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(q.hits) AS product_id) AS h
    WHERE h.product_id::text = c.object_id
    GROUP BY h.product_id
)
{_ADD}
"""
_POPULARITY = f"least(1, ln(1 + score * {_left_of('as_of', '$2')}) / ln(1 + $3::float8))"
_DUE = f"""
SELECT product_id FROM search.demand
WHERE tenant_id = $1 AND product_id > $4 AND abs({_POPULARITY} - shown_popularity) >= {LEEWAY}
ORDER BY product_id LIMIT $5
"""
_MOVE = f"""
UPDATE search.demand SET shown_popularity = round({_POPULARITY} / {STEP}) * {STEP}
WHERE tenant_id = $1 AND product_id = ANY ($4::uuid[])
"""
_IS_UNWANTED = f"shown_popularity = 0 AND score * {_left_of('as_of', '$2')} < {NOTHING_LEFT}"


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else counts in this shop: two would lock rows of each other in
    another order."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('search.demand'), $1)")


async def add_sales(tx: Transaction, sales: Sequence[Sale]) -> None:
    """The sales are counted; those known already are left as they are. The demand is locked."""
    names = Sale.__struct_fields__
    columns = [[getattr(each, name) for each in sales] for name in names]
    await tx.execute(_ADD_SALES, tx.now, *columns)


async def take_back(tx: Transaction, order_ids: Sequence[UUID]) -> None:
    """What was counted of these orders counts no longer, once. The demand is locked."""
    await tx.execute(_TAKE_BACK, tx.now, list(order_ids))


async def clicks_counted_to(tx: Transaction) -> datetime | None:
    """Up to when clicks have been counted; before the first of them when none has; None when there
    is nothing to count."""
    found: datetime | None = await tx.fetch_value(
        """
        SELECT coalesce(
            (SELECT counted_to FROM search.clicks_counted WHERE tenant_id = $1),
            (SELECT min(taken_at) - interval '1 second' FROM search.event WHERE tenant_id = $1))
        """
    )
    return found


async def add_clicks(tx: Transaction, since: datetime, until: datetime) -> None:
    """The clicks taken after `since` up to `until` are counted, and it is known that they are.

    The demand is locked.
    """
    names, weights = list(CLICK_WEIGHTS), list(CLICK_WEIGHTS.values())
    await tx.execute(_ADD_CLICKS, until, since, names, weights)
    await tx.execute(
        """
        INSERT INTO search.clicks_counted (tenant_id, counted_to) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET counted_to = EXCLUDED.counted_to
        """,
        until,
    )


async def top_score(reader: Reader, now: datetime) -> float:
    """The units of the product wanted most; 0 when none is."""
    found: float | None = await reader.read_value(
        f"SELECT max(score * {_left_of('as_of', '$2')}) FROM search.demand WHERE tenant_id = $1",
        now,
    )
    return found or 0.0


async def due(reader: Reader, now: datetime, top: float, after: UUID, most: int) -> list[UUID]:
    """At most `most` products after an id whose popularity is noticeably another than the index was
    told, by id. `top` is the score of a product as popular as can be."""
    return [row["product_id"] for row in await reader.read(_DUE, now, top, after, most)]


async def move(tx: Transaction, top: float, product_ids: Sequence[UUID]) -> None:
    """These products are shown as they are wanted now. The demand is locked."""
    await tx.execute(_MOVE, tx.now, top, list(product_ids))


async def popularity_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, float]:
    """What the index is told of these products, from 0 to 1; those never wanted are missing."""
    rows = await reader.read(
        """
        SELECT product_id, shown_popularity FROM search.demand
        WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[]) AND shown_popularity > 0
        """,
        list(product_ids),
    )
    return {row["product_id"]: round(row["shown_popularity"], 2) for row in rows}


async def page_after(reader: Reader, after: UUID, count: int) -> list[Demand]:
    """At most `count` products after an id that were wanted, by id."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM search.demand WHERE tenant_id = $1 AND product_id > $2"
        " ORDER BY product_id LIMIT $3",
        after,
        count,
    )
    return [Demand(**row) for row in rows]


async def forget_sales(tx: Transaction, before: datetime, most: int) -> int:
    """At most so many sales of before then can be taken back no longer; how many."""
    return await tx.execute(
        """
        DELETE FROM search.sale AS s USING (
            SELECT order_id, product_id FROM search.sale
            WHERE tenant_id = $1 AND placed_at < $2 ORDER BY placed_at LIMIT $3) AS old
        WHERE s.tenant_id = $1 AND s.order_id = old.order_id AND s.product_id = old.product_id
        """,
        before,
        most,
    )


async def unwanted(reader: Reader, now: datetime, most: int) -> list[UUID]:
    """At most so many products that nobody has wanted for long, in no order."""
    rows = await reader.read(
        f"SELECT product_id FROM search.demand WHERE tenant_id = $1 AND {_IS_UNWANTED} LIMIT $3",
        now,
        most,
    )
    return [row["product_id"] for row in rows]


async def forget_unwanted(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """Those of the products that nobody wants even now are forgotten. The demand is locked."""
    await tx.execute(
        f"""
        DELETE FROM search.demand
        WHERE tenant_id = $1 AND product_id = ANY ($3::uuid[]) AND {_IS_UNWANTED}
        """,
        tx.now,
        list(product_ids),
    )


async def forget_products(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """Nobody wants these products any more. The demand is locked."""
    await tx.execute(
        "DELETE FROM search.demand WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )


async def delete_all(tx: Transaction) -> None:
    """Nothing is known of what is wanted."""
    for table in ("demand", "sale", "clicks_counted"):
        await tx.execute(f"DELETE FROM search.{table} WHERE tenant_id = $1")
