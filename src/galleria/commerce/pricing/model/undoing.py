"""Prices that an import changed, and what becomes of them when it is taken back."""

from collections.abc import Iterable

import msgspec

from galleria.commerce.pricing.model.prices import PriceKey, PriceListRow

Amounts = tuple[int, int | None]


class MergedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price as it was before a merge, as the merge left it, and as it is; None is no price."""

    key: PriceKey
    before: Amounts | None
    after: Amounts | None
    present: Amounts | None


class PricesUndone(msgspec.Struct, frozen=True, kw_only=True):
    """How many prices are as before, and which stay, since somebody changed them again."""

    reverted_count: int
    kept: list[PriceKey]


class WayBack(msgspec.Struct, frozen=True):
    """What to do with prices: set them, or take them away, or leave them."""

    former: list[PriceListRow]
    gone: list[PriceKey]
    kept: list[PriceKey]


def way_back(merged: Iterable[MergedPrice]) -> WayBack:
    """A price goes back to what it was as long as it is as the merge left it."""
    way = WayBack([], [], [])
    for each in merged:
        key = each.key
        if each.present != each.after:
            way.kept.append(key)
        elif each.before is None:
            way.gone.append(key)
        else:
            way.former.append(
                PriceListRow(key.variant_id, key.price_list_id, *each.before, key.min_quantity)
            )
    return way
