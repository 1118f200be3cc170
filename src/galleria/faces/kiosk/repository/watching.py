"""SQL of what the shop's people see of their kiosks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.faces.kiosk.model.sales import Sale, WaitingSale
from galleria.faces.kiosk.model.watching import Figures

_SALE = ", ".join(Sale.__struct_fields__)
_WAITING = ", ".join(WaitingSale.__struct_fields__)
_FIGURES = ", ".join(Figures.__struct_fields__)


async def note_taken(tx: Transaction, key_id: UUID, pack_id: UUID, made_at: datetime) -> None:
    """This kiosk was given the pack just now."""
    await tx.execute(
        "INSERT INTO kiosk.taken_pack AS t (tenant_id, key_id, pack_id, made_at, taken_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, key_id) DO UPDATE"
        " SET pack_id = excluded.pack_id, made_at = excluded.made_at, taken_at = excluded.taken_at"
        # Kiosks ask every few seconds while a pack is made: not each asking is written down.
        " WHERE t.pack_id <> excluded.pack_id OR t.taken_at < excluded.taken_at - interval '1 min'",
        key_id,
        pack_id,
        made_at,
        tx.now,
    )


async def figures_of(reader: Reader, key_ids: Sequence[UUID], most: int) -> dict[UUID, Figures]:
    """How each of these kiosks does, in one statement; nothing is counted beyond `most`."""
    rows = await reader.read(
        f"SELECT {_FIGURES} FROM (SELECT each.key_id, taken.made_at AS pack_made_at,"
        " taken.taken_at AS pack_taken_at,"
        " (SELECT count(*)::int FROM (SELECT 1 FROM kiosk.sale WHERE tenant_id = $1"
        " AND sold_by = 'key:' || each.key_id::text AND order_id IS NOT NULL LIMIT $3) AS few)"
        " AS placed_count,"
        " (SELECT count(*)::int FROM (SELECT 1 FROM kiosk.waiting_sale WHERE tenant_id = $1"
        " AND sold_by = 'key:' || each.key_id::text LIMIT $3) AS few) AS waiting_count"
        " FROM unnest($2::uuid[]) AS each (key_id) LEFT JOIN kiosk.taken_pack AS taken"
        " ON taken.tenant_id = $1 AND taken.key_id = each.key_id) AS kiosks",
        list(key_ids),
        most,
    )
    return {row["key_id"]: Figures(**row) for row in rows}


async def placed_before(
    reader: Reader, sold_by: str, before: tuple[datetime, str], limit: int
) -> list[Sale]:
    """The sales of a kiosk that became orders, the last one handed in first."""
    rows = await reader.read(
        f"SELECT {_SALE} FROM kiosk.sale WHERE tenant_id = $1 AND sold_by = $2"
        " AND order_id IS NOT NULL AND (handed_in_at, sale_key) < ($3, $4)"
        " ORDER BY handed_in_at DESC, sale_key DESC LIMIT $5",
        sold_by,
        *before,
        limit,
    )
    return [Sale(**dict(row)) for row in rows]


async def waiting(reader: Reader, sold_by: str, limit: int) -> list[WaitingSale]:
    """The sales of a kiosk that wait, the oldest first."""
    rows = await reader.read(
        f"SELECT {_WAITING} FROM kiosk.waiting_sale WHERE tenant_id = $1 AND sold_by = $2"
        " ORDER BY taken_at LIMIT $3",
        sold_by,
        limit,
    )
    return [_waiting(row) for row in rows]


async def waiting_after(reader: Reader, after: tuple[str, bytes], limit: int) -> list[WaitingSale]:
    """The next sales that wait in the order of their keys, for taking all of them along."""
    rows = await reader.read(
        f"SELECT {_WAITING} FROM kiosk.waiting_sale WHERE tenant_id = $1"
        " AND (sale_key, fingerprint) > ($2, $3) ORDER BY sale_key, fingerprint LIMIT $4",
        *after,
        limit,
    )
    return [_waiting(row) for row in rows]


async def forget_taken(tx: Transaction, before: datetime) -> None:
    """What kiosks took before then is forgotten: a row a kiosk."""
    await tx.execute("DELETE FROM kiosk.taken_pack WHERE tenant_id = $1 AND taken_at < $2", before)


async def delete_all(tx: Transaction) -> None:
    """Nothing is known of which kiosk took which pack."""
    await tx.execute("DELETE FROM kiosk.taken_pack WHERE tenant_id = $1")


def _waiting(row: Any) -> WaitingSale:
    return WaitingSale(**dict(row))
