"""All SQL of the agents face."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Record, Transaction
from galleria.faces.agents.model.choices import Choices

_COLUMNS = """checkout_id, tokens_sealed, cart_id, order_id, protocol, profile_url, choices,
    canceled_at, created_at, updated_at"""


class KeptCheckout(msgspec.Struct, frozen=True, kw_only=True):
    """A checkout as it is kept: what the cart and the order do not know themselves."""

    checkout_id: UUID
    tokens_sealed: bytes
    cart_id: UUID
    order_id: UUID | None
    protocol: str
    profile_url: str | None
    choices: Choices
    canceled_at: datetime | None
    created_at: datetime
    updated_at: datetime


async def insert_checkout(
    tx: Transaction, kept: KeptCheckout, token_hash: bytes, order_token_hash: bytes
) -> None:
    """The checkout is kept."""
    await tx.execute(
        """
        INSERT INTO agents.checkout (tenant_id, checkout_id, token_hash, order_token_hash,
            tokens_sealed, cart_id, protocol, profile_url, choices, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
        """,
        kept.checkout_id,
        token_hash,
        order_token_hash,
        kept.tokens_sealed,
        kept.cart_id,
        kept.protocol,
        kept.profile_url,
        kept.choices,
        tx.now,
    )


async def by_token(reader: Reader, token_hash: bytes) -> KeptCheckout | None:
    """The checkout behind a token."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM agents.checkout WHERE tenant_id = $1 AND token_hash = $2",
        token_hash,
    )
    return _kept(row)


async def lock(tx: Transaction, token_hash: bytes) -> KeptCheckout | None:
    """The checkout behind a token, locked until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM agents.checkout"
        " WHERE tenant_id = $1 AND token_hash = $2 FOR UPDATE",
        token_hash,
    )
    return _kept(row)


async def by_order_token(reader: Reader, token_hash: bytes) -> KeptCheckout | None:
    """The checkout whose order has this token."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM agents.checkout WHERE tenant_id = $1 AND order_token_hash = $2",
        token_hash,
    )
    return _kept(row)


async def open_of_cart(reader: Reader, cart_id: UUID) -> KeptCheckout | None:
    """The checkout under way of a cart."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM agents.checkout WHERE tenant_id = $1 AND cart_id = $2"
        " AND canceled_at IS NULL ORDER BY checkout_id LIMIT 1",
        cart_id,
    )
    return _kept(row)


async def of_order(reader: Reader, order_id: UUID) -> KeptCheckout | None:
    """The checkout that became this order."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM agents.checkout WHERE tenant_id = $1 AND order_id = $2 LIMIT 1",
        order_id,
    )
    return _kept(row)


async def save_choices(
    tx: Transaction, checkout_id: UUID, choices: Choices, profile_url: str | None
) -> None:
    """What the agent chose is this, and no longer what it chose before."""
    await tx.execute(
        "UPDATE agents.checkout SET choices = $3, profile_url = coalesce($4, profile_url),"
        " updated_at = $5 WHERE tenant_id = $1 AND checkout_id = $2",
        checkout_id,
        choices,
        profile_url,
        tx.now,
    )


async def cancel(tx: Transaction, checkout_id: UUID) -> None:
    """The checkout is canceled."""
    await tx.execute(
        "UPDATE agents.checkout SET canceled_at = $3, updated_at = $3"
        " WHERE tenant_id = $1 AND checkout_id = $2 AND canceled_at IS NULL",
        checkout_id,
        tx.now,
    )


async def note_order(tx: Transaction, cart_id: UUID, order_id: UUID) -> KeptCheckout | None:
    """The checkout of the cart knows its order; None when no agent made it. Repeatable."""
    row = await tx.fetch_row(
        f"UPDATE agents.checkout SET order_id = $3, updated_at = $4"
        f" WHERE tenant_id = $1 AND cart_id = $2 AND canceled_at IS NULL RETURNING {_COLUMNS}",
        cart_id,
        order_id,
        tx.now,
    )
    return _kept(row)


async def forget_unfinished(tx: Transaction, before: datetime, limit: int) -> int:
    """Checkouts that became no order and that nobody touched since are gone; how many."""
    return await tx.execute(
        """
        DELETE FROM agents.checkout WHERE tenant_id = $1 AND checkout_id IN (
            SELECT checkout_id FROM agents.checkout
            WHERE tenant_id = $1 AND order_id IS NULL AND updated_at < $2
            ORDER BY updated_at LIMIT $3)
        """,
        before,
        limit,
    )


async def take_nonce(tx: Transaction, nonce_hash: bytes) -> bool:
    """True when this was never seen before; it is seen from here on."""
    touched = await tx.execute(
        "INSERT INTO agents.nonce (tenant_id, nonce_hash, seen_at) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        nonce_hash,
        tx.now,
    )
    return touched == 1


async def forget_nonces(tx: Transaction, before: datetime) -> int:
    """What was seen before is forgotten; by then its signature is too old anyway."""
    return await tx.execute(
        "DELETE FROM agents.nonce WHERE tenant_id = $1 AND seen_at < $2", before
    )


class KeptKey(msgspec.Struct, frozen=True):
    """A key the shop signs with, or signed with until some days ago."""

    kid: str
    private_sealed: bytes
    public_jwk: dict[str, Any]
    retired_at: datetime | None


async def keys(reader: Reader, retired_after: datetime) -> list[KeptKey]:
    """The key in use first, then those that were retired since."""
    rows = await reader.read(
        "SELECT kid, private_sealed, public_jwk, retired_at FROM agents.signing_key"
        " WHERE tenant_id = $1 AND (retired_at IS NULL OR retired_at > $2)"
        " ORDER BY retired_at DESC NULLS FIRST LIMIT 20",
        retired_after,
    )
    return [KeptKey(**dict(row)) for row in rows]


async def add_key(tx: Transaction, key: KeptKey) -> bool:
    """True when it is kept; False when the shop has a key in use already."""
    touched = await tx.execute(
        "INSERT INTO agents.signing_key (tenant_id, kid, private_sealed, public_jwk, created_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        key.kid,
        key.private_sealed,
        key.public_jwk,
        tx.now,
    )
    return touched == 1


async def retire_keys(tx: Transaction) -> None:
    """No key is in use any more."""
    await tx.execute(
        "UPDATE agents.signing_key SET retired_at = $2 WHERE tenant_id = $1 AND retired_at IS NULL",
        tx.now,
    )


async def delete_all(tx: Transaction) -> None:
    """The shop leaves nothing behind."""
    await tx.execute("DELETE FROM agents.checkout WHERE tenant_id = $1")
    await tx.execute("DELETE FROM agents.signing_key WHERE tenant_id = $1")
    await tx.execute("DELETE FROM agents.nonce WHERE tenant_id = $1")


async def page_of_checkouts(tx: Transaction, after: UUID | None, limit: int) -> list[KeptCheckout]:
    """Checkouts in the order of their ids, those after an id."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM agents.checkout"
        " WHERE tenant_id = $1 AND ($2::uuid IS NULL OR checkout_id > $2)"
        " ORDER BY checkout_id LIMIT $3",
        after,
        limit,
    )
    return [kept for row in rows if (kept := _kept(row)) is not None]


def _kept(row: Record | None) -> KeptCheckout | None:
    if row is None:
        return None
    told = dict(row)
    return KeptCheckout(**{**told, "choices": msgspec.convert(told["choices"], Choices)})
