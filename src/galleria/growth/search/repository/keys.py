"""SQL of what keys may search, and of whether others may."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.model.limits import KeyLimits, SearchSettings

NEWEST = UUID(int=2**128 - 1)  # above every id there will be
_COLUMNS = "key_id, limits, created_at"


async def add(tx: Transaction, made: KeyLimits) -> None:
    """The key may search no more than this."""
    await tx.execute(
        f"INSERT INTO search.key_limit (tenant_id, {_COLUMNS}) VALUES ($1, $2, $3, $4)",
        made.key_id,
        msgspec.to_builtins(made.limits),
        made.created_at,
    )


async def find(reader: Reader, key_ids: Sequence[UUID]) -> list[KeyLimits]:
    """Those of the keys that have limits."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM search.key_limit WHERE tenant_id = $1 AND key_id = ANY($2)",
        key_ids,
    )
    return [msgspec.convert(dict(row), KeyLimits) for row in rows]


async def page_before(reader: Reader, before: UUID, count: int) -> list[KeyLimits]:
    """At most `count` keys with limits made before `before`, the newest first."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM search.key_limit WHERE tenant_id = $1 AND key_id < $2"
        " ORDER BY key_id DESC LIMIT $3",
        before,
        count,
    )
    return [msgspec.convert(dict(row), KeyLimits) for row in rows]


async def settings(reader: Reader) -> SearchSettings:
    """What the shop has set."""
    row = await reader.read_row("SELECT is_open FROM search.setting WHERE tenant_id = $1")
    return SearchSettings() if row is None else SearchSettings(row["is_open"])


async def set_settings(tx: Transaction, wanted: SearchSettings) -> None:
    """The shop has set this."""
    await tx.execute(
        """
        INSERT INTO search.setting (tenant_id, is_open, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id) DO UPDATE
        SET is_open = EXCLUDED.is_open, updated_at = EXCLUDED.updated_at
        """,
        wanted.is_open,
        tx.now,
    )


async def delete_all(tx: Transaction) -> None:
    """Nothing is said of any key, nor of others."""
    await tx.execute("DELETE FROM search.key_limit WHERE tenant_id = $1")
    await tx.execute("DELETE FROM search.setting WHERE tenant_id = $1")
