"""Stock locations: a handful a shop."""

from uuid import UUID

from galleria.commerce.inventory.model.levels import StockLocation
from galleria.engines.sql import Reader, Transaction

_FIELDS = StockLocation.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def all_locations(reader: Reader) -> list[StockLocation]:
    """All locations of the shop, in their order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM inventory.stock_location WHERE tenant_id = $1"
        " ORDER BY position, location_id"
    )
    return [StockLocation(**row) for row in rows]


async def add_location(tx: Transaction, wanted: StockLocation) -> StockLocation | None:
    """The location with the shop's next number; None when its code or that number was taken."""
    row = await tx.fetch_row(
        f"""
        INSERT INTO inventory.stock_location (tenant_id, {_COLUMNS})
        SELECT $1, coalesce(max(l.location_id), 0) + 1, $2::text, $3::text, $4::text, $5::boolean,
               $6::int4
        FROM inventory.stock_location AS l WHERE l.tenant_id = $1
        ON CONFLICT DO NOTHING RETURNING {_COLUMNS}
        """,
        *(getattr(wanted, name) for name in _FIELDS[1:]),
    )
    return StockLocation(**row) if row else None


async def lock_locations(tx: Transaction) -> list[StockLocation]:
    """All locations of the shop, locked until the commit, in their order."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM inventory.stock_location WHERE tenant_id = $1"
        " ORDER BY position, location_id FOR UPDATE"
    )
    return [StockLocation(**row) for row in rows]


async def save_location(tx: Transaction, location: StockLocation) -> None:
    """The row says what the location says."""
    fields = ", ".join(f"{name} = ${at}" for at, name in enumerate(_FIELDS[1:], 3))
    await tx.execute(
        f"UPDATE inventory.stock_location SET {fields} WHERE tenant_id = $1 AND location_id = $2",
        location.location_id,
        *(getattr(location, name) for name in _FIELDS[1:]),
    )


async def variants_at(reader: Reader, location_id: int) -> list[UUID]:
    """The variants that lie at a location, by id."""
    rows = await reader.read(
        "SELECT variant_id FROM inventory.stock"
        " WHERE tenant_id = $1 AND location_id = $2 AND on_hand > 0 ORDER BY variant_id",
        location_id,
    )
    return [row["variant_id"] for row in rows]
