"""Opens the house: database, gate and engines, as the settings say."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from galleria.app.memory import share_arenas, spare_the_collector
from galleria.app.searching import open_search
from galleria.bindings import all_migrations, read_room_settings
from galleria.commerce.orders import ShopLinks
from galleria.engines.blob import BlobStore
from galleria.engines.blob.local import local_blobs
from galleria.engines.cache import Cache
from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import HOUSE, SYSTEM, Context, Engines
from galleria.engines.imaging import Imaging
from galleria.engines.mail import Mail, Sender
from galleria.engines.mail.outbox import OutboxMail
from galleria.engines.notebook import Notebook
from galleria.engines.outbound import Outbound, parse_allowances
from galleria.engines.realtime.hub import Hub
from galleria.engines.realtime.journal import Journal
from galleria.engines.realtime.postgres import PostgresJournal
from galleria.engines.record_index.embedded import open_records
from galleria.engines.secrets import Secrets, derive_key, load_master_secret
from galleria.engines.sql import Access, Cells, Database
from galleria.engines.sql.boot_gate import check
from galleria.engines.sql.bootstrap import (
    access_by_url,
    bring_up_to_date,
    first_contact,
    passwords_of,
    prepare_by_url,
    prepare_embedded,
)
from galleria.engines.sql.launcher import EmbeddedPostgres
from galleria.engines.sql.migrations import Migration, MigrationRefused, pending
from galleria.foundation.clock import SystemClock
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import CursorCodec
from galleria.settings import Settings


@dataclass(frozen=True)
class House:
    """An open house. `server` is the embedded database, None for an outside one."""

    settings: Settings
    master_secret: bytes
    access: Access
    server: EmbeddedPostgres | None
    engines: Engines

    def context(self) -> Context:
        """The house's own tenant, acting as the system."""
        return Context(self.engines, HOUSE, SYSTEM, request_id=str(new_id()))


@asynccontextmanager
async def open_server(
    settings: Settings, master_secret: bytes
) -> AsyncIterator[tuple[Access, EmbeddedPostgres | None]]:
    """A database server that answers; one this process started is stopped again at the end."""
    if settings.database_url:
        yield access_by_url(settings.database_url, master_secret), None
        return
    server = EmbeddedPostgres(settings.data_folder, master_secret)
    await server.start()
    try:
        yield Access(server.address, passwords_of(master_secret)), server
    finally:
        await server.stop()


@asynccontextmanager
async def open_prepared(settings: Settings) -> AsyncIterator[Access]:
    """A database server with roles and database, made when they are missing."""
    master_secret = load_master_secret(settings.data_folder, settings.secret)
    async with open_server(settings, master_secret) as (_, server):
        with first_contact():
            if server is not None:
                access = await prepare_embedded(server, master_secret)
            else:
                assert settings.database_url, "the server is embedded or has a URL"
                access = await prepare_by_url(settings.database_url, master_secret)
        yield access


async def migrate_house(settings: Settings) -> list[Migration]:
    """Roles, database and tables are up to date; the migrations applied just now come back."""
    async with open_prepared(settings) as access:
        return await bring_up_to_date(access, all_migrations())


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """The house is open: tables up to date, gate passed, engines ready.

    Raises:
        DatabaseNotPrepared, DatabaseUnavailable: see `first_contact`.
        MigrationRefused: tables are missing; run `galleria migrate`.
        GateClosed: the database would not keep tenants apart.
        InvalidInput: a setting of a room does not fit.
    """
    room_settings = read_room_settings(os.environ)
    room_settings[ShopLinks] = ShopLinks(
        scheme=settings.public_scheme, base_domain=settings.base_domain, port=settings.public_port
    )
    master_secret = load_master_secret(settings.data_folder, settings.secret)
    share_arenas()
    async with AsyncExitStack() as stack:
        access, server = await stack.enter_async_context(open_server(settings, master_secret))
        with first_contact():
            await refuse_pending(access)
            database = await Database.open(access, app_size=settings.database_connections)
        stack.push_async_callback(database.close)
        await check(database)
        engines = await open_engines(settings, Cells({1: database}), master_secret, stack)
        engines = replace(engines, room_settings=room_settings)
        spare_the_collector()
        yield House(settings, master_secret, access, server, engines)


async def refuse_pending(access: Access) -> None:
    """Pass when the database has all tables this version needs.

    Raises:
        MigrationRefused: it has not.
    """
    waiting = await pending(access, all_migrations())
    if waiting:
        raise MigrationRefused(
            f"{len(waiting)} migrations wait, the first is {waiting[0].room} {waiting[0].name}; "
            "run `galleria migrate`"
        )


async def open_engines(
    settings: Settings, cells: Cells, master_secret: bytes, stack: AsyncExitStack
) -> Engines:
    """Every engine as the settings say, closed again by `stack`."""
    search = open_search(settings)
    stack.push_async_callback(search.close)
    records = open_records(settings.data_folder / "records")
    stack.push_async_callback(records.close)
    cache = _cache(settings)
    stack.push_async_callback(cache.close)
    realtime = Hub(_journal(settings, cells))
    await realtime.start()
    stack.push_async_callback(realtime.close)
    outbound = Outbound(parse_allowances(settings.outbound_allow))
    stack.push_async_callback(outbound.close)
    imaging = Imaging()
    stack.push_async_callback(imaging.close)
    notebook = Notebook()
    notebook.start()
    stack.push_async_callback(notebook.close)
    return Engines(
        sql=cells,
        cache=cache,
        blob=_blobs(settings),
        search=search,
        records=records,
        realtime=realtime,
        mail=_mail(settings),
        sandbox_mail=_outbox(settings) if settings.smtp_url else None,
        outbound=outbound,
        secrets=Secrets(cells, master_secret),
        clock=SystemClock(),
        cursors=CursorCodec(derive_key(master_secret, "page cursors")),
        notebook=notebook,
        imaging=imaging,
    )


# The drivers of distributed engines are loaded only where the settings name such an engine.


def _cache(settings: Settings) -> Cache:
    if settings.redis_url is None:
        return MemoryCache()
    from galleria.engines.cache.redis import RedisCache  # noqa: PLC0415

    return RedisCache.from_url(settings.redis_url)


def _journal(settings: Settings, cells: Cells) -> Journal:
    if settings.redis_url is None:
        return PostgresJournal(cells.home.connect_app)
    from galleria.engines.realtime.redis import RedisJournal  # noqa: PLC0415

    return RedisJournal.from_url(settings.redis_url)


def _blobs(settings: Settings) -> BlobStore:
    if settings.s3_url is None:
        return local_blobs(settings.data_folder / "files")
    from galleria.engines.blob.s3 import parse_s3_url, s3_blobs  # noqa: PLC0415

    return s3_blobs(parse_s3_url(settings.s3_url))


def _outbox(settings: Settings) -> OutboxMail:
    return OutboxMail(settings.data_folder / "mail", Sender(settings.mail_from))


def _mail(settings: Settings) -> Mail:
    if settings.smtp_url is None:
        return _outbox(settings)
    from galleria.engines.mail.smtp import SmtpMail, parse_smtp_url  # noqa: PLC0415

    return SmtpMail(parse_smtp_url(settings.smtp_url), Sender(settings.mail_from))
