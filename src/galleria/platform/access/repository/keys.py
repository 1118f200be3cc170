"""SQL of API keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.platform.access.model.keys import USED_EVERY, Key, KnownKey, SigningKey

_COLUMNS = Key.__struct_fields__
_KEY = ", ".join(_COLUMNS)
_KNOWN = ", ".join(KnownKey.__struct_fields__)


async def add_key(tx: Transaction, key: Key, key_hash: bytes) -> None:
    """The key opens what its scopes say as soon as this commits."""
    places = ", ".join(f"${place}" for place, _ in enumerate(_COLUMNS, 3))
    await tx.execute(
        f"INSERT INTO access.api_key (tenant_id, key_hash, {_KEY}) VALUES ($1, $2, {places})",
        key_hash,
        *(getattr(key, name) for name in _COLUMNS),
    )


async def keys_before(reader: Reader, before: UUID, count: int) -> list[Key]:
    """At most `count` keys made before `before`, the newest first, dead ones too."""
    rows = await reader.read(
        f"SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id < $2"
        " ORDER BY key_id DESC LIMIT $3",
        before,
        count,
    )
    return [Key(**row) for row in rows]


async def keys_with_ids(reader: Reader, key_ids: Sequence[UUID]) -> list[Key]:
    """Those of the keys that there are, dead ones too."""
    rows = await reader.read(
        f"SELECT {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id = ANY($2)", key_ids
    )
    return [Key(**row) for row in rows]


async def lock_key(tx: Transaction, key_id: UUID) -> tuple[Key, bytes] | None:
    """The key with its hash, and nobody else changes it until the commit."""
    row = await tx.fetch_row(
        f"SELECT key_hash, {_KEY} FROM access.api_key WHERE tenant_id = $1 AND key_id = $2"
        " FOR UPDATE",
        key_id,
    )
    if row is None:
        return None
    return Key(**{name: row[name] for name in _COLUMNS}), row["key_hash"]


async def revoke_key(tx: Transaction, key_id: UUID) -> None:
    """The key opens nothing from this commit on."""
    await tx.execute(
        "UPDATE access.api_key SET revoked_at = $3 WHERE tenant_id = $1 AND key_id = $2",
        key_id,
        tx.now,
    )


async def find_live_key(reader: Reader, key_hash: bytes, now: datetime) -> KnownKey | None:
    """The key with this hash, unless it is revoked or has expired by `now`."""
    row = await reader.read_row(
        f"SELECT {_KNOWN} FROM access.api_key WHERE tenant_id = $1 AND key_hash = $2"
        " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)",
        key_hash,
        now,
    )
    return None if row is None else KnownKey(**row)


async def find_signing_key(reader: Reader, key_id: UUID, now: datetime) -> SigningKey | None:
    """The key with what its passes are signed by, unless it is revoked or has expired by `now`."""
    row = await reader.read_row(
        f"SELECT {_KNOWN}, key_hash FROM access.api_key WHERE tenant_id = $1 AND key_id = $2"
        " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)",
        key_id,
        now,
    )
    return None if row is None else SigningKey(**row)


async def touch_key(tx: Transaction, key_id: UUID) -> None:
    """The key was used now, written at most once a minute whoever asks."""
    await tx.execute(
        "UPDATE access.api_key SET last_used_at = $3 WHERE tenant_id = $1 AND key_id = $2"
        " AND (last_used_at IS NULL OR last_used_at <= $4)",
        key_id,
        tx.now,
        tx.now - USED_EVERY,
    )
