"""Which of several clusters answers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from galleria.engines.search_index import (
    SearchClusterNotFound,
    SearchOverloaded,
    SearchPageTooDeep,
    SearchUnavailable,
    SuggestQuery,
)
from galleria.engines.search_index.clusters import ClusteredSearch, ClusterPolicy
from tests.contracts.search_clusters import Fleet, fill, found, found_by_each, opened, states
from tests.contracts.search_shops import document, question
from tests.delays import delays_of_the_machine


@pytest.fixture
async def fleet(tmp_path: Path) -> Fleet:
    """Three clusters that hold the same product."""
    fleet = Fleet(tmp_path, ["east", "north", "west"])
    await fill(fleet, "tea")
    return fleet


@pytest.fixture
async def search(fleet: Fleet) -> AsyncIterator[ClusteredSearch]:
    async with opened(fleet) as search:
        yield search


async def late(fleet: Fleet, **delays_s: float) -> None:
    """These clusters take so long for an answer."""
    for name, delay_s in delays_s.items():
        fleet.faults[name].delay_s = lambda delay_s=delay_s: delay_s  # type: ignore[misc]


async def batch_with(search: ClusteredSearch, fleet: Fleet, name: str, least: int) -> None:
    """Soon of twenty questions at least so many go to that cluster. Not at once: one that took long
    to open its files, or stood still with the machine, is believed to be slow for a moment."""
    began_s = monotonic()
    while True:
        fleet.forget()
        for _ in range(20):
            await found(search)
        if fleet.asked[name] >= least:
            return
        assert monotonic() - began_s < 20, f"{fleet.asked}, and {name} should have {least}"
        await asyncio.sleep(0.5)


async def test_all_questions_of_the_port_are_answered(search: ClusteredSearch) -> None:
    assert await found(search) == ["tea"]
    assert await search.count(1) == 1
    asked = SuggestQuery(channel="web", locale="en", prefix="te")
    assert (await search.suggest(1, asked)).completions == ("tea",)


async def test_questions_go_to_the_cluster_that_answers_soonest(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    await late(fleet, east=0.2, north=0.2)
    await batch_with(search, fleet, "west", 17)
    await late(fleet, east=0.0, north=0.2, west=0.3)
    await batch_with(search, fleet, "east", 17)


async def test_a_cluster_that_nobody_knows_is_tried_soon_and_not_by_all_at_once(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for _ in range(3):
        await found(search)
    assert fleet.asked == {"east": 1, "north": 1, "west": 1}
    async with opened(fleet) as other:
        fleet.forget()
        await asyncio.gather(*(found(other) for _ in range(30)))
        assert min(fleet.asked.values()) >= 5


async def test_clusters_that_are_alike_share_what_comes_at_once(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    await late(fleet, east=0.05, north=0.05, west=0.05)
    for _ in range(3):
        fleet.forget()
        await asyncio.gather(*(found(search) for _ in range(60)))
    assert min(fleet.asked.values()) >= 8


async def test_a_near_cluster_is_preferred_until_it_is_clearly_slower(fleet: Fleet) -> None:
    await late(fleet, east=0.01)
    async with opened(fleet, near=["east", "west"]) as search:
        await batch_with(search, fleet, "east", 19)
        await late(fleet, east=0.15)
        await batch_with(search, fleet, "west", 18)


async def test_a_drained_cluster_gets_no_questions_but_every_write(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    await late(fleet, east=0.1, north=0.1, west=0.1)
    under_way = [asyncio.create_task(found(search)) for _ in range(6)]
    await asyncio.sleep(0.03)
    search.drain("west")
    assert await asyncio.gather(*under_way) == [["tea"]] * 6
    assert fleet.asked["west"] == 2
    fleet.forget()
    await asyncio.gather(*(found(search) for _ in range(30)))
    assert fleet.asked["west"] == 0
    assert await states(search) == {"east": "serving", "north": "serving", "west": "drained"}
    async with await search.open_writer() as writer:
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
    assert (await found_by_each(fleet))["west"] == ["new", "tea"]
    search.undrain("west")
    await asyncio.gather(*(found(search) for _ in range(30)))
    assert fleet.asked["west"] > 0
    assert (await states(search))["west"] == "serving"


async def test_clusters_may_be_drained_from_the_beginning(fleet: Fleet) -> None:
    async with opened(fleet, drained=["east", "west"]) as search:
        await asyncio.gather(*(found(search) for _ in range(10)))
        assert fleet.asked == {"east": 0, "north": 10, "west": 0}
        search.drain("north")
        with pytest.raises(SearchUnavailable) as refused:
            await found(search)
        assert refused.value.retry_after_s == 1
        assert not isinstance(refused.value, SearchOverloaded)


async def test_a_name_that_no_cluster_has_is_refused(search: ClusteredSearch, fleet: Fleet) -> None:
    for wrong in (search.drain, search.undrain):
        with pytest.raises(SearchClusterNotFound):
            wrong("south")
    with pytest.raises(SearchClusterNotFound):
        fleet.open(near=["south"])


async def test_when_all_clusters_are_full_more_is_refused_at_once(fleet: Fleet) -> None:
    await late(fleet, east=3.0, north=3.0, west=3.0)
    async with opened(fleet, policy=ClusterPolicy(most_at_once=2, extra_at_once=0)) as search:
        began_s = monotonic()
        under_way = [asyncio.create_task(found(search, deadline_s=20)) for _ in range(6)]
        await asyncio.sleep(0.1)
        assert fleet.asked == {"east": 2, "north": 2, "west": 2}
        assert {each.in_flight for each in await search.cluster_status()} == {2}
        for _ in range(10):
            with pytest.raises(SearchOverloaded) as refused:
                await found(search)
            assert refused.value.retry_after_s == 1
        assert monotonic() - began_s < 2.5
        assert await asyncio.gather(*under_way) == [["tea"]] * 6
        assert await found(search) == ["tea"]


async def test_a_cluster_that_refuses_for_load_is_spared_and_not_taken_for_broken(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].error = SearchOverloaded("too many searches wait already")
    for _ in range(30):
        assert await found(search) == ["tea"]
    assert 1 <= fleet.asked["east"] <= 5
    assert await states(search) == dict.fromkeys(fleet.faults, "serving")
    assert [each.failures for each in await search.cluster_status()] == [0, 0, 0]


async def test_a_question_refused_twice_for_load_goes_nowhere_else(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for each in fleet.faults.values():
        each.error = SearchOverloaded("too many searches wait already", retry_after_s=1)
    for _ in range(20):
        with pytest.raises(SearchOverloaded):
            await found(search)
    assert sum(fleet.asked.values()) == 40


async def test_a_wrong_question_is_asked_once_and_counts_for_nothing(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    for _ in range(20):
        with pytest.raises(SearchPageTooDeep):
            await search.search(1, question(after="no position"))
    assert sum(fleet.asked.values()) == 20
    assert await states(search) == dict.fromkeys(fleet.faults, "serving")


async def test_positions_are_read_twice_a_second_at_most(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    began_s = monotonic()
    while monotonic() - began_s < 1.3:
        await found(search)
    most = 1 + int((monotonic() - began_s) / 0.5)
    assert all(2 <= each.looks <= most for each in fleet.faults.values())


async def test_a_cluster_whose_position_cannot_be_read_keeps_nobody_waiting(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].is_gone = True
    search.drain("east")
    await search.refresh()
    await asyncio.sleep(1.1)  # so long that the others are looked at before anybody is asked
    with delays_of_the_machine() as delayed_s:
        began_s = monotonic()
        assert await found(search) == ["tea"]
        assert monotonic() - began_s < 0.2 + delayed_s()


async def test_what_is_closed_is_not_asked(fleet: Fleet) -> None:
    search = fleet.open()
    assert await found(search) == ["tea"]
    await search.close()
    with pytest.raises(SearchUnavailable):
        await found(search)


@pytest.mark.parametrize("names", [[], [f"c{number}" for number in range(9)], ["a", "B c"]])
def test_one_to_eight_clusters_with_plain_names_are_taken(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(AssertionError):
        Fleet(tmp_path, names).open()
