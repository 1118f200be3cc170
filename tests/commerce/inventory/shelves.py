"""Shelves to try things on: variants are only numbers to the inventory."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from galleria.commerce import catalog, inventory
from galleria.commerce.inventory import (
    AdjustStock,
    Level,
    NewIncoming,
    Policy,
    StockLevel,
    StockPolicy,
    TransferLine,
    TransferStock,
)
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import simple


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


async def sellable_variants(ctx: Context, count: int) -> list[UUID]:
    """Variants of products of the shop, with SKUs, by id."""
    trees = [await catalog.create_product(ctx, simple(f"mug-{n}")) for n in range(count)]
    return sorted(tree.variants[0].variant_id for tree in trees)


async def on_terms(ctx: Context, variant_id: UUID, **terms: Any) -> inventory.Terms:
    """The variant is counted and sold on these terms."""
    return await inventory.set_policy(ctx, variant_id, StockPolicy(is_tracked=True, **terms))


async def adjust(ctx: Context, variant_id: UUID, location_id: int, delta: int) -> StockLevel:
    """So many came to the place, or went."""
    wanted = AdjustStock(delta=delta, location_id=location_id)
    return await inventory.adjust_stock(ctx, variant_id, wanted)


async def transfer(
    ctx: Context, start: int, end: int, *lines: tuple[UUID, int]
) -> list[StockLevel]:
    """The lines go from one place to another."""
    wanted = TransferStock(
        from_location_id=start,
        to_location_id=end,
        lines=[TransferLine(variant_id=v, quantity=n) for v, n in lines],
    )
    return await inventory.transfer_stock(ctx, wanted)


async def deliver(ctx: Context, where: tuple[UUID, int], quantity: int, came: int) -> None:
    """Of a delivery of so many some came, and nobody waits for the rest."""
    variant_id, location_id = where
    wanted = NewIncoming(variant_id=variant_id, location_id=location_id, quantity=quantity)
    expected = await inventory.expect_incoming(ctx, wanted)
    await inventory.receive_incoming(ctx, expected.incoming_id, came)
    if came < quantity:
        await inventory.cancel_incoming(ctx, expected.incoming_id)
