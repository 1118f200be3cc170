"""Products changed: the addresses they name are wanted, and no others."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.pictures import model
from galleria.commerce.pictures.events import PicturesWanted
from galleria.commerce.pictures.repository import naming, tallying
from galleria.engines.sql import Transaction


async def want_pictures_of(tx: Transaction, products: Mapping[UUID, str]) -> None:
    """Whatever these products name by address and do not have is wanted; what they do not, is not.

    A product that is gone names nothing. Some statements, however many products.

    Args:
        tx: the caller's; keep it short, fetching waits for it.
        products: the request that changed each, by product.
    """
    product_ids = list(products)
    named = await catalog.pictures_to_fetch(tx, product_ids)
    addresses = model.addresses_of((each.source_url, products[each.product_id]) for each in named)
    links = {(each.product_id, model.picture_id_of(each.source_url)) for each in named}

    states = await naming.lock_concerned(tx, product_ids, addresses)
    more, fewer = await naming.put_links(tx, product_ids, links)
    changes: tallying.Changes = Counter()
    if more:
        await naming.add_wanted(tx, [addresses[each] for each in more], more)
        changes += Counter(
            (addresses[each].request_id, "waiting") for each in more if each not in states
        )
    if fewer:
        changes.subtract(await naming.take_off(tx, fewer))
    placed_again = [each for each in more if states.get(each) == "fetched"]
    if placed_again:
        for request_id in await naming.requests_of(tx, placed_again):
            changes[request_id, "fetched"] -= 1
            changes[request_id, "placing"] += 1
    await tallying.add(tx, changes)
    new_count = sum(each not in states for each in more)
    if new_count or placed_again:
        tx.publish(PicturesWanted(wanted_count=new_count))
