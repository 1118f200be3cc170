"""Money: a whole number of a currency's smallest unit, so that no cent is ever made or lost.

Amounts are integers (`amount_minor`: 1290 is 12.90 EUR, 1290 JPY, 1.290 KWD). Floating point never
appears, amounts of two currencies never meet, and whatever is divided adds up again exactly.
Source of the number of decimals: ISO 4217, list one, minor units.
"""

import re
from collections.abc import Iterable

import msgspec

from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import MAX_INT53, CurrencyCode, SignedInt53

# ISO 4217 where the minor unit is not the usual hundredth. CLDR shows some currencies with fewer
# decimals than they are accounted in (HUF, TWD, COP); payment providers go by ISO.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"
_EXPONENTS = (
    dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
    | dict.fromkeys(_FOUR_DECIMALS.split(), 4)
)
_USUAL_EXPONENT = 2

_CURRENCY = re.compile(r"[A-Z]{3}")
# Sixteen digits hold any amount that fits 53 bits; leading zeros are nobody's way to write money.
_AMOUNT = re.compile(r"(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,20}))?")


class CurrencyMismatch(InvalidInput):
    """Amounts of two currencies were to be put together."""

    code = "currency_mismatch"
    title = "The currencies differ"


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of one currency. This is also its wire form, `{"amount_minor", "currency"}`."""

    amount_minor: SignedInt53
    currency: CurrencyCode


def minor_exponent(currency: str) -> int:
    """How many decimals `currency` has: 2, unless ISO 4217 says 0, 3 or 4."""
    return _EXPONENTS.get(currency, _USUAL_EXPONENT)


def parse_amount(text: str, currency: str) -> Money:
    """The amount that `text` writes with a decimal point, as in `12.90`, `-0.5` or `1290`.

    Decimals beyond the currency's own are accepted when they are zeros: nothing is rounded.

    Raises:
        InvalidInput: `text` is no such number, too precise for `currency`, or beyond 53 bits;
            or `currency` is not three capital letters.
    """
    if not _CURRENCY.fullmatch(currency):
        raise InvalidInput(f"{currency!r} is no currency code like EUR")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise InvalidInput(f"{text!r} is no amount like 12.90")

    exponent = minor_exponent(currency)
    sign, whole, decimals = match[1], match[2], (match[3] or "").rstrip("0")
    if len(decimals) > exponent:
        raise InvalidInput(f"{currency} has {exponent} decimals, {text!r} has more")
    amount_minor = int(sign + whole + decimals.ljust(exponent, "0"))
    if abs(amount_minor) > MAX_INT53:
        raise InvalidInput(f"{text} {currency} is more than an amount can hold")
    return Money(amount_minor, currency)


def decimal_text(money: Money) -> str:
    """The amount with a point and all decimals of its currency: `12.90`, `-0.05`, `1290`."""
    exponent = minor_exponent(money.currency)
    digits = str(abs(money.amount_minor)).rjust(exponent + 1, "0")
    sign = "-" if money.amount_minor < 0 else ""
    if exponent == 0:
        return sign + digits
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


def add(left: Money, right: Money) -> Money:
    """Both amounts together.

    Raises:
        CurrencyMismatch: they are of two currencies.
    """
    return sum_money((left, right), left.currency)


def sum_money(parts: Iterable[Money], currency: str) -> Money:
    """All `parts` together, zero of `currency` when there are none.

    Raises:
        CurrencyMismatch: a part is of another currency.
    """
    amount_minor = 0
    for part in parts:
        if part.currency != currency:
            raise CurrencyMismatch(f"{part.currency} cannot be added to {currency}")
        amount_minor += part.amount_minor
    return Money(amount_minor, currency)


def multiply(money: Money, quantity: int) -> Money:
    """`money`, `quantity` times; exact, as `quantity` is a whole number of any sign."""
    return Money(money.amount_minor * quantity, money.currency)


def split_by_weight(total: Money, weights: list[int]) -> list[Money]:
    """Split `total` in proportion to `weights` so that the parts add up to it exactly.

    Each part gets the floor of its exact share; the minor units left over go one
    each to the largest remainders, the earlier part winning a tie.

    Args:
        total: amount to split, zero or more minor units.
        weights: one weight per part, length n >= 1, each >= 0, not all zero.

    Raises:
        InvalidInput: `total` is negative, a weight is, or no weight is positive.

    Source: largest-remainder method (Hamilton, 1792). O(n log n).
    """
    weight_sum = sum(weights)
    if total.amount_minor < 0 or min(weights, default=-1) < 0 or weight_sum == 0:
        raise InvalidInput("a split needs an amount >= 0 and at least one positive weight")

    shares = [divmod(total.amount_minor * weight, weight_sum) for weight in weights]
    leftover_minor = total.amount_minor - sum(floor for floor, _ in shares)
    by_remainder = sorted(range(len(shares)), key=lambda part: -shares[part][1])
    rounded_up = set(by_remainder[:leftover_minor])
    return [
        Money(floor + (part in rounded_up), total.currency)
        for part, (floor, _) in enumerate(shares)
    ]
