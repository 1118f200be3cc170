"""Orders in lists: our own and those of the past as one, newest first."""

from uuid import UUID

from galleria.commerce.customers import email_key
from galleria.commerce.orders.model import OrderFilter, OrderSummary
from galleria.engines.sql import Reader, Record
from galleria.foundation.money import Money

_ABOVE_ALL = chr(0x10FFFF)  # above every continuation of a prefix under "C"
_SHARED = """o.order_id, o.number, o.status, o.payment_status, o.fulfillment_status, o.customer_id,
    o.email, o.item_count, o.currency, o.total_minor, o.refunded_minor, o.created_at, o.placed_at"""
_WANTED = """o.tenant_id = $1 AND ($2::uuid IS NULL OR o.order_id < $2)
    AND ($5::text IS NULL OR o.payment_status = $5)
    AND ($6::text IS NULL OR o.fulfillment_status = $6)
    AND ($7::text = '' OR (o.number >= $7 AND o.number < $8))
    AND ($9::text = '' OR (o.email_key >= $9 AND o.email_key < $10))
    AND ($11::uuid IS NULL OR o.customer_id = $11)"""
# Ids are in the order of birth, those of past orders too: each half is a walk along its ids.
_PAGE = f"""
SELECT * FROM (
    (SELECT {_SHARED}, o.channel_code, NULL::text AS source FROM orders."order" AS o
     WHERE {_WANTED} AND $12::boolean IS NOT TRUE
       AND ($4::text IS NULL AND (o.status <> 'cancelled' OR o.number IS NOT NULL)
            OR o.status = $4)
     ORDER BY o.order_id DESC LIMIT $3)
    UNION ALL
    (SELECT {_SHARED}, '', o.source FROM orders.past_order AS o
     WHERE {_WANTED} AND $12::boolean IS NOT FALSE AND ($4::text IS NULL OR o.status = $4)
     ORDER BY o.order_id DESC LIMIT $3)
) AS listed
ORDER BY order_id DESC LIMIT $3
"""


async def page(
    reader: Reader, wanted: OrderFilter, before: UUID | None, limit: int
) -> list[OrderSummary]:
    """At most `limit` orders older than `before`, newest first."""
    rows = await reader.read(
        _PAGE,
        before,
        limit,
        wanted.status,
        wanted.payment_status,
        wanted.fulfillment_status,
        wanted.number,
        wanted.number + _ABOVE_ALL,
        email_key(wanted.email),
        email_key(wanted.email) + _ABOVE_ALL,
        wanted.customer_id,
        wanted.is_past,
    )
    return [_summary(row) for row in rows]


def _summary(row: Record) -> OrderSummary:
    plain = {
        name: row[name]
        for name in OrderSummary.__struct_fields__
        if name not in ("total", "refunded")
    }
    return OrderSummary(
        **plain,
        total=Money(row["total_minor"], row["currency"]),
        refunded=Money(row["refunded_minor"], row["currency"]),
    )
