"""What a dry run can tell about prices and stock: which products would change by them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from galleria.commerce import inventory, pricing
from galleria.commerce.imports.model.runs import Kept
from galleria.commerce.imports.service.settling import Settlement
from galleria.commerce.imports.service.shop_facts import ShopFacts
from galleria.commerce.inventory import Level
from galleria.commerce.pricing import CostRow, PriceRow
from galleria.engines.sql import Transaction

_NEWEST = UUID(int=2**128 - 1)


async def preview_offers(
    tx: Transaction, facts: ShopFacts, settlement: Settlement, keeps: Collection[Kept]
) -> None:
    """Products whose prices or stock the file would change count as changed. Writes nothing."""
    rows = settlement.price_rows(facts, _NEWEST if "prices" in keeps else None)
    settlement.mark_changed(await _other_prices(tx, rows))
    costs = settlement.cost_rows(facts, _NEWEST if "prices" in keeps else None)
    settlement.mark_changed(await _other_costs(tx, costs))
    keeps_stock = "stock" in keeps
    newer_than = _NEWEST if keeps_stock else None
    levels = settlement.levels(facts, newer_than)
    settlement.mark_changed(await _other_levels(tx, levels))
    policies = settlement.policies(_NEWEST, keeps_stock=keeps_stock)
    if policies:
        now = await inventory.availability(tx, [each.variant_id for each in policies])
        settlement.mark_changed(
            each.variant_id
            for each in policies
            if (each.is_tracked, each.allows_backorder)
            != (now[each.variant_id].is_tracked, now[each.variant_id].allows_backorder)
        )


async def _other_prices(tx: Transaction, rows: Sequence[PriceRow]) -> list[UUID]:
    by_channel: defaultdict[tuple[UUID, str], list[PriceRow]] = defaultdict(list)
    for row in rows:
        by_channel[row.channel_id, row.currency].append(row)
    changed: list[UUID] = []
    for (channel_id, currency), wanted in by_channel.items():
        ids = [row.variant_id for row in wanted]
        prices = await pricing.prices_of(tx, ids, channel_id, currency)
        for row in wanted:
            now = prices.get(row.variant_id)
            # As the pricing keeps it: an amount to compare with is above the price, or none.
            compare_at = row.compare_at_minor
            if compare_at is not None and compare_at <= row.amount_minor:
                compare_at = None
            if now is None or (now.amount_minor, now.compare_at_minor) != (
                row.amount_minor,
                compare_at,
            ):
                changed.append(row.variant_id)
    return changed


async def _other_costs(tx: Transaction, rows: Sequence[CostRow]) -> list[UUID]:
    known = await pricing.costs_of(tx, [row.variant_id for row in rows])
    return [
        row.variant_id
        for row in rows
        if (now := known.get((row.variant_id, row.currency))) is None
        or now.amount_minor != row.amount_minor
    ]


async def _other_levels(tx: Transaction, levels: Sequence[Level]) -> list[UUID]:
    if not levels:
        return []
    ids = list(dict.fromkeys(level.variant_id for level in levels))
    page = await inventory.list_stock(tx.ctx, ids, limit=len(ids) * 100)
    now = {(each.variant_id, each.location_id): each.on_hand for each in page.items}
    return [
        level.variant_id
        for level in levels
        if now.get((level.variant_id, level.location_id)) != level.on_hand
    ]
