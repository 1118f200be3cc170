"""SQL of what kiosks sold without a network."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.faces.kiosk.model.sales import Sale

_COLUMNS = ", ".join(Sale.__struct_fields__)


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
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " ON CONFLICT (tenant_id, sale_key) DO NOTHING",
            *msgspec.structs.astuple(sale),
        )
    )


async def end(tx: Transaction, sale_key: str, order_id: UUID) -> None:
    """The sale has become this order."""
    await tx.execute(
        "UPDATE kiosk.sale SET order_id = $3 WHERE tenant_id = $1 AND sale_key = $2",
        sale_key,
        order_id,
    )


async def forget(tx: Transaction, before: datetime, limit: int) -> int:
    """Up to so many sales that were handed in before then are forgotten; how many."""
    return await tx.execute(
        "DELETE FROM kiosk.sale WHERE tenant_id = $1 AND sale_key IN (SELECT sale_key FROM"
        " kiosk.sale WHERE tenant_id = $1 AND handed_in_at < $2 ORDER BY handed_in_at LIMIT $3)",
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


def _sale(row: Any) -> Sale:
    return Sale(**{name: row[name] for name in Sale.__struct_fields__})
