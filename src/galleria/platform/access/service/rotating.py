"""Replacing a key without anybody noticing: for a while the old and the new one both open."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.rotation import MOST_GRACE, grace_end, same_span, state_at, verdict
from galleria.platform import audit
from galleria.platform.access.errors import KeyAlreadyRotated, KeyNotInGrace, KeyNotRotatable
from galleria.platform.access.events import (
    KeyChanged,
    KeyRotated,
    KeyRotationCancelled,
    KeyRotationFinished,
)
from galleria.platform.access.model import keys, scopes
from galleria.platform.access.model.keys import Key, ListedKey, RotatedKey
from galleria.platform.access.model.usage import QUIET_HOURS, RotationView
from galleria.platform.access.repository import keys as repository
from galleria.platform.access.repository import usage
from galleria.platform.access.service.asking import asking
from galleria.platform.access.service.keys import (
    draft_of,
    get_key,
    is_open,
    locked,
    mint,
    revoke,
)
from galleria.platform.access.service.news import tell_after

DAY_S = 86_400
MOST_GRACE_S = int(MOST_GRACE.total_seconds())
MOST_SHOWN = 100
CANCELLED = "rotation_cancelled"


async def rotate_key(
    ctx: Context, key_id: UUID, grace_s: int = DAY_S, expires_at: datetime | None = None
) -> RotatedKey:
    """A new key that may do what the old one may; both open for `grace_s` seconds.

    Name, scopes, bounds, owner and notes go over. A key that is ending because it leaked is
    replaced the same way and keeps its end. One that has a successor already is not replaced again.

    Args:
        ctx: the shop. The actor holds all scopes of the key: they are shown a text that has them.
        key_id: the old one.
        grace_s: 0 to 90 days; 0 for a key that has leaked. Never beyond the old one's own end.
        expires_at: of the new one; None for as long a life as the old one was meant to have.

    Raises:
        KeyNotFound: this shop has no such key.
        KeyNotRotatable: it opens nothing any more, or is a trap.
        KeyAlreadyRotated: it has a successor.
        ScopeNotHeld: the actor does not hold one of its scopes.
        KeyExpiryInPast: the new one would be dead already.
    """
    keys.check_expiry(expires_at, ctx.now)
    async with ctx.transaction() as tx:
        old = await locked(tx, key_id)
        _check_rotatable(old, ctx.now)
        scopes.check_held(ctx.actor.may, old.scopes)
        kind = old.kind if old.kind in keys.TOKEN_KINDS else "restricted"
        if kind in {"general", "restricted"}:
            kind = keys.kind_for(None, old.scopes)
        draft = msgspec.structs.replace(
            draft_of(ctx, old.name, old.scopes, kind, old.terms),
            rotated_from=key_id,
            expires_at=expires_at or same_span(old.created_at, old.life, ctx.now),
        )
        new = await mint(tx, draft)
        await asking.limit_successor(tx, key_id, new.key_id)
        ends_at = grace_end(old.life, ctx.now, timedelta(seconds=grace_s))
        values = {"rotated_at": ctx.now, "rotated_to": new.key_id, "grace_ends_at": ends_at}
        await repository.set_columns(tx, key_id, values)
        tx.publish(KeyRotated(key_id=key_id, successor_id=new.key_id, grace_ends_at=ends_at))
        detail = {"name": old.name, "successor_id": str(new.key_id), "grace_ends_at": ends_at}
        await audit.record(tx, "keys.rotated", f"key:{key_id}", detail)
        tell_after(tx)
    return RotatedKey(old=keys.listed(msgspec.structs.replace(old, **values), ctx.now), new=new)


def _check_rotatable(old: Key, now: datetime) -> None:
    if not is_open(old, now):
        raise KeyNotRotatable(f"the key {old.key_id} is {old.status_at(now)}")
    if old.rotated_to is not None:
        raise KeyAlreadyRotated(f"its successor is {old.rotated_to}")


async def finish_rotation(ctx: Context, key_id: UUID) -> ListedKey:
    """The old key opens nothing from now on, before its time is over. Safe to repeat.

    Raises:
        KeyNotFound: this shop has no such key.
        KeyNotInGrace: it is not being replaced, or was revoked.
    """
    async with ctx.transaction() as tx:
        old = await locked(tx, key_id)
        state = state_at(old.life, ctx.now)
        if state == "grace_ended":
            return keys.listed(old, ctx.now)
        _check_grace(old, ctx.now)
        values = {"grace_ends_at": ctx.now}
        await repository.set_columns(tx, key_id, values)
        tx.publish(KeyRotationFinished(key_id=key_id, successor_id=old.rotated_to))
        detail = {"name": old.name, "would_have_ended_at": old.grace_ends_at}
        await audit.record(tx, "keys.rotation_finished", f"key:{key_id}", detail)
        tell_after(tx)
    return keys.listed(msgspec.structs.replace(old, **values), ctx.now)


async def cancel_rotation(ctx: Context, key_id: UUID) -> ListedKey:
    """The old key goes on as before it was replaced, and its successor is revoked.

    Raises:
        KeyNotFound: this shop has no such key.
        KeyNotInGrace: it is not being replaced, or its time is over.
        KeyAlreadyRotated: the successor has been replaced itself; finish instead.
    """
    async with ctx.transaction() as tx:
        old = await locked(tx, key_id)
        _check_grace(old, ctx.now)
        if old.rotated_to is not None:
            await _withdraw(tx, old.rotated_to)
        values = {
            "rotated_at": None,
            "rotated_to": None,
            "grace_ends_at": None,
            "brown_out_percent": 0,
        }
        await repository.set_columns(tx, key_id, values)
        tx.publish(KeyRotationCancelled(key_id=key_id, successor_id=old.rotated_to))
        detail = {"name": old.name, "successor_id": str(old.rotated_to)}
        await audit.record(tx, "keys.rotation_cancelled", f"key:{key_id}", detail)
        tell_after(tx)
    return keys.listed(msgspec.structs.replace(old, **values), ctx.now)


async def _withdraw(tx: Transaction, successor_id: UUID) -> None:
    new = await locked(tx, successor_id)
    if new.rotated_to is not None:
        raise KeyAlreadyRotated(f"the successor {successor_id} has one of its own")
    if new.revoked_at is None:
        await revoke(tx, new, CANCELLED)


async def set_brown_out(ctx: Context, key_id: UUID, percent: int) -> ListedKey:
    """So many of a hundred requests with the old key are refused until its end; 0 for none.

    Raises:
        KeyNotFound: this shop has no such key.
        KeyNotInGrace: it is not being replaced, or its time is over.
    """
    async with ctx.transaction() as tx:
        old = await locked(tx, key_id)
        _check_grace(old, ctx.now)
        if percent != old.brown_out_percent:
            await repository.set_columns(tx, key_id, {"brown_out_percent": percent})
            tx.publish(KeyChanged(key_id=key_id, fields=["brown_out_percent"]))
            detail = {"name": old.name, "percent": percent}
            await audit.record(tx, "keys.brown_out_set", f"key:{key_id}", detail)
            tell_after(tx)
    return keys.listed(msgspec.structs.replace(old, brown_out_percent=percent), ctx.now)


async def rotation_of(ctx: Context, key_id: UUID, quiet_hours: int = QUIET_HOURS) -> RotationView:
    """How far the replacing of a key is, and whether it is safe to finish.

    Of who uses the old key only what came after it was replaced is told; of the rest `list_uses`.

    Raises:
        KeyNotFound: this shop has no such key.
        KeyNotInGrace: it was never replaced.
    """
    old = await get_key(ctx, key_id)
    if old.grace_ends_at is None:
        raise KeyNotInGrace(f"the key {key_id} is not being replaced")
    found = await repository.keys_with_ids(ctx, [old.rotated_to]) if old.rotated_to else []
    new = keys.listed(found[0], ctx.now) if found else None
    since = old.rotated_at or old.created_at
    return RotationView(
        old=old,
        new=new,
        verdict=verdict(
            old.last_used_at,
            new.last_used_at if new else None,
            since,
            ctx.now,
            timedelta(hours=quiet_hours),
        ),
        quiet_hours=quiet_hours,
        still_used_by=await usage.used_since(ctx, key_id, since, MOST_SHOWN),
    )


def _check_grace(key: Key, now: datetime) -> None:
    if state_at(key.life, now) != "grace":
        raise KeyNotInGrace(f"the key {key.key_id} is {key.status_at(now)}")
