"""Searches are bounded in number and time, whatever the engine."""

import asyncio
import threading
from time import monotonic, sleep

import pytest

from galleria.engines.search_index import SearchOverloaded, SearchTimeout, SearchUnavailable
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
    waiting = [asyncio.create_task(pool.run(lambda _: gate.wait(5), 5)) for _ in range(3)]
    await asyncio.sleep(0)
    began_at_s = monotonic()
    with pytest.raises(SearchOverloaded) as refused:
        await pool.run(lambda _: True, 5)
    assert monotonic() - began_at_s < 0.5
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


async def test_the_budget_is_spent_before_the_deadline() -> None:
    pool = SearchPool(1, 0)

    def work(budget: Budget) -> tuple[bool, bool, float]:
        fresh = budget.is_spent
        while not budget.is_spent:
            sleep(0.005)
        return fresh, budget.is_spent, budget.took_ms

    fresh, spent, took_ms = await pool.run(work, 0.5)
    assert (fresh, spent) == (False, True)
    assert 400 <= took_ms < 500
    pool.close()


async def test_a_closed_pool_refuses() -> None:
    pool = SearchPool(1, 0)
    pool.close()
    with pytest.raises(SearchUnavailable):
        await pool.run(lambda _: True, 5)
