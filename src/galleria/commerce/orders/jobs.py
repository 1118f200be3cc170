"""What the orders room hears and does by itself."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.orders.service import confirming, refunding, settling
from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope


class CapturedPayment(msgspec.Struct, frozen=True):
    """The fields of `payments.payment_captured.v1` read here."""

    order_ref: UUID


class DeclinedPayment(msgspec.Struct, frozen=True):
    """The fields of `payments.payment_declined.v1` read here."""

    order_ref: UUID
    decline_code: str


class SettledRefund(msgspec.Struct, frozen=True):
    """The fields of `payments.refund_succeeded.v1` and `refund_failed.v1` read here."""

    order_ref: UUID
    refund_id: UUID


class PlacedOrder(msgspec.Struct, frozen=True):
    """The fields of `orders.order_placed.v1` read here."""

    order_id: UUID


class SendConfirmations(msgspec.Struct, frozen=True):
    """Send the confirmations of these orders."""

    order_ids: list[UUID]


async def place_paid_orders(
    ctx: Context, tx: Transaction, batch: list[Envelope[CapturedPayment]]
) -> None:
    """Paid orders are placed, should their checkout have died before it could."""
    await settling.settle_captured(ctx, [event.payload.order_ref for event in batch])


async def give_up_declined_orders(
    ctx: Context, tx: Transaction, batch: list[Envelope[DeclinedPayment]]
) -> None:
    """Orders nobody paid are closed, their goods free and their carts open again."""
    declined = {event.payload.order_ref: event.payload.decline_code for event in batch}
    await settling.settle_declined(ctx, declined)


async def note_succeeded_refunds(
    ctx: Context, tx: Transaction, batch: list[Envelope[SettledRefund]]
) -> None:
    """Orders know which of their money went back."""
    await refunding.settle_refunds(ctx, _orders_by_refund(batch), succeeded=True)


async def note_failed_refunds(
    ctx: Context, tx: Transaction, batch: list[Envelope[SettledRefund]]
) -> None:
    """Orders know which of their money did not go back."""
    await refunding.settle_refunds(ctx, _orders_by_refund(batch), succeeded=False)


def _orders_by_refund(batch: list[Envelope[SettledRefund]]) -> dict[UUID, UUID]:
    return {event.payload.refund_id: event.payload.order_ref for event in batch}


async def send_confirmations(ctx: Context, payload: SendConfirmations, progress: Progress) -> None:
    """The shoppers have the confirmations of their placed orders by mail."""
    await confirming.send_confirmations(ctx, payload.order_ids)


SUBSCRIPTIONS: list[Subscription[Any]] = [
    Subscription(
        "orders.place_paid", "payments.payment_captured.v1", CapturedPayment, place_paid_orders
    ),
    Subscription(
        "orders.give_up_declined",
        "payments.payment_declined.v1",
        DeclinedPayment,
        give_up_declined_orders,
    ),
    Subscription(
        "orders.note_refunded",
        "payments.refund_succeeded.v1",
        SettledRefund,
        note_succeeded_refunds,
    ),
    Subscription(
        "orders.note_not_refunded",
        "payments.refund_failed.v1",
        SettledRefund,
        note_failed_refunds,
    ),
]

SEND_CONFIRMATIONS = Job(
    "orders.send_confirmations", SendConfirmations, send_confirmations, watched=False
)
MAILS_A_JOB = 20  # sent one after the other; a job for each would cost as much as the mails

ENQUEUES = [
    EnqueueOn(
        "orders.send_confirmation",
        "orders.order_placed.v1",
        PlacedOrder,
        SEND_CONFIRMATIONS,
        lambda event: event.payload.order_id,
        join=SendConfirmations,
        most_joined=MAILS_A_JOB,
    )
]
