"""How soon a change is seen: from a changed product to a fresh answer on two server processes.

Two servers and a worker on one database. A product's title is changed through one server while
both are asked for it all the time, and so keep it. Timed is from the answer to the change until
both show it; and, inside that, from when the shop window has it until both show it, which is what
purging takes.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks._demo import conditions, figure
from galleria.app.house import open_house
from galleria.engines.context import Tenant
from galleria.settings import Settings
from tests.app.houses import SLUG, prepared_house, running
from tests.journeys.api.test_kept_answers import Shelf, change, second_server, seen

MEASURES = (
    "src/galleria/faces/gateway",
    "src/galleria/commerce/listings",
    "src/galleria/engines/event_log",
    "src/galleria/engines/realtime",
)
CHANGES = 60
LOOK_EACH_S = 0.002
_WRITTEN = """
SELECT max(updated_at) AS at FROM listings.listing WHERE tenant_id = $1 AND product_id = $2
"""


async def measure(folder: Path) -> tuple[list[float], list[float]]:
    """Milliseconds from each change, and from each listing written, to both servers showing it."""
    prepared = await prepared_house(folder / "house")
    from_change, from_window = [], []
    async with running(prepared, "database", "server", "worker") as processes:  # noqa: SIM117
        async with (
            second_server(processes) as second,
            httpx.AsyncClient(timeout=30) as client,
            open_house(Settings(data=str(prepared.folder))) as house,
        ):
            ctx = house.context().for_tenant(Tenant(prepared.tenant_id, SLUG))
            urls = [processes.base_url, second]
            headers = {"Authorization": f"Bearer {prepared.key}"}
            page = await client.get(f"{urls[0]}/admin/v1/products", headers=headers)
            each = page.json()["items"][0]
            shelf = Shelf(SLUG, prepared.key, each["product_id"], each["handle"], each["version"])
            for _ in range(CHANGES):
                await change(client, urls[0], shelf)
                changed_at, last = time.time(), len(shelf.changed_at) - 1
                shown_at = await asyncio.gather(
                    *(_shown_at(client, url, shelf, last) for url in urls)
                )
                row = await ctx.read_row(_WRITTEN, shelf.product_id)
                assert row is not None, "the product is in the window"
                from_change.append((max(shown_at) - changed_at) * 1000)
                from_window.append((max(shown_at) - row["at"].timestamp()) * 1000)
    return from_change, from_window


async def _shown_at(client: httpx.AsyncClient, url: str, shelf: Shelf, number: int) -> float:
    while True:
        title = await seen(client, url, shelf, f"products/{shelf.handle}")
        if title.endswith(f"|{number}"):
            return time.time()
        await asyncio.sleep(LOOK_EACH_S)


def p99(values: list[float]) -> float:
    """The 99th percentile, the nearest that was measured."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as folder:
        from_change, from_window = asyncio.run(measure(Path(folder)))
    held = figure("purge_p99", p99(from_window), "ms", 200)
    figure("purge_p50", statistics.median(from_window), "ms")
    figure("change_to_fresh_p50", statistics.median(from_change), "ms")
    figure("change_to_fresh_p99", p99(from_change), "ms")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
