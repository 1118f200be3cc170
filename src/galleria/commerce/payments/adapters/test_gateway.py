"""A bank to play with: its card tokens say what will happen, and it keeps books of its own.

| token | what happens |
|---|---|
| `tok_approve` | the money is taken |
| `tok_decline` | the bank refuses |
| `tok_timeout` | the money is taken, but no answer ever comes; a look-up tells |
| `tok_lost` | the request never arrives; a look-up finds nothing |
| `tok_twice` | the money is taken, and the callback is sent twice |
| `tok_late` | the answer is "pending"; five seconds later a callback says the money is taken |
"""

import base64
import binascii
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce.payments.errors import CallbackNotGenuine
from galleria.commerce.payments.model import Outcome
from galleria.commerce.payments.ports import (
    AuthorizeRequest,
    BookedCharge,
    Callback,
    GatewayBooks,
    RefundRequest,
)
from galleria.engines.context import Context
from galleria.engines.secrets import SecretUnreadable

NAME = "test"
SETTLES_LATE_AFTER = timedelta(seconds=5)
_PURPOSE = "payments.test_callback"
_NEVER_ARRIVES = "tok_lost"
_NO_ANSWER = "tok_timeout"
_LATE = "tok_late"
_APPROVED = frozenset({"tok_approve", "tok_twice", _NO_ANSWER, _LATE})
_CALLBACKS = {"tok_twice": 2, _LATE: 1}
MAX_CALLBACK_LENGTH = 2_000


class TestGateway:
    """A `PaymentGateway` whose bank is a table. Enough for a demo, a test and a price tag of 0."""

    __test__ = False  # pytest would take it for a test by its name

    def __init__(self, books: GatewayBooks) -> None:
        self._books = books

    async def authorize(self, ctx: Context, request: AuthorizeRequest) -> Outcome:
        """See the port."""
        if request.token == _NEVER_ARRIVES:
            raise TimeoutError("the request never arrived at the test gateway")
        late = SETTLES_LATE_AFTER if request.token == _LATE else timedelta()
        charge = BookedCharge(
            attempt_id=request.attempt_id,
            card=request.token,
            amount=request.amount,
            is_approved=request.token in _APPROVED,
            settles_at=ctx.now + late,
            callbacks_due=_CALLBACKS.get(request.token, 0),
        )
        async with ctx.transaction() as tx:
            booked = await self._books.keep_charge(tx, charge)
        if booked.card == _NO_ANSWER:
            raise TimeoutError("the test gateway does not answer")
        return _outcome(ctx, booked)

    async def lookup(self, ctx: Context, attempt_id: UUID) -> Outcome:
        """See the port."""
        booked = await self._books.charge_of(ctx, attempt_id)
        return Outcome(answer="not_received") if booked is None else _outcome(ctx, booked)

    async def refund(self, ctx: Context, request: RefundRequest) -> Outcome:
        """See the port."""
        async with ctx.transaction() as tx:
            kept = await self._books.keep_refund(tx, request)
        if not kept:
            return Outcome(answer="declined", code="refund_exceeds_charge")
        return Outcome(answer="approved", gateway_reference=f"test_{request.refund_id.hex}")

    async def read_callback(self, ctx: Context, signed: str) -> Callback:
        """See the port."""
        tenant, _, text = signed.partition(".")
        if tenant != str(ctx.tenant.tenant_id) or len(signed) > MAX_CALLBACK_LENGTH:
            raise CallbackNotGenuine("this callback is not for this shop")
        try:
            sealed = base64.urlsafe_b64decode(text.encode())
            plain = await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, sealed, _PURPOSE)
        except (binascii.Error, ValueError, SecretUnreadable):
            raise CallbackNotGenuine("the signature does not fit") from None
        return msgspec.json.decode(plain, type=Callback)

    async def due_callbacks(self, ctx: Context) -> list[str]:
        """The signed callbacks to be delivered now, the same one twice where a card asks for it."""
        async with ctx.transaction() as tx:
            due = await self._books.take_due_callbacks(tx)
        return [
            await sign_callback(
                ctx,
                Callback(
                    gateway_event_id=f"settled:{charge.attempt_id}",
                    attempt_id=charge.attempt_id,
                    outcome=_outcome(ctx, charge),
                ),
            )
            for charge in due
            for _ in range(charge.callbacks_due)
        ]


async def sign_callback(ctx: Context, callback: Callback) -> str:
    """The callback as the gateway sends it: the tenant in clear, the rest sealed for this shop."""
    sealed = await ctx.engines.secrets.encrypt(
        ctx.tenant.tenant_id, msgspec.json.encode(callback), _PURPOSE
    )
    return f"{ctx.tenant.tenant_id}.{base64.urlsafe_b64encode(sealed).decode()}"


def _outcome(ctx: Context, booked: BookedCharge) -> Outcome:
    reference = f"test_{booked.attempt_id.hex}"
    if ctx.now < booked.settles_at:
        return Outcome(answer="pending", gateway_reference=reference)
    if booked.is_approved:
        return Outcome(answer="approved", gateway_reference=reference)
    return Outcome(answer="declined", gateway_reference=reference, code="card_declined")
