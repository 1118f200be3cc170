"""Measures: which units there are, and how many of one make another, exactly.

Sources of the factors: SI Brochure (9th edition) and NIST Handbook 44, Appendix C (2024). Inch,
pound and their kin are exact by the agreement of 1959.
"""

import re
from fractions import Fraction
from math import isfinite
from typing import TypeAlias

# A JSON reader keeps fifteen decimal digits of a number whatever it does with the rest.
MAX_SCALED = 10**15 - 1
MAX_DECIMALS = 6
POWERS: tuple[int, ...] = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
"""10**decimals, by decimals."""

_INCH = Fraction("25.4")
_POUND = Fraction("453.59237")

# Each unit in terms of the first of its family.
_FAMILIES: dict[str, dict[str, Fraction]] = {
    "length": {
        "mm": Fraction(1),
        "cm": Fraction(10),
        "m": Fraction(1000),
        "km": Fraction(10**6),
        "in": _INCH,
        "ft": _INCH * 12,
        "yd": _INCH * 36,
    },
    "area": {
        "mm2": Fraction(1),
        "cm2": Fraction(100),
        "m2": Fraction(10**6),
        "in2": _INCH**2,
        "ft2": (_INCH * 12) ** 2,
    },
    "volume": {
        "ml": Fraction(1),
        "cl": Fraction(10),
        "l": Fraction(1000),
        "m3": Fraction(10**6),
        "floz": Fraction("29.5735295625"),
        "gal": Fraction("3785.411784"),
    },
    "mass": {
        "mg": Fraction(1, 1000),
        "g": Fraction(1),
        "kg": Fraction(1000),
        "t": Fraction(10**6),
        "oz": _POUND / 16,
        "lb": _POUND,
    },
    "grammage": {"g/m2": Fraction(1)},
    "power": {"mW": Fraction(1, 1000), "W": Fraction(1), "kW": Fraction(1000)},
    "energy": {
        "J": Fraction(1),
        "kJ": Fraction(1000),
        "Wh": Fraction(3600),
        "kWh": Fraction(3_600_000),
        "kcal": Fraction(4184),
    },
    "voltage": {"mV": Fraction(1, 1000), "V": Fraction(1), "kV": Fraction(1000)},
    "current": {"mA": Fraction(1, 1000), "A": Fraction(1)},
    "charge": {"mAh": Fraction(1), "Ah": Fraction(1000)},
    "time": {
        "ms": Fraction(1, 1000),
        "s": Fraction(1),
        "min": Fraction(60),
        "h": Fraction(3600),
        "d": Fraction(86_400),
    },
    "frequency": {
        "Hz": Fraction(1),
        "kHz": Fraction(1000),
        "MHz": Fraction(10**6),
        "GHz": Fraction(10**9),
    },
    "data": {
        "B": Fraction(1),
        "kB": Fraction(1000),
        "MB": Fraction(10**6),
        "GB": Fraction(10**9),
        "TB": Fraction(10**12),
    },
    "pressure": {"Pa": Fraction(1), "kPa": Fraction(1000), "bar": Fraction(10**5)},
    "light": {"lm": Fraction(1)},
    "angle": {"deg": Fraction(1)},
    "share": {"%": Fraction(1)},
}
_FACTORS = {unit: factor for units in _FAMILIES.values() for unit, factor in units.items()}
_FAMILY = {unit: family for family, units in _FAMILIES.items() for unit in units}
UNITS = tuple(_FACTORS)

# Thirty digits are more than any measure has, and keep a hostile text from becoming a huge number.
_MEASURE = re.compile(r"([+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?)\s*([A-Za-z%]\S{0,9})?")

RawNumber: TypeAlias = int | float | str | dict[str, object]


class Unfit(ValueError):
    """This is no value as wanted: `code` for programs, the text for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def family_of(unit: str) -> str | None:
    """What the unit measures ("length"), or None for a unit nobody here knows."""
    return _FAMILY.get(unit)


def convert(value: Fraction, unit: str, into: str) -> Fraction:
    """`value` of one unit in another of the same family, exactly.

    Raises:
        Unfit: `unknown_unit`, `wrong_unit` (it measures something else).
    """
    if unit not in _FACTORS:
        raise Unfit("unknown_unit", f"{unit!r} is no unit")
    if _FAMILY[unit] != _FAMILY.get(into):
        raise Unfit("wrong_unit", f"{unit} cannot be turned into {into}")
    return value * _FACTORS[unit] / _FACTORS[into]


def scaled(raw: object, decimals: int, unit: str | None = None) -> int:
    """`raw` in `unit`, times 10**decimals: the whole number that is stored.

    Args:
        raw: 2.5, "2.5", "2.5 cm" or {"value": 2.5, "unit": "cm"}; without a unit in `unit`.
        decimals: digits behind the point that are kept, 0 to 6.
        unit: the unit it is wanted in, None for a bare number.

    Raises:
        Unfit: `wrong_type`, `unknown_unit`, `wrong_unit`, `too_precise` or `out_of_range`.
            What another unit gives is rounded, half away from zero; what somebody wrote is not.
    """
    value, given = _taken_apart(raw)
    if given is not None and unit is None:
        raise Unfit("wrong_unit", "this number has no unit")
    is_converted = given is not None and given != unit
    if given is not None and unit is not None:
        value = convert(value, given, unit)
    exact = value * POWERS[decimals]
    if abs(exact) > MAX_SCALED:
        raise Unfit("out_of_range", "fifteen digits are the most")
    if exact.denominator == 1:
        return exact.numerator
    if not is_converted:
        raise Unfit("too_precise", f"at most {decimals} digits behind the point")
    sign = -1 if exact < 0 else 1
    return sign * int(abs(exact) + Fraction(1, 2))


def _taken_apart(raw: object) -> tuple[Fraction, str | None]:
    if isinstance(raw, dict):
        value, unit = raw.get("value"), raw.get("unit")
        if raw.keys() != {"value", "unit"} or isinstance(value, dict) or not isinstance(unit, str):
            raise Unfit("wrong_type", "a measure has a value and a unit")
        number, second = _taken_apart(value)
        if second is not None:
            raise Unfit("wrong_type", "a measure has one unit")
        return number, unit
    if isinstance(raw, str):
        match = _MEASURE.fullmatch(raw.strip())
        if match is None:
            raise Unfit("wrong_type", "a number is written like 2.5 or 2.5 cm")
        return Fraction(match[1]), match[2]
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Fraction(raw), None
    if isinstance(raw, float) and isfinite(raw):
        # What was written, and not the binary fraction next to it.
        return Fraction(repr(raw)), None
    raise Unfit("wrong_type", "this is no number")


def unscaled(stored: int, decimals: int) -> int | float:
    """The number that is stored as `stored`; `scaled` gives it back exactly."""
    whole, part = divmod(stored, POWERS[decimals])
    return stored / POWERS[decimals] if part else whole


def written(stored: int, decimals: int, unit: str | None = None) -> str:
    """The number as people read it, with its unit: "2.5 cm"."""
    whole, part = divmod(abs(stored), POWERS[decimals])
    tail = f".{part:0{decimals}}".rstrip("0").rstrip(".") if decimals else ""
    text = f"{'-' if stored < 0 else ''}{whole}{tail}"
    return f"{text} {unit}" if unit else text
