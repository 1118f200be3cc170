"""What was charged before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.pricing.model.history import Stretch
from galleria.commerce.pricing.model.prices import PriceChange
from galleria.engines.sql import Reader

_COLUMNS = ", ".join(PriceChange.__struct_fields__)


async def stretches_of(
    reader: Reader, variant_ids: Sequence[UUID], price_list_ids: Sequence[int], after: datetime
) -> dict[UUID, list[Stretch]]:
    """What one piece of each variant costs and cost in these lists, as far as beyond an instant."""
    rows = await reader.read(
        """
        SELECT p.variant_id, p.price_list_id, p.amount_minor, p.since,
               NULL::timestamptz AS until
        FROM pricing.price AS p
        WHERE p.tenant_id = $1 AND p.variant_id = ANY ($2::uuid[])
          AND p.price_list_id = ANY ($3::int4[]) AND p.min_quantity = 1
        UNION ALL
        SELECT c.variant_id, c.price_list_id, c.amount_minor, c.since, c.until
        FROM pricing.price_change AS c
        WHERE c.tenant_id = $1 AND c.variant_id = ANY ($2::uuid[])
          AND c.price_list_id = ANY ($3::int4[]) AND c.min_quantity = 1 AND c.until > $4
        """,
        list(variant_ids),
        list(price_list_ids),
        after,
    )
    found: dict[UUID, list[Stretch]] = {}
    for row in rows:
        variant_id, *fields = row
        found.setdefault(variant_id, []).append(Stretch(*fields))
    return found


async def page_of_changes(
    reader: Reader, variant_id: UUID, before: tuple[datetime, int, int] | None, count: int
) -> list[PriceChange]:
    """At most `count` former prices of a variant, the latest to begin first."""
    args: list[object] = [variant_id, count]
    after = ""
    if before is not None:
        args += before
        after = " AND (since, price_list_id, min_quantity) < ($4::timestamptz, $5::int4, $6::int4)"
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price_change WHERE tenant_id = $1 AND variant_id = $2"
        f"{after} ORDER BY since DESC, price_list_id DESC, min_quantity DESC LIMIT $3",
        *args,
    )
    return [PriceChange(**row) for row in rows]
