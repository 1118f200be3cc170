"""What variants cost the merchant: merged in sets, read by variant, taken away."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.pricing.model.costs import Cost, CostKey, CostRow, MergedCost
from galleria.engines.sql import Reader, Transaction

_COLUMNS = ", ".join(Cost.__struct_fields__)

# What does not differ is left out first, since an upsert would lock it. Rows of variants that are
# new leave nothing to undo: they go with their variants.
_MERGE = """
WITH seen AS MATERIALIZED (
    SELECT i.variant_id, i.currency, i.amount_minor, i.is_new, c.amount_minor AS former
    FROM incoming_cost AS i
    LEFT JOIN LATERAL (
        SELECT q.amount_minor FROM pricing.cost AS q
        WHERE q.tenant_id = $1 AND q.variant_id = i.variant_id AND q.currency = i.currency LIMIT 1
    ) AS c ON true
    WHERE c.amount_minor IS DISTINCT FROM i.amount_minor
    ORDER BY i.variant_id, i.currency
), undoable AS (
    INSERT INTO pricing.merged_cost
        (tenant_id, work_id, variant_id, currency, amount_before, amount_after, at)
    SELECT $1, $3, variant_id, currency, former, amount_minor, $2
    FROM seen WHERE $3::uuid IS NOT NULL AND NOT is_new
    ON CONFLICT (tenant_id, work_id, variant_id, currency) DO UPDATE
    SET amount_after = excluded.amount_after
), gone AS (
    DELETE FROM pricing.cost AS c USING seen AS s
    WHERE s.amount_minor IS NULL AND c.tenant_id = $1 AND c.variant_id = s.variant_id
      AND c.currency = s.currency
), written AS (
    INSERT INTO pricing.cost (tenant_id, variant_id, currency, amount_minor, changed_at)
    SELECT $1, variant_id, currency, amount_minor, $2 FROM seen WHERE amount_minor IS NOT NULL
    ON CONFLICT (tenant_id, variant_id, currency) DO UPDATE
    SET amount_minor = excluded.amount_minor, changed_at = excluded.changed_at
)
SELECT DISTINCT variant_id FROM seen
"""


async def lock_costs(tx: Transaction) -> None:
    """Until the commit nobody else changes costs of this shop, so that a former one is told
    exactly and nobody waits in a circle. Whoever reads does without."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('pricing.costs'), $1)")


async def merge(
    tx: Transaction, rows: Sequence[CostRow], are_new: Collection[UUID], work_id: UUID | None
) -> set[UUID]:
    """The costs are as given, each key once; the variants whose cost changed come back.

    The shop's costs are locked. With `work_id` it is remembered what they were, but of variants
    that `are_new`.
    """
    await tx.copy_rows(
        "incoming_cost",
        {
            "variant_id": "uuid",
            "currency": "char(3)",
            "amount_minor": "int8",
            "is_new": "boolean",
        },
        [(r.variant_id, r.currency, r.amount_minor, r.variant_id in are_new) for r in rows],
    )
    return {row["variant_id"] for row in await tx.fetch(_MERGE, tx.now, work_id)}


async def costs_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[tuple[UUID, str], Cost]:
    """The costs of these variants that are known, by variant and currency."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.cost"
        " WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )
    return {(row["variant_id"], row["currency"]): Cost(**row) for row in rows}


async def page_of_costs(
    reader: Reader, variant_id: UUID | None, after: CostKey, count: int
) -> list[Cost]:
    """At most `count` costs behind a key, in order; of one variant when given."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.cost"
        " WHERE tenant_id = $1 AND (variant_id, currency) > ($2::uuid, $3::char(3))"
        "   AND ($4::uuid IS NULL OR variant_id = $4)"
        " ORDER BY variant_id, currency LIMIT $5",
        after.variant_id,
        after.currency,
        variant_id,
        count,
    )
    return [Cost(**row) for row in rows]


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Nobody knows what the variants cost."""
    await tx.execute(
        "DELETE FROM pricing.cost WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )


async def take_away(tx: Transaction, work_id: UUID, variant_ids: Sequence[UUID]) -> None:
    """The variants have no cost any more, and it is known what the work took from them."""
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM pricing.cost AS c
            WHERE c.tenant_id = $1 AND c.variant_id = ANY ($3::uuid[])
            RETURNING c.variant_id, c.currency, c.amount_minor
        )
        INSERT INTO pricing.merged_cost
            (tenant_id, work_id, variant_id, currency, amount_before, amount_after, at)
        SELECT $1, $2, variant_id, currency, amount_minor, NULL, $4 FROM gone
        ON CONFLICT (tenant_id, work_id, variant_id, currency) DO UPDATE SET amount_after = NULL
        """,
        work_id,
        list(variant_ids),
        tx.now,
    )


async def merged_costs(reader: Reader, work_id: UUID, count: int) -> list[MergedCost]:
    """At most `count` costs that the work changed and nobody has taken back, in order."""
    rows = await reader.read(
        """
        SELECT m.variant_id, m.currency, m.amount_before, m.amount_after, c.amount_minor
        FROM (SELECT * FROM pricing.merged_cost WHERE tenant_id = $1 AND work_id = $2
              ORDER BY variant_id, currency LIMIT $3) AS m
        LEFT JOIN LATERAL (
            SELECT q.amount_minor FROM pricing.cost AS q
            WHERE q.tenant_id = $1 AND q.variant_id = m.variant_id AND q.currency = m.currency
            LIMIT 1
        ) AS c ON true
        """,
        work_id,
        count,
    )
    return [
        MergedCost(
            key=CostKey(row["variant_id"], row["currency"]),
            before=row["amount_before"],
            after=row["amount_after"],
            present=row["amount_minor"],
        )
        for row in rows
    ]


async def forget_merged(tx: Transaction, work_id: UUID, keys: Sequence[CostKey]) -> None:
    """Nothing is known any more of what the work did to these costs."""
    await tx.execute(
        """
        DELETE FROM pricing.merged_cost AS m
        USING unnest($3::uuid[], $4::text[]) AS w (variant_id, currency)
        WHERE m.tenant_id = $1 AND m.work_id = $2 AND m.variant_id = w.variant_id
          AND m.currency = w.currency::char(3)
        """,
        work_id,
        [key.variant_id for key in keys],
        [key.currency for key in keys],
    )


async def forget_old_merged(tx: Transaction, before: datetime, count: int) -> int:
    """At most `count` of what was changed before an instant is forgotten; how many were."""
    return await tx.execute(
        """
        DELETE FROM pricing.merged_cost AS m USING (
            SELECT work_id, variant_id, currency FROM pricing.merged_cost
            WHERE tenant_id = $1 AND at < $2 LIMIT $3) AS old
        WHERE m.tenant_id = $1 AND m.work_id = old.work_id AND m.variant_id = old.variant_id
          AND m.currency = old.currency
        """,
        before,
        count,
    )
