"""What is bought and clicked is wanted more, once, and the index is told so in steps."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog, listings, orders, pricing
from galleria.commerce.orders.events import (
    OrderCancelled,
    OrderedItem,
    OrderPlaced,
    OrderRefunded,
)
from galleria.commerce.pricing import SetCost
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.foundation.events import Event
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.growth import search
from galleria.growth.search import NotedEvent, Question, RankingDraft, Weights
from galleria.growth.search.documents import UNKNOWN
from galleria.growth.search.model.demand import Sale
from galleria.growth.search.repository import demand
from galleria.growth.search.room import ROOM
from galleria.growth.search.service import standing
from tests.commerce.orders.buying import buy
from tests.commerce.orders.conftest import shop as selling_shop
from tests.commerce.pricing.tags import at, later
from tests.commerce.selling import elsewhere, mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_search import ask, titles

__all__ = ["selling_shop"]


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    """A shop with three lamps that nothing but their names tells apart."""
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(ctx, *(mug(f"lamp-{name}", title=f"Lamp {name}") for name in "abc"))
    await show(ctx)
    return ctx


async def lamp(ctx: Context, name: str) -> UUID:
    handle = f"lamp-{name}"
    return (await catalog.products_by_handle(ctx, [handle]))[handle]


def placed(at: datetime, *bought: tuple[UUID, int], order_id: UUID | None = None) -> OrderPlaced:
    nothing = Money(0, "EUR")
    return OrderPlaced(
        order_id=order_id or new_id(),
        number="1001",
        customer_id=new_id(),
        channel_id=new_id(),
        channel_code="web",
        subtotal=nothing,
        shipping=nothing,
        total=nothing,
        items=[
            OrderedItem(
                line_id=new_id(),
                variant_id=new_id(),
                product_id=product_id,
                quantity=quantity,
                total=nothing,
            )
            for product_id, quantity in bought
        ],
        placed_at=at,
    )


def cancelled(order_id: UUID, at: datetime) -> OrderCancelled:
    return OrderCancelled(
        order_id=order_id, number="1001", customer_id=new_id(), reason="", cancelled_at=at
    )


def refunded(order_id: UUID, at: datetime, *, is_complete: bool) -> OrderRefunded:
    return OrderRefunded(
        order_id=order_id,
        number="1001",
        customer_id=new_id(),
        refund_id=new_id(),
        amount=Money(100, "EUR"),
        is_complete=is_complete,
        refunded_at=at,
    )


async def happened(ctx: Context, *events: Event) -> None:
    """The events are in the log, and search has heard them."""
    async with ctx.transaction() as tx:
        tx.publish(*events)
    await Relay(ctx.engines, ROOM.subscriptions).drain()


async def scores(ctx: Context) -> dict[UUID, float]:
    found = await demand.page_after(ctx, UUID(int=0), 100)
    return {each.product_id: round(each.score, 2) for each in found}


async def told(ctx: Context) -> dict[UUID, float]:
    found = await demand.page_after(ctx, UUID(int=0), 100)
    return {each.product_id: round(each.shown_popularity, 2) for each in found}


async def announced(ctx: Context) -> list[list[UUID]]:
    """The products that each event said to stand elsewhere."""
    rows = await ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1"
        " AND tag = 'search.standing_changed.v1' ORDER BY sequence"
    )
    return [[UUID(each) for each in msgspec.json.decode(r["payload"])["product_ids"]] for r in rows]


async def first_found(ctx: Context) -> str:
    """What a shopper of a process that has kept no answer sees first."""
    return titles(await ask(elsewhere(ctx), words="lamp"))[0]


async def test_what_sells_comes_first_and_its_place_survives_a_new_index(shop: Context) -> None:
    assert await first_found(shop) != "Lamp c"
    await happened(shop, placed(shop.now, (await lamp(shop, "c"), 12)))
    await show(shop)
    assert await first_found(shop) != "Lamp c", "nobody has told the index yet"
    await search.refresh_standing(shop)
    await show(shop)
    assert await first_found(shop) == "Lamp c"
    assert titles(await ask(elsewhere(shop)))[0] == "Lamp c", "without words it is all that counts"
    assert shop.engines.search_writer is not None
    await search.rebuild_index(shop.engines, shop.engines.search_writer.writer)
    await shop.engines.search.refresh()
    assert await first_found(shop) == "Lamp c"


async def test_an_order_counts_once_however_often_it_is_told(shop: Context) -> None:
    a, b = await lamp(shop, "a"), await lamp(shop, "b")
    once = placed(shop.now, (a, 2), (b, 1), (a, 1))
    await happened(shop, once, once)
    await happened(shop, once)
    assert await scores(shop) == {a: 3.0, b: 1.0}


async def test_what_is_called_off_or_paid_back_in_whole_counts_no_longer(shop: Context) -> None:
    a, b, c = [await lamp(shop, name) for name in "abc"]
    first, second, third = new_id(), new_id(), new_id()
    await happened(
        shop,
        placed(shop.now, (a, 3), order_id=first),
        placed(shop.now, (a, 2), (b, 1), order_id=second),
        placed(shop.now, (c, 4), order_id=third),
        cancelled(first, shop.now),
        refunded(third, shop.now, is_complete=False),
    )
    assert await scores(shop) == {a: 2.0, b: 1.0, c: 4.0}
    # A cancelled order's money goes back as well: it is taken back once.
    await happened(shop, refunded(first, shop.now, is_complete=True), cancelled(first, shop.now))
    assert await scores(shop) == {a: 2.0, b: 1.0, c: 4.0}
    await happened(shop, refunded(third, shop.now, is_complete=True))
    assert await scores(shop) == {a: 2.0, b: 1.0, c: 0.0}
    await happened(shop, placed(shop.now, (a, 3), order_id=first), cancelled(new_id(), shop.now))
    assert await scores(shop) == {a: 2.0, b: 1.0, c: 0.0}, "told late, it is still called off"


async def test_a_sale_counts_half_after_thirty_days(shop: Context) -> None:
    a, b, c = [await lamp(shop, name) for name in "abc"]
    ago = timedelta(days=30)
    await happened(shop, placed(shop.now - ago, (a, 4)), placed(shop.now - 2 * ago, (b, 4)))
    assert await scores(shop) == {a: 2.0, b: 1.0}
    afterwards = later(shop, days=30)
    async with afterwards.transaction() as tx:
        await standing.count_orders(tx, [Sale(new_id(), a, 4, afterwards.now)], [])
    assert (await scores(shop))[a] == 5.0, "one left of the first four"
    async with shop.transaction() as tx:
        await standing.count_orders(tx, [Sale(new_id(), c, 4, shop.now - timedelta(days=200))], [])
    assert c not in await scores(shop), "nothing is counted that could be counted again unnoticed"


async def test_who_buys_a_hundred_is_one_buyer(shop: Context) -> None:
    a = await lamp(shop, "a")
    await happened(shop, placed(shop.now, (a, 70), (a, 30)))
    assert await scores(shop) == {a: 20.0}


async def test_the_first_sale_makes_no_best_seller_and_one_more_moves_only_its_product(
    shop: Context,
) -> None:
    a, b, c = [await lamp(shop, name) for name in "abc"]
    await happened(shop, placed(shop.now, (a, 1)))
    await search.refresh_standing(shop)
    assert await told(shop) == {a: 0.3}, "log 2 over log 11"
    assert await announced(shop) == [[a]]
    many = [placed(shop.now, (b, 20)) for _ in range(50)]
    await happened(shop, *many, *many[:9], placed(shop.now, (c, 20)))
    await search.refresh_standing(shop)
    assert await told(shop) == {a: 0.1, b: 1.0, c: 0.45}
    assert len(await announced(shop)) == 2
    await happened(shop, placed(shop.now, (b, 1)))
    await search.refresh_standing(shop)
    assert len(await announced(shop)) == 2, "one sale more of a thousand is not noticed"
    await happened(shop, placed(shop.now, (a, 2)))
    await search.refresh_standing(shop)
    assert (await announced(shop))[2:] == [[a]]


async def test_products_are_told_of_in_batches_and_a_killed_pass_is_gone_on_with(
    shop: Context,
) -> None:
    every = sorted([await lamp(shop, name) for name in "abc"])
    await happened(shop, placed(shop.now, *((each, 10) for each in every)))
    async with shop.transaction() as tx:
        await demand.lock(tx)
        await demand.move(tx, 10.0, every[:1])
    await standing.refresh_standing(shop, at_once=1)
    assert await announced(shop) == [[each] for each in every[1:]]
    await standing.refresh_standing(shop, at_once=1)
    assert len(await announced(shop)) == 2


async def test_what_nobody_buys_any_more_sinks_and_is_forgotten(shop: Context) -> None:
    a = await lamp(shop, "a")
    await happened(shop, placed(shop.now, (a, 10)))
    await search.refresh_standing(shop)
    assert await told(shop) == {a: 1.0}
    in_winter = later(shop, days=90)
    await search.refresh_standing(in_winter)
    assert await told(shop) == {a: 0.35}, "log 2.25 over log 11"
    years_later = later(shop, days=2000)
    await search.refresh_standing(years_later)
    assert await told(shop) == {a: 0.0}
    assert len(await sold(shop)) == 1
    await standing.forget_old_demand(years_later, at_once=1)
    assert await told(shop) == {} and await sold(shop) == []


async def sold(ctx: Context) -> list[Any]:
    return await ctx.read("SELECT * FROM search.sale WHERE tenant_id = $1")


async def test_a_removed_product_is_no_measure_for_others(shop: Context) -> None:
    a, b = await lamp(shop, "a"), await lamp(shop, "b")
    await happened(shop, placed(shop.now, *((a, 20),)), *(placed(shop.now, (a, 20)),) * 3)
    await happened(shop, placed(shop.now, (b, 10)))
    await catalog.delete_product(shop, a)
    await show(shop)
    await search.refresh_standing(shop)
    assert await told(shop) == {b: 1.0}


async def clicked(ctx: Context, words: str, product_id: UUID | str, *actions: str) -> None:
    """Somebody has asked and done this with a product of the answer."""
    answer = await search.answer(ctx, await window(ctx), Question(words=words))
    events = [
        NotedEvent(
            event_id=new_id(),
            query_id=answer.query_id,
            action_name=action,
            happened_at=ctx.now,
            taken_at=ctx.now,
            object_id=str(product_id),
        )
        for action in actions
    ]
    search.take_events(ctx, events)
    await ctx.engines.notebook.write_down()


async def test_clicks_and_additions_to_carts_count_a_little_once(shop: Context) -> None:
    a, b = await lamp(shop, "a"), await lamp(shop, "b")
    await clicked(shop, "lamp", a, "click", "click", "add_to_cart", "impression")
    await clicked(shop, "lamp", b, "click")
    await search.refresh_standing(shop)
    assert await scores(shop) == {}, "they may still be on their way"
    soon = later(shop, minutes=2)
    await search.refresh_standing(soon)
    await search.refresh_standing(soon)
    assert await scores(shop) == {a: 0.25, b: 0.05}
    await clicked(at(shop, soon.now), "lamp", b, "click")
    await search.refresh_standing(later(shop, minutes=9))
    assert await scores(shop) == {a: 0.25, b: 0.1}


async def test_nobody_can_make_wanted_what_no_answer_showed(shop: Context) -> None:
    for strange in (new_id(), "no id at all", ""):
        await clicked(shop, "lamp", strange, "click", "add_to_cart")
    search.take_events(
        shop,
        [
            NotedEvent(
                event_id=new_id(),
                query_id=new_id(),
                action_name="add_to_cart",
                happened_at=shop.now,
                taken_at=shop.now,
                object_id=str(await lamp(shop, "a")),
            )
        ],
    )
    await shop.engines.notebook.write_down()
    await search.refresh_standing(later(shop, minutes=9))
    assert await scores(shop) == {}


async def test_clicks_of_the_days_before_are_counted_by_their_age(shop: Context) -> None:
    a = await lamp(shop, "a")
    await clicked(shop, "lamp", a, "add_to_cart")
    await search.refresh_standing(later(shop, days=60))
    async with later(shop, days=60).transaction() as tx:
        await standing.count_orders(tx, [Sale(new_id(), a, 1, tx.now)], [])
    assert await scores(shop) == {a: 1.05}


async def test_a_real_order_counts_and_is_taken_back_when_it_is_cancelled(
    selling_shop: Context,
) -> None:
    order = await buy(selling_shop)
    await Relay(selling_shop.engines, ROOM.subscriptions).drain()
    (product_id,) = await scores(selling_shop)
    assert await scores(selling_shop) == {product_id: 2.0}
    await orders.cancel_order(selling_shop, order.order_id, orders.Cancellation())
    await Relay(selling_shop.engines, ROOM.subscriptions).drain()
    assert await scores(selling_shop) == {product_id: 0.0}


async def test_a_shop_takes_its_demand_along_and_leaves_none(
    shop: Context, house_ctx: Context
) -> None:
    a = await lamp(shop, "a")
    await happened(shop, placed(shop.now, (a, 3)))
    _, other = await open_shop(house_ctx)
    assert await scores(other) == {}
    assert await demand.popularity_of(other, [a]) == {}
    assert ROOM.export is not None and ROOM.erase is not None
    lines = [msgspec.json.decode(part) async for part in ROOM.export(shop)]
    (said,) = [each["demand"] for each in lines if "demand" in each]
    assert (said["product_id"], round(said["score"], 2)) == (str(a), 3.0)
    await ROOM.erase(shop)
    assert await scores(shop) == {} and await sold(shop) == []


async def earns(ctx: Context, variant_id: UUID, cost_minor: int | None) -> None:
    """What the variant costs the merchant is said, and the index knows."""
    await pricing.set_costs(ctx, [SetCost(variant_id=variant_id, amount_minor=cost_minor)])
    await show(ctx)


async def test_what_earns_more_comes_first_where_the_ranking_says_so(shop: Context) -> None:
    weights = Weights(popularity=0.0, margin=5.0)
    await search.create_ranking(shop, RankingDraft(name="earning", weights=weights))

    async def first() -> str:
        answer = await ask(elsewhere(shop), words="lamp", ranking="earning")
        return titles(answer)[0]

    skus = await catalog.variants_by_sku(shop, ["lamp-b-b", "lamp-b-w", "lamp-c-b"])
    await earns(shop, skus["lamp-b-w"], 1)
    assert await first() == "Lamp a", "only the cheapest variant's cost counts"
    await earns(shop, skus["lamp-b-b"], 2000)
    assert await first() == "Lamp b"
    await earns(shop, skus["lamp-c-b"], 600)
    assert await first() == "Lamp c"
    question = Question(words="lamp", limit=1)
    beside = await search.preview_ranking(shop, await window(shop), question, weights)
    assert beside.moves[0].lifted_by == {"margin": 3.75}
    await pricing.set_prices(
        shop, [pricing.SetPrice(variant_id=skus["lamp-c-b"], amount_minor=500)]
    )
    await show(shop)
    assert await first() == "Lamp b", "sold below cost, it earns nothing"
    await earns(shop, skus["lamp-b-b"], None)
    assert await first() == "Lamp a"


async def test_a_batch_reads_how_its_products_stand_by_two_statements(shop: Context) -> None:
    ids = [await lamp(shop, name) for name in "abc"]
    found = await listings.details_of(shop, await window(shop), ids)
    read: list[str] = []

    class Counting:
        """Reads as the context does, and remembers what."""

        tenant = shop.tenant

        async def read(self, sql: str, *args: Any) -> list[Any]:
            read.append(sql)
            return await shop.read(sql, *args)

    details = list(found.values())
    standings = await standing.standings_of(Counting(), details * 100)  # type: ignore[arg-type]
    assert standings == [UNKNOWN] * 300
    assert len(read) == 2
