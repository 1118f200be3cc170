"""Many products gain or lose tags and categories in one go."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce.catalog.errors import (
    AttributeRequired,
    CategoryNotFound,
    InvalidProduct,
    ProductNotFound,
)
from galleria.commerce.catalog.events import products_changed
from galleria.commerce.catalog.model.drafts import BulkWork
from galleria.commerce.catalog.model.labels import (
    MOST_TAGS_OF_A_PRODUCT,
    Labels,
    Relabelled,
    labels_for,
)
from galleria.commerce.catalog.model.wording import KeptProduct
from galleria.commerce.catalog.repository import merging, products, structure
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.service import requirements
from galleria.commerce.catalog.service.remembering import Entries, remember_many
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.platform import audit

MOST_AT_ONCE = 500


async def relabel_products(
    ctx: Context, product_ids: Sequence[UUID], wanted: Labels
) -> list[Relabelled]:
    """Each of at most 500 products has gained and lost these, or the reason why not comes back.

    In the order given, each product once; a constant number of statements for all of them.

    Raises:
        CategoryNotFound: a category to be gained that is none.
    """
    ids = list(dict.fromkeys(product_ids))
    assert len(ids) <= MOST_AT_ONCE, "the door lets no more in"
    async with ctx.transaction() as tx:
        await lock_names(tx)
        await _refuse_unknown(tx, wanted)
        locked = await products.lock_products(tx, ids)
        places = await _places(tx, [each.product_id for each in locked])
        plans: dict[UUID, Relabelled] = {}
        tags: dict[UUID, list[str]] = {}
        for product in locked:
            product_id = product.product_id
            real, tags[product_id] = labels_for(wanted, product.tags, places[product_id])
            too_many = len(tags[product_id]) > MOST_TAGS_OF_A_PRODUCT
            code = InvalidProduct.code if too_many else None
            plans[product_id] = Relabelled(product_id=product_id, labels=real, code=code)
        await _move(tx, [each for each in plans.values() if each.has_changed])
        await _refuse_lacking(tx, locked, plans)
        changed = [each for each in locked if plans[each.product_id].has_changed]
        if changed:
            await _keep(tx, changed, plans, tags)
    missing = ProductNotFound.code
    return [
        plans.get(each) or Relabelled(product_id=each, labels=Labels(), code=missing)
        for each in ids
    ]


async def _refuse_unknown(tx: Transaction, wanted: Labels) -> None:
    asked = set(wanted.add_category_ids)
    unknown = asked - await structure.known_categories(tx, list(asked)) if asked else set()
    if unknown:
        raise CategoryNotFound(f"no category {min(unknown)}")


async def _places(tx: Transaction, product_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {each: set() for each in product_ids}
    for product_id, category_id in await merging.places_of(tx, product_ids):
        found[product_id].add(category_id)
    return found


async def _move(tx: Transaction, plans: Sequence[Relabelled], *, is_back: bool = False) -> None:
    gone = [(each.product_id, c) for each in plans for c in each.labels.remove_category_ids]
    added = [(each.product_id, c) for each in plans for c in each.labels.add_category_ids]
    if is_back:
        gone, added = added, gone
    await merging.write_places(tx, gone, added)


async def _refuse_lacking(
    tx: Transaction, locked: Sequence[KeptProduct], plans: dict[UUID, Relabelled]
) -> None:
    """What is on sale and would lack what a category asks for stays where it was."""
    moved = [
        each
        for each in locked
        if each.status == "active" and plans[each.product_id].labels.add_category_ids
    ]
    lacking = await requirements.lacking(tx, moved) if moved else {}
    if not lacking:
        return
    await _move(tx, [plans[each] for each in lacking], is_back=True)
    for each in lacking:
        plans[each] = msgspec.structs.replace(plans[each], code=AttributeRequired.code)


async def _keep(
    tx: Transaction,
    changed: Sequence[KeptProduct],
    plans: dict[UUID, Relabelled],
    tags: dict[UUID, list[str]],
) -> None:
    ids = [each.product_id for each in changed]
    retagged = {each.product_id: tags[each.product_id] for each in changed}
    await products.save_tags(tx, retagged)
    versions = await products.mark_edited(tx, ids)
    entries: Entries = {
        each.product_id: (
            _told(each.version, each.tags, plans[each.product_id].labels.remove_category_ids),
            _told(
                versions[each.product_id],
                retagged[each.product_id],
                plans[each.product_id].labels.add_category_ids,
            ),
        )
        for each in changed
    }
    await remember_many(tx, BulkWork(new_id(), 0, "labels"), entries)
    tx.publish(*products_changed(ids, "changed"))
    detail = {"products": len(ids)}
    await audit.record(tx, "products.relabelled", "products:many", detail)


def _told(version: int, tags: Sequence[str], category_ids: Sequence[UUID]) -> dict[str, object]:
    return {
        "version": version,
        "tags": list(tags),
        "category_ids": [str(each) for each in category_ids],
    }
