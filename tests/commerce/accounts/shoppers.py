"""Shoppers for the tests of accounts, and the mails they get."""

import re
from datetime import timedelta

from galleria.commerce import accounts
from galleria.commerce.accounts import Client, Said, SignedIn
from galleria.engines.context import ANONYMOUS, Context
from galleria.engines.mail.outbox import Letter, OutboxMail
from galleria.foundation.ids import new_id

PASSWORD = "correct horse battery staple"
HOME = Client("192.0.2.50", "Test browser")


def anybody(shop: Context, later: timedelta = timedelta()) -> Context:
    """Somebody in the shop who has not signed in, now or later."""
    now = shop.engines.clock.now() + later
    return Context(shop.engines, shop.tenant, ANONYMOUS, f"test-{new_id()}", shop.locale, now)


async def signed_in(shop: Context, token: str, later: timedelta = timedelta()) -> Context | None:
    """The shopper who has this session, None when it opens nothing."""
    somebody = anybody(shop, later)
    actor = await accounts.actor_of_session(somebody, token)
    if actor is None:
        return None
    return Context(shop.engines, shop.tenant, actor, somebody.request_id, shop.locale, somebody.now)


async def post(shop: Context, later: timedelta = timedelta()) -> int:
    """All mails that were asked for have gone out, as by the worker; how many that were."""
    ctx = anybody(shop, later)
    rows = await ctx.read(
        "SELECT letter_id FROM accounts.letter WHERE tenant_id = $1 AND sent_at IS NULL"
    )
    return await accounts.send_letters(ctx, [row["letter_id"] for row in rows])


async def letters(shop: Context, email: str) -> list[Letter]:
    """The mails to an address, the newest first."""
    mail = shop.engines.mail
    assert isinstance(mail, OutboxMail)
    return [each for each in await mail.letters(shop.tenant.tenant_id) if each.to == email]


def link_in(letter: Letter) -> str:
    """The token at the end of a mail's link."""
    found = re.search(r"/account/link/(gal_signin_\S+)", letter.text)
    assert found is not None, letter.text
    return found[1]


async def link_for(
    shop: Context, email: str, kind: str = "sign_in", said: Said | None = None
) -> str:
    """The token of the link that somebody has had by mail."""
    await accounts.request_link(anybody(shop), kind, email, said or Said(), HOME)  # type: ignore[arg-type]
    await post(shop)
    return link_in((await letters(shop, email))[0])


async def register(
    shop: Context, email: str = "ana@example.com", password: str | None = PASSWORD
) -> SignedIn:
    """A new account, opened by the link that came by mail."""
    token = await link_for(shop, email, said=Said(name="Ana"))
    return await accounts.follow_link(anybody(shop), token, HOME, password)


async def shopper(shop: Context, email: str = "ana@example.com") -> Context:
    """Somebody with a new account, who has just signed in."""
    ctx = await signed_in(shop, (await register(shop, email)).session_token)
    assert ctx is not None
    return ctx
