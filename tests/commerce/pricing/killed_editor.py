"""Works at one bulk edit in a process of its own, until it is killed: see test_edits."""

import asyncio
import sys
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import pricing
from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.engines.secrets import Secrets
from galleria.engines.sql import Access, Cells, Database
from galleria.engines.sql.launcher import Address
from galleria.foundation.clock import SystemClock
from galleria.foundation.pagination import CursorCodec

SECRET = b"a secret that only tests know....."


class Errand(msgspec.Struct):
    """What the process is told: where the database is, and which edit."""

    host: str
    port: int
    database: str
    passwords: dict[str, str]
    tenant_id: int
    slug: str
    edit_id: UUID
    most: int


async def main(errand: Errand) -> None:
    """The edit has come to its end, if nobody killed us."""
    address = Address(errand.host, errand.port, errand.database)
    cells = Cells({1: await Database.open(Access(address, errand.passwords))})
    unused: Any = None
    engines = Engines(
        sql=cells,
        cache=unused,
        blob=unused,
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
    await pricing.run_edit(ctx, errand.edit_id, most=errand.most)


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)))
