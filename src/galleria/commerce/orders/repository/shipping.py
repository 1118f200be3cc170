"""A shop's flat shipping rates."""

from typing import Any
from uuid import UUID

from galleria.commerce.orders.model import ShippingMethod
from galleria.engines.sql import Reader, Record, Transaction
from galleria.foundation.money import Money

_COLUMNS = """method_id, code, name, translations, currency, amount_minor, free_from_minor,
    countries, is_active, position, version, created_at, updated_at"""


async def all_methods(reader: Reader) -> list[ShippingMethod]:
    """Every method of the shop in its own order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM orders.shipping_method WHERE tenant_id = $1"
        " ORDER BY position, code, currency"
    )
    return [_method(row) for row in rows]


async def method(reader: Reader, method_id: UUID) -> ShippingMethod | None:
    """The method, None when there is no such."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM orders.shipping_method WHERE tenant_id = $1 AND method_id = $2",
        method_id,
    )
    return None if row is None else _method(row)


async def method_by_code(reader: Reader, code: str, currency: str) -> ShippingMethod | None:
    """The method with this code in this currency, None when there is no such."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM orders.shipping_method"
        " WHERE tenant_id = $1 AND code = $2 AND currency = $3",
        code,
        currency,
    )
    return None if row is None else _method(row)


async def insert(tx: Transaction, method: ShippingMethod) -> bool:
    """True when the method is kept; False when its code is taken in its currency."""
    touched = await tx.execute(
        f"""
        INSERT INTO orders.shipping_method (tenant_id, {_COLUMNS})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (tenant_id, code, currency) DO NOTHING
        """,
        *_values(method),
    )
    return touched == 1


async def save(tx: Transaction, method: ShippingMethod) -> bool:
    """True when the method was at the version before this one; it is kept as it is here."""
    touched = await tx.execute(
        """
        UPDATE orders.shipping_method
        SET name = $4, translations = $5, amount_minor = $7, free_from_minor = $8,
            countries = $9, is_active = $10, position = $11, version = $12, updated_at = $14
        WHERE tenant_id = $1 AND method_id = $2 AND code = $3 AND currency = $6
          AND version = $12::int8 - 1 AND created_at = $13
        """,
        *_values(method),
    )
    return touched == 1


async def delete(tx: Transaction, method_id: UUID) -> bool:
    """True when there was such a method; it is gone. Orders keep its name."""
    touched = await tx.execute(
        "DELETE FROM orders.shipping_method WHERE tenant_id = $1 AND method_id = $2", method_id
    )
    return touched == 1


def _values(method: ShippingMethod) -> tuple[Any, ...]:
    return (
        method.method_id,
        method.code,
        method.name,
        method.translations,
        method.price.currency,
        method.price.amount_minor,
        None if method.free_from is None else method.free_from.amount_minor,
        method.countries,
        method.is_active,
        method.position,
        method.version,
        method.created_at,
        method.updated_at,
    )


def _method(row: Record) -> ShippingMethod:
    currency, free_from = row["currency"], row["free_from_minor"]
    return ShippingMethod(
        method_id=row["method_id"],
        code=row["code"],
        name=row["name"],
        translations=row["translations"],
        price=Money(row["amount_minor"], currency),
        free_from=None if free_from is None else Money(free_from, currency),
        countries=row["countries"],
        is_active=row["is_active"],
        position=row["position"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
