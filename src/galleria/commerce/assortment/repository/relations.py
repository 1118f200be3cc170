"""The table of relations."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.commerce.assortment.model.relations import Relation
from galleria.engines.sql import Reader, Transaction

_FIELDS = Relation.__struct_fields__
_COLUMNS = ", ".join(f"r.{name}" for name in _FIELDS)
_TYPES = dict(zip(_FIELDS, ["uuid", "text", "uuid", "int4", "boolean", "text"], strict=True))


async def lock_relations(tx: Transaction) -> None:
    """Until the commit nobody else says what goes together in this shop."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('assortment.relations'), $1)")


async def relations_of(reader: Reader, product_ids: Sequence[UUID]) -> list[Relation]:
    """All that these products name: by product, kind and position."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM assortment.relation AS r"
        " WHERE r.tenant_id = $1 AND r.product_id = ANY ($2::uuid[])"
        " ORDER BY r.product_id, r.kind, r.position, r.related_id",
        list(product_ids),
    )
    return [Relation(**row) for row in rows]


async def replace(tx: Transaction, product_ids: Sequence[UUID], after: Sequence[Relation]) -> None:
    """These products name just this."""
    await tx.copy_rows(
        "incoming_relation", _TYPES, [msgspec.structs.astuple(each) for each in after]
    )
    await tx.execute(
        """
        DELETE FROM assortment.relation AS r
        WHERE r.tenant_id = $1 AND r.product_id = ANY ($2::uuid[]) AND NOT EXISTS (
            SELECT FROM incoming_relation AS i WHERE i.product_id = r.product_id
              AND i.kind = r.kind AND i.related_id = r.related_id)
        """,
        list(product_ids),
    )
    names = ", ".join(_FIELDS)
    await tx.execute(
        f"""
        INSERT INTO assortment.relation AS r (tenant_id, {names})
        SELECT $1, {names} FROM incoming_relation
        ON CONFLICT (tenant_id, product_id, kind, related_id) DO UPDATE
        SET position = excluded.position, is_mutual = excluded.is_mutual,
            related_handle = excluded.related_handle
        WHERE (r.position, r.is_mutual, r.related_handle)
            IS DISTINCT FROM (excluded.position, excluded.is_mutual, excluded.related_handle)
        """
    )


async def named_among(reader: Reader, product_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the products that others name."""
    rows = await reader.read(
        "SELECT w.product_id FROM unnest($2::uuid[]) AS w (product_id) WHERE EXISTS ("
        " SELECT FROM assortment.relation AS r"
        " WHERE r.tenant_id = $1 AND r.related_id = w.product_id)",
        list(product_ids),
    )
    return [row["product_id"] for row in rows]


async def rename(tx: Transaction, handles: Mapping[UUID, str | None]) -> list[UUID]:
    """These products are named by these handles; who names one differently comes back."""
    rows = await tx.fetch(
        """
        UPDATE assortment.relation AS r SET related_handle = w.handle
        FROM unnest($2::uuid[], $3::text[]) AS w (related_id, handle)
        WHERE r.tenant_id = $1 AND r.related_id = w.related_id
          AND r.related_handle IS DISTINCT FROM w.handle
        RETURNING r.product_id
        """,
        list(handles),
        list(handles.values()),
    )
    return sorted({row["product_id"] for row in rows})


async def forget(tx: Transaction, product_ids: Sequence[UUID]) -> list[UUID]:
    """Nobody names these products and they name nobody; who named them comes back."""
    rows = await tx.fetch(
        "DELETE FROM assortment.relation AS r WHERE r.tenant_id = $1"
        " AND (r.related_id = ANY ($2::uuid[]) OR r.product_id = ANY ($2::uuid[]))"
        " RETURNING r.product_id",
        list(product_ids),
    )
    return sorted({row["product_id"] for row in rows} - set(product_ids))
