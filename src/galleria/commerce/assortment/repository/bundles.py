"""The tables of bundles and their components."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.assortment.model.bundles import Bundle
from galleria.engines.sql import Reader, Transaction

_COLUMNS = "b.variant_id, b.product_id, b.pricing, b.discount_bp, b.discounts, b.updated_at"
_BUNDLES = f"""
    SELECT {_COLUMNS}, (
        SELECT jsonb_agg(jsonb_build_object('variant_id', c.component_id, 'quantity', c.quantity)
                         ORDER BY c.position)
        FROM assortment.bundle_component AS c
        WHERE c.tenant_id = b.tenant_id AND c.variant_id = b.variant_id) AS components
    FROM assortment.bundle AS b WHERE b.tenant_id = $1
"""


async def lock_bundles(tx: Transaction) -> None:
    """Until the commit nobody else says what bundles of this shop consist of."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('assortment.bundles'), $1)")


async def bundles_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Bundle]:
    """Those of the variants that are bundles, by id."""
    rows = await reader.read(f"{_BUNDLES} AND b.variant_id = ANY ($2::uuid[])", list(variant_ids))
    return {row["variant_id"]: msgspec.convert(dict(row), Bundle) for row in rows}


async def bundles_of_product(reader: Reader, product_id: UUID, limit: int) -> list[Bundle]:
    """The first bundles among the variants of a product, by id."""
    rows = await reader.read(
        f"{_BUNDLES} AND b.product_id = $2 ORDER BY b.variant_id LIMIT $3", product_id, limit
    )
    return [msgspec.convert(dict(row), Bundle) for row in rows]


async def components_among(reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the variants that some bundle contains."""
    rows = await reader.read(
        "SELECT w.variant_id FROM unnest($2::uuid[]) AS w (variant_id) WHERE EXISTS ("
        " SELECT FROM assortment.bundle_component AS c"
        " WHERE c.tenant_id = $1 AND c.component_id = w.variant_id)",
        list(variant_ids),
    )
    return {row["variant_id"] for row in rows}


async def save(tx: Transaction, bundles: Sequence[Bundle], products: dict[UUID, UUID]) -> None:
    """The variants consist of just this; `products` leads from each component to its product."""
    await tx.copy_rows(
        "incoming_bundle",
        {
            "variant_id": "uuid",
            "product_id": "uuid",
            "pricing": "text",
            "discount_bp": "int4",
            "discounts": "jsonb",
            "updated_at": "timestamptz",
        },
        [
            (b.variant_id, b.product_id, b.pricing, b.discount_bp, b.discounts, b.updated_at)
            for b in bundles
        ],
    )
    parts: list[tuple[Any, ...]] = [
        (bundle.variant_id, each.variant_id, products[each.variant_id], each.quantity, at)
        for bundle in bundles
        for at, each in enumerate(bundle.components)
    ]
    await tx.copy_rows(
        "incoming_component",
        {
            "variant_id": "uuid",
            "component_id": "uuid",
            "component_product_id": "uuid",
            "quantity": "int4",
            "position": "int4",
        },
        parts,
    )
    await tx.execute(
        """
        INSERT INTO assortment.bundle
            (tenant_id, variant_id, product_id, pricing, discount_bp, discounts, updated_at)
        SELECT $1, variant_id, product_id, pricing, discount_bp, discounts, updated_at
        FROM incoming_bundle
        ON CONFLICT (tenant_id, variant_id) DO UPDATE
        SET pricing = excluded.pricing, discount_bp = excluded.discount_bp,
            discounts = excluded.discounts, updated_at = excluded.updated_at
        """
    )
    await tx.execute(
        """
        DELETE FROM assortment.bundle_component AS c
        WHERE c.tenant_id = $1 AND c.variant_id = ANY ($2::uuid[])
        """,
        [each.variant_id for each in bundles],
    )
    await tx.execute(
        """
        INSERT INTO assortment.bundle_component
            (tenant_id, variant_id, component_id, component_product_id, quantity, position)
        SELECT $1, variant_id, component_id, component_product_id, quantity, position
        FROM incoming_component
        """
    )


async def delete(tx: Transaction, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The variants are bundles no longer; the products of those that were come back."""
    rows = await tx.fetch(
        "DELETE FROM assortment.bundle WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])"
        " RETURNING product_id",
        list(variant_ids),
    )
    return sorted({row["product_id"] for row in rows})


async def delete_of_products(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """No variant of these products is a bundle any more."""
    await tx.execute(
        "DELETE FROM assortment.bundle WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )


async def products_with_components(
    reader: Reader, variant_ids: Sequence[UUID], at_least: int = 1
) -> list[UUID]:
    """The products of bundles that contain `at_least` so many of one of the variants, by id."""
    rows = await reader.read(
        """
        SELECT DISTINCT b.product_id FROM assortment.bundle_component AS c
        JOIN assortment.bundle AS b USING (tenant_id, variant_id)
        WHERE c.tenant_id = $1 AND c.component_id = ANY ($2::uuid[]) AND c.quantity >= $3
        ORDER BY b.product_id
        """,
        list(variant_ids),
        at_least,
    )
    return [row["product_id"] for row in rows]


async def products_with_parts_of(reader: Reader, product_ids: Sequence[UUID]) -> list[UUID]:
    """The other products of which a bundle contains a variant of one of these, by id."""
    rows = await reader.read(
        """
        SELECT DISTINCT b.product_id FROM assortment.bundle_component AS c
        JOIN assortment.bundle AS b USING (tenant_id, variant_id)
        WHERE c.tenant_id = $1 AND c.component_product_id = ANY ($2::uuid[])
          AND b.product_id <> ALL ($2::uuid[])
        ORDER BY b.product_id
        """,
        list(product_ids),
    )
    return [row["product_id"] for row in rows]
