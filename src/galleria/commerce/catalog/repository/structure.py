"""Product types, categories and collections."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.catalog.model.structure import Category, Collection
from galleria.commerce.catalog.repository.products import LAST
from galleria.engines.sql import Reader, Transaction

_CATEGORY_FIELDS = Category.__struct_fields__
_CATEGORY = ", ".join(_CATEGORY_FIELDS)
_COLLECTION_FIELDS = Collection.__struct_fields__
_COLLECTION = ", ".join(_COLLECTION_FIELDS)
_CATEGORY_TYPES = dict(
    zip(
        _CATEGORY_FIELDS,
        ["uuid", "uuid", "text", "text", "jsonb", "text", "uuid[]", "int4", "int8"],
        strict=True,
    )
)
_COLLECTION_TYPES = dict(
    zip(_COLLECTION_FIELDS, ["uuid", "text", "text", "jsonb", "int4", "int8"], strict=True)
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


async def collections_at(reader: Reader, handles: Sequence[str]) -> dict[str, UUID]:
    """The id of each collection that exists, by handle."""
    rows = await reader.read(
        "SELECT handle, collection_id FROM catalog.collection"
        " WHERE tenant_id = $1 AND handle = ANY ($2::text[])",
        list(handles),
    )
    return {row["handle"]: row["collection_id"] for row in rows}


async def collection_handles(reader: Reader, beginning: str) -> set[str]:
    """Handles of collections that begin so."""
    rows = await reader.read(
        "SELECT handle FROM catalog.collection"
        " WHERE tenant_id = $1 AND handle >= $2 AND handle < $3",
        beginning,
        beginning + LAST,
    )
    return {row["handle"] for row in rows}


async def find_collection(reader: Reader, collection_id: UUID) -> Collection | None:
    """The collection, or None."""
    row = await reader.read_row(
        f"SELECT {_COLLECTION} FROM catalog.collection WHERE tenant_id = $1 AND collection_id = $2",
        collection_id,
    )
    return Collection(**row) if row else None


async def lock_collection(tx: Transaction, collection_id: UUID) -> Collection | None:
    """The collection, locked until the commit, or None."""
    row = await tx.fetch_row(
        f"SELECT {_COLLECTION} FROM catalog.collection"
        " WHERE tenant_id = $1 AND collection_id = $2 FOR NO KEY UPDATE",
        collection_id,
    )
    return Collection(**row) if row else None


async def page_of_collections(
    reader: Reader, after: tuple[int, str], count: int
) -> list[Collection]:
    """At most `count` collections after (position, handle), in that order."""
    rows = await reader.read(
        f"SELECT {_COLLECTION} FROM catalog.collection WHERE tenant_id = $1"
        " AND (position, handle) > ($2::int4, $3::text) ORDER BY position, handle LIMIT $4",
        *after,
        count,
    )
    return [Collection(**row) for row in rows]


async def add_collections(tx: Transaction, collections: Sequence[Collection]) -> None:
    """The collections exist."""
    await tx.copy_rows(
        "incoming_collection",
        _COLLECTION_TYPES,
        [tuple(getattr(each, name) for name in _COLLECTION_FIELDS) for each in collections],
    )
    await tx.execute(
        f"INSERT INTO catalog.collection (tenant_id, {_COLLECTION})"
        f" SELECT $1, {_COLLECTION} FROM incoming_collection"
    )


async def save_collection(tx: Transaction, collection: Collection) -> None:
    """The row says what the collection says."""
    fields = ", ".join(f"{name} = ${at}" for at, name in enumerate(_COLLECTION_FIELDS[1:], 3))
    await tx.execute(
        f"UPDATE catalog.collection SET {fields} WHERE tenant_id = $1 AND collection_id = $2",
        collection.collection_id,
        *(getattr(collection, name) for name in _COLLECTION_FIELDS[1:]),
    )


async def delete_collection(tx: Transaction, collection_id: UUID) -> list[UUID]:
    """The collection is gone; the products it held come back."""
    rows = await tx.fetch(
        "DELETE FROM catalog.product_collection WHERE tenant_id = $1 AND collection_id = $2"
        " RETURNING product_id",
        collection_id,
    )
    await tx.execute(
        "DELETE FROM catalog.collection WHERE tenant_id = $1 AND collection_id = $2",
        collection_id,
    )
    return sorted(row["product_id"] for row in rows)


async def products_in(reader: Reader, kind: str, place_ids: Sequence[UUID]) -> list[UUID]:
    """The products in any of these categories or collections, by id."""
    assert kind in ("category", "collection")
    rows = await reader.read(
        f"SELECT DISTINCT product_id FROM catalog.product_{kind}"
        f" WHERE tenant_id = $1 AND {kind}_id = ANY ($2::uuid[]) ORDER BY product_id",
        list(place_ids),
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


async def known_places(reader: Reader, kind: str, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are categories, or collections, of this tenant."""
    assert kind in ("category", "collection")
    rows = await reader.read(
        f"SELECT {kind}_id AS place FROM catalog.{kind}"
        f" WHERE tenant_id = $1 AND {kind}_id = ANY ($2::uuid[])",
        list(ids),
    )
    return {row["place"] for row in rows}


async def names_of_places(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What those of the ids are called that are categories or collections of this tenant."""
    rows = await reader.read(
        "SELECT category_id AS place, name FROM catalog.category"
        " WHERE tenant_id = $1 AND category_id = ANY ($2::uuid[])"
        " UNION ALL SELECT collection_id, title FROM catalog.collection"
        " WHERE tenant_id = $1 AND collection_id = ANY ($2::uuid[])",
        list(ids),
    )
    return {row["place"]: row["name"] for row in rows}
