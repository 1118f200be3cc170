"""All SQL of the pricing."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.pricing.model import Price, PriceRow, saving_of
from galleria.engines.sql import Reader, Transaction

_COLUMNS = ", ".join(Price.__struct_fields__)

# What does not differ is left out before the upsert, which would lock it otherwise. The LIMIT
# makes it one look into the primary key for each row, whatever the statistics say.
_MERGE = """
INSERT INTO pricing.price AS p
    (tenant_id, variant_id, channel_id, currency, amount_minor, compare_at_minor, valid_from,
     updated_at)
SELECT $1, i.variant_id, i.channel_id, i.currency, i.amount_minor, i.compare_at_minor, $2, $2
FROM incoming_price AS i
LEFT JOIN LATERAL (
    SELECT q.amount_minor, q.compare_at_minor FROM pricing.price AS q
    WHERE q.tenant_id = $1 AND q.variant_id = i.variant_id AND q.channel_id = i.channel_id
      AND q.currency = i.currency
    LIMIT 1
) AS s ON true
WHERE (s.amount_minor, s.compare_at_minor) IS DISTINCT FROM (i.amount_minor, i.compare_at_minor)
ORDER BY i.variant_id, i.channel_id, i.currency
ON CONFLICT (tenant_id, variant_id, channel_id, currency) DO UPDATE
SET amount_minor = excluded.amount_minor, compare_at_minor = excluded.compare_at_minor,
    valid_from = CASE
        WHEN p.amount_minor = excluded.amount_minor THEN p.valid_from ELSE excluded.valid_from
    END,
    updated_at = excluded.updated_at
RETURNING p.variant_id
"""


async def merge(tx: Transaction, rows: Sequence[PriceRow]) -> set[UUID]:
    """The prices are as given, each (variant, channel, currency) once; those changed come back."""
    await tx.copy_rows(
        "incoming_price",
        {
            "variant_id": "uuid",
            "channel_id": "uuid",
            "currency": "char(3)",
            "amount_minor": "int8",
            "compare_at_minor": "int8",
        },
        [
            (row.variant_id, row.channel_id, row.currency, row.amount_minor, saving_of(row))
            for row in rows
        ],
    )
    return {row["variant_id"] for row in await tx.fetch(_MERGE, tx.now)}


async def prices_of(
    reader: Reader, variant_ids: Sequence[UUID], channel_id: UUID, currency: str
) -> dict[UUID, Price]:
    """The price of each variant that has one in the channel and currency."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price WHERE tenant_id = $1"
        " AND variant_id = ANY ($2::uuid[]) AND channel_id = $3 AND currency = $4",
        list(variant_ids),
        channel_id,
        currency,
    )
    return {row["variant_id"]: Price(**row) for row in rows}


async def page_of_prices(
    reader: Reader,
    variant_ids: Sequence[UUID] | None,
    channel_id: UUID | None,
    after: tuple[UUID, UUID, str],
    count: int,
) -> list[Price]:
    """At most `count` prices after (variant, channel, currency), in that order."""
    where, args = (
        ["(variant_id, channel_id, currency) > ($2::uuid, $3::uuid, $4::bpchar)"],
        [*after, count],
    )
    if variant_ids is not None:
        args.append(list(variant_ids))
        where.append(f"variant_id = ANY (${len(args) + 1}::uuid[])")
    if channel_id is not None:
        args.append(channel_id)
        where.append(f"channel_id = ${len(args) + 1}")
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price WHERE tenant_id = $1 AND {' AND '.join(where)}"
        " ORDER BY variant_id, channel_id, currency LIMIT $5",
        *args,
    )
    return [Price(**row) for row in rows]


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """The variants have no price."""
    await tx.execute(
        "DELETE FROM pricing.price WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )
