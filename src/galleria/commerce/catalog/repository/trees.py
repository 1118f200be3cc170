"""Products with all that hangs on them, many at a time in three statements."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.catalog.model.products import (
    CategoryRef,
    Media,
    Status,
    Translation,
)
from galleria.commerce.catalog.model.wording import Axis, KeptProduct, KeptVariant
from galleria.commerce.catalog.repository.products import COLUMNS
from galleria.commerce.catalog.repository.selections import unpacked
from galleria.engines.sql import Reader, Record

VARIANT_COLUMNS = ", ".join(f"v.{name}" for name in KeptVariant.__struct_fields__)
# Who edits a product faster than that is no person.
_MOST_READINGS = 10
_MEDIA_COLUMNS = ", ".join(f"m.{name}" for name in Media.__struct_fields__)

_PRODUCTS = f"""
SELECT {COLUMNS},
       coalesce((
           SELECT jsonb_agg(jsonb_build_object(
               'category_id', a.category_id, 'handle', a.handle, 'name', a.name, 'path', a.path,
               'translations', a.translations, 'is_direct', d.is_direct) ORDER BY a.path)
           FROM (
               SELECT u.category_id, bool_or(u.category_id = c.category_id) AS is_direct
               FROM catalog.product_category AS pc
               JOIN catalog.category AS c
                 ON c.tenant_id = $1 AND c.category_id = pc.category_id
               CROSS JOIN unnest(c.lineage) AS u (category_id)
               WHERE pc.tenant_id = $1 AND pc.product_id = p.product_id
               GROUP BY u.category_id
           ) AS d
           JOIN catalog.category AS a ON a.tenant_id = $1 AND a.category_id = d.category_id
       ), '[]') AS categories
FROM catalog.product AS p
WHERE p.tenant_id = $1 AND p.product_id = ANY ($2::uuid[])
ORDER BY p.product_id
"""
_VIEW_COLUMNS = ", ".join(
    f"v.{name}" for name in KeptVariant.__struct_fields__ if name != "media_id"
)
_VIEWS = f"""
SELECT {_VIEW_COLUMNS}, coalesce(v.media_id, (
           SELECT m.media_id FROM catalog.product_media AS m
           WHERE m.tenant_id = $1 AND m.product_id = v.product_id AND m.media_id IS NOT NULL
           ORDER BY m.position LIMIT 1
       )) AS media_id,
       p.handle AS product_handle, p.title,
       p.status AS product_status, p.brand,
       p.axes,
       CASE WHEN p.translations = '{{}}' THEN '{{}}'::jsonb ELSE (
           SELECT jsonb_object_agg(t.key, t.value - 'description_html')
           FROM jsonb_each(p.translations) AS t
       ) END AS translations
FROM catalog.variant AS v
JOIN catalog.product AS p ON p.tenant_id = $1 AND p.product_id = v.product_id
WHERE v.tenant_id = $1 AND
"""


class KeptTree(KeptProduct, frozen=True, kw_only=True):
    """A product's row with all that hangs on it."""

    variants: list[KeptVariant]
    media: list[Media]
    categories: list[CategoryRef]


class KeptView(KeptVariant, frozen=True, kw_only=True):
    """A variant's row with as much of its product as a cart shows; see `VariantView`."""

    product_handle: str
    title: str
    product_status: Status
    brand: str
    axes: list[Axis]
    translations: dict[str, Translation]


async def trees_of(reader: Reader, product_ids: Sequence[UUID]) -> list[KeptTree]:
    """Those of the products that exist, by id, with variants, media and categories.

    Each as it was at one moment: what somebody edits between the statements is read again.
    """
    found: dict[UUID, KeptTree] = {}
    wanted = list(product_ids)
    for _ in range(_MOST_READINGS):
        trees, versions = await _read_trees(reader, wanted)
        whole = {each.product_id: each for each in trees}
        found |= whole
        wanted = [key for key, tree in whole.items() if versions.get(key) != tree.version]
        if not wanted:
            break
        for product_id in wanted:
            del found[product_id]
    return [found[key] for key in sorted(found)]


async def _read_trees(
    reader: Reader, product_ids: Sequence[UUID]
) -> tuple[list[KeptTree], dict[UUID, int]]:
    """The products, and which version each of them has behind the last statement."""
    ids = list(product_ids)
    products = await reader.read(_PRODUCTS, ids)
    if not products:
        return [], {}
    variants = await variants_by_product(reader, ids)
    media, versions = await _media_and_versions(reader, ids)
    trees = [
        msgspec.convert(
            {
                **dict(row),
                "variants": variants.get(row["product_id"], []),
                "media": media.get(row["product_id"], []),
            },
            KeptTree,
        )
        for row in products
    ]
    return trees, versions


async def variants_by_product(
    reader: Reader, product_ids: Sequence[UUID]
) -> dict[UUID, list[KeptVariant]]:
    """The variants of each product, in their order."""
    rows = await reader.read(
        f"SELECT {VARIANT_COLUMNS} FROM catalog.variant AS v WHERE v.tenant_id = $1"
        " AND v.product_id = ANY ($2::uuid[]) ORDER BY v.product_id, v.position, v.variant_id",
        list(product_ids),
    )
    found: defaultdict[UUID, list[KeptVariant]] = defaultdict(list)
    for row in rows:
        found[row["product_id"]].append(KeptVariant(**_with_numbers(row)))
    return dict(found)


async def media_by_product(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, list[Media]]:
    """The pictures of each product, in their order."""
    rows = await reader.read(
        f"SELECT m.product_id, {_MEDIA_COLUMNS} FROM catalog.product_media AS m"
        " WHERE m.tenant_id = $1 AND m.product_id = ANY ($2::uuid[])"
        " ORDER BY m.product_id, m.position",
        list(product_ids),
    )
    found: defaultdict[UUID, list[Media]] = defaultdict(list)
    for row in rows:
        fields: dict[str, Any] = dict(row)
        found[fields.pop("product_id")].append(Media(**fields))
    return dict(found)


async def _media_and_versions(
    reader: Reader, product_ids: Sequence[UUID]
) -> tuple[dict[UUID, list[Media]], dict[UUID, int]]:
    """The pictures of each product, in their order, and its version at this moment."""
    rows = await reader.read(
        f"SELECT p.product_id, p.version, {_MEDIA_COLUMNS} FROM catalog.product AS p"
        " LEFT JOIN catalog.product_media AS m"
        " ON m.tenant_id = $1 AND m.product_id = p.product_id"
        " WHERE p.tenant_id = $1 AND p.product_id = ANY ($2::uuid[])"
        " ORDER BY p.product_id, m.position",
        list(product_ids),
    )
    media: defaultdict[UUID, list[Media]] = defaultdict(list)
    versions: dict[UUID, int] = {}
    for row in rows:
        fields: dict[str, Any] = dict(row)
        product_id = fields.pop("product_id")
        versions[product_id] = fields.pop("version")
        if fields["position"] is not None:
            media[product_id].append(Media(**fields))
    return dict(media), versions


async def views_of(reader: Reader, variant_ids: Sequence[UUID]) -> list[KeptView]:
    """Those of the variants that exist, by id, with what a cart shows of their products."""
    rows = await reader.read(
        f"{_VIEWS} v.variant_id = ANY ($2::uuid[]) ORDER BY v.variant_id", list(variant_ids)
    )
    return [msgspec.convert(_with_numbers(row), KeptView) for row in rows]


async def page_of_views(
    reader: Reader, product_id: UUID | None, sku: str | None, after: UUID, count: int
) -> list[KeptView]:
    """At most `count` variants after an id, by id; of one product, or with one SKU, when given."""
    where, args = ["v.variant_id > $2"], [after, count]
    if product_id is not None:
        args.append(product_id)
        where.append(f"v.product_id = ${len(args) + 1}")
    if sku is not None:
        args.append(sku)
        where.append(f"v.sku = ${len(args) + 1}")
    rows = await reader.read(
        f"{_VIEWS} {' AND '.join(where)} ORDER BY v.variant_id LIMIT $3", *args
    )
    return [msgspec.convert(_with_numbers(row), KeptView) for row in rows]


def _with_numbers(row: Record) -> dict[str, Any]:
    """The columns of a variant, its selection as numbers."""
    return {**row, "selection": unpacked(row["selection"])}
