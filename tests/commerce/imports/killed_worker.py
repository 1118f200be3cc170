"""Works at one import in a process of its own, until it is killed: see test_resuming."""

import asyncio
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import imports
from galleria.engines.blob.local import local_blobs
from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.engines.secrets import Secrets
from galleria.engines.sql import Access, Cells, Database
from galleria.engines.sql.launcher import Address
from galleria.foundation.clock import SystemClock
from galleria.foundation.pagination import CursorCodec

SECRET = b"a secret that only tests know....."


class Errand(msgspec.Struct):
    """What the process is told: where the database and the files are, and which import."""

    host: str
    port: int
    database: str
    passwords: dict[str, str]
    files: str
    tenant_id: int
    slug: str
    run_id: UUID
    at_once: int


async def main(errand: Errand) -> None:
    """The import has come to its end, if nobody killed us."""
    address = Address(errand.host, errand.port, errand.database)
    database = await Database.open(Access(address, errand.passwords))
    cells = Cells({1: database})
    unused: Any = None
    engines = Engines(
        sql=cells,
        cache=unused,
        blob=local_blobs(Path(errand.files)),
        search=unused,
        records=unused,
        realtime=unused,
        mail=unused,
        outbound=unused,
        secrets=Secrets(cells, SECRET),
        clock=SystemClock(),
        cursors=CursorCodec(SECRET),
    )
    ctx = Context(engines, Tenant(errand.tenant_id, errand.slug), SYSTEM, request_id="child")
    await imports.run_import_now(ctx, errand.run_id, at_once=errand.at_once)


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)))
