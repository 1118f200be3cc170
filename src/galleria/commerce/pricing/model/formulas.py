"""Formulas that change many prices: steps applied in order, exact to the smallest unit.

Whole numbers all through: a percentage is a fraction with four decimals, and each step gives a
whole amount, halves going up. A formula refuses a row, and leaves it as it is, when a step would
make the amount negative or larger than an amount can be.
"""

import re
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from galleria.commerce.pricing.errors import InvalidFormula
from galleria.commerce.pricing.model.prices import saving_of
from galleria.foundation.errors import FieldError
from galleria.foundation.http import MAX_INT53, AmountMinor, SignedInt53, WireInput
from galleria.foundation.money import minor_exponent

MAX_STEPS = 10
_SCALE = 10**4  # a percentage has four decimals at most
_ENDING = re.compile(r"([0-9]{0,4})(?:\.([0-9]{1,4}))?")

Direction = Literal["nearest", "up", "down"]
Refusal = Literal["below_zero", "too_large"]


class ChangeByPercent(WireInput, tag_field="do", tag="percent"):
    """The amount is raised by a percentage, lowered by a negative one: `-12.5`."""

    percent: Annotated[str, Meta(max_length=10, pattern=r"^-?[0-9]{1,4}(\.[0-9]{1,4})?$(?!\n)")]


class AddAmount(WireInput, tag_field="do", tag="add"):
    """The amount is so many minor units more, or less."""

    amount_minor: SignedInt53


class SetAmount(WireInput, tag_field="do", tag="set"):
    """The amount is this."""

    amount_minor: AmountMinor


class TakeCompareAt(WireInput, tag_field="do", tag="take_compare_at"):
    """The amount is what it was compared with; without such it stays."""


class KeepAsCompareAt(WireInput, tag_field="do", tag="keep_as_compare_at"):
    """What the price was before the formula becomes what it is compared with."""


class RoundTo(WireInput, tag_field="do", tag="round"):
    """The amount is a multiple of a step: of 5 minor units, of 100."""

    step_minor: Annotated[int, Meta(ge=1, le=10**9)]
    direction: Direction = "nearest"


class EndIn(WireInput, tag_field="do", tag="end_in"):
    """The amount ends in these digits, as in `.99`, `9.95` or, of a currency without, `80`.

    Where no lower amount ends so, it is the lowest that does.
    """

    ending: Annotated[str, Meta(min_length=1, max_length=9, pattern=r"^[0-9.]+$(?!\n)")]
    direction: Direction = "nearest"


Step: TypeAlias = (
    ChangeByPercent | AddAmount | SetAmount | TakeCompareAt | KeepAsCompareAt | RoundTo | EndIn
)


class PriceFormula(WireInput):
    """Steps that are applied to a price one after the other."""

    steps: Annotated[list[Step], Meta(min_length=1, max_length=MAX_STEPS)]


class Changed(msgspec.Struct, frozen=True, gc=False):
    """What a formula makes of a price; with a `refusal` the price stays as it is."""

    amount_minor: int
    compare_at_minor: int | None
    refusal: Refusal | None = None


def check_formula(formula: PriceFormula, currency: str) -> None:
    """Pass when every step can be taken in this currency.

    Raises:
        InvalidFormula: with an error for each step that cannot.
    """
    errors = []
    for index, step in enumerate(formula.steps):
        if isinstance(step, EndIn) and _ending_of(step, currency) is None:
            message = f"digits that an amount of {currency} may end in, as in .99"
            errors.append(FieldError(f"formula.steps[{index}].ending", "invalid_ending", message))
        if isinstance(step, ChangeByPercent) and _scaled(step.percent) < -100 * _SCALE:
            message = "a price cannot be lowered by more than 100 percent"
            errors.append(FieldError(f"formula.steps[{index}].percent", "too_small", message))
    if errors:
        raise InvalidFormula(errors[0].message, errors=errors)


def apply_formula(
    formula: PriceFormula, amount_minor: int, compare_at_minor: int | None, currency: str
) -> Changed:
    """The price as the formula makes it. The formula has been checked for the currency."""
    amount, compare_at = amount_minor, compare_at_minor
    for step in formula.steps:
        if isinstance(step, KeepAsCompareAt):
            compare_at = amount_minor
        elif isinstance(step, TakeCompareAt):
            amount = amount if compare_at is None else compare_at
        else:
            amount = _amount_after(step, amount, currency)
        if not 0 <= amount <= MAX_INT53:
            refusal: Refusal = "below_zero" if amount < 0 else "too_large"
            return Changed(amount_minor, compare_at_minor, refusal)
    return Changed(amount, saving_of(amount, compare_at))


def _amount_after(
    step: ChangeByPercent | AddAmount | SetAmount | RoundTo | EndIn, amount: int, currency: str
) -> int:
    if isinstance(step, ChangeByPercent):
        return _half_up(amount * (100 * _SCALE + _scaled(step.percent)), 100 * _SCALE)
    if isinstance(step, AddAmount):
        return amount + step.amount_minor
    if isinstance(step, SetAmount):
        return step.amount_minor
    if isinstance(step, RoundTo):
        return _to_class(amount, 0, step.step_minor, step.direction)
    ending = _ending_of(step, currency)
    assert ending is not None, "the formula has been checked"
    return _to_class(amount, *ending, step.direction)


def _to_class(amount: int, rest: int, step: int, direction: Direction) -> int:
    """The amount next to `amount` that leaves `rest` when divided by `step`; never below zero."""
    below = amount - (amount - rest) % step
    if below == amount:
        return amount
    above = below + step
    if direction == "up" or below < 0:
        return above
    if direction == "down":
        return below
    return above if above - amount <= amount - below else below


def _half_up(numerator: int, denominator: int) -> int:
    """The quotient of two numbers, the first not negative, rounded; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def _scaled(percent: str) -> int:
    """A percentage in ten-thousandths of a percent."""
    whole, _, decimals = percent.removeprefix("-").partition(".")
    value = int(whole) * _SCALE + int(decimals.ljust(4, "0") or "0")
    return -value if percent.startswith("-") else value


def _ending_of(step: EndIn, currency: str) -> tuple[int, int] | None:
    """(rest, modulus) in minor units that the ending means, or None when it means nothing."""
    match = _ENDING.fullmatch(step.ending)
    if match is None:
        return None
    whole, decimals = match[1], match[2] or ""
    exponent = minor_exponent(currency)
    if len(decimals) > exponent or not (whole or decimals):
        return None
    rest = int((whole or "0") + decimals.ljust(exponent, "0"))
    return rest, 10 ** (len(whole) + exponent)
