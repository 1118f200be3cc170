"""Bulk work: which drafts are known already, and the set-based writes of a merge.

COPY fills a temporary table, one statement moves it under the tenant's policy; what does not
differ is never in that table, so a file that changes nothing writes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from galleria.commerce.attributes import Metafields, Stored
from galleria.commerce.catalog.model.products import (
    Media,
    Seo,
    Status,
    Translation,
)
from galleria.commerce.catalog.model.wording import Axis, KeptVariant
from galleria.commerce.catalog.repository.selections import packed
from galleria.engines.sql import Reader, Transaction


class Known(msgspec.Struct, frozen=True):
    """As much of a product as a merge must know to leave it alone."""

    product_id: UUID
    handle: str
    external_ref: str | None
    status: Status
    content_hash: bytes | None
    variant_ids: list[UUID]


class ProductRow(msgspec.Struct, frozen=True, kw_only=True):
    """A product as a merge writes it; version and times are the database's."""

    product_id: UUID
    handle: str
    title: str
    title_sort: str
    description_html: str
    brand: str
    product_type_id: UUID | None
    status: Status
    published_at: datetime | None
    tags: list[str]
    translations: dict[str, Translation]
    seo: Seo
    external_ref: str | None
    attributes: dict[str, Stored]
    axes: list[Axis]
    # None when no draft says what it says.
    content_hash: bytes | None
    variant_count: int
    metafields: Metafields | None
    stands_for: int | None = None


_PRODUCT_TYPES = {
    "product_id": "uuid",
    "handle": "text",
    "title": "text",
    "title_sort": "text",
    "description_html": "text",
    "brand": "text",
    "product_type_id": "uuid",
    "status": "text",
    "published_at": "timestamptz",
    "tags": "text[]",
    "translations": "jsonb",
    "seo": "jsonb",
    "external_ref": "text",
    "attributes": "json",
    "axes": "json",
    "content_hash": "bytea",
    "variant_count": "int4",
    "metafields": "jsonb",
    "stands_for": "int8",
}
_VARIANT_TYPES = {
    "variant_id": "uuid",
    "product_id": "uuid",
    "position": "int4",
    "sku": "text",
    "barcode": "text",
    "weight_g": "int4",
    "is_shippable": "boolean",
    "is_taxable": "boolean",
    "media_id": "uuid",
    "image_url": "text",
    "external_ref": "text",
    "metafields": "jsonb",
    "selection": "bytea",
}
_MEDIA_TYPES = {
    "product_id": "uuid",
    "position": "int4",
    "media_id": "uuid",
    "alt": "text",
    "alts": "jsonb",
    "source_url": "text",
}
assert tuple(_PRODUCT_TYPES) == ProductRow.__struct_fields__, "a column a field"
assert tuple(_VARIANT_TYPES) == KeptVariant.__struct_fields__, "a column a field"
assert tuple(_MEDIA_TYPES)[1:] == Media.__struct_fields__, "a column a field"
# One look into a unique index for each key: behind LIMIT no plan can decide to read the tenant's
# whole table instead, which it else does while the table grows faster than its statistics.
_KNOWN = """
SELECT p.product_id, p.handle, p.external_ref, p.status, p.content_hash,
       ARRAY(SELECT v.variant_id FROM catalog.variant AS v
             WHERE v.tenant_id = $1 AND v.product_id = p.product_id
             ORDER BY v.position) AS variant_ids
FROM unnest($2::text[]) AS w (key)
CROSS JOIN LATERAL (
    SELECT * FROM catalog.product AS q WHERE q.tenant_id = $1 AND q.{column} = w.key LIMIT 1
) AS p
"""


async def known_products(
    reader: Reader, handles: Sequence[str], external_refs: Sequence[str]
) -> list[Known]:
    """The products that have one of these handles or references."""
    rows = await reader.read(_KNOWN.format(column="handle"), list(handles))
    known = [Known(**row) for row in rows]
    found = {each.external_ref for each in known}
    others = [ref for ref in external_refs if ref not in found]
    if others:
        rows = await reader.read(_KNOWN.format(column="external_ref"), others)
        known += [Known(**row) for row in rows]
    return known


async def holders_of_skus(reader: Reader, skus: Sequence[str]) -> dict[str, tuple[UUID, UUID]]:
    """The (product, variant) that has this SKU, for each SKU that is in use."""
    rows = await reader.read(
        """
        SELECT w.sku, v.product_id, v.variant_id
        FROM unnest($2::text[]) AS w (sku)
        CROSS JOIN LATERAL (
            SELECT q.product_id, q.variant_id FROM catalog.variant AS q
            WHERE q.tenant_id = $1 AND q.sku = w.sku LIMIT 1
        ) AS v
        """,
        list(skus),
    )
    return {row["sku"]: (row["product_id"], row["variant_id"]) for row in rows}


async def places_of(reader: Reader, product_ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """(product, category) pairs of these products."""
    rows = await reader.read(
        "SELECT product_id, category_id FROM catalog.product_category"
        " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )
    return {(row[0], row[1]) for row in rows}


async def write_products(tx: Transaction, new: int, rows: Sequence[ProductRow]) -> None:
    """The first `new` rows are new products, the others take the place of what was there."""
    names = ProductRow.__struct_fields__
    columns = ", ".join(names)
    await tx.copy_rows(
        "incoming_product",
        {**_PRODUCT_TYPES, "ordinal": "int4"},
        [(*astuple(row), ordinal) for ordinal, row in enumerate(rows)],
    )
    if new:
        await tx.execute(
            f"""
            INSERT INTO catalog.product (tenant_id, {columns}, version, created_at, updated_at)
            SELECT $1, {columns}, 1, $2, $2 FROM incoming_product WHERE ordinal < $3
            """,
            tx.now,
            new,
        )
    if new < len(rows):
        changes = ", ".join(f"{name} = i.{name}" for name in names if name != "product_id")
        await tx.execute(
            f"""
            UPDATE catalog.product AS p SET {changes}, version = p.version + 1, updated_at = $2
            FROM incoming_product AS i
            WHERE p.tenant_id = $1 AND p.product_id = i.product_id AND i.ordinal >= $3
            """,
            tx.now,
            new,
        )


async def write_variants(
    tx: Transaction, new: Sequence[KeptVariant], changed: Sequence[KeptVariant]
) -> None:
    """The new variants exist and the changed ones say what they are given to say."""
    names = KeptVariant.__struct_fields__
    columns = ", ".join(names)
    await tx.copy_rows(
        "incoming_variant",
        {**_VARIANT_TYPES, "ordinal": "int4"},
        [
            (*fields, packed(selection), ordinal)
            for ordinal, (*fields, selection) in enumerate(
                map(astuple, [*new, *changed]),
                -len(new),  # below zero: it is new
            )
        ],
    )
    if changed:
        # Two may change SKUs: for a moment neither has one.
        await tx.execute(
            """
            UPDATE catalog.variant AS v SET sku = NULL
            FROM incoming_variant AS i
            WHERE v.tenant_id = $1 AND v.variant_id = i.variant_id AND i.ordinal >= 0
              AND v.sku IS NOT NULL AND v.sku IS DISTINCT FROM i.sku
            """
        )
        changes = ", ".join(f"{name} = i.{name}" for name in names[2:])
        await tx.execute(
            f"""
            UPDATE catalog.variant AS v SET {changes} FROM incoming_variant AS i
            WHERE v.tenant_id = $1 AND v.variant_id = i.variant_id AND i.ordinal >= 0
            """
        )
    if new:
        await tx.execute(
            f"""
            INSERT INTO catalog.variant (tenant_id, {columns})
            SELECT $1, {columns} FROM incoming_variant WHERE ordinal < 0
            """
        )


async def free_skus(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """The variants have no SKU for a moment, so that two of them may change theirs."""
    await tx.execute(
        "UPDATE catalog.variant SET sku = NULL"
        " WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )


async def delete_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """The variants exist no more."""
    await tx.execute(
        "DELETE FROM catalog.variant WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )


async def replace_media(
    tx: Transaction, emptied: Sequence[UUID], media: Sequence[tuple[UUID, Media]]
) -> None:
    """The products in `emptied` lose their pictures, then these (product, picture) are added."""
    if emptied:
        await tx.execute(
            "DELETE FROM catalog.product_media"
            " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
            list(emptied),
        )
    if not media:
        return
    columns = ", ".join(_MEDIA_TYPES)
    await tx.copy_rows(
        "incoming_media",
        _MEDIA_TYPES,
        [(product_id, *astuple(picture)) for product_id, picture in media],
    )
    await tx.execute(
        f"""
        INSERT INTO catalog.product_media (tenant_id, {columns})
        SELECT $1, {columns} FROM incoming_media
        """
    )


async def write_places(
    tx: Transaction,
    gone: Sequence[tuple[UUID, UUID]],
    added: Sequence[tuple[UUID, UUID]],
) -> None:
    """(product, category) pairs are removed and added."""
    if gone:
        await tx.execute(
            """
            DELETE FROM catalog.product_category AS t
            USING unnest($2::uuid[], $3::uuid[]) AS g (product_id, place)
            WHERE t.tenant_id = $1 AND t.product_id = g.product_id AND t.category_id = g.place
            """,
            [product_id for product_id, _ in gone],
            [place for _, place in gone],
        )
    if added:
        await tx.execute(
            """
            INSERT INTO catalog.product_category (tenant_id, product_id, category_id)
            SELECT $1, a.product_id, a.place
            FROM unnest($2::uuid[], $3::uuid[]) AS a (product_id, place)
            ON CONFLICT DO NOTHING
            """,
            [product_id for product_id, _ in added],
            [place for _, place in added],
        )
