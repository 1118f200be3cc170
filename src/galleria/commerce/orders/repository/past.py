"""Orders of another system, as they were kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.customers import email_key
from galleria.commerce.orders.model.past import (
    PastDetails,
    PastOrder,
    PastOrderDraft,
    details_of,
    id_at,
)
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.money import Money

_MONEY = ("subtotal", "shipping", "tax", "discount", "total", "refunded")
_TYPES = {
    "order_id": "uuid",
    "source": "text",
    "number": "text",
    "external_ref": "text",
    "status": "text",
    "payment_status": "text",
    "fulfillment_status": "text",
    "customer_id": "uuid",
    "email": "text",
    "email_key": "text",
    "currency": "text",
    "item_count": "int8",
    **{f"{name}_minor": "int8" for name in _MONEY},
    "details": "jsonb",
    "content_hash": "bytea",
    "placed_at": "timestamptz",
    "cancelled_at": "timestamptz",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
}
_COLUMNS = ", ".join(_TYPES)
# A draft that comes again may say more by then; which order it is, and since when, stays.
_SET = ", ".join(
    f"{name} = excluded.{name}"
    for name in _TYPES
    if name not in ("order_id", "source", "number", "created_at")
)
_PLAIN = [name for name in PastOrder.__struct_fields__ if name not in _MONEY and name != "details"]


async def merge(
    tx: Transaction,
    source: str,
    drafts: Sequence[PastOrderDraft],
    customers: Mapping[str, UUID],
) -> dict[str, bool]:
    """The orders are kept as the drafts say; by number, whether it is new. The same are left out.

    Args:
        tx: the caller's; two statements and a copy.
        source: the system they come from.
        drafts: each number once.
        customers: ids by the key of their e-mail addresses.
    """
    rows = [_row_of(source, each, customers, tx.now) for each in drafts]
    await tx.copy_rows("incoming_past_order", _TYPES, rows)
    found = await tx.fetch(
        f"""
        INSERT INTO orders.past_order AS o (tenant_id, {_COLUMNS})
        SELECT $1, {_COLUMNS} FROM incoming_past_order
        ON CONFLICT (tenant_id, source, number) DO UPDATE SET {_SET}
        WHERE o.content_hash <> excluded.content_hash
        RETURNING o.number, o.order_id
        """
    )
    # One that was there before has kept the id it had.
    new_ids = {row[0] for row in rows}
    return {row["number"]: row["order_id"] in new_ids for row in found}


def _row_of(
    source: str, draft: PastOrderDraft, customers: Mapping[str, UUID], now: datetime
) -> tuple[object, ...]:
    key = email_key(draft.email)
    return (
        id_at(draft.placed_at),
        source,
        draft.own_number,
        draft.external_ref,
        draft.status,
        draft.payment_state,
        draft.fulfillment_state,
        customers.get(key),
        draft.email,
        key,
        draft.currency,
        sum(line.quantity for line in draft.lines),
        *(getattr(draft, f"{name}_minor") for name in _MONEY),
        details_of(draft),
        draft.content_hash,
        draft.placed_at,
        draft.cancelled_at,
        now,
        now,
    )


async def find(reader: Reader, order_id: UUID) -> PastOrder | None:
    """The past order with this id."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM orders.past_order WHERE tenant_id = $1 AND order_id = $2",
        order_id,
    )
    if row is None:
        return None
    money: dict[str, Any] = {name: Money(row[f"{name}_minor"], row["currency"]) for name in _MONEY}
    details = msgspec.convert(row["details"], PastDetails)
    return PastOrder(**{name: row[name] for name in _PLAIN}, **money, details=details)
