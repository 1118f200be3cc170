"""Deliveries noted when they are ordered, and taken in when they come."""

from uuid import UUID

from galleria.commerce.inventory.errors import IncomingNotFound
from galleria.commerce.inventory.model import arriving as model
from galleria.commerce.inventory.model.arriving import Incoming, IncomingState
from galleria.commerce.inventory.model.levels import Change, Why, adjusted
from galleria.commerce.inventory.model.selling import Policy
from galleria.commerce.inventory.repository import incoming as repository
from galleria.commerce.inventory.schemas import NewIncoming
from galleria.commerce.inventory.service.acting import actor_of
from galleria.commerce.inventory.service.levels import (
    apply_changes,
    lock_places,
    place_of,
    require_variants,
)
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit

_NEWEST = UUID(int=2**128 - 1)


async def expect_incoming(ctx: Context, wanted: NewIncoming) -> Incoming:
    """The delivery is expected.

    Raises:
        VariantNotFound: it is no variant of this shop.
        LocationNotFound: it is no location of this shop.
    """
    async with ctx.transaction() as tx:
        await require_variants(tx, [wanted.variant_id])
        incoming = Incoming(
            incoming_id=new_id(),
            variant_id=wanted.variant_id,
            location_id=await place_of(tx, wanted.location_id),
            quantity=wanted.quantity,
            received=0,
            expected_on=wanted.expected_on,
            reference=wanted.reference,
            state="open",
            created_at=tx.now,
        )
        await repository.add_incoming(tx, incoming)
        detail = {"quantity": wanted.quantity}
        await audit.record(tx, "stock.incoming_noted", f"variant:{wanted.variant_id}", detail)
    return incoming


async def receive_incoming(
    ctx: Context, incoming_id: UUID, quantity: int | None = None
) -> Incoming:
    """So many of the delivery are on the shelf, all that was missing when None.

    Raises:
        IncomingNotFound: this shop expects no such delivery.
        IncomingClosed: all of it came before, or it was cancelled.
        IncomingExceeded: fewer than so many are missing.
        StockTooLow: so many do not go on a shelf.
    """
    async with ctx.transaction() as tx:
        after, came = model.received(await _locked(tx, incoming_id), quantity)
        place = (after.variant_id, after.location_id)
        levels = await lock_places(tx, [place])
        level = adjusted(levels[place], came, Policy(variant_id=after.variant_id), tx.now)
        why = Why("received", after.reference, actor_of(tx))
        await apply_changes(tx, [Change(level=level, delta=came)], why, "received")
        await repository.save_incoming(tx, after)
        detail = {"quantity": came}
        await audit.record(tx, "stock.incoming_received", f"variant:{after.variant_id}", detail)
    return after


async def cancel_incoming(ctx: Context, incoming_id: UUID) -> Incoming:
    """The rest of the delivery is waited for no more. Safe to repeat.

    Raises:
        IncomingNotFound: this shop expects no such delivery.
        IncomingClosed: all of it has come.
    """
    async with ctx.transaction() as tx:
        after = model.cancelled(await _locked(tx, incoming_id))
        await repository.save_incoming(tx, after)
        await audit.record(tx, "stock.incoming_cancelled", f"variant:{after.variant_id}")
    return after


async def _locked(tx: Transaction, incoming_id: UUID) -> Incoming:
    incoming = await repository.lock_incoming(tx, incoming_id)
    if incoming is None:
        raise IncomingNotFound(f"no delivery {incoming_id}")
    return incoming


async def list_incoming(
    ctx: Context,
    variant_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
    *,
    state: IncomingState = "open",
) -> Page[Incoming]:
    """A page of the deliveries still expected, in the order they were noted, or of closed ones.

    Closed ones come newest first, and of all variants: those of one are among its movements.

    Raises:
        InvalidCursor: the cursor is not one of this list with this filter.
    """
    scope = f"inventory.incoming:{variant_id}:{state}"
    after = UUID(int=0) if state == "open" else _NEWEST
    if cursor is not None:
        match ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope):
            case [str(key)]:
                after = UUID(key)
            case _:
                raise InvalidCursor("this cursor is not one of this list")
    if state == "open":
        found = await repository.page_of_incoming(ctx, variant_id, after, limit + 1)
    else:
        found = await repository.page_of_closed(ctx, state, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = str(found[limit - 1].incoming_id)
    next_cursor = ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, [last])
    return Page(items=found[:limit], next_cursor=next_cursor)
