"""What a shop's counters, ledgers, shelves, window and index say, and what a naive look says."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import catalog, collections, inventory, listings, pricing
from galleria.commerce.catalog import ProductTree
from galleria.commerce.catalog.room import ROOM as CATALOG
from galleria.commerce.collections.room import ROOM as COLLECTIONS
from galleria.commerce.inventory.room import ROOM as INVENTORY
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.commerce.listings.service import recount_shared
from galleria.commerce.pricing.room import ROOM as PRICING
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.engines.search_index import SearchQuery
from galleria.growth.search.room import ROOM as SEARCH
from galleria.platform import tenants
from tests.commerce.selling import elsewhere

_ROOMS = (CATALOG, INVENTORY, PRICING, COLLECTIONS, LISTINGS, SEARCH)
FIRST = UUID(int=0)


async def work_off(ctx: Context) -> None:
    """All events so far have been handled, and counts of branches made anew as jobs make them."""
    relay = Relay(ctx.engines, [each for room in _ROOMS for each in room.subscriptions])
    while await relay.drain():
        pass
    async with ctx.transaction() as tx:
        await recount_shared(tx)
    while await relay.drain():
        pass
    await ctx.engines.search.refresh()


async def trees_of(ctx: Context) -> list[ProductTree]:
    """Every product of the shop."""
    ids = await catalog.product_ids_after(ctx, FIRST, 1_000)
    return await catalog.products_for_listing(ctx, ids)


async def check_counters(ctx: Context, trees: list[ProductTree]) -> None:
    """Products are counted by status as they are."""
    counted = {status: n for status, n in (await catalog.count_products(ctx)).items() if n}
    assert counted == Counter(tree.status for tree in trees)
    for tree in trees:
        assert tree.variants, "a product has a variant"
        versions = (await catalog.list_versions(ctx, tree.product_id, limit=100)).items
        assert versions[0].version == tree.version
    skus = [each.sku for tree in trees for each in tree.variants if each.sku]
    assert len(skus) == len(set(skus))


async def check_ledger(ctx: Context, trees: list[ProductTree], owners: Iterable[str]) -> None:
    """On hand is the sum of what moved, reserved the sum of what is held, and nothing is left of
    variants that are gone."""
    assert (await inventory.check_ledger(ctx, limit=1_000)).faults == []
    levels = (await inventory.list_stock(ctx, limit=1_000)).items
    moved: Counter[tuple[UUID, int]] = Counter()
    for movement in (await inventory.list_movements(ctx, limit=10_000)).items:
        moved[movement.variant_id, movement.location_id] += movement.delta
    held: Counter[tuple[UUID, int]] = Counter()
    promised: set[UUID] = set()
    async with ctx.transaction() as tx:
        for owner in owners:
            for each in await inventory.reservations_of(tx, owner):
                promised.add(each.variant_id)
                if each.state == "held" and each.location_id is not None:
                    held[each.variant_id, each.location_id] += each.quantity - each.committed
    for level in levels:
        key = (level.variant_id, level.location_id)
        assert (level.on_hand, level.reserved) == (moved[key], held[key]), key
    present = {each.variant_id for tree in trees for each in tree.variants}
    # Stock that was promised stays for whoever has the promise: see what the doctor mends.
    left = {level.variant_id for level in levels} - promised
    assert left <= present, "no stock without its variant"


async def shown_by_now(ctx: Context, trees: list[ProductTree]) -> dict[str, dict[str, Any]]:
    """What the window should show, by handle, made afresh from the rooms' doors."""
    channel = await tenants.channel_of(ctx)
    ids = [each.variant_id for tree in trees for each in tree.variants]
    prices = await pricing.prices_of(ctx, ids, channel.channel_id, channel.currency)
    stock = await inventory.availability(ctx, ids)
    named = await collections.collections_of(ctx, [tree.product_id for tree in trees])
    expected: dict[str, dict[str, Any]] = {}
    for tree in trees:
        priced = [each for each in tree.variants if each.variant_id in prices]
        if tree.status != "active" or not priced:
            continue
        expected[tree.handle] = {
            "product_id": str(tree.product_id),
            "title": tree.title,
            "tags": tree.tags,
            "variants": [
                (
                    each.sku,
                    prices[each.variant_id].amount_minor,
                    stock[each.variant_id].covers(1),
                )
                for each in priced
            ],
            "categories": sorted(each.path for each in tree.categories if each.is_direct),
            "collections": sorted(each.handle for each in named.get(tree.product_id, [])),
        }
    return expected


async def check_window(ctx: Context, expected: dict[str, dict[str, Any]]) -> None:
    """Listings, places and their counts are those of a naive look."""
    there = elsewhere(ctx)
    window = await listings.window_of(there)
    found: dict[str, dict[str, Any]] = {}
    for handle in expected:
        document, _ = await listings.detail_of(there, window, handle)
        detail = msgspec.json.decode(document)
        found[handle] = {
            "product_id": detail["product_id"],
            "title": detail["title"],
            "tags": detail["tags"],
            "variants": [
                (each["sku"], each["price"]["amount_minor"], each["is_available"])
                for each in detail["variants"]
            ],
            "categories": sorted(each["path"] for each in detail["categories"]),
            "collections": sorted(each["handle"] for each in detail["collections"]),
        }
    for handle, each in expected.items():
        assert found[handle] == each, (found[handle], each)
    listed = await listings.listed_ids(there, FIRST, 1_000)
    assert {str(each) for each in listed} == {each["product_id"] for each in expected.values()}
    for node in await listings.categories_of(there):
        inside = {handle for handle, each in expected.items() if lies_in(node.path, each)}
        cards, _ = await listings.page_of_cards(there, window, category=node.path, limit=100)
        assert {msgspec.json.decode(card)["handle"] for card in cards} == inside, node.path
        assert node.product_count == len(inside), node.path


def lies_in(path: str, shown: dict[str, Any]) -> bool:
    """A category shows the product: it lies in it, or somewhere below."""
    return any(each == path or each.startswith(f"{path}/") for each in shown["categories"])


async def check_index(ctx: Context, expected: dict[str, dict[str, Any]]) -> None:
    """Search finds what the window shows, where it shows it."""
    window = await listings.window_of(elsewhere(ctx))

    async def found(**wanted: Any) -> set[str]:
        query = SearchQuery(
            channel=str(window.channel_id), locale=window.locale, limit=100, **wanted
        )
        result = await ctx.engines.search.search(ctx.tenant.tenant_id, query)
        return {hit.product_id for hit in result.hits}

    assert await found() == {each["product_id"] for each in expected.values()}
    available = {
        each["product_id"]
        for each in expected.values()
        if any(is_available for _, _, is_available in each["variants"])
    }
    assert await found(only_available=True) == available
    for category in await catalog.all_categories(ctx):
        inside = {each["product_id"] for each in expected.values() if lies_in(category.path, each)}
        assert await found(category=category.path) == inside, category.path
    for handle in {each for shown in expected.values() for each in shown["collections"]}:
        inside = {each["product_id"] for each in expected.values() if handle in each["collections"]}
        assert await found(collection=handle) == inside, handle
    for each in expected.values():
        lowest = min(price for _, price, _ in each["variants"])
        hits = await found(currency=window.currency, price_min_minor=lowest, price_max_minor=lowest)
        assert each["product_id"] in hits
