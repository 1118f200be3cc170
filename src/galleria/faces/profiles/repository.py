"""SQL of the channel profiles."""

from typing import Any

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.faces.profiles.model.profiles import Profile, ProfileDraft

_COLUMNS = "code, document, version, updated_at, is_removed"


class Kept(msgspec.Struct, frozen=True):
    """A profile's row; one that is removed still has its last version."""

    profile: Profile
    is_removed: bool


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else changes the shop's profiles, so that their number holds."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('profiles.profile'), $1)")


async def everything(reader: Reader) -> list[Kept]:
    """All rows by code: the shop's own profiles and the built-in ones that it changed."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM profiles.profile WHERE tenant_id = $1 ORDER BY code"
    )
    return [_kept(row) for row in rows]


async def save(tx: Transaction, profile: Profile, *, is_removed: bool = False) -> None:
    """The profile is so."""
    await tx.execute(
        f"INSERT INTO profiles.profile (tenant_id, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (tenant_id, code) DO UPDATE SET document = EXCLUDED.document,"
        " version = EXCLUDED.version, updated_at = EXCLUDED.updated_at,"
        " is_removed = EXCLUDED.is_removed",
        profile.code,
        msgspec.to_builtins(profile.draft),
        profile.version,
        profile.updated_at,
        is_removed,
    )


async def delete_all(tx: Transaction) -> None:
    """The shop has no profiles of its own any more."""
    await tx.execute("DELETE FROM profiles.profile WHERE tenant_id = $1")


def _kept(row: Any) -> Kept:
    draft = msgspec.convert(row["document"], ProfileDraft)
    said = {name: getattr(draft, name) for name in ProfileDraft.__struct_fields__}
    return Kept(
        Profile(**said, version=row["version"], updated_at=row["updated_at"]), row["is_removed"]
    )
