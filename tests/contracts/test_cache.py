"""What every cache keeps, asked of each adapter."""

import asyncio
import math
import os
import socket
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.cache import Budget, Cache, CacheKey, CacheUnavailable
from galleria.engines.cache.buckets import Buckets
from galleria.engines.cache.memory import ENTRY_OVERHEAD_BYTES, MemoryCache
from galleria.engines.cache.redis import RedisCache
from tests.delays import delays_of_the_machine

REDIS_URL = os.environ.get("GALLERIA_TEST_REDIS_URL", "")
needs_redis = [
    pytest.mark.engines,
    pytest.mark.skipif(not REDIS_URL, reason="GALLERIA_TEST_REDIS_URL names no Redis server"),
]

KEY = CacheKey(1, "product", 7)


@pytest.fixture(params=["memory", pytest.param("redis", marks=needs_redis)])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    adapter: Cache
    if request.param == "memory":
        adapter = MemoryCache()
    else:
        # A prefix of its own is the sandbox of a test on a shared server.
        adapter = RedisCache.from_url(REDIS_URL, f"test-{uuid4().hex}", take_timeout_s=20)
    yield adapter
    await adapter.close()


async def test_a_key_never_set_has_no_value(cache: Cache) -> None:
    assert await cache.get(KEY) is None


async def test_what_was_set_is_found_byte_for_byte(cache: Cache) -> None:
    value = bytes(range(256)) * 10
    await cache.set(KEY, value, ttl_s=60)
    assert await cache.get(KEY) == value


async def test_an_empty_value_is_a_value(cache: Cache) -> None:
    await cache.set(KEY, b"", ttl_s=60)
    assert await cache.get(KEY) == b""


async def test_a_value_ends_with_its_time_to_live(cache: Cache) -> None:
    await cache.set(KEY, b"short", ttl_s=0.05)
    await asyncio.sleep(0.08)
    assert await cache.get(KEY) is None
    assert await cache.get_many([KEY]) == {}


async def test_a_second_set_replaces_value_and_time_to_live(cache: Cache) -> None:
    await cache.set(KEY, b"old", ttl_s=0.05)
    await cache.set(KEY, b"new", ttl_s=60)
    await asyncio.sleep(0.08)
    assert await cache.get(KEY) == b"new"


async def test_two_tenants_never_meet_under_one_key(cache: Cache) -> None:
    await cache.set(CacheKey(1, "product"), b"of shop 1", ttl_s=60)
    await cache.set(CacheKey(11, "product"), b"of shop 11", ttl_s=60)
    await cache.incr(CacheKey(1, "product"), ttl_s=60)
    assert await cache.get(CacheKey(1, "product")) == b"of shop 1"
    assert await cache.get(CacheKey(11, "product")) == b"of shop 11"
    assert await cache.incr(CacheKey(11, "product"), ttl_s=60) == 1


async def test_get_many_returns_what_is_there_and_leaves_out_the_rest(cache: Cache) -> None:
    keys = [CacheKey(1, "n", number) for number in range(5)]
    await cache.set(keys[1], b"one", ttl_s=60)
    await cache.set(keys[3], b"", ttl_s=60)
    assert await cache.get_many(keys) == {keys[1]: b"one", keys[3]: b""}
    assert await cache.get_many([]) == {}


async def test_delete_forgets_exactly_the_named_keys_values_and_counters(cache: Cache) -> None:
    other = CacheKey(1, "product", 77)
    for key in (KEY, other):
        await cache.set(key, b"v", ttl_s=60)
        await cache.incr(key, ttl_s=60)
    await cache.delete(KEY, CacheKey(1, "unknown"))
    await cache.delete()
    assert await cache.get(KEY) is None
    assert await cache.incr(KEY, ttl_s=60) == 1
    assert await cache.get(other) == b"v"
    assert await cache.incr(other, ttl_s=60) == 2


async def test_a_counter_counts_from_zero_by_any_amount(cache: Cache) -> None:
    assert await cache.incr(KEY, ttl_s=60) == 1
    assert await cache.incr(KEY, ttl_s=60, amount=4) == 5
    assert await cache.incr(KEY, ttl_s=60, amount=-2) == 3


async def test_a_counter_dies_a_fixed_time_after_its_first_increment(cache: Cache) -> None:
    await cache.incr(KEY, ttl_s=0.2)
    await asyncio.sleep(0.12)
    # Counting on does not prolong the window, else a steady caller would be limited for ever.
    assert await cache.incr(KEY, ttl_s=0.2) == 2
    await asyncio.sleep(0.12)
    assert await cache.incr(KEY, ttl_s=0.2) == 1


async def test_concurrent_increments_all_count(cache: Cache) -> None:
    counts = await asyncio.gather(*(cache.incr(KEY, ttl_s=60) for _ in range(100)))
    assert sorted(counts) == list(range(1, 101))


async def test_a_value_and_a_counter_share_a_key_without_meeting(cache: Cache) -> None:
    await cache.set(KEY, b"value", ttl_s=60)
    assert await cache.incr(KEY, ttl_s=60) == 1
    assert await cache.get(KEY) == b"value"


async def test_a_key_longer_than_any_query_still_works(cache: Cache) -> None:
    long, other = CacheKey(1, "q", "x" * 10_000), CacheKey(1, "q", "x" * 10_001)
    await cache.set(long, b"found", ttl_s=60)
    assert await cache.get(long) == b"found"
    assert await cache.get(other) is None
    assert len(long.text) < 100


SLOW = Budget(CacheKey(1, "slow"), per_minute=0.6, burst=3)


async def test_a_budget_gives_its_burst_at_once_and_then_says_how_long_to_wait(
    cache: Cache,
) -> None:
    for left in (2, 1, 0):
        taken = await cache.take([SLOW])
        assert taken.refused_by is None and taken.left == pytest.approx((left,), abs=0.05)
    taken = await cache.take([SLOW])
    assert taken.refused_by == 0 and taken.wait_s == pytest.approx(100, abs=5)


async def test_a_budget_is_refilled_steadily_and_never_beyond_its_burst(cache: Cache) -> None:
    quick = Budget(KEY, per_minute=600, burst=2)
    assert (await cache.take([quick], cost=2)).refused_by is None
    assert (await cache.take([quick], cost=2)).refused_by == 0
    await asyncio.sleep(0.5)
    assert (await cache.take([quick], cost=2)).refused_by is None
    assert (await cache.take([quick], cost=2)).refused_by == 0


async def test_nothing_is_taken_anywhere_when_one_budget_has_too_little(cache: Cache) -> None:
    wide = Budget(CacheKey(1, "wide"), per_minute=0.6, burst=10)
    await cache.take([SLOW], cost=3)
    refused = await cache.take([wide, SLOW])
    assert refused.refused_by == 1 and len(refused.left) == 1
    assert (await cache.take([wide])).left == pytest.approx((9,), abs=0.05)


async def test_a_cost_beyond_the_burst_can_never_be_paid(cache: Cache) -> None:
    taken = await cache.take([SLOW], cost=4)
    assert taken.refused_by == 0 and math.isinf(taken.wait_s)
    assert (await cache.take([SLOW], cost=3)).refused_by is None


async def test_many_at_once_are_never_given_more_than_there_is(cache: Cache) -> None:
    budget = Budget(KEY, per_minute=0.6, burst=8)
    taken = await asyncio.gather(*(cache.take([budget]) for _ in range(20)))
    assert sum(each.refused_by is None for each in taken) == 8


async def test_a_budget_is_apart_from_a_value_and_a_counter_of_its_key(cache: Cache) -> None:
    await cache.set(KEY, b"value", ttl_s=60)
    await cache.incr(KEY, ttl_s=60)
    assert (await cache.take([Budget(KEY, 0.6, 1)])).refused_by is None
    assert await cache.get(KEY) == b"value"
    assert await cache.incr(KEY, ttl_s=60) == 2
    assert (await cache.take([Budget(KEY, 0.6, 1)])).refused_by == 0


PARTS = st.lists(st.one_of(st.text(":~#a", max_size=4), st.integers(0, 99)), min_size=1, max_size=4)


@given(tenants=st.tuples(st.integers(0, 30), st.integers(0, 30)), parts=PARTS, others=PARTS)
def test_keys_are_equal_only_when_tenant_and_parts_are(
    tenants: tuple[int, int], parts: list[str | int], others: list[str | int]
) -> None:
    same = tenants[0] == tenants[1] and [str(p) for p in parts] == [str(p) for p in others]
    first, second = CacheKey(tenants[0], *parts), CacheKey(tenants[1], *others)
    assert (first == second) is same
    assert (first.text == second.text) is same


# What only the embedded adapter promises.


async def test_memory_forgets_the_least_recently_used_first() -> None:
    cache = MemoryCache(max_entries=2)
    first, second, third = (CacheKey(1, number) for number in range(3))
    await cache.set(first, b"1", ttl_s=60)
    await cache.set(second, b"2", ttl_s=60)
    await cache.get(first)
    await cache.set(third, b"3", ttl_s=60)
    assert await cache.get_many([first, second, third]) == {first: b"1", third: b"3"}


async def test_memory_never_holds_more_bytes_than_its_bound() -> None:
    cache = MemoryCache(max_bytes=10 * (ENTRY_OVERHEAD_BYTES + 100))
    for number in range(200):
        await cache.set(CacheKey(number % 7, number), b"x" * (number % 150), ttl_s=60)
        assert 0 < cache.used_bytes <= 10 * (ENTRY_OVERHEAD_BYTES + 100)


async def test_memory_gives_its_bytes_back_when_entries_end() -> None:
    now = 0.0
    cache = MemoryCache(clock=lambda: now)
    await cache.set(KEY, b"x" * 1000, ttl_s=5)
    await cache.set(KEY, b"y" * 500, ttl_s=5)
    assert cache.used_bytes < 1000
    now = 6.0
    assert await cache.get(KEY) is None
    assert cache.used_bytes == 0


async def test_memory_lets_a_value_too_large_end_the_one_before() -> None:
    cache = MemoryCache(max_bytes=1000)
    await cache.set(KEY, b"small", ttl_s=60)
    await cache.set(KEY, b"x" * 2000, ttl_s=60)
    assert await cache.get(KEY) is None
    assert cache.used_bytes == 0


async def test_memory_keeps_counts_when_values_flood_it() -> None:
    cache = MemoryCache(max_entries=10)
    await cache.incr(KEY, ttl_s=60)
    for number in range(100):
        await cache.set(CacheKey(2, number), b"flood", ttl_s=60)
    assert await cache.incr(KEY, ttl_s=60) == 2


async def test_memory_forgets_the_longest_untouched_budget_first() -> None:
    buckets = Buckets(max_buckets=2)
    first, second, third = (Budget(CacheKey(1, number), 0.6, 1) for number in range(3))
    for budget in (first, second, third):
        assert buckets.take([budget]).refused_by is None
    assert buckets.take([second]).refused_by == buckets.take([third]).refused_by == 0
    assert buckets.take([first]).refused_by is None


@pytest.mark.engines
@pytest.mark.skipif(not REDIS_URL, reason="GALLERIA_TEST_REDIS_URL names no Redis server")
async def test_two_processes_share_one_budget() -> None:
    prefix = f"test-{uuid4().hex}"
    budget = Budget(KEY, per_minute=0.6, burst=12)
    here, there = (RedisCache.from_url(REDIS_URL, prefix, take_timeout_s=20) for _ in range(2))
    taken = await asyncio.gather(
        *(each.take([budget]) for _ in range(10) for each in (here, there))
    )
    assert sum(each.refused_by is None for each in taken) == 12
    await here.close()
    await there.close()


# What only the shared adapter promises; a closed port is a server that is down.


async def test_a_dead_server_is_no_value_for_readers_and_an_error_for_counters() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        cache = RedisCache.from_url(f"redis://127.0.0.1:{taken.getsockname()[1]}")
        await cache.set(KEY, b"dropped", ttl_s=60)
        assert await cache.get(KEY) is None
        with pytest.raises(CacheUnavailable):
            await cache.incr(KEY, ttl_s=60)
        with pytest.raises(CacheUnavailable):
            await cache.take([SLOW])
        with pytest.raises(CacheUnavailable):
            await cache.delete(KEY)
        await cache.close()


async def test_a_silent_server_is_waited_for_once_a_second_not_once_a_request() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        cache = RedisCache.from_url(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        with delays_of_the_machine() as delayed_s:
            started_at = asyncio.get_running_loop().time()
            for _ in range(50):
                assert await cache.get(KEY) is None
            # Each wait that the machine prolongs is followed by another one.
            assert asyncio.get_running_loop().time() - started_at < 3.5 + 2 * delayed_s()
        await cache.close()


async def test_a_silent_server_delays_no_more_than_one_taker_a_second() -> None:
    now = 0.0
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        cache = RedisCache(RedisCache.from_url(url)._client, clock=lambda: now)
        for _ in range(3):
            began = asyncio.get_running_loop().time()
            taken = await asyncio.gather(
                *(cache.take([SLOW]) for _ in range(100)), return_exceptions=True
            )
            assert all(isinstance(each, CacheUnavailable) for each in taken)
            assert asyncio.get_running_loop().time() - began < 10, "one by one: 25 s"
            now += 1.1
            # The first after the pause looks; those beside it are told at once.
            first = asyncio.create_task(cache.take([SLOW]))
            await asyncio.sleep(0)
            with pytest.raises(CacheUnavailable, match="a moment ago"):
                await cache.take([SLOW])
            with pytest.raises(CacheUnavailable, match="did not count"):
                await first
        await cache.close()
