"""What merges that may be undone did to prices."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.pricing.model.prices import PriceKey
from galleria.commerce.pricing.model.undoing import Amounts, MergedPrice
from galleria.engines.sql import Reader, Transaction


async def merged_prices(reader: Reader, work_id: UUID, count: int) -> list[MergedPrice]:
    """At most `count` prices that the work changed and nobody has taken back, in order."""
    rows = await reader.read(
        """
        SELECT m.*, p.amount_minor, p.compare_at_minor
        FROM (SELECT variant_id, price_list_id, min_quantity, amount_before, compare_at_before,
                     amount_after, compare_at_after
              FROM pricing.merged_price WHERE tenant_id = $1 AND work_id = $2
              ORDER BY variant_id, price_list_id, min_quantity LIMIT $3) AS m
        LEFT JOIN LATERAL (
            SELECT q.amount_minor, q.compare_at_minor FROM pricing.price AS q
            WHERE q.tenant_id = $1 AND q.variant_id = m.variant_id
              AND q.price_list_id = m.price_list_id AND q.min_quantity = m.min_quantity
            LIMIT 1
        ) AS p ON true
        """,
        work_id,
        count,
    )
    return [
        MergedPrice(
            key=PriceKey(row["variant_id"], row["price_list_id"], row["min_quantity"]),
            before=_amounts(row["amount_before"], row["compare_at_before"]),
            after=_amounts(row["amount_after"], row["compare_at_after"]),
            present=_amounts(row["amount_minor"], row["compare_at_minor"]),
        )
        for row in rows
    ]


def _amounts(amount_minor: int | None, compare_at_minor: int | None) -> Amounts | None:
    return None if amount_minor is None else (amount_minor, compare_at_minor)


async def take_away(tx: Transaction, work_id: UUID, variant_ids: Sequence[UUID]) -> None:
    """The variants have no price any more, and it is known what the work took from them."""
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM pricing.price AS p
            WHERE p.tenant_id = $1 AND p.variant_id = ANY ($3::uuid[])
            RETURNING p.variant_id, p.price_list_id, p.min_quantity, p.amount_minor,
                      p.compare_at_minor
        )
        INSERT INTO pricing.merged_price
            (tenant_id, work_id, variant_id, price_list_id, min_quantity, amount_before,
             compare_at_before, amount_after, compare_at_after, at)
        SELECT $1, $2, variant_id, price_list_id, min_quantity, amount_minor, compare_at_minor,
               NULL, NULL, $4
        FROM gone
        ON CONFLICT (tenant_id, work_id, variant_id, price_list_id, min_quantity) DO UPDATE
        SET amount_after = NULL, compare_at_after = NULL
        """,
        work_id,
        list(variant_ids),
        tx.now,
    )


async def forget_merged(tx: Transaction, work_id: UUID, keys: Sequence[PriceKey]) -> None:
    """Nothing is known any more of what the work did to these prices."""
    await tx.execute(
        """
        DELETE FROM pricing.merged_price AS m
        USING unnest($3::uuid[], $4::int4[], $5::int4[]) AS w (variant_id, list, tier)
        WHERE m.tenant_id = $1 AND m.work_id = $2 AND m.variant_id = w.variant_id
          AND m.price_list_id = w.list AND m.min_quantity = w.tier
        """,
        work_id,
        [key.variant_id for key in keys],
        [key.price_list_id for key in keys],
        [key.min_quantity for key in keys],
    )


async def forget_old_merged(tx: Transaction, before: datetime, count: int) -> int:
    """At most `count` of what was changed before an instant is forgotten; how many were."""
    return await tx.execute(
        """
        DELETE FROM pricing.merged_price AS m USING (
            SELECT work_id, variant_id, price_list_id, min_quantity FROM pricing.merged_price
            WHERE tenant_id = $1 AND at < $2 LIMIT $3) AS old
        WHERE m.tenant_id = $1 AND m.work_id = old.work_id AND m.variant_id = old.variant_id
          AND m.price_list_id = old.price_list_id AND m.min_quantity = old.min_quantity
        """,
        before,
        count,
    )
