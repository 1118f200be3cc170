"""Shelves to try things on: variants are only numbers to the inventory."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce import inventory
from galleria.commerce.inventory import Level, Policy, StockLevel
from galleria.engines.context import Context
from galleria.foundation.ids import new_id


async def place(ctx: Context) -> int:
    """The shop's first location."""
    async with ctx.transaction() as tx:
        return (await inventory.ensure_location(tx)).location_id


async def shelve(ctx: Context, *counts: int) -> list[UUID]:
    """New variants with so many on hand at the first location, by id."""
    where = await place(ctx)
    variant_ids = [new_id() for _ in counts]
    await put(ctx, [Level(v, where, n) for v, n in zip(variant_ids, counts, strict=True)])
    return variant_ids


async def put(ctx: Context, levels: Sequence[Level]) -> inventory.LevelsSet:
    """The levels are set in a transaction of their own."""
    async with ctx.transaction() as tx:
        return await inventory.set_stock_levels(tx, levels)


async def reserve(
    ctx: Context, owner_ref: str, *lines: tuple[UUID, int]
) -> list[inventory.Reservation]:
    """The lines are reserved without an end, in a transaction of their own."""
    async with ctx.transaction() as tx:
        return await inventory.reserve_stock(tx, owner_ref, lines, None)


async def commit(ctx: Context, owner_ref: str) -> list[inventory.Reservation]:
    """What the owner holds is committed."""
    async with ctx.transaction() as tx:
        return await inventory.commit_reservation(tx, owner_ref)


async def release(ctx: Context, owner_ref: str) -> None:
    """What the owner holds is released."""
    async with ctx.transaction() as tx:
        await inventory.release_reservation(tx, owner_ref)


async def restock(ctx: Context, owner_ref: str, *lines: tuple[UUID, int]) -> None:
    """So many are back from the owner."""
    async with ctx.transaction() as tx:
        await inventory.restock(tx, owner_ref, lines)


async def allow_backorder(ctx: Context, *variant_ids: UUID) -> None:
    """More of the variants may be sold than is there."""
    async with ctx.transaction() as tx:
        await inventory.set_policies(
            tx, [Policy(variant_id=v, allows_backorder=True) for v in variant_ids]
        )


async def untrack(ctx: Context, *variant_ids: UUID) -> None:
    """Nobody counts the variants."""
    async with ctx.transaction() as tx:
        await inventory.set_policies(
            tx, [Policy(variant_id=v, is_tracked=False) for v in variant_ids]
        )


async def levels_of(ctx: Context, *variant_ids: UUID) -> list[StockLevel]:
    """All levels of the variants, by variant and location."""
    return (await inventory.list_stock(ctx, variant_ids, limit=100)).items


async def counts(ctx: Context, variant_id: UUID) -> tuple[int, int]:
    """(on hand, reserved) of a variant over all locations."""
    levels = await levels_of(ctx, variant_id)
    return sum(level.on_hand for level in levels), sum(level.reserved for level in levels)


async def moved(ctx: Context, variant_id: UUID) -> int:
    """The sum of all movements of a variant."""
    total, cursor = 0, None
    while True:
        page = await inventory.list_movements(ctx, variant_id, cursor, 100)
        total += sum(movement.delta for movement in page.items)
        cursor = page.next_cursor
        if cursor is None:
            return total
