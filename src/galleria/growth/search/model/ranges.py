"""Ranges of numbers: as an address writes them, and as a shopper is offered them."""

import re
from typing import TypeAlias

import msgspec

from galleria.growth.search.errors import InvalidRange

MOST_RANGES_SHOWN = 4
ENOUGH_VALUES = 8  # a number of more different values is a range, and no list to tick
Range: TypeAlias = tuple[float | None, float | None]
"""The least and the most, both included; None for an open end."""
_NUMBER = r"-?\d{1,15}(?:\.\d{1,9})?"
_RANGE = re.compile(rf"({_NUMBER})?\.\.({_NUMBER})?")


class RangeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A number to narrow by, in its unit: how low and how high it is among the products, its own
    range left aside (None when there are none), and what is chosen of it."""

    code: str
    label: str
    unit: str | None
    least: float | None
    most: float | None
    chosen_least: float | None
    chosen_most: float | None


def range_of(code: str, text: str) -> Range:
    """The range that is written as `13..15`, `13..` or `..15`, with decimal points.

    Raises:
        InvalidRange: it is none, or ends before it begins.
    """
    read = _RANGE.fullmatch(text)
    least, most = (_number(each) for each in read.groups()) if read else (None, None)
    if least is None and most is None:
        raise InvalidRange(f"range[{code[:60]}] is written as 13..15, 13.. or ..15")
    if least is not None and most is not None and least > most:
        raise InvalidRange(f"range[{code[:60]}] ends before it begins")
    return least, most


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)
