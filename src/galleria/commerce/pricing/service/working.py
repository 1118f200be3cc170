"""Works at bulk edits: step by step, from wherever the last commit left them.

Each step is one transaction that holds the edit locked, so of two who work at one edit the second
goes on behind the first, and no price is changed twice by it.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from galleria.commerce.pricing.errors import PriceEditNotFound
from galleria.commerce.pricing.events import EditRequested
from galleria.commerce.pricing.model.edits import EditRow, Place, PriceEdit
from galleria.commerce.pricing.model.formulas import apply_formula
from galleria.commerce.pricing.model.prices import MAX_TIERS, PriceListRow
from galleria.commerce.pricing.repository import costs, prices
from galleria.commerce.pricing.repository import edits as repository
from galleria.commerce.pricing.repository.edits import Tally
from galleria.commerce.pricing.repository.merged import forget_old_merged
from galleria.commerce.pricing.service.editing import KEPT_FOR, get_edit_in
from galleria.commerce.pricing.service.lists import get_list
from galleria.commerce.pricing.service.merging import merge_prices
from galleria.commerce.pricing.service.selecting import MAX_STEP_ROWS, next_step
from galleria.engines.context import Context
from galleria.engines.sql import Transaction

STALLED = timedelta(minutes=2)  # a step takes a second, so one who beats no more is gone
ASKED_AGAIN_AT_ONCE = 50
FORGOTTEN_AT_ONCE = 20_000


class Reports(Protocol):
    """Somebody who wants to know how far it is: a job's progress."""

    async def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """`done` of `total` prices have been looked at."""


async def run_edit(
    ctx: Context, edit_id: UUID, progress: Reports | None = None, most: int = MAX_STEP_ROWS
) -> PriceEdit:
    """The edit, or its undoing, has come to its end; how it stands comes back.

    Safe to call from any process, at any time, as often as one likes.

    Args:
        ctx: whose.
        edit_id: which edit.
        progress: is told how far it is.
        most: at most so many prices in a transaction, more than a variant can have.

    Raises:
        PriceEditNotFound: this shop has no such edit.
    """
    while True:
        # An edit outlasts the instant it began at, and history tells when each price changed.
        fresh = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)
        fresh.caused_by = ctx.caused_by
        edit = await _step(fresh, edit_id, most)
        if edit.has_ended:
            return edit
        if progress is not None:
            await _tell(progress, edit)


async def _tell(progress: Reports, edit: PriceEdit) -> None:
    if edit.state == "undoing":
        done = edit.reverted_count + edit.kept_count
        await progress.report(done, edit.changed_count, "prices taken back")
    else:
        done = edit.changed_count + edit.unchanged_count + edit.refused_count
        await progress.report(done, None, "prices")


async def _step(ctx: Context, edit_id: UUID, most: int) -> PriceEdit:
    async with ctx.transaction() as tx:
        standing = await repository.lock_edit(tx, edit_id)
        if standing is None:
            raise PriceEditNotFound(f"no price edit {edit_id}")
        edit, place = standing
        if edit.has_ended:
            return edit
        if edit.state == "waiting":
            await repository.set_state(tx, edit_id, "running", None)
        if edit.state == "undoing":
            await _undo_step(tx, edit, place, most)
        else:
            await _change_step(tx, edit, place, most)
        return await get_edit_in(tx, edit_id)


async def _change_step(tx: Transaction, edit: PriceEdit, place: Place, most: int) -> None:
    price_list = await get_list(tx, edit.price_list_id)
    await prices.lock_prices(tx)
    read = partial(prices.read_prices, tx, edit.price_list_id)
    step = await next_step(tx, edit.selection, place, read, most)
    if step is None:
        await repository.set_state(tx, edit.edit_id, "done", tx.now)
        return
    rows, behind = step
    changed, tally = _changed(edit, rows, price_list.currency)
    if changed:
        wanted = [
            PriceListRow(
                row.variant_id,
                edit.price_list_id,
                row.amount_after,
                row.compare_at_after,
                row.min_quantity,
            )
            for row in changed
        ]
        await merge_prices(tx, wanted, edit_id=edit.edit_id)
        await repository.add_rows(tx, edit.edit_id, changed)
    await repository.save_step(tx, edit.edit_id, behind, tally, tx.now)


def _changed(
    edit: PriceEdit, rows: Sequence[PriceListRow], currency: str
) -> tuple[list[EditRow], Tally]:
    changed, tally = list[EditRow](), Tally()
    for row in rows:
        after = apply_formula(edit.formula, row.amount_minor, row.compare_at_minor, currency)
        if after.refusal is not None:
            tally.refused += 1
        elif (after.amount_minor, after.compare_at_minor) == (
            row.amount_minor,
            row.compare_at_minor,
        ):
            tally.unchanged += 1
        else:
            tally.changed += 1
            changed.append(
                EditRow(
                    variant_id=row.variant_id,
                    min_quantity=row.min_quantity,
                    amount_before=row.amount_minor,
                    compare_at_before=row.compare_at_minor,
                    amount_after=after.amount_minor,
                    compare_at_after=after.compare_at_minor,
                    outcome="changed",
                )
            )
    return changed, tally


async def _undo_step(tx: Transaction, edit: PriceEdit, place: Place, most: int) -> None:
    # Rows are walked by variant alone, and all tiers of one are taken in the same step.
    after = (place.after_variant_id, 2**31 - 1)
    rows = await repository.rows_after(tx, edit.edit_id, after, None, most + 1)
    if not rows:
        await repository.set_state(tx, edit.edit_id, "undone", tx.now)
        return
    if len(rows) > most:
        rows = [row for row in rows if row.variant_id != rows[-1].variant_id]
    variant_ids = list(dict.fromkeys(row.variant_id for row in rows))
    await prices.lock_prices(tx)
    present = {
        (price.variant_id, price.min_quantity): (price.amount_minor, price.compare_at_minor)
        for price in await prices.read_prices(
            tx, edit.price_list_id, variant_ids, len(variant_ids) * MAX_TIERS
        )
    }
    as_made, since = list[EditRow](), list[EditRow]()
    for row in rows:
        made = (row.amount_after, row.compare_at_after)
        is_as_made = present.get((row.variant_id, row.min_quantity)) == made
        (as_made if is_as_made else since).append(row)
    if as_made:
        former = [
            PriceListRow(
                row.variant_id,
                edit.price_list_id,
                row.amount_before,
                row.compare_at_before,
                row.min_quantity,
            )
            for row in as_made
        ]
        await merge_prices(tx, former, edit_id=edit.edit_id)
        await repository.set_outcomes(tx, edit.edit_id, as_made, "reverted")
    if since:
        await repository.set_outcomes(tx, edit.edit_id, since, "kept")
    tally = Tally(reverted=len(as_made), kept=len(since))
    behind = Place(place.after_product_id, rows[-1].variant_id)
    await repository.save_step(tx, edit.edit_id, behind, tally, tx.now)


async def revive_edits(ctx: Context) -> None:
    """An edit that stands still is asked for again: a net below the queue. Safe to repeat."""
    stalled = await repository.stalled_edits(ctx, ctx.now - STALLED, ASKED_AGAIN_AT_ONCE)
    if stalled:
        async with ctx.transaction() as tx:
            await repository.touch(tx, stalled)
            tx.publish(*(EditRequested(edit_id=each) for each in stalled))


async def forget_old_rows(ctx: Context) -> None:
    """Of edits and imports that can no longer be undone only the counts are kept."""
    before = ctx.now - KEPT_FOR
    while True:
        async with ctx.transaction() as tx:
            if await repository.forget_rows(tx, before, FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE:
                break
    for forget in (forget_old_merged, costs.forget_old_merged):
        while True:
            async with ctx.transaction() as tx:
                if await forget(tx, before, FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE:
                    break
