"""Searches are bounded in number and time, whatever the engine."""

import asyncio
import threading
from time import monotonic, sleep

import pytest

from galleria.engines.search_index import SearchOverloaded, SearchTimeout, SearchUnavailable
from galleria.engines.search_index.fairness import FairQueue
from galleria.engines.search_index.pool import Budget, SearchPool


async def test_work_is_done_in_another_thread_and_its_errors_come_back() -> None:
    pool = SearchPool(1, 1)
    assert await pool.run(lambda _: threading.current_thread().name, 5) != "MainThread"
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda _: 1 // 0, 5)
    pool.close()


async def test_more_than_the_queue_holds_is_refused_at_once() -> None:
    pool = SearchPool(1, 2)
    gate = threading.Event()
    waiting = [asyncio.create_task(pool.run(lambda _: gate.wait(30), 30)) for _ in range(3)]
    await asyncio.sleep(0)
    began_at_s = monotonic()
    with pytest.raises(SearchOverloaded) as refused:
        await pool.run(lambda _: True, 5)
    assert monotonic() - began_at_s < 10
    assert refused.value.retry_after_s == 1
    gate.set()
    assert await asyncio.gather(*waiting) == [True] * 3
    await asyncio.sleep(0.05)
    assert await pool.run(lambda _: "again", 5) == "again"
    pool.close()


async def test_a_search_past_its_deadline_is_given_up_and_one_not_begun_never_begins() -> None:
    pool = SearchPool(1, 5)
    gate = threading.Event()
    begun: list[str] = []

    def work(_: Budget) -> None:
        begun.append("second")

    first = asyncio.create_task(pool.run(lambda _: gate.wait(5), 0.05))
    second = asyncio.create_task(pool.run(work, 0.05))
    for each in (first, second):
        with pytest.raises(SearchTimeout):
            await each
    gate.set()
    assert await pool.run(lambda _: "next", 5) == "next"
    assert begun == []
    pool.close()


async def test_a_search_under_way_keeps_its_place_until_it_ends() -> None:
    pool = SearchPool(1, 0)
    gate = threading.Event()
    with pytest.raises(SearchTimeout):
        await pool.run(lambda _: gate.wait(5), 0.02)
    with pytest.raises(SearchOverloaded):
        await pool.run(lambda _: True, 5)
    gate.set()
    await asyncio.sleep(0.1)
    assert await pool.run(lambda _: True, 5)
    pool.close()


async def test_an_idle_thread_lends_a_hand_and_a_busy_pool_does_all_in_turn() -> None:
    pool = SearchPool(2, 5)
    met = threading.Barrier(2)

    def together(budget: Budget) -> str:
        told = budget.aside(lambda: (met.wait(5), threading.current_thread().name)[1])
        met.wait(5)
        assert told() == told()
        return told()

    assert (await pool.run(together, 10)).startswith("search-beside")

    def in_turn(budget: Budget) -> str:
        met.wait(5)  # both threads are at work
        told = budget.aside(lambda: threading.current_thread().name)
        met.wait(5)
        return told()

    names = await asyncio.gather(pool.run(in_turn, 10), pool.run(in_turn, 10))
    assert not any(name.startswith("search-beside") for name in names)
    pool.close()


async def test_what_is_done_aside_fails_where_its_result_is_wanted() -> None:
    pool = SearchPool(2, 5)
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda budget: budget.aside(lambda: 1 // 0)(), 5)
    assert await pool.run(lambda budget: budget.aside(lambda: "after")(), 5) == "after"
    pool.close()


async def test_the_budget_is_spent_before_the_deadline() -> None:
    pool = SearchPool(1, 0)

    def work(budget: Budget) -> tuple[bool, bool, float]:
        fresh = budget.is_spent
        while not budget.is_spent:
            sleep(0.005)
        return fresh, budget.is_spent, budget.took_ms

    fresh, spent, took_ms = await pool.run(work, 5)
    assert (fresh, spent) == (False, True)
    assert 4_000 <= took_ms < 5_000
    pool.close()


async def test_a_closed_pool_refuses() -> None:
    pool = SearchPool(1, 0)
    pool.close()
    with pytest.raises(SearchUnavailable):
        await pool.run(lambda _: True, 5)


async def test_who_asks_for_much_waits_behind_himself() -> None:
    pool = SearchPool(1, 20)
    gate = threading.Event()
    order: list[int] = []

    def work(tenant_id: int) -> None:
        gate.wait(5)
        order.append(tenant_id)

    greedy = [asyncio.create_task(pool.run(lambda _: work(1), 5, 1)) for _ in range(12)]
    await asyncio.sleep(0.3)
    modest = [asyncio.create_task(pool.run(lambda _: work(2), 5, 2)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*greedy, *modest)
    assert order == [1, 2, 2, 2] + [1] * 11, "next, but for what is under way"
    pool.close()


async def test_there_is_room_for_others_when_one_has_filled_the_queue() -> None:
    pool = SearchPool(1, 4)
    gate = threading.Event()
    waiting = [asyncio.create_task(pool.run(lambda _: gate.wait(5), 5, 1)) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(SearchOverloaded, match="this shop"):
        await pool.run(lambda _: True, 5, 1)
    other = asyncio.create_task(pool.run(lambda _: True, 5, 2))
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*waiting, other) == [True] * 5
    pool.close()


async def test_what_waits_is_dropped_when_the_pool_closes() -> None:
    pool = SearchPool(1, 2)
    gate = threading.Event()
    first = asyncio.create_task(pool.run(lambda _: gate.wait(5), 5))
    second = asyncio.create_task(pool.run(lambda _: True, 5))
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(pool.close))
    while not pool._is_closed:
        await asyncio.sleep(0.001)
    gate.set()  # only now, so that the second could not begin before
    await closing
    assert await first
    with pytest.raises(asyncio.CancelledError):
        await second


def test_turns_are_shared_by_time_and_nobody_saves_up() -> None:
    queue: FairQueue[str] = FairQueue()
    for at in range(3):
        queue.put(1, f"slow {at}")
        queue.put(2, f"quick {at}")
    taken = []
    while queue:
        owner, thing = queue.pop()
        queue.charge(owner, 0.5 if owner == 1 else 0.1)
        taken.append(thing)
    assert taken == ["slow 0", "quick 0", "quick 1", "quick 2", "slow 1", "slow 2"]
    queue.put(3, "late")
    queue.put(1, "slow 3")
    assert queue.waiting_of(3) == 1
    queue.remove(3, "late")
    queue.remove(3, "late")
    assert (len(queue), queue.pop()) == (1, (1, "slow 3"))
    for owner in range(10, 20_100):
        queue.charge(owner, 0.0)
    assert len(queue._had_s) <= 10_001
