"""SQL of API keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.platform.access.model.guarding import KnownKey
from galleria.platform.access.model.keys import Key, KeyFilter

NEWEST = UUID(int=2**128 - 1)  # above every id there will be: a list without a cursor starts here
_COLUMNS = Key.__struct_fields__
_KEY = ", ".join(_COLUMNS)
_KNOWN = ", ".join(KnownKey.__struct_fields__)


async def add_key(tx: Transaction, key: Key, key_hash: bytes) -> bool:
    """The key opens what its scopes say as soon as this commits; False when its hash is taken."""
    places = ", ".join(f"${place}" for place, _ in enumerate(_COLUMNS, 3))
    return bool(
        await tx.execute(
            f"INSERT INTO access.api_key (tenant_id, key_hash, {_KEY}) VALUES ($1, $2, {places})"
            " ON CONFLICT (tenant_id, key_hash) DO NOTHING",
            key_hash,
            *(getattr(key, name) for name in _COLUMNS),
        )
    )


async def find_key(reader: Reader, key_id: UUID) -> Key | None:
    """The key, dead or alive."""
    row = await reader.read_row(
        f"SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id = $2", key_id
    )
    return None if row is None else Key(**row)


async def keys_before(
    reader: Reader, before: UUID, count: int, wanted: KeyFilter, now: datetime
) -> list[Key]:
    """At most `count` keys made before `before`, the newest first."""
    rows = await reader.read(
        f"SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id < $2"
        " AND ($4 = '' OR $4 = ANY(scopes))"
        " AND ($5 = '' OR strpos(lower(name), lower($5)) > 0)"
        " AND (NOT $6 OR (revoked_at IS NULL AND coalesce(expires_at > $7, true)"
        " AND coalesce(grace_ends_at > $7, true)))"
        " ORDER BY key_id DESC LIMIT $3",
        before,
        count,
        wanted.scope,
        wanted.name,
        wanted.is_alive,
        now,
    )
    return [Key(**row) for row in rows]


async def keys_with_ids(reader: Reader, key_ids: Sequence[UUID]) -> list[Key]:
    """Those of the keys that there are, dead ones too."""
    rows = await reader.read(
        f"SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id = ANY($2)", key_ids
    )
    return [Key(**row) for row in rows]


async def lock_key(tx: Transaction, key_id: UUID) -> Key | None:
    """The key, and nobody else changes it until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id = $2 FOR UPDATE",
        key_id,
    )
    return None if row is None else Key(**row)


async def set_columns(tx: Transaction, key_id: UUID, values: Mapping[str, Any]) -> None:
    """These columns of the key hold these values."""
    assert values and set(values) <= {*_COLUMNS, "warned_days"}, "columns of ours only"
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 3))
    await tx.execute(
        f"UPDATE access.api_key SET {assignments} WHERE tenant_id = $1 AND key_id = $2",
        key_id,
        *values.values(),
    )


async def find_by_hash(reader: Reader, key_hash: bytes) -> KnownKey | None:
    """The key with this hash, dead or alive."""
    row = await reader.read_row(
        f"SELECT {_KNOWN} FROM access.api_key WHERE tenant_id = $1 AND key_hash = $2", key_hash
    )
    return None if row is None else KnownKey(**row)


async def find_known(reader: Reader, key_id: UUID) -> KnownKey | None:
    """The same by its id, as passes name it."""
    row = await reader.read_row(
        f"SELECT {_KNOWN} FROM access.api_key WHERE tenant_id = $1 AND key_id = $2", key_id
    )
    return None if row is None else KnownKey(**row)


async def ending_before(reader: Reader, now: datetime, before: datetime, count: int) -> list[Key]:
    """At most `count` keys that end between two instants by time or by replacement, soonest first.

    Traps are left out: they open nothing before either.
    """
    rows = await reader.read(
        f"SELECT {_KEY} FROM ((SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1"
        " AND revoked_at IS NULL AND expires_at > $2 AND expires_at <= $3 AND NOT is_canary"
        " ORDER BY expires_at LIMIT $4)"
        f" UNION (SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1"
        " AND revoked_at IS NULL AND grace_ends_at > $2 AND grace_ends_at <= $3 AND NOT is_canary"
        " ORDER BY grace_ends_at LIMIT $4)) AS ending"
        " ORDER BY least(expires_at, grace_ends_at), key_id LIMIT $4",
        now,
        before,
        count,
    )
    return [Key(**row) for row in rows]


async def lock_unwarned(
    tx: Transaction, before: datetime, count: int
) -> list[tuple[Key, int | None]]:
    """Keys that expire before an instant, with the last warning each had; locked.

    Those with a grace window are left out: somebody is replacing them and sees its end.
    """
    rows = await tx.fetch(
        f"SELECT {_KEY}, warned_days FROM access.api_key WHERE tenant_id = $1"
        " AND revoked_at IS NULL AND expires_at > $2 AND expires_at <= $3 AND NOT is_canary"
        " AND grace_ends_at IS NULL AND (warned_days IS NULL OR warned_days >"
        " CASE WHEN expires_at <= $2 + interval '1 day' THEN 1"
        " WHEN expires_at <= $2 + interval '3 days' THEN 3 ELSE 14 END)"
        " ORDER BY expires_at LIMIT $4 FOR UPDATE SKIP LOCKED",
        tx.now,
        before,
        count,
    )
    return [(Key(**{name: row[name] for name in _COLUMNS}), row["warned_days"]) for row in rows]


async def note_last_use(tx: Transaction, used: Mapping[UUID, datetime]) -> None:
    """The keys were last used then, unless a later use is known."""
    await tx.execute(
        "UPDATE access.api_key AS k SET last_used_at = u.used_at"
        " FROM (SELECT * FROM unnest($2::uuid[], $3::timestamptz[]) AS t (key_id, used_at)"
        " ORDER BY key_id) AS u"
        " WHERE k.tenant_id = $1 AND k.key_id = u.key_id"
        " AND (k.last_used_at IS NULL OR k.last_used_at < u.used_at)",
        list(used),
        list(used.values()),
    )


async def key_rows_after(reader: Reader, after: UUID, count: int) -> list[Key]:
    """At most `count` keys above an id, for taking all of them along."""
    rows = await reader.read(
        f"SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id > $2"
        " ORDER BY key_id LIMIT $3",
        after,
        count,
    )
    return [Key(**row) for row in rows]


async def delete_all(tx: Transaction) -> None:
    """The tenant has no key."""
    await tx.execute("DELETE FROM access.api_key WHERE tenant_id = $1")
