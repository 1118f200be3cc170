"""The directory of tenants, hosts and cells: the only thing looked up across tenants.

Reads go through the relay role and are kept for a few seconds; writes are made by the app role
inside the tenant they are about, so a shop can only ever register itself.
"""

import time
from collections import OrderedDict

import asyncpg
import msgspec

from galleria.engines.sql.database import Database
from galleria.engines.sql.failures import LOST_CONNECTION, DatabaseUnavailable
from galleria.engines.sql.transaction import Transaction

KEPT_FOR_S = 1.5  # a new or closed shop is seen by every process within two seconds
MOST_ENTRIES = 20_000  # bounds the memory that look-ups of made-up hosts can take


class DirectoryEntry(msgspec.Struct, frozen=True):
    """Where a shop lives and how it is reached. `status` is open, suspended or closed.

    The clock of a sandbox may be ahead of ours by `clock_ahead_s` seconds.
    """

    tenant_id: int
    slug: str
    status: str
    cell_id: int
    is_sandbox: bool = False
    clock_ahead_s: int = 0


_COLUMNS = ", ".join(DirectoryEntry.__struct_fields__)
_BY_HOST = f"""
SELECT {_COLUMNS}
FROM directory.host JOIN directory.tenant USING (tenant_id) WHERE host.host = $1
"""
_BY_SLUG = f"SELECT {_COLUMNS} FROM directory.tenant WHERE slug = $1"
_BY_ID = f"SELECT {_COLUMNS} FROM directory.tenant WHERE tenant_id = $1"
_PAGE = f"""
SELECT {_COLUMNS} FROM directory.tenant
WHERE tenant_id > $1 ORDER BY tenant_id LIMIT $2
"""


class Directory:
    """See the module."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[tuple[str, str | int], tuple[float, DirectoryEntry | None]]
        self._kept = OrderedDict()
        self.told = 0
        """How often this process changed an entry: who remembers one looks at this."""

    async def by_host(self, host: str) -> DirectoryEntry | None:
        """The shop a host name (without port, lower case) belongs to."""
        return await self._look_up(_BY_HOST, "host", host)

    async def by_slug(self, slug: str) -> DirectoryEntry | None:
        """The shop with this slug."""
        return await self._look_up(_BY_SLUG, "slug", slug)

    async def by_id(self, tenant_id: int) -> DirectoryEntry | None:
        """The shop with this number."""
        return await self._look_up(_BY_ID, "id", tenant_id)

    async def page(self, after_tenant_id: int, limit: int) -> list[DirectoryEntry]:
        """Up to `limit` tenants with a greater number, in order; the house itself is number 0."""
        async with self._database.relay() as connection:
            rows = await connection.fetch(_PAGE, after_tenant_id, limit)
        return [_entry(row) for row in rows]

    def forget(self) -> None:
        """The next look-up asks the database. Called after this process changed an entry."""
        self.told += 1
        self._kept.clear()

    async def _look_up(self, sql: str, kind: str, name: str | int) -> DirectoryEntry | None:
        kept = self._kept.get((kind, name))
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        try:
            async with self._database.relay() as connection:
                row = await connection.fetchrow(sql, name)
        except (*LOST_CONNECTION, DatabaseUnavailable) as lost:
            if kept is not None:
                return kept[1]  # where a shop lives hardly changes while its database is away
            if isinstance(lost, DatabaseUnavailable):
                raise
            raise DatabaseUnavailable(f"the database connection was lost: {lost}") from lost
        entry = None if row is None else _entry(row)
        self._kept[kind, name] = (time.monotonic() + KEPT_FOR_S, entry)
        self._kept.move_to_end((kind, name))
        if len(self._kept) > MOST_ENTRIES:
            self._kept.popitem(last=False)
        return entry


def _entry(row: asyncpg.Record) -> DirectoryEntry:
    return DirectoryEntry(**row)


async def allocate_tenant_id(database: Database) -> int:
    """A number no tenant has had before, 1 and up."""
    async with database.app() as connection:
        number: int = await connection.fetchval("SELECT nextval('directory.tenant_number')::int")
    return number


async def register(tx: Transaction, slug: str, *, is_sandbox: bool = False) -> bool:
    """This transaction's tenant is in the directory, open, under `slug`; False: slug is taken."""
    return bool(
        await tx.execute(
            "INSERT INTO directory.tenant (tenant_id, slug, status, cell_id, is_sandbox)"
            " VALUES ($1, $2, 'open', 1, $3) ON CONFLICT (slug) DO NOTHING",
            slug,
            is_sandbox,
        )
    )


async def move_clock(tx: Transaction, ahead_s: int) -> bool:
    """The clock of this tenant, a sandbox, is so many seconds ahead; False when it is further."""
    return bool(
        await tx.execute(
            "UPDATE directory.tenant SET clock_ahead_s = $2"
            " WHERE tenant_id = $1 AND is_sandbox AND clock_ahead_s <= $2",
            ahead_s,
        )
    )


async def add_host(tx: Transaction, host: str, *, is_primary: bool = False) -> bool:
    """The host leads to this transaction's tenant; False when it already leads somewhere."""
    return bool(
        await tx.execute(
            "INSERT INTO directory.host (tenant_id, host, is_primary) VALUES ($1, $2, $3)"
            " ON CONFLICT (host) DO NOTHING",
            host,
            is_primary,
        )
    )


async def remove_host(tx: Transaction, host: str) -> bool:
    """The host leads to this tenant no longer; False when it did not."""
    return bool(
        await tx.execute("DELETE FROM directory.host WHERE tenant_id = $1 AND host = $2", host)
    )


async def list_hosts(tx: Transaction) -> list[tuple[str, bool]]:
    """Hosts of this tenant with whether each is the primary one, primary first."""
    rows = await tx.fetch(
        "SELECT host, is_primary FROM directory.host WHERE tenant_id = $1"
        " ORDER BY is_primary DESC, host"
    )
    return [(row["host"], row["is_primary"]) for row in rows]


async def set_status(tx: Transaction, status: str) -> None:
    """This tenant's status in the directory is open, suspended or closed."""
    await tx.execute("UPDATE directory.tenant SET status = $2 WHERE tenant_id = $1", status)
