"""Whose key, or pass, was sent, and whether it opens: asked with every request.

What is known of a key stays in this process for seconds; its end counts to the instant all the
same, since time is looked at each time and not when it is remembered.
"""

from random import random
from uuid import UUID

import msgspec

from galleria.engines.context import HOUSE, Actor, Context, tenant_of
from galleria.foundation.ids import TokenParts, read_token, token_hash
from galleria.platform.access.errors import (
    KeyAddressNotAllowed,
    KeyNotFound,
    KeyOriginNotAllowed,
    KeyRefused,
)
from galleria.platform.access.model import passes, scopes
from galleria.platform.access.model.guarding import Caller, Guard, Headers, KnownKey
from galleria.platform.access.model.keys import (
    ALL_TOKEN_KINDS,
    CODES,
    KEPT_FOR_S,
    KeyAnswer,
    status_of,
)
from galleria.platform.access.model.passes import Pass
from galleria.platform.access.repository import keys as repository
from galleria.platform.access.service import canaries
from galleria.platform.access.service.using import note_use

LEAST_FOREIGN, MOST_FOREIGN = 20, 300  # characters: what is shorter could be guessed
NOWHERE = Caller()
_REFUSALS = (KeyRefused, KeyAddressNotAllowed, KeyOriginNotAllowed)


class Admission(msgspec.Struct, frozen=True):
    """Who acts, and what is known of their key."""

    actor: Actor
    guard: Guard

    @property
    def headers(self) -> Headers:
        """What the answer says of a key that is being replaced."""
        return self.guard.headers


def read_key(text: str) -> TokenParts | None:
    """What `text` is as a key of ours; None when it is none. Asks no database."""
    return read_token(text, *ALL_TOKEN_KINDS)


def is_foreign(text: str) -> bool:
    """Whether a text may be a key that another system made."""
    return LEAST_FOREIGN <= len(text) <= MOST_FOREIGN and not text.startswith("gal_")


async def admit(ctx: Context, text: str, caller: Caller) -> Admission | None:
    """Who acts with this key; None when it is unknown, of another shop, or a trap.

    Its use is counted. From the text alone nothing is believed: the shop is the one of `ctx`.

    Args:
        ctx: the tenant that the token, the address or the header names, with no actor yet.
        text: the key as sent.
        caller: where it was sent from.

    Raises:
        KeyIsExpired, KeyIsRevoked, KeyGraceIsOver, KeyIsDisabled, KeyInBrownOut,
        KeyAddressNotAllowed, KeyOriginNotAllowed: it is a key of this shop that does not open now.
    """
    parts = read_key(text)
    if parts is None:
        if not is_foreign(text):
            return None
    elif parts.tenant_id != ctx.tenant.tenant_id or (
        # Not that it could be: no shop turns from one into the other. But if one ever did.
        parts.is_test and not ctx.tenant.is_sandbox
    ):
        return None
    found = await _by_hash(ctx, token_hash(text))
    return found if found is not None and _let_by(ctx, found.guard, caller) else None


async def admit_pass(ctx: Context, given: Pass, caller: Caller) -> Admission | None:
    """Who acts with this pass: its key, with no other right than to search, and with what the pass
    says; None when the key is unknown, of another shop, a trap or may not search, or has not signed
    it. To whatever the key is bound, the pass is too.

    Raises:
        As `admit`.
        PassExpired: it has ended.
        PassUnreadable: it does not say when it ends.
    """
    if given.tenant_id != ctx.tenant.tenant_id:
        return None
    found = await _by_id(ctx, given.key_id)
    if found is None or not given.is_signed_with(found.guard.key.key_hash):
        return None
    if not _let_by(ctx, found.guard, caller) or not found.actor.may(scopes.SEARCH_SCOPE):
        return None
    says = passes.what_it_says(given, ctx.now)
    searcher = msgspec.structs.replace(found.actor, scopes=scopes.ONLY_SEARCH, says=says)
    return Admission(searcher, found.guard)


async def admit_again(ctx: Context, key_id: UUID) -> Admission:
    """Who acts with this key, for a request that was let in once and is sent again from inside. To
    what the key is bound was asked then; it is not counted as a use.

    Raises:
        KeyNotFound: this shop has no such key.
        KeyIsExpired, KeyIsRevoked, KeyGraceIsOver, KeyIsDisabled: it opens nothing now.
    """
    found = await _by_id(ctx, key_id)
    if found is None:
        raise KeyNotFound(f"no key {key_id}")
    found.guard.check_time(ctx.now)
    return found


async def actor_of_key(ctx: Context, text: str) -> Actor | None:
    """Who acts with this key, wherever it is sent from; None when it opens nothing, for whatever
    reason. A key that is bound to networks or origins opens nothing here."""
    try:
        admitted = await admit(ctx, text, NOWHERE)
    except _REFUSALS:
        return None
    return None if admitted is None else admitted.actor


async def actor_of_pass(ctx: Context, given: Pass) -> Actor | None:
    """The same for a pass.

    Raises:
        PassExpired, PassUnreadable: see `admit_pass`.
    """
    try:
        admitted = await admit_pass(ctx, given, NOWHERE)
    except _REFUSALS:
        return None
    return None if admitted is None else admitted.actor


async def answer_for_key(ctx: Context, text: str) -> KeyAnswer:
    """What a key is, for whoever has its text; `NOT_FOUND` for all that is none, and for traps.

    Args:
        ctx: the house, or the shop whose key another system has made.
        text: what somebody takes for a key.
    """
    found = await place_of(ctx, text)
    if found is None or found[1].key.is_canary:
        return KeyAnswer(code="NOT_FOUND")
    guard = found[1]
    return KeyAnswer(
        code=CODES[status_of(guard.life, guard.key.disabled_at, ctx.now)],
        key_id=guard.key.key_id,
        kind=guard.key.kind,
        scopes=guard.key.scopes,
        ends_at=guard.life.ends_at,
        replaced_at=guard.key.rotated_at,
        requests_per_minute=guard.key.requests_per_minute,
    )


async def place_of(ctx: Context, text: str) -> tuple[Context, Guard] | None:
    """The shop of the key with this text, and what is known of it, dead ones too; one of another
    system's making is looked for in `ctx` itself, if that is a shop."""
    parts = read_key(text)
    inside = ctx
    if parts is not None and parts.tenant_id != ctx.tenant.tenant_id:
        entry = await ctx.engines.sql.directory.by_id(parts.tenant_id)
        if entry is None:
            return None
        inside = ctx.for_tenant(tenant_of(entry))
    elif parts is None and (not is_foreign(text) or ctx.tenant == HOUSE):
        return None
    found = await _by_hash(inside, token_hash(text))
    return None if found is None else (inside, found.guard)


def _let_by(ctx: Context, guard: Guard, caller: Caller) -> bool:
    """True when the key opens; False for a trap. Whoever comes from where it may be used counts."""
    if guard.key.is_canary:
        canaries.note_alarm(ctx, guard.key.key_id, caller)
        return False
    guard.check_time(ctx.now)
    guard.check_caller(caller)
    note_use(ctx, guard.key.key_id, caller)
    if guard.key.brown_out_percent:
        guard.check_brown_out(random())  # noqa: S311 - which request is refused is no secret
    return True


def _admission_of(key: KnownKey) -> Admission:
    actor = Actor(
        "key",
        str(key.key_id),
        frozenset(key.scopes),
        requests_per_minute=key.requests_per_minute,
        profile=key.profile,
        profile_is_fixed=key.profile_is_fixed,
        location=key.location,
    )
    return Admission(actor, Guard(key))


async def _by_hash(ctx: Context, key_hash: bytes) -> Admission | None:
    nearby, tenant_id = ctx.engines.nearby, ctx.tenant.tenant_id
    place = (tenant_id, "access.key", key_hash)
    known: Admission | None = nearby.get(place)
    if known is None:
        generation = nearby.generation(tenant_id)
        found = await repository.find_by_hash(ctx, key_hash)
        if found is not None:
            known = _admission_of(found)
            nearby.keep(place, known, KEPT_FOR_S, generation)
    return known


async def _by_id(ctx: Context, key_id: UUID) -> Admission | None:
    nearby, tenant_id = ctx.engines.nearby, ctx.tenant.tenant_id
    place = (tenant_id, "access.key_id", key_id)
    known: Admission | None = nearby.get(place)
    if known is None:
        generation = nearby.generation(tenant_id)
        found = await repository.find_known(ctx, key_id)
        if found is not None:
            known = _admission_of(found)
            nearby.keep(place, known, KEPT_FOR_S, generation)
    return known
