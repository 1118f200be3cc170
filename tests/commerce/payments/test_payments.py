"""Money is asked for once, whatever the gateway does; its books prove it."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from galleria.commerce import payments
from galleria.commerce.payments import service
from galleria.commerce.payments.adapters.test_gateway import TestGateway, sign_callback
from galleria.commerce.payments.events import PaymentCaptured, PaymentDeclined, RefundSucceeded
from galleria.commerce.payments.ports import Callback
from galleria.commerce.payments.repository.gateway_books import BooksInRows
from galleria.commerce.payments.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.errors import NotFound
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from tests.commerce.payments.books import charged_minor, given_back_minor, requests_for
from tests.platform.conftest import client_of, later

PRICE = Money(4990, "EUR")


async def opened(ctx: Context, amount: Money = PRICE) -> payments.Attempt:
    async with ctx.transaction() as tx:
        return await payments.open_payment(tx, new_id(), amount, "test")


async def asked(ctx: Context, attempt: payments.Attempt, card: str) -> payments.Payment:
    outcome = await payments.authorize(ctx, attempt, card)
    async with ctx.transaction() as tx:
        return await payments.record_outcome(tx, attempt, outcome)


async def paid(ctx: Context, card: str = "tok_approve") -> payments.Payment:
    return await asked(ctx, await opened(ctx), card)


async def tags(ctx: Context) -> list[str]:
    rows = await ctx.read("SELECT tag FROM event_log.outbox WHERE tenant_id = $1 ORDER BY sequence")
    return [row["tag"] for row in rows]


async def state_of(ctx: Context, payment_id: UUID) -> str:
    return (await payments.payment_of(ctx, payment_id)).state


async def test_an_approved_payment_is_captured_and_announced_once(ctx: Context) -> None:
    attempt = await opened(ctx)
    payment = await asked(ctx, attempt, "tok_approve")
    assert (payment.state, payment.captured) == ("captured", PRICE)
    again = await asked(ctx, attempt, "tok_approve")
    assert again == payment
    assert await charged_minor(ctx) == PRICE.amount_minor
    assert await requests_for(ctx, attempt.attempt_id) == 2
    assert await tags(ctx) == [PaymentCaptured.TAG]


async def test_a_declined_payment_takes_nothing_and_says_so(ctx: Context) -> None:
    payment = await paid(ctx, "tok_decline")
    assert (payment.state, payment.captured.amount_minor) == ("declined", 0)
    assert await charged_minor(ctx) == 0
    assert await tags(ctx) == [PaymentDeclined.TAG]


async def test_a_gateway_that_gives_no_answer_is_asked_later(ctx: Context) -> None:
    payment = await paid(ctx, "tok_timeout")
    assert payment.state == "unknown"
    assert await payments.settle_due(ctx) == 0, "too early: the call might be under way"
    assert await payments.settle_due(later(ctx, seconds=61)) == 1
    assert await state_of(ctx, payment.payment_id) == "captured"
    assert await payments.settle_due(later(ctx, seconds=3600)) == 0
    assert await charged_minor(ctx) == PRICE.amount_minor
    assert await tags(ctx) == [PaymentCaptured.TAG]


async def test_a_request_that_never_arrived_counts_as_declined_when_nobody_repeats_it(
    ctx: Context,
) -> None:
    payment = await paid(ctx, "tok_lost")
    assert payment.state == "unknown"
    assert await payments.settle_due(later(ctx, seconds=61)) == 1
    assert await state_of(ctx, payment.payment_id) == "declined"
    assert await charged_minor(ctx) == 0


async def test_a_process_that_died_before_the_call_leaves_nothing_hanging(ctx: Context) -> None:
    attempt = await opened(ctx)
    assert await payments.settle_due(later(ctx, seconds=61)) == 1
    assert await state_of(ctx, attempt.payment_id) == "declined"


async def test_a_process_that_died_after_the_call_is_caught_up_with(ctx: Context) -> None:
    attempt = await opened(ctx)
    await payments.authorize(ctx, attempt, "tok_approve")
    assert await payments.settle_due(later(ctx, seconds=61)) == 1
    assert await state_of(ctx, attempt.payment_id) == "captured"


async def test_a_retry_that_calls_now_is_not_overtaken_by_the_schedule(ctx: Context) -> None:
    attempt = await opened(ctx)
    retry = later(ctx, seconds=59)
    resumed = await payments.resume_attempt(retry, attempt.payment_id)
    assert resumed is not None
    assert await payments.settle_due(later(ctx, seconds=61)) == 0, "the retry has its own minute"
    assert (await asked(retry, resumed, "tok_approve")).state == "captured"
    assert await payments.resume_attempt(retry, attempt.payment_id) is None


class BusyGateway(TestGateway):
    """Is asked about an attempt at the very moment at which a shopper's retry takes it up."""

    async def lookup(self, ctx: Context, attempt_id: UUID) -> payments.Outcome:
        payment_id = await ctx.read_value(
            "SELECT payment_id FROM payments.payment_attempt"
            " WHERE tenant_id = $1 AND attempt_id = $2",
            attempt_id,
        )
        assert await payments.resume_attempt(ctx, payment_id)
        return payments.Outcome(answer="not_received")


async def test_nothing_is_concluded_from_an_answer_that_a_retry_has_overtaken(
    ctx: Context,
) -> None:
    service.GATEWAYS["busy"] = BusyGateway(BooksInRows())
    async with ctx.transaction() as tx:
        attempt = await payments.open_payment(tx, new_id(), PRICE, "busy")
    await payments.settle_due(later(ctx, seconds=61))
    del service.GATEWAYS["busy"]
    assert await state_of(ctx, attempt.payment_id) == "created"


async def test_an_approval_after_we_gave_up_is_believed(ctx: Context) -> None:
    attempt = await opened(ctx)
    await payments.settle_due(later(ctx, seconds=61))
    assert await state_of(ctx, attempt.payment_id) == "declined"
    payment = await asked(ctx, attempt, "tok_approve")
    assert payment.state == "captured"
    assert await tags(ctx) == [PaymentDeclined.TAG, PaymentCaptured.TAG]


async def test_twenty_processes_asking_at_once_charge_once(ctx: Context) -> None:
    attempt = await opened(ctx)

    async def one() -> str:
        mine = ctx.for_tenant(ctx.tenant)
        return (await asked(mine, attempt, "tok_approve")).state

    assert set(await asyncio.gather(*(one() for _ in range(20)))) == {"captured"}
    assert await charged_minor(ctx) == PRICE.amount_minor
    assert await requests_for(ctx, attempt.attempt_id) == 20
    assert await tags(ctx) == [PaymentCaptured.TAG]


async def test_a_callback_that_comes_twice_is_heard_once(ctx: Context) -> None:
    payment = await paid(ctx, "tok_twice")
    (first, second) = await payments.test_gateway.due_callbacks(ctx)
    assert await payments.receive_callback(ctx, "test", first) is True
    assert await payments.receive_callback(ctx, "test", second) is False
    assert await payments.test_gateway.due_callbacks(ctx) == []
    assert await state_of(ctx, payment.payment_id) == "captured"
    assert await tags(ctx) == [PaymentCaptured.TAG]


async def test_a_late_callback_brings_the_money(ctx: Context) -> None:
    payment = await paid(ctx, "tok_late")
    assert payment.state == "unknown"
    assert await payments.deliver_test_callbacks(ctx) == 0
    assert await payments.deliver_test_callbacks(later(ctx, seconds=5)) == 1
    assert await state_of(ctx, payment.payment_id) == "captured"


async def test_a_callback_is_believed_only_from_the_gateway_and_for_this_shop(
    ctx: Context, another_ctx: Context
) -> None:
    attempt = await opened(ctx)
    callback = Callback(
        gateway_event_id="e1",
        attempt_id=attempt.attempt_id,
        outcome=payments.Outcome(answer="approved"),
    )
    genuine = await sign_callback(ctx, callback)
    foreign = await sign_callback(another_ctx, callback)
    moved = f"{ctx.tenant.tenant_id}.{foreign.partition('.')[2]}"
    for forged in (genuine[:-4] + "AAA=", foreign, moved, "", "1.", "x", f"{genuine}A"):
        with pytest.raises(payments.CallbackNotGenuine):
            await payments.receive_callback(ctx, "test", forged)
    with pytest.raises(payments.CallbackNotGenuine):
        await payments.receive_callback(another_ctx, "test", genuine)
    with pytest.raises(NotFound):
        await payments.receive_callback(another_ctx, "test", foreign)
    assert await state_of(ctx, attempt.payment_id) == "created"


async def test_the_callback_over_http(ctx: Context) -> None:
    await paid(ctx, "tok_late")
    now = later(ctx, seconds=5)
    (signed,) = await payments.test_gateway.due_callbacks(now)
    async with client_of(ROOM.routes, now) as client:
        url = "/store/v1/payments/test/callback"
        first = await client.post(url, json={"token": signed})
        assert (first.status_code, first.json()) == (200, {"is_news": True}), first.text
        again = await client.post(url, json={"token": signed})
        assert (again.status_code, again.json()) == (200, {"is_news": False})
        forged = await client.post(url, json={"token": f"{ctx.tenant.tenant_id}.AAAA"})
        assert (forged.status_code, forged.json()["code"]) == (422, "callback_not_genuine")


async def test_what_was_taken_goes_back_in_parts_but_never_more(ctx: Context) -> None:
    payment = await paid(ctx)

    async def refund(amount_minor: int) -> bool | None:
        refund_id = new_id()
        async with ctx.transaction() as tx:
            await payments.start_refund(
                tx, payment.payment_id, refund_id, Money(amount_minor, "EUR"), "sorry"
            )
        assert await payments.send_refund(ctx, refund_id) is True
        return await payments.send_refund(ctx, refund_id)

    assert await refund(1000) is True
    assert await state_of(ctx, payment.payment_id) == "partly_refunded"
    with pytest.raises(payments.RefundTooLarge):
        await refund(3991)
    assert await refund(3990) is True
    assert await state_of(ctx, payment.payment_id) == "refunded"
    assert await given_back_minor(ctx) == PRICE.amount_minor
    assert (await tags(ctx)).count(RefundSucceeded.TAG) == 2


async def test_refunds_at_once_cannot_share_the_same_rest(ctx: Context) -> None:
    payment = await paid(ctx)

    async def one() -> bool:
        mine = ctx.for_tenant(ctx.tenant)
        refund_id = new_id()
        try:
            async with mine.transaction() as tx:
                await payments.start_refund(
                    tx, payment.payment_id, refund_id, Money(1000, "EUR"), ""
                )
        except payments.RefundTooLarge:
            return False
        return await payments.send_refund(mine, refund_id) is True

    results = await asyncio.gather(*(one() for _ in range(10)))
    assert sum(results) == 4
    assert await given_back_minor(ctx) == 4000


async def test_a_refund_nobody_sent_is_sent_by_the_schedule(ctx: Context) -> None:
    payment = await paid(ctx)
    async with ctx.transaction() as tx:
        await payments.start_refund(tx, payment.payment_id, new_id(), PRICE, "")
    assert await payments.settle_due(ctx) == 0
    assert await payments.settle_due(later(ctx, seconds=61)) == 1
    assert await state_of(ctx, payment.payment_id) == "refunded"
    assert await payments.settle_due(later(ctx, days=1)) == 0


async def test_a_second_shop_sees_nothing_of_the_first(ctx: Context, another_ctx: Context) -> None:
    attempt = await opened(ctx)
    with pytest.raises(payments.PaymentNotFound):
        await payments.payment_of(another_ctx, attempt.payment_id)
    assert await payments.resume_attempt(another_ctx, attempt.payment_id) is None
    assert await payments.settle_due(later(another_ctx, days=1)) == 0
    async with another_ctx.transaction() as tx:
        with pytest.raises(payments.PaymentNotFound):
            await payments.start_refund(tx, attempt.payment_id, new_id(), PRICE, "")
    async with another_ctx.transaction() as tx:
        with pytest.raises(payments.PaymentNotFound):
            await payments.record_outcome(tx, attempt, payments.Outcome(answer="approved"))


async def test_what_no_gateway_offers_is_refused(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        with pytest.raises(payments.PaymentMethodUnknown):
            await payments.open_payment(tx, new_id(), PRICE, "gold")


async def test_no_card_token_of_a_shopper_is_kept_in_our_rows(ctx: Context) -> None:
    await paid(ctx, "tok_approve")
    for table in ("payment", "payment_attempt"):
        rows = await ctx.read(
            f"SELECT t::text AS text FROM payments.{table} AS t WHERE tenant_id = $1"
        )
        assert rows
        assert not any("tok_approve" in row["text"] for row in rows)


def test_an_outcome_waits_no_longer_than_a_call_may_last() -> None:
    assert timedelta(seconds=2 * payments.model.GATEWAY_DEADLINE_S) < payments.model.CALL_MAY_LAST
