"""What 1,000 collections by rule cost an import, and how long a large category takes to move.

The same made-up files go into a shop without rules and into one with 1,000, in turn; each time the
listings are made, which is when rules choose. Then the largest category of the shop is put under
another one: committed is when the merchant has the answer, followed is when everything that lives
on events has caught up. `CATALOG_VARIANTS` sets the size, 200,000 unless it is set.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from benchmarks._catalog import SEED, write_catalog
from benchmarks._demo import conditions, figure
from benchmarks.catalog_import import taken_in
from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import context_of_shop, open_and_provision
from galleria.app.worker import relay_until_quiet
from galleria.commerce import catalog, collections, listings
from galleria.commerce.catalog import CategoryChanges
from galleria.commerce.collections import Condition, Group, NewCollection
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.platform.tenants import OpenShop
from galleria.settings import load_settings

MEASURES = (
    "benchmarks/_catalog.py",
    "src/galleria/commerce/collections",
    "src/galleria/commerce/listings/service",
    "src/galleria/commerce/catalog/service/structure.py",
)
VARIANTS = int(os.environ.get("CATALOG_VARIANTS", "200000"))
RULES = 1_000
PARTS = 4
WARMING = 100  # products that are there before the rules, which name what is found in them


async def opened(house: House, slug: str) -> Context:
    """The context of a shop that is open and empty."""
    wanted = OpenShop(slug=slug, name=slug, currency="EUR", locale="en", country="DE")
    await open_and_provision(house.context(), wanted, house.settings.base_domain)
    return await context_of_shop(house.context(), slug)


async def listed(house: House) -> None:
    """Listings are made of all that came in."""
    relay = Relay(house.engines, LISTINGS.subscriptions)
    while await relay.drain():
        pass


async def add_rules(ctx: Context, products: list[catalog.ProductTree]) -> None:
    """1,000 collections as merchants have them: one to three conditions on what products are."""
    draw = random.Random(SEED)
    known = await catalog.all_categories(ctx)
    leaves = [each for each in known if each.path.count("/") == 2]
    brands = [each.brand for each in products]
    tags = [tag for each in products for tag in each.tags]
    pairs = [(code, str(value)) for each in products for code, value in each.attributes.items()]
    words = [word for each in products for word in each.title.split() if len(word) > 3]
    made = [
        lambda: Condition(field="brand", operator="is", value=draw.choice(brands)),
        lambda: Condition(field="tag", operator="in", values=draw.sample(tags, 3)),
        lambda: Condition(
            field="category", operator="is", value=str(draw.choice(leaves).category_id)
        ),
        lambda: _attribute(*draw.choice(pairs)),
        lambda: Condition(field="title", operator="contains", value=draw.choice(words)),
    ]
    narrow = [
        lambda: Condition(
            field="price_min", operator="between", low=draw.randrange(20_000), high=30_000
        ),
        lambda: Condition(field="in_stock", operator="is", value=True),
        lambda: Condition(field="variant_count", operator="between", low=2),
    ]
    for number in range(RULES):
        if draw.random() < 0.2:
            rule = Group(match="any", conditions=[draw.choice(made)() for _ in range(2)])
        else:
            narrowing = [draw.choice(made + narrow)() for _ in range(draw.randrange(3))]
            rule = Group(conditions=[draw.choice(made)(), *narrowing])
        wanted = NewCollection(title=f"Rule {number}", rule=rule)
        made_one = await collections.create_collection(ctx, wanted)
        await collections.apply_rule(ctx, made_one.collection_id)


def _attribute(code: str, value: str) -> Condition:
    return Condition(field="attribute", operator="is", code=code, value=value)


def split(file: Path, products: int) -> list[Path]:
    """The warming lines and the other products of a file, in files of their own."""
    ends = [WARMING + (products - WARMING) * at // PARTS for at in range(PARTS + 1)]
    parts = []
    with file.open("rb") as lines:
        for start, end in zip([0, *ends], ends, strict=False):
            part = file.with_name(f"{file.stem}-{end}.jsonl")
            part.write_bytes(b"".join(next(lines) for _ in range(end - start)))
            parts.append(part)
    return parts


async def import_s(house: House, ctx: Context, part: Path) -> float:
    """Seconds from the file to the listings."""
    _, seconds = await taken_in(ctx, part)
    started = time.perf_counter()
    await listed(house)
    return seconds + time.perf_counter() - started


async def measure_move(house: House, ctx: Context) -> list[bool]:
    """Print how long the largest category takes to move."""
    window = await listings.window_of(ctx)
    nodes = await listings.categories_of(ctx, window)
    roots = sorted(
        (each for each in nodes if each.parent_id is None), key=lambda each: each.product_count
    )
    moved, under = roots[-1], roots[0]
    await relay_until_quiet(house)
    started = time.perf_counter()
    await catalog.update_category(
        ctx, moved.category_id, CategoryChanges(parent_id=under.category_id)
    )
    committed = time.perf_counter() - started
    await relay_until_quiet(house)
    followed = time.perf_counter() - started
    figure("products_moved", moved.product_count, "products")
    return [
        figure("move_committed_a_100k", committed / moved.product_count * 100_000, "s", 10),
        figure("move_followed_a_100k", followed / moved.product_count * 100_000, "s"),
    ]


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    file = folder / "catalog.jsonl"
    products, variants = write_catalog(file, VARIANTS)
    warming, *parts = split(file, products)
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    async with open_house(settings) as house:
        plain, ruled = await opened(house, "plain"), await opened(house, "ruled")
        for ctx in (plain, ruled):
            await import_s(house, ctx, warming)
        page = await catalog.product_ids_after(ruled, UUID(int=0), 500)
        await add_rules(ruled, await catalog.products_for_listing(ruled, page))
        took = {"plain": 0.0, "ruled": 0.0}
        for part in parts:  # in turn, so that a slow minute hits both
            took["plain"] += await import_s(house, plain, part)
            took["ruled"] += await import_s(house, ruled, part)
        members = await _members(ruled)
        figure("variants", variants, "variants")
        figure("memberships_a_product", members / products, "collections")
        held = [
            figure("cost_of_1000_rules", 100 * (took["ruled"] / took["plain"] - 1), "%", 20),
            *await measure_move(house, ruled),
        ]
    return all(held)


async def _members(ctx: Context) -> int:
    """How many products the collections have in all."""
    count, cursor = 0, None
    while True:
        page = await collections.list_collections(ctx, cursor=cursor, limit=100)
        ids = [each.collection_id for each in page.items]
        count += sum((await collections.count_members(ctx, ids)).values())
        cursor = page.next_cursor
        if cursor is None:
            return count


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
