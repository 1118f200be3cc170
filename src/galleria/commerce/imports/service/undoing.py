"""Takes an import back: products part by part, the last one first, collections, prices, stock.

Each step is one transaction that keeps how far it is, so an undoing that was broken off goes on
where its last commit left it. It has the shop's imports to itself, as an import has.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

import msgspec

from galleria.commerce import catalog, collections, inventory, pricing
from galleria.commerce.catalog import VariantView
from galleria.commerce.imports.errors import ImportNotUndoable
from galleria.commerce.imports.events import ImportRequested
from galleria.commerce.imports.model.moving_in import MOVING
from galleria.commerce.imports.model.runs import (
    MAX_PROBLEMS,
    MAX_TRIES,
    Claim,
    Run,
    State,
    UndoRemark,
    cause_of,
)
from galleria.commerce.imports.repository import reports
from galleria.commerce.imports.repository import runs as repository
from galleria.commerce.imports.service.asking import asking
from galleria.commerce.imports.service.reporting import get_run
from galleria.commerce.imports.service.starting import (
    call_next,
    claim_run,
    let_go,
    lock_standing_run,
)
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.telemetry import logger
from galleria.platform import audit

POLL_S = 0.5
UNDOING: frozenset[State] = frozenset({"undoing"})
_REASONS = {
    "price_changed_since": "the price was changed since, and stays",
    "cost_changed_since": "what it costs the shop was changed since, and stays",
    "sold_since": "some were sold or promised since; the others went back",
}
_log = logger(__name__)


class Reports(Protocol):
    """Somebody who wants to know how far it is."""

    async def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """`done` of `total` thousandths are over."""


class UndoLost(Exception):
    """Somebody else works at it; nothing of the step was kept."""


async def start_undo(ctx: Context, run_id: UUID) -> Run:
    """The import waits to be taken back; a worker does it. Safe to repeat.

    What it made is removed, what it changed is as before, as far as nobody ordered or edited it
    since; what stays is listed. Names it brought (categories, collections, words of the
    dictionary) and how its variants are counted stay. To have it again, import the file again.

    Raises:
        ImportNotFound: this shop has no such import.
        ImportNotUndoable: it is under way, wrote no products, or ended more than 30 days ago.
    """
    async with ctx.transaction() as tx:
        run = (await lock_standing_run(tx, run_id)).run
        if run.state in ("undoing", "undone"):
            return run
        if not run.is_undoable(ctx.now):
            raise ImportNotUndoable(_why_not(run))
        await repository.ask_back(tx, run_id, catalog.ALL_PARTS)
        tx.publish(ImportRequested(run_id=run_id))
        await audit.record(tx, "imports.undo_requested", f"import:{run_id}")
        return await get_run(tx, run_id)


def _why_not(run: Run) -> str:
    if not run.has_ended:
        return f"the import is {run.state}; cancel it first"
    if run.format in MOVING:
        return "it brought no products, and only products are taken back"
    if not run.has_written:
        return "it wrote nothing"
    return "it ended more than 30 days ago"


async def run_undo_now(
    ctx: Context, run_id: UUID, progress: Reports | None = None, *, waits: bool = True
) -> Run:
    """The import has been taken back, here or elsewhere; how it stands comes back.

    Safe to call from any process, at any time, as often as one likes: it goes on where its last
    commit left it, and of two who work at it only one's commits count.

    Args:
        ctx: whose.
        run_id: which import.
        progress: is told how far it is.
        waits: while another import of the shop is under way, wait for its end; else come back.

    Raises:
        ImportNotFound: this shop has no such import.
        Exception: what kept it from going on, if trying again may help; it stands where it was.
    """
    while True:
        claim = await claim_run(_fresh(ctx), run_id, UNDOING)
        if isinstance(claim, Claim):
            run = await _work(ctx, claim, progress)
        else:
            run = claim
        if run.state != "undoing" or not waits:
            return run
        await _tell(progress, run)
        await asyncio.sleep(POLL_S)


async def _tell(progress: Reports | None, run: Run) -> None:
    if progress is not None:
        seen = run.undo_removed_count + run.undo_reverted_count + run.undo_kept_count
        await progress.report(round(run.share * 1000), 1000, f"{seen:,} products")


def _fresh(ctx: Context) -> Context:
    """The same shop and request at this moment: undoing outlasts the instant it began at."""
    fresh = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)
    fresh.caused_by = ctx.caused_by
    return fresh


async def _work(ctx: Context, claim: Claim, progress: Reports | None) -> Run:
    try:
        if claim.tries > MAX_TRIES:
            failure = ("undo_gave_up", f"undoing did not get on in {MAX_TRIES} tries")
            return await _finish(_fresh(ctx), claim, "failed", failure)
        while (after := await _step(_fresh(ctx), claim)) is not None:
            claim = after
            await _tell(progress, claim.run)
        return await _finish(_fresh(ctx), claim, "undone")
    except UndoLost:
        return await get_run(ctx, claim.run.run_id)
    except asyncio.CancelledError:
        await let_go(_fresh(ctx), claim, was_in_vain=False)
        raise
    except Exception as error:
        run_id = str(claim.run.run_id)
        _log.warning("undo_interrupted", run_id=run_id, reason=repr(error)[:500])
        await let_go(_fresh(ctx), claim, was_in_vain=True)
        raise


async def _step(ctx: Context, claim: Claim) -> Claim | None:
    """One part is taken back; None when there was nothing left."""
    run = claim.run
    async with ctx.transaction() as tx:
        if run.undo_phase == "products":
            after, remarks = await _undo_products(tx, run)
        elif run.undo_phase == "collections":
            after, remarks = await _undo_collections(tx, run), []
        elif run.undo_phase == "prices":
            after, remarks = await _undo_prices(tx, run)
        else:
            undone = await _undo_stock(tx, run)
            if undone is None:
                return None
            after, remarks = undone
        kept = [
            msgspec.structs.replace(each, number=number)
            for number, each in enumerate(remarks, run.undo_remark_count + 1)
            if number <= MAX_PROBLEMS
        ]
        if kept:
            await reports.add_remarks(tx, run.run_id, kept)
        count = run.undo_remark_count + len(remarks)
        after = msgspec.structs.replace(after, undo_remark_count=count)
        claim = msgspec.structs.replace(claim, run=after)
        if not await repository.save_undo_step(tx, claim, ctx.engines.clock.now()):
            raise UndoLost
    return claim


async def _undo_products(tx: Transaction, run: Run) -> tuple[Run, list[UndoRemark]]:
    part = await catalog.undo_part(
        tx, run.run_id, run.undo_below, asking.ordered, f"undo:{run.run_id}"
    )
    if part is None:
        return msgspec.structs.replace(run, undo_phase="collections", undo_below=0), []
    remarks = [
        UndoRemark(
            product_id=each.product_id,
            handle=each.handle,
            path=each.path,
            code=each.code,
            reason=each.reason,
        )
        for each in part.remarks
    ]
    after = msgspec.structs.replace(
        run,
        undo_below=part.number,
        undo_removed_count=run.undo_removed_count + part.removed_count,
        undo_reverted_count=run.undo_reverted_count + part.reverted_count,
        undo_kept_count=run.undo_kept_count + part.kept_count,
    )
    return after, remarks


async def _undo_collections(tx: Transaction, run: Run) -> Run:
    reverted_count = await collections.undo_filled(tx, run.run_id)
    if reverted_count is None:
        return msgspec.structs.replace(run, undo_phase="prices")
    count = run.undo_collection_count + reverted_count
    return msgspec.structs.replace(run, undo_collection_count=count)


async def _undo_prices(tx: Transaction, run: Run) -> tuple[Run, list[UndoRemark]]:
    undone = await pricing.undo_merged(tx, run.run_id)
    if undone is None:
        return await _undo_costs(tx, run)
    views = await _views(tx, [key.variant_id for key in undone.kept])
    remarks = [
        _remark(views[key.variant_id], f"price_list {key.price_list_id}", "price_changed_since")
        for key in undone.kept
        if key.variant_id in views
    ]
    count = run.undo_price_count + undone.reverted_count
    return msgspec.structs.replace(run, undo_price_count=count), remarks


async def _undo_costs(tx: Transaction, run: Run) -> tuple[Run, list[UndoRemark]]:
    """As prices, among which they are counted; behind the last of them it is the stock's turn."""
    undone = await pricing.undo_merged_costs(tx, run.run_id)
    if undone is None:
        below = inventory.ALL_MOVEMENTS
        return msgspec.structs.replace(run, undo_phase="stock", undo_below=below), []
    views = await _views(tx, [key.variant_id for key in undone.kept])
    remarks = [
        _remark(views[key.variant_id], f"cost {key.currency}", "cost_changed_since")
        for key in undone.kept
        if key.variant_id in views
    ]
    count = run.undo_price_count + undone.reverted_count
    return msgspec.structs.replace(run, undo_price_count=count), remarks


async def _undo_stock(tx: Transaction, run: Run) -> tuple[Run, list[UndoRemark]] | None:
    undone = await inventory.undo_imported(tx, cause_of(run.run_id), run.undo_below)
    if undone is None:
        return None
    views = await _views(tx, [each.variant_id for each in undone.kept])
    remarks = [
        _remark(views[each.variant_id], f"stock {each.location_id}", "sold_since")
        for each in undone.kept
        if each.variant_id in views
    ]
    count = run.undo_stock_count + undone.reverted_count
    after = msgspec.structs.replace(run, undo_below=undone.below, undo_stock_count=count)
    return after, remarks


async def _views(tx: Transaction, variant_ids: Iterable[UUID]) -> dict[UUID, VariantView]:
    ids: Sequence[UUID] = sorted(set(variant_ids))
    found = await catalog.variants_of(tx, ids) if ids else []
    return {view.variant_id: view for view in found}


def _remark(view: VariantView, what: str, code: str) -> UndoRemark:
    path = f"variants[{view.sku or view.variant_id}] {what}"
    return UndoRemark(
        product_id=view.product_id,
        handle=view.product_handle,
        path=path,
        code=code,
        reason=_REASONS[code],
    )


async def _finish(
    ctx: Context, claim: Claim, state: State, failure: tuple[str, str] | None = None
) -> Run:
    """The undoing has come to its end, and the next in line has its turn."""
    code, detail = failure or (None, None)
    async with ctx.transaction() as tx:
        standing = await lock_standing_run(tx, claim.run.run_id)
        if standing.run.state != "undoing" or standing.holder != claim.holder:
            return standing.run
        ended = msgspec.structs.replace(
            standing.run,
            state=state,
            failure_code=code,
            failure=detail,
            undone_at=ctx.engines.clock.now() if state == "undone" else None,
        )
        await repository.end_undo(tx, ended)
        await call_next(tx)
    return ended
