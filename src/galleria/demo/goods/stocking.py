"""How much of everything there is: plenty of most, the last of some, none of a few."""

from __future__ import annotations

from galleria.demo.goods.model import DemoLocation, DemoStock
from galleria.demo.goods.recipes import StockLevel
from galleria.demo.pictures.dice import Dice


def is_tracked(level: StockLevel) -> bool:
    """Return whether stock is counted: what is made to order is not."""
    return level != "order"


def stock_of(
    level: StockLevel, sku: str, locations: tuple[DemoLocation, ...]
) -> tuple[DemoStock, ...]:
    """Return how many of a variant lie at each location; the SKU decides, so it never changes."""
    if not is_tracked(level):
        return ()
    dice = Dice(f"stock:{sku}")
    left = _total(level, dice)
    rows = []
    for location in locations[:-1]:
        here = left if left < 3 and dice.chance(location.share) else round(left * location.share)
        here = min(here, left)
        rows.append(DemoStock(location=location.code, on_hand=here))
        left -= here
    rows.append(DemoStock(location=locations[-1].code, on_hand=left))
    return tuple(rows)


def _total(level: StockLevel, dice: Dice) -> int:
    if level in {"gone", "backorder"}:
        return 0
    if level == "few":
        return dice.whole(1, 3)
    if level == "plenty":
        return dice.whole(28, 120)
    # Mixed: of ten variants about one is sold out, and one or two are nearly so.
    turn = dice.unit()
    if turn < 0.09:
        return 0
    return dice.whole(1, 3) if turn < 0.24 else dice.whole(6, 48)
