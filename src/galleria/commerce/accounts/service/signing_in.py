"""Signing in by password: the same answer, and the same work, whether or not one is known."""

from uuid import UUID

from galleria.commerce import customers
from galleria.commerce.accounts.model import attempts as attempt_rules
from galleria.commerce.accounts.model.accounts import Account, Client
from galleria.commerce.accounts.model.letters import LetterKind
from galleria.commerce.accounts.model.sessions import SignedIn
from galleria.commerce.accounts.repository import accounts as repository
from galleria.commerce.accounts.repository import attempts as attempt_repository
from galleria.commerce.accounts.service import baskets, letters, sessions
from galleria.commerce.accounts.service.acting import charge, require_fresh, shopper_of
from galleria.commerce.accounts.service.sessions import Entry
from galleria.commerce.customers import email_key
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform.access import (
    MAX_PASSWORD_LENGTH,
    PASSWORDS,
    Charge,
    SignInRefused,
    check_password,
    normal_password,
)

REFUSED = "e-mail or password is not right"


async def sign_in(
    ctx: Context, email: str, password: str, client: Client, cart_token: str | None = None
) -> SignedIn:
    """A session for whoever knows the password. Call it outside a transaction: attempts stay
    counted when signing in fails.

    Args:
        ctx: the shop.
        email: in any spelling.
        password: as typed.
        client: where the request came from.
        cart_token: the cart that was filled before; it joins the shopper's own.

    Raises:
        SignInRefused: something is wrong; what, is not said.
        TooManyAttempts: this e-mail or address was tried too often.
        SignInBusy: too many passwords are being checked at present.
    """
    key = email_key(email)
    found = await customers.customers_by_email(ctx, [email])
    customer_id = found[email].customer_id if email in found else None
    charges = attempt_rules.to_sign_in(key, customer_id, client.address)
    await charge(ctx, charges)
    # An id that nobody has: without a customer the same is read.
    account = await repository.find(ctx, customer_id or UUID(int=0))
    is_right = await _is_right(account, password)
    signed_in = None
    if account is not None and is_right and not account.is_blocked:
        sealed = await baskets.seal(ctx, cart_token)
        entry = Entry(
            customer_id=account.customer_id,
            how="password",
            client=client,
            cart_token=cart_token,
            cart_sealed=sealed,
        )
        signed_in = await _begin(ctx, account, password, entry, charges)
    if signed_in is None:
        raise SignInRefused(REFUSED)
    return signed_in


async def change_password(
    ctx: Context, present: str | None, password: str, client: Client
) -> SignedIn:
    """The new password holds; every session has ended, and a fresh one is given to the caller.

    Args:
        ctx: of the shopper.
        present: the present password; not needed by whoever has signed in a moment ago.
        password: 12 to 256 characters.
        client: where the request came from.

    Raises:
        ShopperSignedOut, FreshSignInRequired: see `acting`.
        SignInRefused: the present password is not right.
        TooManyAttempts: it was tried too often.
        PasswordTooWeak, SignInBusy: see `access`; nothing was changed.
    """
    customer_id = require_fresh(ctx) if present is None else shopper_of(ctx)
    customer = (await customers.customers_of(ctx, [customer_id]))[customer_id]
    check_password(password, customer.email)
    account = await repository.find(ctx, customer_id)
    stored = account.password_hash if account is not None else None
    charges: list[Charge] = []
    if present is not None:
        charges = attempt_rules.to_repeat_the_password(customer_id)
        await charge(ctx, charges)
        if not await _is_right(account, present):
            raise SignInRefused("the present password is not right")
    password_hash = await PASSWORDS.hash(normal_password(password))
    sealed = await baskets.seal(ctx, None)
    async with ctx.transaction() as tx:
        locked = await repository.lock(tx, customer_id)
        if locked is None or locked.password_hash != stored:
            raise SignInRefused("the password was changed meanwhile")
        await set_password(tx, customer_id, password_hash)
        await attempt_repository.forgive(tx, [each.subject for each in charges], [])
        await tell(tx, "password_changed", customer_id, customer.email, customer.locale)
        entry = Entry(
            customer_id=customer_id,
            how="password",
            client=client,
            cart_token=None,
            cart_sealed=sealed,
        )
        return await sessions.begin(tx, entry)


async def set_password(tx: Transaction, customer_id: UUID, password_hash: str) -> None:
    """The account opens by this password, and every session of before has ended; links to choose
    another one open nothing any more."""
    await repository.set_password(tx, customer_id, password_hash)
    await sessions.end_all(tx, customer_id, [])
    await letters.withdraw(tx, customer_id, ["password"])


async def tell(
    tx: Transaction, kind: LetterKind, customer_id: UUID, email: str, locale: str
) -> None:
    """A mail that says what has happened to the account goes out after the commit."""
    await letters.request(tx, letters.letter(tx.ctx, kind, email, locale, customer_id))


async def _is_right(account: Account | None, password: str) -> bool:
    """True when it is the account's password. No account, or none with one, costs the same work."""
    stored = account.password_hash if account is not None else None
    # Nobody's password is longer, so it is cut short, not refused: the work stays the same.
    typed = normal_password(password[: MAX_PASSWORD_LENGTH + 1])
    return await PASSWORDS.verify(stored, typed)


async def _begin(
    ctx: Context, account: Account, password: str, entry: Entry, charges: list[Charge]
) -> SignedIn | None:
    """A session; None when the password just changed, or the account was just blocked."""
    renewed: str | None = None
    if PASSWORDS.is_outdated(account.password_hash or ""):
        renewed = await PASSWORDS.hash(normal_password(password))
    async with ctx.transaction() as tx:
        locked = await repository.lock(tx, account.customer_id)
        if locked is None or locked.is_blocked or locked.password_hash != account.password_hash:
            return None
        if renewed is not None:
            await repository.set_password(tx, account.customer_id, renewed)
        by_address, *own = [each.subject for each in charges]
        await attempt_repository.forgive(tx, own, [by_address])
        return await sessions.begin(tx, entry)
