"""Rules choose members: at once for what changes, by a walk for what is new, by the clock."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog, collections, inventory, listings, pricing
from galleria.commerce.catalog import CategoryChanges
from galleria.commerce.collections import (
    CollectionChanges,
    InvalidRule,
    NewCollection,
    ProductFacts,
)
from galleria.commerce.collections.jobs import ENQUEUES
from galleria.commerce.collections.service import sort_due, sort_products
from galleria.commerce.inventory import AdjustStock
from galleria.commerce.pricing import SetPrice
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import merge, simple
from tests.commerce.collections.lists import (
    by_hand,
    by_rule,
    counted,
    goods,
    held,
    refreshed,
    retitled,
    rule,
    tagged,
    work_off,
)
from tests.commerce.collections.rules_for_tests import condition
from tests.commerce.selling import mug, open_shop, window


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    return ctx


def at(ctx: Context, **later: float) -> Context:
    """The same shop, some time later."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, "later", now=ctx.now + timedelta(**later))


async def test_a_product_comes_and_goes_with_what_it_is(shop: Context) -> None:
    (product_id,) = await goods(shop, mug(tags=["old"]))
    cheap = await by_rule(
        shop,
        "Cheap and new",
        rule(condition("tag", "is", value="New"), condition("price_min", "between", high=2_000)),
    )
    scarce = await by_rule(shop, "Scarce", rule(condition("stock", "between", low=1, high=2)))
    assert (await held(shop, cheap), await held(shop, scarce)) == ([], [])

    await retitled(shop, product_id, tags=["new"])
    await work_off(shop)
    assert await held(shop, cheap) == []
    tree = await catalog.get_product(shop, product_id)
    blue = tree.variants[0].variant_id
    await pricing.set_prices(shop, [SetPrice(variant_id=blue, amount_minor=1_900)])
    await work_off(shop)
    assert await held(shop, cheap) == [product_id]
    await inventory.adjust_stock(shop, blue, AdjustStock(delta=-1, reason="damaged"))
    await work_off(shop)
    assert await held(shop, scarce) == [product_id]

    text, _ = await listings.detail_of(shop, await window(shop), "mug")
    shown = [each["handle"] for each in msgspec.json.decode(text)["collections"]]
    assert shown == ["cheap-and-new", "scarce"]
    assert (await counted(shop, cheap), await counted(shop, scarce)) == (1, 1)

    await catalog.delete_product(shop, product_id)
    await work_off(shop)
    assert (await held(shop, cheap), await counted(shop, cheap)) == ([], 0)


async def test_a_sale_a_status_and_a_place_are_facts_as_well(shop: Context) -> None:
    on_sale, other = await goods(
        shop, mug("a"), mug("b", category_paths=[["Garden"]], brand="Loom")
    )
    tree = await catalog.get_product(shop, on_sale)
    await pricing.set_prices(
        shop,
        [
            SetPrice(
                variant_id=tree.variants[0].variant_id, amount_minor=750, compare_at_minor=1_000
            )
        ],
    )
    kitchen = next(each for each in tree.categories if not each.is_direct)
    asked = {
        "sale": rule(condition("on_sale", "is", value=True)),
        "deep": rule(condition("discount_percent", "between", low=25)),
        "deeper": rule(condition("discount_percent", "between", low=25.1)),
        "kitchen": rule(condition("category", "is", value=str(kitchen.category_id))),
        "brand": rule(condition("brand", "in", values=["LOOM"])),
        "blue": rule(condition("option", "is", code="colour", value="blue")),
        "big": rule(condition("attribute", "between", code="capacity_ml", low=300)),
        "washable": rule(condition("attribute", "is", code="dishwasher_safe", value=True)),
        "title": rule(condition("title", "contains", value="stoneware")),
        "pair": rule(condition("variant_count", "between", low=2, high=2)),
    }
    made = {name: await by_rule(shop, name, each) for name, each in asked.items()}
    found = {name: set(await held(shop, each)) for name, each in made.items()}
    both = {on_sale, other}
    assert found == {
        "sale": {on_sale},
        "deep": {on_sale},
        "deeper": set(),
        "kitchen": {on_sale},
        "brand": {other},
        "blue": both,
        "big": both,
        "washable": both,
        "title": both,
        "pair": both,
    }
    drafts = await by_rule(shop, "drafts", rule(condition("status", "is", value="draft")))
    await catalog.unpublish_product(shop, other)
    await work_off(shop)
    assert await held(shop, drafts) == [other]


async def test_sorting_again_what_is_so_already_writes_nothing(shop: Context) -> None:
    ids = await goods(shop, mug("a", tags=["new"]), mug("b", tags=["old"]))
    fresh = await by_rule(shop, "Fresh", tagged("new"))
    dated = rule(condition("published", "within_days", days=30))
    await by_rule(shop, "Recent", dated)
    mine = await by_hand(shop, "Mine", ids[1])
    async with shop.transaction() as tx:
        facts = await collections.gather_facts(tx, ids, tx.now)
        await collections.sort_in(tx, [each.product_id for each in facts], facts)

    async def rows() -> list[tuple[Any, ...]]:
        found: list[Any] = []
        for table in ("collection", "member", "member_tally", "rule_book", "due_product"):
            found += await shop.read(
                f"SELECT ctid::text, xmin::text, xmax::text FROM collections.{table}"
                " WHERE tenant_id = $1 ORDER BY ctid"
            )
        return [tuple(row) for row in found]

    before = await rows()
    async with shop.transaction() as tx:
        places = await collections.sort_in(tx, [each.product_id for each in facts], facts)
    assert await rows() == before
    assert fresh.collection_id in places[ids[0]]
    assert fresh.collection_id not in places[ids[1]]
    assert mine.collection_id in places[ids[1]]


async def test_a_changed_rule_shows_its_old_members_until_it_has_seen_all(shop: Context) -> None:
    a, b, c = await goods(shop, mug("a", tags=["x"]), mug("b", tags=["y"]), mug("c", tags=["x"]))
    made = await by_rule(shop, "Made", tagged("x"))
    assert set(await held(shop, made)) == {a, c}
    changes = CollectionChanges(rule=tagged("y"))
    waiting = await collections.update_collection(shop, made.collection_id, changes)
    assert waiting.is_sorting
    assert waiting.rule == tagged("y")
    assert set(await held(shop, made)) == {a, c}

    # What changes before the walk comes by is sorted by both rules.
    await retitled(shop, c, tags=["y"])
    await work_off(shop)
    assert set(await held(shop, made)) == {a}
    await collections.apply_rule(shop, made.collection_id)
    assert set(await held(shop, made)) == {b, c}
    assert await counted(shop, made) == 2
    settled = await collections.get_collection(shop, made.collection_id)
    assert not settled.is_sorting
    left = "SELECT count(DISTINCT generation) FROM collections.member WHERE tenant_id = $1"
    assert await shop.read_value(left) == 1

    await work_off(shop)
    cards, _ = await listings.page_of_cards(shop, await window(shop), collection="made")
    assert len(cards) == 2
    await collections.apply_rule(shop, made.collection_id)
    assert set(await held(shop, made)) == {b, c}


async def test_a_rule_gives_way_to_another_and_to_the_hand(shop: Context) -> None:
    a, b = await goods(shop, mug("a", tags=["x"]), mug("b", tags=["y"]))
    made = await by_hand(shop, "Made", b)
    where = made.collection_id
    for tag in "xyx":
        changes = CollectionChanges(rule=tagged(tag))
        await collections.update_collection(shop, where, changes)
    await collections.apply_rule(shop, where)
    assert await held(shop, made) == [a]
    by_itself = await collections.update_collection(shop, where, CollectionChanges(rule=None))
    assert (by_itself.rule, by_itself.is_sorting) == (None, False)
    await collections.fill_collection(shop, where, [b], [])
    await refreshed(shop, a, b)
    assert await held(shop, made) == [a, b]


async def test_a_removed_rule_sorts_anew_when_it_is_taken_back(shop: Context) -> None:
    a, b = await goods(shop, mug("a", tags=["x"]), mug("b"))
    made = await by_rule(shop, "Made", tagged("x"))
    await collections.remove_collection(shop, made.collection_id)
    await retitled(shop, a, tags=[])
    await retitled(shop, b, tags=["x"])
    await work_off(shop)
    await collections.restore_collection(shop, made.collection_id)
    await collections.apply_rule(shop, made.collection_id)
    assert await held(shop, made) == [b]


async def test_a_product_grows_too_old_for_a_rule(shop: Context) -> None:
    (product_id,) = await goods(shop, mug())
    recent = await by_rule(shop, "Recent", rule(condition("published", "within_days", days=30)))
    await work_off(shop)
    due = "SELECT count(*) FROM collections.due_product WHERE tenant_id = $1"
    assert (await held(shop, recent), await shop.read_value(due)) == ([product_id], 1)
    published = "UPDATE catalog.product SET published_at = $2 WHERE tenant_id = $1"
    async with shop.transaction() as tx:
        await tx.execute(published, shop.now - timedelta(days=31))
    # Nothing has been said about it, so nothing is looked at before its time has come.
    await sort_due(shop)
    assert await held(shop, recent) == [product_id]
    async with shop.transaction() as tx:
        await tx.execute(
            "UPDATE collections.due_product SET due_at = $2 WHERE tenant_id = $1",
            shop.now - timedelta(minutes=1),
        )
    await sort_due(shop)
    assert (await held(shop, recent), await shop.read_value(due)) == ([], 0)
    await work_off(shop)
    cards, _ = await listings.page_of_cards(shop, await window(shop), collection="recent")
    assert cards == []


async def test_a_rule_that_cannot_be_is_refused_with_its_place(shop: Context) -> None:
    foreign = rule(condition("category", "is", value=str(new_id())))
    with pytest.raises(InvalidRule) as refused:
        await collections.create_collection(shop, NewCollection(title="x", rule=foreign))
    assert [(e.path, e.code) for e in refused.value.errors] == [
        ("conditions[0]", "category_not_found")
    ]
    with pytest.raises(InvalidRule):
        await collections.preview_rule(shop, rule())


async def test_a_preview_counts_and_shows_without_keeping(shop: Context) -> None:
    ids = await goods(shop, *(mug(f"m{n}", tags=["x"] if n % 2 else []) for n in range(50)))
    shown = await collections.preview_rule(shop, tagged("x"))
    assert (shown.count, shown.is_estimate, len(shown.items)) == (25, False, 20)
    assert {each.product_id for each in shown.items} <= set(ids[1::2])
    assert (await collections.list_collections(shop)).items == []


async def test_a_preview_of_a_large_shop_is_an_estimate_and_says_so(shop: Context) -> None:
    for start in range(0, 2_500, 500):
        drafts = [
            simple(f"p{n}", tags=["x"] if n % 5 == 0 else []) for n in range(start, start + 500)
        ]
        await merge(shop, *drafts)
    shown = await collections.preview_rule(shop, tagged("x"))
    assert shown.is_estimate
    assert shown.looked_at <= 2_000
    assert 400 <= shown.count <= 600


async def test_an_event_asks_for_the_walk(shop: Context) -> None:
    rule_changed = next(each for each in ENQUEUES if each.handler == "collections.rule_changed")
    made = await collections.create_collection(shop, NewCollection(title="x", rule=tagged("x")))
    rows = await shop.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2",
        rule_changed.tag,
    )
    payloads = [msgspec.json.decode(row["payload"], type=rule_changed.payload) for row in rows]
    assert [(each.collection_id, each.reason) for each in payloads] == [
        (made.collection_id, "rule_changed")
    ]


async def test_a_category_that_moves_takes_its_products_below_others(shop: Context) -> None:
    (product_id,) = await goods(shop, mug(category_paths=[["Garden", "Pots"]]))
    await goods(shop, mug("other", category_paths=[["Kitchen"]]))
    await work_off(shop)
    by_path = {each.path: each for each in await catalog.all_categories(shop)}
    kitchen, pots = by_path["kitchen"], by_path["garden/pots"]
    inside = rule(condition("category", "is", value=str(kitchen.category_id)))
    made = await by_rule(shop, "Kitchen", inside)
    assert product_id not in await held(shop, made)
    moved = CategoryChanges(parent_id=kitchen.category_id)
    await catalog.update_category(shop, pots.category_id, moved)
    on = next(each for each in ENQUEUES if each.handler == "collections.place_renamed")
    rows = await shop.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2 ORDER BY sequence",
        on.tag,
    )
    last = msgspec.json.decode(rows[-1]["payload"], type=on.payload)
    assert (last.reason, last.product_ids) == ("renamed", [product_id])
    await sort_products(shop, last.product_ids)
    assert product_id in await held(shop, made)


async def test_drafts_of_clients_are_put_into_the_collections_they_name(shop: Context) -> None:
    tree = await catalog.create_product(shop, simple("cup", collections=["Best"]))
    await work_off(shop)
    best = await collections.find_collection(shop, "best")
    assert best is not None
    assert await held(shop, best) == [tree.product_id]


async def test_a_walk_and_events_meet_on_the_same_products(shop: Context) -> None:
    ids = await goods(shop, *(mug(f"m{n}", tags=["x"]) for n in range(8)))
    made = await by_rule(shop, "Made", tagged("x"))
    changes = CollectionChanges(rule=tagged("y"))
    await collections.update_collection(shop, made.collection_id, changes)

    def hand() -> Context:
        return Context(shop.engines, shop.tenant, shop.actor, shop.request_id)

    await asyncio.gather(
        collections.apply_rule(hand(), made.collection_id),
        *(retitled(hand(), each, tags=["y"]) for each in ids[:4]),
        collections.apply_rule(hand(), made.collection_id),
    )
    await work_off(shop)
    assert set(await held(shop, made)) == set(ids[:4])
    assert await counted(shop, made) == 4


async def test_a_second_shops_products_meet_only_its_own_rules(
    shop: Context, house_ctx: Context
) -> None:
    _, other = await open_shop(house_ctx)
    (mine,) = await goods(shop, mug(tags=["x"]))
    (theirs,) = await goods(other, mug(tags=["x"]))
    made = await by_rule(shop, "Made", tagged("x"))
    await work_off(shop)
    await work_off(other)
    assert await held(shop, made) == [mine]
    assert (await collections.list_collections(other)).items == []
    async with other.transaction() as tx:
        facts: list[ProductFacts] = await collections.gather_facts(tx, [theirs, mine], tx.now)
        assert [each.product_id for each in facts] == [theirs]
        assert await collections.sort_in(tx, [each.product_id for each in facts], facts) == {
            theirs: {}
        }


async def test_members_of_many_products_are_walked_by_id(shop: Context) -> None:
    ids = await goods(shop, *(mug(f"m{n}", tags=["x"]) for n in range(5)))
    made = await by_rule(shop, "Made", tagged("x"))
    walked: list[UUID] = []
    while page := await collections.members_after(
        shop, made.collection_id, walked[-1] if walked else UUID(int=0), 2
    ):
        walked += page
    assert walked == sorted(ids)
