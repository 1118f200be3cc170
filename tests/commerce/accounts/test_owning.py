"""What is a shopper's own: sessions, cart, addresses, orders, e-mail address, and leaving."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID

import pytest

from galleria.commerce import accounts, carts, customers, orders
from galleria.commerce.accounts import (
    FreshSignInRequired,
    LinkNotValid,
    ProfileChanges,
    ShopperSessionNotFound,
    ShopperSignedOut,
    SignInNameTaken,
)
from galleria.commerce.accounts.service.acting import session_key
from galleria.commerce.carts import CartNotFound
from galleria.commerce.customers import CustomerChanged, PostalAddress
from galleria.commerce.orders import OrderNotFound
from galleria.engines.context import Context
from galleria.foundation.ids import token_hash
from galleria.platform.access import SignInRefused
from tests.commerce.accounts.shoppers import (
    HOME,
    PASSWORD,
    anybody,
    letters,
    link_in,
    post,
    register,
    shopper,
    signed_in,
)
from tests.commerce.carts.shop import cart_with, sell
from tests.commerce.orders.buying import HOME as AT_HOME
from tests.commerce.orders.buying import buy, wanted

ANA, NEW = "ana@example.com", "ana@new.example"


async def lines(ctx: Context) -> dict[UUID, int]:
    _, priced = await accounts.own_cart(ctx)
    return {line.variant_id: line.quantity for line in priced.lines}


async def test_a_session_ends_when_idle_and_for_good(shop: Context) -> None:
    token = (await register(shop)).session_token
    assert await signed_in(shop, token, timedelta(days=29)) is not None
    # Used on the 29th day, it lives 30 days from there, but never beyond 180 in all.
    await forget_kept(shop, token)
    assert await signed_in(shop, token, timedelta(days=58)) is not None
    await forget_kept(shop, token)
    assert await signed_in(shop, token, timedelta(days=89)) is None
    for day in (87, 115, 143, 171):
        await forget_kept(shop, token)
        assert await signed_in(shop, token, timedelta(days=day)) is not None
    await forget_kept(shop, token)
    assert await signed_in(shop, token, timedelta(days=180)) is None


async def forget_kept(shop: Context, token: str) -> None:
    """This process knows nothing of the session, as though four seconds had gone by."""
    await shop.engines.cache.delete(session_key(shop, token_hash(token)))


async def test_sessions_are_listed_and_ended(shop: Context) -> None:
    first = await register(shop)
    second = await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)
    ana = await signed_in(shop, second.session_token)
    assert ana is not None
    assert await signed_in(shop, first.session_token) is not None
    here, there = await accounts.list_sessions(ana)
    assert (here.is_current, here.how, there.is_current, there.how) == (
        True,
        "password",
        False,
        "link",
    )
    assert there.client_name == "Test browser"
    await accounts.end_session(ana, there.session_id)
    assert await signed_in(shop, first.session_token) is None
    with pytest.raises(ShopperSessionNotFound):
        await accounts.end_session(ana, there.session_id)
    third = await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)
    assert await accounts.end_other_sessions(ana) == 1
    assert await signed_in(shop, third.session_token) is None
    await accounts.sign_out(ana)
    assert await signed_in(shop, second.session_token) is None
    await accounts.sign_out(ana)


async def test_nobody_ends_another_shoppers_session(shop: Context) -> None:
    ana, ben = await shopper(shop), await shopper(shop, "ben@example.com")
    (of_ben,) = await accounts.list_sessions(ben)
    with pytest.raises(ShopperSessionNotFound):
        await accounts.end_session(ana, of_ben.session_id)
    with pytest.raises(ShopperSignedOut):
        await accounts.list_sessions(anybody(shop))


async def test_a_session_that_was_resolved_before_is_found_fast(shop: Context) -> None:
    token = (await register(shop)).session_token
    somebody = anybody(shop)
    assert await accounts.actor_of_session(somebody, token) is not None
    best = 1.0
    for _ in range(20):
        begun = time.perf_counter()
        for _ in range(100):
            await accounts.actor_of_session(somebody, token)
        best = min(best, (time.perf_counter() - begun) / 100)
    assert best < 0.0005, f"{best * 1e6:.0f} µs"


async def test_what_was_put_in_as_a_guest_joins_the_own_cart(shop: Context) -> None:
    mug, plate = await sell(shop), await sell(shop)
    guest = await cart_with(shop, (mug, 2))
    await register(shop)
    entered = await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME, guest)
    assert entered.cart_token == guest
    elsewhere = await cart_with(shop, (mug, 1), (plate, 3))
    again = await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME, elsewhere)
    assert again.cart_token == guest
    ana = await signed_in(shop, again.session_token)
    assert ana is not None
    # Of what is in both, the larger number.
    assert await lines(ana) == {mug: 2, plate: 3}
    with pytest.raises(CartNotFound):
        await carts.get_cart(shop, elsewhere)
    # Once more changes nothing.
    assert await accounts.keep_cart(ana, guest) == guest
    assert await lines(ana) == {mug: 2, plate: 3}


async def test_a_cart_that_was_ordered_is_nobodys_any_more(shop: Context) -> None:
    mug = await sell(shop)
    guest = await cart_with(shop, (mug, 1))
    await register(shop)
    entered = await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME, guest)
    ana = await signed_in(shop, entered.session_token)
    assert ana is not None
    await orders.check_out(ana, guest, wanted(email="gift@example.com"), "k")
    with pytest.raises(CartNotFound):
        await accounts.own_cart(ana)
    again = await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME, guest)
    assert again.cart_token is None


async def test_a_cart_that_is_anothers_is_not_taken_from_them(shop: Context) -> None:
    mug = await sell(shop)
    guest = await cart_with(shop, (mug, 1))
    ana = await shopper(shop)
    assert await accounts.keep_cart(ana, guest) == guest
    ben = await shopper(shop, "ben@example.com")
    assert await accounts.keep_cart(ben, guest) is None
    assert await lines(ana) == {mug: 1}


async def test_a_full_cart_takes_what_still_fits(shop: Context) -> None:
    ana = await shopper(shop)
    own = await cart_with(shop, *[(await sell(shop), 1) for _ in range(3)])
    await accounts.keep_cart(ana, own)
    known = (await accounts.own_cart(ana))[1].lines[0].variant_id
    more = await cart_with(shop, *[(await sell(shop), 1) for _ in range(2)], (known, 5))
    async with shop.transaction() as tx:
        # As though there were 99 lines before.
        await tx.execute(
            "INSERT INTO carts.cart_line SELECT $1, c.cart_id, gen_random_uuid(),"
            " gen_random_uuid(), 1, $2 FROM carts.cart AS c, generate_series(1, 96)"
            " WHERE c.tenant_id = $1 AND c.cart_id = $3",
            tx.now,
            (await accounts.own_cart(ana))[1].cart.cart_id,
        )
    await accounts.keep_cart(ana, more)
    joined = await lines(ana)
    assert len(joined) == 100
    assert joined[known] == 5


async def test_two_sign_ins_at_once_join_one_cart_once(shop: Context) -> None:
    mug = await sell(shop)
    await register(shop)
    guest = await cart_with(shop, (mug, 2))
    entered = await asyncio.gather(
        *(accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME, guest) for _ in range(4))
    )
    assert {each.cart_token for each in entered} == {guest}
    ana = await signed_in(shop, entered[0].session_token)
    assert ana is not None
    assert await lines(ana) == {mug: 2}


async def test_orders_of_a_guest_are_there_once_the_mailbox_is_proven(shop: Context) -> None:
    as_guest = await buy(shop)
    of_ben = await buy(shop, email="ben@example.com")
    ana = await shopper(shop)
    assert [each.order_id for each in (await accounts.list_orders(ana)).items] == [
        as_guest.order_id
    ]
    seen = await accounts.own_order(ana, as_guest.order_id)
    assert (seen.number, seen.token) == (as_guest.number, as_guest.token)
    with pytest.raises(OrderNotFound):
        await accounts.own_order(ana, of_ben.order_id)


async def test_what_is_bought_while_signed_in_is_ones_own_wherever_it_is_sent(
    shop: Context,
) -> None:
    ana = await shopper(shop)
    token = await cart_with(shop, (await sell(shop), 1))
    order = await orders.check_out(ana, token, wanted(email="gift@example.com"), "k")
    assert (await accounts.own_order(ana, order.order_id)).email == "gift@example.com"
    other = await shopper(shop, "gift@example.com")
    assert (await accounts.list_orders(other)).items == []


async def test_the_address_book_has_one_default(shop: Context) -> None:
    ana = await shopper(shop)
    first = await accounts.add_address(ana, AT_HOME, False)
    assert first.is_default
    work = PostalAddress(name="Ana", line1="B 2", city="Bonn", country="DE")
    second = await accounts.add_address(ana, work, True)
    assert [each.is_default for each in await accounts.list_addresses(ana)] == [True, False]
    changed = await accounts.change_address(ana, first.address_id, work, True)
    assert changed.is_default
    book = await accounts.list_addresses(ana)
    assert [(each.address_id, each.is_default) for each in book] == [
        (first.address_id, True),
        (second.address_id, False),
    ]
    await accounts.remove_address(ana, second.address_id)
    ben = await shopper(shop, "ben@example.com")
    with pytest.raises(customers.AddressNotFound):
        await accounts.change_address(ben, first.address_id, AT_HOME, True)


async def test_a_profile_is_changed_at_its_version(shop: Context) -> None:
    ana = await shopper(shop)
    before = await accounts.own_account(ana)
    after = await accounts.change_profile(ana, ProfileChanges(name="Ana A."), before.version)
    assert (after.name, after.email) == ("Ana A.", ANA)
    with pytest.raises(CustomerChanged):
        await accounts.change_profile(ana, ProfileChanges(name="No"), before.version)


async def change_email(shop: Context, ana: Context) -> tuple[str, str]:
    """The tokens of the two mails: to confirm, and to stop."""
    await accounts.request_email_change(ana, NEW, HOME)
    await post(shop)
    return link_in((await letters(shop, NEW))[0]), link_in((await letters(shop, ANA))[0])


async def test_an_address_is_changed_by_its_own_mailbox_and_the_old_one_is_told(
    shop: Context,
) -> None:
    guest_order = await buy(shop, email=NEW)
    ana = await shopper(shop)
    before = await accounts.own_account(ana)
    confirm, _ = await change_email(shop, ana)
    assert (await accounts.own_account(ana)).email == ANA
    entered = await accounts.follow_link(anybody(shop), confirm, HOME)
    assert entered.customer_id == before.customer_id
    again = await signed_in(shop, entered.session_token)
    assert again is not None
    account = await accounts.own_account(again)
    assert (account.email, account.email_verified) == (NEW, True)
    # What a guest bought with the new address is theirs, too.
    assert [each.order_id for each in (await accounts.list_orders(again)).items] == [
        guest_order.order_id
    ]
    with pytest.raises(SignInRefused):
        await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)
    assert (await accounts.sign_in(anybody(shop), NEW, PASSWORD, HOME)).session_token
    await post(shop)
    assert "was changed" in (await letters(shop, ANA))[0].subject


async def test_the_old_mailbox_stops_a_change_and_signs_everybody_out(shop: Context) -> None:
    token = (await register(shop)).session_token
    ana = await signed_in(shop, token)
    assert ana is not None
    confirm, stop = await change_email(shop, ana)
    with pytest.raises(LinkNotValid):
        await accounts.follow_link(anybody(shop), stop, HOME)
    with pytest.raises(LinkNotValid):
        await accounts.stop_email_change(anybody(shop), confirm)
    confirm, stop = await change_email(shop, ana)
    await accounts.stop_email_change(anybody(shop), stop)
    assert await signed_in(shop, token) is None
    with pytest.raises(LinkNotValid):
        await accounts.follow_link(anybody(shop), confirm, HOME)
    assert (await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)).session_token


async def test_an_address_of_another_account_is_told_to_its_mailbox_alone(shop: Context) -> None:
    await register(shop, NEW)
    ana = await shopper(shop)
    confirm, _ = await change_email(shop, ana)
    with pytest.raises(SignInNameTaken):
        await accounts.follow_link(anybody(shop), confirm, HOME)
    assert (await accounts.own_account(ana)).email == ANA


async def test_a_closed_account_leaves_orders_and_nothing_that_tells_who_it_was(
    shop: Context,
) -> None:
    order = await buy(shop)
    token = (await register(shop)).session_token
    ana = await signed_in(shop, token)
    assert ana is not None
    await accounts.add_address(ana, AT_HOME, True)
    customer_id = UUID(ana.actor.actor_id)
    stale = await signed_in(shop, token, timedelta(minutes=31))
    assert stale is not None
    with pytest.raises(FreshSignInRequired):
        await accounts.close_account(stale)
    await accounts.close_account(ana)
    assert await signed_in(shop, token) is None
    forgotten = await customers.get_customer(shop, customer_id)
    assert (forgotten.name, forgotten.phone, forgotten.addresses) == ("", "", [])
    assert ANA not in forgotten.email
    assert (await orders.get_order(shop, order.order_id)).customer_id == customer_id
    await post(shop)
    assert "is deleted" in (await letters(shop, ANA))[0].subject
    # Whoever comes back begins anew, and what was left is not theirs any more.
    again = await shopper(shop)
    assert again.actor.actor_id != ana.actor.actor_id
    assert (await accounts.list_orders(again)).items == []


async def test_all_that_is_known_can_be_taken_along(shop: Context) -> None:
    order = await buy(shop)
    ana = await shopper(shop)
    await accounts.add_address(ana, AT_HOME, True)
    taken = await accounts.take_along(ana)
    assert taken.account.email == ANA
    assert [each.order_id for each in taken.orders] == [order.order_id]
    assert taken.orders[0].lines[0].title == "Print"
    assert [each.address for each in taken.addresses] == [AT_HOME]
    assert len(taken.sessions) == 1


async def test_what_has_ended_is_thrown_away(shop: Context) -> None:
    await register(shop)
    await accounts.begin_sign_in(anybody(shop), HOME)
    assert await accounts.forget_ended(anybody(shop)) == 0
    assert await accounts.forget_ended(anybody(shop, timedelta(days=200))) > 3
    for table in ("session", "letter", "link", "challenge", "attempt"):
        rows = await shop.read(f"SELECT 1 AS one FROM accounts.{table} WHERE tenant_id = $1")
        assert rows == []
