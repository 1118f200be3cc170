"""What `galleria doctor` looks at: each check says what is wrong and how to mend it."""

import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from galleria.app.books import look_into_books
from galleria.app.house import open_engines, open_server
from galleria.bindings import all_migrations
from galleria.engines.context import Engines
from galleria.engines.event_log import measure_lag
from galleria.engines.jobs import count_held
from galleria.engines.search_index import SearchIndex
from galleria.engines.search_index.clusters import ClusteredSearch, ClusterState
from galleria.engines.search_index.placing import PlacedIndex
from galleria.engines.secrets import load_master_secret
from galleria.engines.sql import Access, Cells, Database
from galleria.engines.sql.boot_gate import inspect
from galleria.engines.sql.migrations import pending
from galleria.foundation.errors import GalleriaError
from galleria.settings import Settings

LEAST_FREE_BYTES = 2 * 1024**3
MOST_LAG_S = 30.0
SLOW_SYNC_S = 0.02
SYNC_TRIES = 5


class Check(msgspec.Struct, frozen=True):
    """One thing looked at. `remedy` is empty when all is well."""

    name: str
    is_well: bool
    found: str
    remedy: str = ""


async def diagnose(settings: Settings, *, mends: bool = False) -> AsyncIterator[Check]:
    """Every check in turn; those that need the database are left out when it does not answer.

    With `mends` what the books have wrong is put right, where the other rooms know what is right.
    """
    place = _place_of(settings.data_folder)
    folder = _folder(settings.data_folder, place)
    yield folder
    if not folder.is_well:
        return
    yield _disk(place)
    yield _sync(place)
    try:
        master_secret = load_master_secret(settings.data_folder, settings.secret)
        async with AsyncExitStack() as stack:
            access, _ = await stack.enter_async_context(open_server(settings, master_secret))
            async for check in _database(access):
                yield check
            database = await Database.open(access, app_size=2, relay_size=1)
            stack.push_async_callback(database.close)
            engines = await open_engines(settings, Cells({1: database}), master_secret, stack)
            async for check in _house(engines, database):
                yield check
            async for check in _books(engines, database, mends):
                yield check
    except (GalleriaError, OSError) as error:
        yield Check("database", False, str(error), "see DATA/pg.log; is another server using it?")
    except Exception as error:
        yield Check("database", False, repr(error), "run `galleria migrate`, then ask again")


def _place_of(folder: Path) -> Path:
    """The folder, or what is there of the way to it."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _folder(folder: Path, place: Path) -> Check:
    is_well = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    remedy = "" if is_well else f"chown or chmod {place}, or name another folder with --data"
    return Check("data folder", is_well, str(folder), remedy)


def _disk(place: Path) -> Check:
    free_bytes = shutil.disk_usage(place).free
    is_well = free_bytes >= LEAST_FREE_BYTES
    remedy = "" if is_well else "free some space: PostgreSQL stops when the disk is full"
    return Check("disk", is_well, f"{free_bytes / 1e9:.1f} GB free", remedy)


def _sync(place: Path) -> Check:
    """The median time of an fsync: what each commit waits for."""
    probe = place / ".galleria-sync"
    times = []
    try:
        with probe.open("wb") as file:
            for _ in range(SYNC_TRIES):
                started = time.perf_counter()
                file.write(b"x" * 8192)
                file.flush()
                os.fsync(file.fileno())
                times.append(time.perf_counter() - started)
    finally:
        probe.unlink(missing_ok=True)
    median_s = sorted(times)[SYNC_TRIES // 2]
    is_well = median_s < SLOW_SYNC_S
    remedy = "" if is_well else "a slow disk bounds the orders a second; move DATA to a faster one"
    return Check("fsync", is_well, f"{median_s * 1000:.2f} ms", remedy)


async def _database(access: Access) -> AsyncIterator[Check]:
    waiting = await pending(access, all_migrations())
    remedy = "run `galleria migrate`" if waiting else ""
    yield Check("migrations", not waiting, f"{len(waiting)} waiting", remedy)


async def _house(engines: Engines, database: Database) -> AsyncIterator[Check]:
    findings = await inspect(database)
    if findings:
        for finding in findings:
            yield Check("boot gate", False, f"{finding.subject}: {finding.problem}", finding.remedy)
    else:
        yield Check("boot gate", True, "every tenant table is under forced row-level security")
    lag = await measure_lag(database, engines.clock.now())
    is_well = lag.lag_s < MOST_LAG_S
    remedy = "" if is_well else "is a worker running? start `galleria worker`"
    yield Check("event log", is_well, f"{lag.lag_s:.1f} s behind, {lag.parked} parked", remedy)
    remedy = "look with `galleria events list --shop SLUG`, mend, replay" if lag.dead else ""
    yield Check("dead letters", not lag.dead, str(lag.dead), remedy)
    failed = await count_held(database)
    remedy = "look at the worker's log; failed jobs are held, not lost" if failed else ""
    yield Check("failed jobs", not failed, str(failed), remedy)
    remedy = "start `galleria worker`: it makes the index anew"
    for name, index in (("search index", engines.search), ("index of records", engines.records)):
        status = await index.status()
        yield Check(
            name,
            not status.needs_rebuild,
            f"{status.documents} documents, {status.size_bytes / 1e6:.1f} MB",
            remedy if status.needs_rebuild else "",
        )
    async for check in look_at_clusters(engines.search):
        yield check
    async for check in look_at_shards(engines):
        yield check


async def look_at_clusters(search: SearchIndex) -> AsyncIterator[Check]:
    """How each cluster does, where search runs in clusters."""
    if not isinstance(search, ClusteredSearch):
        return
    remedies = {
        ClusterState.BEHIND: "keep `galleria worker` running: it fills all clusters anew",
        ClusterState.BROKEN: "it cannot be reached; others answer as long as one is whole",
    }
    for each in await search.cluster_status():
        is_told = each.is_drained and each.state is not ClusterState.DRAINED
        found = f"{each.state}, drained" if is_told else str(each.state)
        remedy = remedies.get(each.state, "")
        yield Check(f"search cluster {each.name}", not remedy, found, remedy)


async def look_at_shards(engines: Engines) -> AsyncIterator[Check]:
    """How the search index of each shop does that has its own."""
    if not isinstance(engines.search, PlacedIndex):
        return
    for each in (await engines.search.shards())[1:]:
        entry = await engines.sql.directory.by_id(each.tenant_id)
        slug = str(each.tenant_id) if entry is None else entry.slug
        found = f"{each.documents} documents, {each.size_bytes / 1e6:.1f} MB"
        yield Check(
            f"search index of {slug}",
            not each.needs_rebuild,
            f"{found}, being filled" if each.is_filling else found,
            "start `galleria worker`: it makes this one anew" if each.needs_rebuild else "",
        )


async def _books(engines: Engines, database: Database, mends: bool) -> AsyncIterator[Check]:
    """What several rooms keep of one thing agrees, unless an event is still on its way."""
    lag = await measure_lag(database, engines.clock.now())
    if lag.lag_s or lag.parked:
        yield Check("books", True, "not looked into: events are on their way; ask again later")
        return
    async for seen in look_into_books(engines, mends=mends):
        yield Check(seen.name, seen.is_well, seen.told, seen.remedy)
