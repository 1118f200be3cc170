"""One open transaction of one tenant: statements, bulk copies and the events that go with them.

`$1` of every statement is the tenant's id, added here; the caller's own arguments start at `$2`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import asyncpg

from galleria.engines.sql.database import Database
from galleria.engines.sql.failures import LOST_CONNECTION, DatabaseUnavailable
from galleria.engines.sql.outbox import OutboxRow, write_outbox
from galleria.foundation.errors import GalleriaError
from galleria.foundation.events import Event

if TYPE_CHECKING:
    from galleria.engines.context import Context, Tenant

Record = asyncpg.Record


class Reader(Protocol):
    """What a repository needs for reading: a context (one statement) or an open transaction."""

    @property
    def tenant(self) -> "Tenant":
        """The tenant whose rows are read."""

    async def read(self, sql: str, *args: Any) -> list[Record]:
        """All rows of one SELECT."""

    async def read_row(self, sql: str, *args: Any) -> Record | None:
        """Its first row."""

    async def read_value(self, sql: str, *args: Any) -> Any:
        """The first column of its first row."""


class CommitLost(GalleriaError):
    """The commit was answered by ROLLBACK: a failed statement had been swallowed before it."""

    code = "commit_lost"
    status = 500
    title = "The change was not kept"


class Transaction:
    """See the module. Made by `Context.transaction`, never by hand."""

    def __init__(self, connection: asyncpg.Connection, ctx: "Context") -> None:
        self._connection = connection
        self._ctx = ctx
        self._events: list[Event] = []
        self._after_commit: list[Callable[[], Awaitable[None]]] = []
        self._caused_by = ctx.caused_by
        self.has_told = False
        """Whether events of it were written."""

    @asynccontextmanager
    async def acting(self, ctx: "Context") -> AsyncIterator["Transaction"]:
        """The same transaction in the name of another actor: `ctx`, in the same tenant."""
        inner = Transaction(self._connection, ctx)
        inner._after_commit, inner._caused_by = self._after_commit, self._caused_by
        yield inner
        await inner.write_events()
        self.has_told = self.has_told or inner.has_told

    @property
    def tenant(self) -> "Tenant":
        """The tenant set for this transaction."""
        return self._ctx.tenant

    @property
    def now(self) -> datetime:
        """The instant of the request, the same for all it writes."""
        return self._ctx.now

    @property
    def wall_now(self) -> datetime:
        """The same instant by the house's clock: see `Context.wall_now`."""
        return self._ctx.wall_now

    @property
    def ctx(self) -> "Context":
        """The context that opened it."""
        return self._ctx

    async def fetch(self, sql: str, *args: Any) -> list[Record]:
        """All rows a statement returns."""
        return await self._connection.fetch(sql, self._ctx.tenant.tenant_id, *args)

    async def fetch_row(self, sql: str, *args: Any) -> Record | None:
        """The first row a statement returns."""
        row: Record | None = await self._connection.fetchrow(sql, self._ctx.tenant.tenant_id, *args)
        return row

    async def fetch_value(self, sql: str, *args: Any) -> Any:
        """The first column of the first row a statement returns."""
        return await self._connection.fetchval(sql, self._ctx.tenant.tenant_id, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        """Run a statement; how many rows it touched comes back."""
        tag = await self._connection.execute(sql, self._ctx.tenant.tenant_id, *args)
        last = tag.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def raw_fetch(self, sql: str, *args: Any) -> list[Record]:
        """As `fetch`, for a statement of another's making that takes no tenant."""
        return await self._connection.fetch(sql, *args)

    read = fetch
    read_row = fetch_row
    read_value = fetch_value

    async def copy_rows(
        self, temp_name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """A temporary table holds the rows until the commit, loaded by COPY.

        COPY is refused on a table under row-level security, so bulk work goes through here and
        then by one set-based statement under the policy. `columns` maps name to type; there is
        no tenant column. A second call with the same name in a transaction replaces the rows.
        """
        assert temp_name.isidentifier(), "the name is our own"
        body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        await self._connection.execute(
            f"DROP TABLE IF EXISTS pg_temp.{temp_name}; "
            f"CREATE TEMP TABLE {temp_name} ({body}) ON COMMIT DROP"
        )
        await self._connection.copy_records_to_table(
            temp_name, records=rows, columns=list(columns), schema_name="pg_temp"
        )

    async def analyze(self, *tables: str) -> None:
        """Fresh statistics for tables that bulk work just filled."""
        for table in tables:
            await self._connection.execute(f"ANALYZE {table}")

    def publish(self, *events: Event) -> None:
        """The events go out with this commit, or not at all."""
        self._events += events

    def follow(self, event_id: UUID | None) -> None:
        """Events published from here on say they were caused by this one."""
        self._caused_by = event_id

    def after_commit(self, call: Callable[[], Awaitable[None]]) -> None:
        """`call` runs once this transaction has been kept; it must bear being lost."""
        self._after_commit.append(call)

    async def write_events(self) -> None:
        """The published events are rows of the outbox. Called just before the commit."""
        events, self._events = self._events, []
        if events:
            self.has_told = True
            rows = [OutboxRow.of(event) for event in events]
            await write_outbox(self._connection, self._ctx, self._caused_by, rows)

    async def run_after_commit(self) -> None:
        """What was asked to follow the commit has run, in order."""
        for call in self._after_commit:
            await call()


@asynccontextmanager
async def open_transaction(database: Database, ctx: "Context") -> AsyncIterator[Transaction]:
    """BEGIN and the tenant in one message, the body, outbox rows, COMMIT."""
    async with database.app() as connection:
        try:
            await connection.execute(
                f"BEGIN; SET LOCAL galleria.tenant = '{ctx.tenant.tenant_id:d}'"
            )
            transaction = Transaction(connection, ctx)
            yield transaction
            await transaction.write_events()
            tag = await connection.execute("COMMIT")
        except LOST_CONNECTION as lost:
            _drop(connection)
            raise DatabaseUnavailable(f"the database connection was lost: {lost}") from lost
        except BaseException:
            await _roll_back(connection)
            raise
        if tag != "COMMIT":
            raise CommitLost("a statement failed earlier in this transaction; nothing was kept")
    await transaction.run_after_commit()


async def _roll_back(connection: asyncpg.Connection) -> None:
    """The transaction is undone, or the connection is dropped so that nobody inherits it."""
    try:
        await connection.execute("ROLLBACK")
    except (*LOST_CONNECTION, asyncpg.PostgresError):
        _drop(connection)


def _drop(connection: asyncpg.Connection) -> None:
    """The connection is closed for good; one the pool has already let go is left alone."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()
