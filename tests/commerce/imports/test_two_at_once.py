"""Imports beside imports and beside people at work: each ends, and the books are right."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from galleria.commerce import catalog, collections, imports, inventory, pricing
from galleria.commerce.catalog import ProductChanges, VariantDraft
from galleria.commerce.collections import NewCollection
from galleria.commerce.inventory import AdjustStock, NewLocation
from galleria.commerce.pricing import SetPrice
from galleria.engines.context import Context
from galleria.foundation.errors import GalleriaError
from tests.commerce.imports.conftest import (
    OpenShop,
    contents_of,
    counts,
    json_lines,
    products_of,
    started,
    taken_in,
)

AT_ONCE = 40
PRODUCTS = 240


def jars(first: int, last: int, **changes: Any) -> bytes:
    """Jars with handles and SKUs by their number."""
    return json_lines(
        *(
            {"handle": f"jar-{at}", "title": f"Jar {at}", "sku": f"JAR-{at}", "stock": at % 4}
            | {"price_minor": 500 + at, "collections": ["Jars"], "attributes": {"n_no": at}}
            | changes
            for at in range(first, last)
        )
    )


async def together(*works: Awaitable[Any]) -> list[Any]:
    """What each of them came to, all at the same time."""
    return list(await asyncio.gather(*works))


async def worked(ctx: Context, *contents: bytes) -> list[imports.Run]:
    """Imports of these files, each by two workers, all at the same time, come to their end."""
    runs = [await started(ctx, content) for content in contents]
    await together(
        *(
            imports.run_import_now(ctx, run.run_id, at_once=AT_ONCE)
            for run in [*runs, *reversed(runs)]
        )
    )
    return [await imports.get_run(ctx, run.run_id) for run in runs]


async def test_one_file_twice_at_once_is_as_once(open_shop: OpenShop) -> None:
    once, twice = await open_shop(), await open_shop()
    await taken_in(once, jars(0, PRODUCTS))
    runs = await worked(twice, jars(0, PRODUCTS), jars(0, PRODUCTS))
    assert {run.state for run in runs} == {"done"}
    assert sorted(counts(run) for run in runs) == [(0, 0, PRODUCTS, 0), (PRODUCTS, 0, 0, 0)]
    assert await contents_of(twice) == await contents_of(once)


async def test_of_two_files_that_overlap_one_goes_in_after_the_other(open_shop: OpenShop) -> None:
    """They share handles, and name one SKU for products of different handles."""
    files = [
        jars(0, 160, title="Of the first file") + jars(900, 901, sku="SHARED"),
        jars(80, PRODUCTS, title="Of the second file", stock=9) + jars(901, 902, sku="SHARED"),
    ]
    shop = await open_shop()
    runs = await worked(shop, *files)
    assert {run.state for run in runs} == {"done"}
    is_first = runs[0].finished_at < runs[1].finished_at  # type: ignore[operator]
    after = await open_shop()
    again = [await taken_in(after, each) for each in (files if is_first else files[::-1])]
    assert [counts(run) for run in (runs if is_first else runs[::-1])] == [
        counts(run) for run in again
    ]
    assert await contents_of(shop) == await contents_of(after)


async def test_two_shops_take_in_one_file_at_once_as_each_alone(open_shop: OpenShop) -> None:
    shops = [await open_shop() for _ in range(3)]
    expected = await taken_in(shops[0], jars(0, PRODUCTS))
    runs = await together(*(taken_in(shop, jars(0, PRODUCTS), AT_ONCE) for shop in shops[1:]))
    assert [counts(run) for run in runs] == [counts(expected)] * 2
    for shop in shops[1:]:
        assert await contents_of(shop) == await contents_of(shops[0])


class People:
    """Merchants who edit whatever they find, and know what they were told."""

    def __init__(self, ctx: Context, seed: int) -> None:
        self._ctx = ctx
        self._luck = random.Random(seed)  # noqa: S311 - what to do next, not a secret
        self.is_working = True
        self.refused: Counter[str] = Counter()
        self.titles: dict[UUID, str] = {}
        self.removed: set[UUID] = set()

    async def work(self) -> None:
        """Edit until told to stop; what was begun is brought to its end."""
        edits: list[Callable[[UUID], Awaitable[None]]] = [
            *(self._rename, self._price, self._count, self._sort, self._vary, self._remove),
            *(self._publish, self._archive, self._settle),
        ]
        while self.is_working:
            ids = await catalog.product_ids_after(self._ctx, UUID(int=0), PRODUCTS)
            for _ in range(10):
                if ids:
                    await self._try(self._luck.choice(edits), self._luck.choice(ids))
            await asyncio.sleep(0.01)

    async def _try(self, edit: Callable[[UUID], Awaitable[None]], product_id: UUID) -> None:
        try:
            await edit(product_id)
        except GalleriaError as error:
            self.refused[error.code] += 1

    async def _rename(self, product_id: UUID) -> None:
        title = f"Edited {self._luck.random()}"
        await catalog.update_product(self._ctx, product_id, ProductChanges(title=title))
        self.titles[product_id] = title

    async def _first_variant(self, product_id: UUID) -> UUID:
        return (await catalog.get_product(self._ctx, product_id)).variants[0].variant_id

    async def _price(self, product_id: UUID) -> None:
        variant_id = await self._first_variant(product_id)
        row = SetPrice(variant_id=variant_id, amount_minor=self._luck.randrange(1, 99))
        await pricing.set_prices(self._ctx, [row])

    async def _count(self, product_id: UUID) -> None:
        variant_id = await self._first_variant(product_id)
        await inventory.adjust_stock(
            self._ctx, variant_id, AdjustStock(delta=self._luck.choice([-1, 2]), reason="counted")
        )

    async def _sort(self, product_id: UUID) -> None:
        wanted = NewCollection(title=f"List {self._luck.random()}")
        made = await collections.create_collection(self._ctx, wanted)
        await collections.fill_collection(self._ctx, made.collection_id, [product_id], [])

    async def _settle(self, product_id: UUID) -> None:
        """A new place, with goods of the product on its shelf."""
        code = f"place-{self._luck.randrange(10**9)}"
        place = await inventory.create_location(self._ctx, NewLocation(code=code, name=code))
        variant_id = await self._first_variant(product_id)
        goods = AdjustStock(delta=1, reason="moved", location_id=place.location_id)
        await inventory.adjust_stock(self._ctx, variant_id, goods)

    async def _vary(self, product_id: UUID) -> None:
        draft = VariantDraft(sku=f"X-{self._luck.random()}")
        await catalog.add_variant(self._ctx, product_id, draft)

    async def _remove(self, product_id: UUID) -> None:
        await catalog.delete_product(self._ctx, product_id)
        self.removed.add(product_id)

    async def _publish(self, product_id: UUID) -> None:
        await catalog.publish_product(self._ctx, product_id)

    async def _archive(self, product_id: UUID) -> None:
        await catalog.archive_product(self._ctx, product_id)


# What people may hear when somebody else was faster; anything else would be a fault of ours.
_FAIR = {
    *("product_not_found", "variant_not_found", "combination_taken", "stock_too_low"),
    *("product_not_publishable", "stale_version", "invalid_product"),
}


async def exported_again_and_again(ctx: Context, people: "People") -> int:
    """How many exports were read to their end while people worked."""
    count = 0
    while people.is_working:
        for format in ("jsonl", "csv"):
            async for _ in imports.export_shop(ctx, format=format):
                pass
            count += 1
    return count


async def test_people_edit_the_products_of_an_import_while_it_runs(shop: Context) -> None:
    await taken_in(shop, jars(0, PRODUCTS // 2, title="As before"))
    crowd = [People(shop, seed) for seed in range(3)]
    at_work = [asyncio.create_task(each.work()) for each in crowd]
    exporting = asyncio.create_task(exported_again_and_again(shop, crowd[0]))
    runs = [
        await taken_in(shop, jars(0, PRODUCTS, title=f"Of file {number}"), AT_ONCE)
        for number in range(3)
    ]
    for each in crowd:
        each.is_working = False
    await together(*at_work)
    assert await exporting > 0

    refused = sum((each.refused for each in crowd), Counter())
    assert set(refused) <= _FAIR, refused
    for run in runs:
        assert (run.state, sum(counts(run)), run.refused_count) == ("done", PRODUCTS, 0)
    assert (await inventory.check_ledger(shop, limit=10_000)).faults == []
    left = {tree.product_id: tree for tree in (await products_of(shop)).values()}
    removed = set().union(*(each.removed for each in crowd))
    assert removed, "somebody removed something"
    assert not removed & left.keys()
    tallied = {status: n for status, n in (await catalog.count_products(shop)).items() if n}
    assert tallied == Counter(tree.status for tree in left.values())
    kept = {key: title for each in crowd for key, title in each.titles.items() if key in left}
    assert kept, "somebody renamed something that is still there"
    for product_id in kept:
        versions = (await catalog.list_versions(shop, product_id, limit=100)).items
        assert [each.version for each in versions] == list(
            range(left[product_id].version, left[product_id].version - len(versions), -1)
        )
