"""Puts fetched pictures on the products that wait for them."""

from collections import Counter

from galleria.commerce import catalog
from galleria.commerce.catalog import FetchedPicture
from galleria.commerce.pictures.repository import tallying
from galleria.commerce.pictures.repository import working as repository
from galleria.engines.context import Context

PICTURES_A_COMMIT = 200
# An event of the catalog names 500 products: four of them, and no import waits long for the lock.
LINKS_A_COMMIT = 2_000


async def place_some(ctx: Context) -> bool:
    """One commit's worth of fetched pictures is on its products; True when no more are waiting."""
    pictures, links = await repository.to_place(ctx, PICTURES_A_COMMIT, LINKS_A_COMMIT)
    if not pictures:
        return True
    async with ctx.transaction() as tx:
        # The catalog's locks come before ours: nobody who holds them waits for a wanted picture.
        fetched = [FetchedPicture(product, *pictures[picture]) for product, picture in links]
        await catalog.attach_pictures(tx, fetched)
        requests = await repository.placed(tx, list(pictures), links)
        changes: tallying.Changes = Counter((each, "fetched") for each in requests)
        changes.subtract((each, "placing") for each in requests)
        await tallying.add(tx, changes)
    return False
