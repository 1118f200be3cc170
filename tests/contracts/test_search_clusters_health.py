"""When a cluster is left alone, how long one is expected to take, and who is whole by the marks."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.search_index.clusters import ClusterPolicy
from galleria.engines.search_index.clusters.asking import ExtraQuestions
from galleria.engines.search_index.clusters.breaker import Breaker
from galleria.engines.search_index.clusters.latency import FEWEST_SAMPLES, MOST_SAMPLES, Latencies
from galleria.engines.search_index.clusters.marks import Mark, mark_in, standing, text_of

NAMES = ("a", "b", "c")


class Clock:
    """A time that the test decides."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        """The time now."""
        return self.now_s


class LastChance(Random):
    """Draws the longest pause."""

    def uniform(self, a: float, b: float) -> float:
        """The upper bound."""
        return max(a, b)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def breaker_of(clock: Clock, **policy: Any) -> Breaker:
    """A breaker whose pauses are a fifth longer than said: 1.2 s, then 2.4 s and so on."""
    return Breaker(ClusterPolicy(**policy), clock, LastChance())


def opened(breaker: Breaker) -> Breaker:
    """The breaker after five failures in a row."""
    for _ in range(5):
        breaker.failed(is_try=breaker.begin())
    return breaker


def test_failures_in_a_row_open_a_breaker_and_one_success_between_them_does_not(
    clock: Clock,
) -> None:
    breaker = breaker_of(clock)
    for _ in range(3):
        for _ in range(4):
            breaker.failed(is_try=breaker.begin())
        breaker.succeeded(is_try=breaker.begin())
    assert breaker.is_closed
    assert not opened(breaker).is_closed


def test_a_share_of_failures_opens_a_breaker_once_there_are_twenty_questions(
    clock: Clock,
) -> None:
    breaker = breaker_of(clock)
    for number in range(19):
        breaker.begin()
        (breaker.failed if number % 2 else breaker.succeeded)(is_try=False)
    assert breaker.is_closed
    breaker.failed(is_try=breaker.begin())
    assert not breaker.is_closed


def test_after_the_pause_one_question_at_a_time_tries_and_two_good_ones_close_it(
    clock: Clock,
) -> None:
    breaker = opened(breaker_of(clock))
    assert not breaker.wants_a_try
    assert breaker.left_s == pytest.approx(1.2)
    clock.now_s += 1.21
    assert breaker.wants_a_try
    assert breaker.begin()
    assert not breaker.wants_a_try
    breaker.succeeded(is_try=True)
    assert not breaker.is_closed
    assert breaker.wants_a_try
    breaker.succeeded(is_try=breaker.begin())
    assert breaker.is_closed
    for _ in range(4):
        breaker.failed(is_try=breaker.begin())
    assert breaker.is_closed


def test_each_try_that_fails_doubles_the_pause_up_to_the_longest(clock: Clock) -> None:
    breaker = opened(breaker_of(clock, longest_pause_s=5.0))
    pauses_s = []
    for _ in range(5):
        pauses_s.append(round(breaker.left_s / 1.2, 6))
        clock.now_s += breaker.left_s + 0.001
        breaker.failed(is_try=breaker.begin())
    assert pauses_s == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_try_that_proves_nothing_waits_for_another_pause_of_the_same_length(
    clock: Clock,
) -> None:
    breaker = opened(breaker_of(clock))
    clock.now_s += 1.21
    breaker.left(is_try=breaker.begin())
    assert not breaker.wants_a_try
    assert breaker.left_s == pytest.approx(1.2)


def test_answers_from_before_it_opened_neither_close_nor_prolong_it(clock: Clock) -> None:
    breaker = opened(breaker_of(clock))
    breaker.failed(is_try=False)
    breaker.succeeded(is_try=False)
    breaker.left(is_try=False)
    assert not breaker.is_closed
    assert breaker.left_s == pytest.approx(1.2)


@given(seed=st.integers(0, 10**6))
def test_pauses_differ_by_a_fifth_at_most(seed: int) -> None:
    clock = Clock()
    breaker = opened(Breaker(ClusterPolicy(pause_s=10.0), clock, Random(seed)))  # noqa: S311
    assert 8.0 <= breaker.left_s <= 12.0


def test_the_expected_latency_follows_the_last_answers_and_is_forgotten_when_idle(
    clock: Clock,
) -> None:
    latencies = Latencies(clock)
    assert (latencies.is_known, latencies.expected_s) == (False, 0.02)
    latencies.took(0.1)
    assert latencies.expected_s == pytest.approx(0.1)
    for _ in range(30):
        latencies.took(0.01)
    assert 0.01 <= latencies.expected_s < 0.011
    clock.now_s += 5.0
    assert latencies.expected_s == pytest.approx(0.005, rel=0.1)


def test_an_answer_not_waited_for_counts_only_when_it_is_later_than_expected(
    clock: Clock,
) -> None:
    latencies = Latencies(clock)
    latencies.took(0.05)
    latencies.given_up(0.001)
    assert latencies.expected_s == pytest.approx(0.05)
    latencies.given_up(0.1)
    assert latencies.expected_s == pytest.approx(0.06)


@given(taken_ms=st.lists(st.integers(1, 1000), min_size=FEWEST_SAMPLES, max_size=400))
def test_a_share_of_the_last_answers_came_within_its_quantile(taken_ms: list[int]) -> None:
    latencies = Latencies(Clock())
    for each in taken_ms:
        latencies.took(each / 1000)
    quantile_s = latencies.quantile_s(0.95)
    assert quantile_s is not None
    # Up to 16 answers later it is looked at anew.
    seen = taken_ms[-MOST_SAMPLES - 16 :]
    assert min(seen) / 1000 <= quantile_s <= max(seen) / 1000


def test_the_quantile_of_a_hundred_answers_is_the_one_that_nineteen_of_twenty_keep(
    clock: Clock,
) -> None:
    latencies = Latencies(clock)
    for each in range(1, FEWEST_SAMPLES):
        latencies.took(each / 1000)
        assert latencies.quantile_s(0.95) is None
    latencies = Latencies(clock)
    for each in range(100, 0, -1):
        latencies.took(each / 1000)
    assert latencies.quantile_s(0.95) == 0.096
    assert latencies.quantile_s(0.5) == 0.051


@given(coming=st.lists(st.booleans(), max_size=500))
def test_extra_questions_never_exceed_their_share_and_what_was_saved_up(
    coming: list[bool],
) -> None:
    extra = ExtraQuestions(ClusterPolicy(extra_share=0.05, extra_at_once=3))
    taken = 0
    for is_slow in coming:
        extra.earn()
        taken += is_slow and extra.take()
    assert taken <= 3 + 0.05 * len(coming)


def test_a_mark_is_read_as_it_was_written_and_nothing_else_is_one() -> None:
    mark = Mark(7, 6, NAMES, True)
    assert mark_in(text_of(mark)) == mark
    assert mark_in(None) is None
    assert mark_in("7") is None
    assert mark_in("{") is None
    longest = Mark(2**53, 2**53, tuple(f"{number}" * 40 for number in range(8)), True)
    assert len(text_of(longest)) < 2000


def test_while_a_commit_is_under_way_all_its_members_are_whole() -> None:
    found = {"a": Mark(8, 7, NAMES), "b": Mark(7, 6, NAMES), "c": Mark(8, 7, NAMES)}
    assert standing(NAMES, found) == (frozenset(NAMES), found["a"], False)


def test_who_is_not_in_the_latest_mark_is_not_whole() -> None:
    found = {"a": Mark(9, 8, ("a", "c")), "b": Mark(8, 7, NAMES), "c": Mark(8, 7, NAMES)}
    assert standing(NAMES, found) == (frozenset("ac"), found["a"], False)


def test_a_member_that_stands_lower_than_all_did_is_not_whole_and_makes_doubtful() -> None:
    """It may have been restored from a copy, or made afresh."""
    for low in (Mark(5, 4, NAMES), None):
        found = {"a": Mark(8, 7, NAMES), "b": low, "c": Mark(8, 7, NAMES)}
        assert standing(NAMES, found) == (frozenset("ac"), found["a"], True)


def test_a_member_that_cannot_be_read_makes_doubtful_and_another_cluster_does_not() -> None:
    alone = {"b": Mark(8, 7, ("a", "b"))}
    assert standing(NAMES, alone) == (frozenset("b"), alone["b"], True)
    both = alone | {"a": Mark(8, 7, ("a", "b"))}
    assert standing(NAMES, both).is_doubtful is False


def test_a_doubt_stays_until_a_mark_without_it() -> None:
    found = {"a": Mark(8, 7, ("a",), True), "b": None, "c": None}
    assert standing(NAMES, found).is_doubtful
    assert not standing(NAMES, found | {"a": Mark(9, 8, ("a",))}).is_doubtful


def test_without_any_mark_the_first_cluster_is_believed() -> None:
    assert standing(NAMES, dict.fromkeys(NAMES)) == (frozenset("a"), None, False)
    assert standing(NAMES, {"b": None, "c": None}) == (frozenset("b"), None, True)


def test_clusters_that_bear_other_names_now_are_not_all_lost() -> None:
    found = {"a": Mark(8, 7, ("x", "y")), "b": Mark(7, 6, ("x", "y"))}
    assert standing(("a", "b"), found) == (frozenset("a"), found["a"], True)


def test_a_cluster_that_was_taken_out_of_the_list_makes_nothing_doubtful() -> None:
    found = {"a": Mark(8, 7, NAMES), "b": Mark(8, 7, NAMES)}
    assert standing(("a", "b"), found) == (frozenset("ab"), found["a"], False)
