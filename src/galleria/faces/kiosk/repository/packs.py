"""SQL of packs and of the keys they are signed with."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.faces.kiosk.model.packs import Edition, Jws, Pack
from galleria.faces.kiosk.model.signing import SigningKey

_KEY = ", ".join(SigningKey.__struct_fields__)
_PACK = "pack_id, said, asked_at, made_at, expires_at, part_count, manifest"


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else makes a key of the shop, or asks for a pack."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('kiosk.pack'), $1)")


async def keys(reader: Reader) -> list[SigningKey]:
    """All keys, the newest first."""
    rows = await reader.read(
        f"SELECT {_KEY} FROM kiosk.signing_key WHERE tenant_id = $1 ORDER BY key_id DESC"
    )
    return [SigningKey(**row) for row in rows]


async def add_key(tx: Transaction, key: SigningKey) -> None:
    """The key signs from now on."""
    await tx.execute(
        f"INSERT INTO kiosk.signing_key (tenant_id, {_KEY}) VALUES ($1, $2, $3, $4, $5, $6)",
        *msgspec.structs.astuple(key),
    )


async def end_keys(tx: Transaction, grace_ends_at: datetime) -> None:
    """The keys that sign at present sign no more, and are believed until then."""
    await tx.execute(
        "UPDATE kiosk.signing_key SET grace_ends_at = $2"
        " WHERE tenant_id = $1 AND grace_ends_at IS NULL",
        grace_ends_at,
    )


async def delete_ended_keys(tx: Transaction, now: datetime) -> None:
    """Keys that nobody believes any more are gone."""
    await tx.execute(
        "DELETE FROM kiosk.signing_key WHERE tenant_id = $1 AND grace_ends_at <= $2", now
    )


async def newest(reader: Reader, edition: Edition) -> list[Pack]:
    """The last pack of an edition that is there, if there is one, and the one being made."""
    rows = await reader.read(
        f"(SELECT {_PACK} FROM kiosk.pack WHERE tenant_id = $1 AND edition = $2"
        " AND made_at IS NOT NULL ORDER BY pack_id DESC LIMIT 1) UNION ALL"
        f" (SELECT {_PACK} FROM kiosk.pack WHERE tenant_id = $1 AND edition = $2"
        " AND made_at IS NULL ORDER BY pack_id DESC LIMIT 1)",
        edition.text,
    )
    return [_pack(row) for row in rows]


async def find(reader: Reader, pack_id: UUID) -> Pack | None:
    """The pack."""
    row = await reader.read_row(
        f"SELECT {_PACK} FROM kiosk.pack WHERE tenant_id = $1 AND pack_id = $2", pack_id
    )
    return None if row is None else _pack(row)


async def ask(tx: Transaction, pack_id: UUID, edition: Edition) -> None:
    """The pack is to be made."""
    await tx.execute(
        "INSERT INTO kiosk.pack (tenant_id, pack_id, edition, said, asked_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        pack_id,
        edition.text,
        msgspec.to_builtins(edition),
        tx.now,
    )


async def finish(
    tx: Transaction, pack_id: UUID, manifest: Jws, part_count: int, expires_at: datetime
) -> None:
    """The pack is there."""
    await tx.execute(
        "UPDATE kiosk.pack SET made_at = $3, expires_at = $4, part_count = $5, manifest = $6"
        " WHERE tenant_id = $1 AND pack_id = $2 AND made_at IS NULL",
        pack_id,
        tx.now,
        expires_at,
        part_count,
        msgspec.to_builtins(manifest),
    )


async def old(reader: Reader, asked_before: datetime, limit: int) -> list[UUID]:
    """Packs that were asked for before then."""
    rows = await reader.read(
        "SELECT pack_id FROM kiosk.pack WHERE tenant_id = $1 AND asked_at < $2"
        " ORDER BY asked_at LIMIT $3",
        asked_before,
        limit,
    )
    return [row["pack_id"] for row in rows]


async def delete(tx: Transaction, pack_id: UUID) -> None:
    """The pack is not there."""
    await tx.execute("DELETE FROM kiosk.pack WHERE tenant_id = $1 AND pack_id = $2", pack_id)


async def delete_all(tx: Transaction) -> None:
    """The shop has neither packs nor keys to sign them."""
    await tx.execute("DELETE FROM kiosk.pack WHERE tenant_id = $1")
    await tx.execute("DELETE FROM kiosk.signing_key WHERE tenant_id = $1")


def _pack(row: Any) -> Pack:
    manifest = row["manifest"]
    return Pack(
        pack_id=row["pack_id"],
        edition=msgspec.convert(row["said"], Edition),
        asked_at=row["asked_at"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        part_count=row["part_count"],
        manifest=None if manifest is None else msgspec.convert(manifest, Jws),
    )
