"""Numbers written as terms, so that any engine finds a range of them by a few hundred terms.

A number becomes 36 bits that sort as numbers do: sign, exponent and 24 bits of the fraction, which
tell numbers apart that differ by one in ten million. It stands in the index once at each of six
widths; a range is covered by wide terms inside and narrow ones at its ends, at most 704 of them.
"""

import struct
from collections.abc import Iterator

_BITS = 36
_STEP = 6
_DIGITS = 1 << _STEP
_ALL = (1 << _BITS) - 1
_SIGN = 1 << 63
_WHOLE = (1 << 64) - 1


def number_terms(value: float) -> list[str]:
    """The terms that a number stands in the index by."""
    place = _place(value)
    return [_term(place >> shift, shift) for shift in range(0, _BITS, _STEP)]


def range_terms(least: float | None, most: float | None) -> list[str]:
    """The terms that together mean all numbers from `least` to `most`; none when there are none."""
    low = 0 if least is None else _place(least)
    high = _ALL if most is None else _place(most)
    return list(_cover(low, high))


def _cover(low: int, high: int) -> Iterator[str]:
    for shift in range(0, _BITS, _STEP):
        is_widest = shift + _STEP >= _BITS
        while low <= high and (is_widest or low % _DIGITS):
            yield _term(low, shift)
            low += 1
        while low <= high and (high + 1) % _DIGITS:
            yield _term(high, shift)
            high -= 1
        if low > high:
            return
        low, high = low // _DIGITS, high // _DIGITS


def _term(place: int, shift: int) -> str:
    return f"{shift // _STEP}{place:x}"


def _place(value: float) -> int:
    bits: int = struct.unpack(">Q", struct.pack(">d", value + 0.0))[0]  # -0.0 is 0.0
    return (bits ^ (_WHOLE if bits & _SIGN else _SIGN)) >> (64 - _BITS)
