"""Signing in: by link, by password; what is refused, what is not told, what can be used once."""

from datetime import timedelta

import pytest

from galleria.commerce import accounts, customers
from galleria.commerce.accounts import (
    AccountBlocked,
    Client,
    LinkNotValid,
    PasswordRequired,
    Said,
)
from galleria.engines.context import Context
from galleria.platform.access import PasswordTooWeak, SignInRefused, TooManyAttempts
from tests.commerce.accounts.shoppers import (
    HOME,
    PASSWORD,
    anybody,
    letters,
    link_for,
    link_in,
    post,
    register,
    shopper,
    signed_in,
)

ANA = "ana@example.com"


async def test_an_account_is_opened_by_the_link_that_came_by_mail(shop: Context) -> None:
    token = await link_for(shop, "Ana@Example.com", said=Said(name="Ana", accepts_marketing=True))
    shown = await accounts.look_at_link(anybody(shop), token)
    assert (shown.kind, shown.email, shown.opens_account) == ("sign_in", "Ana@Example.com", True)
    entered = await accounts.follow_link(anybody(shop), token, HOME, PASSWORD)
    assert entered.is_new_account
    ana = await signed_in(shop, entered.session_token)
    assert ana is not None
    account = await accounts.own_account(ana)
    assert (account.email, account.name, account.accepts_marketing) == (
        "Ana@Example.com",
        "Ana",
        True,
    )
    assert account.email_verified
    assert account.has_password
    again = await accounts.sign_in(anybody(shop), "  ANA@example.com", PASSWORD, HOME)
    assert again.customer_id == entered.customer_id
    assert again.session_token != entered.session_token


async def test_looking_at_a_link_uses_nothing_up(shop: Context) -> None:
    token = await link_for(shop, ANA)
    for _ in range(3):
        await accounts.look_at_link(anybody(shop), token)
    assert (await accounts.follow_link(anybody(shop), token, HOME)).is_new_account


async def test_a_link_works_once_and_for_a_short_time(shop: Context) -> None:
    token = await link_for(shop, ANA)
    await accounts.follow_link(anybody(shop), token, HOME)
    for use in (accounts.look_at_link(anybody(shop), token),):
        with pytest.raises(LinkNotValid):
            await use
    with pytest.raises(LinkNotValid):
        await accounts.follow_link(anybody(shop), token, HOME)
    late = await link_for(shop, ANA)
    with pytest.raises(LinkNotValid):
        await accounts.follow_link(anybody(shop, timedelta(minutes=21)), late, HOME)
    assert (await accounts.follow_link(anybody(shop), late, HOME)).session_token


async def test_a_weak_password_uses_no_link_up(shop: Context) -> None:
    token = await link_for(shop, ANA)
    with pytest.raises(PasswordTooWeak):
        await accounts.follow_link(anybody(shop), token, HOME, "short")
    assert (await accounts.follow_link(anybody(shop), token, HOME, PASSWORD)).is_new_account


async def test_a_link_of_one_shop_opens_nothing_in_another(
    shop: Context, other_shop: Context
) -> None:
    token = await link_for(shop, ANA)
    with pytest.raises(LinkNotValid):
        await accounts.follow_link(anybody(other_shop), token, HOME)


async def test_the_same_person_in_two_shops_is_two(shop: Context, other_shop: Context) -> None:
    here, there = await register(shop), await register(other_shop, password="another long password")
    assert here.customer_id != there.customer_id
    assert await signed_in(other_shop, here.session_token) is None
    with pytest.raises(SignInRefused):
        await accounts.sign_in(anybody(other_shop), ANA, PASSWORD, HOME)


async def test_a_forgotten_password_is_chosen_anew_and_ends_every_session(shop: Context) -> None:
    first = await register(shop)
    token = await link_for(shop, ANA, "password")
    other = await link_for(shop, ANA, "password")
    with pytest.raises(PasswordRequired):
        await accounts.follow_link(anybody(shop), token, HOME)
    entered = await accounts.follow_link(anybody(shop), token, HOME, "something else entirely")
    assert await signed_in(shop, first.session_token) is None
    assert await signed_in(shop, entered.session_token) is not None
    with pytest.raises(SignInRefused):
        await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)
    # Another link that lay in the mailbox is worth nothing any more.
    with pytest.raises(LinkNotValid):
        await accounts.follow_link(anybody(shop), other, HOME, "a third long password")
    await post(shop)
    assert "was changed" in (await letters(shop, ANA))[0].subject


async def test_whoever_asks_learns_nothing_of_who_is_known(shop: Context) -> None:
    await register(shop, "known@example.com")
    await register(shop, "nopassword@example.com", password=None)
    refusals = set()
    for email in ("known@example.com", "nopassword@example.com", "unknown@example.com"):
        with pytest.raises(SignInRefused) as refused:
            await accounts.sign_in(anybody(shop), email, "not the password", HOME)
        refusals.add((refused.value.detail, refused.value.code, refused.value.errors))
        await accounts.request_link(anybody(shop), "password", email, Said(), HOME)
    assert len(refusals) == 1
    rows = await shop.read(
        "SELECT kind, customer_id FROM accounts.letter WHERE tenant_id = $1 AND sent_at IS NULL"
    )
    assert [(row["kind"], row["customer_id"]) for row in rows] == [("password", None)] * 3
    await post(shop)
    (unknown,) = await letters(shop, "unknown@example.com")
    assert "Open your account" in unknown.subject
    assert (await letters(shop, "known@example.com"))[0].subject.startswith("A new password")


async def test_known_and_unknown_addresses_are_stopped_at_the_same_attempt(shop: Context) -> None:
    await register(shop, "known@example.com")
    counts = {}
    for email in ("known@example.com", "unknown@example.com"):
        counts[email] = 0
        with pytest.raises(TooManyAttempts) as stopped:
            while True:
                with pytest.raises(SignInRefused):
                    await accounts.sign_in(
                        anybody(shop), email, "not the password", Client(f"192.0.2.{len(counts)}")
                    )
                counts[email] += 1
        assert stopped.value.retry_after_s
    assert set(counts.values()) == {10}
    # Right or wrong, until the window ends; a link by e-mail goes on working.
    with pytest.raises(TooManyAttempts):
        await accounts.sign_in(anybody(shop), "known@example.com", PASSWORD, HOME)
    token = await link_for(shop, "known@example.com")
    assert (await accounts.follow_link(anybody(shop), token, HOME)).session_token
    later = anybody(shop, timedelta(minutes=16))
    assert (await accounts.sign_in(later, "known@example.com", PASSWORD, HOME)).session_token


async def test_a_day_of_patience_stops_known_and_unknown_alike(shop: Context) -> None:
    ana = await register(shop)
    for subject in (f"account:{ana.customer_id}",):
        await fill(shop, subject)
    with pytest.raises(TooManyAttempts):
        await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)


async def fill(shop: Context, subject: str) -> None:
    async with anybody(shop).transaction() as tx:
        await tx.execute(
            "INSERT INTO accounts.attempt VALUES ($1, $2, 100, $3)",
            subject,
            tx.now + timedelta(days=1),
        )


async def test_one_address_has_only_so_many_mails(shop: Context) -> None:
    for _ in range(5):
        await accounts.request_link(anybody(shop), "sign_in", ANA, Said(), HOME)
    with pytest.raises(TooManyAttempts):
        await accounts.request_link(anybody(shop), "sign_in", ANA, Said(), HOME)


async def test_a_letter_sent_twice_after_a_crash_has_links_of_which_one_works(
    shop: Context,
) -> None:
    await accounts.request_link(anybody(shop), "sign_in", ANA, Said(), HOME)
    await post(shop)
    async with anybody(shop).transaction() as tx:
        # As a worker leaves it that is killed between sending and saying so.
        await tx.execute("UPDATE accounts.letter SET sent_at = NULL WHERE tenant_id = $1")
    assert await post(shop) == 1
    assert await post(shop) == 0
    second, first = [link_in(each) for each in await letters(shop, ANA)]
    assert first != second
    await accounts.follow_link(anybody(shop), first, HOME)
    with pytest.raises(LinkNotValid):
        await accounts.follow_link(anybody(shop), second, HOME)


async def test_nothing_that_opens_a_door_is_kept_as_it_is(shop: Context) -> None:
    entered = await register(shop)
    token = await link_for(shop, ANA)
    for table in ("account", "session", "letter", "link", "attempt"):
        rows = await shop.read(f"SELECT to_jsonb(t)::text AS row FROM accounts.{table} AS t")
        text = " ".join(row["row"] for row in rows)
        for secret in (entered.session_token, token, PASSWORD):
            assert secret not in text


async def test_a_blocked_account_lets_nobody_in_and_keeps_it_from_strangers(shop: Context) -> None:
    entered = await register(shop)
    link = await link_for(shop, ANA)
    standing = await accounts.set_blocked(shop, entered.customer_id, True)
    assert (standing.is_blocked, standing.sessions) == (True, 0)
    assert await signed_in(shop, entered.session_token) is None
    with pytest.raises(SignInRefused):
        await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)
    with pytest.raises(AccountBlocked):
        await accounts.follow_link(anybody(shop), link, HOME)
    before = len(await letters(shop, ANA))
    await accounts.request_link(anybody(shop), "sign_in", ANA, Said(), HOME)
    assert await post(shop) == 0
    assert len(await letters(shop, ANA)) == before
    await accounts.set_blocked(shop, entered.customer_id, False)
    assert (await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)).session_token
    assert (await accounts.follow_link(anybody(shop), link, HOME)).session_token


async def test_signing_in_again_ends_the_session_it_was_done_in(shop: Context) -> None:
    first = await register(shop)
    ana = await signed_in(shop, first.session_token)
    assert ana is not None
    second = await accounts.sign_in(ana, ANA, PASSWORD, HOME)
    assert await signed_in(shop, first.session_token) is None
    assert await signed_in(shop, second.session_token) is not None


async def test_a_changed_password_ends_all_other_sessions(shop: Context) -> None:
    first, second = await register(shop), await accounts.sign_in(anybody(shop), ANA, PASSWORD, HOME)
    ana = await signed_in(shop, second.session_token)
    assert ana is not None
    with pytest.raises(SignInRefused):
        await accounts.change_password(ana, "not the password", "something else entirely", HOME)
    third = await accounts.change_password(ana, PASSWORD, "something else entirely", HOME)
    for gone in (first, second):
        assert await signed_in(shop, gone.session_token) is None
    assert await signed_in(shop, third.session_token) is not None
    assert (await accounts.sign_in(anybody(shop), ANA, "something else entirely", HOME)).expires_at


async def test_a_link_signs_in_an_account_of_a_guest_who_bought_before(shop: Context) -> None:
    async with shop.transaction() as tx:
        guest = await customers.ensure_customer(tx, ANA, "Ana Guest", "de")
    entered = await register(shop)
    assert entered.customer_id == guest.customer_id
    account = await accounts.own_account(await _of(shop, entered.session_token))
    assert account.name == "Ana Guest"


async def _of(shop: Context, token: str) -> Context:
    ctx = await signed_in(shop, token)
    assert ctx is not None
    return ctx


async def test_mails_are_in_the_language_of_whoever_asked(shop: Context) -> None:
    german = Context(shop.engines, shop.tenant, anybody(shop).actor, "test-german", "de")
    await accounts.request_link(german, "sign_in", ANA, Said(), HOME)
    await post(shop)
    assert (await letters(shop, ANA))[0].subject.startswith("Ihr Konto bei")


async def test_staff_send_a_link_and_end_sessions(shop: Context) -> None:
    ana = await shopper(shop)
    customer_id = (await accounts.own_account(ana)).customer_id
    await accounts.send_link(shop, customer_id)
    await post(shop)
    assert (await letters(shop, ANA))[0].subject.startswith("Sign in to")
    assert await accounts.end_sessions(shop, customer_id) == 1
    assert (await accounts.standing_of(shop, customer_id)).sessions == 0
