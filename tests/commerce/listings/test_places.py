"""Categories count their products at write and carry their names at read."""

from dataclasses import replace
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import catalog, listings
from galleria.commerce.catalog import (
    AttributeChanges,
    CategoryChanges,
    CollectionChanges,
    NewCollection,
)
from galleria.commerce.listings import CategoryNode, Detail
from galleria.commerce.listings.jobs import (
    Recount,
    Relabel,
    make_stale_anew,
    recount,
    relabel,
)
from galleria.commerce.listings.model.places import Category, Tree, branch_count, counts_of
from galleria.commerce.listings.service import reading as service_reading
from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import Context
from galleria.engines.jobs import Progress
from galleria.foundation.ids import new_id
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window

PATHS = ["a", "a-b", "a/b", "a/b/c", "a/b/d", "a/e", "f", "f/g"]
TREE = Tree(
    [
        Category(
            category_id=new_id(),
            parent_id=None,
            handle=path,
            name=path,
            names={},
            path=path,
            place=at,
        )
        for at, path in enumerate(sorted(PATHS), 1)
    ]
)


@given(st.lists(st.sets(st.sampled_from(PATHS), min_size=1), max_size=8))
def test_each_branch_counts_a_product_once_however_many_of_its_categories_lie_there(
    products: list[set[str]],
) -> None:
    numbers = {each.path: each.place for each in TREE.categories}
    counts: dict[int, int] = {}
    for paths in products:
        for (place, _), change in counts_of([numbers[path] for path in paths], TREE).items():
            counts[place] = counts.get(place, 0) + change
    for branch in PATHS:
        lying = [p for p in products if any((each + "/").startswith(branch + "/") for each in p)]
        assert branch_count(branch, TREE, counts) == len(lying)


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    return ctx


def elsewhere(ctx: Context) -> Context:
    """The same shop in a process that has kept nothing yet."""
    engines = replace(ctx.engines, cache=MemoryCache())
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


async def counted(ctx: Context) -> dict[str, int]:
    nodes: list[CategoryNode] = await listings.categories_of(elsewhere(ctx))
    return {node.path: node.product_count for node in nodes}


async def detail(ctx: Context, handle: str = "mug", locale: str = "en") -> Detail:
    ctx = elsewhere(ctx)
    text, _ = await listings.detail_of(ctx, await window(ctx, locale), handle)
    return msgspec.json.decode(text, type=Detail)


async def titles(ctx: Context, **wanted: object) -> list[str]:
    ctx = elsewhere(ctx)
    cards, _ = await listings.page_of_cards(ctx, await window(ctx), **wanted)  # type: ignore[arg-type]
    return [msgspec.json.decode(card)["title"] for card in cards]


async def category(ctx: Context, path: str) -> catalog.Category:
    return next(each for each in await catalog.all_categories(ctx) if each.path == path)


async def updated_at(ctx: Context) -> list[object]:
    rows = await ctx.read("SELECT updated_at FROM listings.listing WHERE tenant_id = $1")
    return [row["updated_at"] for row in rows]


async def test_counts_follow_products_in_and_out_of_categories(shop: Context) -> None:
    both = [["Kitchen", "Mugs"], ["Kitchen", "Gifts"]]
    (made, _) = await put_on_sale(shop, mug(), mug("pair", category_paths=both))
    await show(shop)
    assert await counted(shop) == {"kitchen": 2, "kitchen/mugs": 2, "kitchen/gifts": 1}

    assert made.product_id is not None
    await catalog.archive_product(shop, made.product_id)
    await put_on_sale(shop, mug("pair", category_paths=[["Garden"]]))
    await show(shop)
    assert await counted(shop) == {"garden": 1, "kitchen": 0, "kitchen/mugs": 0, "kitchen/gifts": 0}


async def test_a_moved_branch_is_shown_in_its_new_place_and_no_listing_is_made(
    shop: Context,
) -> None:
    both = [["Kitchen", "Mugs"], ["Garden"]]
    await put_on_sale(shop, mug(), mug("pair", title="Pair", category_paths=both))
    await show(shop)
    before = await updated_at(shop)
    mugs, garden = await category(shop, "kitchen/mugs"), await category(shop, "garden")
    await catalog.update_category(
        shop, mugs.category_id, CategoryChanges(parent_id=garden.category_id, name="Cups")
    )

    assert [(c.path, c.name) for c in (await detail(shop)).categories] == [("garden/mugs", "Cups")]
    assert await titles(shop, category="garden", sort="title") == ["Pair", "Stoneware Mug"]
    assert await titles(shop, category="kitchen") == []
    await show(shop)
    await recount(shop, Recount("category"), Progress(shop, new_id()))
    assert await counted(shop) == {"garden": 2, "garden/mugs": 2, "kitchen": 0}
    assert await updated_at(shop) == before
    found = [
        d for _, _, _, d in await listings.details_for_search(elsewhere(shop), await ids(shop))
    ]
    assert {c.path for d in found for c in d.categories} == {"garden", "garden/mugs"}


async def ids(ctx: Context) -> list[UUID]:
    return await listings.listed_ids(ctx, UUID(int=0), 100)


async def test_a_collection_is_renamed_filled_and_emptied(shop: Context) -> None:
    (made,) = await put_on_sale(shop, mug())
    gifts = await catalog.create_collection(shop, NewCollection(title="Gifts"))
    assert made.product_id is not None
    await catalog.fill_collection(shop, gifts.collection_id, [made.product_id], [])
    await show(shop)
    assert await titles(shop, collection="gifts", category="kitchen") == ["Stoneware Mug"]
    await catalog.update_collection(
        shop, gifts.collection_id, CollectionChanges(title="Presents", translations={"de": "Gaben"})
    )
    assert [c.name for c in (await detail(shop)).collections] == ["Presents"]
    assert [c.name for c in (await detail(shop, locale="de")).collections] == ["Gaben"]

    await catalog.fill_collection(shop, gifts.collection_id, [], [made.product_id])
    await show(shop)
    assert await titles(shop, collection="gifts") == []
    assert (await detail(shop)).collections == []


async def test_a_new_label_makes_only_the_listings_that_show_it(shop: Context) -> None:
    await put_on_sale(shop, mug(), mug("plain", attributes={}))
    await show(shop)
    _, before = await listings.detail_of(shop, await window(shop), "plain")
    await catalog.update_attribute(shop, "material", AttributeChanges(label="Made of", unit="kind"))
    await relabel(shop, Relabel(["material"]), Progress(shop, new_id()))

    material = next(a for a in (await detail(shop)).attributes if a.code == "material")
    assert (material.label, material.unit) == ("Made of", "kind")
    assert (await listings.detail_of(shop, await window(shop), "plain"))[1] == before


async def test_a_shop_whose_listings_are_stale_has_them_made_anew_by_itself(shop: Context) -> None:
    await put_on_sale(shop, mug(), mug("second"))
    async with shop.transaction() as tx:
        await tx.execute(
            "INSERT INTO listings.stale (tenant_id, after_id) VALUES ($1, $2)", UUID(int=0)
        )
    assert await titles(shop) == []
    await make_stale_anew(shop)
    assert len(await titles(shop)) == 2
    assert await shop.read("SELECT 1 AS one FROM listings.stale WHERE tenant_id = $1") == []


@pytest.mark.parametrize("few", [0, 1_000])
async def test_both_ways_of_finding_a_place_give_the_same_pages(
    shop: Context, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_reading, "FEW", few)
    gifts = await catalog.create_collection(shop, NewCollection(title="Gifts"))
    goods = [
        mug(
            f"m{at}",
            title=f"Mug {at % 3}",
            category_paths=[["Kitchen", "Mugs"]] if at % 2 else [["Garden"], ["Kitchen"]],
        )
        for at in range(12)
    ]
    made = await put_on_sale(shop, *goods)
    chosen = [each.product_id for each in made if each.product_id][::3]
    await catalog.fill_collection(shop, gifts.collection_id, chosen, [])
    await show(shop)
    for wanted, many in (
        ({"category": "kitchen"}, 12),
        ({"category": "garden"}, 6),
        ({"collection": "gifts"}, 4),
        ({"collection": "gifts", "category": "garden"}, 2),
    ):
        for sort in ("newest", "title", "-title", "price", "-price"):
            there, seen, cursor = elsewhere(shop), [], None
            while True:
                cards, cursor = await listings.page_of_cards(
                    there, await window(there), sort=sort, cursor=cursor, limit=5, **wanted
                )
                seen += [msgspec.json.decode(card)["handle"] for card in cards]
                if cursor is None:
                    break
            assert len(seen) == len(set(seen)) == many, (wanted, sort)
