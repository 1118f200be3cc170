"""Orders as they were kept: one, with or without its history."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.customers import PostalAddress
from galleria.commerce.orders.model import (
    Entry,
    Fulfillment,
    Order,
    OrderDetail,
    OrderLine,
    Refund,
)
from galleria.engines.sql import Reader, Record
from galleria.foundation.money import Money

_MONEY = ("subtotal", "shipping", "total", "captured", "refunding", "refunded")
_PLAIN = tuple(
    name
    for name in Order.__struct_fields__
    if name not in (*_MONEY, "lines", "shipping_address", "billing_address")
)
_COLUMNS = ", ".join(
    f"o.{name}"
    for name in (
        *_PLAIN,
        *(f"{name}_minor" for name in _MONEY),
        "shipping_address",
        "billing_address",
    )
)


def _money(name: str) -> str:
    return f"jsonb_build_object('amount_minor', line.{name}_minor, 'currency', o.currency::text)"


_LINE_PLAIN = tuple(
    name for name in OrderLine.__struct_fields__ if name not in ("unit_price", "total")
)
_LINES = f"""(
    SELECT jsonb_agg(jsonb_build_object(
        {", ".join(f"'{name}', line.{name}" for name in _LINE_PLAIN)},
        'unit_price', {_money("unit_price")}, 'total', {_money("total")}) ORDER BY line.position)
    FROM orders.order_line AS line
    WHERE line.tenant_id = o.tenant_id AND line.order_id = o.order_id) AS lines"""
_FULFILLMENTS = """(
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'fulfillment_id', f.fulfillment_id, 'carrier', f.carrier,
        'tracking_number', f.tracking_number, 'tracking_url', f.tracking_url,
        'created_at', f.created_at, 'quantities', (
            SELECT coalesce(jsonb_object_agg(fl.line_id, fl.quantity), '{}')
            FROM orders.fulfillment_line AS fl
            WHERE fl.tenant_id = f.tenant_id AND fl.order_id = f.order_id
              AND fl.fulfillment_id = f.fulfillment_id))
        ORDER BY f.fulfillment_id), '[]')
    FROM orders.fulfillment AS f
    WHERE f.tenant_id = o.tenant_id AND f.order_id = o.order_id) AS fulfillments"""
_REFUND_BODY = """jsonb_build_object(
        'refund_id', r.refund_id, 'state', r.state, 'restocks', r.restocks, 'reason', r.reason,
        'actor', r.actor, 'created_at', r.created_at, 'settled_at', r.settled_at,
        'amount', jsonb_build_object('amount_minor', r.amount_minor,
                                     'currency', o.currency::text),
        'lines', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'line_id', rl.line_id, 'quantity', rl.quantity,
                'removed_quantity', rl.removed_quantity,
                'amount', jsonb_build_object('amount_minor', rl.amount_minor,
                                             'currency', o.currency::text))
                ORDER BY rl.line_id), '[]')
            FROM orders.refund_line AS rl
            WHERE rl.tenant_id = r.tenant_id AND rl.refund_id = r.refund_id))"""
_REFUNDS = f"""(
    SELECT coalesce(jsonb_agg({_REFUND_BODY} ORDER BY r.refund_id), '[]')
    FROM orders.refund AS r
    WHERE r.tenant_id = o.tenant_id AND r.order_id = o.order_id) AS refunds"""
_ENTRIES = """(
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'entry_id', e.entry_id, 'kind', e.kind, 'actor', e.actor, 'note', e.note, 'at', e.at)
        ORDER BY e.entry_id), '[]')
    FROM orders.order_entry AS e
    WHERE e.tenant_id = o.tenant_id AND e.order_id = o.order_id) AS entries"""


class PriorCheckout(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier checkout of a cart: its order, and the request it came from."""

    order: Order
    key: str
    fingerprint: bytes
    token_sealed: bytes


async def order(reader: Reader, order_id: UUID) -> Order | None:
    """The order with its lines, None when there is no such."""
    row = await reader.read_row(
        f"""SELECT {_COLUMNS}, {_LINES} FROM orders."order" AS o
        WHERE o.tenant_id = $1 AND o.order_id = $2""",
        order_id,
    )
    return None if row is None else Order(**_fields(row))


async def unconfirmed_among(reader: Reader, order_ids: list[UUID]) -> list[Order]:
    """Those of the orders that are placed and whose confirmation has not gone out."""
    rows = await reader.read(
        f"""SELECT {_COLUMNS}, {_LINES} FROM orders."order" AS o
        WHERE o.tenant_id = $1 AND o.order_id = ANY($2::uuid[])
            AND o.placed_at IS NOT NULL AND o.confirmed_at IS NULL
        ORDER BY o.order_id""",
        order_ids,
    )
    return [Order(**_fields(row)) for row in rows]


async def unplaced_among(reader: Reader, order_ids: list[UUID]) -> set[UUID]:
    """Those of the orders that are not placed: waiting for their payment, or closed."""
    rows = await reader.read(
        """
        SELECT order_id FROM orders."order"
        WHERE tenant_id = $1 AND order_id = ANY($2::uuid[]) AND status <> 'placed'
        """,
        order_ids,
    )
    return {row["order_id"] for row in rows}


async def details_of(reader: Reader, order_ids: Sequence[UUID]) -> list[OrderDetail]:
    """Those of the orders that exist, by id, with all that happened to them; one statement."""
    rows = await reader.read(
        f"""SELECT {_COLUMNS}, {_LINES}, {_FULFILLMENTS}, {_REFUNDS}, {_ENTRIES}, o.metafields
        FROM orders."order" AS o WHERE o.tenant_id = $1 AND o.order_id = ANY ($2::uuid[])
        ORDER BY o.order_id""",
        list(order_ids),
    )
    return [
        OrderDetail(
            **_fields(row),
            fulfillments=msgspec.convert(row["fulfillments"], list[Fulfillment]),
            refunds=msgspec.convert(row["refunds"], list[Refund]),
            entries=msgspec.convert(row["entries"], list[Entry]),
            metafields=row["metafields"],
        )
        for row in rows
    ]


async def metafields_of(reader: Reader, order_id: UUID) -> dict[str, Any] | None:
    """What is kept beside the order, None when nothing is."""
    row = await reader.read_row(
        'SELECT metafields FROM orders."order" WHERE tenant_id = $1 AND order_id = $2', order_id
    )
    return None if row is None else row["metafields"]


async def by_token(reader: Reader, token_hash: bytes) -> tuple[Order, list[Fulfillment]] | None:
    """The order behind a shopper's token, and its parcels."""
    row = await reader.read_row(
        f"""SELECT {_COLUMNS}, {_LINES}, {_FULFILLMENTS}
        FROM orders."order" AS o WHERE o.tenant_id = $1 AND o.token_hash = $2""",
        token_hash,
    )
    if row is None:
        return None
    return Order(**_fields(row)), msgspec.convert(row["fulfillments"], list[Fulfillment])


async def of_customer(
    reader: Reader, customer_id: UUID, order_id: UUID
) -> tuple[Order, list[Fulfillment], bytes] | None:
    """The customer's order, its parcels and its sealed token; None when it is not theirs."""
    row = await reader.read_row(
        f"""SELECT {_COLUMNS}, {_LINES}, {_FULFILLMENTS}, o.token_sealed
        FROM orders."order" AS o
        WHERE o.tenant_id = $1 AND o.order_id = $2 AND o.customer_id = $3""",
        order_id,
        customer_id,
    )
    if row is None:
        return None
    parcels = msgspec.convert(row["fulfillments"], list[Fulfillment])
    return Order(**_fields(row)), parcels, row["token_sealed"]


async def all_of_customer(
    reader: Reader, customer_id: UUID, before: UUID | None, limit: int
) -> list[Order]:
    """At most `limit` whole orders of the customer older than `before`, newest first."""
    rows = await reader.read(
        f"""SELECT {_COLUMNS}, {_LINES} FROM orders."order" AS o
        WHERE o.tenant_id = $1 AND o.customer_id = $2
          AND ($3::uuid IS NULL OR o.order_id < $3)
        ORDER BY o.order_id DESC LIMIT $4""",
        customer_id,
        before,
        limit,
    )
    return [Order(**_fields(row)) for row in rows]


async def checkout_of(
    reader: Reader, cart_id: UUID, *, order_id: UUID | None = None, key: str | None = None
) -> PriorCheckout | None:
    """The cart's checkout that made this order, or that came with this key."""
    row = await reader.read_row(
        f"""SELECT {_COLUMNS}, {_LINES}, o.checkout_key, o.checkout_fingerprint, o.token_sealed
        FROM orders."order" AS o
        WHERE o.tenant_id = $1 AND o.cart_id = $2
          AND (o.order_id = $3 OR o.checkout_key = $4)""",
        cart_id,
        order_id,
        key,
    )
    if row is None:
        return None
    return PriorCheckout(
        order=Order(**_fields(row)),
        key=row["checkout_key"],
        fingerprint=row["checkout_fingerprint"],
        token_sealed=row["token_sealed"],
    )


async def refund_by_key(reader: Reader, order_id: UUID, key: str) -> tuple[Refund, bytes] | None:
    """The order's refund that came with this key, and the fingerprint of its request."""
    row = await reader.read_row(
        f"""SELECT {_REFUND_BODY} AS refund, r.fingerprint
        FROM orders.refund AS r JOIN orders."order" AS o USING (tenant_id, order_id)
        WHERE r.tenant_id = $1 AND r.order_id = $2 AND r.idempotency_key = $3""",
        order_id,
        key,
    )
    return None if row is None else (msgspec.convert(row["refund"], Refund), row["fingerprint"])


async def refund(reader: Reader, refund_id: UUID) -> tuple[UUID, Refund] | None:
    """The refund and the id of its order."""
    row = await reader.read_row(
        f"""SELECT o.order_id, {_REFUND_BODY} AS refund
        FROM orders.refund AS r JOIN orders."order" AS o USING (tenant_id, order_id)
        WHERE r.tenant_id = $1 AND r.refund_id = $2""",
        refund_id,
    )
    return None if row is None else (row["order_id"], msgspec.convert(row["refund"], Refund))


def _fields(row: Record) -> dict[str, Any]:
    currency = row["currency"]
    fields: dict[str, Any] = {name: row[name] for name in _PLAIN}
    fields |= {name: Money(row[f"{name}_minor"], currency) for name in _MONEY}
    fields["lines"] = msgspec.convert(row["lines"], list[OrderLine])
    for name in ("shipping_address", "billing_address"):
        kept = row[name]
        fields[name] = None if kept is None else msgspec.convert(kept, PostalAddress)
    return fields


async def ordered_variants(reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the variants that a line of some order is about, or a bundle in one contains; a
    look into the indexes for each."""
    rows = await reader.read(
        """
        SELECT w.variant_id FROM unnest($2::uuid[]) AS w (variant_id)
        WHERE EXISTS (
            SELECT FROM orders.order_line AS l
            WHERE l.tenant_id = $1 AND l.variant_id = w.variant_id
        ) OR EXISTS (
            SELECT FROM orders.order_component AS c
            WHERE c.tenant_id = $1 AND c.variant_id = w.variant_id
        )
        """,
        list(variant_ids),
    )
    return {row["variant_id"] for row in rows}


async def sealed_token(reader: Reader, order_id: UUID) -> bytes | None:
    """The sealed token of an order, None when there is no such order."""
    row = await reader.read_row(
        'SELECT token_sealed FROM orders."order" WHERE tenant_id = $1 AND order_id = $2', order_id
    )
    return None if row is None else row["token_sealed"]
