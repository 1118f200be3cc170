"""Counts of many shelves at once: what each line would change, and why some are refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.inventory.model.levels import (
    MAX_ON_HAND,
    Change,
    StockLevel,
    holds_back,
)
from galleria.commerce.inventory.model.selling import Policy

MAX_COUNTED = 10_000

Mode: TypeAlias = Literal["set", "adjust"]
Place: TypeAlias = tuple[UUID, int]


class CountLine(msgspec.Struct, frozen=True):
    """So many of a variant, by id or by SKU, at a location; without one, at the shop's first."""

    quantity: int
    variant_id: UUID | None = None
    sku: str | None = None
    location_id: int | None = None


class CountedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a line changes, or the code for which it is refused.

    The codes are variant_not_found, location_not_found, out_of_range and below_reserved; then
    `after` is `before`.
    """

    variant_id: UUID | None
    sku: str | None
    location_id: int | None
    before: int
    after: int
    delta: int
    code: str | None = None


class StockCount(msgspec.Struct, frozen=True, kw_only=True):
    """A count line by line, and how many of the lines change something or are refused."""

    is_preview: bool
    changed_count: int
    refused_count: int
    lines: list[CountedLine]


class Counted(msgspec.Struct, frozen=True):
    """The shelves counted: as they stand, with the policies of their variants."""

    levels: Mapping[Place, StockLevel]
    policies: Mapping[UUID, Policy]
    fresh: frozenset[Place] = frozenset()


def judge(
    lines: Sequence[tuple[CountLine, UUID | None, int | None]], there: Counted, mode: Mode
) -> list[CountedLine]:
    """What each line changes, in order: a later one finds what an earlier one left.

    Args:
        lines: each with its variant and its place, None for one that does not exist.
        there: the shelves; a place that is missing holds nothing yet.
        mode: `set` takes a quantity for what is there, `adjust` for what came or went.
    """
    on_hand = {place: level.on_hand for place, level in there.levels.items()}
    judged: list[CountedLine] = []
    for line, variant_id, location_id in lines:
        if variant_id is None or location_id is None:
            code = "variant_not_found" if variant_id is None else "location_not_found"
            judged.append(_judged(line, variant_id, location_id, (0, 0), code))
            continue
        place = (variant_id, location_id)
        before = on_hand.get(place, 0)
        after = line.quantity if mode == "set" else before + line.quantity
        refusal = _refusal(before, after, there, place)
        if refusal is None:
            on_hand[place] = after
        else:
            after = before
        judged.append(_judged(line, variant_id, location_id, (before, after), refusal))
    return judged


def _refusal(before: int, after: int, there: Counted, place: Place) -> str | None:
    if not 0 <= after <= MAX_ON_HAND:
        return "out_of_range"
    level, policy = there.levels.get(place), there.policies.get(place[0])
    if after >= before or level is None or (policy is not None and not holds_back(policy)):
        return None
    return "below_reserved" if after < level.reserved else None


def _judged(
    line: CountLine,
    variant_id: UUID | None,
    location_id: int | None,
    counts: tuple[int, int],
    code: str | None,
) -> CountedLine:
    before, after = counts
    return CountedLine(
        variant_id=variant_id or line.variant_id,
        sku=line.sku,
        location_id=location_id or line.location_id,
        before=before,
        after=after,
        delta=after - before,
        code=code,
    )


def changes_of(
    judged: Sequence[CountedLine], there: Counted, mode: Mode, now: datetime
) -> list[Change]:
    """The shelves that hold another number than before, each once."""
    last: dict[Place, int] = {}
    for line in judged:
        if line.code is None and line.variant_id is not None and line.location_id is not None:
            last[line.variant_id, line.location_id] = line.after
    changes = []
    for place, after in last.items():
        level = there.levels[place]
        if after != level.on_hand:
            changes.append(
                Change(
                    level=msgspec.structs.replace(level, on_hand=after, updated_at=now),
                    delta=after - level.on_hand,
                    is_first=mode == "set" and place in there.fresh,
                )
            )
    return changes


def summary(judged: list[CountedLine], *, is_preview: bool) -> StockCount:
    """The count as a whole."""
    return StockCount(
        is_preview=is_preview,
        changed_count=sum(1 for line in judged if line.code is None and line.delta),
        refused_count=sum(1 for line in judged if line.code is not None),
        lines=judged,
    )
