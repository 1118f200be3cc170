"""API keys of a shop: making, listing, revoking, and knowing whose key, or pass, was sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.engines.cache import CacheKey, CacheUnavailable
from galleria.engines.context import HOUSE, Actor, Context
from galleria.foundation.ids import mint_token, new_id, read_token, token_hash
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit
from galleria.platform.access.errors import KeyNotFound
from galleria.platform.access.events import KeyCreated, KeyRevoked
from galleria.platform.access.model import keys, passes, scopes
from galleria.platform.access.model.keys import (
    CreatedKey,
    Key,
    KnownKey,
    ListedKey,
    SigningKey,
)
from galleria.platform.access.model.passes import Pass
from galleria.platform.access.repository import keys as repository

LIST_SCOPE = "access.keys"
NEWEST = UUID(int=2**128 - 1)  # above every id there will be: a list without a cursor starts here
_decoder = msgspec.json.Decoder(KnownKey)
_signing_decoder = msgspec.json.Decoder(SigningKey)


async def create_key(
    ctx: Context, name: str, wanted_scopes: Sequence[str], expires_at: datetime | None = None
) -> CreatedKey:
    """A new key; its text comes back this once and is kept nowhere.

    Args:
        ctx: the shop, or the house for a key that opens shops.
        name: what the shop calls it.
        wanted_scopes: at least one, each held by the actor; repeats do not matter.
        expires_at: from this instant on it opens nothing; None for never.

    Raises:
        UnknownScope: one does not exist here.
        ScopeNotHeld: the actor does not hold one.
        KeyExpiryInPast: it would be dead already.
    """
    scopes.check_scopes(wanted_scopes, is_house=ctx.tenant.tenant_id == HOUSE.tenant_id)
    scopes.check_held(ctx.actor.may, wanted_scopes)
    keys.check_expiry(expires_at, ctx.now)
    text = mint_token(keys.TOKEN_KIND, ctx.tenant.tenant_id)
    prefix, last4 = keys.shown_parts(text)
    key = Key(
        key_id=new_id(),
        name=name,
        prefix=prefix,
        last4=last4,
        scopes=sorted(set(wanted_scopes)),
        created_at=ctx.now,
        created_by=f"{ctx.actor.kind}:{ctx.actor.actor_id}",
        expires_at=expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    async with ctx.transaction() as tx:
        await repository.add_key(tx, key, token_hash(text))
        tx.publish(KeyCreated(key_id=key.key_id, name=name, scopes=key.scopes))
        detail = {"name": name, "scopes": key.scopes, "expires_at": expires_at}
        await audit.record(tx, "keys.created", f"key:{key.key_id}", detail)
    return CreatedKey(**msgspec.structs.asdict(keys.listed(key, ctx.now)), key=text)


async def list_keys(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[ListedKey]:
    """A page of the shop's keys, the newest first, dead ones too; `limit` is 1 to 100.

    Raises:
        InvalidCursor: the cursor is not one of this list in this shop.
    """
    before = NEWEST if cursor is None else _key_id(ctx, cursor)
    found = [
        keys.listed(key, ctx.now) for key in await repository.keys_before(ctx, before, limit + 1)
    ]
    if len(found) <= limit:
        return Page(items=found, next_cursor=None)
    last = str(found[limit - 1].key_id)
    cursors = ctx.engines.cursors
    return Page(
        items=found[:limit],
        next_cursor=cursors.encode(ctx.tenant.tenant_id, LIST_SCOPE, [last]),
    )


async def keys_with_ids(ctx: Context, key_ids: Sequence[UUID]) -> dict[UUID, ListedKey]:
    """These keys of the shop, dead ones too; what is none is left out."""
    found = await repository.keys_with_ids(ctx, key_ids)
    return {key.key_id: keys.listed(key, ctx.now) for key in found}


async def revoke_key(ctx: Context, key_id: UUID) -> ListedKey:
    """The key and its passes open nothing any more, in any process, after 5 s at the latest.

    Mostly at once: the kept answer is dropped, but one that another request was just reading, or
    that lives in another process, lasts out its 4 s. Safe to repeat: the first instant stays.

    Raises:
        KeyNotFound: this shop has no such key.
    """
    async with ctx.transaction() as tx:
        found = await repository.lock_key(tx, key_id)
        if found is None:
            raise KeyNotFound(f"no key {key_id}")
        key, key_hash = found
        if key.revoked_at is not None:
            return keys.listed(key, ctx.now)

        await repository.revoke_key(tx, key_id)
        tx.publish(KeyRevoked(key_id=key_id))
        await audit.record(tx, "keys.revoked", f"key:{key_id}", {"name": key.name})

        async def forget() -> None:
            try:
                await ctx.engines.cache.delete(_cache_key(ctx, key_hash))
                await ctx.engines.cache.delete(_signing_key(ctx, key_id))
            except CacheUnavailable:
                # The revocation is committed. What the cache still holds dies within seconds.
                return

        tx.after_commit(forget)
    return keys.listed(msgspec.structs.replace(key, revoked_at=ctx.now), ctx.now)


async def actor_of_key(ctx: Context, text: str) -> Actor | None:
    """Who acts with this key; None when it is unknown, of another shop, expired or revoked.

    Why it opens nothing is not said. The answer is kept for 4 s; expiry counts to the instant
    all the same. The key's last use is written at most once a minute.

    Args:
        ctx: the tenant that the token names, with no actor yet.
        text: the token as sent.
    """
    parts = read_token(text, keys.TOKEN_KIND)
    if parts is None or parts.tenant_id != ctx.tenant.tenant_id:
        return None
    key_hash = token_hash(text)
    cached = await ctx.engines.cache.get(_cache_key(ctx, key_hash))
    if cached is not None:
        known = _decoder.decode(cached)
        return _actor(known) if known.is_alive(ctx.now) else None

    found = await repository.find_live_key(ctx, key_hash, ctx.now)
    if found is None:
        return None
    await ctx.engines.cache.set(
        _cache_key(ctx, key_hash), msgspec.json.encode(found), keys.KEPT_FOR_S
    )
    await _touch(ctx, found)
    return _actor(found)


async def actor_of_pass(ctx: Context, given: Pass) -> Actor | None:
    """Who acts with this pass: its key, with no other right than to search, and with what the pass
    says; None when the key is unknown, of another shop, expired, revoked or may not search, or has
    not signed it. As long remembered as a key.

    Raises:
        PassExpired: it has ended.
        PassUnreadable: it does not say when it ends.
    """
    if given.tenant_id != ctx.tenant.tenant_id:
        return None
    place = _signing_key(ctx, given.key_id)
    cached = await ctx.engines.cache.get(place)
    if cached is not None:
        key: SigningKey | None = _signing_decoder.decode(cached)
    else:
        key = await repository.find_signing_key(ctx, given.key_id, ctx.now)
        if key is not None:
            await ctx.engines.cache.set(place, msgspec.json.encode(key), keys.KEPT_FOR_S)
    if key is None or not key.is_alive(ctx.now) or not given.is_signed_with(key.key_hash):
        return None
    if not _actor(key).may(scopes.SEARCH_SCOPE):
        return None
    says = passes.what_it_says(given, ctx.now)
    if cached is None:
        await _touch(ctx, key)
    return Actor("key", str(key.key_id), frozenset({scopes.SEARCH_SCOPE}), says)


async def _touch(ctx: Context, key: KnownKey) -> None:
    if key.is_touch_due(ctx.now):
        async with ctx.transaction() as tx:
            await repository.touch_key(tx, key.key_id)


def _actor(key: KnownKey) -> Actor:
    return Actor("key", str(key.key_id), frozenset(key.scopes))


def _cache_key(ctx: Context, key_hash: bytes) -> CacheKey:
    return CacheKey(ctx.tenant.tenant_id, "access.key", key_hash.hex())


def _signing_key(ctx: Context, key_id: UUID) -> CacheKey:
    return CacheKey(ctx.tenant.tenant_id, "access.signing_key", key_id)


def _key_id(ctx: Context, cursor: str) -> UUID:
    keys_of_cursor = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, LIST_SCOPE)
    if len(keys_of_cursor) != 1 or not isinstance(keys_of_cursor[0], str):
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(keys_of_cursor[0])
