"""Collections made, described, filled by hand, put in order, removed and taken back."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog, collections, listings
from galleria.commerce.catalog import HandleTaken, StaleVersion
from galleria.commerce.collections import (
    CollectionByRule,
    CollectionChanges,
    CollectionNotFound,
    InvalidCollection,
    NewCollection,
    NoMember,
)
from galleria.commerce.collections.repository.collections import handles_like
from galleria.commerce.collections.service import purge_removed, turn_windows
from galleria.commerce.listings import CategoryNotShown, UnknownSort
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import made as wares_made
from tests.commerce.catalog.wares import simple
from tests.commerce.collections.lists import (
    by_hand,
    by_rule,
    counted,
    goods,
    held,
    tagged,
    work_off,
)
from tests.commerce.selling import elsewhere, mug, open_shop, window


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    return ctx


async def test_a_collection_is_made_filled_and_emptied(ctx: Context) -> None:
    mug_id, cup = await wares_made(ctx, simple("mug")), await wares_made(ctx, simple("cup"))
    best = await by_hand(ctx, "Best of")
    twin = await by_hand(ctx, "Best of")
    assert (best.handle, twin.handle) == ("best-of", "best-of-2")

    await collections.fill_collection(ctx, best.collection_id, [mug_id, cup], [])
    await collections.fill_collection(ctx, best.collection_id, [mug_id], [cup])
    assert (await held(ctx, best), await counted(ctx, best)) == ([mug_id], 1)
    version = (await collections.get_collection(ctx, best.collection_id)).version
    await collections.fill_collection(ctx, best.collection_id, [mug_id], [cup])
    assert (await collections.get_collection(ctx, best.collection_id)).version == version == 3
    with pytest.raises(catalog.ProductNotFound):
        await collections.fill_collection(ctx, best.collection_id, [new_id()], [])

    assert [each.handle for each in (await collections.collections_of(ctx, [mug_id]))[mug_id]] == [
        "best-of"
    ]
    await collections.remove_collection(ctx, best.collection_id)
    assert (await collections.collections_of(ctx, [mug_id]))[mug_id] == []


async def test_a_collection_is_renamed_by_who_saw_it_last(ctx: Context) -> None:
    best = await by_hand(ctx, "Best")
    await by_hand(ctx, "Taken")
    change = CollectionChanges(title="Finest", position=2)
    finest = await collections.update_collection(ctx, best.collection_id, change, 1)
    assert (finest.title, finest.handle, finest.version) == ("Finest", "best", 2)
    with pytest.raises(StaleVersion):
        await collections.update_collection(ctx, best.collection_id, change, 1)
    taken = CollectionChanges(handle="taken")
    with pytest.raises(HandleTaken):
        await collections.update_collection(ctx, best.collection_id, taken)
    with pytest.raises(HandleTaken):
        await collections.create_collection(ctx, NewCollection(title="x", handle="taken"))


async def test_the_list_comes_in_pages_by_position(ctx: Context) -> None:
    for position, name in enumerate("edcba"):
        wanted = NewCollection(title=name, position=position)
        await collections.create_collection(ctx, wanted)
    shown, cursor = "", None
    while True:
        page = await collections.list_collections(ctx, cursor, 2)
        shown += "".join(each.handle for each in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == "edcba"


async def test_what_is_described_is_kept_and_markup_is_cleaned(ctx: Context) -> None:
    picture = new_id()
    wanted = NewCollection(
        title="Summer",
        translations={"de": "Sommer"},
        description_html="<p onclick='x()'>Warm</p>",
        media_id=picture,
        seo=catalog.Seo(title="Summer things"),
        sort_order="title",
    )
    summer = await collections.create_collection(ctx, wanted)
    kept = await collections.find_collection(ctx, "summer")
    assert kept == summer
    assert (kept.description_html, kept.media_id) == ("<p>Warm</p>", picture)
    assert (kept.seo.title, kept.sort_order, kept.rule) == ("Summer things", "title", None)
    backwards = CollectionChanges(
        published_from=ctx.now, published_until=ctx.now - timedelta(days=1)
    )
    with pytest.raises(InvalidCollection):
        await collections.update_collection(ctx, summer.collection_id, backwards)


async def test_members_are_moved_one_by_one_and_many_at_once(ctx: Context) -> None:
    a, b, c, d = [await wares_made(ctx, simple(name)) for name in "abcd"]
    best = await by_hand(ctx, "Best", a, b, c, d)
    where = best.collection_id
    await collections.move_members(ctx, where, [d, b])
    assert await held(ctx, best) == [d, b, a, c]
    await collections.move_members(ctx, where, [d], a)
    assert await held(ctx, best) == [b, a, d, c]
    await collections.step_member(ctx, where, d, -1)
    assert await held(ctx, best) == [b, d, a, c]
    await collections.step_member(ctx, where, d, -1)
    await collections.step_member(ctx, where, d, -1)
    assert await held(ctx, best) == [d, b, a, c]
    await collections.step_member(ctx, where, a, 1)
    await collections.step_member(ctx, where, a, 1)
    assert await held(ctx, best) == [d, b, c, a]
    with pytest.raises(NoMember):
        await collections.move_members(ctx, where, [new_id()])
    with pytest.raises(NoMember):
        await collections.move_members(ctx, where, [a], a)


async def test_a_gap_that_is_used_up_makes_way_for_new_ones(ctx: Context) -> None:
    ids = [await wares_made(ctx, simple(f"p{number}")) for number in range(4)]
    best = await by_hand(ctx, "Best", *ids)
    first, *others = ids
    # Twenty moves into the same gap halve it away.
    for turn in range(45):
        moving = others[turn % 3]
        await collections.move_members(ctx, best.collection_id, [moving], first)
        order = await held(ctx, best)
        assert order[:2] == [first, moving]
        assert sorted(order) == sorted(ids)


async def test_two_hands_fill_and_order_at_once_and_nothing_is_lost(ctx: Context) -> None:
    ids = [await wares_made(ctx, simple(f"p{number}")) for number in range(12)]
    best = await by_hand(ctx, "Best")

    def hand() -> Context:
        return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id)

    where = best.collection_id
    await asyncio.gather(
        *(collections.fill_collection(hand(), where, [each], []) for each in ids),
        *(collections.fill_collection(hand(), where, ids[:6], []) for _ in range(4)),
    )
    await asyncio.gather(
        *(collections.move_members(hand(), where, [each]) for each in ids[:6]),
        *(collections.fill_collection(hand(), where, [], [each]) for each in ids[6:9]),
    )
    assert sorted(await held(ctx, best)) == sorted([*ids[:6], *ids[9:]])
    assert await counted(ctx, best) == 9


async def test_counts_stay_true_over_many_changes(ctx: Context) -> None:
    ids = [await wares_made(ctx, simple(f"p{number}")) for number in range(3)]
    best = await by_hand(ctx, "Best")
    for turn in range(80):
        await collections.fill_collection(ctx, best.collection_id, [ids[turn % 3]], [])
        gone = [ids[turn % 3]] if turn % 2 else []
        await collections.fill_collection(ctx, best.collection_id, [], gone)
        assert await counted(ctx, best) == len(await held(ctx, best))
    rows = await ctx.read(
        "SELECT count(*) AS rows FROM collections.member_tally WHERE tenant_id = $1"
    )
    assert rows[0]["rows"] < 90, "counts are folded now and then"


async def test_a_removed_collection_can_be_taken_back_for_a_day(ctx: Context) -> None:
    ids = [await wares_made(ctx, simple(name)) for name in "ab"]
    best = await by_hand(ctx, "Best", *ids)
    where = best.collection_id
    await collections.remove_collection(ctx, where)
    for act in (
        collections.get_collection(ctx, where),
        collections.list_members(ctx, where),
        collections.remove_collection(ctx, where),
        collections.fill_collection(ctx, where, ids, []),
    ):
        with pytest.raises(CollectionNotFound):
            await act
    assert (await collections.list_collections(ctx)).items == []
    other = await by_hand(ctx, "Best")
    assert other.handle == "best"

    await purge_removed(ctx)
    back = await collections.restore_collection(ctx, where)
    assert (back.handle, back.title) == ("best-2", "Best")
    assert (await held(ctx, best), await counted(ctx, best)) == (ids, 2)
    assert await collections.restore_collection(ctx, where) == back

    await collections.remove_collection(ctx, where)
    later = Context(
        ctx.engines, ctx.tenant, ctx.actor, "later", now=ctx.now + timedelta(days=1, hours=1)
    )
    await purge_removed(later)
    with pytest.raises(CollectionNotFound):
        await collections.restore_collection(ctx, where)
    left = "SELECT count(*) AS rows FROM collections.member WHERE tenant_id = $1"
    assert await ctx.read_value(left) == 0
    assert await handles_like(ctx, "best") == {"best"}


async def test_a_product_names_its_collections_and_its_rules_stay_out_of_it(shop: Context) -> None:
    (product_id,) = await goods(shop, mug(tags=["new"]))
    best, summer = await by_hand(shop, "Best", product_id), await by_hand(shop, "Summer")
    fresh = await by_rule(shop, "Fresh", tagged("new"))
    asked = [summer.collection_id, fresh.collection_id]
    refs = await collections.set_collections_of(shop, product_id, asked)
    assert {each.handle for each in refs} == {"summer", "fresh"}
    assert await held(shop, best) == []
    assert await collections.names_of(shop, [product_id]) == {product_id: ["Summer"]}
    with pytest.raises(CollectionNotFound):
        await collections.set_collections_of(shop, product_id, [new_id()])
    with pytest.raises(catalog.ProductNotFound):
        await collections.set_collections_of(shop, new_id(), [])
    for act in (
        collections.fill_collection(shop, fresh.collection_id, [product_id], []),
        collections.move_members(shop, fresh.collection_id, [product_id]),
        collections.step_member(shop, fresh.collection_id, product_id, 1),
    ):
        with pytest.raises(CollectionByRule):
            await act


async def test_files_name_collections_that_are_made_and_filled_once(ctx: Context) -> None:
    a, b = [await wares_made(ctx, simple(name)) for name in "ab"]

    async def fill(names: dict[UUID, list[str]]) -> set[UUID]:
        async with ctx.transaction() as tx:
            return await collections.fill_by_name(tx, names)

    wanted = {a: ["Summer Time", "best"], b: ["summer-time"]}
    assert await fill(wanted) == {a, b}
    assert (await collections.names_of(ctx, [a]))[a] == ["best", "Summer Time"]
    before = await _rows(ctx)
    assert await fill(wanted) == set()
    assert await _rows(ctx) == before, "what is so already is not even locked"
    assert await fill({a: []}) == {a}
    assert await collections.names_of(ctx, [a, b]) == {a: [], b: ["Summer Time"]}

    async def hand() -> None:
        mine = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id)
        async with mine.transaction() as tx:
            await collections.fill_by_name(tx, {a: ["New one"], b: ["New one"]})

    await asyncio.gather(*(hand() for _ in range(6)))
    handles = [each.handle for each in (await collections.list_collections(ctx)).items]
    assert handles == ["best", "new-one", "summer-time"]
    found = await collections.find_collection(ctx, "new-one")
    assert found is not None
    assert await counted(ctx, found) == 2


async def _rows(ctx: Context) -> list[tuple[str, ...]]:
    found = []
    for table in ("collection", "member", "member_tally"):
        found += await ctx.read(
            f"SELECT ctid::text, xmin::text, xmax::text FROM collections.{table}"
            " WHERE tenant_id = $1 ORDER BY ctid"
        )
    return [tuple(row) for row in found]


async def test_the_window_shows_a_collection_in_its_order_while_it_is_published(
    shop: Context,
) -> None:
    names = ["Zebra", "Apple", "Mango"]
    ids = await goods(shop, *(mug(name.lower(), title=name) for name in names))
    best = await by_hand(shop, "Best", *ids)
    await work_off(shop)

    async def titles(**asked: Any) -> list[str]:
        cards, _ = await listings.page_of_cards(
            shop, await window(shop), collection="best", **asked
        )
        return [msgspec.json.decode(card)["title"] for card in cards]

    assert await titles() == names
    await collections.move_members(shop, best.collection_id, [ids[2]])
    await work_off(shop)
    assert await titles() == ["Mango", "Zebra", "Apple"]
    assert await titles(sort="title") == ["Apple", "Mango", "Zebra"]
    seen, cursor = [], None
    while True:
        cards, cursor = await listings.page_of_cards(
            shop, await window(shop), collection="best", cursor=cursor, limit=1
        )
        seen += [msgspec.json.decode(card)["title"] for card in cards]
        if cursor is None:
            break
    assert seen == ["Mango", "Zebra", "Apple"]
    by_title = CollectionChanges(sort_order="-title")
    await collections.update_collection(shop, best.collection_id, by_title)
    assert await titles() == ["Zebra", "Mango", "Apple"]
    with pytest.raises(UnknownSort):
        await listings.page_of_cards(shop, await window(shop), sort="manual")

    async def named() -> list[str]:
        text, _ = await listings.detail_of(elsewhere(shop), await window(shop), "apple")
        return [each["name"] for each in msgspec.json.decode(text)["collections"]]

    assert await named() == ["Best"]
    hidden = CollectionChanges(is_published=False)
    await collections.update_collection(shop, best.collection_id, hidden)
    assert await named() == []
    with pytest.raises(CategoryNotShown):
        await titles()


async def test_a_window_that_opens_is_noticed_once(shop: Context) -> None:
    soon = shop.now + timedelta(hours=1)
    wanted = NewCollection(title="Soon", published_from=soon)
    made = await collections.create_collection(shop, wanted)
    assert not made.is_shown_at(shop.now)
    count = "SELECT count(*) AS n FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2"
    tag = collections.CollectionChanged.TAG
    before = await shop.read_value(count, tag)
    await turn_windows(shop)
    assert await shop.read_value(count, tag) == before
    later = Context(shop.engines, shop.tenant, shop.actor, "later", now=soon)
    await turn_windows(later)
    await turn_windows(later)
    assert await shop.read_value(count, tag) == before + 1


async def test_another_shops_collections_are_not_found(ctx: Context, another_ctx: Context) -> None:
    mine = await wares_made(ctx, simple("mug"))
    theirs = await wares_made(another_ctx, simple("mug"))
    best = await by_hand(ctx, "Best", mine)
    there, where = another_ctx, best.collection_id
    for act in (
        collections.get_collection(there, where),
        collections.update_collection(there, where, CollectionChanges(title="x")),
        collections.remove_collection(there, where),
        collections.restore_collection(there, where),
        collections.fill_collection(there, where, [theirs], []),
        collections.move_members(there, where, [mine]),
        collections.list_members(there, where),
        collections.set_collections_of(there, theirs, [where]),
    ):
        with pytest.raises(CollectionNotFound):
            await act
    with pytest.raises(catalog.ProductNotFound):
        await collections.fill_collection(ctx, where, [theirs], [])
    assert await collections.find_collection(there, "best") is None
    assert await collections.count_members(there, [where]) == {where: 0}
    async with there.transaction() as tx:
        await collections.fill_by_name(tx, {theirs: ["Best"]})
    assert await held(ctx, best) == [mine]
