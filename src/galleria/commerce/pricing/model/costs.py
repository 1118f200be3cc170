"""What a variant costs the merchant, and what of its price is left."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.pricing.model.prices import RefusedPrice, check_amount, check_currency
from galleria.foundation.errors import FieldError


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a piece of a variant costs the merchant, in minor units of a currency."""

    variant_id: UUID
    currency: str
    amount_minor: int
    changed_at: datetime


class CostRow(msgspec.Struct, frozen=True):
    """What somebody says that a variant costs; None: it is not known."""

    variant_id: UUID
    currency: str
    amount_minor: int | None


class CostKey(msgspec.Struct, frozen=True, order=True):
    """Which cost."""

    variant_id: UUID
    currency: str


class CostsMerged(msgspec.Struct, frozen=True, kw_only=True):
    """What became of many costs: the variants whose cost changed, and what was refused."""

    changed: list[UUID]
    unchanged_count: int
    refused: list[RefusedPrice]


class MergedCost(msgspec.Struct, frozen=True, kw_only=True):
    """A cost as it was before a merge, as the merge left it, and as it is; None is unknown."""

    key: CostKey
    before: int | None
    after: int | None
    present: int | None


class CostsUndone(msgspec.Struct, frozen=True, kw_only=True):
    """How many costs are as before, and which stay, since somebody changed them again."""

    reverted_count: int
    kept: list[CostKey]


def check_cost(row: CostRow) -> FieldError | None:
    """Why this is no cost, or None."""
    refused = None if row.amount_minor is None else check_amount("amount_minor", row.amount_minor)
    return refused or check_currency(row.currency)


def margin_of(price_minor: int, cost_minor: int | None) -> float | None:
    """The share of a price that is left when the goods are paid, at most 1, below 0 at a loss; None
    when that cannot be said. Taxes that the price includes count as left."""
    if cost_minor is None or price_minor <= 0:
        return None
    return (price_minor - cost_minor) / price_minor


def cost_way_back(merged: Iterable[MergedCost]) -> tuple[list[CostRow], list[CostKey]]:
    """Costs to go back to what they were, and those that are no longer as the merge left them."""
    former, kept = list[CostRow](), list[CostKey]()
    for each in merged:
        if each.present != each.after:
            kept.append(each.key)
        else:
            former.append(CostRow(each.key.variant_id, each.key.currency, each.before))
    return former, kept
