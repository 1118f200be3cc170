"""What can be done about money: ask for it, learn what became of it, give it back.

The verbs come in pairs around the gateway: one writes what is about to be asked, one asks with no
transaction open, one writes what was answered. A crash between any two leaves rows from which
`settle_due` finds out the rest. All of them may be repeated.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from galleria.commerce.payments import model
from galleria.commerce.payments.adapters.counter import CASH, TERMINAL, CounterGateway
from galleria.commerce.payments.adapters.test_gateway import NAME as TEST
from galleria.commerce.payments.adapters.test_gateway import TestGateway
from galleria.commerce.payments.errors import PaymentMethodUnknown, PaymentNotFound
from galleria.commerce.payments.events import (
    PaymentCaptured,
    PaymentDeclined,
    RefundFailed,
    RefundSucceeded,
)
from galleria.commerce.payments.model import Attempt, Outcome, Payment, Refund
from galleria.commerce.payments.ports import (
    AuthorizeRequest,
    PaymentGateway,
    RefundRequest,
)
from galleria.commerce.payments.repository import payments as repository
from galleria.commerce.payments.repository.gateway_books import BooksInRows
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.foundation.telemetry import logger

ASKED_AT_ONCE = 100
_log = logger("galleria.payments")

test_gateway = TestGateway(BooksInRows())
_counter = CounterGateway()
COUNTERS: dict[str, PaymentGateway] = {CASH: _counter, TERMINAL: _counter}
OFFERED: dict[str, PaymentGateway] = {TEST: test_gateway}
GATEWAYS: dict[str, PaymentGateway] = {**OFFERED, **COUNTERS}


def gateway_named(name: str) -> PaymentGateway:
    """The gateway of this name, whoever may pay by it.

    Raises:
        PaymentMethodUnknown: there is none.
    """
    return _named(name, GATEWAYS)


def check_method(name: str, *, is_at_counter: bool) -> None:
    """Pass when a shopper may pay like this, or when money at the counter is taken like this.

    Raises:
        PaymentMethodUnknown: not so. That somebody has paid in cash is not for them to say.
    """
    _named(name, COUNTERS if is_at_counter else OFFERED)


def _named(name: str, among: dict[str, PaymentGateway]) -> PaymentGateway:
    gateway = among.get(name)
    if gateway is None:
        raise PaymentMethodUnknown(f"no payment method {name!r}; try {', '.join(among)}")
    return gateway


def counter_names() -> list[str]:
    """The ways to pay where somebody of the shop takes the money, the first one in front."""
    return list(COUNTERS)


def gateway_names() -> list[str]:
    """The gateways a shopper may pay by, the one to be offered first in front."""
    return list(OFFERED)


async def open_payment(tx: Transaction, order_ref: UUID, amount: Money, gateway: str) -> Attempt:
    """A payment of `amount` for an order, and the attempt that is about to be made. 1 statement.

    Raises:
        PaymentMethodUnknown: there is no such gateway, or it moves money and this is a sandbox.
    """
    gateway_named(gateway)
    if tx.tenant.is_sandbox and gateway != TEST:
        raise PaymentMethodUnknown(f"in a sandbox no money moves: pay by {TEST!r}")
    assert amount.amount_minor > 0, "nothing to pay is nobody's payment"
    attempt = Attempt(
        attempt_id=new_id(),
        payment_id=new_id(),
        order_ref=order_ref,
        gateway=gateway,
        amount=amount,
        state="started",
        call_until=tx.now + model.CALL_MAY_LAST,
        asked_count=0,
    )
    await repository.insert_payment(tx, attempt)
    return attempt


async def authorize(ctx: Context, attempt: Attempt, token: str) -> Outcome:
    """What the gateway says when asked for the money; `unknown` when it gives no answer.

    To be called with no transaction open, and again with the same attempt after a crash: the
    attempt's id keeps the gateway from taking the money twice.
    """
    request = AuthorizeRequest(attempt_id=attempt.attempt_id, amount=attempt.amount, token=token)
    gateway = gateway_named(attempt.gateway)
    return await _answered(lambda: gateway.authorize(ctx, request), attempt.attempt_id)


async def look_up(ctx: Context, attempt: Attempt) -> Outcome:
    """What the gateway says became of the attempt; `unknown` when it gives no answer."""
    gateway = gateway_named(attempt.gateway)
    return await _answered(lambda: gateway.lookup(ctx, attempt.attempt_id), attempt.attempt_id)


async def resume_attempt(ctx: Context, payment_id: UUID) -> Attempt | None:
    """The payment's unsettled attempt, ours to call once more; None when it is settled."""
    async with ctx.transaction() as tx:
        return await repository.extend_call(
            tx, payment_id, ctx.now + model.CALL_MAY_LAST, model.OPEN_ATTEMPTS
        )


async def record_outcome(tx: Transaction, attempt: Attempt, outcome: Outcome) -> Payment:
    """The payment once the answer is written, or as it was when the answer changes nothing.

    What was captured or declined is announced with the same commit. One statement when it changes
    something.
    """
    states = (model.attempt_state(outcome.answer), model.payment_state(outcome.answer))
    open_states = [
        state
        for state in (*model.OPEN_ATTEMPTS, *model.REVISABLE_ATTEMPTS)
        if model.counts(state, outcome.answer)
    ]
    payment = await repository.settle_attempt(tx, attempt.attempt_id, outcome, states, open_states)
    if payment is None:
        return await payment_of(tx, attempt.payment_id)
    if payment.state == "captured":
        tx.publish(
            PaymentCaptured(
                payment_id=payment.payment_id,
                order_ref=payment.order_ref,
                amount=payment.captured,
            )
        )
    elif payment.state == "declined":
        tx.publish(
            PaymentDeclined(
                payment_id=payment.payment_id,
                order_ref=payment.order_ref,
                decline_code=outcome.code or outcome.answer,
            )
        )
    return payment


async def payment_of(reader: Reader, payment_id: UUID) -> Payment:
    """The payment.

    Raises:
        PaymentNotFound: this shop has no such payment.
    """
    payment = await repository.payment(reader, payment_id)
    if payment is None:
        raise PaymentNotFound(f"no payment {payment_id}")
    return payment


async def receive_callback(ctx: Context, gateway_name: str, signed: str) -> bool:
    """True when this is news; what the gateway said is written, once however often it says it.

    Raises:
        PaymentMethodUnknown: there is no such gateway.
        CallbackNotGenuine: the gateway did not sign this for this shop.
        PaymentNotFound: we never made such an attempt.
    """
    callback = await gateway_named(gateway_name).read_callback(ctx, signed)
    async with ctx.transaction() as tx:
        first = await repository.keep_callback(
            tx, gateway_name, callback.gateway_event_id, callback.attempt_id
        )
        if not first:
            return False
        attempt = await repository.attempt(tx, callback.attempt_id)
        if attempt is None:
            raise PaymentNotFound(f"no attempt {callback.attempt_id}")
        await record_outcome(tx, attempt, callback.outcome)
    return True


async def start_refund(
    tx: Transaction, payment_id: UUID, refund_id: UUID, amount: Money, reason: str
) -> None:
    """A refund is under way; its amount can be promised to no other. The gateway is asked later.

    Raises:
        PaymentNotFound: this shop has no such payment.
        RefundTooLarge: more than what is left.
    """
    payment = await repository.lock_payment(tx, payment_id)
    if payment is None:
        raise PaymentNotFound(f"no payment {payment_id}")
    model.check_refund(payment, amount)
    await repository.insert_refund(
        tx, refund_id, payment_id, amount, reason, tx.now + model.CALL_MAY_LAST
    )


async def send_refund(ctx: Context, refund_id: UUID) -> bool | None:
    """True when the money went back, False when it will not, None when that is not known yet.

    Safe to repeat: the refund's id keeps the gateway from giving the money back twice. The answer
    is written and announced before this returns.
    """
    refund = await repository.refund(ctx, refund_id)
    if refund is None:
        raise PaymentNotFound(f"no refund {refund_id}")
    if refund.state == "requested":
        return await _ask_for_refund(ctx, refund)
    return refund.state == "succeeded"


async def settle_due(ctx: Context) -> int:
    """Gateways were asked about all that hangs in the air; how many questions that took.

    Attempts no answer came for and refunds not yet confirmed. An attempt the gateway has never
    seen counts as declined: whoever was about to make it has died meanwhile.
    """
    attempts = await repository.due_attempts(ctx, ctx.now, ASKED_AT_ONCE)
    for attempt in attempts:
        await _ask_about_attempt(ctx, attempt)
    refunds = await repository.due_refunds(ctx, ctx.now, ASKED_AT_ONCE)
    for refund in refunds:
        await _ask_for_refund(ctx, refund)
    return len(attempts) + len(refunds)


async def deliver_test_callbacks(ctx: Context) -> int:
    """The test gateway has made the calls that are due; how many."""
    due = await test_gateway.due_callbacks(ctx)
    for signed in due:
        await receive_callback(ctx, TEST, signed)
    return len(due)


async def _ask_about_attempt(ctx: Context, attempt: Attempt) -> None:
    """The claim comes first: should the shopper's own retry call meanwhile, it outlives ours."""
    async with ctx.transaction() as tx:
        wait = model.wait_before_asking(attempt.asked_count)
        if not await repository.claim_attempt(tx, attempt, ctx.now + wait):
            return
    outcome = await look_up(ctx, attempt)
    if outcome.answer == "unknown":
        return
    async with ctx.transaction() as tx:
        if outcome.answer == "not_received" and not await _is_still_ours(
            tx, attempt, ctx.now + wait
        ):
            return
        await record_outcome(tx, attempt, outcome)


async def _is_still_ours(tx: Transaction, attempt: Attempt, claimed_until: object) -> bool:
    current = await repository.attempt(tx, attempt.attempt_id)
    return current is not None and current.call_until == claimed_until


async def _ask_for_refund(ctx: Context, refund: Refund) -> bool | None:
    async with ctx.transaction() as tx:
        wait = max(model.wait_before_asking(refund.asked_count), model.CALL_MAY_LAST)
        if not await repository.postpone_refund(tx, refund.refund_id, ctx.now + wait):
            return None
    gateway = gateway_named(refund.gateway)
    request = RefundRequest(
        refund_id=refund.refund_id, attempt_id=refund.attempt_id, amount=refund.amount
    )
    outcome = await _answered(lambda: gateway.refund(ctx, request), refund.refund_id)
    if outcome.answer not in ("approved", "declined"):
        return None
    succeeded = outcome.answer == "approved"
    async with ctx.transaction() as tx:
        settled = await repository.settle_refund(
            tx, refund.refund_id, "succeeded" if succeeded else "failed", outcome
        )
        if settled:
            tx.publish(_refund_event(refund, outcome, succeeded))
    return succeeded


def _refund_event(
    refund: Refund, outcome: Outcome, succeeded: bool
) -> RefundSucceeded | RefundFailed:
    if succeeded:
        return RefundSucceeded(
            refund_id=refund.refund_id,
            payment_id=refund.payment_id,
            order_ref=refund.order_ref,
            amount=refund.amount,
        )
    return RefundFailed(
        refund_id=refund.refund_id,
        payment_id=refund.payment_id,
        order_ref=refund.order_ref,
        amount=refund.amount,
        failure_code=outcome.code or "declined",
    )


async def _answered(call: Callable[[], Awaitable[Outcome]], subject: UUID) -> Outcome:
    """The gateway's answer, or `UNKNOWN` when it gave none in time."""
    try:
        async with asyncio.timeout(model.GATEWAY_DEADLINE_S):
            return await call()
    except (TimeoutError, ConnectionError) as silence:
        _log.warning("the gateway gave no answer", subject=str(subject), reason=str(silence))
        return model.UNKNOWN
