"""Products: one by one, in pages, and how many there are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.catalog.model.products import (
    STATUSES,
    ProductFacts,
    ProductName,
    Status,
)
from galleria.commerce.catalog.model.wording import KeptProduct
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.text import sort_key

_FIELDS = KeptProduct.__struct_fields__
COLUMNS = ", ".join(f"p.{name}" for name in _FIELDS)
_KEPT = ("product_id", "created_at", "stands_for")
_EDITABLE = tuple(name for name in _FIELDS if name not in _KEPT)
_UPDATE = (
    "UPDATE catalog.product SET "
    + ", ".join(f"{name} = ${at}" for at, name in enumerate(_EDITABLE, 5))
    + ", title_sort = $3, stands_for = NULL, content_hash = CASE WHEN $4 THEN content_hash END"
    " WHERE tenant_id = $1 AND product_id = $2"
)
_OF_THESE = "tenant_id = $1 AND product_id = ANY ($2::uuid[])"
# Behind every character there is.
LAST = "\U0010ffff"


def product_of(row: Any) -> KeptProduct:
    """A row of COLUMNS as a product."""
    return msgspec.convert(dict(row), KeptProduct)


async def find_product(reader: Reader, product_id: UUID) -> KeptProduct | None:
    """The product, or None when this tenant has none such."""
    row = await reader.read_row(
        f"SELECT {COLUMNS} FROM catalog.product AS p WHERE p.tenant_id = $1 AND p.product_id = $2",
        product_id,
    )
    return product_of(row) if row else None


async def find_metafields(reader: Reader, product_id: UUID) -> dict[str, Any]:
    """What the product carries beside itself, by name; nothing when there is no such product."""
    found = await reader.read_value(
        "SELECT metafields FROM catalog.product WHERE tenant_id = $1 AND product_id = $2",
        product_id,
    )
    return found or {}


async def lock_products(tx: Transaction, product_ids: Sequence[UUID]) -> list[KeptProduct]:
    """Those of the products that exist, by id, each locked until the commit in that order."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM catalog.product AS p WHERE p.tenant_id = $1"
        " AND p.product_id = ANY ($2::uuid[]) ORDER BY p.product_id FOR UPDATE",
        list(product_ids),
    )
    return [product_of(row) for row in rows]


async def lock_product(tx: Transaction, product_id: UUID) -> KeptProduct | None:
    """The product, locked until the commit, or None."""
    return next(iter(await lock_products(tx, [product_id])), None)


async def save_product(tx: Transaction, product: KeptProduct, keeps_hash: bool = False) -> None:
    """The row says what the product says.

    Without `keeps_hash` it is marked as edited by hand: the next merge writes it again.
    """
    await tx.execute(
        _UPDATE,
        product.product_id,
        sort_key(product.title),
        keeps_hash,
        *(getattr(product, name) for name in _EDITABLE),
    )


async def save_statuses(tx: Transaction, products: Sequence[ProductFacts]) -> None:
    """Status, version and times of publishing of many products, in one statement."""
    await tx.execute(
        """
        UPDATE catalog.product AS p
        SET status = w.status, published_at = w.published_at, version = w.version,
            publish_at = w.publish_at, unpublish_at = w.unpublish_at, updated_at = $2,
            stands_for = NULL
        FROM unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::int8[], $7::timestamptz[],
                    $8::timestamptz[])
             AS w (product_id, status, published_at, version, publish_at, unpublish_at)
        WHERE p.tenant_id = $1 AND p.product_id = w.product_id
        """,
        tx.now,
        [product.product_id for product in products],
        [product.status for product in products],
        [product.published_at for product in products],
        [product.version for product in products],
        [product.publish_at for product in products],
        [product.unpublish_at for product in products],
    )


async def save_tags(tx: Transaction, tags: Mapping[UUID, Sequence[str]]) -> None:
    """The products have these tags, in one statement; `mark_edited` gives them their versions."""
    ids = [product_id for product_id, words in tags.items() for _ in words]
    await tx.execute(
        """
        UPDATE catalog.product AS p SET tags = coalesce(w.tags, '{}')
        FROM unnest($2::uuid[]) AS o (product_id)
        LEFT JOIN (
            SELECT t.product_id, array_agg(t.tag ORDER BY t.at) AS tags
            FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS t (product_id, tag, at)
            GROUP BY t.product_id
        ) AS w ON w.product_id = o.product_id
        WHERE p.tenant_id = $1 AND p.product_id = o.product_id
        """,
        list(tags),
        ids,
        [word for words in tags.values() for word in words],
    )


async def lock_due(tx: Transaction, limit: int) -> list[KeptProduct]:
    """At most `limit` products that should have come or gone by now, each locked, by id.

    One that somebody else has locked is left for the next time.
    """
    rows = await tx.fetch(
        f"""
        SELECT {COLUMNS} FROM catalog.product AS p
        WHERE p.tenant_id = $1 AND p.product_id IN (
            SELECT d.product_id FROM catalog.product AS d
            WHERE d.tenant_id = $1 AND d.publish_at <= $2
            UNION
            SELECT d.product_id FROM catalog.product AS d
            WHERE d.tenant_id = $1 AND d.unpublish_at <= $2
            LIMIT $3)
        ORDER BY p.product_id FOR UPDATE SKIP LOCKED
        """,
        tx.now,
        limit,
    )
    return [product_of(row) for row in rows]


async def delete_products(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """The products are gone with their variants, pictures and places."""
    await tx.execute(
        f"""
        WITH variants AS (
            DELETE FROM catalog.variant WHERE {_OF_THESE}
        ), pictures AS (
            DELETE FROM catalog.product_media WHERE {_OF_THESE}
        ), categories AS (
            DELETE FROM catalog.product_category WHERE {_OF_THESE}
        )
        DELETE FROM catalog.product WHERE {_OF_THESE}
        """,
        list(product_ids),
    )


async def mark_edited(
    tx: Transaction, product_ids: Sequence[UUID], variant_delta: int = 0
) -> dict[UUID, int]:
    """The products have a new version, which comes back, and count as edited by hand."""
    rows = await tx.fetch(
        """
        UPDATE catalog.product
        SET version = version + 1, updated_at = $2, content_hash = NULL, stands_for = NULL,
            variant_count = variant_count + $4
        WHERE tenant_id = $1 AND product_id = ANY ($3::uuid[])
        RETURNING product_id, version
        """,
        tx.now,
        list(product_ids),
        variant_delta,
    )
    return {row["product_id"]: row["version"] for row in rows}


async def taken_handles(reader: Reader, beginning: str) -> set[str]:
    """Handles of products that begin so."""
    rows = await reader.read(
        "SELECT handle FROM catalog.product WHERE tenant_id = $1 AND handle >= $2 AND handle < $3",
        beginning,
        beginning + LAST,
    )
    return {row["handle"] for row in rows}


async def add_tally(tx: Transaction, changes: dict[Status, int]) -> None:
    """The counts by status differ by so much.

    Counts are kept as changes, so that writers never wait for each other; whoever makes a 64th
    change folds what is there into one row a status. A reader sees the same sum throughout.
    """
    changes = {status: change for status, change in changes.items() if change}
    if not changes:
        return
    is_time_to_fold = await tx.fetch_value(
        """
        WITH added AS (
            INSERT INTO catalog.product_tally (tenant_id, status, change)
            SELECT $1, c.status, c.change FROM unnest($2::text[], $3::int8[]) AS c (status, change)
            RETURNING tally_id
        )
        SELECT bool_or(tally_id % 64 = 0) FROM added
        """,
        list(changes),
        list(changes.values()),
    )
    if is_time_to_fold:
        await _fold_tallies(tx)


async def _fold_tallies(tx: Transaction) -> None:
    await tx.execute(
        """
        WITH folded AS (
            DELETE FROM catalog.product_tally
            WHERE tenant_id = $1 AND tally_id IN (
                SELECT tally_id FROM catalog.product_tally WHERE tenant_id = $1
                ORDER BY tally_id FOR UPDATE SKIP LOCKED
            )
            RETURNING status, change
        )
        INSERT INTO catalog.product_tally (tenant_id, status, change)
        SELECT $1, status, sum(change) FROM folded GROUP BY status
        """
    )


async def count_products(reader: Reader) -> dict[Status, int]:
    """How many products have each status."""
    rows = await reader.read(
        "SELECT status, sum(change)::int8 AS products FROM catalog.product_tally"
        " WHERE tenant_id = $1 GROUP BY status"
    )
    counts = {row["status"]: row["products"] for row in rows}
    return {status: counts.get(status, 0) for status in STATUSES}


async def find_by_handle(reader: Reader, handle: str) -> UUID | None:
    """The id of the product with this handle, or None."""
    product_id: UUID | None = await reader.read_value(
        "SELECT product_id FROM catalog.product WHERE tenant_id = $1 AND handle = $2", handle
    )
    return product_id


async def product_ids_after(reader: Reader, after: UUID, limit: int) -> list[UUID]:
    """At most `limit` ids of products after an id, in order."""
    rows = await reader.read(
        "SELECT product_id FROM catalog.product WHERE tenant_id = $1 AND product_id > $2"
        " ORDER BY product_id LIMIT $3",
        after,
        limit,
    )
    return [row["product_id"] for row in rows]


async def variant_ids_by_product(
    reader: Reader, product_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """The variants of these products, by id."""
    rows = await reader.read(
        "SELECT product_id, array_agg(variant_id ORDER BY variant_id) AS variant_ids"
        " FROM catalog.variant WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])"
        " GROUP BY product_id",
        list(product_ids),
    )
    return {row["product_id"]: row["variant_ids"] for row in rows}


async def names_of(reader: Reader, product_ids: Sequence[UUID]) -> list[ProductName]:
    """What those of the products are called that exist."""
    rows = await reader.read(
        "SELECT product_id, handle, title, status, external_ref FROM catalog.product"
        " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )
    return [ProductName(**row) for row in rows]


async def ids_by_handle(reader: Reader, handles: Sequence[str]) -> dict[str, UUID]:
    """The product that has each of these handles."""
    rows = await reader.read(
        """
        SELECT p.handle, p.product_id FROM unnest($2::text[]) AS w (handle)
        CROSS JOIN LATERAL (
            SELECT q.handle, q.product_id FROM catalog.product AS q
            WHERE q.tenant_id = $1 AND q.handle = w.handle LIMIT 1
        ) AS p
        """,
        list(handles),
    )
    return {row["handle"]: row["product_id"] for row in rows}


async def ids_by_external_ref(reader: Reader, refs: Sequence[str]) -> dict[str, UUID]:
    """The product that has each of these external ids."""
    rows = await reader.read(
        """
        SELECT p.external_ref, p.product_id FROM unnest($2::text[]) AS w (ref)
        CROSS JOIN LATERAL (
            SELECT q.external_ref, q.product_id FROM catalog.product AS q
            WHERE q.tenant_id = $1 AND q.external_ref = w.ref LIMIT 1
        ) AS p
        """,
        list(refs),
    )
    return {row["external_ref"]: row["product_id"] for row in rows}


async def variant_counts(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many variants each of these products has."""
    rows = await reader.read(
        "SELECT product_id, variant_count FROM catalog.product"
        " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )
    return {row["product_id"]: row["variant_count"] for row in rows}


async def existing_variants(reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are variants of this shop."""
    rows = await reader.read(
        "SELECT variant_id FROM catalog.variant"
        " WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )
    return {row["variant_id"] for row in rows}


async def orphans_after(reader: Reader, after: UUID, limit: int) -> tuple[list[UUID], UUID | None]:
    """Of the next `limit` variants after an id those without a product; and the last one seen."""
    rows = await reader.read(
        """
        SELECT v.variant_id, p.product_id IS NULL AS is_orphan
        FROM (
            SELECT q.variant_id, q.product_id FROM catalog.variant AS q
            WHERE q.tenant_id = $1 AND q.variant_id > $2 ORDER BY q.variant_id LIMIT $3
        ) AS v
        LEFT JOIN catalog.product AS p ON p.tenant_id = $1 AND p.product_id = v.product_id
        ORDER BY v.variant_id
        """,
        after,
        limit,
    )
    last = rows[-1]["variant_id"] if len(rows) == limit else None
    return [row["variant_id"] for row in rows if row["is_orphan"]], last


async def delete_orphans(tx: Transaction, variant_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the variants that still have no product exist no more; they come back."""
    rows = await tx.fetch(
        """
        DELETE FROM catalog.variant AS v
        WHERE v.tenant_id = $1 AND v.variant_id = ANY ($2::uuid[]) AND NOT EXISTS (
            SELECT FROM catalog.product AS p WHERE p.tenant_id = $1 AND p.product_id = v.product_id)
        RETURNING v.variant_id
        """,
        list(variant_ids),
    )
    return [row["variant_id"] for row in rows]


async def products_of_variants(reader: Reader, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The products these variants belong to, each once."""
    rows = await reader.read(
        "SELECT DISTINCT product_id FROM catalog.variant WHERE tenant_id = $1"
        " AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )
    return [row["product_id"] for row in rows]


async def barcodes_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Barcodes of the variants of those of the products that have any."""
    rows = await reader.read(
        """
        SELECT product_id, array_agg(barcode ORDER BY variant_id) AS barcodes
        FROM catalog.variant
        WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[]) AND barcode IS NOT NULL
        GROUP BY product_id
        """,
        list(product_ids),
    )
    return {row["product_id"]: row["barcodes"] for row in rows}


async def product_ids_using(
    reader: Reader, attribute_ids: Iterable[int], after: UUID, limit: int
) -> tuple[list[UUID], UUID | None]:
    """Of the next `limit` products after an id, those that say something by these attributes.

    With them the last id looked at, None when there are no more.
    """
    rows = await reader.read(
        """
        SELECT n.product_id,
               jsonb_exists_any(n.attributes::jsonb, $4::text[]) OR EXISTS (
                   SELECT FROM json_array_elements(n.axes) AS x WHERE x ->> 0 = ANY ($4::text[])
               ) AS is_using
        FROM (
            SELECT p.product_id, p.attributes, p.axes FROM catalog.product AS p
            WHERE p.tenant_id = $1 AND p.product_id > $2 ORDER BY p.product_id LIMIT $3
        ) AS n
        ORDER BY n.product_id
        """,
        after,
        limit,
        [str(each) for each in attribute_ids],
    )
    using = [row["product_id"] for row in rows if row["is_using"]]
    return using, rows[-1]["product_id"] if len(rows) == limit else None


async def uses_value(
    reader: Reader, attribute_id: int, value_ids: Iterable[int], after: UUID, limit: int
) -> tuple[bool, UUID | None]:
    """Whether one of the next `limit` products after an id says or offers one of these values.

    With it the last id looked at, None when there are no more. What no product offers as an
    option none of its variants is chosen by.
    """
    row = await reader.read_row(
        """
        SELECT count(*) AS seen, (array_agg(n.product_id ORDER BY n.product_id DESC))[1] AS last,
               coalesce(bool_or(EXISTS (
                   SELECT FROM unnest($5::int4[]) AS v
                   WHERE (n.attributes -> $4::text)::jsonb @> to_jsonb(v)
                      OR EXISTS (SELECT FROM json_array_elements(n.axes) AS x
                                 WHERE x ->> 0 = $4::text AND (x -> 1)::jsonb @> to_jsonb(v))
               )), false) AS is_used
        FROM (
            SELECT p.product_id, p.attributes, p.axes FROM catalog.product AS p
            WHERE p.tenant_id = $1 AND p.product_id > $2 ORDER BY p.product_id LIMIT $3
        ) AS n
        """,
        after,
        limit,
        str(attribute_id),
        list(value_ids),
    )
    assert row is not None, "an aggregate gives a row"
    return row["is_used"], row["last"] if row["seen"] == limit else None
