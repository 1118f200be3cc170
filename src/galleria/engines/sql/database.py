"""Connections to one cell: a pool for the app role, a small one for the relay role.

No role but the three of `roles` connects here. A pooled connection keeps no state between two
borrowers: the tenant is set inside a transaction only, so nothing has to be reset.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

import asyncpg
import msgspec

from galleria.engines.sql.failures import LOST_CONNECTION, DatabaseUnavailable
from galleria.engines.sql.launcher import Address
from galleria.engines.sql.pool import Pool
from galleria.engines.sql.roles import APP, OWNER, RELAY

JSONB_VERSION = b"\x01"  # first byte of PostgreSQL's binary jsonb format
CONNECT_TIMEOUT_S = 10.0


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
    await connection.set_type_codec(
        "json",
        schema="pg_catalog",
        encoder=msgspec.json.encode,
        decoder=msgspec.json.decode,
        format="binary",
    )


async def connect_as(access: Access, role: str) -> asyncpg.Connection:
    """One connection of its own, to be closed by the caller."""
    connection: asyncpg.Connection = await asyncpg.connect(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        user=role,
        password=access.passwords[role],
        timeout=CONNECT_TIMEOUT_S,
        server_settings={"application_name": f"galleria/{role}"},
    )
    await _prepare_connection(connection)
    return connection


async def _connect(access: Access, role: str) -> asyncpg.Connection:
    try:
        return await connect_as(access, role)
    except (*LOST_CONNECTION, TimeoutError) as lost:
        raise DatabaseUnavailable(f"the database does not answer: {lost}") from lost


class Database:
    """One cell. Open it with `Database.open`, close it with `close`."""

    def __init__(self, access: Access, app: Pool, relay: Pool) -> None:
        self.access = access
        self._app = app
        self._relay = relay

    @classmethod
    async def open(cls, access: Access, app_size: int = 16, relay_size: int = 4) -> "Database":
        """Pools that grow as they are used, once the database has answered to both roles.

        Raises:
            DatabaseUnavailable: it does not.
        """
        app = Pool(partial(_connect, access, APP), app_size)
        relay = Pool(partial(_connect, access, RELAY), relay_size)
        for pool in (app, relay):
            async with pool.lend():
                pass
        return cls(access, app, relay)

    async def close(self) -> None:
        """Both pools are closed, open work first."""
        await self._app.close()
        await self._relay.close()

    def app(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection as the app role, with no tenant set. Raises DatabaseUnavailable."""
        return self._app.lend()

    def relay(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection as the relay role, which sees directory, outbox and jobs of all tenants.

        Raises DatabaseUnavailable.
        """
        return self._relay.lend()

    async def connect_app(self) -> asyncpg.Connection:
        """A connection of its own as the app role, outside the pool (for LISTEN)."""
        return await connect_as(self.access, APP)

    async def connect_relay(self) -> asyncpg.Connection:
        """A connection of its own as the relay role, outside the pool (for leases)."""
        return await connect_as(self.access, RELAY)

    async def connect_owner(self) -> asyncpg.Connection:
        """A connection of its own as the owner role: migrations and back-ups only."""
        return await connect_as(self.access, OWNER)
