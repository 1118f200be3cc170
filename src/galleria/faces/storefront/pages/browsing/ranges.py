"""Ranges of numbers as a shopper types them, and as an address keeps them."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeAlias

import msgspec

from galleria.growth.search import InvalidRange, Range, range_of

LONGEST_CODE = 120
LONGEST_NUMBER = 26  # characters: a sign, 15 digits, a point and 9 digits are what search takes
MOST_RANGES = 8  # of one address; the panel offers four at a time
SPAN, FROM, TO = "range[", "from[", "to["  # a whole range, and the fields of the form
End: TypeAlias = Literal["least", "most"]


class TypedRange(msgspec.Struct, frozen=True):
    """From and to as they were typed, tidied where they are numbers; empty for an open end.

    `ends` is what search makes of it, None when it cannot.
    """

    least: str = ""
    most: str = ""
    ends: Range | None = None

    @property
    def text(self) -> str:
        """As the address has it: `13..15`, `13..` or `..15`."""
        return f"{self.least}..{self.most}"

    @property
    def words(self) -> str:
        """As a shopper reads it."""
        return f"{self.least or '…'} \u2013 {self.most or '…'}"

    @property
    def is_turned(self) -> bool:
        """It ends before it begins; each end alone would do."""
        return bool(self.least and self.most) and self.ends is None and not self._no_numbers

    @property
    def faulty(self) -> tuple[End, ...]:
        """The ends for which it narrows nothing; none when it does."""
        return ("least", "most") if self.is_turned else self._no_numbers

    @property
    def _no_numbers(self) -> tuple[End, ...]:
        ends: tuple[tuple[End, str], ...] = (("least", self.least), ("most", self.most))
        return tuple(end for end, text in ends if text and _ends(f"{text}..") is None)


def ranges_in(pairs: Iterable[tuple[str, Any]]) -> dict[str, TypedRange]:
    """The ranges of an address by code, as far as they can be codes of numbers: the first eight."""
    spans: dict[str, tuple[str, str]] = {}
    for name, value in pairs:
        part = name[: name.find("[") + 1]
        if part in (SPAN, FROM, TO) and name.endswith("]"):
            code = name[len(part) : -1][:LONGEST_CODE]
            least, most = spans.get(code, ("", ""))
            if part == SPAN:
                least, _, most = str(value).partition("..")
            spans[code] = (
                str(value) if part == FROM else least,
                str(value) if part == TO else most,
            )
    read = {
        code: _typed(*spans[code])
        for code in sorted(spans)
        if code.isprintable() and code[:1] not in ("", "@", " ")
    }
    return dict([(code, each) for code, each in read.items() if each.text != ".."][:MOST_RANGES])


def plain(number: float) -> str:
    """A number as it is typed: `13` of 13.0."""
    return _tidied(repr(number))


def _typed(least: str, most: str) -> TypedRange:
    typed = TypedRange(_tidied(least), _tidied(most))
    return msgspec.structs.replace(typed, ends=_ends(typed.text))


def _ends(text: str) -> Range | None:
    try:
        return range_of("", text)
    except InvalidRange:
        return None


def _tidied(text: str) -> str:
    """A number in its one spelling, however it was typed; anything else as it was."""
    line = "".join(each for each in text.strip()[:LONGEST_NUMBER] if each.isprintable())
    try:
        value = Decimal(line.replace(",", ".").replace("\u2212", "-"))
    except InvalidOperation:
        return line
    if not value.is_finite() or abs(value.adjusted()) > LONGEST_NUMBER:
        return line
    written = f"{value:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if value == 0 else written
