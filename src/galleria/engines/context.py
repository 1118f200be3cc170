"""Who asks, for which tenant, when, and with which engines: the first argument everywhere.

One context is made for each request, event batch or job. There is no global state and no hidden
clock beside it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec

from galleria.engines.imaging import Imaging
from galleria.engines.nearby import Nearby
from galleria.engines.notebook import Notebook
from galleria.engines.sql.failures import LOST_CONNECTION, DatabaseUnavailable
from galleria.engines.sql.transaction import Record, Transaction, open_transaction
from galleria.foundation.clock import AheadClock

if TYPE_CHECKING:
    # Only their types are named here: a process that opens a context need not load every engine.
    from galleria.engines.blob import BlobStore
    from galleria.engines.cache import Cache
    from galleria.engines.mail import Mail
    from galleria.engines.outbound import Outbound
    from galleria.engines.realtime import Realtime
    from galleria.engines.record_index import RecordBatcher, RecordIndex
    from galleria.engines.search_index import SearchBatcher, SearchIndex
    from galleria.engines.secrets import Secrets
    from galleria.engines.sql.cells import Cells
    from galleria.engines.sql.directory import DirectoryEntry
    from galleria.foundation.clock import Clock
    from galleria.foundation.pagination import CursorCodec


SettingsT = TypeVar("SettingsT")


class Tenant(msgspec.Struct, frozen=True):
    """A shop as the engines know it: its number and its public name.

    In a sandbox no letter leaves the house, and the clock may be ahead by `clock_ahead_s` seconds.
    """

    tenant_id: int
    slug: str
    is_sandbox: bool = False
    clock_ahead_s: int = 0

    @property
    def clock_ahead(self) -> timedelta:
        """How far its clock is ahead of the house's."""
        return timedelta(seconds=self.clock_ahead_s)


def tenant_of(entry: "DirectoryEntry") -> Tenant:
    """The shop that an entry of the directory is about."""
    return Tenant(entry.tenant_id, entry.slug, entry.is_sandbox, entry.clock_ahead_s)


HOUSE = Tenant(0, "house")  # the operator's own tenant: people, sessions, the list of shops


class Actor(msgspec.Struct, frozen=True):
    """Who acts. `kind` is system, person, key, shopper or anonymous.

    `says` is what the key's holder has signed of limits (JSON), empty for the key itself; of a
    shopper, the session they came by. `requests_per_minute` is how often this key may ask, None for
    as often as anybody. By which channel profile a key is answered where it names none, whether it
    may name another, and at which stock location its device stands, says what it is bound to.
    """

    kind: str
    actor_id: str
    scopes: frozenset[str] = frozenset()
    says: bytes = b""
    requests_per_minute: int | None = None
    profile: str = ""
    profile_is_fixed: bool = False
    location: str = ""

    def may(self, scope: str) -> bool:
        """True when the actor holds the scope; `*` is every scope."""
        return scope in self.scopes or "*" in self.scopes


SYSTEM = Actor("system", "galleria", frozenset({"*"}))
ANONYMOUS = Actor("anonymous", "")


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of this process, one instance each, shared by all contexts."""

    sql: "Cells"
    cache: "Cache"
    blob: "BlobStore"
    search: "SearchIndex"
    records: "RecordIndex"
    realtime: "Realtime"
    mail: "Mail"
    outbound: "Outbound"
    secrets: "Secrets"
    clock: "Clock"
    cursors: "CursorCodec"
    sandbox_mail: "Mail | None" = None
    """Where the letters of sandboxes stay when `mail` sends; None: `mail` itself sends nothing."""
    search_writer: "SearchBatcher | None" = None
    """The search index's writer, in the one process that holds the lease for it."""
    record_writer: "RecordBatcher | None" = None
    """The writer of the index of records, in the same process."""
    notebook: Notebook = field(default_factory=Notebook)
    """What may be lost is noted here and written down in sets; see `engines.notebook`."""
    nearby: Nearby = field(default_factory=Nearby)
    """What this process remembers as it is, for seconds; see `engines.nearby`."""
    imaging: Imaging = field(default_factory=Imaging)
    """What makes small pictures of large ones; it starts nothing before it is asked."""
    room_settings: Mapping[type[Any], Any] = field(default_factory=dict)
    """What the operator has set for single rooms, by the struct that a room declares."""
    of_house: "Engines | None" = None
    """The house's engines, of which a sandbox has these."""

    def settings_of(self, kind: type[SettingsT]) -> SettingsT:
        """A room's settings: what the operator has set, else the defaults."""
        settings: SettingsT = self.room_settings.get(kind) or kind()
        return settings

    @property
    def wall_clock(self) -> "Clock":
        """The house's own clock, whatever the clock of a sandbox says."""
        return self.clock if self.of_house is None else self.of_house.clock

    def of(self, tenant: Tenant) -> "Engines":
        """The engines as this tenant gets them: a sandbox has a clock and an outbox of its own."""
        house = self.of_house or self
        if not tenant.is_sandbox:
            return house
        clock = AheadClock(house.clock, tenant.clock_ahead)
        return replace(house, clock=clock, mail=house.sandbox_mail or house.mail, of_house=house)


TENANTS_A_PAGE = 500


async def every_shop(
    engines: Engines, request_id: str, *, only_open: bool = False, after: int = 0
) -> "AsyncIterator[Context]":
    """Each shop in turn, as the system acts in it, by its number, those beyond `after`; the house
    itself is none."""
    while page := await engines.sql.directory.page(after, TENANTS_A_PAGE):
        for entry in page:
            if entry.status == "open" or not only_open:
                yield Context(engines, tenant_of(entry), SYSTEM, request_id)
        after = page[-1].tenant_id


@lru_cache(maxsize=4096)
def under_tenant(sql: str) -> str:
    """A SELECT as one statement that sets the tenant first and then reads under the policy.

    The materialised CTE runs once; the lateral join depends on its row, so no plan can read
    before the tenant is set. One round trip instead of BEGIN, set, read, COMMIT.
    """
    return (
        "WITH t AS MATERIALIZED (SELECT set_config('galleria.tenant', $1::int4::text, true)"
        f" AS tenant) SELECT r.* FROM t CROSS JOIN LATERAL (SELECT q.* FROM ({sql}) AS q"
        " WHERE t.tenant IS NOT NULL OFFSET 0) AS r"
    )


class Context:
    """See the module."""

    __slots__ = (
        "_open",
        "actor",
        "before_first_write",
        "caused_by",
        "channel",
        "engines",
        "locale",
        "now",
        "request_id",
        "shown",
        "tenant",
    )

    def __init__(
        self,
        engines: Engines,
        tenant: Tenant,
        actor: Actor,
        request_id: str,
        locale: str = "en",
        now: datetime | None = None,
    ) -> None:
        self.engines = engines.of(tenant)
        self.tenant = tenant
        self.actor = actor
        self.request_id = request_id
        self.locale = locale
        self.now = now or self.engines.clock.now()
        self.caused_by: UUID | None = None
        # The sales channel that holds where the request names none; None for the default one.
        self.channel: str | None = None
        # Done in the first transaction that is opened, before all else in it.
        self.before_first_write: Callable[[Transaction], Awaitable[None]] | None = None
        self.shown: list[str] = []
        # Keyed by task: tasks that share a context must not share a connection.
        self._open: dict[asyncio.Task[Any] | None, Transaction] = {}

    def note_shown(self, *things: str) -> None:
        """The answer to this request shows these: `product:<id>`, `listing-page`.

        When one of them changes, an answer kept before this moment counts no longer.
        """
        self.shown += things

    @property
    def wall_now(self) -> datetime:
        """The instant by the house's own clock: for what happens outside a sandbox, such as when a
        message is sent."""
        return self.now - self.tenant.clock_ahead

    @property
    def wall_clock(self) -> "Clock":
        """The house's own clock."""
        return self.engines.wall_clock

    def for_tenant(self, tenant: Tenant) -> "Context":
        """The same actor, instant (by that tenant's clock) and request in another tenant."""
        now = self.wall_now + tenant.clock_ahead
        other = Context(self.engines, tenant, self.actor, self.request_id, self.locale, now)
        other.caused_by = self.caused_by
        return other

    def as_actor(self, actor: Actor) -> "Context":
        """The same tenant and request, another actor; in the same transaction, if one is open."""
        other = Context(self.engines, self.tenant, actor, self.request_id, self.locale, self.now)
        other.channel = self.channel
        other._open = self._open
        return other

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All that is written inside is kept together with its events, or not at all.

        Nested use in the same task joins the outer transaction. What is told inside is told of this
        context's actor.
        """
        task = asyncio.current_task()
        outer = self._open.get(task)
        if outer is not None and outer.ctx is self:
            yield outer
            return
        if outer is not None:
            async with outer.acting(self) as transaction:
                yield transaction
            return
        database = self.engines.sql.database_of(self.tenant.tenant_id)
        async with open_transaction(database, self) as transaction:
            self._open[task] = transaction
            try:
                if self.before_first_write is not None:
                    begin, self.before_first_write = self.before_first_write, None
                    await begin(transaction)
                yield transaction
            finally:
                del self._open[task]

    async def read(self, sql: str, *args: Any) -> list[Record]:
        """All rows of one SELECT, read under this tenant's policy in one round trip."""
        outer = self._open.get(asyncio.current_task())
        if outer is not None:
            return await outer.fetch(sql, *args)
        database = self.engines.sql.database_of(self.tenant.tenant_id)
        try:
            async with database.app() as connection:
                return await connection.fetch(under_tenant(sql), self.tenant.tenant_id, *args)
        except LOST_CONNECTION as lost:
            raise DatabaseUnavailable(f"the database connection was lost: {lost}") from lost

    async def ping(self) -> None:
        """Pass when the database answers a read of this tenant.

        Raises:
            DatabaseUnavailable: it does not.
        """
        await self.read("SELECT 1 AS one WHERE $1::int IS NOT NULL")

    async def read_row(self, sql: str, *args: Any) -> Record | None:
        """The first row of one SELECT."""
        rows = await self.read(sql, *args)
        return rows[0] if rows else None

    async def read_value(self, sql: str, *args: Any) -> Any:
        """The first column of the first row of one SELECT."""
        rows = await self.read(sql, *args)
        return rows[0][0] if rows else None
