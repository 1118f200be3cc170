"""Goods promised, handed over, given back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.inventory.errors import OutOfStock, ReservationLost
from galleria.commerce.inventory.events import stock_changed
from galleria.commerce.inventory.model import promising
from galleria.commerce.inventory.model.promising import (
    MAX_OWNER,
    Goods,
    Part,
    Reservation,
    ReservationRequest,
)
from galleria.commerce.inventory.model.selling import SCARCE, crossed
from galleria.commerce.inventory.repository import reserving as repository
from galleria.commerce.inventory.service.acting import actor_of
from galleria.commerce.inventory.service.watching import (
    availability,
    note_low,
    note_weighed,
)
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id

EXPIRED_AT_ONCE = 500  # of one transaction: short enough to wait behind


async def reserve_stock(
    tx: Transaction,
    owner_ref: str,
    lines: Sequence[tuple[UUID, int]],
    expires_at: datetime | None,
    first_at: int | None = None,
) -> list[Reservation]:
    """All lines are held for the owner, or nothing is. One statement, three when it is not plain.

    A variant nobody counts, or one on backorder, can always be had, up to its limit. A second
    call adds to what the owner holds.

    Args:
        tx: stock rows stay locked until its commit, so reserve late in it.
        owner_ref: who holds it, as in `order:<id>`, at most 200 characters.
        lines: (variant_id, quantity) pairs, at most 500 variants.
        expires_at: when it is given back by itself; None is never.
        first_at: the place where goods are looked for first; None for the shop's own order.

    Raises:
        OutOfStock: with an error for each line that cannot be had.
        InvalidLevel: a quantity below one, or too many lines.
    """
    assert 0 < len(owner_ref) <= MAX_OWNER, "an owner is named"
    wanted = promising.together(lines)
    if not wanted:
        return []
    reservation_id = new_id()
    held = None
    if first_at is None:
        held = await repository.reserve_plain(tx, owner_ref, reservation_id, wanted, expires_at)
    if held is not None:
        scarce = [v for v, (left, low_at) in held.left.items() if left <= max(SCARCE, low_at or 0)]
        await _tell(tx, {variant_id: -wanted[variant_id] for variant_id in scarce}, "reserved")
        request = ReservationRequest(owner_ref, lines, expires_at)
        return _reservations(request, reservation_id, held.parts)
    (answer,) = await reserve_many(tx, [ReservationRequest(owner_ref, lines, expires_at, first_at)])
    if isinstance(answer, OutOfStock):
        raise answer
    return answer


async def reserve_many(
    tx: Transaction, requests: Sequence[ReservationRequest]
) -> list[list[Reservation] | OutOfStock]:
    """What became of each request, in their order: all of its lines are held, or none are.

    An earlier request is served before a later one; one that cannot be had takes nothing from
    those behind it. One statement locks, one writes, however many there are.

    Raises:
        InvalidLevel: a quantity below one, or too many lines; then nobody gets anything.
    """
    assert all(0 < len(each.owner_ref) <= MAX_OWNER for each in requests), "an owner is named"
    wanted = [promising.together(each.lines) for each in requests]
    variant_ids = {variant_id for each in wanted for variant_id in each}
    if not variant_ids:
        return [[] for _ in requests]
    goods = await repository.lock_goods(tx, variant_ids)
    before = {variant_id: (each.free, each.sellable) for variant_id, each in goods.items()}
    answers: list[list[Reservation] | OutOfStock] = []
    made: list[Reservation] = []
    for request, each in zip(requests, wanted, strict=True):
        parts, short = promising.decide(each, goods, request.first_at)
        if short:
            answers.append(promising.out_of_stock(request.lines, short))
            continue
        reservations = _reservations(request, new_id(), parts)
        made += reservations
        answers.append(reservations)
    if made:
        await repository.hold(tx, goods, made)
        await _tell_taken(tx, before, goods)
    return answers


def _reservations(
    request: ReservationRequest, reservation_id: UUID, parts: Sequence[Part]
) -> list[Reservation]:
    return [
        Reservation(
            reservation_id=reservation_id,
            part=number,
            owner_ref=request.owner_ref,
            variant_id=part.variant_id,
            location_id=part.location_id,
            quantity=part.quantity,
            committed=0,
            returned=0,
            state="held",
            expires_at=request.expires_at,
        )
        for number, part in enumerate(parts, 1)
    ]


async def _tell_taken(
    tx: Transaction, before: dict[UUID, tuple[int, int]], goods: dict[UUID, Goods]
) -> None:
    """Other rooms hear of what the model has just given away; all places are locked and known."""
    after = {variant_id: each.free for variant_id, each in goods.items() if each.is_tracked}
    changes = {variant_id: free - before[variant_id][0] for variant_id, free in after.items()}
    seen = set(crossed(after, changes))
    # What is sold ahead of stock may come to its limit while nothing is there all along.
    ends = {variant_id: goods[variant_id].sellable for variant_id in after}
    seen.update(crossed(ends, {each: end - before[each][1] for each, end in ends.items()}))
    tx.publish(*stock_changed(sorted(seen), "reserved"))
    fell = []
    for variant_id, free in after.items():
        low_at = goods[variant_id].low_at
        if low_at is not None and free <= low_at < before[variant_id][0]:
            fell.append(variant_id)
    await note_low(tx, fell)


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
    now = await availability(tx, list(changes))
    after = {variant_id: answer.available for variant_id, answer in now.items()}
    ends = {each: after[each] if (end := now[each].sellable) is None else end for each in after}
    seen = {*crossed(after, changes), *crossed(ends, changes)}
    tx.publish(*stock_changed(sorted(seen), reason))
    await note_weighed(tx, now)


async def restock(tx: Transaction, owner_ref: str, lines: Sequence[tuple[UUID, int]]) -> None:
    """So many of what the owner was given are back where they came from.

    What was promised and has not come yet is let go first. More than the owner was given is not
    taken back.
    """
    wanted = promising.together(lines)
    if wanted:
        changed = await repository.restock(tx, owner_ref, wanted, actor_of(tx))
        tx.publish(*stock_changed(changed, "restocked"))
        await note_low(tx, changed)


async def reservations_of(tx: Transaction, owner_ref: str) -> list[Reservation]:
    """All that was ever reserved for an owner, in the order of time."""
    return await repository.reservations_of(tx, owner_ref)
