"""Fetches a shop's pictures in a process of its own, until it is killed: see test_killing."""

import asyncio
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import msgspec

from galleria.commerce import pictures
from galleria.engines.blob.local import local_blobs
from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.engines.outbound import Allowance, Outbound
from galleria.engines.secrets import Secrets
from galleria.engines.sql import Access, Cells, Database
from galleria.engines.sql.launcher import Address
from galleria.foundation.clock import SystemClock
from galleria.foundation.pagination import CursorCodec

SECRET = b"a secret that only tests know....."


class Errand(msgspec.Struct):
    """What the process is told: where database and files are, for whom, and whom it may call."""

    host: str
    port: int
    database: str
    passwords: dict[str, str]
    files: str
    tenant_id: int
    slug: str
    may_call_port: int


async def main(errand: Errand) -> None:
    """The shop's pictures are fetched, if nobody killed us."""
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
        outbound=Outbound((Allowance(ip_network("127.0.0.1/32"), errand.may_call_port),)),
        secrets=Secrets(cells, SECRET),
        clock=SystemClock(),
        cursors=CursorCodec(SECRET),
    )
    ctx = Context(engines, Tenant(errand.tenant_id, errand.slug), SYSTEM, request_id="child")
    await pictures.fetch_pictures(ctx)


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)))
