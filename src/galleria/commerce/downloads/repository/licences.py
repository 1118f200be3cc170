"""The table of licences: the pools, and who has which."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.downloads.model import Bought
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id


class KeptLicence(msgspec.Struct, frozen=True, kw_only=True):
    """A licence of an order as it is kept: sealed."""

    licence_id: UUID
    line_id: UUID
    variant_id: UUID
    sealed: bytes
    handed_at: datetime
    revoked_at: datetime | None


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """Licences that were paid for when the pool was empty."""

    owed_id: UUID
    order_id: UUID
    line_id: UUID
    variant_id: UUID
    quantity: int


_OWED = ", ".join(Owed.__struct_fields__)


async def pepper(tx: Transaction) -> bytes | None:
    """The shop's sealed pepper, None until there is one."""
    sealed: bytes | None = await tx.fetch_value(
        "SELECT sealed FROM downloads.pepper WHERE tenant_id = $1"
    )
    return sealed


async def keep_pepper(tx: Transaction, sealed: bytes) -> None:
    """The shop has this pepper, unless it has one."""
    await tx.execute(
        "INSERT INTO downloads.pepper (tenant_id, sealed) VALUES ($1, $2)"
        " ON CONFLICT (tenant_id) DO NOTHING",
        sealed,
    )


async def add(
    tx: Transaction, variant_id: UUID, sealed: Sequence[bytes], digests: Sequence[bytes]
) -> int:
    """How many of the licences are new in the pool; the others are known."""
    return await tx.execute(
        """
        INSERT INTO downloads.licence (tenant_id, licence_id, variant_id, created_at, sealed,
            digest)
        SELECT $1, l.licence_id, $2, $3, l.sealed, l.digest
        FROM unnest($4::uuid[], $5::bytea[], $6::bytea[]) AS l (licence_id, sealed, digest)
        ON CONFLICT (tenant_id, variant_id, digest) DO NOTHING
        """,
        variant_id,
        tx.now,
        [new_id() for _ in sealed],
        list(sealed),
        list(digests),
    )


async def hand_out(tx: Transaction, order_id: UUID, wanted: Bought) -> int:
    """How many licences are the order's from here on: fewer than wanted when the pool is short.

    Those that somebody else is being given at this moment are passed over, not waited for.
    """
    return await tx.execute(
        """
        WITH free AS MATERIALIZED (
            SELECT licence_id FROM downloads.licence
            WHERE tenant_id = $1 AND variant_id = $2 AND order_id IS NULL
            ORDER BY licence_id LIMIT $3 FOR UPDATE SKIP LOCKED
        )
        UPDATE downloads.licence AS l SET order_id = $4, line_id = $5, handed_at = $6
        FROM free WHERE l.tenant_id = $1 AND l.licence_id = free.licence_id
        """,
        wanted.variant_id,
        wanted.quantity,
        order_id,
        wanted.line_id,
        tx.now,
    )


async def is_served(reader: Reader, order_id: UUID) -> bool:
    """Whether the order was given licences before, or some are owed to it."""
    found = await reader.read_value(
        """
        SELECT EXISTS (
            SELECT FROM downloads.licence WHERE tenant_id = $1 AND order_id = $2
        ) OR EXISTS (SELECT FROM downloads.owed WHERE tenant_id = $1 AND order_id = $2)
        """,
        order_id,
    )
    return bool(found)


async def free_up_to(reader: Reader, variant_id: UUID, most: int) -> int:
    """How many licences the pool holds, counted no further than `most`."""
    count: int = await reader.read_value(
        """
        SELECT count(*) FROM (
            SELECT FROM downloads.licence
            WHERE tenant_id = $1 AND variant_id = $2 AND order_id IS NULL LIMIT $3) AS counted
        """,
        variant_id,
        most,
    )
    return count


async def pools_among(reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the variants whose pool holds a licence."""
    rows = await reader.read(
        """
        SELECT w.variant_id FROM unnest($2::uuid[]) AS w (variant_id) WHERE EXISTS (
            SELECT FROM downloads.licence AS l
            WHERE l.tenant_id = $1 AND l.variant_id = w.variant_id AND l.order_id IS NULL)
        """,
        list(variant_ids),
    )
    return {row["variant_id"] for row in rows}


async def mark_low(tx: Transaction, variant_id: UUID, is_low: bool) -> bool:
    """True when it was not known before that the pool is low, or is low no longer.

    False, too, while somebody else is at the good: who sells holds stock that they may wait for.
    """
    touched = await tx.execute(
        """
        WITH good AS MATERIALIZED (
            SELECT variant_id FROM downloads.good
            WHERE tenant_id = $1 AND variant_id = $2 AND is_low <> $3
            FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE downloads.good AS g SET is_low = $3 FROM good
        WHERE g.tenant_id = $1 AND g.variant_id = good.variant_id
        """,
        variant_id,
        is_low,
    )
    return touched == 1


async def owe(tx: Transaction, order_id: UUID, missing: Bought) -> None:
    """So many licences are handed out as soon as the pool has some."""
    await tx.execute(
        """
        INSERT INTO downloads.owed (tenant_id, owed_id, order_id, line_id, variant_id, quantity)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant_id, order_id, line_id, variant_id) DO NOTHING
        """,
        new_id(),
        order_id,
        missing.line_id,
        missing.variant_id,
        missing.quantity,
    )


async def lock_owed(tx: Transaction, variant_id: UUID | None, limit: int) -> list[Owed]:
    """What is owed longest, of one variant or of all, nobody else serving it."""
    rows = await tx.fetch(
        f"""
        SELECT {_OWED} FROM downloads.owed
        WHERE tenant_id = $1 AND ($2::uuid IS NULL OR variant_id = $2)
        ORDER BY owed_id LIMIT $3 FOR UPDATE SKIP LOCKED
        """,
        variant_id,
        limit,
    )
    return [Owed(**row) for row in rows]


async def settle_owed(tx: Transaction, owed: Owed, handed: int) -> None:
    """So many fewer are owed."""
    if handed == owed.quantity:
        await tx.execute(
            "DELETE FROM downloads.owed WHERE tenant_id = $1 AND owed_id = $2", owed.owed_id
        )
    else:
        await tx.execute(
            "UPDATE downloads.owed SET quantity = quantity - $3"
            " WHERE tenant_id = $1 AND owed_id = $2",
            owed.owed_id,
            handed,
        )


async def owed_to(reader: Reader, order_id: UUID) -> int:
    """How many licences are owed to the order."""
    count: int = await reader.read_value(
        "SELECT coalesce(sum(quantity), 0)::int8 FROM downloads.owed"
        " WHERE tenant_id = $1 AND order_id = $2",
        order_id,
    )
    return count


async def licences_of(reader: Reader, order_id: UUID) -> list[KeptLicence]:
    """The licences of the order, those taken back too, in the order they were handed out."""
    rows = await reader.read(
        """SELECT licence_id, line_id, variant_id, sealed, handed_at, revoked_at
        FROM downloads.licence WHERE tenant_id = $1 AND order_id = $2
        ORDER BY licence_id""",
        order_id,
    )
    return [KeptLicence(**row) for row in rows]
