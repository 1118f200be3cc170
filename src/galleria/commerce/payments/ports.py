"""What this room asks of a payment gateway, and what the test gateway asks of its books."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from galleria.commerce.payments.model import Outcome
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.money import Money


class AuthorizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Take this amount at once from what `token` stands for."""

    attempt_id: UUID
    amount: Money
    token: str


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Give this amount back from what the attempt took."""

    refund_id: UUID
    attempt_id: UUID
    amount: Money


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway tells us unasked. `gateway_event_id` is the same each time it repeats it."""

    gateway_event_id: str
    attempt_id: UUID
    outcome: Outcome


class PaymentGateway(Protocol):
    """Someone who moves money. Never called inside an open transaction.

    Every call may be repeated with the same id: a gateway acts on an id once and then answers the
    same. A call that gets no answer raises TimeoutError or ConnectionError.
    """

    async def authorize(self, ctx: Context, request: AuthorizeRequest) -> Outcome:
        """The money is authorized and captured, or the answer says what else happened."""

    async def lookup(self, ctx: Context, attempt_id: UUID) -> Outcome:
        """What became of an attempt; `not_received` when the gateway has never seen it."""

    async def refund(self, ctx: Context, request: RefundRequest) -> Outcome:
        """The money goes back, or the answer says what else happened."""

    async def read_callback(self, ctx: Context, signed: str) -> Callback:
        """What the gateway says in a callback.

        Raises:
            CallbackNotGenuine: the gateway did not sign this for this shop.
        """


class BookedCharge(msgspec.Struct, frozen=True, kw_only=True):
    """A line in the test gateway's books."""

    attempt_id: UUID
    card: str
    amount: Money
    is_approved: bool
    settles_at: datetime
    callbacks_due: int


class GatewayBooks(Protocol):
    """The test gateway's own books."""

    async def keep_charge(self, tx: Transaction, charge: BookedCharge) -> BookedCharge:
        """The charge of this attempt: `charge`, or the one that was there before it."""

    async def charge_of(self, ctx: Context, attempt_id: UUID) -> BookedCharge | None:
        """The charge of this attempt, None when there was never one."""

    async def keep_refund(self, tx: Transaction, request: RefundRequest) -> bool:
        """True when the refund is in the books; False when more would go back than was taken."""

    async def take_due_callbacks(self, tx: Transaction) -> list[BookedCharge]:
        """The charges whose callbacks are due now; they are due no more."""
