"""Who asks, what they may, and how often: what all services here begin with."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import customers
from galleria.commerce.accounts.errors import FreshSignInRequired, ShopperSignedOut
from galleria.commerce.accounts.model.accounts import AccountSettings
from galleria.commerce.accounts.model.sessions import KnownSession
from galleria.commerce.accounts.repository import attempts as repository
from galleria.engines.cache import CacheKey, CacheUnavailable
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform.access import Charge, TooManyAttempts

_decoder = msgspec.json.Decoder(KnownSession)


def shopper_of(ctx: Context) -> UUID:
    """The customer who asks.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    customer_id = customers.shopper_of(ctx.actor)
    if customer_id is None:
        raise ShopperSignedOut("sign in first")
    return customer_id


def session_in(ctx: Context) -> KnownSession | None:
    """The session by which the request came, None when it came by none."""
    actor = ctx.actor
    return _decoder.decode(actor.says) if actor.kind == "shopper" and actor.says else None


def require_fresh(ctx: Context) -> UUID:
    """The customer who asks, and who has signed in a moment ago.

    Raises:
        ShopperSignedOut: nobody has signed in.
        FreshSignInRequired: it is too long ago.
    """
    customer_id = shopper_of(ctx)
    session = session_in(ctx)
    if session is None or not session.is_fresh(ctx.now, settings_of(ctx)):
        raise FreshSignInRequired("sign in again, then repeat this")
    return customer_id


def settings_of(ctx: Context) -> AccountSettings:
    """How long sessions and links last here."""
    return ctx.engines.settings_of(AccountSettings)


async def charge(ctx: Context, charges: Sequence[Charge]) -> None:
    """Each subject has one attempt more, in a commit of its own; the first full one stops it.

    Counted first and checked afterwards, so that a hundred attempts at once are a hundred.

    Raises:
        TooManyAttempts: `retry_after_s` says when the window ends.
    """
    stopped_for_s: int | None = None
    async with ctx.transaction() as tx:
        for each in charges:
            count, window_ends_at = await repository.count_attempt(tx, each)
            if count > each.limit.attempts:
                stopped_for_s = int((window_ends_at - ctx.now).total_seconds()) + 1
                break
    if stopped_for_s is not None:
        raise TooManyAttempts("try again later", retry_after_s=stopped_for_s)


def session_key(ctx: Context, token_hash: bytes) -> CacheKey:
    """Where a process keeps what it knows of a session."""
    return CacheKey(ctx.tenant.tenant_id, "accounts.session", token_hash.hex())


def forget_after(tx: Transaction, token_hashes: Sequence[bytes]) -> None:
    """After the commit this process knows nothing of these sessions any more."""

    async def forget() -> None:
        for each in token_hashes:
            try:
                await tx.ctx.engines.cache.delete(session_key(tx.ctx, each))
            except CacheUnavailable:
                # They have ended. What the cache still holds dies within seconds.
                return

    if token_hashes:
        tx.after_commit(forget)
