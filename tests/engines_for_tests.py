"""Opens the embedded engines for a test run."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import galleria
from galleria.engines.blob.local import local_blobs
from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import Engines
from galleria.engines.imaging import Imaging
from galleria.engines.mail import Sender
from galleria.engines.mail.outbox import OutboxMail
from galleria.engines.outbound import Outbound
from galleria.engines.realtime.hub import Hub
from galleria.engines.realtime.memory import MemoryJournal
from galleria.engines.record_index.embedded import open_records
from galleria.engines.search_index import CommitBatcher
from galleria.engines.search_index.shards import open_sharded
from galleria.engines.secrets import Secrets, derive_key
from galleria.engines.sql import Cells, Database
from galleria.engines.sql.migrations import Migration, read_folder
from galleria.foundation.clock import SystemClock
from galleria.foundation.pagination import CursorCodec
from galleria.growth.search.model.operating import OperatorSettings
from galleria.settings import read_struct

FLOORS = tuple(
    os.environ.get(
        "GALLERIA_TEST_FLOORS", "engines platform content commerce insight growth faces"
    ).split()
)


def all_migrations() -> list[Migration]:
    """Every room's migrations, floor by floor."""
    root = Path(galleria.__file__).parent
    found: list[Migration] = []
    for floor in FLOORS:
        rooms = sorted(
            (root / floor).glob("*/migrations"), key=lambda p: (p.parent.name != "sql", p)
        )
        for folder in rooms:
            found += read_folder(f"{floor}.{folder.parent.name}", folder)
    return found


@asynccontextmanager
async def open_test_engines(
    database: Database, data_folder: Path, secret: bytes
) -> AsyncIterator[Engines]:
    """All engines, embedded, on the run's database and folder; this process writes the indexes."""
    cells = Cells({1: database})
    search = open_sharded(data_folder / "search")
    records = open_records(data_folder / "records")
    outbound = Outbound()
    cache = MemoryCache()
    realtime = Hub(MemoryJournal())
    await realtime.start()
    imaging = Imaging()
    async with await search.open_writer() as writer, await records.open_writer() as keeper:
        # There is nothing in the house yet, so an empty index is a whole one.
        await (await keeper.begin_rebuild()).finish()
        batcher = CommitBatcher(writer, max_delay_s=0.0)
        record_batcher = CommitBatcher(keeper, max_delay_s=0.0)
        yield Engines(
            sql=cells,
            cache=cache,
            blob=local_blobs(data_folder / "files"),
            search=search,
            records=records,
            realtime=realtime,
            mail=OutboxMail(data_folder / "mail", Sender("shop@galleria.example")),
            outbound=outbound,
            secrets=Secrets(cells, secret),
            clock=SystemClock(),
            cursors=CursorCodec(derive_key(secret, "page cursors")),
            search_writer=batcher,
            record_writer=record_batcher,
            imaging=imaging,
            room_settings={
                OperatorSettings: read_struct(OperatorSettings, os.environ, "GALLERIA_SEARCH_")
            },
        )
        await batcher.close()
        await record_batcher.close()
    await search.close()
    await records.close()
    await outbound.close()
    await imaging.close()
    await cache.close()
    await realtime.close()
