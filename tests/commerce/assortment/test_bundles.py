"""Variants sold as fixed sets of others: what they consist of, cost, and how many there are."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import assortment, catalog, inventory, listings
from galleria.commerce.assortment import (
    Bundle,
    BundleRow,
    BundlesChanged,
    Component,
    InvalidBundle,
    NamedComponent,
    NewBundle,
    NewComponent,
)
from galleria.commerce.assortment.model.bundles import availability_of, price_of
from galleria.commerce.assortment.room import ROOM
from galleria.commerce.inventory import Availability
from galleria.commerce.listings import Detail
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.commerce.pricing import ResolvedPrice
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from tests.commerce.carts.shop import open_shop, sell, set_on_hand, set_price
from tests.commerce.catalog.wares import merge, simple
from tests.commerce.selling import mug, put_on_sale, window
from tests.commerce.selling import open_shop as open_shown_shop
from tests.platform.conftest import acting_with, client_of

AT = datetime(2026, 11, 1, tzinfo=UTC)


def bundle(*quantities: int, **changes: Any) -> Bundle:
    """A bundle of so many of one thing each, priced by them."""
    fields: dict[str, Any] = {
        "variant_id": new_id(),
        "product_id": new_id(),
        "pricing": "components",
        "components": [Component(new_id(), each) for each in quantities],
        "updated_at": AT,
        **changes,
    }
    return Bundle(**fields)


def prices(made: Bundle, *amounts: int, **changes: Any) -> dict[UUID, ResolvedPrice]:
    found = {}
    for part, amount in zip(made.components, amounts, strict=True):
        fields: dict[str, Any] = {
            "variant_id": part.variant_id,
            "currency": "EUR",
            "amount_minor": amount,
            "compare_at_minor": None,
            "includes_tax": True,
            "price_list_id": 1,
            "kind": "base",
            "min_quantity": 1,
            "since": AT,
            **changes,
        }
        found[part.variant_id] = ResolvedPrice(**fields)
    return found


def cost(made: Bundle, *amounts: int, currency: str = "EUR") -> int | None:
    price = price_of(made, prices(made, *amounts), currency)
    return None if price is None else price.amount_minor


def test_a_bundle_costs_what_its_components_cost_less_what_is_taken_off() -> None:
    assert cost(bundle(1, 3), 1000, 250) == 1750
    assert cost(bundle(1, 3, discount_bp=1000), 1000, 250) == 1575
    # 12.5 cents off are 13.
    assert cost(bundle(1, discount_bp=5000), 25) == 12
    off = [Money(500, "EUR"), Money(600, "CHF")]
    assert cost(bundle(2, discounts=off), 1000) == 1500
    assert cost(bundle(2, discounts=off), 1000, currency="CHF") == 1400
    assert cost(bundle(2, discounts=off), 1000, currency="USD") is None
    assert cost(bundle(1, discounts=off), 100) == 0


def test_a_bundle_has_no_price_while_a_component_has_none_or_the_tax_is_not_said_alike() -> None:
    made = bundle(1, 1)
    found = prices(made, 100, 200)
    first, second = (each.variant_id for each in made.components)
    assert price_of(made, {first: found[first]}, "EUR") is None
    mixed = {**found, second: msgspec.structs.replace(found[second], includes_tax=False)}
    assert price_of(made, mixed, "EUR") is None


def counted(available: int, **changes: Any) -> Availability:
    fields = {"available": available, "is_tracked": True, "allows_backorder": False, **changes}
    return Availability(**fields)


def had(made: Bundle, *there: Availability) -> Availability:
    ids = [each.variant_id for each in made.components]
    return availability_of(made, dict(zip(ids, there, strict=True)))


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 200)), min_size=1, max_size=8))
def test_as_many_can_be_had_as_the_scarcest_component_allows(parts: list[tuple[int, int]]) -> None:
    answer = had(bundle(*(q for q, _ in parts)), *(counted(there) for _, there in parts))
    count = answer.available
    assert answer.sellable == count
    assert all(count * quantity <= there for quantity, there in parts)
    assert any((count + 1) * quantity > there for quantity, there in parts)


def test_what_components_allow_ahead_of_stock_the_bundle_allows_too() -> None:
    free = counted(0, is_tracked=False)
    late = counted(1, allows_backorder=True, selling="backorder")
    few = counted(1, allows_backorder=True, selling="backorder", promise_limit=4)
    spring = date(2027, 3, 1)
    early = counted(0, allows_backorder=True, selling="preorder", available_on=spring)
    assert had(bundle(1, 1), free, free).sellable is None
    assert had(bundle(1, 2), free, counted(7)).sellable == 3
    assert had(bundle(1, 2), late, counted(7)).sellable == 3
    assert (had(bundle(1), late).sellable, had(bundle(1), late).offer) == (None, "in_stock")
    assert (had(bundle(2), few).sellable, had(bundle(2), few).offer) == (2, "backorder")
    answer = had(bundle(1, 1), late, early)
    assert (answer.offer, answer.available_on) == ("preorder", spring)


async def shop_of(ctx: Context) -> Context:
    return await open_shop(ctx.engines)


def of(*parts: tuple[UUID, int], **changes: Any) -> NewBundle:
    components = [NewComponent(variant_id=each, quantity=count) for each, count in parts]
    return NewBundle(components=components, **changes)


async def product_of(ctx: Context, variant_id: UUID) -> UUID:
    return (await catalog.get_variant(ctx, variant_id)).product_id


async def test_a_bundle_is_set_read_and_taken_apart_again(ctx: Context) -> None:
    shop = await shop_of(ctx)
    cup, plate = await sell(shop, 1000, 10), await sell(shop, 2000, 3)
    gift = await sell(shop, 9000, 50)
    view = await assortment.set_bundle(shop, gift, of((cup, 2), (plate, 1)))
    assert [(each.title, each.quantity, each.available) for each in view.components] == [
        ("Print", 2, 10),
        ("Print", 1, 3),
    ]
    assert (view.available, view.fault) == (3, None)
    assert await assortment.list_bundles(shop, await product_of(shop, gift)) == [view]
    await assortment.set_bundle(shop, gift, of((cup, 4)))
    assert (await assortment.get_bundle(shop, gift)).available == 2
    await assortment.remove_bundle(shop, gift)
    with pytest.raises(assortment.BundleNotFound):
        await assortment.get_bundle(shop, gift)
    assert (await inventory.availability(shop, [gift]))[gift].available == 50


async def refusals(ctx: Context, variant_id: UUID, wanted: NewBundle) -> list[tuple[str, str]]:
    with pytest.raises(InvalidBundle) as refusal:
        await assortment.set_bundle(ctx, variant_id, wanted)
    return [(each.path, each.code) for each in refusal.value.errors]


async def test_circles_nests_and_repeats_are_refused(ctx: Context) -> None:
    shop = await shop_of(ctx)
    a, b, c, d = [await sell(shop) for _ in range(4)]
    assert await refusals(shop, a, of((a, 1), (b, 1), (b, 2), (new_id(), 1))) == [
        ("components[0]", "bundle_circular"),
        ("components[2]", "duplicate_component"),
        ("components[3]", "variant_not_found"),
    ]
    await assortment.set_bundle(shop, a, of((b, 1)))
    assert await refusals(shop, c, of((a, 1))) == [("components[0]", "bundle_nested")]
    assert await refusals(shop, b, of((d, 1))) == [("", "bundle_nested")]
    assert await refusals(shop, b, of((a, 1))) == [
        ("", "bundle_nested"),
        ("components[0]", "bundle_circular"),
    ]
    both = of((d, 1), pricing="components", discount_bp=100, discounts=[Money(1, "EUR")])
    assert await refusals(shop, c, both) == [("discounts", "two_discounts")]
    assert await refusals(shop, c, of((d, 1), discount_bp=1)) == [
        ("pricing", "discount_not_possible")
    ]


async def test_rows_set_bundles_by_sku_and_are_answered_each_by_itself(ctx: Context) -> None:
    names = ("cup", "plate", "gift", "hamper")
    await merge(ctx, *(simple(n, variants=[catalog.VariantDraft(sku=n)]) for n in names))

    def row(sku: str, *parts: str, **changes: Any) -> BundleRow:
        components = [NamedComponent(sku=each, quantity=2) for each in parts]
        return BundleRow(sku=sku, components=components, **changes)

    async def merged(*rows: BundleRow) -> list[tuple[str, str]]:
        found = await assortment.set_many_bundles(ctx, rows)
        return [(each.outcome, each.code) for each in found]

    rows = [row("gift", "cup", "plate"), row("hamper", "gift"), row("gift", "cup"), row("x", "cup")]
    assert await merged(*rows) == [
        ("set", ""),
        ("refused", "bundle_nested"),
        ("refused", "duplicate_row"),
        ("refused", "variant_not_found"),
    ]
    assert await merged(row("gift", "cup", "plate")) == [("unchanged", "")]
    assert await merged(row("gift", "cup", "plate", pricing="components")) == [("set", "")]
    assert await merged(row("gift"), row("cup")) == [("removed", ""), ("unchanged", "")]


async def test_two_who_would_nest_bundles_at_once_cannot(ctx: Context) -> None:
    shop = await shop_of(ctx)
    a, b, c = [await sell(shop) for _ in range(3)]

    async def one(variant_id: UUID, part: UUID) -> bool:
        try:
            await assortment.set_bundle(shop.for_tenant(shop.tenant), variant_id, of((part, 1)))
        except InvalidBundle:
            return False
        return True

    done = await asyncio.gather(one(a, b), one(b, c))
    assert sorted(done) == [False, True]


async def test_a_component_that_is_archived_or_gone_makes_the_bundle_unavailable(
    ctx: Context,
) -> None:
    shop = await shop_of(ctx)
    cup, plate, gift = [await sell(shop) for _ in range(3)]
    await assortment.set_bundle(shop, gift, of((cup, 1), (plate, 1)))
    await catalog.archive_product(shop, await product_of(shop, cup))
    view = await assortment.get_bundle(shop, gift)
    assert (view.fault, view.available) == ("component_archived", 0)
    await catalog.delete_product(shop, await product_of(shop, cup))
    view = await assortment.get_bundle(shop, gift)
    assert (view.fault, view.available) == ("component_gone", 0)
    assert [each.title for each in view.components] == [None, "Print"]


async def hear(ctx: Context) -> None:
    relay = Relay(ctx.engines, [*ROOM.subscriptions, *LISTINGS.subscriptions])
    while await relay.drain():
        pass


async def shown(ctx: Context, handle: str) -> Detail:
    """The page of a product once all events have arrived."""
    await hear(ctx)
    text, _ = await listings.detail_of(ctx, await window(ctx), handle)
    return msgspec.json.decode(text, type=Detail)


async def test_the_shop_window_follows_components(house_ctx: Context) -> None:
    _, shop = await open_shown_shop(house_ctx)
    cups, _gifts = await put_on_sale(shop, mug("cups", stock=7), mug("gift", stock=None))
    skus = await catalog.variants_by_sku(shop, ["cups-b", "gift-b", "gift-w"])
    await shown(shop, "gift")
    wanted = of((skus["cups-b"], 2), pricing="components", discount_bp=1000)
    await assortment.set_bundle(shop, skus["gift-b"], wanted)
    first = (await shown(shop, "gift")).variants[0]
    assert [(e.quantity, e.title, e.options, e.handle) for e in first.components] == [
        (2, "Stoneware Mug", ["Blue"], "cups")
    ]
    assert (first.price.amount_minor, first.is_available, first.few_left) == (4320, True, 3)
    await set_price(shop, skus["cups-b"], 1000)
    assert (await shown(shop, "gift")).variants[0].price.amount_minor == 1800
    await set_on_hand(shop, skus["cups-b"], 1)
    assert not (await shown(shop, "gift")).variants[0].is_available
    await set_on_hand(shop, skus["cups-b"], 100)
    assert cups.product_id is not None
    await catalog.archive_product(shop, cups.product_id)
    gone = (await shown(shop, "gift")).variants[0]
    assert (gone.is_available, gone.components[0].handle) == (False, None)
    await catalog.delete_product(shop, cups.product_id)
    assert (await shown(shop, "gift")).variants[0].components == []


async def test_one_change_of_a_component_tells_all_bundles_in_events_of_500(ctx: Context) -> None:
    shop = await shop_of(ctx)
    cup = await sell(shop)
    names = [f"s{at}" for at in range(501)]
    await merge(shop, *(simple(n, variants=[catalog.VariantDraft(sku=n)]) for n in names))
    sku = (await catalog.get_variant(shop, cup)).sku
    assert sku is not None
    for part in (names[:500], names[500:]):
        rows = [BundleRow(sku=each, components=[NamedComponent(sku=sku)]) for each in part]
        await assortment.set_many_bundles(shop, rows)
    await hear(shop)
    before = await told(shop)
    await set_price(shop, cup, 777)
    await hear(shop)
    assert (await told(shop))[len(before) :] == [500, 1]


async def told(ctx: Context) -> list[int]:
    rows = await ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2 ORDER BY sequence",
        BundlesChanged.TAG,
    )
    return [len(msgspec.json.decode(row["payload"])["product_ids"]) for row in rows]


async def test_bundles_are_set_over_http(ctx: Context, another_ctx: Context) -> None:
    shop = await shop_of(ctx)
    cup, gift = await sell(shop), await sell(shop)
    body = {"components": [{"variant_id": str(cup), "quantity": 2}], "pricing": "components"}
    acting = acting_with(shop, "products:read", "products:write")
    async with client_of(ROOM.routes, acting) as client:
        where = f"/admin/v1/variants/{gift}/bundle"
        assert (await client.get(where)).json()["code"] == "bundle_not_found"
        put = await client.put(where, json=body)
        assert (put.status_code, put.json()["available"]) == (200, 50), put.text
        assert (await client.get(where)).json() == put.json()
        listed = await client.get(f"/admin/v1/products/{put.json()['product_id']}/bundles")
        assert listed.json()["items"] == [put.json()]
        many = {"components": [{"variant_id": str(new_id())}] * 51}
        assert (await client.put(where, json=many)).status_code == 422
        bad = await client.put(where, json={"components": [{"variant_id": str(gift)}]})
        assert (bad.status_code, bad.json()["errors"][0]["code"]) == (422, "bundle_circular")
        assert (await client.delete(where)).status_code == 204
    foreign = acting_with(another_ctx, "products:read", "products:write")
    async with client_of(ROOM.routes, foreign) as client:
        hidden = await client.put(where, json=body)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "variant_not_found")
