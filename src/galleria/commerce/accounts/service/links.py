"""Following the link of a mail: looking is free, doing uses it up."""

from uuid import UUID

from galleria.commerce import customers, orders
from galleria.commerce.accounts.errors import (
    AccountBlocked,
    LinkNotValid,
    PasswordRequired,
    SignInNameTaken,
)
from galleria.commerce.accounts.events import AccountOpened, EmailChanged
from galleria.commerce.accounts.model.accounts import Client
from galleria.commerce.accounts.model.letters import LINK_TOKEN, Letter, Link, LinkShown
from galleria.commerce.accounts.model.sessions import SignedIn
from galleria.commerce.accounts.repository import accounts as repository
from galleria.commerce.accounts.repository import letters as letter_repository
from galleria.commerce.accounts.service import baskets, sessions, signing_in
from galleria.commerce.accounts.service.sessions import Entry
from galleria.commerce.customers import Customer, CustomerChanges, email_key
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import read_token, token_hash
from galleria.platform import audit
from galleria.platform.access import PASSWORDS, check_password, normal_password

_GONE = "ask for a new link"


async def look_at_link(ctx: Context, token: str) -> LinkShown:
    """What following the link would do. Nothing is changed.

    Raises:
        LinkNotValid: it was used, has expired, or never was one.
    """
    link = await letter_repository.find_link(ctx, _hash_of(ctx, token), ctx.now)
    if link is None:
        raise LinkNotValid(_GONE)
    opens = False
    if link.kind in ("sign_in", "password"):
        customer = (await customers.customers_by_email(ctx, [link.letter.email])).get(
            link.letter.email
        )
        opens = customer is None or await repository.find(ctx, customer.customer_id) is None
    return LinkShown(kind=link.kind, email=link.letter.email, opens_account=opens)


async def follow_link(
    ctx: Context,
    token: str,
    client: Client,
    password: str | None = None,
    cart_token: str | None = None,
) -> SignedIn:
    """What the link is for is done, once, and a session begins here, whatever device asked for it.

    Args:
        ctx: the shop.
        token: of the link.
        client: where the request came from.
        password: to be chosen; a link of the kind `password` needs one.
        cart_token: the cart that was filled before; it joins the shopper's own.

    Raises:
        LinkNotValid: it was used, has expired, is one to stop something, or never was one.
        PasswordRequired, PasswordTooWeak, SignInBusy: nothing was used up.
        AccountBlocked: the shop lets this account do nothing.
        SignInNameTaken: another account has the new address by now.
    """
    hashed = _hash_of(ctx, token)
    seen = await letter_repository.find_link(ctx, hashed, ctx.now)
    if seen is None or seen.kind == "email_stop":
        raise LinkNotValid(_GONE)
    if seen.kind == "password" and password is None:
        raise PasswordRequired("the link is there to choose a password")
    password_hash = None
    if password is not None and seen.kind != "email_change":
        check_password(password, seen.letter.email)
        password_hash = await PASSWORDS.hash(normal_password(password))
    sealed = await baskets.seal(ctx, cart_token)
    async with ctx.transaction() as tx:
        link = await letter_repository.take_link(tx, hashed)
        if link is None:
            raise LinkNotValid(_GONE)
        customer, is_new = await _do(tx, link)
        if password_hash is not None:
            await signing_in.set_password(tx, customer.customer_id, password_hash)
            if not is_new:
                await signing_in.tell(
                    tx, "password_changed", customer.customer_id, customer.email, customer.locale
                )
        entry = Entry(
            customer_id=customer.customer_id,
            how="link",
            client=client,
            cart_token=cart_token,
            cart_sealed=sealed,
            is_new_account=is_new,
            proven_email_key=email_key(link.letter.email),
        )
        return await sessions.begin(tx, entry)


async def stop_email_change(ctx: Context, token: str) -> None:
    """The change of the e-mail address is off, and every device is signed out.

    Raises:
        LinkNotValid: the link was used, has expired, or is for something else.
    """
    async with ctx.transaction() as tx:
        link = await letter_repository.take_link(tx, _hash_of(ctx, token))
        customer_id = link.letter.customer_id if link is not None else None
        if link is None or link.kind != "email_stop" or customer_id is None:
            raise LinkNotValid(_GONE)
        await letter_repository.forget_of(tx, customer_id, ["email_change", "email_stop"])
        await sessions.end_all(tx, customer_id, [])
        await audit.record(tx, "accounts.email_change_stopped", f"customer:{customer_id}")


async def _do(tx: Transaction, link: Link) -> tuple[Customer, bool]:
    """The customer who may come in now, and whether their account is new. It is locked."""
    if link.kind == "email_change":
        return await _change_email(tx, link.letter), False
    wanted = link.letter
    customer = await customers.ensure_customer(tx, wanted.email, wanted.said.name, wanted.locale)
    key = email_key(wanted.email)
    is_new = await repository.open_account(tx, customer.customer_id, key)
    if is_new:
        tx.publish(AccountOpened(customer_id=customer.customer_id))
        await _introduce(tx, customer, wanted)
    await _lock_open(tx, customer.customer_id)
    return customer, is_new


async def _introduce(tx: Transaction, customer: Customer, wanted: Letter) -> None:
    """What a new shopper said of themselves is kept: a name where there was none, and consent."""
    changes = CustomerChanges()
    if wanted.said.name and not customer.name:
        changes = CustomerChanges(name=wanted.said.name)
    if wanted.said.accepts_marketing and not customer.accepts_marketing:
        changes = CustomerChanges(name=changes.name, accepts_marketing=True)
    if changes != CustomerChanges():
        await customers.update_customer(tx.ctx, customer.customer_id, changes)


async def _change_email(tx: Transaction, wanted: Letter) -> Customer:
    """The account has the new address, which its mailbox has just proven; all devices are out."""
    customer_id = wanted.customer_id
    assert customer_id is not None, "such a letter is about somebody"
    await _lock_open(tx, customer_id)
    known = (await customers.customers_by_email(tx, [wanted.email])).get(wanted.email)
    if known is not None and known.customer_id != customer_id:
        if await repository.find(tx, known.customer_id) is not None:
            raise SignInNameTaken("another account has this e-mail address")
        # A guest who bought with that address: the mailbox says that it is the same person.
        await orders.hand_over(tx, known.customer_id, customer_id)
        await customers.hand_over(tx, known.customer_id, customer_id)
    before = await customers.change_email(tx, customer_id, wanted.email)
    await sessions.end_all(tx, customer_id, [])
    await letter_repository.forget_of(
        tx, customer_id, ["email_change", "email_stop", "password", "sign_in"]
    )
    await signing_in.tell(tx, "email_changed", customer_id, before.email, before.locale)
    tx.publish(EmailChanged(customer_id=customer_id))
    return before


async def _lock_open(tx: Transaction, customer_id: UUID) -> None:
    account = await repository.lock(tx, customer_id)
    if account is None:
        raise LinkNotValid(_GONE)
    if account.is_blocked:
        raise AccountBlocked("write to the shop")


def _hash_of(ctx: Context, token: str) -> bytes:
    parts = read_token(token, LINK_TOKEN)
    if parts is None or parts.tenant_id != ctx.tenant.tenant_id:
        raise LinkNotValid(_GONE)
    return token_hash(token)
