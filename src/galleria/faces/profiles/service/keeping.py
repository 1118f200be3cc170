"""Profiles as a shop keeps them: the four that are always there, changed or not, and its own."""

from collections.abc import AsyncIterator

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.faces.profiles import repository
from galleria.faces.profiles.errors import ProfileBuiltIn, ProfileNotFound, TooManyProfiles
from galleria.faces.profiles.events import ProfileChanged
from galleria.faces.profiles.model.profiles import (
    BUILT_IN,
    MOST_PROFILES,
    Profile,
    ProfileDraft,
    check,
)
from galleria.foundation.errors import PreconditionFailed
from galleria.platform import audit, changes, tenants

_KIND = "channel_profile"


async def list_profiles(reader: Reader) -> list[Profile]:
    """All of the shop's profiles: the built-in ones first, then its own by code."""
    kept = {
        each.profile.code: each.profile
        for each in await repository.everything(reader)
        if not each.is_removed
    }
    built_in = [kept.pop(code, known) for code, known in BUILT_IN.items()]
    return [*built_in, *kept.values()]


async def get_profile(reader: Reader, code: str) -> Profile:
    """The profile of this code. Raises ProfileNotFound."""
    for each in await list_profiles(reader):
        if each.code == code:
            return each
    raise ProfileNotFound(f"no profile {code[:80]!r}")


async def put_profile(ctx: Context, draft: ProfileDraft, expected: int | None = None) -> Profile:
    """The shop has this profile, new or in the place of the one with its code. Safe to repeat.

    Args:
        ctx: the shop.
        draft: all of it.
        expected: the version it takes the place of, 0 for none or a built-in one as it came.

    Raises:
        InvalidProfile: it cannot be.
        ChannelNotFound: the shop has no such sales channel.
        TooManyProfiles: the shop has as many as it may have.
        PreconditionFailed: it has another version than expected.
    """
    check(draft)
    if draft.channel is not None:
        await tenants.channel_of(ctx, draft.channel)
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        kept = {each.profile.code: each for each in await repository.everything(tx)}
        there = kept.get(draft.code)
        before = None if there is None or there.is_removed else there.profile
        _expect(expected, before)
        if before is not None and before.draft == draft:
            return before
        alive = {code for code, each in kept.items() if not each.is_removed} | {*BUILT_IN}
        if draft.code not in alive and len(alive) >= MOST_PROFILES:
            raise TooManyProfiles(f"a shop has at most {MOST_PROFILES} profiles")
        made = _versioned(draft, 1 if there is None else there.profile.version + 1, tx)
        await repository.save(tx, made)
        earlier = before or BUILT_IN.get(draft.code)
        await _tell(tx, earlier, made, "created" if earlier is None else "changed")
    return made


async def remove_profile(ctx: Context, code: str, expected: int | None = None) -> None:
    """A profile of the shop's own is gone: who asks for it is told that there is none.

    Raises:
        ProfileNotFound: there is none of this code.
        ProfileBuiltIn: it cannot go; see `restore_profile`.
        PreconditionFailed: it has another version than expected.
    """
    if code in BUILT_IN:
        raise ProfileBuiltIn(f"{code} is always there; restore it to what it was at the beginning")
    async with ctx.transaction() as tx:
        before = await _locked(tx, code, expected)
        gone = _versioned(before.draft, before.version + 1, tx)
        await repository.save(tx, gone, is_removed=True)
        await _tell(tx, before, gone, "removed")


async def restore_profile(ctx: Context, code: str) -> Profile:
    """A built-in profile is as it came. Safe to repeat.

    Raises:
        ProfileNotFound: no built-in profile has this code.
    """
    if code not in BUILT_IN:
        raise ProfileNotFound(f"no built-in profile {code[:80]!r}")
    async with ctx.transaction() as tx:
        before = await _locked(tx, code, None)
        if before.draft == BUILT_IN[code].draft:
            return before
        made = _versioned(BUILT_IN[code].draft, before.version + 1, tx)
        await repository.save(tx, made)
        await _tell(tx, before, made, "restored")
    return made


async def export_profiles(ctx: Context) -> AsyncIterator[bytes]:
    """Each profile as a line of JSON, the built-in ones as the shop has them."""
    for each in await list_profiles(ctx):
        yield msgspec.json.encode(each) + b"\n"


async def erase_profiles(ctx: Context) -> None:
    """The shop has no profiles of its own any more."""
    async with ctx.transaction() as tx:
        await repository.delete_all(tx)


async def _locked(tx: Transaction, code: str, expected: int | None) -> Profile:
    await repository.lock(tx)
    before = await get_profile(tx, code)
    _expect(expected, before)
    return before


def _expect(expected: int | None, before: Profile | None) -> None:
    version = 0 if before is None else before.version
    if expected not in (None, version):
        raise PreconditionFailed(f"the profile has version {version} now")


def _versioned(draft: ProfileDraft, version: int, tx: Transaction) -> Profile:
    said = {name: getattr(draft, name) for name in ProfileDraft.__struct_fields__}
    return Profile(**said, version=version, updated_at=tx.now)


async def _tell(tx: Transaction, before: Profile | None, after: Profile, act: str) -> None:
    was = None if before is None else msgspec.to_builtins(before.draft)
    now = None if act == "removed" else msgspec.to_builtins(after.draft)
    await changes.record(tx, _KIND, after.code, after.version, was, now)
    await audit.record(tx, f"profiles.profile_{act}", f"profile:{after.code}", {"name": after.name})
    tx.publish(ProfileChanged(code=after.code, version=after.version, act=act))
