"""Counts of whole stockrooms, and goods carried from one location to another."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.inventory.errors import InvalidLevel, InvalidTransfer, StockTooLow
from galleria.commerce.inventory.model import counting as model
from galleria.commerce.inventory.model.counting import (
    MAX_COUNTED,
    Counted,
    CountLine,
    Mode,
    Place,
    StockCount,
)
from galleria.commerce.inventory.model.levels import Change, StockLevel, Why, adjusted
from galleria.commerce.inventory.model.promising import together
from galleria.commerce.inventory.model.selling import Policy
from galleria.commerce.inventory.repository import levels as repository
from galleria.commerce.inventory.repository import locations
from galleria.commerce.inventory.schemas import TransferStock
from galleria.commerce.inventory.service.acting import actor_of
from galleria.commerce.inventory.service.levels import (
    apply_changes,
    lock_places,
    place_of,
    require_variants,
)
from galleria.commerce.inventory.service.locations import ensure_location
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError
from galleria.platform import audit

Found = tuple[CountLine, UUID | None, int | None]


async def count_stock(
    ctx: Context,
    lines: Sequence[CountLine],
    mode: Mode = "set",
    reason: str = "counted",
    *,
    is_preview: bool = False,
) -> StockCount:
    """What each line changes or would change; a line that cannot be is refused by itself.

    Args:
        ctx: whose stockroom it is.
        lines: at most 10,000, in order: a later one finds what an earlier one left.
        mode: `set` takes the quantities for what is there, `adjust` for what came or went.
        reason: why, for the books.
        is_preview: nothing is changed.

    Raises:
        InvalidLevel: too many lines, or one that names no variant.
    """
    if len(lines) > MAX_COUNTED:
        raise InvalidLevel(f"at most {MAX_COUNTED} lines at once")
    async with ctx.transaction() as tx:
        found = await _found(tx, lines)
        there = await _standing(tx, found, locks=not is_preview)
        judged = model.judge(found, there, mode)
        if not is_preview:
            changes = model.changes_of(judged, there, mode, tx.now)
            await apply_changes(tx, changes, Why(reason, None, actor_of(tx)), "counted")
            detail = {"lines": len(lines), "changes": len(changes), "mode": mode}
            await audit.record(tx, "stock.counted", "stock:many", detail)
    return model.summary(judged, is_preview=is_preview)


async def _found(tx: Transaction, lines: Sequence[CountLine]) -> list[Found]:
    """Each line with its variant and its place, where there are such."""
    for at, line in enumerate(lines):
        if (line.variant_id is None) == (line.sku is None):
            error = FieldError(f"lines[{at}]", InvalidLevel.code, "name a variant_id or a sku")
            raise InvalidLevel("a line names its variant in one way", errors=[error])
    by_sku = await catalog.variants_by_sku(tx, [each.sku for each in lines if each.sku is not None])
    named = [each.variant_id for each in lines if each.variant_id is not None]
    known = {each.variant_id for each in await catalog.variants_of(tx, list(set(named)))}
    usual = (await ensure_location(tx)).location_id
    places = {each.location_id for each in await locations.all_locations(tx)}
    found: list[Found] = []
    for line in lines:
        variant_id = line.variant_id if line.variant_id in known else None
        if line.sku is not None:
            variant_id = by_sku.get(line.sku)
        location_id = usual if line.location_id is None else line.location_id
        found.append((line, variant_id, location_id if location_id in places else None))
    return found


async def _standing(tx: Transaction, found: Sequence[Found], *, locks: bool) -> Counted:
    """The shelves of the lines as they stand; when locked, each of them has a level."""
    places: set[Place] = {
        (variant_id, location_id)
        for _, variant_id, location_id in found
        if variant_id is not None and location_id is not None
    }
    variant_ids = {variant_id for variant_id, _ in places}
    fresh = await repository.add_places(tx, places) if locks else frozenset()
    levels = await repository.levels_of(tx, variant_ids, locks=locks)
    return Counted(levels, await repository.policies_of(tx, variant_ids), fresh)


async def transfer_stock(ctx: Context, wanted: TransferStock) -> list[StockLevel]:
    """All lines are at the other location, or none is; the levels at both places come back.

    Raises:
        VariantNotFound: one of them is no variant of this shop.
        LocationNotFound: one of the two is no location of this shop.
        InvalidTransfer: both are the same.
        StockTooLow: with an error for each line of which too few are free to go.
        InvalidLevel: a quantity too large.
    """
    if wanted.from_location_id == wanted.to_location_id:
        raise InvalidTransfer("name two locations")
    goods = together([(line.variant_id, line.quantity) for line in wanted.lines])
    async with ctx.transaction() as tx:
        await require_variants(tx, list(goods))
        start = await place_of(tx, wanted.from_location_id)
        end = await place_of(tx, wanted.to_location_id)
        levels = await lock_places(
            tx, [(variant_id, place) for variant_id in goods for place in (start, end)]
        )
        policies = await repository.policies_of(tx, goods)
        changes: list[Change] = []
        errors: list[FieldError] = []
        for at, (variant_id, quantity) in enumerate(goods.items()):
            policy = policies.get(variant_id) or Policy(variant_id=variant_id)
            try:
                for place, delta in ((start, -quantity), (end, quantity)):
                    level = adjusted(levels[variant_id, place], delta, policy, tx.now)
                    changes.append(Change(level=level, delta=delta))
            except StockTooLow as low:
                errors.append(FieldError(f"lines[{at}].quantity", low.code, low.detail))
        if errors:
            raise StockTooLow(f"{len(errors)} of the lines cannot go", errors=errors)
        why = Why("transferred", wanted.reference, actor_of(tx))
        await apply_changes(tx, changes, why, "transferred")
        detail = {"lines": len(goods), "from": start, "to": end}
        await audit.record(tx, "stock.transferred", "stock:many", detail)
    return [each.level for each in changes]
