"""Goods that an import counted, and how many of them can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.inventory.model.counting import Place
from galleria.commerce.inventory.model.levels import (
    MAX_ON_HAND,
    Change,
    StockLevel,
    holds_back,
)
from galleria.commerce.inventory.model.selling import Policy


class KeptStock(msgspec.Struct, frozen=True, kw_only=True):
    """Stock that could not go back by as much as it came: the rest was sold or promised since."""

    variant_id: UUID
    location_id: int
    asked: int
    taken: int


class StockUndone(msgspec.Struct, frozen=True, kw_only=True):
    """How many shelves went back, which did not wholly, and below which movement to go on."""

    reverted_count: int
    kept: list[KeptStock]
    below: int


def taken_back(
    moved: Mapping[Place, int],
    levels: Mapping[Place, StockLevel],
    policies: Mapping[UUID, Policy],
    now: datetime,
) -> tuple[list[Change], list[KeptStock]]:
    """What each shelf holds when `moved` pieces go back the other way, as far as they can.

    Nothing goes that is sold: a shelf does not fall below zero, nor below what is promised of
    something that must be there to be sold. Shelves that are no more are left out.
    """
    changes: list[Change] = []
    kept: list[KeptStock] = []
    for (variant_id, location_id), delta in moved.items():
        level = levels.get((variant_id, location_id))
        if level is None or delta == 0:
            continue
        policy = policies.get(variant_id) or Policy(variant_id=variant_id)
        free = level.on_hand - (level.reserved if holds_back(policy) else 0)
        back = -min(delta, max(0, free)) if delta > 0 else min(-delta, MAX_ON_HAND - level.on_hand)
        if back != -delta:
            kept.append(
                KeptStock(variant_id=variant_id, location_id=location_id, asked=-delta, taken=back)
            )
        if back:
            after = msgspec.structs.replace(level, on_hand=level.on_hand + back, updated_at=now)
            changes.append(Change(level=after, delta=back))
    return changes, kept
