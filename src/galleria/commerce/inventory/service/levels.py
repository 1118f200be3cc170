"""How many there are: set by counts and files, adjusted by people, read in pages."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.inventory.errors import LocationNotFound
from galleria.commerce.inventory.events import stock_changed
from galleria.commerce.inventory.model import levels as model
from galleria.commerce.inventory.model.counting import Place
from galleria.commerce.inventory.model.levels import (
    Change,
    Level,
    LevelsSet,
    RefusedLevel,
    StockLevel,
    Why,
)
from galleria.commerce.inventory.model.selling import Policy
from galleria.commerce.inventory.repository import levels as repository
from galleria.commerce.inventory.repository import locations, weighing
from galleria.commerce.inventory.schemas import AdjustStock, SetStock
from galleria.commerce.inventory.service.acting import actor_of
from galleria.commerce.inventory.service.locations import ensure_location
from galleria.commerce.inventory.service.watching import note_low
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page
from galleria.platform import audit

START: Place = (UUID(int=0), 0)


async def set_stock_levels(
    tx: Transaction,
    rows: Sequence[Level],
    *,
    are_new: bool = False,
    reference: str | None = None,
) -> LevelsSet:
    """The levels are as given; a level below what is reserved there is refused by itself.

    Set-based: what does not differ is not written, and every change has its movement; a first
    count is what a shelf opened with. Of rows for the same place the last one counts. Variants
    are not looked up.

    Args:
        tx: the levels are kept with what else it writes.
        rows: how many there should be.
        are_new: this transaction makes the variants: nothing is looked up at all, and no event
            names them, since whoever is told of them looks at their stock too. A place that has a
            level already then breaks the transaction.
        reference: what the movements are marked with, so that they can be found and undone; what
            new variants open with is not.
    """
    places = {each.location_id for each in await locations.all_locations(tx)}
    refused: list[RefusedLevel] = []
    wanted: dict[Place, Level] = {}
    for row in rows:
        refusal = model.check_level(row, places)
        if refusal is None:
            wanted[row.variant_id, row.location_id] = row
        else:
            refused.append(refusal)
    changed: set[UUID] = set()
    if wanted:
        changed, too_low = await _write(
            tx, list(wanted.values()), are_new=are_new, reference=reference
        )
        refused += [
            RefusedLevel(variant_id=variant_id, location_id=place, code="below_reserved")
            for variant_id, place in too_low
        ]
    if not are_new:
        tx.publish(*stock_changed(sorted(changed), "set"))
    unchanged_count = len(rows) - len(refused) - len(changed)
    return LevelsSet(
        changed=sorted(changed), unchanged_count=max(0, unchanged_count), refused=refused
    )


async def _write(
    tx: Transaction, levels: Sequence[Level], *, are_new: bool, reference: str | None
) -> tuple[set[UUID], list[Place]]:
    actor = actor_of(tx)
    is_watching = await weighing.is_watching(tx)
    too_low: list[Place] = []
    if are_new:
        changed = await repository.add_new_levels(tx, levels, actor)
    else:
        if is_watching:
            await repository.levels_of(tx, {each.variant_id for each in levels}, locks=True)
        changed, too_low = await repository.set_levels(tx, levels, actor, reference)
    if is_watching:
        await note_low(tx, sorted(changed))
    return changed, too_low


async def take_off_shelves(tx: Transaction, variant_ids: Sequence[UUID], reference: str) -> None:
    """Nothing of these variants, just removed by an import, is on hand but what is promised.

    The movements are the import's, so that `undo_imported` brings the goods back.
    """
    levels = await repository.levels_of(tx, set(variant_ids), locks=True)
    there = [
        Level(each.variant_id, each.location_id, 0, "imported")
        for each in levels.values()
        if each.on_hand
    ]
    if there:
        await set_stock_levels(tx, there, reference=reference)


async def set_stock(ctx: Context, rows: Sequence[SetStock]) -> LevelsSet:
    """`set_stock_levels` for people: variants are looked up, and a place may be left out.

    Raises:
        VariantNotFound: one of them is no variant of this shop.
    """
    async with ctx.transaction() as tx:
        await require_variants(tx, [row.variant_id for row in rows])
        usual = await ensure_location(tx)
        answer = await set_stock_levels(
            tx,
            [
                Level(
                    row.variant_id,
                    row.location_id or usual.location_id,
                    row.on_hand,
                    row.reason,
                )
                for row in rows
            ],
        )
        await audit.record(tx, "stock.levels_set", "stock:many", {"rows": len(rows)})
    return answer


async def require_variants(reader: Reader, variant_ids: Sequence[UUID]) -> None:
    """Pass when all are variants of this shop.

    Raises:
        VariantNotFound: the first that is not.
    """
    known = {each.variant_id for each in await catalog.variants_of(reader, variant_ids)}
    for variant_id in variant_ids:
        if variant_id not in known:
            raise catalog.VariantNotFound(f"no variant {variant_id}")


async def adjust_stock(ctx: Context, variant_id: UUID, wanted: AdjustStock) -> StockLevel:
    """So many pieces came to a place, or went; and how many are kept back from sale.

    Raises:
        VariantNotFound: it is no variant of this shop.
        LocationNotFound: it is no location of this shop.
        StockTooLow: fewer than none would be there, or fewer than are reserved.
    """
    async with ctx.transaction() as tx:
        await require_variants(tx, [variant_id])
        location_id = await place_of(tx, wanted.location_id)
        why = Why(wanted.reason, wanted.reference, actor_of(tx))
        levels = await lock_places(tx, [(variant_id, location_id)])
        policies = await repository.policies_of(tx, [variant_id])
        policy = policies.get(variant_id) or Policy(variant_id=variant_id)
        after = model.adjusted(levels[variant_id, location_id], wanted.delta, policy, tx.now)
        if wanted.safety is not None:
            after = msgspec.structs.replace(after, safety=wanted.safety)
        await apply_changes(tx, [Change(level=after, delta=wanted.delta)], why, "adjusted")
        detail = {"delta": wanted.delta, "location_id": location_id}
        await audit.record(tx, "stock.stock_adjusted", f"variant:{variant_id}", detail)
    return after


async def lock_places(tx: Transaction, places: Collection[Place]) -> dict[Place, StockLevel]:
    """All levels of the variants concerned, locked until the commit; the places are among them.

    A place that had no level is given one with nothing on hand.
    """
    await repository.add_places(tx, places)
    return await repository.levels_of(tx, {variant_id for variant_id, _ in places}, locks=True)


async def apply_changes(
    tx: Transaction, changes: Sequence[Change], why: Why, told_as: str
) -> list[UUID]:
    """The changed levels are kept as one act, and told; the variants concerned come back, by id."""
    if not changes:
        return []
    await repository.write_changes(tx, changes, why)
    variant_ids = sorted({each.level.variant_id for each in changes})
    tx.publish(*stock_changed(variant_ids, told_as))
    await note_low(tx, variant_ids)
    return variant_ids


async def place_of(tx: Transaction, location_id: int | None) -> int:
    """The location's number when the shop has it; that of its first when None.

    Raises:
        LocationNotFound: this shop has no such location.
    """
    if location_id is None:
        return (await ensure_location(tx)).location_id
    known = {each.location_id for each in await locations.all_locations(tx)}
    if location_id not in known:
        raise LocationNotFound(f"no location {location_id}")
    return location_id


async def list_stock(
    ctx: Context,
    variant_ids: Sequence[UUID] | None = None,
    location_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
    *,
    only_low: bool = False,
) -> Page[StockLevel]:
    """A page of levels by variant, then location; of some variants, one place, or what is low.

    A page of one place may hold fewer than there are, or none, and still lead on to the next.

    Raises:
        InvalidCursor: the cursor is not one of this list with these filters.
    """
    chosen = "" if variant_ids is None else ",".join(map(str, variant_ids))
    scope = f"inventory.stock:{location_id}:{only_low}:{chosen}"
    after = START if cursor is None else place_in(ctx, cursor, scope)
    end: Place | None = None
    if variant_ids is not None:
        found = await repository.page_of_levels(ctx, variant_ids, after, limit + 1, location_id)
    elif only_low:
        found = await repository.low_levels(ctx, location_id, after, limit + 1)
    elif location_id is not None:
        found, end = await repository.levels_at(ctx, location_id, after, limit + 1)
    else:
        found = await repository.page_of_levels(ctx, None, after, limit + 1)
    if len(found) > limit:
        end = (found[limit - 1].variant_id, found[limit - 1].location_id)
    return Page(items=found[:limit], next_cursor=cursor_at(ctx, scope, end))


def place_in(ctx: Context, cursor: str, scope: str) -> Place:
    """The (variant, location) a cursor stands at.

    Raises:
        InvalidCursor: it is not one of this list.
    """
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    match keys:
        case [str(variant_key), int(location_id)]:
            return UUID(variant_key), location_id
    raise InvalidCursor("this cursor is not one of this list")


def cursor_at(ctx: Context, scope: str, place: Place | None) -> str | None:
    """The cursor that stands at (variant, location)."""
    if place is None:
        return None
    keys: list[CursorKey] = [str(place[0]), place[1]]
    return ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys)


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Those of the variants that exist no more have no stock but what is still promised.

    Safe to repeat.
    """
    gone = await catalog.gone_among(tx, variant_ids)
    await repository.forget_variants(tx, gone, actor_of(tx))


async def refresh_statistics(tx: Transaction) -> None:
    """The planner knows what bulk work has just filled in."""
    await tx.analyze("inventory.stock", "inventory.stock_movement")
