"""Categories count their products at write and carry their names at read."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import attributes, catalog, collections, listings
from galleria.commerce.catalog import CategoryChanges
from galleria.commerce.collections import Collection, CollectionChanges, NewCollection
from galleria.commerce.listings import CategoryNode, Detail, ListingsChanged
from galleria.commerce.listings.jobs import (
    ENQUEUES,
    Recount,
    Relabel,
    ShowCollection,
    make_stale_anew,
    recount,
    relabel,
    show_collection,
)
from galleria.commerce.listings.model.places import Category, Tree, branch_count, counts_of
from galleria.commerce.listings.repository import reading
from galleria.commerce.listings.repository.places import numbers_of
from galleria.commerce.listings.repository.reading import SortName
from galleria.commerce.listings.service.trees import load_tree
from galleria.engines.context import Context
from galleria.engines.jobs import Progress
from galleria.foundation.events import Envelope
from galleria.foundation.ids import new_id
from tests.commerce.selling import elsewhere, mug, open_shop, put_on_sale, show, window

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
    gifts = await collections.create_collection(shop, NewCollection(title="Gifts"))
    assert made.product_id is not None
    await collections.fill_collection(shop, gifts.collection_id, [made.product_id], [])
    await show(shop)
    assert await titles(shop, collection="gifts", category="kitchen") == ["Stoneware Mug"]
    await collections.update_collection(
        shop, gifts.collection_id, CollectionChanges(title="Presents", translations={"de": "Gaben"})
    )
    assert [c.name for c in (await detail(shop)).collections] == ["Presents"]
    assert [c.name for c in (await detail(shop, locale="de")).collections] == ["Gaben"]

    await collections.fill_collection(shop, gifts.collection_id, [], [made.product_id])
    await show(shop)
    assert await titles(shop, collection="gifts") == []
    assert (await detail(shop)).collections == []


async def announced(ctx: Context) -> list[list[str]]:
    """The products of each announcement so far."""
    rows = await ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2 ORDER BY sequence",
        ListingsChanged.TAG,
    )
    return [msgspec.json.decode(row["payload"])["product_ids"] for row in rows]


async def test_members_are_announced_when_their_collection_has_another_name(shop: Context) -> None:
    product_id, best = await in_a_collection(shop)
    before = await updated_at(shop)
    count = len(await announced(shop))
    await show_collection(shop, ShowCollection(best.collection_id, False), Progress(shop, new_id()))
    assert (await announced(shop))[count:] == [[str(product_id)]]
    assert await updated_at(shop) == before


async def in_a_collection(shop: Context) -> tuple[UUID, Collection]:
    """A product on sale, and the collection that it is in."""
    (made,) = await put_on_sale(shop, mug())
    assert made.product_id is not None
    best = await collections.create_collection(shop, NewCollection(title="Best"))
    await collections.fill_collection(shop, best.collection_id, [made.product_id], [])
    await show(shop)
    return made.product_id, best


async def test_whoever_writes_names_down_reads_them_as_they_are_now(shop: Context) -> None:
    product_id, best = await in_a_collection(shop)

    async def names() -> set[tuple[str, ...]]:
        found = await listings.details_for_search(shop, [product_id])
        return {tuple(c.name for c in [*d.categories, *d.collections]) for _, _, _, d in found}

    before = await names()
    assert {each[-1] for each in before} == {"Best"}
    assert "Best" in await listed_on_page(shop)
    changes = CollectionChanges(title="Finest")
    await collections.update_collection(shop, best.collection_id, changes)
    assert {each[-1] for each in await names()} == {"Finest"}
    hidden = CollectionChanges(is_published=False)
    await collections.update_collection(shop, best.collection_id, hidden)
    assert {each[-1] for each in await names()} == {each[-2] for each in before}


async def listed_on_page(ctx: Context) -> list[str]:
    """The collections that the product's page names, kept for some seconds."""
    text, _ = await listings.detail_of(ctx, await window(ctx), "mug")
    return [each.name for each in msgspec.json.decode(text, type=Detail).collections]


async def test_members_of_a_removed_collection_lie_in_it_no_longer(shop: Context) -> None:
    product_id, best = await in_a_collection(shop)
    gone = Progress(shop, new_id())
    placed = "SELECT product_id FROM listings.placement WHERE tenant_id = $1 AND place = $2"
    number = (await numbers_of(shop, [best.collection_id]))[best.collection_id]
    assert [row["product_id"] for row in await shop.read(placed, number)] == [product_id]
    await collections.remove_collection(shop, best.collection_id)
    assert (await detail(shop)).collections == []
    await show_collection(shop, ShowCollection(best.collection_id, True), gone)
    assert await shop.read(placed, number) == []
    await collections.restore_collection(shop, best.collection_id)
    await show_collection(shop, ShowCollection(best.collection_id, True), gone)
    assert await titles(shop, collection="best") == ["Stoneware Mug"]


@pytest.mark.parametrize(
    ("reason", "work"),
    [
        ("renamed", ShowCollection(UUID(int=1), False)),
        ("shown", ShowCollection(UUID(int=1), False)),
        ("removed", ShowCollection(UUID(int=1), True)),
        ("restored", ShowCollection(UUID(int=1), True)),
        ("changed", None),
        ("rule_applied", None),
    ],
)
def test_what_happened_to_a_collection_says_what_its_members_need(
    reason: str, work: ShowCollection | None
) -> None:
    on = next(each for each in ENQUEUES if each.handler == "listings.collection_changed")
    happened = Envelope(
        event_id=new_id(),
        tag=on.tag,
        tenant_id=1,
        subject_id="x",
        occurred_at=datetime(2026, 11, 20, tzinfo=UTC),
        actor="system",
        request_id="r",
        payload=on.payload(UUID(int=1), reason),
    )
    assert on.make(happened) == work


async def test_a_new_label_makes_only_the_listings_that_show_it(shop: Context) -> None:
    await put_on_sale(shop, mug(), mug("plain", attributes={}))
    await show(shop)
    _, before = await listings.detail_of(shop, await window(shop), "plain")
    changes = attributes.AttributeChanges(label="Made of")
    material = await attributes.update_attribute(shop, "material", changes)
    await relabel(shop, Relabel([material.attribute_id], []), Progress(shop, new_id()))

    shown = next(a for a in (await detail(shop)).attributes if a.code == "material")
    assert shown.label == "Made of"
    assert (await listings.detail_of(shop, await window(shop), "plain"))[1] == before


async def test_a_new_word_is_shown_where_the_old_one_was(shop: Context) -> None:
    await put_on_sale(shop, mug())
    await show(shop)
    (word,) = (await attributes.list_values(shop, "material")).items
    changes = attributes.AttributeValueChanges(word="Fired clay", labels={"de": "Ton"})
    await attributes.update_value(shop, word.value_id, changes)
    await relabel(shop, Relabel([], [word.value_id]), Progress(shop, new_id()))
    for locale, said in (("en", "Fired clay"), ("de", "Ton")):
        shown = (await detail(shop, locale=locale)).attributes
        assert next(a.value for a in shown if a.code == "material") == said


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


@pytest.mark.parametrize("sort", sorted(reading.ORDERS.keys() - {"manual"}))
async def test_both_ways_of_finding_a_place_give_the_same_pages(
    shop: Context, sort: SortName
) -> None:
    gifts = await collections.create_collection(shop, NewCollection(title="Gifts"))
    paths = [[["Garden"], ["Kitchen"]], [["Kitchen", "Mugs"]]]
    made = await put_on_sale(
        shop,
        *(mug(f"m{n}", title=f"Mug {n % 3}", category_paths=paths[n % 2]) for n in range(12)),
    )
    chosen = [each.product_id for each in made if each.product_id][::3]
    await collections.fill_collection(shop, gifts.collection_id, chosen, [])
    await show(shop)
    window_id = (await window(elsewhere(shop))).window_id
    tree = await load_tree(shop)
    kitchen, garden = tree.branch("kitchen"), tree.branch("garden")
    present = list((await numbers_of(shop, [gifts.collection_id])).values())
    for filters, many in (
        ([kitchen], 12),
        ([garden], 6),
        ([present], 4),
        ([present, garden], 2),
        ([garden, kitchen], 6),
    ):
        after, seen = None, 0
        while True:
            order = reading.Order(window_id, sort, after, 5)
            walked = await reading.walk(shop, order, filters, 1_000)
            assert walked == await reading.gather(shop, order, filters)
            seen += len(walked)
            if not walked:
                break
            last = walked[-1]
            after = (last["sort_value"], last["tie"], last["product_id"])
        assert seen == many


async def test_pages_of_a_place_are_whole_whatever_is_asked_with_it(shop: Context) -> None:
    await put_on_sale(shop, *(mug(f"m{n}", title=f"Mug {n}") for n in range(7)))
    await show(shop)
    there, seen, cursor = elsewhere(shop), [], None
    while True:
        cards, cursor = await listings.page_of_cards(
            there, await window(there), category="kitchen", sort="-title", cursor=cursor, limit=3
        )
        seen += [msgspec.json.decode(card)["handle"] for card in cards]
        if cursor is None:
            break
    assert seen == [f"m{n}" for n in reversed(range(7))]
