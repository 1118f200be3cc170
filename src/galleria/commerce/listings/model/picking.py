"""Choosing among thousands of variants: which values still go with what has been chosen.

For each axis a value exists, or is to be had, when a variant has it together with the choices on
all other axes. One walk over columns of numbers finds this for all axes at once: a variant that
differs from the choices nowhere speaks for its value on every axis, one that differs on one axis
only speaks for its value there.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from galleria.commerce.listings.errors import UnknownChoice
from galleria.commerce.listings.model.making import PriceRange, ShownOption, ShownVariant
from galleria.foundation.money import Money

_HEAD = struct.Struct("<IB")
_PREFIX = "option["


class Matrix(msgspec.Struct, frozen=True):
    """A product's variants as columns, in their order.

    `picks` has for each axis the number of each variant's value; `amounts_minor` are prices.
    """

    picks: list[list[int]]
    amounts_minor: list[int]
    available: list[bool]

    def to_bytes(self) -> bytes:
        """Count and axes; two bytes a pick, axis by axis; eight a price; one an availability."""
        count = len(self.available)
        parts = [_HEAD.pack(count, len(self.picks))]
        parts += [struct.pack(f"<{count}H", *column) for column in self.picks]
        parts += [struct.pack(f"<{count}q", *self.amounts_minor), bytes(self.available)]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, plain: bytes) -> "Matrix":
        """The matrix `to_bytes` wrote."""
        count, axes = _HEAD.unpack_from(plain)
        at, picks = _HEAD.size, []
        for _ in range(axes):
            picks.append(list(struct.unpack_from(f"<{count}H", plain, at)))
            at += 2 * count
        amounts = list(struct.unpack_from(f"<{count}q", plain, at))
        return cls(picks, amounts, [bool(each) for each in plain[at + 8 * count :]])


class PickerValue(msgspec.Struct, frozen=True):
    """A value of an axis beside what is chosen on the others.

    `exists` when a variant has it, `is_available` when one can be bought; `price_range` is over
    those that exist. `swatch` is a colour or a picture's address, where the option has them.
    """

    value: str
    exists: bool
    is_available: bool
    price_range: PriceRange | None
    swatch: str | None = None


class PickerAxis(msgspec.Struct, frozen=True):
    """An axis of choice, the value chosen on it, and all its values in order."""

    name: str
    chosen: str | None
    values: list[PickerValue]


class Picker(msgspec.Struct, frozen=True, kw_only=True):
    """Where a choice stands: `variant` is there once a value is chosen on every axis and such a
    variant exists. `matching_count` is how many variants fit what is chosen so far."""

    variant_count: int
    matching_count: int
    price_range: PriceRange | None
    axes: list[PickerAxis]
    variant: ShownVariant | None


class _Tally:
    """What is known of a value, or of a whole choice, while variants pass by."""

    __slots__ = ("count", "high", "is_available", "low")

    def __init__(self) -> None:
        self.count = self.low = self.high = 0
        self.is_available = False

    def add(self, amount_minor: int, is_available: bool) -> None:
        self.low = min(self.low, amount_minor) if self.count else amount_minor
        self.high = max(self.high, amount_minor) if self.count else amount_minor
        self.count += 1
        self.is_available = self.is_available or is_available

    def prices(self, currency: str) -> PriceRange | None:
        if not self.count:
            return None
        return PriceRange(Money(self.low, currency), Money(self.high, currency))


def matrix_of(options: Sequence[ShownOption], variants: Sequence[ShownVariant]) -> Matrix:
    """The variants as columns; of two values that read the same the first one counts."""
    numbers = [
        {value: at for at, value in reversed(list(enumerate(option.values)))} for option in options
    ]
    return Matrix(
        [[number[v.options[axis]] for v in variants] for axis, number in enumerate(numbers)],
        [each.price.amount_minor for each in variants],
        [each.is_available for each in variants],
    )


def chosen_in(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The choices in an address, `option[Size]=M` each; of two for one option the last counts."""
    return {
        name[len(_PREFIX) : -1]: value
        for name, value in pairs
        if name.startswith(_PREFIX) and name.endswith("]") and value
    }


def chosen_numbers(options: Sequence[ShownOption], choices: Mapping[str, str]) -> list[int | None]:
    """For each axis the number of the value chosen on it, None where nothing is.

    Raises:
        UnknownChoice: there is no such option, or it has no such value.
    """
    unknown = choices.keys() - {option.name for option in options}
    if unknown:
        raise UnknownChoice(f"there is no option {min(unknown)[:120]!r}")
    chosen: list[int | None] = []
    for option in options:
        value = choices.get(option.name)
        if value is not None and value not in option.values:
            raise UnknownChoice(f"{option.name} has no value {value[:120]!r}")
        chosen.append(None if value is None else option.values.index(value))
    return chosen


def pick(
    options: Sequence[ShownOption], matrix: Matrix, chosen: Sequence[int | None], currency: str
) -> tuple[Picker, int | None]:
    """Where the choice stands, and at which place the variant is that it leads to, if it does.

    O(variants * axes). The picker's own `variant` is left for whoever has the variants.
    """
    tallies = [[_Tally() for _ in option.values] for option in options]
    whole, place = _Tally(), None
    rows = zip(*matrix.picks, strict=True) if matrix.picks else [()] * len(matrix.available)
    wanted = [(axis, number) for axis, number in enumerate(chosen) if number is not None]
    for at, row in enumerate(rows):
        differing = [axis for axis, number in wanted if row[axis] != number]
        if len(differing) > 1:
            continue
        amount, is_available = matrix.amounts_minor[at], matrix.available[at]
        if not differing:
            whole.add(amount, is_available)
            place = at if place is None else place
        for axis in differing or range(len(row)):
            tallies[axis][row[axis]].add(amount, is_available)
    picker = Picker(
        variant_count=len(matrix.available),
        matching_count=whole.count,
        price_range=whole.prices(currency),
        axes=[
            PickerAxis(
                option.name,
                None if number is None else option.values[number],
                _values(option, column, currency),
            )
            for option, number, column in zip(options, chosen, tallies, strict=True)
        ],
        variant=None,
    )
    return picker, place if len(wanted) == len(options) else None


def _values(option: ShownOption, column: Sequence[_Tally], currency: str) -> list[PickerValue]:
    return [
        PickerValue(value, tally.count > 0, tally.is_available, tally.prices(currency))
        for value, tally in zip(option.values, column, strict=True)
    ]
