"""Connections kept for reuse: lent in the order of asking, given back without a round trip.

Not the driver's own pool: it lets who comes late overtake who waits, which under load makes one
answer in a hundred several times slower, and starts a task or two for each loan.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic

import asyncpg

from galleria.engines.sql.failures import DatabaseUnavailable

WAIT_S = 10.0  # for a connection, when all are lent
IDLE_S = 600.0  # longer unused, a connection's memory in the server is given back

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Pool:
    """At most `size` connections, opened when needed. For one event loop."""

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._size = size
        # Hands out turns in the order of asking.
        self._turns = asyncio.Semaphore(size)
        # The one used last is lent first; each with the instant of its return.
        self._idle: deque[tuple[asyncpg.Connection, float]] = deque()
        self._is_closed = False

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection with nothing begun on it and nothing set.

        Raises:
            DatabaseUnavailable: none came free in time, or a new one could not be opened.
        """
        await self._wait_for_turn()
        try:
            connection = self._take() or await self._connect()
            try:
                yield connection
            except (asyncio.CancelledError, TimeoutError):
                # What it was doing may still go on; nobody else shall find it in mid-step.
                connection.terminate()
                raise
            finally:
                self._give_back(connection)
        finally:
            self._turns.release()

    async def close(self) -> None:
        """All connections are closed, once the lent ones are back."""
        self._is_closed = True
        for _ in range(self._size):
            await self._turns.acquire()
        while self._idle:
            connection, _ = self._idle.pop()
            await connection.close(timeout=WAIT_S)
        for _ in range(self._size):
            self._turns.release()

    async def _wait_for_turn(self) -> None:
        if self._is_closed:
            raise DatabaseUnavailable("the house is closing")
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turns.acquire()
        except TimeoutError:
            raise DatabaseUnavailable("all database connections are busy; try again") from None

    def _take(self) -> asyncpg.Connection | None:
        while self._idle:
            connection, _ = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    def _give_back(self, connection: asyncpg.Connection) -> None:
        now = monotonic()
        if self._idle and self._idle[0][1] < now - IDLE_S:
            self._idle.popleft()[0].terminate()
        if connection.is_closed():
            return
        if self._is_closed or connection.is_in_transaction():
            connection.terminate()
            return
        self._idle.append((connection, now))
