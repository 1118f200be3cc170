"""A house with two shops that take in the same files, and what each of them holds afterwards."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from galleria.app.house import House, open_house
from galleria.app.shops import open_and_provision
from galleria.app.worker import relay_until_quiet
from galleria.commerce import catalog, imports, inventory, listings
from galleria.engines.context import Context, Tenant
from galleria.engines.search_index import SearchQuery
from galleria.platform.tenants import OpenShop
from galleria.settings import Settings
from tests.app.houses import Processes
from tests.commerce.imports.conftest import contents_of, json_lines, report_of, taken_in

KNOWN = 300  # products that a first file has brought


def first_file() -> bytes:
    """What both shops begin with, so that there is something to change and to go back to."""
    return json_lines(
        *(
            {"id": f"p{at}", "title": f"Old pot {at}", "sku": f"POT-{at}-a", "price_minor": 900}
            | {"stock": 3, "collections": ["Old ware"], "attributes": {"n_size": at}}
            for at in range(KNOWN)
        )
    )


def second_file(count: int) -> bytes:
    """Products of all sorts, among them what must not be told twice or be lost."""
    chance = random.Random(11)  # noqa: S311 - which product is odd, not a secret
    lines: list[bytes] = []
    for at in range(count):
        sizes = ["S", "M", "L"][: 1 + at % 3]
        line: dict[str, Any] = {
            "id": f"p{at}",
            "title": f"Pot {at}",
            "options": [{"name": "Size", "values": sizes}],
            "variants": [
                {"sku": f"POT-{at}-{size}", "option_values": [size], "stock": at % 5}
                for size in sizes
            ],
            "price_minor": 1000 + at,
            "attributes": {"n_size": at, "glaze": f"glaze {at % 40}"},
            "category_paths": [["Kitchen", f"Shelf {at % 9}"]],
            "collections": [f"Row {at % 4}"],
        }
        if at % 97 == 0:
            line["variants"][0]["sku"] = f"POT-{chance.randrange(count)}-S"
        if at % 89 == 0:
            line["colour"] = "a field nobody knows"
        if at % 101 == 0:
            line["price_minor"] = "bad"
        lines.append(json_lines(line) if at % 211 else b"{broken\n")
    return b"".join(lines)


class Shops:
    """One shop that is left in peace and one that is not, seen from a process of the test."""

    def __init__(self, house: House, peaceful: Context, troubled: Context) -> None:
        self.house = house
        self.peaceful = peaceful
        self.troubled = troubled

    async def owner(self) -> asyncpg.Connection:
        """A connection as the owner of the tables."""
        return await self.house.engines.sql.home.connect_owner()

    async def time_passes(self) -> None:
        """Whoever worked at something and was killed is known to be dead: a minute is over."""
        owner = await self.owner()
        try:
            await owner.execute("UPDATE imports.run SET beat_at = beat_at - interval '1 minute'")
            await owner.execute(
                "UPDATE jobs.pgqueuer SET heartbeat = heartbeat - interval '1 minute'"
            )
        finally:
            await owner.close()


@asynccontextmanager
async def two_shops(processes: Processes) -> AsyncIterator[Shops]:
    """Two more shops of the running house, each with the products of the first file."""
    settings = Settings(data=str(processes.folder))
    async with open_house(settings) as house:
        peaceful, troubled = [
            await _opened(house, settings, slug) for slug in ("peaceful", "troubled")
        ]
        for ctx in (peaceful, troubled):
            await taken_in(ctx, first_file(), publish=True)
        await relay_until_quiet(house)
        yield Shops(house, peaceful, troubled)


async def _opened(house: House, settings: Settings, slug: str) -> Context:
    wanted = OpenShop(slug=slug, name=slug, currency="EUR", locale="en", country="DE")
    shop = await open_and_provision(house.context(), wanted, settings.base_domain)
    return house.context().for_tenant(Tenant(shop.tenant_id, shop.slug))


async def run_of(ctx: Context, run_id: UUID) -> imports.Run:
    """How the import stands at this moment."""
    return await imports.get_run(ctx, run_id)


async def books_of(shops: Shops, ctx: Context) -> dict[str, Any]:
    """All that a shop holds, in words that another shop may share."""
    check = await inventory.check_ledger(ctx, limit=100_000)
    assert check.faults == []
    return {
        **await contents_of(ctx),
        "counts": await catalog.count_products(ctx),
        **await _tables_of(shops, ctx),
        **await windows_of(shops, ctx),
    }


# What the doors do not tell as a whole: who did what how often, and what stands where.
_TABLES = {
    "movements": "SELECT reason, count(*), sum(delta)::int8 FROM inventory.stock_movement"
    " WHERE tenant_id = $1 GROUP BY 1",
    "versions": "SELECT version, count(*) FROM catalog.product WHERE tenant_id = $1 GROUP BY 1",
    "prices": "SELECT amount_minor, count(*) FROM pricing.price WHERE tenant_id = $1 GROUP BY 1",
    "categories": "SELECT path, count(product_id) FROM catalog.category"
    " LEFT JOIN catalog.product_category USING (tenant_id, category_id)"
    " WHERE tenant_id = $1 GROUP BY 1",
}


async def _tables_of(shops: Shops, ctx: Context) -> dict[str, Any]:
    owner = await shops.owner()
    try:
        return {
            name: sorted(tuple(row) for row in await owner.fetch(sql, ctx.tenant.tenant_id))
            for name, sql in _TABLES.items()
        }
    finally:
        await owner.close()


async def windows_of(shops: Shops, ctx: Context) -> dict[str, Any]:
    """What shoppers see: the listings, how many each category shows, and what search finds."""
    window = await listings.window_of(ctx)
    owner = await shops.owner()
    try:
        rows = await owner.fetch(
            "SELECT window_id, title_sort, price_min_minor FROM listings.listing"
            " WHERE tenant_id = $1",
            ctx.tenant.tenant_id,
        )
    finally:
        await owner.close()
    query = SearchQuery(channel=str(window.channel_id), locale=window.locale, limit=0)
    found = await shops.house.engines.search.search(ctx.tenant.tenant_id, query)
    return {
        "listings": sorted(tuple(row) for row in rows),
        "places": {node.path: node.product_count for node in await listings.categories_of(ctx)},
        "found": found.total,
    }


async def told_by(ctx: Context, run_id: UUID) -> tuple[Any, ...]:
    """What the import says about its file, and how it went back if it did."""
    run = await run_of(ctx, run_id)
    undone = (run.undo_removed_count, run.undo_reverted_count, run.undo_kept_count)
    places = (run.undo_collection_count, run.undo_price_count, run.undo_stock_count)
    return *await report_of(ctx, run), undone, places, run.undo_remark_count
