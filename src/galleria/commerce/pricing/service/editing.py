"""Bulk edits asked for, looked at and undone. The work itself is done in `working`."""

import time
from datetime import timedelta
from functools import partial
from uuid import UUID

from galleria.commerce.pricing.errors import PriceEditNotFound, PriceEditNotUndoable
from galleria.commerce.pricing.events import EditRequested
from galleria.commerce.pricing.model.edits import (
    PREVIEW_ROWS,
    EditRow,
    Outcome,
    Place,
    Preview,
    PreviewRow,
    PriceEdit,
    check_selection,
)
from galleria.commerce.pricing.model.formulas import PriceFormula, apply_formula, check_formula
from galleria.commerce.pricing.model.lists import PriceList
from galleria.commerce.pricing.model.prices import PriceListRow
from galleria.commerce.pricing.repository import edits as repository
from galleria.commerce.pricing.repository import prices
from galleria.commerce.pricing.schemas import NewPriceEdit
from galleria.commerce.pricing.service.lists import ensure_base_list, get_list
from galleria.commerce.pricing.service.selecting import next_step
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page
from galleria.platform import audit, tenants

PREVIEW_S = 2.0  # as long as somebody waits for a page
KEPT_FOR = timedelta(days=90)  # an edit can be undone for a season
_NEWEST = UUID(int=2**128 - 1)
_SCOPE = "pricing.edits"


async def preview_edit(
    ctx: Context, wanted: NewPriceEdit, time_limit_s: float = PREVIEW_S
) -> Preview:
    """What the edit would do to the prices as they are: the first rows that it would change or
    refuse, and how many there are. Writes nothing.

    Raises:
        InvalidFormula: the formula or the selection cannot be.
        PriceListNotFound: this shop has no such list.
    """
    price_list = await _list_for(ctx, wanted)
    read = partial(prices.read_prices, ctx, price_list.price_list_id)
    until = time.monotonic() + time_limit_s
    place, shown = Place(), list[PreviewRow]()
    looked_at = changed = refused = 0
    is_complete = False
    while not is_complete and time.monotonic() < until:
        step = await next_step(ctx, wanted.selection, place, read)
        if step is None:
            is_complete = True
            continue
        rows, place = step
        seen = [_previewed(row, wanted.formula, price_list.currency) for row in rows]
        touched = [each for each in seen if each is not None]
        refused_here = sum(each.refusal is not None for each in touched)
        looked_at += len(rows)
        changed += len(touched) - refused_here
        refused += refused_here
        shown += touched[: PREVIEW_ROWS - len(shown)]
    return Preview(
        price_list_id=price_list.price_list_id,
        currency=price_list.currency,
        rows=shown,
        changed_count=changed,
        unchanged_count=looked_at - changed - refused,
        refused_count=refused,
        is_complete=is_complete,
    )


def _previewed(row: PriceListRow, formula: PriceFormula, currency: str) -> PreviewRow | None:
    """The price before and after; None when it would stay as it is."""
    after = apply_formula(formula, row.amount_minor, row.compare_at_minor, currency)
    before = (row.amount_minor, row.compare_at_minor)
    if after.refusal is None and before == (after.amount_minor, after.compare_at_minor):
        return None
    return PreviewRow(
        variant_id=row.variant_id,
        min_quantity=row.min_quantity,
        amount_before=row.amount_minor,
        compare_at_before=row.compare_at_minor,
        amount_after=after.amount_minor,
        compare_at_after=after.compare_at_minor,
        refusal=after.refusal,
    )


async def start_edit(ctx: Context, wanted: NewPriceEdit) -> PriceEdit:
    """The edit waits for a worker.

    Raises:
        InvalidFormula: the formula or the selection cannot be.
        PriceListNotFound: this shop has no such list.
    """
    price_list = await _list_for(ctx, wanted)
    edit = PriceEdit(
        edit_id=new_id(),
        price_list_id=price_list.price_list_id,
        formula=wanted.formula,
        selection=wanted.selection,
        state="waiting",
        changed_count=0,
        unchanged_count=0,
        refused_count=0,
        reverted_count=0,
        kept_count=0,
        actor=f"{ctx.actor.kind}:{ctx.actor.actor_id}",
        requested_at=ctx.now,
        finished_at=None,
    )
    async with ctx.transaction() as tx:
        await repository.add_edit(tx, edit)
        await _ask(tx, edit.edit_id, "prices.edit_requested")
    return edit


async def undo_edit(ctx: Context, edit_id: UUID) -> PriceEdit:
    """Prices that still are as the edit made them will be as they were before it.

    Those changed since stay, and are counted. Safe to repeat.

    Raises:
        PriceEditNotFound: this shop has no such edit.
        PriceEditNotUndoable: it is still under way, or ended more than 90 days ago.
    """
    async with ctx.transaction() as tx:
        standing = await repository.lock_edit(tx, edit_id)
        if standing is None:
            raise PriceEditNotFound(f"no price edit {edit_id}")
        edit, _ = standing
        if edit.state in ("undoing", "undone"):
            return edit
        if edit.state != "done" or edit.finished_at is None:
            raise PriceEditNotUndoable(f"the edit is {edit.state}")
        if ctx.now - edit.finished_at > KEPT_FOR:
            raise PriceEditNotUndoable(f"it ended more than {KEPT_FOR.days} days ago")
        await repository.set_state(tx, edit_id, "undoing", None)
        await _ask(tx, edit_id, "prices.edit_undone")
        return await get_edit_in(tx, edit_id)


async def _ask(tx: Transaction, edit_id: UUID, action: str) -> None:
    tx.publish(EditRequested(edit_id=edit_id))
    await audit.record(tx, action, f"price_edit:{edit_id}")


async def _list_for(ctx: Context, wanted: NewPriceEdit) -> PriceList:
    check_selection(wanted.selection)
    async with ctx.transaction() as tx:
        if wanted.price_list_id is not None:
            price_list = await get_list(tx, wanted.price_list_id)
        else:
            channel = await tenants.channel_of(tx)
            price_list = await ensure_base_list(tx, channel.channel_id, channel.currency)
    check_formula(wanted.formula, price_list.currency)
    return price_list


async def get_edit(ctx: Context, edit_id: UUID) -> PriceEdit:
    """How the edit stands.

    Raises:
        PriceEditNotFound: this shop has no such edit.
    """
    edit = await repository.find_edit(ctx, edit_id)
    if edit is None:
        raise PriceEditNotFound(f"no price edit {edit_id}")
    return edit


async def get_edit_in(tx: Transaction, edit_id: UUID) -> PriceEdit:
    """How the edit stands in this transaction; it is there."""
    edit = await repository.find_edit(tx, edit_id)
    assert edit is not None, "its caller holds it locked"
    return edit


async def list_edits(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[PriceEdit]:
    """A page of the shop's bulk edits, newest first.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    tenant_id, cursors = ctx.tenant.tenant_id, ctx.engines.cursors
    before = _NEWEST
    if cursor is not None:
        before = UUID(str(cursors.decode(cursor, tenant_id, _SCOPE)[0]))
    found = await repository.page_of_edits(ctx, before, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = str(found[limit - 1].edit_id)
    return Page(items=found[:limit], next_cursor=cursors.encode(tenant_id, _SCOPE, [last]))


async def list_edit_rows(
    ctx: Context,
    edit_id: UUID,
    outcome: Outcome | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[EditRow]:
    """A page of the prices that an edit changed; of those with this outcome when given.

    Raises:
        PriceEditNotFound: this shop has no such edit.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_edit(ctx, edit_id)
    tenant_id, cursors = ctx.tenant.tenant_id, ctx.engines.cursors
    scope = f"pricing.edit_rows:{edit_id}:{outcome}"
    after = (UUID(int=0), 0)
    if cursor is not None:
        variant, tier = cursors.decode(cursor, tenant_id, scope)
        if not isinstance(tier, int):
            raise InvalidCursor("this cursor is not one of this list")
        after = (UUID(str(variant)), tier)
    found = await repository.rows_after(ctx, edit_id, after, outcome, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    keys: list[CursorKey] = [str(last.variant_id), last.min_quantity]
    return Page(items=found[:limit], next_cursor=cursors.encode(tenant_id, scope, keys))
