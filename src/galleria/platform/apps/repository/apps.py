"""Apps and their secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Record, Transaction
from galleria.platform.apps.model.apps import App, Code, Signing
from galleria.platform.apps.model.manifest import Manifest

_FIELDS = App.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_DOCUMENTS = frozenset({"manifest", "pending"})
_PARTS = Signing.__struct_fields__
_SIGNING = "signing_sealed AS newest, old_signing_sealed AS old, old_signing_ends_at AS old_ends_at"


def _app_of(row: Record) -> App:
    values: dict[str, Any] = {name: row[name] for name in _FIELDS}
    for name in _DOCUMENTS:
        values[name] = None if values[name] is None else msgspec.convert(values[name], Manifest)
    return App(**values)


async def lock_all(tx: Transaction) -> int:
    """How many apps the shop has; until the commit nobody adds one or takes a name."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('apps.app'), $1)")
    count: int = await tx.fetch_value("SELECT count(*) FROM apps.app WHERE tenant_id = $1")
    return count


async def add(tx: Transaction, app: App, secret_hash: bytes) -> None:
    """The app is there, and proves itself by the secret of this hash."""
    await tx.execute(
        f"INSERT INTO apps.app (tenant_id, {_COLUMNS}, namespace, secret_hash)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
        " $16, $17)",
        *_values(app),
        app.manifest.metafield_namespace,
        secret_hash,
    )


async def save(tx: Transaction, app: App) -> None:
    """The row says what the app says."""
    columns = ", ".join(f"{name} = ${place + 3}" for place, name in enumerate(_FIELDS[1:]))
    await tx.execute(
        f"UPDATE apps.app SET {columns}, namespace = ${len(_FIELDS) + 2}"
        " WHERE tenant_id = $1 AND app_id = $2",
        *_values(app),
        app.manifest.metafield_namespace,
    )


async def save_signing(tx: Transaction, app_id: UUID, sealed: bytes) -> None:
    """What is sent to the app is signed with this and nothing else from now on."""
    await tx.execute(
        "UPDATE apps.app SET signing_sealed = $3, old_signing_sealed = NULL,"
        " old_signing_ends_at = NULL WHERE tenant_id = $1 AND app_id = $2",
        app_id,
        sealed,
    )


async def replace_signing(
    tx: Transaction, app_id: UUID, sealed: bytes, old_ends_at: datetime
) -> None:
    """What is sent to the app is signed with this from now on, and with the one that signed until
    now for as long as is said."""
    await tx.execute(
        "UPDATE apps.app SET old_signing_sealed = signing_sealed, old_signing_ends_at = $4,"
        " signing_sealed = $3 WHERE tenant_id = $1 AND app_id = $2",
        app_id,
        sealed,
        old_ends_at,
    )


async def replace_secret(tx: Transaction, app_id: UUID, secret_hash: bytes) -> None:
    """The app proves itself by the secret of this hash from now on."""
    await tx.execute(
        "UPDATE apps.app SET secret_hash = $3 WHERE tenant_id = $1 AND app_id = $2",
        app_id,
        secret_hash,
    )


async def signing_of(reader: Reader, app_id: UUID) -> Signing | None:
    """What is sent to the app is signed with this; None before it is installed."""
    row = await reader.read_row(
        f"SELECT {_SIGNING} FROM apps.app WHERE tenant_id = $1 AND app_id = $2"
        " AND signing_sealed IS NOT NULL",
        app_id,
    )
    return None if row is None else Signing(**row)


async def find(reader: Reader, app_id: UUID, *, lock: bool = False) -> App | None:
    """The app; with `lock`, nobody else changes it until the commit."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM apps.app WHERE tenant_id = $1 AND app_id = $2"
        + (" FOR UPDATE" if lock else ""),
        app_id,
    )
    return None if row is None else _app_of(row)


async def find_client(reader: Reader, client_id: str) -> tuple[App, bytes] | None:
    """The app of this client id, and the hash of its secret."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS}, secret_hash FROM apps.app WHERE tenant_id = $1 AND client_id = $2",
        client_id,
    )
    return None if row is None else (_app_of(row), row["secret_hash"])


async def taken_names(reader: Reader, app_id: UUID, handle: str, namespace: str | None) -> set[str]:
    """Which of `handle` and `namespace` another app than this one has."""
    rows = await reader.read(
        "SELECT handle, namespace FROM apps.app WHERE tenant_id = $1 AND app_id <> $2"
        " AND (handle = $3 OR namespace = $4)",
        app_id,
        handle,
        namespace,
    )
    return {
        name
        for row in rows
        for name, value in (("handle", handle), ("namespace", namespace))
        if value is not None and row[name] == value
    }


async def every(reader: Reader) -> list[App]:
    """All apps of the shop, the oldest first; a shop has few."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM apps.app WHERE tenant_id = $1 ORDER BY app_id"
    )
    return [_app_of(row) for row in rows]


async def namespaces(reader: Reader) -> dict[str, list[UUID]]:
    """The keys of the installed apps that have a namespace, by that; and under "" those of the
    others."""
    rows = await reader.read(
        "SELECT namespace, key_ids FROM apps.app WHERE tenant_id = $1 AND status = 'installed'"
    )
    found: dict[str, list[UUID]] = {}
    for row in rows:
        found.setdefault(row["namespace"] or "", []).extend(row["key_ids"])
    return found


async def with_rules(reader: Reader) -> list[tuple[App, Signing]]:
    """The installed apps that are asked at checkout, and what their questions are signed with."""
    rows = await reader.read(
        f"SELECT {_COLUMNS}, {_SIGNING} FROM apps.app WHERE tenant_id = $1"
        " AND status = 'installed' AND manifest ->> 'checkout_rule' IS NOT NULL"
        " ORDER BY app_id"
    )
    return [(_app_of(row), Signing(**{each: row[each] for each in _PARTS})) for row in rows]


async def add_key(tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
    """Whose the key is, theirs is its successor."""
    await tx.execute(
        "UPDATE apps.app SET key_ids = key_ids || $3::uuid"
        " WHERE tenant_id = $1 AND $2 = ANY (key_ids)",
        key_id,
        successor_id,
    )


async def remove(tx: Transaction, app_id: UUID) -> None:
    """The app is gone, and so are codes that were not used."""
    await tx.execute("DELETE FROM apps.code WHERE tenant_id = $1 AND app_id = $2", app_id)
    await tx.execute("DELETE FROM apps.app WHERE tenant_id = $1 AND app_id = $2", app_id)


async def add_code(tx: Transaction, code_hash: bytes, code: Code) -> None:
    """The code of this hash is good until it ends or is used."""
    await tx.execute(
        "INSERT INTO apps.code (tenant_id, code_hash, app_id, redirect_uri, code_challenge,"
        " manifest, approved_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        code_hash,
        code.app_id,
        code.redirect_uri,
        code.code_challenge,
        code.manifest,
        code.approved_by,
        code.expires_at,
    )


async def lock_code(tx: Transaction, code_hash: bytes) -> Code | None:
    """The code, used or not; nobody else uses it until the commit."""
    row = await tx.fetch_row(
        f"SELECT {', '.join(Code.__struct_fields__)} FROM apps.code"
        " WHERE tenant_id = $1 AND code_hash = $2 FOR UPDATE",
        code_hash,
    )
    if row is None:
        return None
    return Code(**{**row, "manifest": msgspec.convert(row["manifest"], Manifest)})


async def use_code(tx: Transaction, code_hash: bytes) -> None:
    """The code is used up."""
    await tx.execute(
        "UPDATE apps.code SET used_at = $3 WHERE tenant_id = $1 AND code_hash = $2",
        code_hash,
        tx.now,
    )


async def delete_codes(tx: Transaction, until: datetime) -> None:
    """Codes that ended before `until` are gone."""
    await tx.execute("DELETE FROM apps.code WHERE tenant_id = $1 AND expires_at < $2", until)


async def delete_everything(tx: Transaction) -> None:
    """The shop has no apps and never had."""
    for table in ("code", "app"):
        await tx.execute(f"DELETE FROM apps.{table} WHERE tenant_id = $1")


def _values(app: App) -> Sequence[object]:
    return [getattr(app, name) for name in _FIELDS]
