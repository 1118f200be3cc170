"""Connections are lent in the order of asking, and none comes back with anything on it."""

import asyncio

import asyncpg
import pytest

from galleria.engines.sql.database import Access, connect_as
from galleria.engines.sql.failures import DatabaseUnavailable
from galleria.engines.sql.pool import Pool
from galleria.engines.sql.roles import APP


@pytest.fixture
def pool(access: Access) -> Pool:
    return Pool(lambda: connect_as(access, APP), 2)


async def test_no_more_than_its_size_are_open_and_the_last_used_is_lent_first(pool: Pool) -> None:
    seen: set[int] = set()
    at_once: list[int] = []
    running = 0

    async def use() -> None:
        nonlocal running
        async with pool.lend() as connection:
            running += 1
            at_once.append(running)
            seen.add(await connection.fetchval("SELECT pg_backend_pid()"))
            running -= 1

    await asyncio.gather(*(use() for _ in range(50)))
    await use()
    assert len(seen) == 2
    assert max(at_once) <= 2
    await pool.close()


async def test_who_comes_late_does_not_overtake_who_waits(pool: Pool) -> None:
    order: list[int] = []

    async def use(number: int) -> None:
        async with pool.lend() as connection:
            order.append(number)
            await connection.fetchval("SELECT 1")
        if number < 4:  # asks again at once, while others wait since long
            await use(number + 100)

    await asyncio.gather(*(use(number) for number in range(20)))
    assert sorted(order[:20]) == list(range(20))
    await pool.close()


async def test_a_cancelled_borrower_leaves_no_open_transaction_behind(pool: Pool) -> None:
    async def hold() -> None:
        async with pool.lend() as connection:
            await connection.execute("BEGIN; SET LOCAL galleria.tenant = '7'")
            await connection.execute("SELECT pg_sleep(60)")

    tasks = [asyncio.create_task(hold()) for _ in range(2)]
    await asyncio.sleep(0.2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with pool.lend() as first, pool.lend() as second:
        for connection in (first, second):
            assert not connection.is_in_transaction()
            assert await connection.fetchval("SELECT current_setting('galleria.tenant', true)") in (
                None,
                "",
            )
    await pool.close()


async def test_a_transaction_left_open_goes_with_its_connection(pool: Pool) -> None:
    with pytest.raises(RuntimeError):
        async with pool.lend() as connection:
            await connection.execute("BEGIN")
            raise RuntimeError
    assert connection.is_closed()
    async with pool.lend() as other:
        assert not other.is_in_transaction()
    await pool.close()


async def test_a_connection_the_server_ended_is_replaced(pool: Pool, access: Access) -> None:
    async with pool.lend() as connection:
        process_id = await connection.fetchval("SELECT pg_backend_pid()")
    watcher = await connect_as(access, APP)
    await watcher.fetchval("SELECT pg_terminate_backend($1)", process_id)
    await watcher.close()
    await asyncio.sleep(0.2)
    async with pool.lend() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await pool.close()


async def test_a_failed_connect_gives_the_turn_back() -> None:
    async def refuse() -> asyncpg.Connection:
        raise DatabaseUnavailable("no")

    pool = Pool(refuse, 1)
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable):
            async with pool.lend():
                pass


async def test_a_closed_pool_lends_nothing(pool: Pool) -> None:
    await pool.close()
    with pytest.raises(DatabaseUnavailable):
        async with pool.lend():
            pass
