"""Payments and refunds: which answer of a gateway leads to which state, and what may go back.

A gateway call ends in one of five ways. `unknown` means no answer came: the money may or may not
have moved, so nothing is concluded from it; the gateway is asked again later.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from galleria.commerce.payments.errors import RefundTooLarge
from galleria.foundation.money import Money

PaymentState = Literal["created", "captured", "declined", "unknown", "partly_refunded", "refunded"]
AttemptState = Literal["started", "approved", "declined", "pending", "unknown", "not_received"]
RefundState = Literal["requested", "succeeded", "failed"]
Answer = Literal["approved", "declined", "pending", "unknown", "not_received"]

GATEWAY_DEADLINE_S = 15.0  # a shopper waits no longer; a card gateway answers within 10 s
# After the deadline, with room for a stalled process, asking cannot overtake the call itself.
CALL_MAY_LAST = timedelta(seconds=60)
FIRST_WAIT_S = 20
LONGEST_WAIT_S = 3_600

# Until the money is known to be taken any answer counts; an approval counts even after that, since
# a gateway that says "taken" has taken it, whatever was believed before.
OPEN_ATTEMPTS: tuple[AttemptState, ...] = ("started", "pending", "unknown")
REVISABLE_ATTEMPTS: tuple[AttemptState, ...] = ("declined", "not_received")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway said about one attempt or refund."""

    answer: Answer
    gateway_reference: str | None = None
    code: str | None = None
    """Why it was declined, in the gateway's word."""


UNKNOWN = Outcome(answer="unknown")


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a gateway to take the money; `attempt_id` is its idempotency key there."""

    attempt_id: UUID
    payment_id: UUID
    order_ref: UUID
    gateway: str
    amount: Money
    state: AttemptState
    call_until: datetime
    asked_count: int


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """The money of one order, as far as a gateway has confirmed it."""

    payment_id: UUID
    order_ref: UUID
    gateway: str
    state: PaymentState
    amount: Money
    captured: Money
    refunding: Money
    refunded: Money
    created_at: datetime
    updated_at: datetime


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money on its way back; `refund_id` is its idempotency key at the gateway."""

    refund_id: UUID
    payment_id: UUID
    attempt_id: UUID
    order_ref: UUID
    gateway: str
    amount: Money
    state: RefundState
    asked_count: int


def attempt_state(answer: Answer) -> AttemptState:
    """The state of an attempt that was answered so."""
    return answer


def payment_state(answer: Answer) -> PaymentState:
    """The state of a payment whose attempt was answered so."""
    if answer == "approved":
        return "captured"
    return "declined" if answer in ("declined", "not_received") else "unknown"


def counts(state: AttemptState, answer: Answer) -> bool:
    """True when `answer` changes an attempt in `state`; repeated and late answers do not."""
    if state in OPEN_ATTEMPTS:
        return answer != state
    return state in REVISABLE_ATTEMPTS and answer == "approved"


def refundable(payment: Payment) -> Money:
    """What may still go back: captured, less what went and what is on its way."""
    left = (
        payment.captured.amount_minor
        - payment.refunding.amount_minor
        - payment.refunded.amount_minor
    )
    assert left >= 0, "more went back than was taken"
    return Money(left, payment.amount.currency)


def check_refund(payment: Payment, amount: Money) -> None:
    """Pass when `amount` may go back.

    Raises:
        RefundTooLarge: it is more than `refundable`, or of another currency.
    """
    left = refundable(payment)
    if amount.currency != left.currency or amount.amount_minor > left.amount_minor:
        raise RefundTooLarge(f"at most {left.amount_minor} {left.currency} (minor units) is left")


def wait_before_asking(asked_count: int) -> timedelta:
    """How long to wait before asking again: doubling from 20 seconds up to an hour."""
    return timedelta(seconds=min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(asked_count, 10)))
