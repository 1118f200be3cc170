"""How many there are: set by counts and files, adjusted by people, asked by everybody."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.inventory import model
from galleria.commerce.inventory.errors import LocationNotFound
from galleria.commerce.inventory.events import stock_changed
from galleria.commerce.inventory.model import (
    Availability,
    Level,
    LevelsSet,
    Movement,
    Policy,
    RefusedLevel,
    StockLevel,
)
from galleria.commerce.inventory.repository import levels as repository
from galleria.commerce.inventory.repository import locations
from galleria.commerce.inventory.schemas import AdjustStock, SetStock, StockPolicy
from galleria.commerce.inventory.service.acting import actor_of
from galleria.commerce.inventory.service.locations import ensure_location
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page
from galleria.platform import audit

_START = UUID(int=0)
_NEWEST = 2**63 - 1


async def availability(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    """How many of each of the variants can be sold over all active locations.

    Each id has an answer; one that was never in stock has none available.
    """
    return await repository.availability(reader, variant_ids)


async def set_stock_levels(tx: Transaction, rows: Sequence[Level]) -> LevelsSet:
    """The levels are as given; a level below what is reserved there is refused by itself.

    Set-based: what does not differ is not written, and every change has its movement. Of rows
    for the same place the last one counts. Variants are not looked up.
    """
    places = {each.location_id for each in await locations.all_locations(tx)}
    refused: list[RefusedLevel] = []
    wanted: dict[tuple[UUID, UUID], Level] = {}
    for row in rows:
        refusal = model.check_level(row, places)
        if refusal is None:
            wanted[row.variant_id, row.location_id] = row
        else:
            refused.append(refusal)
    changed: set[UUID] = set()
    if wanted:
        levels = list(wanted.values())
        changed, too_low = await repository.set_levels(tx, levels, actor_of(tx))
        refused += [
            RefusedLevel(variant_id=variant_id, location_id=place, code="below_reserved")
            for variant_id, place in too_low
        ]
    tx.publish(*stock_changed(sorted(changed), "set"))
    unchanged_count = len(rows) - len(refused) - len(changed)
    return LevelsSet(
        changed=sorted(changed), unchanged_count=max(0, unchanged_count), refused=refused
    )


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
        place = await _place(tx, wanted.location_id)
        policy = await repository.policy_of(tx, variant_id)
        before = await repository.lock_level(tx, variant_id, place)
        after = model.adjusted(before, wanted.delta, policy, tx.now)
        if wanted.safety is not None:
            after = msgspec.structs.replace(after, safety=wanted.safety)
        await repository.save_level(tx, after)
        if wanted.delta:
            why = {
                "reason": wanted.reason,
                "reference": wanted.reference,
                "actor": actor_of(tx),
            }
            await repository.add_movement(tx, after, wanted.delta, why)
        tx.publish(*stock_changed([variant_id], "adjusted"))
        detail = {"delta": wanted.delta, "location_id": str(place)}
        await audit.record(tx, "stock.stock_adjusted", f"variant:{variant_id}", detail)
    return after


async def _place(tx: Transaction, location_id: UUID | None) -> UUID:
    if location_id is None:
        return (await ensure_location(tx)).location_id
    known = {each.location_id for each in await locations.all_locations(tx)}
    if location_id not in known:
        raise LocationNotFound(f"no location {location_id}")
    return location_id


async def set_policies(tx: Transaction, policies: Sequence[Policy]) -> list[UUID]:
    """The variants are counted, and sold beyond what is there, or not; set-based.

    Those whose policy changed come back. Variants are not looked up.
    """
    last = {policy.variant_id: policy for policy in policies}
    place = (await ensure_location(tx)).location_id
    changed = await repository.set_policies(tx, list(last.values()), place)
    tx.publish(*stock_changed(sorted(changed), "policy"))
    return changed


async def set_policy(ctx: Context, variant_id: UUID, wanted: StockPolicy) -> Policy:
    """The variant has this policy.

    Raises:
        VariantNotFound: it is no variant of this shop.
    """
    policy = Policy(
        variant_id=variant_id,
        is_tracked=wanted.is_tracked,
        allows_backorder=wanted.allows_backorder,
    )
    async with ctx.transaction() as tx:
        await require_variants(tx, [variant_id])
        await set_policies(tx, [policy])
        detail = {"is_tracked": policy.is_tracked, "allows_backorder": policy.allows_backorder}
        await audit.record(tx, "stock.policy_set", f"variant:{variant_id}", detail)
    return policy


async def list_stock(
    ctx: Context,
    variant_ids: Sequence[UUID] | None = None,
    location_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[StockLevel]:
    """A page of levels by variant, then location; of some variants or one place when given.

    Raises:
        InvalidCursor: the cursor is not one of this list with these filters.
    """
    chosen = "" if variant_ids is None else ",".join(map(str, variant_ids))
    scope = f"inventory.stock:{location_id}:{chosen}"
    after = (_START, _START)
    if cursor is not None:
        variant_key, location_key = _texts(ctx, cursor, scope, 2)
        after = (UUID(variant_key), UUID(location_key))
    found = await repository.page_of_levels(ctx, variant_ids, location_id, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    keys: list[CursorKey] = [str(last.variant_id), str(last.location_id)]
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys),
    )


def _texts(ctx: Context, cursor: str, scope: str, count: int) -> list[str]:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    texts = [key for key in keys if isinstance(key, str)]
    if len(texts) != count or len(keys) != count:
        raise InvalidCursor("this cursor is not one of this list")
    return texts


async def list_movements(
    ctx: Context, variant_id: UUID | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Movement]:
    """A page of movements, newest first; of one variant when given.

    Raises:
        InvalidCursor: the cursor is not one of this list with this filter.
    """
    scope = f"inventory.movements:{variant_id}"
    before = _NEWEST
    if cursor is not None:
        (text,) = _texts(ctx, cursor, scope, 1)
        before = int(text)
    found = await repository.page_of_movements(ctx, variant_id, before, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = str(found[limit - 1].movement_id)
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, [last]),
    )


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Variants that exist no more have no stock but what is still promised. Safe to repeat."""
    await repository.forget_variants(tx, variant_ids, actor_of(tx))


async def refresh_statistics(tx: Transaction) -> None:
    """The planner knows what bulk work has just filled in."""
    await tx.analyze("inventory.stock", "inventory.stock_movement")
