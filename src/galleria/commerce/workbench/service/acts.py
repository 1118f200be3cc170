"""Changes many products, step by step, from wherever the last commit left them.

Each step is one transaction that holds the act locked, so of two who work at one act the second
goes on behind the first, and no product is changed twice by it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, Protocol
from uuid import UUID

from galleria.commerce import catalog, pricing
from galleria.commerce.catalog import ProductNotFound
from galleria.commerce.pricing import NewPriceEdit, PriceEditNotUndoable, PriceSelection
from galleria.commerce.workbench.errors import ActNotFound, ActNotUndoable
from galleria.commerce.workbench.events import ActRequested
from galleria.commerce.workbench.model.acts import (
    Act,
    Delete,
    Done,
    NewAct,
    Outcome,
    Relabel,
    Reprice,
    Selection,
    SetStatus,
    check_act,
    reversed_labels,
)
from galleria.commerce.workbench.repository import acts as repository
from galleria.commerce.workbench.repository.acts import Standing
from galleria.commerce.workbench.service import entries
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.platform import audit

STEP = 200  # products of a transaction: a second or two
DELETED_AT_ONCE = 20  # each with a history of its own
STALLED = timedelta(minutes=2)  # a step takes seconds, so one who beats no more is gone
ASKED_AGAIN_AT_ONCE = 50
MOST_SHOWN = 20


class Reports(Protocol):
    """Somebody who wants to know how far it is: a job's progress."""

    async def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """`done` of `total` products have been looked at."""


async def start_act(ctx: Context, wanted: NewAct) -> Act:
    """The change waits for a worker.

    Raises:
        InvalidAct: it changes nothing, or names its products in no way or in two.
        BenchNotFilled: some of the products it means cannot be found at present.
        CategoryNotFound, InvalidFormula: it cannot be made.
    """
    check_act(wanted)
    chosen = wanted.selection
    if isinstance(wanted.change, Relabel):
        for category_id in wanted.change.labels.add_category_ids:
            await catalog.get_category(ctx, category_id)
    if isinstance(wanted.change, Reprice):
        await preview_prices(ctx, wanted, 1)
    at_most = len(set(chosen.product_ids))
    if chosen.wanted is not None:
        await entries.require_filled(ctx)
        at_most = await entries.count_products(ctx, chosen.wanted)
    act = Act(
        act_id=new_id(),
        change=wanted.change,
        selection=chosen,
        state="waiting",
        at_most=at_most,
        looked_at_count=0,
        changed_count=0,
        refused_count=0,
        undone_count=0,
        actor=f"{ctx.actor.kind}:{ctx.actor.actor_id}",
        requested_at=ctx.now,
        finished_at=None,
    )
    async with ctx.transaction() as tx:
        await repository.add_act(tx, act)
        await _ask(tx, act.act_id, "products.act_requested")
    return act


async def preview_prices(ctx: Context, wanted: NewAct, most: int = 50) -> pricing.Preview:
    """What the formula would do to the prices of the first products; writes nothing.

    Raises:
        InvalidFormula: the formula cannot be.
    """
    assert isinstance(wanted.change, Reprice), "there is a formula to look at"
    first = await _next(ctx, wanted.selection, UUID(int=0), most) or [UUID(int=0)]
    selection = PriceSelection(product_ids=tuple(first))
    return await pricing.preview_edit(
        ctx, NewPriceEdit(formula=wanted.change.formula, selection=selection)
    )


async def undo_act(ctx: Context, act_id: UUID) -> Act:
    """What the act changed, and nobody has changed since, will be as it was. Safe to repeat.

    Raises:
        ActNotFound: this shop has no such act.
        ActNotUndoable: it is under way, changed nothing, or deleted products.
    """
    async with ctx.transaction() as tx:
        standing = await repository.lock_act(tx, act_id)
        if standing is None:
            raise ActNotFound(f"no change of many products {act_id}")
        if standing.act.state in ("undoing", "undone"):
            return standing.act
        if not standing.act.is_undoable:
            raise ActNotUndoable("it is under way, or there is nothing to take back")
        await repository.set_state(tx, act_id, "undoing", None)
        await _ask(tx, act_id, "products.act_undone")
        return await get_act(ctx, act_id)


async def _ask(tx: Transaction, act_id: UUID, action: str) -> None:
    tx.publish(ActRequested(act_id=act_id))
    await audit.record(tx, action, f"products_act:{act_id}")


async def get_act(ctx: Context, act_id: UUID) -> Act:
    """How the act stands.

    Raises:
        ActNotFound: this shop has no such act.
    """
    act = await repository.find_act(ctx, act_id)
    if act is None:
        raise ActNotFound(f"no change of many products {act_id}")
    return act


async def list_acts(ctx: Context) -> list[Act]:
    """The shop's last twenty changes of many products, newest first."""
    return await repository.latest_acts(ctx, MOST_SHOWN)


async def run_act(ctx: Context, act_id: UUID, progress: Reports | None = None) -> Act:
    """The act, or taking it back, has come to its end; how it stands comes back.

    Safe to call from any process, at any time, as often as one likes.

    Raises:
        ActNotFound: this shop has no such act.
    """
    while True:
        # An act outlasts the instant it began at, and history tells when each product changed.
        fresh = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)
        fresh.caused_by = ctx.caused_by
        act = await _step(fresh, act_id)
        if act.has_ended:
            return act
        if progress is not None:
            await progress.report(act.looked_at_count, act.at_most, "products")


async def _step(ctx: Context, act_id: UUID) -> Act:
    async with ctx.transaction() as tx:
        standing = await repository.lock_act(tx, act_id)
        if standing is None:
            raise ActNotFound(f"no change of many products {act_id}")
        if standing.act.has_ended:
            return standing.act
        if standing.act.state == "undoing":
            await _undo_step(ctx, tx, standing)
        else:
            await _change_step(ctx, tx, standing)
        return await get_act(ctx, act_id)


async def _change_step(ctx: Context, tx: Transaction, standing: Standing) -> None:
    act = standing.act
    limit = DELETED_AT_ONCE if isinstance(act.change, Delete) else STEP
    ids = await _next(ctx, act.selection, standing.after_product_id, limit)
    if not ids:
        await repository.set_state(tx, act.act_id, "done", tx.now)
        return
    outcome = await _change(ctx, tx, act, ids)
    await repository.save_step(tx, standing, ids, outcome)


async def _next(ctx: Context, selection: Selection, after: UUID, limit: int) -> list[UUID]:
    if selection.wanted is not None:
        return await entries.ids_after(ctx, selection.wanted, after, limit)
    return [each for each in sorted(set(selection.product_ids)) if each > after][:limit]


async def _change(ctx: Context, tx: Transaction, act: Act, ids: Sequence[UUID]) -> Outcome:
    change = act.change
    if isinstance(change, SetStatus):
        return await _set_status(ctx, ids, change)
    if isinstance(change, Relabel):
        outcomes = await catalog.relabel_products(ctx, ids, change.labels)
        changed = {each.product_id: each.labels for each in outcomes if each.has_changed}
        refused = sum(each.code is not None for each in outcomes)
        return Outcome(changed=len(changed), refused=refused, done=Done(labels=changed))
    if isinstance(change, Reprice):
        wanted = NewPriceEdit(
            formula=change.formula, selection=PriceSelection(product_ids=tuple(ids))
        )
        edit = await pricing.start_edit(ctx, wanted)
        return Outcome(changed=len(ids), refused=0, done=Done(price_edit_id=edit.edit_id))
    gone = 0
    for product_id in ids:
        try:
            await catalog.delete_product(ctx, product_id)
            gone += 1
        except ProductNotFound:
            continue
    return Outcome(changed=gone, refused=len(ids) - gone, done=Done())


async def _set_status(ctx: Context, ids: Sequence[UUID], change: SetStatus) -> Outcome:
    before = await catalog.summaries_of(ctx, ids)
    outcomes = await catalog.bulk_set_status(ctx, ids, change.status)
    former: dict[str, list[UUID]] = {}
    for each in outcomes:
        if each.outcome == "changed":
            former.setdefault(before[each.product_id].status, []).append(each.product_id)
    return Outcome(
        changed=sum(map(len, former.values())),
        refused=sum(each.outcome == "refused" for each in outcomes),
        done=Done(statuses=former),
    )


async def _undo_step(ctx: Context, tx: Transaction, standing: Standing) -> None:
    act_id = standing.act.act_id
    if standing.steps == 0:
        await repository.set_state(tx, act_id, "undone", tx.now)
        return
    step = standing.steps - 1
    done = await repository.step_of(tx, act_id, step)
    undone = await _undo_statuses(ctx, standing.act, done)
    for labels, ids in reversed_labels(done.labels).items():
        outcomes = await catalog.relabel_products(ctx, ids, labels)
        undone += sum(each.has_changed for each in outcomes)
    if done.price_edit_id is not None:
        try:
            await pricing.undo_edit(ctx, done.price_edit_id)
            undone += 1
        except PriceEditNotUndoable:
            # It is still under way or too old; its own page says so.
            pass
    await repository.save_undone(tx, act_id, step, undone)


async def _undo_statuses(ctx: Context, act: Act, done: Done) -> int:
    undone = 0
    for status, ids in done.statuses.items():
        assert isinstance(act.change, SetStatus), "only such an act keeps statuses"
        now = await catalog.summaries_of(ctx, ids)
        still = [each for each, product in now.items() if product.status == act.change.status]
        if status == "active":
            # What is archived goes on sale by way of being a draft.
            await catalog.bulk_set_status(ctx, still, "draft")
        outcomes = await catalog.bulk_set_status(ctx, still, _status(status))
        undone += sum(each.outcome == "changed" for each in outcomes)
    return undone


def _status(word: str) -> Literal["draft", "active", "archived"]:
    return "active" if word == "active" else "archived" if word == "archived" else "draft"


async def revive_acts(ctx: Context) -> None:
    """An act that stands still is asked for again: a net below the queue. Safe to repeat."""
    stalled = await repository.stalled_acts(ctx, ctx.now - STALLED, ASKED_AGAIN_AT_ONCE)
    if stalled:
        async with ctx.transaction() as tx:
            await repository.touch(tx, stalled)
            tx.publish(*(ActRequested(act_id=each) for each in stalled))
