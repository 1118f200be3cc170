"""What shoppers notice when one of several clusters is slow or dead: nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path
from time import monotonic

import pytest

from galleria.engines.search_index import (
    SearchOverloaded,
    SearchPageTooDeep,
    SearchTimeout,
    SearchUnavailable,
)
from galleria.engines.search_index.clusters import ClusteredSearch, ClusterPolicy
from tests.contracts.search_clusters import Fleet, Times, fill, found, opened, states
from tests.contracts.search_shops import question
from tests.delays import delays_of_the_machine

REFUSED = SearchUnavailable("connection refused")
QUICK = ClusterPolicy(pause_s=0.2)
SLOW_S = 0.4
PATIENT_S = 20.0  # a machine that stands still for a moment makes no cluster a failing one


@pytest.fixture
async def fleet(tmp_path: Path) -> Fleet:
    """Two clusters that hold the same product."""
    fleet = Fleet(tmp_path, ["east", "west"])
    await fill(fleet, "tea")
    return fleet


@pytest.fixture
async def search(fleet: Fleet) -> AsyncIterator[ClusteredSearch]:
    """The clusters, warm: what they usually take is known."""
    async with opened(fleet, policy=QUICK) as search:
        await asked(search, 60)
        fleet.forget()
        yield search


async def asked(
    search: ClusteredSearch, questions: int, *, at_once: int = 4, deadline_s: float = PATIENT_S
) -> Times:
    """So many questions, some of them at the same time; every one has its answer."""
    times = Times()
    left = iter(range(questions))

    async def ask_on() -> None:
        for _ in left:
            assert (await times.ask(search, deadline_s=deadline_s)).total == 1

    await asyncio.gather(*(ask_on() for _ in range(at_once)))
    return times


async def asked_until(search: ClusteredSearch, state: str, *, at_once: int = 4) -> None:
    """Questions until the first cluster is in this state; each of them has its answer."""
    began_s = monotonic()
    while (await states(search))["east"] != state:
        await asked(search, 4, at_once=at_once)
        assert monotonic() - began_s < 10


async def extra(search: ClusteredSearch) -> int:
    """How many questions were asked a second time so far."""
    return sum(each.extra for each in await search.cluster_status())


def now_and_then() -> Callable[[], float]:
    """Three of a hundred answers are slow."""
    answers = count(1)
    return lambda: SLOW_S if next(answers) % 33 == 0 else 0.0


async def test_slow_answers_are_overtaken_by_a_second_question(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for each in fleet.faults.values():
        each.delay_s = now_and_then()
    before = await extra(search)
    with delays_of_the_machine() as delayed_s:
        overtaken = await asked(search, 600)
        assert overtaken.share_s(0.99) < SLOW_S / 2 + delayed_s()
    more = await extra(search) - before
    assert 10 <= more <= 600 * 0.05 + 10

    patient = ClusterPolicy(extra_share=0.0, extra_at_once=0)
    async with opened(fleet, policy=patient) as waiting:
        assert (await asked(waiting, 600)).share_s(0.99) >= SLOW_S


async def test_clusters_that_are_all_slow_get_little_more_to_do(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for each in fleet.faults.values():
        each.delay_s = lambda: 0.1
    before = await extra(search)
    await asked(search, 200, at_once=20)
    assert await extra(search) - before <= 200 * 0.05 + 10


async def test_a_cluster_that_turns_slow_is_left_by_the_questions(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].delay_s = lambda: 0.2
    with delays_of_the_machine() as delayed_s:
        times = await asked(search, 300)
        assert times.share_s(0.95) < 0.1 + delayed_s()
    assert fleet.asked["east"] < 60


async def test_a_dead_cluster_is_not_noticed_and_soon_left_alone(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].error = REFUSED
    began_s = monotonic()
    await asked_until(search, "broken")
    await asked(search, 200)
    # Five failures in a row, with as many at once as we ask, and a try in each pause.
    assert fleet.asked["east"] <= 5 + 3 + (monotonic() - began_s) / 0.16
    assert await states(search) == {"east": "broken", "west": "serving"}
    east = (await search.cluster_status())[0]
    assert east.failures == fleet.asked["east"]
    assert east.last_error == "connection refused"


async def test_a_cluster_that_comes_back_is_asked_again(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].error = REFUSED
    await asked_until(search, "broken")
    fleet.faults["east"].error = None
    await asked_until(search, "serving")
    fleet.forget()
    fleet.faults["west"].delay_s = lambda: 0.05
    await asked(search, 100)
    assert fleet.asked["east"] > 50


async def test_a_cluster_that_fails_every_other_question_is_left_alone(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    answers = 0

    def every_other() -> float:
        nonlocal answers
        answers += 1
        fleet.faults["east"].error = REFUSED if answers % 2 else None
        return 0.0

    fleet.faults["east"].delay_s = every_other
    fleet.faults["west"].delay_s = lambda: 0.03  # so that it is the other one that is asked first
    # One after another: of several at once those that fail are through first, in a row.
    await asked_until(search, "broken", at_once=1)
    assert fleet.asked["east"] >= 20


async def test_a_cluster_that_is_gone_without_a_word_costs_no_answer(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].is_gone = True
    with delays_of_the_machine() as delayed_s:
        times = await asked(search, 300, at_once=30, deadline_s=4.0)
        assert (await states(search))["east"] == "broken"
        # At most half the time for those that were under way, and a moment for the tries.
        assert max(times.taken_s) < 3.6 + delayed_s()
        assert times.share_s(0.8) < 0.3 + delayed_s()
    # It is tried again and again, and each time another answer comes first.
    fleet.forget()
    began_s = monotonic()
    # For a second, or on a slow machine until it has been tried twice.
    while (took_s := monotonic() - began_s) < 1.0 or (fleet.asked["east"] < 2 and took_s < 15.0):
        await asked(search, 4)
    assert 2 <= fleet.asked["east"] <= 6 * took_s
    fleet.faults["east"].is_gone = False
    await asked_until(search, "serving")


async def test_when_all_clusters_are_broken_questions_are_refused_at_once(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for each in fleet.faults.values():
        each.error = REFUSED
    for _ in range(8):
        with pytest.raises(SearchUnavailable):
            await found(search)
    assert await states(search) == {"east": "broken", "west": "broken"}
    fleet.forget()
    with delays_of_the_machine() as delayed_s:
        began_s = monotonic()
        with pytest.raises(SearchUnavailable) as refused:
            await found(search)
        assert monotonic() - began_s < 0.1 + delayed_s()
    assert fleet.asked == {"east": 0, "west": 0}
    assert refused.value.retry_after_s == 1
    assert not isinstance(refused.value, SearchOverloaded)
    for each in fleet.faults.values():
        each.error = None
    await asyncio.sleep(0.25)
    assert await found(search) == ["tea"]


async def test_an_error_that_no_engine_should_raise_leads_to_another_cluster_too(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].error = RuntimeError("a connection in a wrong state")
    await asked_until(search, "broken")
    fleet.faults["west"].error = KeyError("took")
    with pytest.raises((KeyError, SearchUnavailable)):
        await found(search)


@pytest.mark.parametrize("deadline_s", [0.4, 1.0])
async def test_a_deadline_is_kept_whatever_happens(
    search: ClusteredSearch, fleet: Fleet, deadline_s: float
) -> None:
    for each in fleet.faults.values():
        each.is_gone = True
    with delays_of_the_machine() as delayed_s:
        began_s = monotonic()
        with pytest.raises(SearchTimeout):
            await search.search(1, question(), deadline_s=deadline_s)
        assert deadline_s * 0.9 < monotonic() - began_s < deadline_s * 1.1 + delayed_s()


async def test_a_deadline_holds_for_the_first_question_of_a_process_too(fleet: Fleet) -> None:
    for each in fleet.faults.values():
        each.is_gone = True
    async with opened(fleet) as search:
        with delays_of_the_machine() as delayed_s:
            began_s = monotonic()
            with pytest.raises(SearchUnavailable):
                await search.search(1, question(), deadline_s=0.5)
            assert monotonic() - began_s < 0.55 + delayed_s()


async def test_who_is_in_a_hurry_has_no_cluster_left_alone(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for each in fleet.faults.values():
        each.delay_s = lambda: 0.1
    for _ in range(20):
        with pytest.raises(SearchTimeout):
            await search.search(1, question(), deadline_s=0.02)
    for each in fleet.faults.values():
        each.delay_s, each.error = lambda: 0.0, SearchTimeout("no result within 0.02 s")
    for _ in range(20):
        with pytest.raises(SearchTimeout):
            await search.search(1, question(), deadline_s=0.02)
    assert await states(search) == {"east": "serving", "west": "serving"}


async def test_a_question_that_is_given_up_leaves_nothing_behind(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    await search.refresh()
    before = asyncio.all_tasks()
    for each in fleet.faults.values():
        each.delay_s = lambda: 0.3
    under_way = [asyncio.create_task(found(search)) for _ in range(10)]
    await asyncio.sleep(0.1)
    assert sum(each.in_flight for each in await search.cluster_status()) >= 10
    for question_ in under_way:
        question_.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    await asyncio.sleep(0.01)
    assert [each.in_flight for each in await search.cluster_status()] == [0, 0]
    assert asyncio.all_tasks() - before == set()
    assert await states(search) == {"east": "serving", "west": "serving"}


async def test_the_slower_of_two_answers_is_not_waited_for(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    await search.refresh()
    before = asyncio.all_tasks()
    fleet.faults["east"].delay_s = lambda: 5.0
    await asked(search, 10)
    await asyncio.sleep(0.01)
    assert [each.in_flight for each in await search.cluster_status()] == [0, 0]
    assert asyncio.all_tasks() - before == set()


async def test_a_wrong_question_is_answered_by_a_cluster_on_trial_too(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for each in fleet.faults.values():
        each.error = REFUSED
    for _ in range(6):
        with pytest.raises(SearchUnavailable):
            await found(search)
    for each in fleet.faults.values():
        each.error = None
    await asyncio.sleep(0.3)
    for _ in range(4):
        with pytest.raises(SearchPageTooDeep):
            await search.search(1, question(after="no position"))
    assert "serving" in (await states(search)).values()
