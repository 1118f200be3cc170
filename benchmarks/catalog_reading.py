"""What a shopper's reads cost in a large shop, and what its window takes up.

A made-up catalogue is imported and its listings are made; then one process reads through the
service, each answer from PostgreSQL. Lists are the first page and one after half of the products,
in the whole shop, its largest category and its smallest. `CATALOG_VARIANTS` sets the size, 200,000
unless it is set. Bytes are those of the tables of the room and of their indexes.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import msgspec

from benchmarks._catalog import write_catalog
from benchmarks._demo import conditions, figure
from benchmarks.catalog_import import opened, sizes, taken_in
from galleria.app.house import House, migrate_house, open_house
from galleria.commerce import listings
from galleria.commerce.listings import Window
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.settings import load_settings

MEASURES = (
    "benchmarks/_catalog.py",
    "src/galleria/commerce/listings",
    "src/galleria/foundation/packing.py",
)
VARIANTS = int(os.environ.get("CATALOG_VARIANTS", "200000"))
READS = 2_000
PAGES = 60
PAGE = 20
SORTS = ("newest", "title", "price")


async def timed_ms(reads: list[Callable[[], Awaitable[object]]]) -> tuple[float, float]:
    """Median and 99th percentile of the reads, one after the other."""
    took = []
    for read in reads:
        started = time.perf_counter()
        await read()
        took.append(1_000 * (time.perf_counter() - started))
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100]


async def handles_and_middles(ctx: Context, window: Window) -> tuple[list[str], dict[str, str]]:
    """Handles of the shop's products, and for each sort the cursor halfway through the shop."""
    handles: list[str] = []
    middles: dict[str, str] = {}
    for sort in SORTS:
        cursors: list[str] = []
        cursor = None
        while True:
            cards, cursor = await listings.page_of_cards(
                ctx, window, sort=sort, cursor=cursor, limit=100
            )
            if sort == SORTS[0]:
                handles += [msgspec.json.decode(card)["handle"] for card in cards]
            if cursor is None:
                break
            cursors.append(cursor)
        middles[sort] = cursors[len(cursors) // 2]
    return handles, middles


async def made(house: House, ctx: Context) -> float:
    """How many seconds the listings took from the log to the table."""
    relay = Relay(house.engines, LISTINGS.subscriptions)
    started = time.perf_counter()
    while await relay.drain():
        pass
    return time.perf_counter() - started


async def measure_lists(ctx: Context, window: Window, middles: dict[str, str]) -> list[bool]:
    """Print what pages of lists cost."""
    nodes = sorted(await listings.categories_of(ctx, window), key=lambda each: each.product_count)
    smallest = next(each for each in nodes if each.product_count)
    held = []
    for sort in SORTS:
        places = (("shop", None), ("largest", nodes[-1].path), ("smallest", smallest.path))
        for name, category in places:
            for depth in ("first", "deep"):
                if depth == "deep" and category is not None:
                    continue
                cursor = middles[sort] if depth == "deep" else None

                read = partial(
                    listings.page_of_cards,
                    *(ctx, window),
                    sort=sort,
                    category=category,
                    cursor=cursor,
                    limit=PAGE,
                )
                median, p99 = await timed_ms([read] * PAGES)
                figure(f"{depth}_page_by_{sort}_of_{name}", median, "ms")
                held.append(figure(f"{depth}_page_by_{sort}_of_{name}_p99", p99, "ms", 50))
    return held


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    file = folder / "catalog.jsonl"
    products, variants = write_catalog(file, VARIANTS)
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    async with open_house(settings) as house:
        ctx = await opened(house)
        before = await sizes(house)
        await taken_in(ctx, file)
        seconds = await made(house, ctx)
        after = await sizes(house)
        window = await listings.window_of(ctx)
        handles, middles = await handles_and_middles(ctx, window)
        assert len(handles) == products, (len(handles), products)
        chosen = random.Random(1).choices(handles, k=READS)
        median, p99 = await timed_ms(
            [partial(listings.detail_of, ctx, window, handle) for handle in chosen]
        )
        held = await measure_lists(ctx, window, middles)
    size = sum(after[name] - before.get(name, 0) for name in after if name.startswith("listings."))
    figure("variants", variants, "variants")
    figure("product_read", median, "ms")
    held += [
        figure("listed", products / seconds, "products/s", 1_000, most=False),
        figure("bytes", size / variants, "bytes/variant", 110),
        figure("product_read_p99", p99, "ms", 10),
    ]
    return all(held)


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
