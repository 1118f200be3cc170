"""Goods promised, handed over, given back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.inventory import model
from galleria.commerce.inventory.errors import ReservationLost
from galleria.commerce.inventory.events import stock_changed
from galleria.commerce.inventory.model import Reservation
from galleria.commerce.inventory.repository import levels
from galleria.commerce.inventory.repository import reserving as repository
from galleria.commerce.inventory.service.acting import actor_of
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id

EXPIRED_AT_ONCE = 500  # of one transaction: short enough to wait behind


async def reserve_stock(
    tx: Transaction,
    owner_ref: str,
    lines: Sequence[tuple[UUID, int]],
    expires_at: datetime | None,
) -> list[Reservation]:
    """All lines are held for the owner, or nothing is. One statement, two when it is not plain.

    A variant nobody counts, or one on backorder, can always be had. A second call adds to what
    the owner holds.

    Args:
        tx: stock rows stay locked until its commit, so reserve late in it.
        owner_ref: who holds it, as in `order:<id>`, at most 200 characters.
        lines: (variant_id, quantity) pairs, at most 500 variants.
        expires_at: when it is given back by itself; None is never.

    Raises:
        OutOfStock: with an error for each line that cannot be had.
        InvalidLevel: a quantity below one, or too many lines.
    """
    assert 0 < len(owner_ref) <= 200, "an owner is named"
    wanted = model.together(lines)
    if not wanted:
        return []
    held = await repository.reserve(tx, owner_ref, new_id(), wanted, expires_at)
    if held.short:
        raise model.out_of_stock(lines, held.short)
    await _tell(tx, {variant_id: -wanted[variant_id] for variant_id in held.scarce}, "reserved")
    return held.reservations


async def commit_reservation(tx: Transaction, owner_ref: str) -> list[Reservation]:
    """What the owner held has left the shelf and comes back. Safe to repeat.

    What is not there yet (a backorder) stays reserved without an end; a later call takes what
    has come since. When nothing was held, all that the owner ever reserved comes back. One
    statement, two when nothing was held.

    Raises:
        ReservationLost: it had expired, or was released, before.
    """
    if held := await repository.commit(tx, owner_ref, actor_of(tx)):
        return held
    reservations = await repository.reservations_of(tx, owner_ref)
    if reservations and all(each.state == "released" for each in reservations):
        raise ReservationLost(f"nothing is held for {owner_ref} any more")
    return reservations


async def release_reservation(tx: Transaction, owner_ref: str) -> None:
    """What the owner still holds is free again. Safe to repeat."""
    await _tell(tx, await repository.release(tx, owner_ref), "released")


async def release_expired(ctx: Context) -> int:
    """All reservations whose time is over are free again; how many pieces those were."""
    pieces = 0
    while True:
        async with ctx.transaction() as tx:
            freed = await repository.release_expired(tx, EXPIRED_AT_ONCE)
            await _tell(tx, freed, "released")
        if not freed:
            return pieces
        pieces += sum(freed.values())


async def _tell(tx: Transaction, changes: dict[UUID, int], reason: str) -> None:
    """Other rooms hear of variants that look different to shoppers after these changes."""
    if not changes:
        return
    now = await levels.availability(tx, list(changes))
    after = {variant_id: answer.available for variant_id, answer in now.items()}
    tx.publish(*stock_changed(model.crossed(after, changes), reason))


async def restock(tx: Transaction, owner_ref: str, lines: Sequence[tuple[UUID, int]]) -> None:
    """So many of what the owner was given are back where they came from.

    What was promised and has not come yet is let go first. More than the owner was given is not
    taken back.
    """
    wanted = model.together(lines)
    if wanted:
        changed = await repository.restock(tx, owner_ref, wanted, actor_of(tx))
        tx.publish(*stock_changed(changed, "restocked"))


async def reservations_of(tx: Transaction, owner_ref: str) -> list[Reservation]:
    """All that was ever reserved for an owner, in the order of time."""
    return await repository.reservations_of(tx, owner_ref)
