"""API keys of a shop: making, finding, changing and revoking them, and taking others' in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.context import HOUSE, Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.ids import mint_token, new_id, token_hash
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.rotation import opens_at
from galleria.platform import audit
from galleria.platform.access.errors import KeyBindingUnknown, KeyHashTaken, KeyNotFound
from galleria.platform.access.events import KeyChanged, KeyCreated, KeyRevoked
from galleria.platform.access.model import guarding, keys, scopes
from galleria.platform.access.model.keys import (
    ALL_KEYS,
    CreatedKey,
    Key,
    KeyFilter,
    KeyTerms,
    ListedKey,
    NewKind,
)
from galleria.platform.access.repository import keys as repository
from galleria.platform.access.schemas import ForeignKey, KeyChanges
from galleria.platform.access.service.asking import asking
from galleria.platform.access.service.news import tell_after

LIST_SCOPE = "access.keys"
BY_HAND = "by_hand"


async def create_key(
    ctx: Context,
    name: str,
    wanted_scopes: Sequence[str],
    expires_at: datetime | None = None,
    *,
    kind: NewKind | None = None,
    terms: KeyTerms | None = None,
    is_canary: bool = False,
) -> CreatedKey:
    """A new key; its text comes back this once and is kept nowhere.

    Args:
        ctx: the shop, or the house for a key that opens shops.
        name: what the shop calls it.
        wanted_scopes: at least one, each held by the actor; repeats do not matter.
        expires_at: from this instant on it opens nothing; None for never.
        kind: None for `secret` when it may do everything, else `restricted`.
        terms: to what it is bound, and who looks after it.
        is_canary: it opens nothing, and its use raises an alarm.

    Raises:
        UnknownScope: one does not exist here.
        ScopeNotHeld: the actor does not hold one.
        KeyExpiryInPast: it would be dead already.
        KeyKindDoesNotFit, InvalidNetwork, InvalidOrigin, KeyBindingUnknown: it cannot be bound
            like this.
    """
    is_house = ctx.tenant.tenant_id == HOUSE.tenant_id
    scopes.check_scopes(wanted_scopes, is_house=is_house)
    if not is_canary:  # what opens nothing gives nothing away
        scopes.check_held(ctx.actor.may, wanted_scopes)
    keys.check_expiry(expires_at, ctx.now)
    made_kind = keys.kind_for(kind, wanted_scopes)
    made_terms = read_terms(terms or KeyTerms())
    keys.check_kind(made_kind, wanted_scopes, made_terms, is_house=is_house)
    await _check_bindings(ctx, KeyTerms(), made_terms)
    draft = draft_of(ctx, name, wanted_scopes, made_kind, made_terms)
    draft = msgspec.structs.replace(draft, expires_at=expires_at, is_canary=is_canary)
    async with ctx.transaction() as tx:
        created = await mint(tx, draft)
        detail: dict[str, Any] = {
            "name": name,
            "kind": created.kind,
            "scopes": created.scopes,
            "expires_at": expires_at,
        }
        if is_canary:
            detail["is_canary"] = True
        await audit.record(tx, "keys.created", f"key:{created.key_id}", detail)
    return created


def read_terms(terms: KeyTerms) -> KeyTerms:
    """The terms as they are kept.

    Raises:
        InvalidNetwork, InvalidOrigin: one cannot be read.
    """
    return msgspec.structs.replace(
        terms,
        allowed_networks=guarding.read_networks(terms.allowed_networks),
        allowed_origins=guarding.read_origins(terms.allowed_origins),
    )


async def _check_bindings(ctx: Context, before: KeyTerms, wanted: KeyTerms) -> None:
    """Pass when what the key is newly bound to is there; what went meanwhile may stay.

    Raises:
        KeyBindingUnknown: it is not, or no profile is fixed.
    """
    if wanted.profile_is_fixed and not wanted.profile:
        wrong = FieldError("profile", KeyBindingUnknown.code, "name the profile that is fixed")
        raise KeyBindingUnknown(wrong.message, errors=[wrong])
    fresh = {
        name: "" if getattr(wanted, name) == getattr(before, name) else getattr(wanted, name)
        for name in ("profile", "location")
    }
    if not any(fresh.values()):
        return
    errors = [
        FieldError(name, KeyBindingUnknown.code, f"no {name} {fresh[name]!r} in this shop")
        for name in await asking.unknown_bindings(ctx, **fresh)
    ]
    if errors:
        raise KeyBindingUnknown("; ".join(each.message for each in errors), errors=errors)


def draft_of(
    ctx: Context, name: str, wanted_scopes: Sequence[str], kind: keys.Kind, terms: KeyTerms
) -> Key:
    """A key to be, without its text."""
    return Key(
        key_id=new_id(),
        name=name,
        prefix="",
        last4="",
        scopes=sorted(set(wanted_scopes)),
        created_at=ctx.now,
        created_by=f"{ctx.actor.kind}:{ctx.actor.actor_id}",
        expires_at=None,
        kind=kind,
        **msgspec.structs.asdict(terms),
    )


async def mint(tx: Transaction, draft: Key) -> CreatedKey:
    """The key has a text and is there, and that is announced; the diary is the caller's."""
    text = mint_token(
        keys.TOKEN_KINDS[draft.kind], tx.tenant.tenant_id, is_test=tx.tenant.is_sandbox
    )
    prefix, last4 = keys.shown_parts(text)
    key = msgspec.structs.replace(draft, prefix=prefix, last4=last4)
    is_new = await repository.add_key(tx, key, token_hash(text))
    assert is_new, "190 random bits are new"
    tx.publish(KeyCreated(key_id=key.key_id, name=key.name, scopes=key.scopes))
    return CreatedKey(**msgspec.structs.asdict(keys.listed(key, tx.now)), key=text)


async def import_keys(ctx: Context, given: Sequence[ForeignKey]) -> list[ListedKey]:
    """Keys that another system made go on working here; all of them, or none.

    Their texts are never known: whoever sends one is recognised by its SHA-256. Such a text names
    no shop, so the address or the header has to.

    Raises:
        UnknownScope, ScopeNotHeld, KeyExpiryInPast, KeyKindDoesNotFit, InvalidNetwork: see
            `create_key`.
        KeyHashTaken: one is there already.
    """
    is_house = ctx.tenant.tenant_id == HOUSE.tenant_id
    made: list[ListedKey] = []
    async with ctx.transaction() as tx:
        for place, each in enumerate(given):
            scopes.check_scopes(each.scopes, is_house=is_house)
            scopes.check_held(ctx.actor.may, each.scopes)
            keys.check_expiry(each.expires_at, ctx.now)
            terms = read_terms(KeyTerms(allowed_networks=each.allowed_networks))
            key = msgspec.structs.replace(
                draft_of(ctx, each.name, each.scopes, "foreign", terms),
                expires_at=each.expires_at,
                prefix=each.shown_prefix,
                last4=each.shown_end,
            )
            if not await repository.add_key(tx, key, bytes.fromhex(each.sha256)):
                wrong = FieldError(f"keys[{place}].sha256", KeyHashTaken.code, "there already")
                raise KeyHashTaken("a key of this hash is there already", errors=[wrong])
            tx.publish(KeyCreated(key_id=key.key_id, name=key.name, scopes=key.scopes))
            detail = {"name": key.name, "kind": key.kind, "scopes": key.scopes}
            await audit.record(tx, "keys.imported", f"key:{key.key_id}", detail)
            made.append(keys.listed(key, ctx.now))
    return made


async def list_keys(
    ctx: Context, cursor: str | None = None, limit: int = 50, wanted: KeyFilter = ALL_KEYS
) -> Page[ListedKey]:
    """A page of the shop's keys, the newest first, dead ones too; `limit` is 1 to 100.

    Raises:
        InvalidCursor: the cursor is not one of this list in this shop.
    """
    before = repository.NEWEST if cursor is None else _key_id(ctx, cursor)
    found = [
        keys.listed(key, ctx.now)
        for key in await repository.keys_before(ctx, before, limit + 1, wanted, ctx.now)
    ]
    if len(found) <= limit:
        return Page(items=found, next_cursor=None)
    last = str(found[limit - 1].key_id)
    cursors = ctx.engines.cursors
    return Page(
        items=found[:limit],
        next_cursor=cursors.encode(ctx.tenant.tenant_id, LIST_SCOPE, [last]),
    )


async def get_key(ctx: Context, key_id: UUID) -> ListedKey:
    """The key, dead or alive.

    Raises:
        KeyNotFound: this shop has no such key.
    """
    found = await repository.find_key(ctx, key_id)
    if found is None:
        raise KeyNotFound(f"no key {key_id}")
    return keys.listed(found, ctx.now)


async def keys_with_ids(ctx: Context, key_ids: Sequence[UUID]) -> dict[UUID, ListedKey]:
    """These keys of the shop, dead ones too; what is none is left out."""
    found = await repository.keys_with_ids(ctx, key_ids)
    return {key.key_id: keys.listed(key, ctx.now) for key in found}


async def change_key(ctx: Context, key_id: UUID, changes: KeyChanges) -> ListedKey:
    """The key is named, bound, bounded and switched as the changes say; what they leave out stays.

    What it may do never changes: make another key, or replace this one.

    Raises:
        KeyNotFound: this shop has no such key.
        KeyKindDoesNotFit, InvalidNetwork, InvalidOrigin, KeyBindingUnknown: it cannot be bound
            like this.
    """
    async with ctx.transaction() as tx:
        key = await locked(tx, key_id)
        values = {
            name: value
            for name in KeyChanges.__struct_fields__
            if name != "is_enabled" and (value := getattr(changes, name)) is not msgspec.UNSET
        }
        terms = {name: values[name] for name in KeyTerms.__struct_fields__ if name in values}
        wanted = read_terms(msgspec.structs.replace(key.terms, **terms))
        is_house = ctx.tenant.tenant_id == HOUSE.tenant_id
        keys.check_kind(key.kind, key.scopes, wanted, is_house=is_house)
        await _check_bindings(ctx, key.terms, wanted)
        values |= {name: getattr(wanted, name) for name in terms}
        if changes.is_enabled is not msgspec.UNSET:
            values["disabled_at"] = None if changes.is_enabled else key.disabled_at or ctx.now
        changed = {name: new for name, new in values.items() if new != getattr(key, name)}
        if not changed:
            return keys.listed(key, ctx.now)
        await repository.set_columns(tx, key_id, changed)
        tx.publish(KeyChanged(key_id=key_id, fields=sorted(changed)))
        detail = {name: new for name, new in changed.items() if name != "notes"}
        await audit.record(tx, "keys.changed", f"key:{key_id}", {"name": key.name, **detail})
        tell_after(tx)
    return keys.listed(msgspec.structs.replace(key, **changed), ctx.now)


async def revoke_key(ctx: Context, key_id: UUID, reason: str = BY_HAND) -> ListedKey:
    """The key and its passes open nothing any more: at once here, and within a second in every
    process that hears of it; after 5 s at the latest. Safe to repeat: the first instant stays.

    Raises:
        KeyNotFound: this shop has no such key.
    """
    async with ctx.transaction() as tx:
        key = await locked(tx, key_id)
        if key.revoked_at is not None:
            return keys.listed(key, ctx.now)
        key = await revoke(tx, key, reason)
        await audit.record(
            tx, "keys.revoked", f"key:{key_id}", {"name": key.name, "reason": reason}
        )
    return keys.listed(key, ctx.now)


async def revoke(tx: Transaction, key: Key, reason: str) -> Key:
    """The key is revoked with this commit, and that is announced; the diary is the caller's."""
    values = {"revoked_at": tx.now, "revoke_reason": reason}
    await repository.set_columns(tx, key.key_id, values)
    tx.publish(KeyRevoked(key_id=key.key_id, reason=reason))
    tell_after(tx)
    return msgspec.structs.replace(key, **values)


async def locked(tx: Transaction, key_id: UUID) -> Key:
    """The key, and nobody else changes it until the commit.

    Raises:
        KeyNotFound: this shop has no such key.
    """
    key = await repository.lock_key(tx, key_id)
    if key is None:
        raise KeyNotFound(f"no key {key_id}")
    return key


def is_open(key: Key, now: datetime) -> bool:
    """True while the key is neither dead nor a trap; one that is switched off may come back."""
    return opens_at(key.life, now) and not key.is_canary


def _key_id(ctx: Context, cursor: str) -> UUID:
    keys_of_cursor = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, LIST_SCOPE)
    if len(keys_of_cursor) != 1 or not isinstance(keys_of_cursor[0], str):
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(keys_of_cursor[0])
