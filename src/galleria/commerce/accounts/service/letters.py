"""Mails: asked for in a request, written and sent by the worker.

A request writes the same row whoever is named; only the worker looks up who is known, so neither an
answer nor the time it takes tells anything. Which link a mail carries is decided there, too.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from galleria.commerce import customers
from galleria.commerce.accounts.events import LetterRequested
from galleria.commerce.accounts.model import attempts as attempt_rules
from galleria.commerce.accounts.model.accounts import Account, Client
from galleria.commerce.accounts.model.letters import (
    LINK_TOKEN,
    Letter,
    LetterKind,
    LinkKind,
    Said,
    Wording,
    words_of,
)
from galleria.commerce.accounts.repository import accounts as account_repository
from galleria.commerce.accounts.repository import letters as repository
from galleria.commerce.accounts.service.acting import charge, settings_of
from galleria.commerce.customers import email_key
from galleria.commerce.orders import ShopLinks
from galleria.engines.context import Context
from galleria.engines.mail import InvalidMail, MailRefused, Message
from galleria.engines.sql import Transaction
from galleria.foundation.ids import mint_token, new_id, token_hash
from galleria.foundation.telemetry import logger
from galleria.platform import tenants

LINK_PATH = "/account/link/"
_LINKED: dict[LetterKind, LinkKind] = {
    "sign_in": "sign_in",
    "password": "password",
    "email_change": "email_change",
    "email_stop": "email_stop",
}
_log = logger(__name__)


async def request_link(
    ctx: Context, kind: LinkKind, email: str, said: Said, client: Client
) -> None:
    """A mail goes to this address, with a link that opens the account, or one to be.

    Args:
        ctx: the shop.
        kind: `sign_in`, or `password` to choose a new one.
        email: in any spelling.
        said: what a new account is to begin with.
        client: where the request came from.

    Raises:
        TooManyAttempts: this e-mail or address had too many mails.
    """
    assert kind in ("sign_in", "password"), "the others are about somebody who has signed in"
    await charge(ctx, attempt_rules.to_have_a_letter(email_key(email), client.address))
    async with ctx.transaction() as tx:
        await request(tx, letter(ctx, kind, email, ctx.locale, None, said))


def letter(
    ctx: Context,
    kind: LetterKind,
    email: str,
    locale: str,
    customer_id: UUID | None,
    said: Said | None = None,
) -> Letter:
    """A letter that nobody has asked for yet."""
    return Letter(
        letter_id=new_id(),
        kind=kind,
        email=email.strip(),
        customer_id=customer_id,
        locale=locale,
        said=said or Said(),
        created_at=ctx.now,
    )


async def request(tx: Transaction, wanted: Letter) -> None:
    """The letter is sent after the commit, whatever becomes of this process."""
    await repository.add(tx, wanted)
    tx.publish(LetterRequested(letter_id=wanted.letter_id))


async def withdraw(tx: Transaction, customer_id: UUID, kinds: Sequence[LetterKind]) -> None:
    """Letters of these kinds about the customer are not sent, and their links open nothing."""
    await repository.forget_of(tx, customer_id, kinds)


async def withdraw_all(tx: Transaction, customer_id: UUID) -> None:
    """No letter about the customer is sent any more, and no link of one opens anything."""
    await repository.forget_all_of(tx, customer_id)


async def send_letters(ctx: Context, letter_ids: Sequence[UUID]) -> int:
    """Those of the letters that had not gone out have; how many that were.

    After a crash a letter may be sent twice, each with a link of its own; using one uses up both.

    Raises:
        MailUnavailable: the mail server takes nothing at present; to be tried again.
    """
    waiting = await repository.unsent_among(ctx, list(letter_ids), ctx.now)
    if not waiting:
        return 0
    shop = await tenants.shop_of(ctx)
    domains = await tenants.list_domains(ctx)
    host = domains[0].host if domains else None
    address = ctx.engines.settings_of(ShopLinks).address_of(ctx.tenant.slug, host)
    sent = 0
    for each in waiting:
        sent += await _send(ctx, each, shop.name, address)
        async with ctx.transaction() as tx:
            await repository.mark_sent(tx, each.letter_id)
    return sent


async def _send(ctx: Context, wanted: Letter, shop_name: str, address: str) -> bool:
    """True when the letter has gone out; False when there is nobody to tell."""
    link, words = _LINKED.get(wanted.kind), str(wanted.kind)
    customer_id = wanted.customer_id
    if link in ("sign_in", "password"):
        account = await _account_of(ctx, wanted)
        if account is not None and account.is_blocked:
            return False
        if account is None:
            link, words = "sign_in", "open"
        else:
            customer_id = account.customer_id
    minutes, url = settings_of(ctx).link_minutes, ""
    if link is not None:
        token = mint_token(LINK_TOKEN, ctx.tenant.tenant_id)
        expires_at = ctx.now + timedelta(minutes=minutes)
        async with ctx.transaction() as tx:
            await repository.add_link(tx, wanted.letter_id, link, token_hash(token), expires_at)
            await repository.address_to(tx, wanted.letter_id, customer_id)
        url = f"{address}{LINK_PATH}{token}"
    wording = Wording(shop=shop_name, minutes=minutes, url=url)
    subject, text = words_of(words, wanted.locale, wording)
    try:
        message = Message(
            tenant_id=ctx.tenant.tenant_id,
            to=wanted.email,
            subject=subject,
            text=text,
            sender_name=shop_name,
        )
        await ctx.engines.mail.send(message)
    except (InvalidMail, MailRefused) as refused:
        _log.warning("account_letter_refused", kind=wanted.kind, code=refused.code)
        return False
    return True


async def _account_of(ctx: Context, wanted: Letter) -> Account | None:
    """The account of the address that the letter goes to."""
    found = await customers.customers_by_email(ctx, [wanted.email])
    customer = found.get(wanted.email)
    return await account_repository.find(ctx, customer.customer_id) if customer else None
