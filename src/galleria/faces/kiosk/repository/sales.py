"""SQL of what kiosks sold without a network."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.faces.kiosk.model.sales import Sale, WaitingSale

_COLUMNS = ", ".join(Sale.__struct_fields__)
_VALUES = ", ".join(f"${place}" for place in range(2, 2 + len(Sale.__struct_fields__)))


async def find(reader: Reader, sale_key: str) -> Sale | None:
    """The sale of this key."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM kiosk.sale WHERE tenant_id = $1 AND sale_key = $2", sale_key
    )
    return None if row is None else _sale(row)


async def lock(tx: Transaction, sale_key: str) -> Sale | None:
    """The sale of this key, and nobody else ends it until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM kiosk.sale WHERE tenant_id = $1 AND sale_key = $2 FOR UPDATE",
        sale_key,
    )
    return None if row is None else _sale(row)


async def begin(tx: Transaction, sale: Sale) -> bool:
    """True when the sale is kept; False when there is one of its key."""
    return bool(
        await tx.execute(
            f"INSERT INTO kiosk.sale (tenant_id, {_COLUMNS})"
            f" VALUES ($1, {_VALUES})"
            " ON CONFLICT (tenant_id, sale_key) DO NOTHING",
            *msgspec.structs.astuple(sale),
        )
    )


async def note_price(tx: Transaction, sale_key: str, today_minor: int) -> None:
    """The sale was made at other prices than today's, by which it would have come to so much."""
    await tx.execute(
        "UPDATE kiosk.sale SET today_minor = $3 WHERE tenant_id = $1 AND sale_key = $2",
        sale_key,
        today_minor,
    )


async def end(tx: Transaction, sale: Sale, order_id: UUID, order_number: str | None) -> None:
    """The sale has become this order, and waits no more."""
    await tx.execute(
        "UPDATE kiosk.sale SET order_id = $3, order_number = $4"
        " WHERE tenant_id = $1 AND sale_key = $2",
        sale.sale_key,
        order_id,
        order_number,
    )
    await settle(tx, sale.sale_key, sale.fingerprint)


async def note_refused(tx: Transaction, refused: WaitingSale) -> None:
    """The sale waits, once however often it is refused; unless it was taken in meanwhile."""
    names = WaitingSale.__struct_fields__
    values = ", ".join(f"${place}" for place in range(2, 2 + len(names)))
    await tx.execute(
        f"INSERT INTO kiosk.waiting_sale (tenant_id, {', '.join(names)}) SELECT $1, {values}"
        " WHERE NOT EXISTS (SELECT 1 FROM kiosk.sale WHERE tenant_id = $1 AND sale_key = $2"
        " AND fingerprint = $3 AND order_id IS NOT NULL)"
        " ON CONFLICT (tenant_id, sale_key, fingerprint) DO UPDATE SET sold_by = excluded.sold_by,"
        " location = excluded.location, code = excluded.code, detail = excluded.detail,"
        " refused_at = excluded.refused_at, tries = waiting_sale.tries + 1",
        *msgspec.structs.astuple(refused),
    )


async def settle(tx: Transaction, sale_key: str, fingerprint: bytes) -> bool:
    """The sale waits no more; False when it did not."""
    return bool(
        await tx.execute(
            "DELETE FROM kiosk.waiting_sale"
            " WHERE tenant_id = $1 AND sale_key = $2 AND fingerprint = $3",
            sale_key,
            fingerprint,
        )
    )


async def forget(tx: Transaction, before: datetime, limit: int) -> int:
    """Up to so many sales that were handed in before then are forgotten; how many."""
    return await tx.execute(
        "DELETE FROM kiosk.sale WHERE tenant_id = $1 AND sale_key IN (SELECT sale_key FROM"
        " kiosk.sale WHERE tenant_id = $1 AND handed_in_at < $2 ORDER BY handed_in_at LIMIT $3)",
        before,
        limit,
    )


async def forget_waiting(tx: Transaction, before: datetime, limit: int) -> int:
    """Up to so many sales that were refused before then, and not handed in again, are forgotten."""
    return await tx.execute(
        "DELETE FROM kiosk.waiting_sale WHERE tenant_id = $1 AND (sale_key, fingerprint) IN"
        " (SELECT sale_key, fingerprint FROM kiosk.waiting_sale"
        " WHERE tenant_id = $1 AND refused_at < $2 ORDER BY refused_at LIMIT $3)",
        before,
        limit,
    )


async def after(reader: Reader, sale_key: str, limit: int) -> list[Sale]:
    """The next sales in the order of their keys, for taking all of them along."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM kiosk.sale WHERE tenant_id = $1 AND sale_key > $2"
        " ORDER BY sale_key LIMIT $3",
        sale_key,
        limit,
    )
    return [_sale(row) for row in rows]


async def delete_all(tx: Transaction) -> None:
    """Nothing is known of what kiosks sold; orders stay."""
    await tx.execute("DELETE FROM kiosk.sale WHERE tenant_id = $1")
    await tx.execute("DELETE FROM kiosk.waiting_sale WHERE tenant_id = $1")


def _sale(row: Any) -> Sale:
    return Sale(**{name: row[name] for name in Sale.__struct_fields__})
