"""Takes bulk work back, part by part, the last one first: each product as it was before."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.catalog.events import products_removed, variants_removed
from galleria.commerce.catalog.model.drafts import BulkWork
from galleria.commerce.catalog.model.states import ProductState
from galleria.commerce.catalog.model.versions import (
    UndonePart,
    UndoneRemark,
    reverted,
    version_before,
)
from galleria.commerce.catalog.repository import products
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.service.remembering import remember_many
from galleria.commerce.catalog.service.rewriting import rewrite
from galleria.commerce.catalog.service.standing import Standing, lock_standing, states_in
from galleria.engines.sql import Transaction
from galleria.platform import changes
from galleria.platform.changes import BulkChunk, Entry

Ordered: TypeAlias = Callable[[Transaction, Sequence[UUID]], Awaitable[set[UUID]]]
"""Says which of these variants somebody has ordered."""

# Above the number of every part.
ALL_PARTS = 2**31 - 1
_REASONS = {
    "edited_since": "it was edited since, and stays",
    "ordered_since": "it was ordered since, and stays",
    "removed_since": "it was removed since",
}


async def undo_part(
    tx: Transaction, work_id: UUID, below: int, ordered: Ordered, cause: str
) -> UndonePart | None:
    """The last part of the work below a number is taken back; None when there is none.

    What it made is removed, unless somebody ordered or edited it since. What it changed is as
    before, field by field and variant by variant, where it still is as the work left it. Prices
    and stock are not the catalog's. Set-based: some thirty statements for thousands of products.

    Args:
        tx: the transaction to do it in, which keeps how far the undoing is.
        work_id: see `BulkWork`.
        below: the number of the part taken back last, `ALL_PARTS` to begin with.
        ordered: says which of some variants were ordered.
        cause: what the history says of the undoing.
    """
    chunk = await _chunk_below(tx, work_id, below)
    if chunk is None:
        return None
    entries = changes.unpack(chunk)
    await lock_names(tx)
    standing = await lock_standing(tx, list(entries))
    everything = [v.variant_id for kept in standing.variants.values() for v in kept]
    bought = await ordered(tx, everything) if everything else set()
    made = {each: entry for each, entry in entries.items() if entry.act == "created"}
    work = BulkWork(chunk.change_id, 0, cause)
    removed, remarks = await _remove(tx, made, standing, bought, work)
    changed = {each: entry for each, entry in entries.items() if entry.act == "changed"}
    work = BulkWork(chunk.change_id, 1, cause)
    reverted_count, more = await _revert(tx, changed, standing, bought, work)
    present = [each for each in entries if each in standing.products]
    return UndonePart(
        number=chunk.chunk,
        removed_count=removed,
        reverted_count=reverted_count,
        kept_count=len(present) - removed - reverted_count,
        remarks=remarks + more,
    )


async def _chunk_below(tx: Transaction, work_id: UUID, below: int) -> BulkChunk | None:
    async for chunk in changes.chunks_of_bulk(tx.ctx, work_id, below):
        return chunk
    return None


async def _remove(
    tx: Transaction,
    made: Mapping[UUID, Entry],
    standing: Standing,
    bought: set[UUID],
    work: BulkWork,
) -> tuple[int, list[UndoneRemark]]:
    """How many of the products that were made are gone again, and why the others stay."""
    remarks: list[UndoneRemark] = []
    gone: list[UUID] = []
    for product_id, entry in made.items():
        product = standing.products.get(product_id)
        if product is None:
            continue
        variants = standing.variants.get(product_id, ())
        if any(each.variant_id in bought for each in variants):
            remarks.append(_remark(standing, product_id, "ordered_since"))
        elif not product.is_still(entry.version):
            remarks.append(_remark(standing, product_id, "edited_since"))
        else:
            gone.append(product_id)
    if gone:
        await _delete(tx, gone, standing, work)
    return len(gone), remarks


async def _delete(
    tx: Transaction, gone: Sequence[UUID], standing: Standing, work: BulkWork
) -> None:
    await products.delete_products(tx, gone)
    tally: dict[str, int] = {}
    for product_id in gone:
        status = standing.products[product_id].status
        tally[status] = tally.get(status, 0) - 1
    await products.add_tally(tx, tally)  # type: ignore[arg-type]
    variants = [v.variant_id for each in gone for v in standing.variants.get(each, ())]
    tx.publish(*variants_removed(variants))
    tx.publish(*products_removed(gone))
    # The file they came from tells them whole; the history says what they were called.
    entries = {
        each: ({name: getattr(standing.products[each], name) for name in _CALLED}, None)
        for each in gone
    }
    await remember_many(tx, work, entries)


_CALLED = ("version", "handle", "title")


async def _revert(
    tx: Transaction,
    changed: Mapping[UUID, Entry],
    standing: Standing,
    bought: set[UUID],
    work: BulkWork,
) -> tuple[int, list[UndoneRemark]]:
    """How many of the changed products are as before, and what of them, or of others, is not."""
    remarks = [
        _remark(standing, each, "removed_since")
        for each in changed
        if each not in standing.products
    ]
    here = {each: entry for each, entry in changed.items() if each in standing.products}
    part = Standing(
        {each: standing.products[each] for each in here},
        standing.variants,
        standing.media,
        {pair for pair in standing.categories if pair[0] in here},
    )
    (states,) = await states_in(tx, [part])
    spared = {str(each) for each in bought}
    wanted: dict[UUID, ProductState] = {}
    whole: dict[UUID, int] = {}
    for product_id, entry in here.items():
        present = msgspec.to_builtins(states[product_id])
        former, left = reverted(present, entry.differences, spared)
        remarks += [_remark(standing, product_id, e.code, e.path, e.message) for e in left]
        before = version_before(entry.differences)
        was_left_alone = standing.products[product_id].is_still(entry.version)
        if before is not None and was_left_alone and not left:
            whole[product_id] = before
        # Also where the work changed only what other rooms keep: it stands for what it was.
        if former != present or product_id in whole:
            wanted[product_id] = msgspec.convert(former, ProductState)
    refused = await rewrite(tx, wanted, part, work, whole=whole) if wanted else {}
    remarks += [
        _remark(standing, product_id, error.code, error.path, error.message)
        for product_id, faults in refused.items()
        for error in faults
    ]
    return len(wanted) - len(refused), remarks


def _remark(
    standing: Standing, product_id: UUID, code: str, path: str = "", reason: str = ""
) -> UndoneRemark:
    product = standing.products.get(product_id)
    return UndoneRemark(
        product_id=product_id,
        handle=product.handle if product else "",
        path=path,
        code=code,
        reason=reason or _REASONS[code],
    )
