"""Licences from a pool: kept encrypted, one for each piece sold, never one twice."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import downloads, inventory, orders
from galleria.commerce.downloads import Bought, InvalidDigitalGood, LicencesLow, NewDigitalGood
from galleria.commerce.downloads.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.carts.shop import cart_with, on_hand, set_on_hand
from tests.commerce.downloads.goods import book, buy_digital, program
from tests.commerce.orders.buying import wanted
from tests.platform.conftest import acting_with, client_of

BARE: dict[str, Any] = {"shipping_address": None, "shipping_method": None}


def texts(order: orders.StoreOrder) -> list[str]:
    return [each.text for each in order.downloads.licences]


async def told(ctx: Context) -> list[int]:
    rows = await ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2 ORDER BY sequence",
        LicencesLow.TAG,
    )
    return [msgspec.json.decode(row["payload"])["left"] for row in rows]


async def test_each_piece_sold_has_a_licence_of_its_own(shop: Context) -> None:
    variant_id = await program(shop, "AAA-1", "AAA-2", "AAA-3")
    assert await on_hand(shop, variant_id) == 3
    first = await buy_digital(shop, (variant_id, 2))
    assert texts(first) == ["AAA-1", "AAA-2"]
    assert first.fulfillment_status == "fulfilled"
    assert texts(await buy_digital(shop, (variant_id, 1))) == ["AAA-3"]
    with pytest.raises(inventory.OutOfStock):
        await buy_digital(shop, (variant_id, 1))
    assert texts(await orders.order_by_token(shop, first.token)) == ["AAA-1", "AAA-2"]


async def test_licences_are_brought_once_and_kept_unreadable(shop: Context) -> None:
    variant_id = await program(shop, "AAA-1")
    brought = await downloads.add_licences(shop, variant_id, ["AAA-1", "AAA-2", " AAA-2 ", ""])
    assert (brought.added_count, brought.known_count) == (1, 1)
    assert await on_hand(shop, variant_id) == 2
    rows = await shop.read("SELECT sealed, digest FROM downloads.licence WHERE tenant_id = $1")
    assert len(rows) == 2
    assert all(b"AAA" not in row["sealed"] + row["digest"] for row in rows)


async def test_no_licence_is_handed_out_twice_when_all_buy_at_once(shop: Context) -> None:
    pool = [f"KEY-{at:03}" for at in range(30)]
    variant_id = await program(shop, *pool)
    tokens = [await cart_with(shop, (variant_id, 1 + at % 3)) for at in range(20)]

    async def one(token: str) -> list[str]:
        try:
            ctx = shop.for_tenant(shop.tenant)
            return texts(await orders.check_out(ctx, token, wanted(**BARE), str(new_id())))
        except inventory.OutOfStock:
            return []

    found = await asyncio.gather(*map(one, tokens))
    handed = [text for each in found for text in each]
    assert len(handed) == len(set(handed)) <= len(pool)
    assert set(handed) <= set(pool)
    assert await on_hand(shop, variant_id) == len(pool) - len(handed)
    assert [len(each) for each in found if each] == [
        1 + at % 3 for at, each in enumerate(found) if each
    ]


async def test_transactions_side_by_side_take_different_licences(shop: Context) -> None:
    variant_id = await program(shop, *(f"K{at:02}" for at in range(9)))
    orders_made = [new_id() for _ in range(4)]
    all_hold_theirs = asyncio.Barrier(len(orders_made))

    async def take(order_id: UUID) -> None:
        async with shop.for_tenant(shop.tenant).transaction() as tx:
            await downloads.hand_out(tx, order_id, [Bought(new_id(), variant_id, 2)])
            await all_hold_theirs.wait()

    async with asyncio.timeout(10):
        await asyncio.gather(*map(take, orders_made))
    found = [(await downloads.downloads_of(shop, each)).licences for each in orders_made]
    assert [len(each) for each in found] == [2, 2, 2, 2]
    assert len({each.licence_id for some in found for each in some}) == 8


async def test_the_same_checkout_many_times_at_once_takes_one_licence(shop: Context) -> None:
    variant_id = await program(shop, *(f"K{at}" for at in range(9)))
    token = await cart_with(shop, (variant_id, 1))

    async def tab() -> tuple[str, ...]:
        ctx = shop.for_tenant(shop.tenant)
        return tuple(texts(await orders.check_out(ctx, token, wanted(**BARE), "key")))

    assert set(await asyncio.gather(*(tab() for _ in range(10)))) == {("K0",)}


async def test_a_pool_that_was_counted_wrongly_owes_and_pays_later(shop: Context) -> None:
    variant_id = await program(shop, "AAA-1")
    await set_on_hand(shop, variant_id, 3)
    order = await buy_digital(shop, (variant_id, 3))
    assert (texts(order), order.downloads.owed) == (["AAA-1"], 2)
    brought = await downloads.add_licences(shop, variant_id, ["AAA-2", "AAA-3", "AAA-4"])
    assert (brought.added_count, brought.handed_count) == (3, 2)
    seen = await orders.order_by_token(shop, order.token)
    assert (texts(seen), seen.downloads.owed) == (["AAA-1", "AAA-2", "AAA-3"], 0)
    assert await on_hand(shop, variant_id) == 1
    assert await downloads.serve_owed(shop) == 0


async def test_a_low_pool_is_told_once_until_more_comes(shop: Context) -> None:
    variant_id = await program(shop, *(f"K{at}" for at in range(5)), low_at=2)
    await buy_digital(shop, (variant_id, 2))
    assert await told(shop) == []
    await buy_digital(shop, (variant_id, 1))
    await buy_digital(shop, (variant_id, 1))
    assert await told(shop) == [2]
    await downloads.add_licences(shop, variant_id, ["L1", "L2", "L3"])
    await buy_digital(shop, (variant_id, 3))
    assert await told(shop) == [2, 1]


async def test_who_brings_licences_and_who_buys_do_not_wait_in_a_circle(shop: Context) -> None:
    variant_id = await program(shop, *(f"K{at:03}" for at in range(40)), low_at=1_000)

    async def bring(at: int) -> None:
        ctx = shop.for_tenant(shop.tenant)
        await downloads.add_licences(ctx, variant_id, [f"L{at}-{each}" for each in range(5)])

    async def take() -> list[str]:
        ctx = shop.for_tenant(shop.tenant)
        return texts(await buy_digital(ctx, (variant_id, 1)))

    calls = [call for at in range(15) for call in (bring(at), take(), take())]
    found = [each[0] for each in await asyncio.gather(*calls) if each]
    assert len(set(found)) == len(found) == 30
    assert await on_hand(shop, variant_id) == 40 + 15 * 5 - 30


async def test_a_licence_that_was_handed_out_is_never_in_stock_again(shop: Context) -> None:
    variant_id = await program(shop, "AAA-1", "AAA-2")
    order = await buy_digital(shop, (variant_id, 1))
    refund = orders.NewRefund(restock=True)
    await orders.refund_order(shop, order.order_id, refund, "back")
    assert await on_hand(shop, variant_id) == 1
    assert texts(await buy_digital(shop, (variant_id, 1))) == ["AAA-2"]


async def test_a_cancelled_order_shows_its_licences_no_more(shop: Context) -> None:
    variant_id = await program(shop, "AAA-1", "AAA-2")
    order = await buy_digital(shop, (variant_id, 1))
    await orders.cancel_order(shop, order.order_id, orders.Cancellation())
    assert texts(await orders.order_by_token(shop, order.token)) == []
    (kept,) = (await downloads.downloads_of(shop, order.order_id)).licences
    assert (kept.ending, kept.revoked_at) == ("AA-1", shop.now)
    assert await on_hand(shop, variant_id) == 1


async def test_a_declined_card_leaves_the_pool_as_it_was(shop: Context) -> None:
    variant_id = await program(shop, "AAA-1")
    with pytest.raises(Exception, match="declined"):
        await buy_digital(shop, (variant_id, 1), card="tok_decline")
    assert texts(await buy_digital(shop, (variant_id, 1))) == ["AAA-1"]


async def test_a_good_has_files_or_licences_not_both(shop: Context) -> None:
    with pytest.raises(InvalidDigitalGood):
        await downloads.set_good(shop, await book(shop), NewDigitalGood(kind="licences"))
    with pytest.raises(InvalidDigitalGood):
        await downloads.set_good(shop, await program(shop, "A"), NewDigitalGood())
    with pytest.raises(downloads.DigitalGoodNotFound):
        await downloads.add_licences(shop, await book(shop), ["A"])


async def test_licences_are_brought_over_http(shop: Context) -> None:
    variant_id = await program(shop)
    async with client_of(ROOM.routes, acting_with(shop, "products:write")) as client:
        path = f"/admin/v1/variants/{variant_id}/licences"
        answer = await client.post(path, json={"licences": ["A-1", "A-2", "A-1"]})
        assert answer.json() == {"added_count": 2, "known_count": 0, "handed_count": 0}
        assert (await client.post(path, json={"licences": []})).status_code == 422
        assert (await client.post(path, json={"licences": ["a\nb"]})).status_code == 422
