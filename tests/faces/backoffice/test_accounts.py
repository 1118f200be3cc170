"""Shoppers' accounts on the customer's page: a link is sent, sessions end, one is blocked."""

from uuid import UUID

from galleria.commerce import accounts, customers
from galleria.commerce.customers import NewCustomer
from galleria.engines.context import Context
from galleria.platform import audit
from tests.commerce.accounts.shoppers import letters, post, register, signed_in
from tests.faces.backoffice.conftest import SignedIn


async def test_staff_send_a_link_to_somebody_without_an_account(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    ben = await customers.create_customer(shop, NewCustomer(email="ben@example.com"))
    path = f"/customers/{ben.customer_id}"
    page = await mia.get(path)
    assert "No account yet." in page.text
    page = await mia.submit(page, f"{path}/account/link")
    assert "A letter with a link is on its way." in page.text
    await post(shop)
    assert "Open your account" in (await letters(shop, "ben@example.com"))[0].subject


async def test_staff_end_sessions_and_block(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    entered = await register(shop)
    path = f"/customers/{entered.customer_id}"
    page = await mia.get(path)
    assert "1 device" in page.text
    page = await mia.submit(page, f"{path}/account/sign-out")
    assert "One device was signed out." in page.text
    assert await signed_in(shop, entered.session_token) is None
    page = await mia.submit(page, f"{path}/account/block", is_blocked="true")
    assert "blocked" in page.text
    assert (await accounts.standing_of(shop, entered.customer_id)).is_blocked
    page = await mia.submit(page, f"{path}/account/block", is_blocked="false")
    assert not (await accounts.standing_of(shop, entered.customer_id)).is_blocked
    said = {each.action for each in (await audit.list_entries(shop)).items}
    assert {
        "accounts.sessions_ended",
        "accounts.account_blocked",
        "accounts.account_unblocked",
    } <= said


async def test_a_customer_who_left_has_no_name_there(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    entered = await register(shop)
    ana = await signed_in(shop, entered.session_token)
    assert ana is not None
    await accounts.close_account(ana)
    page = await mia.get(f"/customers/{UUID(ana.actor.actor_id)}")
    assert "Deleted customer" in page.text
    assert "ana@example.com" not in page.text
    assert "Send a link" not in page.text
