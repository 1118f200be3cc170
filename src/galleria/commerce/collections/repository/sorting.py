"""The rules of a shop as they stand, and which products have to be looked at again when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.collections.model.matching import Target
from galleria.commerce.collections.model.rules import Group
from galleria.engines.sql import Reader, Transaction


async def hold(tx: Transaction) -> None:
    """Until the commit nobody else sorts products of this shop into collections."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('collections.sorting'), $1)")


async def book_version(reader: Reader) -> UUID | None:
    """Which version the shop's rules are at; None when it never had one."""
    version: UUID | None = await reader.read_value(
        "SELECT version FROM collections.rule_book WHERE tenant_id = $1"
    )
    return version


async def turn_page(tx: Transaction, version: UUID) -> None:
    """The rules are at another version."""
    await tx.execute(
        "INSERT INTO collections.rule_book (tenant_id, version) VALUES ($1, $2)"
        " ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version",
        version,
    )


async def rules(reader: Reader) -> list[tuple[Target, Group]]:
    """Every rule that chooses members, and every one that is about to."""
    rows = await reader.read(
        """
        SELECT collection_id, generation, rule FROM collections.collection
        WHERE tenant_id = $1 AND rule IS NOT NULL AND removed_at IS NULL
        UNION ALL
        SELECT collection_id, pending_generation, pending_rule FROM collections.collection
        WHERE tenant_id = $1 AND pending_rule IS NOT NULL AND removed_at IS NULL
        """
    )
    return [
        (Target(row["collection_id"], row["generation"]), msgspec.convert(row["rule"], Group))
        for row in rows
    ]


async def due_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When those of the products that grow too old for a rule do so."""
    rows = await reader.read(
        "SELECT product_id, due_at FROM collections.due_product WHERE tenant_id = $1"
        " AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )
    return {row["product_id"]: row["due_at"] for row in rows}


async def save_due(tx: Transaction, changed: Mapping[UUID, datetime], gone: Sequence[UUID]) -> None:
    """These products are due at these times, and those never."""
    if gone:
        await tx.execute(
            "DELETE FROM collections.due_product WHERE tenant_id = $1"
            " AND product_id = ANY ($2::uuid[])",
            list(gone),
        )
    if changed:
        await tx.execute(
            "INSERT INTO collections.due_product (tenant_id, product_id, due_at)"
            " SELECT $1, w.product_id, w.due_at"
            " FROM unnest($2::uuid[], $3::timestamptz[]) AS w (product_id, due_at)"
            " ON CONFLICT (tenant_id, product_id) DO UPDATE SET due_at = excluded.due_at",
            list(changed),
            list(changed.values()),
        )


async def due_before(reader: Reader, moment: datetime, count: int) -> list[UUID]:
    """At most `count` products that have grown too old for some rule, the longest due first."""
    rows = await reader.read(
        "SELECT product_id FROM collections.due_product WHERE tenant_id = $1 AND due_at < $2"
        " ORDER BY due_at, product_id LIMIT $3",
        moment,
        count,
    )
    return [row["product_id"] for row in rows]
