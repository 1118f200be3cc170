"""A journal in PostgreSQL: a small table, and LISTEN/NOTIFY as the wake-up.

One connection a process does both; it must not go through a transaction pooler. Messages of a
topic take their numbers under a lock that is released after the commit, so nobody who has read a
number ever finds a lower one later.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from galleria.engines.context import under_tenant
from galleria.engines.realtime import RealtimeUnavailable, Topic
from galleria.engines.realtime.journal import (
    KEPT_FOR_S,
    KEPT_MESSAGES,
    Entry,
    Extent,
    Position,
)
from galleria.engines.sql.failures import LOST_CONNECTION
from galleria.foundation.telemetry import logger

CHANNEL = "galleria_realtime"
ANSWER_TIMEOUT_S = 5.0
APPENDS_A_CLEARING = 64

_log = logger(__name__)

# $5 is the text of the wake-up. The insert reads from `t`, so the tenant is set and the topic is
# locked before the row takes its number; the lock falls after the commit.
_APPEND = f"""
WITH t AS MATERIALIZED (
    SELECT set_config('galleria.tenant', $1::int4::text, true) AS tenant,
           pg_advisory_xact_lock(hashtextextended($2, $1::int8)) AS locked
), added AS (
    INSERT INTO realtime.message (tenant_id, topic, kind, payload, published_at)
    SELECT $1, $2, $3, $4, clock_timestamp() FROM t WHERE t.tenant IS NOT NULL
    RETURNING message_id, published_at
)
SELECT message_id, published_at, pg_notify('{CHANNEL}', $5) FROM added
"""
_READ = under_tenant(
    "SELECT message_id, published_at, kind, payload FROM realtime.message"
    " WHERE tenant_id = $1 AND topic = $2 AND message_id >= $3 ORDER BY message_id LIMIT $4"
)
_EXTENT = under_tenant(
    "SELECT min(message_id) AS oldest, max(message_id) AS newest, count(*) AS kept,"
    " max(published_at) AS newest_at, clock_timestamp() AS asked_at"
    " FROM realtime.message WHERE tenant_id = $1 AND topic = $2"
)
_CLEAR_OLD = "DELETE FROM realtime.message WHERE tenant_id = $1 AND published_at < $2"
_CLEAR_MANY = """
DELETE FROM realtime.message WHERE tenant_id = $1 AND topic = $2 AND message_id <= (
    SELECT message_id FROM realtime.message WHERE tenant_id = $1 AND topic = $2
    ORDER BY message_id DESC OFFSET $3 LIMIT 1
)
"""


class PostgresJournal:
    """See the module. A position is (message_id, milliseconds)."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        kept_messages: int = KEPT_MESSAGES,
        kept_for_s: float = KEPT_FOR_S,
    ) -> None:
        """Connect by `connect`, as the app role, when there is something to do."""
        self.kept_messages = kept_messages
        self._connect = connect
        self._kept_for = timedelta(seconds=kept_for_s)
        self._connection: asyncpg.Connection | None = None
        self._lock = asyncio.Lock()
        self._woken: set[Topic] = set()
        self._is_woken = asyncio.Event()
        self._appended = 0

    def at_ms(self, position: Position) -> int:
        return position.minor

    async def append(self, topic: Topic, kind: str, payload: bytes) -> Position:
        wake = f"{topic.tenant_id}:{topic.name}"
        async with self._ask() as connection:
            row = await connection.fetchrow(
                _APPEND, topic.tenant_id, topic.name, kind, payload, wake, timeout=ANSWER_TIMEOUT_S
            )
            assert row is not None
            self._appended += 1
            if self._appended % APPENDS_A_CLEARING == 0:
                await self._clear(connection, topic)
        return _position(row["message_id"], row["published_at"])

    async def read(self, topic: Topic, start: Position, limit: int) -> list[Entry]:
        async with self._ask() as connection:
            rows = await connection.fetch(
                _READ, topic.tenant_id, topic.name, start.major, limit, timeout=ANSWER_TIMEOUT_S
            )
        return sorted(
            Entry(_position(row["message_id"], row["published_at"]), row["kind"], row["payload"])
            for row in rows
        )

    async def extent(self, topic: Topic) -> Extent:
        async with self._ask() as connection:
            row = await connection.fetchrow(
                _EXTENT, topic.tenant_id, topic.name, timeout=ANSWER_TIMEOUT_S
            )
        assert row is not None
        newest = None
        if row["newest"] is not None:
            newest = _position(row["newest"], row["newest_at"])
        return Extent(
            start=newest or _position(0, row["asked_at"]),
            oldest=None if row["oldest"] is None else Position(row["oldest"], 0),
            newest=newest,
            count=row["kept"],
            complete_since_ms=_milliseconds(row["asked_at"] - self._kept_for),
        )

    async def wakes(self) -> AsyncIterator[Topic | None]:
        async with self._ask() as connection:
            listening = connection
        yield None
        while not listening.is_closed():
            await self._is_woken.wait()
            self._is_woken.clear()
            while self._woken:
                yield self._woken.pop()
        raise RealtimeUnavailable("the connection that listens was lost")

    async def watch(self, topic: Topic) -> None:
        """Nothing to do: one channel carries all wake-ups."""

    async def unwatch(self, topic: Topic) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close(timeout=ANSWER_TIMEOUT_S)
        self._connection = None

    @asynccontextmanager
    async def _ask(self) -> AsyncIterator[asyncpg.Connection]:
        """The one connection, for one question at a time."""
        async with self._lock:
            try:
                connection = await self._connected()
                yield connection
            except (*LOST_CONNECTION, OSError, TimeoutError) as failure:
                if self._connection is not None:
                    # After a missed answer it is not known what the connection would say next.
                    self._connection.terminate()
                raise RealtimeUnavailable("the database does not answer") from failure

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            connection = await self._connect()
            connection.add_termination_listener(self._wake_for_end)
            await connection.add_listener(CHANNEL, self._wake)
            self._connection = connection
        return self._connection

    def _wake(self, _: Any, __: int, ___: str, payload: object) -> None:
        tenant_id, _sep, name = str(payload).partition(":")
        self._woken.add(Topic(int(tenant_id), name))
        self._is_woken.set()

    def _wake_for_end(self, _: Any) -> None:
        self._is_woken.set()

    async def _clear(self, connection: asyncpg.Connection, topic: Topic) -> None:
        """The tenant's old messages are gone, and those of the topic that are too many."""
        oldest_kept_at = datetime.now(UTC) - self._kept_for
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('galleria.tenant', $1, true)", str(topic.tenant_id)
            )
            await connection.execute(_CLEAR_OLD, topic.tenant_id, oldest_kept_at)
            await connection.execute(_CLEAR_MANY, topic.tenant_id, topic.name, self.kept_messages)


def _position(message_id: int, at: datetime) -> Position:
    return Position(message_id, _milliseconds(at))


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
