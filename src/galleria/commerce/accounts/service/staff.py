"""What the shop's own people do about accounts. All of it is in the diary."""

from uuid import UUID

from galleria.commerce import customers
from galleria.commerce.accounts.errors import AccountNotFound
from galleria.commerce.accounts.events import AccountBlockChanged
from galleria.commerce.accounts.model.accounts import AccountStanding
from galleria.commerce.accounts.repository import accounts as repository
from galleria.commerce.accounts.service import letters, sessions
from galleria.commerce.customers import CustomerNotFound, email_key
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import audit


async def standing_of(ctx: Context, customer_id: UUID) -> AccountStanding:
    """The customer's account.

    Raises:
        CustomerNotFound: this shop has no such customer.
        AccountNotFound: the customer has none.
    """
    found = await customers.customers_of(ctx, [customer_id])
    if customer_id not in found:
        raise CustomerNotFound(f"no customer {customer_id}")
    key = email_key(found[customer_id].email)
    standing = await repository.standing(ctx, customer_id, key, ctx.now)
    if standing is None:
        raise AccountNotFound(f"customer {customer_id} has no account")
    return standing


async def send_link(ctx: Context, customer_id: UUID) -> None:
    """The customer has a mail with a link to sign in, or to open their account.

    Raises:
        CustomerNotFound: this shop has no such customer.
    """
    async with ctx.transaction() as tx:
        customer = await customers.locked_customer(tx, customer_id)
        wanted = letters.letter(ctx, "sign_in", customer.email, customer.locale, customer_id)
        await letters.request(tx, wanted)
        await audit.record(tx, "accounts.link_sent", f"customer:{customer_id}")


async def end_sessions(ctx: Context, customer_id: UUID) -> int:
    """The customer is signed out on every device; how many sessions that were.

    Raises:
        AccountNotFound: the customer has no account.
    """
    async with ctx.transaction() as tx:
        await _lock(tx, customer_id)
        ended = await sessions.end_all(tx, customer_id, [])
        detail = {"sessions": ended}
        await audit.record(tx, "accounts.sessions_ended", f"customer:{customer_id}", detail)
    return ended


async def set_blocked(ctx: Context, customer_id: UUID, is_blocked: bool) -> AccountStanding:
    """The account lets nobody in, on no device, or lets its shopper in again. Safe to repeat.

    Raises:
        AccountNotFound: the customer has no account.
    """
    async with ctx.transaction() as tx:
        if await _lock(tx, customer_id) != is_blocked:
            await repository.set_blocked(tx, customer_id, is_blocked)
            if is_blocked:
                await sessions.end_all(tx, customer_id, [])
            tx.publish(AccountBlockChanged(customer_id=customer_id, is_blocked=is_blocked))
            action = "accounts.account_blocked" if is_blocked else "accounts.account_unblocked"
            await audit.record(tx, action, f"customer:{customer_id}")
        return await standing_of(ctx, customer_id)


async def _lock(tx: Transaction, customer_id: UUID) -> bool:
    """Whether the account is blocked; it is locked until the commit."""
    account = await repository.lock(tx, customer_id)
    if account is None:
        raise AccountNotFound(f"customer {customer_id} has no account")
    return account.is_blocked
