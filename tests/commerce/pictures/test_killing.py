"""A worker that is killed loses no picture, and none is kept or put on a product twice."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec

from galleria.commerce import pictures
from galleria.commerce.pictures import Counts
from galleria.commerce.pictures.service import fetching
from galleria.engines.context import Context
from galleria.engines.sql import Access
from galleria.foundation.clock import ManualClock
from tests.commerce.pictures.conftest import Host, heard, merged, named, png, tree
from tests.commerce.pictures.killed_fetcher import Errand
from tests.engines.outbound.servers import Received, plain

ROOT = Path(__file__).parents[3]
COUNT = 60


async def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    shop: Context, host: Host, access: Access, data_folder: Path
) -> None:
    async def slowly(request: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        await plain(200, png(request.path))(request, writer)

    urls = [host.put(f"/{number}.png", slowly) for number in range(COUNT)]
    await merged(shop, named("one", *urls), named("two", *urls))
    await heard(shop)
    errand = Errand(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        passwords=access.passwords,
        files=str(data_folder / "files"),
        tenant_id=shop.tenant.tenant_id,
        slug=shop.tenant.slug,
        may_call_port=host.server.port,
    )
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.commerce.pictures.killed_fetcher"),
        stdin=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    assert child.stdin is not None
    child.stdin.write(msgspec.json.encode(errand))
    child.stdin.close()
    async with asyncio.timeout(30):
        while host.asked.total() < COUNT // 3:
            await asyncio.sleep(0.005)
    child.kill()
    await child.wait()
    counts = await pictures.get_counts(shop)
    assert 0 < counts.waiting < COUNT, "killed on the way"

    await pictures.fetch_pictures(shop)
    assert await pictures.get_counts(shop) == counts, "a worker that was there a moment ago"
    clock = ManualClock(shop.engines.clock.now() + timedelta(seconds=fetching.CLAIM_S + 1))
    later = Context(replace(shop.engines, clock=clock), shop.tenant, shop.actor, "later")
    await pictures.fetch_pictures(later)

    assert await pictures.get_counts(shop) == Counts(fetched=COUNT)
    assert max(host.asked.values()) <= 2
    rows = await shop.read("SELECT media_id FROM images.image WHERE tenant_id = $1")
    kept = {row["media_id"] for row in rows}
    assert len(rows) == len(kept) == COUNT
    for handle in ("one", "two"):
        assert {each.media_id for each in (await tree(shop, handle)).media} == kept
