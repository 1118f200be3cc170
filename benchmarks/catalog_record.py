"""The run of record: a shop grows to fifty million variants, and is measured on its way.

Files of five million made-up variants go in one after the other, each from the file to committed
rows, then to all that lives on events: listings, the work-bench, the search index. At 1, 10, 25
and 50 million the figures are taken: rates of what went in since the last step, bytes of all
tables and their indexes, and what reads cost then, each from PostgreSQL with the products drawn by
chance. `CATALOG_STEPS` names other steps, in millions, and `CATALOG_FOLDER` a folder that is kept:
a run that finds one goes on behind its last step. What the disk cannot hold is left out, and said
to be.
"""

import asyncio
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec

from benchmarks._catalog import write_blocks
from benchmarks._demo import conditions, figure
from benchmarks.catalog_import import CORE_TABLES, SHOP, opened, sizes, taken_in
from benchmarks.catalog_reading import timed_ms
from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import context_of_shop
from galleria.app.worker import relay_until_quiet
from galleria.commerce import catalog, listings
from galleria.commerce.catalog import ProductFilter
from galleria.engines.context import Context
from galleria.settings import load_settings

STEPS = [float(each) for each in os.environ.get("CATALOG_STEPS", "1,10,25,50").split(",")]
MEASURES = (
    "benchmarks/_catalog.py",
    "src/galleria/commerce/imports",
    "src/galleria/commerce/catalog",
    "src/galleria/commerce/listings",
)
A_FILE = 5_000_000
BYTES_A_VARIANT = 1_000  # with what is on its way
SPARE_BYTES = 4 << 30
READS = 1_000
MILLION = 1_000_000


class Grown(msgspec.Struct):
    """How far the catalogue has grown; seconds are those since the last step."""

    variants: int = 0
    products: int = 0
    next_block: int = 0
    import_s: float = 0
    showing_s: float = 0
    since: int = 0


async def grow(house: House, ctx: Context, grown: Grown, wanted: int, folder: Path) -> None:
    """The shop has at least so many variants, and all can be seen and found."""
    file = folder / "catalog.jsonl.gz"
    while grown.variants < wanted:
        size = min(A_FILE, wanted - grown.variants)
        made = write_blocks(file, grown.next_block, size)
        _, seconds = await taken_in(ctx, file)
        file.unlink()
        shutil.rmtree(folder / "data" / "files", ignore_errors=True)
        grown.import_s += seconds
        started = time.perf_counter()
        await relay_until_quiet(house)
        grown.showing_s += time.perf_counter() - started
        grown.products += made.products
        grown.variants += made.variants
        grown.next_block = made.next_block
        print(f"# {grown.variants:,} variants", file=sys.stderr, flush=True)


async def by_chance(ctx: Context, count: int, seed: int) -> list[UUID]:
    """Products drawn evenly over the time in which they were made."""
    draw = random.Random(seed)
    (first,) = await catalog.product_ids_after(ctx, UUID(int=0), 1)
    newest = await catalog.list_products(ctx, sort="-created", limit=1)
    low, high = first.int, newest.items[0].product_id.int
    found = [
        await catalog.product_ids_after(ctx, UUID(int=draw.randrange(low, high)), 1)
        for _ in range(count)
    ]
    return [ids[0] for ids in found if ids]


async def product_reads(ctx: Context) -> list[Callable[[], Awaitable[object]]]:
    """The pages of products drawn by chance."""
    window = await listings.window_of(ctx)
    ids = await by_chance(ctx, READS, 1)
    known = await catalog.summaries_of(ctx, ids)
    return [
        partial(listings.detail_of, ctx, window, known[each].handle)
        for each in ids
        if each in known
    ]


async def grid_reads(ctx: Context) -> dict[str, list[Callable[[], Awaitable[object]]]]:
    """First and deep pages of the merchant's list, with two filters and without."""
    known = await catalog.summaries_of(ctx, await by_chance(ctx, READS // 5, 2))
    leaves = [each for each in await catalog.all_categories(ctx) if each.path.count("/") == 2]
    draw = random.Random(3)
    reads: dict[str, list[Callable[[], Awaitable[object]]]] = {"first": [], "deep": []}
    for product in known.values():
        leaf = draw.choice(leaves).category_id
        for wanted in (
            ProductFilter(status="active", category_id=leaf),
            ProductFilter(status="active", brand=product.brand),
        ):
            for sort in ("title", "-created"):
                read = partial(catalog.list_products, ctx, wanted, sort, limit=50)
                reads["first"].append(read)
        everything = ProductFilter(status="active")
        cursor = await catalog.cursor_before(ctx, product, everything, "-title")
        if cursor is not None:
            reads["deep"].append(
                partial(catalog.list_products, ctx, everything, "title", cursor, 50)
            )
    return reads


async def measure_step(house: House, ctx: Context, grown: Grown, name: str) -> list[bool]:
    """Print the figures of a step."""
    added = grown.variants - grown.since
    bytes_of = await sizes(house)
    core = sum(bytes_of[each] for each in CORE_TABLES)
    figure(f"variants_at_{name}", grown.variants, "variants")
    held = [
        figure(f"imported_at_{name}", added / grown.import_s, "variants/s", 15_000, most=False),
        figure(f"shown_at_{name}", added / grown.showing_s, "variants/s", 4_000, most=False),
        figure(f"core_bytes_at_{name}", core / grown.variants, "bytes/variant", 560),
        figure(
            f"all_bytes_at_{name}", sum(bytes_of.values()) / grown.variants, "bytes/variant", 800
        ),
    ]
    reads = {"product_read": (await product_reads(ctx), 5.0)}
    for depth, pages in (await grid_reads(ctx)).items():
        reads[f"{depth}_page_of_grid"] = (pages, 60.0)
    for what, (calls, most_ms) in reads.items():
        median, p99 = await timed_ms(calls)
        figure(f"{what}_at_{name}", median, "ms")
        held.append(figure(f"{what}_p99_at_{name}", p99, "ms", most_ms))
    return held


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    notes = folder / "grown.json"
    grown = msgspec.json.decode(notes.read_bytes(), type=Grown) if notes.exists() else Grown()
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    held = []
    async with open_house(settings) as house:
        is_new = not notes.exists()
        ctx = await (opened(house) if is_new else context_of_shop(house.context(), SHOP))
        for step in STEPS:
            wanted = int(step * MILLION)
            if wanted <= grown.since:
                continue
            needed = (wanted - grown.variants) * BYTES_A_VARIANT + SPARE_BYTES
            if shutil.disk_usage(folder).free < needed:
                print(f"# left out: {step:g} million variants do not fit on this disk")
                break
            await grow(house, ctx, grown, wanted, folder)
            held += await measure_step(house, ctx, grown, f"{step:g}m")
            grown = Grown(grown.variants, grown.products, grown.next_block, since=grown.variants)
            notes.write_bytes(msgspec.json.encode(grown))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    held.append(figure("peak_memory", peak_mb, "MB", 400))
    return all(held)


def main() -> int:
    """1 when a figure is short."""
    conditions()
    kept = os.environ.get("CATALOG_FOLDER")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        return 0 if asyncio.run(measure(Path(kept))) else 1
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
