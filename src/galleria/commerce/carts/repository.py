"""All SQL of the carts room."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.carts.model import MAX_LINES, Cart, CartLine
from galleria.engines.sql import Reader, Record, Transaction

_FIELDS = tuple(name for name in Cart.__struct_fields__ if name != "lines")
_COLUMNS = ", ".join(_FIELDS)
# Four arrays of one length: cheaper to decode than a JSON document, and typed.
_LINES = """
    SELECT array_agg(line_id ORDER BY line_id) AS line_ids,
           array_agg(variant_id ORDER BY line_id) AS variant_ids,
           array_agg(quantity ORDER BY line_id) AS quantities,
           array_agg(added_at ORDER BY line_id) AS added
    FROM carts.cart_line AS line
    WHERE line.tenant_id = $1 AND line.cart_id = cart.cart_id
"""


async def insert(tx: Transaction, cart: Cart, token_hash: bytes) -> None:
    """The cart and its lines are kept, by one statement."""
    await tx.execute(
        f"""
        WITH cart AS (
            INSERT INTO carts.cart (tenant_id, token_hash, {_COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        )
        INSERT INTO carts.cart_line
            (tenant_id, cart_id, line_id, variant_id, quantity, added_at)
        SELECT $1, $3, line.line_id, line.variant_id, line.quantity, $12
        FROM unnest($15::uuid[], $16::uuid[], $17::int4[])
             AS line (line_id, variant_id, quantity)
        """,
        token_hash,
        *(getattr(cart, name) for name in _FIELDS),
        [line.line_id for line in cart.lines],
        [line.variant_id for line in cart.lines],
        [line.quantity for line in cart.lines],
    )


async def read(reader: Reader, token_hash: bytes, now: datetime) -> Cart | None:
    """The cart behind the token with its lines, None when there is none or it has expired."""
    row = await reader.read_row(
        f"""
        SELECT {_COLUMNS}, lines.*
        FROM carts.cart AS cart CROSS JOIN LATERAL ({_LINES}) AS lines
        WHERE cart.tenant_id = $1 AND cart.token_hash = $2
          AND cart.expires_at > $3
        """,
        token_hash,
        now,
    )
    return None if row is None else _cart(row)


# The cart, one version on and locked until the commit, unless it is not open. `seen` is what this
# statement saw of it before any wait for the lock.
_LOCK = f"""
    WITH seen AS (
        SELECT version AS seen_version FROM carts.cart WHERE tenant_id = $1 AND token_hash = $2
    ), cart AS (
        UPDATE carts.cart
        SET version = version + 1, updated_at = $3, expires_at = $4, order_id = $5,
            status = CASE WHEN $5::uuid IS NULL THEN 'open' ELSE 'ordered' END
        WHERE tenant_id = $1 AND token_hash = $2 AND status = 'open' AND expires_at > $3
        RETURNING {_COLUMNS}
    )
"""
_LOCKED = f"""
    SELECT cart.*, seen.seen_version, lines.*
    FROM cart CROSS JOIN seen CROSS JOIN LATERAL ({_LINES}) AS lines
"""


async def lock_open(
    tx: Transaction, token_hash: bytes, expires_at: datetime, order_id: UUID | None = None
) -> Cart | None:
    """The cart one version on and locked until the commit; None unless it is open.

    With an `order_id` it is taken: it has become that order, and no longer changes.
    """
    row = await tx.fetch_row(_LOCK + _LOCKED, token_hash, tx.now, expires_at, order_id)
    return None if row is None else await _locked_cart(tx, row)


async def put_line(
    tx: Transaction, token_hash: bytes, expires_at: datetime, fresh: CartLine
) -> tuple[Cart, CartLine] | None:
    """The cart as `lock_open` gives it, without `fresh`, and the line that now holds its pieces.

    None unless the cart is open. One statement, as this is what shoppers do most.
    """
    row = await tx.fetch_row(
        f"""{_LOCK}, put AS (
            INSERT INTO carts.cart_line AS line
                (tenant_id, cart_id, line_id, variant_id, quantity, added_at)
            SELECT $1, cart.cart_id, $6, $7, $8, $3 FROM cart
            ON CONFLICT (tenant_id, cart_id, variant_id)
                DO UPDATE SET quantity = line.quantity + excluded.quantity
            RETURNING line_id, quantity, added_at
        )
        SELECT locked.*, put.line_id, put.quantity, put.added_at
        FROM put CROSS JOIN ({_LOCKED}) AS locked
        """,
        token_hash,
        tx.now,
        expires_at,
        None,
        fresh.line_id,
        fresh.variant_id,
        fresh.quantity,
    )
    if row is None:
        return None
    held = CartLine(
        line_id=row["line_id"],
        variant_id=fresh.variant_id,
        quantity=row["quantity"],
        added_at=row["added_at"],
    )
    return await _locked_cart(tx, row), held


async def _locked_cart(tx: Transaction, row: Record) -> Cart:
    """The cart of a locking statement, its lines read again should it have changed meanwhile.

    Such a statement sees the lines as they were when it began, before any wait for the lock.
    """
    cart = _cart(row)
    if row["seen_version"] + 1 == cart.version:
        return cart
    fresh = await tx.fetch_row(
        f"SELECT lines.* FROM (SELECT $2::uuid AS cart_id) AS cart CROSS JOIN LATERAL ({_LINES})"
        " AS lines",
        cart.cart_id,
    )
    assert fresh is not None, "an aggregate always gives a row"
    return msgspec.structs.replace(cart, lines=_lines(fresh))


async def save_quantity(tx: Transaction, cart_id: UUID, line: CartLine) -> None:
    """The line has its present quantity."""
    await tx.execute(
        "UPDATE carts.cart_line SET quantity = $4"
        " WHERE tenant_id = $1 AND cart_id = $2 AND line_id = $3",
        cart_id,
        line.line_id,
        line.quantity,
    )


async def save_lines(tx: Transaction, cart: Cart) -> None:
    """The cart has these lines and no others, by two statements."""
    ids = [line.line_id for line in cart.lines]
    await tx.execute(
        "DELETE FROM carts.cart_line"
        " WHERE tenant_id = $1 AND cart_id = $2 AND line_id <> ALL ($3::uuid[])",
        cart.cart_id,
        ids,
    )
    await tx.execute(
        """
        INSERT INTO carts.cart_line (tenant_id, cart_id, line_id, variant_id, quantity, added_at)
        SELECT $1, $2, line.line_id, line.variant_id, line.quantity, $3
        FROM unnest($4::uuid[], $5::uuid[], $6::int4[]) AS line (line_id, variant_id, quantity)
        ON CONFLICT (tenant_id, cart_id, line_id) DO UPDATE SET quantity = excluded.quantity
        """,
        cart.cart_id,
        tx.now,
        ids,
        [line.variant_id for line in cart.lines],
        [line.quantity for line in cart.lines],
    )


async def delete_line(tx: Transaction, cart_id: UUID, line_id: UUID) -> None:
    """The line is gone."""
    await tx.execute(
        "DELETE FROM carts.cart_line WHERE tenant_id = $1 AND cart_id = $2 AND line_id = $3",
        cart_id,
        line_id,
    )


async def delete(tx: Transaction, token_hash: bytes) -> bool:
    """True when there was such a cart and it was open; it is gone with its lines."""
    touched = await tx.execute(
        "DELETE FROM carts.cart WHERE tenant_id = $1 AND token_hash = $2 AND status <> 'ordered'",
        token_hash,
    )
    return touched == 1


async def reopen(tx: Transaction, cart_id: UUID, order_id: UUID, expires_at: datetime) -> bool:
    """True when the cart was this order's and is open again; False when it was not."""
    touched = await tx.execute(
        """
        UPDATE carts.cart
        SET status = 'open', order_id = NULL, version = version + 1, updated_at = $4,
            expires_at = $5
        WHERE tenant_id = $1 AND cart_id = $2 AND order_id = $3
        """,
        cart_id,
        order_id,
        tx.now,
        expires_at,
    )
    return touched == 1


async def join(tx: Transaction, cart_id: UUID, joined_id: UUID) -> None:
    """The cart has the other's lines too, as far as there is room, and the other is gone.

    Of a variant in both, the larger number of pieces stays. Both are locked by the caller.
    """
    await tx.execute(
        """
        INSERT INTO carts.cart_line AS line
            (tenant_id, cart_id, line_id, variant_id, quantity, added_at)
        SELECT $1, $2, b.line_id, b.variant_id, b.quantity, b.added_at
        FROM (
            SELECT m.*,
                   known + row_number() OVER (PARTITION BY is_known ORDER BY m.line_id) AS place
            FROM (
                SELECT i.line_id, i.variant_id, i.quantity, i.added_at, EXISTS (
                    SELECT FROM carts.cart_line AS own WHERE own.tenant_id = $1
                      AND own.cart_id = $2 AND own.variant_id = i.variant_id) AS is_known
                FROM carts.cart_line AS i WHERE i.tenant_id = $1 AND i.cart_id = $3
            ) AS m CROSS JOIN (
                SELECT count(*) AS known FROM carts.cart_line
                WHERE tenant_id = $1 AND cart_id = $2
            ) AS n
        ) AS b
        WHERE b.is_known OR b.place <= $4
        ON CONFLICT (tenant_id, cart_id, variant_id)
            DO UPDATE SET quantity = greatest(line.quantity, excluded.quantity)
        """,
        cart_id,
        joined_id,
        MAX_LINES,
    )
    await tx.execute("DELETE FROM carts.cart WHERE tenant_id = $1 AND cart_id = $2", joined_id)


async def delete_expired(tx: Transaction, limit: int) -> int:
    """At most `limit` carts that nobody touched for their time to live are gone; how many."""
    return await tx.execute(
        """
        DELETE FROM carts.cart WHERE tenant_id = $1 AND cart_id IN (
            SELECT cart_id FROM carts.cart
            WHERE tenant_id = $1 AND expires_at <= $2
            ORDER BY cart_id LIMIT $3
            FOR UPDATE SKIP LOCKED)
        """,
        tx.now,
        limit,
    )


def _cart(row: Record) -> Cart:
    return Cart(**{name: row[name] for name in _FIELDS}, lines=_lines(row))


def _lines(row: Record) -> tuple[CartLine, ...]:
    columns: Sequence[Sequence[object]] = [
        row[name] or () for name in ("line_ids", "variant_ids", "quantities", "added")
    ]
    return tuple(
        CartLine(line_id=line_id, variant_id=variant_id, quantity=quantity, added_at=added_at)
        for line_id, variant_id, quantity, added_at in zip(*columns, strict=True)
    )
