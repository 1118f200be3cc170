"""Keys that may search: made with limits, listed, revoked; and what may be searched with one."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from galleria.commerce import listings
from galleria.commerce.listings import Window
from galleria.engines.cache import CacheKey, CacheUnavailable
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.http import decode_json
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.growth.search.errors import (
    InvalidSearchLimits,
    SearchKeyNotFound,
    SearchKeyRequired,
    SearchNotAllowed,
)
from galleria.growth.search.limiting import allowed_by, both, check
from galleria.growth.search.model.limits import (
    EVERYTHING,
    MAX_LIMITS_BYTES,
    Allowed,
    Feature,
    KeyLimits,
    SearchLimits,
    SearchSettings,
)
from galleria.growth.search.repository import keys as repository
from galleria.growth.search.schemas import PassLimits
from galleria.growth.search.service.remembering import Remembered
from galleria.platform import access, audit
from galleria.platform.access import SEARCH_SCOPE, CreatedKey, ListedKey, PassUnreadable
from galleria.platform.tenants import ChannelNotFound

KEPT_S = 60.0  # limits of a key never change
_SCOPE = "search.keys"


class SearchKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the shop, and what it may search."""

    key: ListedKey
    limits: SearchLimits


class CreatedSearchKey(msgspec.Struct, frozen=True, kw_only=True):
    """The same just after it was made: `key.key` is its text, told this once."""

    key: CreatedKey
    limits: SearchLimits


async def create_key(
    ctx: Context, name: str, limits: SearchLimits, expires_at: datetime | None = None
) -> CreatedSearchKey:
    """A new key that may search what `limits` leave, and nothing else; they never change.

    Raises:
        InvalidSearchLimits: they contradict each other, are too long, or the channel is none or
            does not fit the other limits.
        ScopeNotHeld, KeyExpiryInPast: see `access.create_key`.
    """
    if len(msgspec.json.encode(limits)) > MAX_LIMITS_BYTES:
        raise InvalidSearchLimits(f"limits have at most {MAX_LIMITS_BYTES} bytes as JSON")
    allowed = allowed_by(limits)
    check(allowed)
    if limits.channel is not None:
        try:
            await window_for(ctx, allowed, None)
        except (ChannelNotFound, SearchNotAllowed) as error:
            wrong = FieldError("channel", error.code, error.detail)
            raise InvalidSearchLimits(error.detail, errors=[wrong]) from None
    async with ctx.transaction() as tx:
        made = await access.create_key(ctx, name, [SEARCH_SCOPE], expires_at)
        await repository.add(
            tx, KeyLimits(key_id=made.key_id, limits=limits, created_at=made.created_at)
        )
        detail = msgspec.to_builtins(limits)
        await audit.record(tx, "search.key_limited", f"key:{made.key_id}", detail)
    return CreatedSearchKey(key=made, limits=limits)


async def list_keys(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[SearchKey]:
    """A page of the keys that were made to search, the newest first, dead ones too.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    before = repository.NEWEST if cursor is None else _place(ctx, cursor)
    found = await repository.page_before(ctx, before, limit + 1)
    shown = found[:limit]
    known = await access.keys_with_ids(ctx, [each.key_id for each in shown])
    items = [
        SearchKey(key=known[each.key_id], limits=each.limits)
        for each in shown
        if each.key_id in known
    ]
    if len(found) <= limit:
        return Page(items=items)
    cursors = ctx.engines.cursors
    return Page(items, cursors.encode(ctx.tenant.tenant_id, _SCOPE, [str(shown[-1].key_id)]))


async def revoke_key(ctx: Context, key_id: UUID) -> SearchKey:
    """The key and its passes search nothing any more, within a second. Safe to repeat.

    Raises:
        SearchKeyNotFound: the shop has no such key, or it was not made to search.
    """
    found = await repository.find(ctx, [key_id])
    if not found:
        raise SearchKeyNotFound(f"no search key {key_id}")
    return SearchKey(key=await access.revoke_key(ctx, key_id), limits=found[0].limits)


async def limit_successor(tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
    """The key that replaces another may search no more than that one, from the same commit on."""
    found = await repository.find(tx, [key_id])
    if found:
        limits = KeyLimits(key_id=successor_id, limits=found[0].limits, created_at=tx.now)
        await repository.add(tx, limits)


async def get_settings(ctx: Context) -> SearchSettings:
    """Whether anyone may ask the search over the API."""
    return await repository.settings(ctx)


async def change_settings(ctx: Context, wanted: SearchSettings) -> SearchSettings:
    """The search answers so, in other processes some seconds later."""
    async with ctx.transaction() as tx:
        await repository.set_settings(tx, wanted)
        await audit.record(
            tx, "search.settings_changed", "search:settings", {"is_open": wanted.is_open}
        )
        _said.forget_after(tx)
    return wanted


async def allowed_to(ctx: Context, feature: Feature) -> Allowed:
    """What whoever asks may search: what their key allows, and their pass, if that is one.

    Raises:
        SearchKeyRequired: the shop answers keys only, and this is none that may search.
        SearchNotAllowed: the key is not for this kind of question.
        PassUnreadable: nobody knows what the pass says.
    """
    actor = ctx.actor
    if not actor.may(SEARCH_SCOPE):
        if not (await _said.of(ctx)).is_open:
            raise SearchKeyRequired(f"send a key of this shop that has the scope {SEARCH_SCOPE}")
        return EVERYTHING
    if actor.kind != "key":
        return EVERYTHING
    allowed = _read(await _kept(ctx, UUID(actor.actor_id)))
    if actor.says:
        allowed = both(allowed, _said_by_pass(actor.says))
    if feature not in allowed.features:
        raise SearchNotAllowed(f"this key is not for {feature!r}")
    return allowed


async def window_for(ctx: Context, allowed: Allowed, channel: str | None) -> Window:
    """The channel asked for, or the one allowed, in the language that is.

    Raises:
        ChannelNotFound: the shop has no such channel.
        SearchNotAllowed: another one is allowed, or it tells prices in another currency or does
            not speak the language.
    """
    if channel is not None and allowed.channel not in (None, channel):
        raise SearchNotAllowed(f"this key is for the channel {allowed.channel!r}")
    window = await listings.window_of(ctx, allowed.channel or channel)
    if allowed.locale is not None:
        window = window.in_language(allowed.locale)
        if window.locale != allowed.locale:
            raise SearchNotAllowed(f"the channel does not speak {allowed.locale!r}")
    most = allowed.price_max
    if most is not None and most.currency != window.currency:
        raise SearchNotAllowed(f"this key is limited to prices in {most.currency}")
    return window


async def _kept(ctx: Context, key_id: UUID) -> bytes:
    """The limits of a key as JSON; a cache that does not answer costs a statement."""
    place = CacheKey(ctx.tenant.tenant_id, "search-key", key_id)
    try:
        kept = await ctx.engines.cache.get(place)
        if kept is None:
            kept = await _written_limits(ctx, key_id)
            await ctx.engines.cache.set(place, kept, KEPT_S)
    except CacheUnavailable:
        kept = await _written_limits(ctx, key_id)
    return kept


async def _written_limits(ctx: Context, key_id: UUID) -> bytes:
    found = await repository.find(ctx, [key_id])
    return msgspec.json.encode(found[0].limits if found else SearchLimits())


@lru_cache(maxsize=1_000)
def _read(written: bytes) -> Allowed:
    return allowed_by(msgspec.json.decode(written, type=SearchLimits))


@lru_cache(maxsize=1_000)
def _said_by_pass(said: bytes) -> Allowed:
    try:
        return allowed_by(decode_json(said, PassLimits).limits())
    except InvalidInput as error:
        raise PassUnreadable(f"the pass says what no limits are: {error.detail}") from None


async def _written(ctx: Context) -> bytes:
    return msgspec.json.encode(await repository.settings(ctx))


def _settings(written: bytes) -> SearchSettings:
    return msgspec.json.decode(written, type=SearchSettings)


_said = Remembered("settings", _written, _settings)


def _place(ctx: Context, cursor: str) -> UUID:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, _SCOPE)
    try:
        (key_id,) = keys
        return UUID(str(key_id))
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None
