"""Pictures that were fetched since."""

from collections.abc import Collection, Sequence
from uuid import UUID

from galleria.commerce.catalog.model.products import FetchedPicture, NamedPicture
from galleria.engines.sql import Reader, Transaction


async def attach(tx: Transaction, product_id: UUID, source_url: str, media_id: UUID) -> bool:
    """The product's pictures and variants with this address have the id; whether any lacked it.

    The product is locked.
    """
    pictures = await tx.execute(
        "UPDATE catalog.product_media SET media_id = $4 WHERE tenant_id = $1 AND product_id = $2"
        " AND source_url = $3 AND media_id IS DISTINCT FROM $4",
        product_id,
        source_url,
        media_id,
    )
    variants = await tx.execute(
        "UPDATE catalog.variant SET media_id = $4 WHERE tenant_id = $1 AND product_id = $2"
        " AND image_url = $3 AND media_id IS DISTINCT FROM $4",
        product_id,
        source_url,
        media_id,
    )
    return pictures + variants > 0


async def named(reader: Reader, product_ids: Sequence[UUID]) -> list[NamedPicture]:
    """What these products and their variants have by address only, each address once a product."""
    rows = await reader.read(
        """
        SELECT m.product_id, m.source_url FROM catalog.product_media AS m
        WHERE m.tenant_id = $1 AND m.product_id = ANY($2::uuid[])
          AND m.media_id IS NULL AND m.source_url IS NOT NULL
        UNION
        SELECT v.product_id, v.image_url FROM catalog.variant AS v
        WHERE v.tenant_id = $1 AND v.product_id = ANY($2::uuid[])
          AND v.media_id IS NULL AND v.image_url IS NOT NULL
        """,
        list(product_ids),
    )
    return [NamedPicture(*row) for row in rows]


async def lock(tx: Transaction, product_ids: Collection[UUID]) -> None:
    """Those of the products that exist are locked until the commit, in the order of their ids."""
    await tx.execute(
        "SELECT FROM catalog.product WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])"
        " ORDER BY product_id FOR UPDATE",
        list(product_ids),
    )


async def attach_many(tx: Transaction, fetched: Sequence[FetchedPicture]) -> list[UUID]:
    """Pictures and variants with these addresses have the ids; products that lacked one.

    The products are locked.
    """
    rows = await tx.fetch(
        """
        WITH fetched AS MATERIALIZED (
            SELECT * FROM unnest($2::uuid[], $3::text[], $4::uuid[])
                AS u (product_id, source_url, media_id)
        ), pictures AS (
            UPDATE catalog.product_media AS m SET media_id = f.media_id FROM fetched AS f
            WHERE m.tenant_id = $1 AND m.product_id = f.product_id
              AND m.source_url = f.source_url AND m.media_id IS NULL
            RETURNING m.product_id
        ), variants AS (
            UPDATE catalog.variant AS v SET media_id = f.media_id FROM fetched AS f
            WHERE v.tenant_id = $1 AND v.product_id = f.product_id
              AND v.image_url = f.source_url AND v.media_id IS NULL
            RETURNING v.product_id
        )
        SELECT product_id FROM pictures UNION SELECT product_id FROM variants ORDER BY 1
        """,
        [each.product_id for each in fetched],
        [each.source_url for each in fetched],
        [each.media_id for each in fetched],
    )
    return [row["product_id"] for row in rows]
