"""Texts that somebody has found where anyone can read them: which are keys, and what is done."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from galleria.engines.cache import CacheKey, CacheUnavailable
from galleria.engines.context import HOUSE, SYSTEM, Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.rotation import grace_end, opens_at
from galleria.platform import audit
from galleria.platform.access.errors import TooManyReports
from galleria.platform.access.events import KeyLeaked
from galleria.platform.access.model.guarding import Caller
from galleria.platform.access.model.keys import Key
from galleria.platform.access.model.leaks import (
    MOST_TOKENS,
    FoundToken,
    LeakPolicy,
    Outcome,
    TokenVerdict,
)
from galleria.platform.access.repository import keys as repository
from galleria.platform.access.repository import policies
from galleria.platform.access.service import canaries
from galleria.platform.access.service.admitting import place_of
from galleria.platform.access.service.keys import locked, revoke
from galleria.platform.access.service.news import tell_after

LEAKED = "leaked"
MOST_A_MINUTE = 3_000  # texts of one address: a scanner's batches, and no search for keys
MOST_OF_ALL = 30_000
_WINDOW_S = 60.0


async def take_reports(
    ctx: Context, found: Sequence[FoundToken], address: str
) -> list[TokenVerdict]:
    """For each text whether it is a credential of this house; those that are, are dealt with as
    their shop wants. Safe to repeat.

    Whoever reports is not asked who they are: they have the text, so whatever it opens is open to
    them already. Texts that are none, or of no shop, are answered in the same shape.

    Args:
        ctx: the house.
        found: at most 100.
        address: of whoever reports.

    Raises:
        InvalidInput: no text, or more than 100.
        TooManyReports: this address, or all together, have sent too many within a minute.
    """
    if not 1 <= len(found) <= MOST_TOKENS:
        message = f"send 1 to {MOST_TOKENS} texts"
        raise InvalidInput(message, errors=[FieldError("", "invalid_length", message)])
    await charge(ctx, address, len(found))
    verdicts = []
    for each in found:
        is_ours = await _deal_with(ctx, each, address)
        digest = hashlib.sha256(each.token.encode()).digest()
        verdicts.append(
            TokenVerdict(
                token_hash=base64.b64encode(digest).decode(),
                token_type=each.type,
                label="true_positive" if is_ours else "false_positive",
            )
        )
    return verdicts


async def charge(ctx: Context, address: str, count: int) -> None:
    """So many texts more were sent from there.

    Raises:
        TooManyReports: too many within a minute.
    """
    cache = ctx.engines.cache
    for name, most in ((address[:100], MOST_A_MINUTE), ("", MOST_OF_ALL)):
        place = CacheKey(HOUSE.tenant_id, "access.reports", name)
        try:
            reached = await cache.incr(place, _WINDOW_S, count)
        except CacheUnavailable:
            continue  # a leak is dealt with all the same; the door has bounds of its own
        if reached > most:
            raise TooManyReports(f"at most {most} texts a minute", retry_after_s=int(_WINDOW_S))


async def _deal_with(ctx: Context, found: FoundToken, address: str) -> bool:
    """Whether the text is a key that should be secret; then all is done that is to be done."""
    place = await place_of(ctx, found.token)
    if place is None:
        return False
    inside, guard = place[0].as_actor(SYSTEM), place[1]
    if guard.key.is_canary:
        canaries.note_alarm(inside, guard.key.key_id, Caller(address=address, agent="scanning"))
        return True
    if guard.key.kind == "publishable":
        return False  # it stands in pages for all to read, as it is meant to
    async with inside.transaction() as tx:
        key = await locked(tx, guard.key.key_id)
        if opens_at(key.life, inside.now):
            outcome = await _end(tx, key, await policies.leak_policy(tx))
            await _tell(tx, key, outcome, found)
    return True


async def _end(tx: Transaction, key: Key, policy: LeakPolicy) -> Outcome:
    """The key ends as the shop wants; one that is ending already does not end later than that."""
    if policy.on_leak == "revoke":
        await revoke(tx, key, LEAKED)
        return "revoked"
    if policy.on_leak == "warn":
        return "warned"
    ends_at = grace_end(key.life, tx.now, timedelta(seconds=policy.grace_s))
    if key.grace_ends_at is None or ends_at < key.grace_ends_at:
        values = {"grace_ends_at": ends_at, "rotated_at": key.rotated_at or tx.now}
        await repository.set_columns(tx, key.key_id, values)
        tell_after(tx)
    return "ending"


async def _tell(tx: Transaction, key: Key, outcome: Outcome, found: FoundToken) -> None:
    tx.publish(
        KeyLeaked(
            key_id=key.key_id, name=key.name, outcome=outcome, url=found.url, source=found.source
        )
    )
    detail = {"name": key.name, "outcome": outcome, "url": found.url, "source": found.source}
    await audit.record(tx, "keys.leaked", _subject(key.key_id), detail)


def _subject(key_id: UUID) -> str:
    return f"key:{key_id}"


async def get_leak_policy(ctx: Context) -> LeakPolicy:
    """What is done with keys of this shop that leak."""
    return await policies.leak_policy(ctx)


async def set_leak_policy(ctx: Context, policy: LeakPolicy) -> LeakPolicy:
    """This is done from now on."""
    async with ctx.transaction() as tx:
        await policies.set_leak_policy(tx, policy)
        detail = {"on_leak": policy.on_leak, "grace_s": policy.grace_s}
        await audit.record(tx, "keys.leak_policy_set", "keys:policy", detail)
    return policy
