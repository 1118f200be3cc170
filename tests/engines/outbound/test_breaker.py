"""When a host is left alone, and when it gets another chance."""

import asyncio

import pytest

from galleria.engines.outbound import Breakers, OutboundPaused, OutboundUnreachable

HOST = (7, "shop.example", 443)


class Hand:
    """A clock wound by hand, in seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def in_time() -> bool:
    return False


def fail(breakers: Breakers, host: tuple[int, str, int] = HOST) -> None:
    with pytest.raises(OutboundUnreachable), breakers.attempt(host, in_time):
        raise OutboundUnreachable("down")


def test_failures_in_a_row_open_it_and_a_success_between_starts_afresh() -> None:
    breakers = Breakers(failures_to_open=3)
    for _ in range(3):
        fail(breakers)
        fail(breakers)
        with breakers.attempt(HOST, in_time):
            pass
    fail(breakers)
    fail(breakers)
    fail(breakers)
    with pytest.raises(OutboundPaused) as paused, breakers.attempt(HOST, in_time):
        pass
    assert paused.value.retry_after_s == 30


def test_it_is_open_for_its_tenant_host_and_port_only() -> None:
    breakers = Breakers(failures_to_open=1)
    fail(breakers)
    for other in ((8, HOST[1], 443), (7, "other.example", 443), (7, HOST[1], 80)):
        with breakers.attempt(other, in_time):
            pass


def test_after_the_pause_one_call_tries_and_its_success_closes_it() -> None:
    clock = Hand()
    breakers = Breakers(failures_to_open=1, pause_s=10, clock=clock)
    fail(breakers)
    clock.now = 10.1
    with (
        breakers.attempt(HOST, in_time),
        pytest.raises(OutboundPaused),
        breakers.attempt(HOST, in_time),
    ):
        pass
    with breakers.attempt(HOST, in_time), breakers.attempt(HOST, in_time):
        pass


def test_after_the_pause_one_failure_opens_it_again() -> None:
    clock = Hand()
    breakers = Breakers(failures_to_open=3, pause_s=10, clock=clock)
    for _ in range(3):
        fail(breakers)
    clock.now = 10.1
    fail(breakers)
    with pytest.raises(OutboundPaused), breakers.attempt(HOST, in_time):
        pass


def test_a_caller_who_goes_away_counts_for_nothing_but_a_missed_deadline_counts() -> None:
    clock = Hand()
    breakers = Breakers(failures_to_open=1, pause_s=10, clock=clock)
    with pytest.raises(asyncio.CancelledError), breakers.attempt(HOST, in_time):
        raise asyncio.CancelledError
    with pytest.raises(asyncio.CancelledError), breakers.attempt(HOST, lambda: True):
        raise asyncio.CancelledError
    with pytest.raises(OutboundPaused), breakers.attempt(HOST, in_time):
        pass
    # A cancelled try after the pause gives its place to the next one.
    clock.now = 10.1
    with pytest.raises(asyncio.CancelledError), breakers.attempt(HOST, in_time):
        raise asyncio.CancelledError
    with breakers.attempt(HOST, in_time):
        pass
