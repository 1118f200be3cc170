"""kill -9 anywhere on the way of a sign-in leaves all of it or nothing, and never shuts anyone out.

A link that was used up has let its owner in: there is a session, the account, the password and the
cart, or the link still works.
"""

import asyncio
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import accounts, customers
from galleria.commerce.accounts import LinkNotValid, Said
from galleria.engines.context import Context
from galleria.engines.sql import Access
from tests.commerce.accounts.killed_follower import Plan
from tests.commerce.accounts.shoppers import HOME, PASSWORD, anybody, letters, link_in, post
from tests.commerce.carts.shop import cart_with, sell
from tests.conftest import SECRET

VICTIMS = 24
ROOT = Path(__file__).parents[3]


async def let_them_die(shop: Context, access: Access, links: list[tuple[str, str]]) -> None:
    address = access.address
    plan = Plan(
        host=str(address.host),
        port=address.port,
        database=address.database,
        passwords=access.passwords,
        secret=SECRET.decode(),
        tenant_id=shop.tenant.tenant_id,
        links=links,
        password=PASSWORD,
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.commerce.accounts.killed_follower"],
        input=msgspec.json.encode(plan),
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) >= VICTIMS - 2, "nearly all of them died before their answer came"


async def test_a_sign_in_killed_anywhere_is_whole_or_never_was(
    shop: Context, access: Access
) -> None:
    variant_id = await sell(shop, on_hand=None)
    emails = [f"victim-{number}@example.com" for number in range(VICTIMS + 1)]
    for email in emails:
        await accounts.request_link(anybody(shop), "sign_in", email, Said(), HOME)
    await post(shop)
    tokens = [link_in((await letters(shop, email))[0]) for email in emails]
    carts = [await cart_with(shop, (variant_id, 1)) for _ in emails]
    await let_them_die(shop, access, list(zip(tokens, carts, strict=True)))
    outcomes = set()
    for email, token, cart in zip(emails, tokens, carts, strict=True):
        try:
            entered = await accounts.follow_link(anybody(shop), token, HOME, PASSWORD, cart)
            assert entered.is_new_account, "nothing of the first try was kept"
            outcomes.add("nothing")
        except LinkNotValid:
            entered = await accounts.sign_in(anybody(shop), email, PASSWORD, HOME)
            outcomes.add("all")
        assert entered.cart_token == cart
    assert outcomes == {"nothing", "all"}


async def test_a_letter_asked_for_is_sent_whatever_becomes_of_who_asked(shop: Context) -> None:
    """The row and its event are one commit, so there is never one without the other."""
    with pytest.raises(ZeroDivisionError):
        async with shop.transaction():
            await accounts.send_link(shop, await _customer(shop))
            raise ZeroDivisionError
    for sql in (
        "SELECT 1 AS one FROM accounts.letter WHERE tenant_id = $1",
        "SELECT 1 AS one FROM event_log.outbox WHERE tenant_id = $1"
        " AND tag = 'accounts.letter_requested.v1'",
    ):
        assert await shop.read(sql) == []
    await accounts.send_link(shop, await _customer(shop))
    rows = await shop.read(
        "SELECT subject_id FROM event_log.outbox WHERE tenant_id = $1"
        " AND tag = 'accounts.letter_requested.v1'"
    )
    (letter,) = await shop.read("SELECT letter_id FROM accounts.letter WHERE tenant_id = $1")
    assert [row["subject_id"] for row in rows] == [str(letter["letter_id"])]


async def _customer(shop: Context) -> UUID:
    async with shop.transaction() as tx:
        return (await customers.ensure_customer(tx, "ana@example.com", "", "en")).customer_id
