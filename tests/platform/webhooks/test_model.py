"""What webhooks decide without asking anybody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from galleria.platform.webhooks.errors import InvalidPosition, InvalidWebhook
from galleria.platform.webhooks.model import signing
from galleria.platform.webhooks.model.choosing import Condition, Operator, fulfils, selected
from galleria.platform.webhooks.model.deliveries import kept_body, kept_headers
from galleria.platform.webhooks.model.figures import CLASSES, class_of, quantile
from galleria.platform.webhooks.model.retrying import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MOST_TRIES,
    OPENS_AFTER,
    PAUSES_S,
    Health,
    Outcome,
    after,
    fate_of,
    pause_s,
)
from galleria.platform.webhooks.model.streaming import StreamPlace, read_place

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ORDER: dict[str, Any] = {
    "number": "1001",
    "total": {"amount_minor": 1200, "currency": "EUR"},
    "items": [{"variant_id": "a", "quantity": 1}, {"variant_id": "b", "quantity": 5}],
    "is_complete": True,
    "note": None,
}
OK, BAD = Outcome(status=200), Outcome(status=500)


@given(key=st.binary(min_size=24, max_size=64), body=st.binary(max_size=200))
def test_a_secret_is_read_back_and_its_signature_holds(key: bytes, body: bytes) -> None:
    secret = signing.secret_text(key)
    assert signing.key_of(secret) == key
    headers = signing.signed_headers("id", datetime.now(UTC), body, [b"x" * 32, key])
    assert headers["webhook-signature"].count("v1,") == 2
    receiver: Any = Webhook(secret)
    sent = b'{"a": 1}'
    headers = signing.signed_headers("id", datetime.now(UTC), sent, [b"x" * 32, key])
    assert receiver.verify(sent, headers) == {"a": 1}


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!!", "whsec_QUJD", "QUJD" * 10])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(InvalidWebhook):
        signing.key_of(secret)


@pytest.mark.parametrize(
    ("path", "operator", "values", "is_so"),
    [
        ("number", "is", ["1001", "1002"], True),
        ("number", "is", [1001], False),
        ("number", "is_not", ["1002"], True),
        ("total.amount_minor", "at_least", [1200], True),
        ("total.amount_minor", "at_least", [1201], False),
        ("total.amount_minor", "at_most", [1200], True),
        ("total.amount_minor", "at_most", ["1200"], False),
        ("items.variant_id", "is", ["b"], True),
        ("items.variant_id", "is_not", ["b"], False),
        ("items.quantity", "at_least", [5], True),
        ("is_complete", "is", [True], True),
        ("is_complete", "is", [1], False),
        ("is_complete", "at_least", [0], False),
        ("note", "is", [None], True),
        ("nothing.there", "is", [None], True),
        ("number", "has", ["00"], True),
        ("number", "has", ["x", None], False),
        ("number", "at_least", ["1000"], True),
    ],
)
def test_a_condition_holds_or_not(
    path: str, operator: Operator, values: list[Any], is_so: bool
) -> None:
    assert fulfils(ORDER, [Condition(path=path, operator=operator, values=values)]) is is_so


def test_all_conditions_have_to_hold() -> None:
    yes = Condition(path="number", operator="is", values=["1001"])
    no = Condition(path="number", operator="is", values=["1"])
    assert fulfils(ORDER, [])
    assert not fulfils(ORDER, [yes, no])


def test_chosen_fields_are_all_that_is_sent() -> None:
    assert selected(ORDER, []) == ORDER
    assert selected(ORDER, ["total.amount_minor", "items.variant_id", "gone"]) == {
        "total": {"amount_minor": 1200},
        "items": [{"variant_id": "a"}, {"variant_id": "b"}],
    }
    assert selected(ORDER, ["total", "total.currency"]) == {"total": ORDER["total"]}
    assert selected(ORDER, ["number.nothing"]) == {"number": "1001"}


@given(luck=st.floats(0, 1))
def test_the_pauses_make_some_three_days(luck: float) -> None:
    total = sum(pause_s(BAD, tries, luck) for tries in range(1, MOST_TRIES))
    assert timedelta(days=2.4) < timedelta(seconds=total) < timedelta(days=3.8)
    assert sum(PAUSES_S) / 86_400 == pytest.approx(3.15, abs=0.1)


def test_retry_after_is_the_least_and_a_day_the_most() -> None:
    assert pause_s(Outcome(status=429, retry_after_s=600), 1, 0.5) == 600
    assert pause_s(Outcome(status=429, retry_after_s=10**8), 1, 0.5) == 86_400
    assert pause_s(Outcome(status=429, retry_after_s=1), 2, 0.5) == 300


def test_what_becomes_of_a_delivery() -> None:
    assert fate_of(OK, 1) == fate_of(Outcome(status=204), 9) == "delivered"
    assert fate_of(Outcome(status=302), 1) == fate_of(Outcome(status=None), 9) == "again"
    assert fate_of(BAD, MOST_TRIES) == fate_of(Outcome(status=410), 1) == "failed"


def test_failures_in_a_row_open_the_breaker_for_longer_each_time() -> None:
    health = Health()
    for _ in range(OPENS_AFTER - 1):
        health = after(health, BAD, NOW, 0.5)
    assert not health.is_open(NOW)
    health = after(health, BAD, NOW, 0.5)
    assert health.open_until == NOW + timedelta(seconds=FIRST_PAUSE_S)
    assert health.is_tripped
    later = after(health, BAD, NOW, 0.5)
    assert later.open_until == health.open_until, "one that was under way already"
    at, waits = NOW, []
    for _ in range(8):
        assert health.open_until is not None
        at = health.open_until
        health = after(health, BAD, at, 0.5)
        assert health.open_until is not None
        waits.append((health.open_until - at).total_seconds())
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (60, LONGEST_PAUSE_S)
    assert health.failing_since == NOW
    well = after(health, OK, at, 0.5)
    assert (well.failures_in_row, well.trips, well.open_until) == (0, 0, None)
    assert well.failing_since is None


def test_who_asks_for_time_is_left_alone_as_a_whole() -> None:
    health = after(Health(), Outcome(status=429, retry_after_s=60), NOW, 0.5)
    assert health.open_until == NOW + timedelta(seconds=60)
    assert after(Health(), Outcome(status=400, retry_after_s=60), NOW, 0.5).open_until is None


def test_headers_that_open_something_are_not_kept() -> None:
    kept = kept_headers({"Set-Cookie": "a=b", "server": "x" * 9_000, "authorization": "Basic"})
    assert kept["Set-Cookie"] == kept["authorization"] == "(not kept)"
    assert len(kept["server"]) == 500
    assert len(kept_headers({f"h{at}": "" for at in range(99)})) == 30


def test_an_answer_is_kept_as_text_whatever_it_is() -> None:
    assert kept_body(b"a\x00b\xff") == "a\ufffdb\ufffd"
    assert len(kept_body(b"x" * 100_000)) == 4_096


def test_latencies_are_counted_by_classes() -> None:
    assert (class_of(0), class_of(5), class_of(6), class_of(99_999)) == (0, 0, 1, CLASSES - 1)
    counts = [0] * CLASSES
    assert quantile(counts, 0.5) is None
    counts[2], counts[-1] = 98, 2
    assert (quantile(counts, 0.5), quantile(counts, 0.99)) == (20, 30_000)


def test_a_position_is_read_back_and_nothing_else_is() -> None:
    place = StreamPlace(1, 22, 333, 1_760_000_000)
    assert read_place(place.text) == place
    for text in ("", "1.2.3", "1.2.3.x", "1.2.3.4.5", "-1.2.3.4", f"{2**31}.1.1.1", "1.2.3.\u0664"):
        with pytest.raises(InvalidPosition):
            read_place(text)
