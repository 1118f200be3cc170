"""Writes the history of products, in the commit that changes them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from galleria.commerce.catalog.model.drafts import BulkWork
from galleria.commerce.catalog.model.wording import KeptProduct
from galleria.commerce.catalog.service.standing import Standing, lock_standing, states_in
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.platform import changes
from galleria.platform.changes import MOST_IN_CHUNK, ChangeTooLarge

PRODUCT = "product"
# A part of bulk work that is too large for a row of the history goes into several: each part has
# so many numbers for itself.
NUMBERS_A_PART = 64
Entries = Mapping[UUID, tuple[Any, Any]]


async def remember_edit(tx: Transaction, before: Standing, product_id: UUID) -> None:
    """The history says what was done to the product since it stood so, as one version."""
    after = await lock_standing(tx, [product_id])
    former, present = await states_in(tx, [before, after])
    state = present[product_id]
    await changes.record(tx, PRODUCT, product_id, state.version, former.get(product_id), state)


async def remember_creation(tx: Transaction, product_id: UUID) -> None:
    """The history begins with the product's first version."""
    await changes.record(tx, PRODUCT, product_id, 1, None, {"version": 1})


async def remember_removal(tx: Transaction, before: Standing, product_id: UUID) -> None:
    """The history ends with what the product was."""
    (former,) = await states_in(tx, [before])
    state = former[product_id]
    await changes.record(tx, PRODUCT, product_id, state.version + 1, state, None)


async def remember_status(tx: Transaction, before: KeptProduct, after: KeptProduct) -> None:
    """The history says that the product came on sale, or went."""
    await changes.record(
        tx, PRODUCT, after.product_id, after.version, _status_of(before), _status_of(after)
    )


async def remember_statuses(
    tx: Transaction, pairs: Sequence[tuple[KeptProduct, KeptProduct]]
) -> None:
    """The same of many, told as one act."""
    entries = {after.product_id: (_status_of(before), _status_of(after)) for before, after in pairs}
    await remember_many(tx, BulkWork(new_id(), 0, "status"), entries)


def _status_of(product: KeptProduct) -> dict[str, Any]:
    return {
        "version": product.version,
        "status": product.status,
        "publish_at": product.publish_at,
        "unpublish_at": product.unpublish_at,
    }


async def remember_leaving(
    tx: Transaction, category_id: UUID, versions: Mapping[UUID, int]
) -> None:
    """The history says that the products, now at these versions, left a category."""
    work = new_id()
    ids = list(versions)
    for part, start in enumerate(range(0, len(ids), MOST_IN_CHUNK)):
        entries = {
            product_id: (
                {"version": versions[product_id] - 1, "category_ids": [str(category_id)]},
                {"version": versions[product_id], "category_ids": list[str]()},
            )
            for product_id in ids[start : start + MOST_IN_CHUNK]
        }
        await remember_many(tx, BulkWork(work, part, "category"), entries)


async def remember_merge(
    tx: Transaction, work: BulkWork, created: Sequence[UUID], before: Standing
) -> None:
    """The history says which products were made, and how those that stood so were changed."""
    # What is new is there to be looked at: of thousands a row holds the ids.
    entries: dict[UUID, tuple[Any, Any]] = {each: (None, {"version": 1}) for each in created}
    if before.products:
        after = await lock_standing(tx, list(before.products))
        former, present = await states_in(tx, [before, after])
        entries |= {
            product_id: (former[product_id], state) for product_id, state in present.items()
        }
    await remember_many(tx, work, entries)


async def remember_many(tx: Transaction, work: BulkWork, entries: Entries) -> None:
    """The history says what a part of bulk work did, in one row, or as many as it takes.

    Raises:
        VersionRecorded: it says so already.
        ChangeTooLarge: what was done to one product alone is too much for a row.
    """
    left = [dict(entries)] if entries else []
    number = work.part * NUMBERS_A_PART
    while left:
        part = left.pop()
        try:
            await changes.record_bulk(tx, work.work_id, number, PRODUCT, part, work.cause)
            number += 1
        except ChangeTooLarge:
            if len(part) == 1 or number % NUMBERS_A_PART == NUMBERS_A_PART - 1:
                raise
            items = list(part.items())
            middle = len(items) // 2
            left += [dict(items[:middle]), dict(items[middle:])]
