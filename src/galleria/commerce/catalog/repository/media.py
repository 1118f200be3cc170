"""Pictures that were fetched since."""

from uuid import UUID

from galleria.engines.sql import Transaction


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
