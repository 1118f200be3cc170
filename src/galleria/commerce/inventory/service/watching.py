"""What can be sold, and which variants the merchant should hear of because few are left."""

from collections.abc import Sequence
from time import monotonic
from uuid import UUID

from galleria.commerce.inventory.events import stock_low
from galleria.commerce.inventory.model.selling import Availability, ShelfSum
from galleria.commerce.inventory.repository import weighing as repository
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.platform import audit

AT_ONCE = 2_000  # of one statement
SWEPT_AT_ONCE = 5_000  # levels of one transaction: short enough to wait behind
SWEEP_S = 20.0  # of each minute at most


async def availability(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    """How many of each of the variants can be sold over all active locations.

    Each id has an answer; one that was never in stock has none available.
    """
    return await repository.availability(reader, variant_ids)


async def shelf_sums(reader: Reader, groups: Sequence[Sequence[UUID]]) -> list[ShelfSum]:
    """What can be sold of each group of variants together; no variant is in two groups."""
    found = await repository.shelf_sums(reader, groups)
    return [found.get(place) or ShelfSum() for place in range(len(groups))]


async def note_low(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """The list of what is low is right for these variants, and what became low is told."""
    if not variant_ids or not await repository.is_watching(tx):
        return
    for start in range(0, len(variant_ids), AT_ONCE):
        part = sorted(variant_ids[start : start + AT_ONCE])
        tx.publish(*stock_low(await repository.refresh_low(tx, part)))


async def note_weighed(tx: Transaction, weighed: dict[UUID, Availability]) -> None:
    """As `note_low`, for variants whose availability has just been read in the transaction."""
    differing = [
        variant_id
        for variant_id, each in weighed.items()
        if each.is_low != (each.is_tracked and _is_few(each))
    ]
    if differing:
        tx.publish(*stock_low(await repository.refresh_low(tx, differing)))


def _is_few(each: Availability) -> bool:
    return each.low_at is not None and each.available <= each.low_at


async def low_stock_at(reader: Reader) -> int | None:
    """At how many available a variant is low that does not say so itself; None is never."""
    return await repository.usual_low(reader)


async def set_low_stock_at(ctx: Context, low_at: int | None) -> int | None:
    """That number is `low_at`; a list of some thousand variants is right at once, a longer soon."""
    async with ctx.transaction() as tx:
        await repository.save_usual_low(tx, low_at)
        await audit.record(tx, "stock.low_at_set", "stock:low", {"low_at": low_at})
    await _sweep_some(ctx)
    return low_at


async def sweep_low(ctx: Context) -> None:
    """The list of what is low follows a changed number, for some seconds of each minute."""
    end = monotonic() + SWEEP_S
    while await _sweep_some(ctx):
        if monotonic() > end:
            return


async def _sweep_some(ctx: Context) -> bool:
    """The next levels are swept; False when there was nothing left to do."""
    async with ctx.transaction() as tx:
        after = await repository.lock_sweep(tx)
        if after is None:
            return False
        found = await repository.variants_after(tx, after, SWEPT_AT_ONCE)
        for start in range(0, len(found), AT_ONCE):
            fallen = await repository.refresh_low(tx, found[start : start + AT_ONCE])
            tx.publish(*stock_low(fallen))
        await repository.save_sweep(tx, found[-1] if found else None)
        return bool(found)
