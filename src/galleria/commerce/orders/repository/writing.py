"""How orders are kept and changed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.customers import email_key
from galleria.commerce.orders.model import Entry, Fulfillment, Order, Refund
from galleria.engines.sql import Transaction

FIRST_NUMBER = 1001  # four digits from the first order on: a shop need not look new

_LINE_COLUMNS = """line_id, position, variant_id, product_id, title, sku, media_id, is_shippable,
    unit_price_minor, quantity, total_minor"""


class CheckoutClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a checkout happen once, and the token its shopper will get."""

    key: str
    fingerprint: bytes
    token_hash: bytes
    token_sealed: bytes


_INSERT_ORDER = f"""
WITH placed AS (
    INSERT INTO orders."order" (tenant_id, order_id, status, payment_status,
        fulfillment_status, customer_id, email, email_key, locale, channel_id,
        channel_code, currency, item_count, subtotal_minor, shipping_minor, total_minor,
        shipping_address, billing_address, shipping_method, shipping_method_name,
        payment_id, cart_id, checkout_key, checkout_fingerprint, token_hash,
        token_sealed, version, created_at, updated_at)
    VALUES ($1, $2, 'pending_payment', 'pending', 'unfulfilled', $3, $4, $5, $6, $7, $8,
        $9, $10, $11, $12, $11::int8 + $12::int8, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, 1, $23, $23)
    ON CONFLICT (tenant_id, cart_id, checkout_key) DO NOTHING
    RETURNING order_id
)
INSERT INTO orders.order_line (tenant_id, order_id, options, components, {_LINE_COLUMNS})
SELECT $1, placed.order_id, $35::jsonb -> (line.position - 1),
    $36::jsonb -> (line.position - 1), {_LINE_COLUMNS}
FROM placed CROSS JOIN unnest($24::uuid[], $25::int4[], $26::uuid[], $27::uuid[],
    $28::text[], $29::text[], $30::uuid[], $31::boolean[], $32::int8[], $33::int4[],
    $34::int8[]) AS line ({_LINE_COLUMNS})
"""


async def insert_order(tx: Transaction, order: Order, claim: CheckoutClaim) -> bool:
    """True when the order and its lines are kept; False when the cart came with this key before.

    One statement for all of it, two when there are bundles.
    """
    lines = order.lines
    touched = await tx.execute(
        _INSERT_ORDER,
        order.order_id,
        order.customer_id,
        order.email,
        email_key(order.email),
        order.locale,
        order.channel_id,
        order.channel_code,
        order.currency,
        order.item_count,
        order.subtotal.amount_minor,
        order.shipping.amount_minor,
        order.shipping_address,
        order.billing_address,
        order.shipping_method,
        order.shipping_method_name,
        order.payment_id,
        order.cart_id,
        claim.key,
        claim.fingerprint,
        claim.token_hash,
        claim.token_sealed,
        order.created_at,
        [line.line_id for line in lines],
        list(range(1, len(lines) + 1)),
        [line.variant_id for line in lines],
        [line.product_id for line in lines],
        [line.title for line in lines],
        [line.sku for line in lines],
        [line.media_id for line in lines],
        [line.is_shippable for line in lines],
        [line.unit_price.amount_minor for line in lines],
        [line.quantity for line in lines],
        [line.total.amount_minor for line in lines],
        # Not an array of documents: the driver takes a list of lists for two dimensions.
        [line.options for line in lines],
        [line.components for line in lines],
    )
    if touched and any(line.components for line in lines):
        await _insert_components(tx, order)
    return touched > 0


async def _insert_components(tx: Transaction, order: Order) -> None:
    """What the order's bundles contain is found by its variants."""
    parts = [(line.line_id, part) for line in order.lines for part in line.components]
    await tx.execute(
        """
        INSERT INTO orders.order_component (tenant_id, order_id, line_id, variant_id, quantity)
        SELECT $1, $2, part.line_id, part.variant_id, part.quantity
        FROM unnest($3::uuid[], $4::uuid[], $5::int4[]) AS part (line_id, variant_id, quantity)
        """,
        order.order_id,
        [line_id for line_id, _ in parts],
        [part.variant_id for _, part in parts],
        [part.quantity for _, part in parts],
    )


async def mark_delivered(tx: Transaction, order_id: UUID, line_ids: list[UUID]) -> None:
    """All pieces of these lines count as sent."""
    await tx.execute(
        """
        UPDATE orders.order_line SET fulfilled_quantity = quantity
        WHERE tenant_id = $1 AND order_id = $2 AND line_id = ANY ($3::uuid[])
          AND removed_quantity = 0
        """,
        order_id,
        line_ids,
    )


async def place(tx: Transaction, order: Order, entry: Entry) -> str | None:
    """The number of the order, now placed; None when it no longer waited for its payment.

    The shop's counter stays locked from here to the commit: nothing but the commit should follow.
    """
    number: str | None = await tx.fetch_value(
        f"""
        WITH waiting AS (
            SELECT order_id, total_minor FROM orders."order"
            WHERE tenant_id = $1 AND order_id = $2 AND status = 'pending_payment'
            FOR UPDATE
        ), counter AS (
            INSERT INTO orders.order_counter AS counter (tenant_id, last_number)
            SELECT $1, {FIRST_NUMBER} FROM waiting
            ON CONFLICT (tenant_id) DO UPDATE SET last_number = counter.last_number + 1
            RETURNING last_number::text AS number
        ), entered AS (
            INSERT INTO orders.order_entry (tenant_id, order_id, entry_id, kind, actor, note, at)
            SELECT $1, $2, $3, $4, $5, $6, $7 FROM waiting
        )
        UPDATE orders."order" AS o
        SET number = counter.number, status = 'placed', payment_status = 'captured',
            captured_minor = o.total_minor, placed_at = $7, updated_at = $7,
            fulfillment_status = $8, version = o.version + 1
        FROM counter
        WHERE o.tenant_id = $1 AND o.order_id = $2
        RETURNING o.number
        """,
        order.order_id,
        *_entry_values(entry),
        order.fulfillment_status,
    )
    return number


async def save_metafields(
    tx: Transaction, order_id: UUID, metafields: dict[str, Any] | None
) -> None:
    """This is kept beside the order, which has the next version."""
    await tx.execute(
        'UPDATE orders."order" SET metafields = $3, version = version + 1'
        " WHERE tenant_id = $1 AND order_id = $2",
        order_id,
        metafields,
    )


async def lock(tx: Transaction, order_id: UUID) -> bool:
    """True when there is such an order; nobody else changes it until the commit."""
    found = await tx.fetch_value(
        """SELECT true FROM orders."order" WHERE tenant_id = $1 AND order_id = $2 FOR UPDATE""",
        order_id,
    )
    return found is not None


async def save(tx: Transaction, order: Order, entry: Entry) -> None:
    """The order's states and money are kept, with the entry that says why."""
    await tx.execute(
        """
        WITH entered AS (
            INSERT INTO orders.order_entry (tenant_id, order_id, entry_id, kind, actor, note, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
        )
        UPDATE orders."order"
        SET status = $8, payment_status = $9, fulfillment_status = $10, captured_minor = $11,
            refunding_minor = $12, refunded_minor = $13, cancel_reason = $14, cancelled_at = $15,
            version = $16, updated_at = $17
        WHERE tenant_id = $1 AND order_id = $2
        """,
        order.order_id,
        *_entry_values(entry),
        order.status,
        order.payment_status,
        order.fulfillment_status,
        order.captured.amount_minor,
        order.refunding.amount_minor,
        order.refunded.amount_minor,
        order.cancel_reason,
        order.cancelled_at,
        order.version,
        order.updated_at,
    )


async def save_lines(tx: Transaction, order: Order) -> None:
    """What became of the pieces of each line is kept."""
    await tx.execute(
        """
        UPDATE orders.order_line AS line
        SET fulfilled_quantity = change.fulfilled, refunded_quantity = change.refunded,
            removed_quantity = change.removed
        FROM unnest($3::uuid[], $4::int4[], $5::int4[], $6::int4[])
             AS change (line_id, fulfilled, refunded, removed)
        WHERE line.tenant_id = $1 AND line.order_id = $2 AND line.line_id = change.line_id
        """,
        order.order_id,
        [line.line_id for line in order.lines],
        [line.fulfilled_quantity for line in order.lines],
        [line.refunded_quantity for line in order.lines],
        [line.removed_quantity for line in order.lines],
    )


async def insert_fulfillment(
    tx: Transaction, order_id: UUID, parcel: Fulfillment, quantities: Mapping[UUID, int]
) -> None:
    """The parcel is kept."""
    await tx.execute(
        """
        WITH parcel AS (
            INSERT INTO orders.fulfillment (tenant_id, order_id, fulfillment_id, carrier,
                tracking_number, tracking_url, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
        )
        INSERT INTO orders.fulfillment_line
            (tenant_id, order_id, fulfillment_id, line_id, quantity)
        SELECT $1, $2, $3, line.line_id, line.quantity
        FROM unnest($8::uuid[], $9::int4[]) AS line (line_id, quantity)
        """,
        order_id,
        parcel.fulfillment_id,
        parcel.carrier,
        parcel.tracking_number,
        parcel.tracking_url,
        parcel.created_at,
        list(quantities),
        list(quantities.values()),
    )


async def insert_refund(
    tx: Transaction, order_id: UUID, refund: Refund, key: str, fingerprint: bytes
) -> bool:
    """True when the refund is kept; False when one came with this key before."""
    touched = await tx.execute(
        """
        WITH refund AS (
            INSERT INTO orders.refund (tenant_id, refund_id, order_id, idempotency_key,
                fingerprint, amount_minor, state, restocks, reason, actor, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'requested', $7, $8, $9, $10)
            ON CONFLICT (tenant_id, order_id, idempotency_key) DO NOTHING
            RETURNING refund_id
        ), lines AS (
            INSERT INTO orders.refund_line
                (tenant_id, refund_id, line_id, quantity, removed_quantity, amount_minor)
            SELECT $1, refund.refund_id, line.line_id, line.quantity, line.removed, line.amount
            FROM refund CROSS JOIN unnest($11::uuid[], $12::int4[], $13::int4[], $14::int8[])
                 AS line (line_id, quantity, removed, amount)
        )
        SELECT refund_id FROM refund
        """,
        refund.refund_id,
        order_id,
        key,
        fingerprint,
        refund.amount.amount_minor,
        refund.restocks,
        refund.reason,
        refund.actor,
        refund.created_at,
        [line.line_id for line in refund.lines],
        [line.quantity for line in refund.lines],
        [line.removed_quantity for line in refund.lines],
        [line.amount.amount_minor for line in refund.lines],
    )
    return touched == 1


async def settle_refund(tx: Transaction, refund_id: UUID, state: str) -> bool:
    """True when the refund was under way and has now come to this state."""
    touched = await tx.execute(
        """
        UPDATE orders.refund SET state = $3, settled_at = $4
        WHERE tenant_id = $1 AND refund_id = $2 AND state = 'requested'
        """,
        refund_id,
        state,
        tx.now,
    )
    return touched == 1


async def insert_entry(tx: Transaction, order_id: UUID, entry: Entry) -> None:
    """The entry stands in the order's history."""
    await tx.execute(
        """
        INSERT INTO orders.order_entry (tenant_id, order_id, entry_id, kind, actor, note, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        order_id,
        *_entry_values(entry),
    )


async def mark_confirmed(tx: Transaction, order_ids: list[UUID]) -> None:
    """The confirmations of these have gone out."""
    await tx.execute(
        """UPDATE orders."order" SET confirmed_at = $3
        WHERE tenant_id = $1 AND order_id = ANY($2::uuid[])""",
        order_ids,
        tx.now,
    )


def _entry_values(entry: Entry) -> Sequence[object]:
    return (entry.entry_id, entry.kind, entry.actor, entry.note, entry.at)


async def hand_over(tx: Transaction, from_id: UUID, to_id: UUID) -> int:
    """Orders of one customer are another's, those of the past among them; how many of our own."""
    await tx.execute(
        "UPDATE orders.past_order SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
        from_id,
        to_id,
    )
    return await tx.execute(
        'UPDATE orders."order" SET customer_id = $3, version = version + 1, updated_at = $4'
        " WHERE tenant_id = $1 AND customer_id = $2",
        from_id,
        to_id,
        tx.now,
    )
