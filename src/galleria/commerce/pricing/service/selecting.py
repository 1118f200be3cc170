"""Walks through the prices of a selection in an order that can be taken up again."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.pricing.model.edits import Place, PriceSelection
from galleria.commerce.pricing.model.prices import PriceListRow
from galleria.commerce.pricing.service.asking import answers
from galleria.engines.sql import Reader

PRODUCTS_A_STEP = 500
MAX_STEP_ROWS = 5_000  # prices changed in one transaction: some 0.3 s

Read = Callable[[list[UUID], int], Awaitable[list[PriceListRow]]]
"""The prices of these variants by id and tier, at most so many."""

_NONE = UUID(int=0)


async def next_step(
    reader: Reader,
    selection: PriceSelection,
    place: Place,
    read: Read,
    most: int = MAX_STEP_ROWS,
) -> tuple[list[PriceListRow], Place] | None:
    """The prices ahead of a place, and the place behind them; None at the end of the walk.

    At most `most` rows, and all of each variant in them, so that `most` must be more than a
    variant can have. A stretch without prices gives no rows, which is not yet the end.
    """
    stretch = await _stretch(reader, selection, place, most)
    while stretch:
        rows = await read([each for _, variants in stretch for each in variants], most + 1)
        last, variants = stretch[-1]
        if len(rows) <= most:
            return rows, Place(last, variants[-1] if last == _NONE and variants else _NONE)
        if len(stretch) > 1:
            stretch = stretch[: len(stretch) // 2]
            continue
        whole = [row for row in rows if row.variant_id != rows[-1].variant_id]
        return whole, Place(last, whole[-1].variant_id)
    return None


async def _stretch(
    reader: Reader, selection: PriceSelection, place: Place, most: int
) -> list[tuple[UUID, list[UUID]]]:
    """Products ahead with their variants, at most `most` of these unless the first has more.

    Variants that were named themselves stand under no product.
    """
    if selection.variant_ids:
        named = sorted(set(selection.variant_ids))
        ahead = [each for each in named if each > place.after_variant_id]
        return [(_NONE, ahead)] if ahead else []
    after, is_inside = place.after_product_id, place.after_variant_id != _NONE
    if is_inside:
        after = UUID(int=after.int - 1)
    products = await _products(reader, selection, after)
    variants = await catalog.variant_ids_by_product(reader, products)
    stretch: list[tuple[UUID, list[UUID]]] = []
    total = 0
    for product_id in products:
        own = variants.get(product_id, [])
        if is_inside and product_id == place.after_product_id:
            own = [each for each in own if each > place.after_variant_id]
        total += len(own)
        if stretch and total > most:
            break
        stretch.append((product_id, own))
    return stretch


async def _products(reader: Reader, selection: PriceSelection, after: UUID) -> list[UUID]:
    if selection.product_ids:
        ahead = sorted({each for each in selection.product_ids if each > after})
        return ahead[:PRODUCTS_A_STEP]
    if selection.collection_id is not None:
        return await _members(reader, selection, selection.collection_id, after)
    return await catalog.product_ids_matching(reader, selection.as_filter, after, PRODUCTS_A_STEP)


async def _members(
    reader: Reader, selection: PriceSelection, collection_id: UUID, after: UUID
) -> list[UUID]:
    """The next of the collection's members that fit otherwise, too; none at the end only."""
    while page := await answers.members_of(reader, collection_id, after, PRODUCTS_A_STEP):
        found = await catalog.product_ids_matching(
            reader, selection.as_filter, after, PRODUCTS_A_STEP, among=page
        )
        if found:
            return found
        after = page[-1]
    return []
