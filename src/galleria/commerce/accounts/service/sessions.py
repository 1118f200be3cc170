"""Sessions: how one begins, whose a request is, how they end."""

from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce.accounts.errors import ShopperSessionNotFound
from galleria.commerce.accounts.model import sessions as rules
from galleria.commerce.accounts.model.accounts import Client
from galleria.commerce.accounts.model.sessions import (
    How,
    KnownSession,
    ListedSession,
    SignedIn,
    StoredSession,
)
from galleria.commerce.accounts.repository import accounts as account_repository
from galleria.commerce.accounts.repository import sessions as repository
from galleria.commerce.accounts.service import baskets
from galleria.commerce.accounts.service.acting import (
    forget_after,
    session_in,
    session_key,
    settings_of,
    shopper_of,
)
from galleria.engines.context import Actor, Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import mint_token, new_id, read_token, token_hash

_decoder = msgspec.json.Decoder(KnownSession)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may come in: who, how, from where, and with which cart."""

    customer_id: UUID
    how: How
    client: Client
    cart_token: str | None
    cart_sealed: bytes
    is_new_account: bool = False
    proven_email_key: str | None = None


async def begin(tx: Transaction, entry: Entry) -> SignedIn:
    """A session with a token nobody has seen before. The account is locked by the caller.

    A session by which the request came is ended: no token outlives a change of what it may do.
    """
    ctx, settings = tx.ctx, settings_of(tx.ctx)
    token = mint_token(rules.TOKEN_KIND, ctx.tenant.tenant_id)
    expires_at = tx.now + timedelta(days=settings.session_days)
    session = StoredSession(
        session_id=new_id(),
        customer_id=entry.customer_id,
        how=entry.how,
        client_address=entry.client.address[: rules.MAX_CLIENT_NAME],
        client_name=entry.client.name[: rules.MAX_CLIENT_NAME],
        authenticated_at=tx.now,
        created_at=tx.now,
        seen_at=tx.now,
        idle_expires_at=rules.idle_end(tx.now, expires_at, settings),
        expires_at=expires_at,
    )
    ended: list[bytes] = []
    before = session_in(ctx)
    if before is not None:
        ended += await repository.end(tx, before.customer_id, before.session_id)
    await repository.add(tx, session, token_hash(token))
    ended += await repository.end_oldest(tx, entry.customer_id, rules.MOST_SESSIONS)
    forget_after(tx, ended)
    await account_repository.note_sign_in(tx, entry.customer_id, entry.proven_email_key)
    cart_token = await baskets.bring(tx, entry.customer_id, entry.cart_token, entry.cart_sealed)
    return SignedIn(
        session_token=token,
        expires_at=expires_at,
        customer_id=entry.customer_id,
        is_new_account=entry.is_new_account,
        cart_token=cart_token,
    )


async def actor_of_session(ctx: Context, text: str) -> Actor | None:
    """Who has signed in with this token; None when it is unknown, of another shop or ended.

    The answer is kept for 4 s, and a session's end counts to the instant all the same. Its last
    use is written at most every ten minutes.

    Args:
        ctx: the tenant that the token names, with no actor yet.
        text: the token as sent.
    """
    parts = read_token(text, rules.TOKEN_KIND)
    if parts is None or parts.tenant_id != ctx.tenant.tenant_id:
        return None
    hashed = token_hash(text)
    place = session_key(ctx, hashed)
    kept = await ctx.engines.cache.get(place)
    if kept is not None:
        known = _decoder.decode(kept)
        return _actor(known, kept) if known.is_alive(ctx.now) else None
    found = await repository.find(ctx, hashed, ctx.now)
    if found is None:
        return None
    if found.is_touch_due(ctx.now):
        found = await _touch(ctx, found, hashed)
    says = msgspec.json.encode(found)
    await ctx.engines.cache.set(place, says, rules.KEPT_FOR_S)
    return _actor(found, says)


async def list_sessions(ctx: Context) -> list[ListedSession]:
    """The shopper's sessions on all devices, the newest first.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    found = await repository.of_customer(ctx, shopper_of(ctx), ctx.now)
    current = session_in(ctx)
    return [rules.listed(each, current.session_id if current else None) for each in found]


async def end_session(ctx: Context, session_id: UUID) -> None:
    """One of the shopper's sessions has ended, on whatever device.

    Raises:
        ShopperSignedOut: nobody has signed in.
        ShopperSessionNotFound: they have no such session.
    """
    async with ctx.transaction() as tx:
        ended = await repository.end(tx, shopper_of(ctx), session_id)
        forget_after(tx, ended)
    if not ended:
        raise ShopperSessionNotFound(f"no session {session_id}")


async def end_other_sessions(ctx: Context) -> int:
    """Every session of the shopper but the one they ask with has ended; how many that were.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    current = session_in(ctx)
    async with ctx.transaction() as tx:
        ended = await end_all(tx, shopper_of(ctx), [current.session_id] if current else [])
    return ended


async def sign_out(ctx: Context) -> None:
    """The session by which this was asked has ended. Safe to repeat."""
    current = session_in(ctx)
    if current is not None:
        async with ctx.transaction() as tx:
            ended = await repository.end(tx, current.customer_id, current.session_id)
            forget_after(tx, ended)


async def end_all(tx: Transaction, customer_id: UUID, but: list[UUID]) -> int:
    """Every session of the customer but these has ended; how many that were."""
    ended = await repository.end_all(tx, customer_id, but)
    forget_after(tx, ended)
    return len(ended)


async def _touch(ctx: Context, found: KnownSession, hashed: bytes) -> KnownSession:
    idle_expires_at = rules.idle_end(ctx.now, found.expires_at, settings_of(ctx))
    async with ctx.transaction() as tx:
        await repository.touch(tx, hashed, idle_expires_at)
    return msgspec.structs.replace(found, seen_at=ctx.now, idle_expires_at=idle_expires_at)


def _actor(session: KnownSession, says: bytes) -> Actor:
    return Actor("shopper", str(session.customer_id), says=says)
