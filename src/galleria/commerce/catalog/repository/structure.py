"""Categories."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.catalog.model.structure import Category
from galleria.engines.sql import Reader, Transaction

_CATEGORY_FIELDS = Category.__struct_fields__
_CATEGORY = ", ".join(_CATEGORY_FIELDS)
_CATEGORY_TYPES = dict(
    zip(
        _CATEGORY_FIELDS,
        [
            "uuid",
            "uuid",
            "text",
            "text",
            "jsonb",
            "text",
            "uuid[]",
            "int4",
            "int8",
            "uuid",
            "jsonb",
        ],
        strict=True,
    )
)


async def categories_at(reader: Reader, paths: Sequence[str]) -> dict[str, Category]:
    """The categories that have these paths, by path."""
    rows = await reader.read(
        f"SELECT {_CATEGORY} FROM catalog.category"
        " WHERE tenant_id = $1 AND path = ANY ($2::text[])",
        list(paths),
    )
    return {row["path"]: Category(**row) for row in rows}


async def find_category(reader: Reader, category_id: UUID) -> Category | None:
    """The category, or None."""
    row = await reader.read_row(
        f"SELECT {_CATEGORY} FROM catalog.category WHERE tenant_id = $1 AND category_id = $2",
        category_id,
    )
    return Category(**row) if row else None


async def branch_of(tx: Transaction, category_id: UUID) -> list[Category]:
    """The category and all below it, from the top, locked until the commit."""
    rows = await tx.fetch(
        f"SELECT {_CATEGORY} FROM catalog.category"
        " WHERE tenant_id = $1 AND $2::uuid = ANY (lineage) ORDER BY path FOR NO KEY UPDATE",
        category_id,
    )
    return [Category(**row) for row in rows]


async def page_of_categories(reader: Reader, after: str, count: int) -> list[Category]:
    """At most `count` categories whose paths follow, by path: a parent before its children."""
    rows = await reader.read(
        f"SELECT {_CATEGORY} FROM catalog.category"
        " WHERE tenant_id = $1 AND path > $2 ORDER BY path LIMIT $3",
        after,
        count,
    )
    return [Category(**row) for row in rows]


async def category_handles(reader: Reader) -> set[str]:
    """All handles of categories: some hundreds."""
    rows = await reader.read("SELECT handle FROM catalog.category WHERE tenant_id = $1")
    return {row["handle"] for row in rows}


async def add_categories(tx: Transaction, categories: Sequence[Category]) -> None:
    """The categories exist, parents first in the sequence."""
    await tx.copy_rows(
        "incoming_category",
        _CATEGORY_TYPES,
        [tuple(getattr(each, name) for name in _CATEGORY_FIELDS) for each in categories],
    )
    await tx.execute(
        f"INSERT INTO catalog.category (tenant_id, {_CATEGORY})"
        f" SELECT $1, {_CATEGORY} FROM incoming_category"
    )


async def save_categories(tx: Transaction, categories: Sequence[Category]) -> None:
    """The rows say what the categories say, all in one statement."""
    await tx.copy_rows(
        "incoming_category",
        _CATEGORY_TYPES,
        [tuple(getattr(each, name) for name in _CATEGORY_FIELDS) for each in categories],
    )
    fields = ", ".join(f"{name} = i.{name}" for name in _CATEGORY_FIELDS[1:])
    await tx.execute(
        f"UPDATE catalog.category AS c SET {fields} FROM incoming_category AS i"
        " WHERE c.tenant_id = $1 AND c.category_id = i.category_id"
    )


async def sets_of_products(
    reader: Reader, product_ids: Sequence[UUID]
) -> dict[UUID, list[list[UUID]]]:
    """For each product the attribute sets above it: of each category, from the root down."""
    rows = await reader.read(
        """
        SELECT pc.product_id, array_agg(a.attribute_set_id ORDER BY u.depth) AS lineage
        FROM catalog.product_category AS pc
        JOIN catalog.category AS c ON c.tenant_id = $1 AND c.category_id = pc.category_id
        CROSS JOIN unnest(c.lineage) WITH ORDINALITY AS u (category_id, depth)
        JOIN catalog.category AS a ON a.tenant_id = $1 AND a.category_id = u.category_id
        WHERE pc.tenant_id = $1 AND pc.product_id = ANY ($2::uuid[])
          AND a.attribute_set_id IS NOT NULL
        GROUP BY pc.product_id, pc.category_id
        ORDER BY pc.product_id, pc.category_id
        """,
        list(product_ids),
    )
    found: dict[UUID, list[list[UUID]]] = {}
    for row in rows:
        found.setdefault(row["product_id"], []).append(row["lineage"])
    return found


async def delete_category(tx: Transaction, category_id: UUID) -> list[UUID]:
    """The category is gone; the products that lay in it come back."""
    rows = await tx.fetch(
        "DELETE FROM catalog.product_category WHERE tenant_id = $1 AND category_id = $2"
        " RETURNING product_id",
        category_id,
    )
    await tx.execute(
        "DELETE FROM catalog.category WHERE tenant_id = $1 AND category_id = $2", category_id
    )
    return sorted(row["product_id"] for row in rows)


async def products_in(reader: Reader, category_ids: Sequence[UUID]) -> list[UUID]:
    """The products in any of these categories, by id."""
    rows = await reader.read(
        "SELECT DISTINCT product_id FROM catalog.product_category"
        " WHERE tenant_id = $1 AND category_id = ANY ($2::uuid[]) ORDER BY product_id",
        list(category_ids),
    )
    return [row["product_id"] for row in rows]


async def existing_products(reader: Reader, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are products of this tenant."""
    rows = await reader.read(
        "SELECT product_id FROM catalog.product"
        " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )
    return {row["product_id"] for row in rows}


async def known_categories(reader: Reader, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are categories of this tenant."""
    rows = await reader.read(
        "SELECT category_id FROM catalog.category"
        " WHERE tenant_id = $1 AND category_id = ANY ($2::uuid[])",
        list(ids),
    )
    return {row["category_id"] for row in rows}


async def names_of_categories(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What those of the ids are called that are categories of this tenant."""
    rows = await reader.read(
        "SELECT category_id, name FROM catalog.category"
        " WHERE tenant_id = $1 AND category_id = ANY ($2::uuid[])",
        list(ids),
    )
    return {row["category_id"]: row["name"] for row in rows}
