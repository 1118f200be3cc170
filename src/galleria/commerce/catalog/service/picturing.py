"""Pictures that products have by address: which there are, and where they are once fetched."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.catalog.events import products_changed
from galleria.commerce.catalog.model.products import FetchedPicture, NamedPicture
from galleria.commerce.catalog.repository import media, products
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.engines.sql import Reader, Transaction


async def pictures_to_fetch(reader: Reader, product_ids: Sequence[UUID]) -> list[NamedPicture]:
    """What these products and their variants have by address only, each address once a product."""
    return await media.named(reader, product_ids) if product_ids else []


async def attach_media(tx: Transaction, product_id: UUID, source_url: str, media_id: UUID) -> None:
    """Wherever the product shows the picture at `source_url`, it is `media_id` from now on.

    For the room that fetches pictures. The product does not count as edited by hand.
    """
    await products.lock_product(tx, product_id)
    if await media.attach(tx, product_id, source_url, media_id):
        tx.publish(*products_changed([product_id], "changed"))


async def attach_pictures(tx: Transaction, fetched: Sequence[FetchedPicture]) -> None:
    """Wherever these products lack the picture of an address, they have it from now on.

    As `attach_media` for many products, by two statements. What a product has no more, or has by
    now, is passed over. Waits for a merge that is under way, and holds up the next one.
    """
    if not fetched:
        return
    await lock_names(tx)
    await media.lock(tx, {each.product_id for each in fetched})
    changed = await media.attach_many(tx, fetched)
    tx.publish(*products_changed(changed, "changed"))
