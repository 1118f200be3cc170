"""Connections to one cell: a pool for the app role, a small one for the relay role.

No role but the three of `roles` connects here. A pooled connection keeps no state between two
borrowers: the tenant is set inside a transaction only, so nothing has to be reset.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec

from galleria.engines.sql.launcher import Address
from galleria.engines.sql.roles import APP, OWNER, RELAY
from galleria.foundation.errors import Unavailable

JSONB_VERSION = b"\x01"  # first byte of PostgreSQL's binary jsonb format
ACQUIRE_TIMEOUT_S = 10.0
LOST_CONNECTION = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # A server killed in the middle of an answer leaves the driver's state machine in mid-step.
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionError,
    FileNotFoundError,
)


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database does not answer"


@dataclass(frozen=True)
class Access:
    """Where the database listens and the password of each role."""

    address: Address
    passwords: dict[str, str]

    def for_database(self, database: str) -> "Access":
        """The same server and passwords, another database."""
        return Access(Address(self.address.host, self.address.port, database), dict(self.passwords))


def _encode_jsonb(value: object) -> bytes:
    return JSONB_VERSION + msgspec.json.encode(value)


def _decode_jsonb(raw: bytes) -> object:
    return msgspec.json.decode(raw[1:])


async def _prepare_connection(connection: asyncpg.Connection) -> None:
    # Binary, because COPY through the driver takes no text codec.
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=_encode_jsonb,
        decoder=_decode_jsonb,
        format="binary",
    )


async def keep_as_is(connection: asyncpg.Connection) -> None:
    """Replaces the driver's RESET ALL, a round trip a borrow: nothing is ever set for a session.

    A transaction left open is still rolled back by the pool itself.
    """


async def connect_as(access: Access, role: str) -> asyncpg.Connection:
    """One connection of its own, to be closed by the caller."""
    connection: asyncpg.Connection = await asyncpg.connect(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        user=role,
        password=access.passwords[role],
        timeout=ACQUIRE_TIMEOUT_S,
    )
    await _prepare_connection(connection)
    return connection


async def _pool(access: Access, role: str, size: int, least: int) -> asyncpg.Pool:
    pool: asyncpg.Pool = await asyncpg.create_pool(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        user=role,
        password=access.passwords[role],
        min_size=least,
        max_size=size,
        init=_prepare_connection,
        reset=keep_as_is,
        max_inactive_connection_lifetime=600,
        server_settings={"application_name": f"galleria/{role}"},
    )
    return pool


class Database:
    """One cell. Open it with `Database.open`, close it with `close`."""

    def __init__(self, access: Access, app: asyncpg.Pool, relay: asyncpg.Pool) -> None:
        self.access = access
        self._app = app
        self._relay = relay

    @classmethod
    async def open(cls, access: Access, app_size: int = 16, relay_size: int = 4) -> "Database":
        """Connected pools; the app pool grows from two to `app_size` as it is used."""
        app = await _pool(access, APP, app_size, min(2, app_size))
        relay = await _pool(access, RELAY, relay_size, 1)
        return cls(access, app, relay)

    async def close(self) -> None:
        """Both pools are closed, open work first."""
        await self._app.close()
        await self._relay.close()

    @asynccontextmanager
    async def app(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection as the app role, with no tenant set."""
        async with _borrow(self._app) as connection:
            yield connection

    @asynccontextmanager
    async def relay(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection as the relay role, which sees directory, outbox and jobs of all tenants."""
        async with _borrow(self._relay) as connection:
            yield connection

    async def connect_app(self) -> asyncpg.Connection:
        """A connection of its own as the app role, outside the pool (for LISTEN)."""
        return await connect_as(self.access, APP)

    async def connect_relay(self) -> asyncpg.Connection:
        """A connection of its own as the relay role, outside the pool (for leases)."""
        return await connect_as(self.access, RELAY)

    async def connect_owner(self) -> asyncpg.Connection:
        """A connection of its own as the owner role: migrations and back-ups only."""
        return await connect_as(self.access, OWNER)


@asynccontextmanager
async def _borrow(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
    except TimeoutError:
        raise DatabaseUnavailable("all database connections are busy; try again") from None
    except LOST_CONNECTION as lost:
        raise DatabaseUnavailable(f"the database does not answer: {lost}") from lost
    try:
        yield connection  # type: ignore[misc]
    finally:
        await pool.release(connection)


Connect = Callable[[], Any]
