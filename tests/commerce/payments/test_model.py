"""Which answers count, and how long to wait before asking again."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.payments import Payment, RefundTooLarge, model
from galleria.commerce.payments.model import Answer, AttemptState
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money

ANSWERS = st.sampled_from(get_args(Answer))
AT = datetime(2026, 11, 20, tzinfo=UTC)


def payment(captured: int, refunding: int, refunded: int) -> Payment:
    return Payment(
        payment_id=new_id(),
        order_ref=new_id(),
        gateway="test",
        state="captured",
        amount=Money(captured, "EUR"),
        captured=Money(captured, "EUR"),
        refunding=Money(refunding, "EUR"),
        refunded=Money(refunded, "EUR"),
        created_at=AT,
        updated_at=AT,
    )


@given(st.lists(ANSWERS, max_size=12))
def test_whatever_a_gateway_says_in_whatever_order_an_approval_stays(answers: list[Answer]) -> None:
    state: AttemptState = "started"
    for answer in answers:
        if model.counts(state, answer):
            state = model.attempt_state(answer)
    assert (state == "approved") == ("approved" in answers)


def test_silence_concludes_nothing() -> None:
    assert model.payment_state("unknown") == model.payment_state("pending") == "unknown"
    assert model.payment_state("not_received") == "declined"
    assert not model.counts("approved", "declined")
    assert not model.counts("declined", "unknown")


@given(st.integers(0, 10_000))
def test_waiting_grows_to_an_hour_and_no_further(asked_count: int) -> None:
    wait = model.wait_before_asking(asked_count)
    assert timedelta(seconds=20) <= wait <= timedelta(hours=1)
    assert wait <= model.wait_before_asking(asked_count + 1)


@given(st.integers(1, 10**9), st.data())
def test_no_refund_passes_what_is_left(captured: int, data: st.DataObject) -> None:
    refunding = data.draw(st.integers(0, captured))
    refunded = data.draw(st.integers(0, captured - refunding))
    left = captured - refunding - refunded
    taken = payment(captured, refunding, refunded)
    assert model.refundable(taken) == Money(left, "EUR")
    model.check_refund(taken, Money(left, "EUR"))
    with pytest.raises(RefundTooLarge):
        model.check_refund(taken, Money(left + 1, "EUR"))
    with pytest.raises(RefundTooLarge):
        model.check_refund(taken, Money(left, "USD"))
