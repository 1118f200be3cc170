"""Reads the cells of tables as people write them: amounts, weights, yes and no, lists of names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from galleria.commerce.imports.model.attribute_names import AttributeValue, attribute_code
from galleria.commerce.imports.model.parsed import Places
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.records import Record
from galleria.commerce.imports.model.runs import Problem
from galleria.foundation.errors import InvalidInput
from galleria.foundation.money import parse_amount

MAX_ON_HAND = 2**31 - 1
MAX_WEIGHT_G = 2_000_000_000
# NIST Handbook 44, appendix C.
GRAMS_IN: Mapping[str, Decimal] = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
TRUE_WORDS = frozenset(
    ("true", "yes", "y", "1", "on", "x", "ja", "wahr", "oui", "vrai", "notify", "✓")
)
FALSE_WORDS = frozenset(("false", "no", "n", "0", "off", "nein", "falsch", "non", "faux", "-"))

_UNITS_OF_MONEY = re.compile(r"[A-Z]{3}|[€$£¥₣₤]|[\s\u00a0\u202f'\u2019]")
_POINTED = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_COMMAED = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]+)?")
_WHOLE = re.compile(r"-?[0-9]{1,10}(?:[.,]0+)?")
_NUMBER = re.compile(r"-?[0-9]{1,15}")
_MEASURE = re.compile(r"([0-9.,]+)\s*([a-zA-Z]*)")


class Home(NamedTuple):
    """What the words of a file are measured by: currencies, channels and attributes of the shop."""

    currency: str
    slug: str = ""
    channels: Mapping[str, str] = {}
    kinds: Mapping[str, str] = {}


class RowPlaces(Places):
    """Where fields stand when each variant has a row of its own; `columns` names them by field."""

    __slots__ = ("_columns", "_variant_lines")

    def __init__(self, line: int, columns: Mapping[str, str]) -> None:
        super().__init__(line)
        self._columns = columns
        self._variant_lines: list[int] = []

    def add_variant(self, line: int) -> None:
        """The next variant stands on this line."""
        self._variant_lines.append(line)

    def place_of(self, path: str) -> tuple[int, str]:
        """Line and column of the field that the catalog calls `path`."""
        head, _, rest = path.partition(".")
        name, _, index = head.partition("[")
        if name == "variants":
            at = int(index.rstrip("]") or 0) if index else 0
            line = self._variant_lines[at] if at < len(self._variant_lines) else self.line
            field = rest.partition("[")[0]
            return line, self._columns.get(field, rest)
        return self.line, self._columns.get(name, path)


class Reading:
    """One product while it is read, with what was found wrong so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, record: Record, column: str, code: str, reason: str) -> None:
        """The product stays out, because of this cell."""
        self.problems.append(problem(record.line, column, code, reason, record.raw))

    def note(self, record: Record, column: str, code: str, reason: str) -> None:
        """This should be known about the cell."""
        self.problems.append(note(record.line, column, code, reason, record.raw))

    def amount(
        self, record: Record, column: str, text: str, currency: str, has_comma: bool | None = None
    ) -> int | None:
        """The cell as minor units; None when it is empty, or wrong, which is a problem then."""
        if not text:
            return None
        try:
            money = parse_amount(pointed(text, has_comma), currency)
        except InvalidInput as error:
            self.refuse(record, column, "invalid_price", error.detail[:200])
            return None
        if money.amount_minor < 0:
            self.refuse(record, column, "invalid_price", f"{text[:50]!r} is below zero")
            return None
        return money.amount_minor

    def boolean(
        self,
        record: Record,
        column: str,
        text: str,
        yes: Iterable[str] = TRUE_WORDS,
        no: Iterable[str] = FALSE_WORDS,
    ) -> bool | None:
        """The cell as true or false; None when it is empty, or wrong."""
        word = text.casefold()
        if not word:
            return None
        if word in yes or word in no:
            return word in yes
        self.refuse(record, column, "invalid_boolean", f"{text[:50]!r} is neither true nor false")
        return None

    def on_hand(self, record: Record, column: str, text: str) -> int | None:
        """The cell as a number of pieces; what is below zero is oversold, and none are left."""
        if not text:
            return None
        plain = re.sub(r"[\s\u00a0]", "", text)
        number = int(plain.replace(",", ".").partition(".")[0]) if _WHOLE.fullmatch(plain) else None
        if number is None or number > MAX_ON_HAND:
            self.refuse(record, column, "invalid_quantity", f"{text[:50]!r} is no quantity")
            return None
        return max(0, number)

    def grams(self, record: Record, column: str, text: str, unit: str = "g") -> int | None:
        """The cell as grams; a unit in the cell itself ("1.5 kg") wins."""
        if not text:
            return None
        match = _MEASURE.fullmatch(text.strip())
        factor = GRAMS_IN.get((match[2] or unit).lower()) if match else None
        try:
            value = Decimal(pointed(match[1], None, decimals=None)) if match else Decimal("NaN")
        except (InvalidOperation, InvalidInput):
            value = Decimal("NaN")
        if factor is None or not value.is_finite() or value * factor > MAX_WEIGHT_G:
            self.refuse(record, column, "invalid_number", f"{text[:50]!r} is no weight")
            return None
        return int((value * factor).quantize(Decimal(1), ROUND_HALF_UP))


def pointed(text: str, has_comma: bool | None = None, decimals: int | None = 2) -> str:
    """The number with a decimal point and nothing else, as `parse_amount` takes it.

    Args:
        text: may have a currency and thousands parted ("1.234,50 €").
        has_comma: decimals stand behind a comma, or a point; None tells by the text.
        decimals: None takes a single comma for a decimal one whatever follows it, a number only
            when so many digits at most do.

    Raises:
        InvalidInput: it is no number, or one that could be read in two ways.
    """
    plain = _UNITS_OF_MONEY.sub("", text)
    if has_comma is None:
        comma, point = plain.rfind(","), plain.rfind(".")
        behind = len(plain) - comma - 1
        is_short = decimals is None or behind <= decimals
        has_comma = comma > point and (point >= 0 or (plain.count(",") == 1 and is_short))
    pattern = _COMMAED if has_comma else _POINTED
    if not pattern.fullmatch(plain) or len(plain) > 40:
        raise InvalidInput(f"{text[:50]!r} is no amount like 12.90")
    if has_comma:
        plain = plain.replace(".", "").replace(",", ".")
    plain = plain.replace(",", "")
    sign = "-" if plain.startswith("-") else ""
    whole, point_sign, rest = plain.removeprefix("-").partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}{point_sign}{rest}"


def split_list(text: str, separator: str) -> list[str]:
    """The parts of a list without space around, none empty; a backslash keeps what follows it."""
    return [part for part in (each.strip() for each in split_exact(text, separator)) if part]


def split_exact(text: str, separator: str) -> list[str]:
    """The parts of a list just as `join_list` was given them; an empty text has none."""
    if not text:
        return []
    if "\\" not in text:
        return text.split(separator)
    parts, current, at = [], "", 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            current += text[at + 1]
            at += 2
        elif text.startswith(separator, at):
            parts.append(current)
            current = ""
            at += len(separator)
        else:
            current += text[at]
            at += 1
    return [*parts, current]


def split_raw(text: str, separator: str) -> list[str]:
    """Like `split_exact`, with all backslashes kept: the parts are to be split again."""
    found, current, at = [], "", 0
    while at < len(text):
        step = 2 if text[at] == "\\" else 1
        if step == 1 and text.startswith(separator, at):
            found.append(current)
            current, step = "", len(separator)
        else:
            current += text[at : at + step]
        at += step
    return [*found, current]


def split_addresses(text: str) -> list[str]:
    """Addresses parted by commas, each once; a comma inside one does not part it."""
    parts = re.split(r",\s*(?=https?://)", text)
    return list(dict.fromkeys(part for part in (each.strip(" ,\n") for each in parts) if part))


def join_list(parts: Sequence[str], separators: str = "|") -> str:
    """The parts with the first separator between them, and backslashes before those inside."""
    escaped = (re.sub(rf"([\\{re.escape(separators)}])", r"\\\1", each) for each in parts)
    return separators[0].join(escaped)


def typed(name: str, text: str, kinds: Mapping[str, str]) -> AttributeValue | None:
    """The text as a value of the kind that the dictionary has for this name; None when empty.

    What does not fit stays text, and the catalog says what is wrong with it.
    """
    if not text:
        return None
    kind = kinds.get(attribute_code(name), "text")
    if kind == "boolean":
        word = text.casefold()
        return word in TRUE_WORDS if word in TRUE_WORDS or word in FALSE_WORDS else text
    if kind == "number":
        return _number(text)
    return text


def _number(text: str) -> AttributeValue:
    if _NUMBER.fullmatch(text):
        return int(text)
    try:
        value = float(text)
    except ValueError:
        return text
    return value if value - value == 0 else text
