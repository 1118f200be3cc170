"""The run of record: a shop grows to fifty million variants, and is measured on its way.

Files of five million made-up variants go in one after the other, each from the file to committed
rows, then to all that lives on events: listings, the work-bench, the search index. At 1, 10, 25
and 50 million the figures are taken: rates of what went in since the last step, bytes of all
tables with their indexes and of the index of records (that of search is told beside them), and what
reads cost then, with the products drawn by chance: a product's page from PostgreSQL, and the
merchant's list with two filters as its page asks for it, of the catalog or of the work-bench. At
the steps of `CATALOG_MOVES`, in millions, the largest category is moved under another, and back.

`CATALOG_STEPS` names other steps, and `CATALOG_FOLDER` a folder that is kept: a run that finds one
goes on behind its last file, and says again what was measured before. What the disk cannot hold is
left out, and said to be.
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
from galleria.commerce import catalog, imports, listings, workbench
from galleria.commerce.catalog import CategoryChanges, ProductFilter
from galleria.commerce.workbench import Wanted
from galleria.commerce.workbench.records import query_of
from galleria.engines.context import Context
from galleria.engines.record_index import Sort
from galleria.settings import load_settings

STEPS = [float(each) for each in os.environ.get("CATALOG_STEPS", "1,10,25,50").split(",")]
MEASURES = (
    "benchmarks/_catalog.py",
    "src/galleria/commerce/imports",
    "src/galleria/commerce/catalog",
    "src/galleria/commerce/listings",
    "src/galleria/commerce/workbench",
    "src/galleria/engines/record_index",
)
MOVES = [float(each) for each in os.environ.get("CATALOG_MOVES", "10").split(",")]
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
    figures: list[tuple[str, float, str, float | None, bool]] = []

    def told(
        self, name: str, value: float, unit: str, bar: float | None = None, *, most: bool = True
    ) -> bool:
        """As `figure`, which is remembered."""
        self.figures.append((name, value, unit, bar, most))
        return figure(name, value, unit, bar, most)


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
        keep(folder, grown)
        print(f"# {grown.variants:,} variants", file=sys.stderr, flush=True)


async def clear_away(ctx: Context) -> None:
    """What a run that was broken off left to be done is not waited for."""
    for each in (await imports.list_runs(ctx)).items:
        if not each.has_ended:
            await imports.cancel_import(ctx, each.run_id)


def keep(folder: Path, grown: Grown) -> None:
    """A later run goes on from here."""
    fresh = folder / "grown.fresh"
    fresh.write_bytes(msgspec.json.encode(grown))
    fresh.replace(folder / "grown.json")


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
    """First and deep pages of the merchant's list, with two filters and with one."""
    known = list((await catalog.summaries_of(ctx, await by_chance(ctx, READS // 5, 2))).values())
    leaves = [each for each in await catalog.all_categories(ctx) if each.path.count("/") == 2]
    draw = random.Random(3)
    reads: dict[str, list[Callable[[], Awaitable[object]]]] = {"first": [], "deep": []}
    for product in known:
        leaf = draw.choice(leaves).category_id
        narrowed = ProductFilter(status="active", brand=product.brand)
        reads["first"].append(partial(catalog.list_products, ctx, narrowed, "title", limit=50))
        for wanted in (
            Wanted(status="active", category_id=leaf),
            Wanted(category_id=leaf, price_until=20_000),
            Wanted(status="active", brand=product.brand),
            Wanted(shelf="in", words=product.title.split()[0]),
        ):
            reads["first"].append(partial(workbench.find_products, ctx, wanted, "-on_hand"))
        everything = ProductFilter(status="active")
        cursor = await catalog.cursor_before(ctx, product, everything, "-title")
        if cursor is not None:
            read = partial(catalog.list_products, ctx, everything, "title", cursor, 50)
            reads["deep"].append(read)
    reads["deep"] += bench_deep(ctx, len(known) // 4)
    return reads


def bench_deep(ctx: Context, count: int) -> list[Callable[[], Awaitable[object]]]:
    """Pages of the work-bench far from both ends: half of all products come before them."""
    draw = random.Random(4)
    return [
        partial(
            ctx.engines.records.find,
            ctx.tenant.tenant_id,
            query_of(
                Wanted(status="active"),
                sort=Sort("price"),
                after=(draw.randrange(15_000, 25_000), UUID(int=0)),
                limit=51,
            ),
        )
        for _ in range(count)
    ]


async def measure_step(house: House, ctx: Context, grown: Grown, name: str) -> list[bool]:
    """Print the figures of a step."""
    added = grown.variants - grown.since
    bytes_of = await sizes(house)
    core = sum(bytes_of[each] for each in CORE_TABLES)
    engines = house.engines
    searched = (await engines.search.status()).size_bytes
    records = (await engines.records.status()).size_bytes
    whole = sum(bytes_of.values()) + records
    told, each = grown.told, grown.variants
    told(f"variants_at_{name}", grown.variants, "variants")
    held = [
        told(f"imported_at_{name}", added / grown.import_s, "variants/s", 15_000, most=False),
        told(f"shown_at_{name}", added / grown.showing_s, "variants/s", 4_000, most=False),
        told(f"core_bytes_at_{name}", core / each, "bytes/variant", 560),
        told(f"all_bytes_at_{name}", whole / each, "bytes/variant", 800),
    ]
    told(f"bytes_of_records_at_{name}", records / each, "bytes/variant")
    told(f"bytes_of_search_at_{name}", searched / each, "bytes/variant")
    reads = {"product_read": (await product_reads(ctx), 5.0)}
    for depth, pages in (await grid_reads(ctx)).items():
        reads[f"{depth}_page_of_grid"] = (pages, 60.0)
    for what, (calls, most_ms) in reads.items():
        median, p99 = await timed_ms(calls)
        told(f"{what}_at_{name}", median, "ms")
        held.append(told(f"{what}_p99_at_{name}", p99, "ms", most_ms))
    return held


async def measure_move(house: House, ctx: Context, grown: Grown, name: str) -> bool:
    """Print how long the largest category takes to move, and put it back."""
    window = await listings.window_of(ctx)
    nodes = await listings.categories_of(ctx, window)
    roots = sorted(
        (each for each in nodes if each.parent_id is None), key=lambda each: each.product_count
    )
    moved, under = roots[-1], roots[0]
    started = time.perf_counter()
    change = CategoryChanges(parent_id=under.category_id)
    await catalog.update_category(ctx, moved.category_id, change)
    committed = time.perf_counter() - started
    await relay_until_quiet(house)
    followed = time.perf_counter() - started
    await catalog.update_category(ctx, moved.category_id, CategoryChanges(parent_id=None))
    await relay_until_quiet(house)
    share = moved.product_count / 100_000
    grown.told(f"products_moved_at_{name}", moved.product_count, "products")
    grown.told(f"move_followed_a_100k_at_{name}", followed / share, "s")
    return grown.told(f"move_committed_a_100k_at_{name}", committed / share, "s", 10)


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    notes = folder / "grown.json"
    grown = msgspec.json.decode(notes.read_bytes(), type=Grown) if notes.exists() else Grown()
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    held = [figure(*each) for each in grown.figures]
    async with open_house(settings) as house:
        ctx = await (context_of_shop(house.context(), SHOP) if notes.exists() else opened(house))
        await clear_away(ctx)
        await relay_until_quiet(house)
        for step in STEPS:
            wanted, name = int(step * MILLION), f"{step:g}m"
            if wanted <= grown.since:
                continue
            needed = (wanted - grown.variants) * BYTES_A_VARIANT + SPARE_BYTES
            if shutil.disk_usage(folder).free < needed:
                print(f"# left out: {step:g} million variants do not fit on this disk")
                break
            await grow(house, ctx, grown, wanted, folder)
            held += await measure_step(house, ctx, grown, name)
            if step in MOVES:
                held.append(await measure_move(house, ctx, grown, name))
            grown.import_s = grown.showing_s = 0
            grown.since = grown.variants
            keep(folder, grown)
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
