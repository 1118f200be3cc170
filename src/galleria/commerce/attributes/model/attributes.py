"""What may be said about products: attributes, and the words that are shared between them."""

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.attributes.model.units import (
    MAX_DECIMALS,
    MAX_SCALED,
    POWERS,
    UNITS,
    Unfit,
    measured,
    scaled,
)
from galleria.foundation.errors import FieldError

Kind: TypeAlias = Literal[
    "select",
    "multi_select",
    "text",
    "rich_text",
    "boolean",
    "integer",
    "decimal",
    "number",
    "date",
    "swatch",
    "file",
    "reference",
]
ReferenceKind: TypeAlias = Literal["product", "variant", "category", "collection"]

CHOSEN: frozenset[str] = frozenset({"select", "multi_select", "swatch"})
"""Kinds whose values are words of the dictionary."""
SHARED: frozenset[str] = CHOSEN | {"text"}
"""Kinds that have words of the dictionary; a text too long to be one stands for itself."""
NUMBERS: frozenset[str] = frozenset({"integer", "decimal"})
"""Kinds that are kept as whole numbers, see `scaled`."""
MEASURES: frozenset[str] = NUMBERS | {"number"}
"""Kinds that have a unit and bounds. A `number` is kept as it was written, however precise."""
AXES: frozenset[str] = frozenset({"select", "swatch", "text", "integer", "decimal"})
"""Kinds by which variants of a product may differ."""

# Snapshots of the dictionary are held in memory; the widest public taxonomy has some 6,000.
MAX_ATTRIBUTES = 10_000
MAX_WORD_LENGTH = 200
# Four bytes each, it still fits an index entry; folding makes few words longer, some eighteenfold.
_MAX_KEY_LENGTH = 600
MAX_CODE_LENGTH = 100
# What is longer is prose, and no two products share it.
LONGEST_SHARED = 64

_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HEX_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One name of the dictionary.

    `labels` gives the label by locale. Numbers are kept in `unit` with `decimals` digits behind
    the point; `minimum` and `maximum` bound them. `is_axis` says that variants may differ by it.
    One that is not `is_filterable` is neither a facet nor a range to shoppers: those that a file
    brings are, until somebody switches them off. An archived attribute is no longer offered; what
    products say by it stays.
    """

    attribute_id: int
    code: str
    label: str
    labels: dict[str, str]
    kind: Kind
    decimals: int = 0
    unit: str | None = None
    reference_kind: ReferenceKind | None = None
    minimum: float | None = None
    maximum: float | None = None
    is_filterable: bool = True
    is_searchable: bool = False
    is_axis: bool = False
    is_archived: bool = False
    position: int = 0
    version: int = 1

    @property
    def is_number(self) -> bool:
        """As an axis it has numbers instead of words, see `scaled`."""
        return self.kind in NUMBERS


class Measured(Protocol):
    """What takes values of a kind: an attribute, or a metafield."""

    @property
    def kind(self) -> Kind: ...
    @property
    def decimals(self) -> int: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def reference_kind(self) -> ReferenceKind | None: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def maximum(self) -> float | None: ...


class AttributeValue(msgspec.Struct, frozen=True, kw_only=True):
    """A word that products share, with a number of its own.

    `word` is as it was first given, `labels` what shoppers read by locale. `swatch` is a colour
    (#rrggbb) or the id of a picture.
    """

    value_id: int
    attribute_id: int
    word: str
    labels: dict[str, str]
    swatch: str | None = None
    position: int = 0
    is_archived: bool = False


class ValueView(msgspec.Struct, frozen=True, kw_only=True):
    """A word as it is shown in one language.

    `value_id` is the number asked for, or of the value it was merged into.
    """

    value_id: int
    attribute_id: int
    word: str
    label: str
    swatch: str | None
    position: int


# A file says the same few thousand words over and over.
@lru_cache(maxsize=65_536)
def word_key(word: str) -> str:
    """What two spellings of one word have in common: neither case nor spaces count."""
    if word.isascii():
        return " ".join(word.lower().split())  # the same as below, several times faster
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


@lru_cache(maxsize=65_536)
def word_fault(word: str) -> str | None:
    """Why this is no word of the dictionary, or None."""
    if len(word) > MAX_WORD_LENGTH or len(key := word_key(word)) > _MAX_KEY_LENGTH:
        return f"at most {MAX_WORD_LENGTH} characters"
    if _CONTROL.search(word.strip()):
        return "one line of text"
    return None if key else "a word is not empty"


def view_of(value: AttributeValue, locale: str | None) -> ValueView:
    """The value in the locale, in its language, or as it was first given."""
    return ValueView(
        value_id=value.value_id,
        attribute_id=value.attribute_id,
        word=value.word,
        label=in_locale(value.labels, locale) or value.word,
        swatch=value.swatch,
        position=value.position,
    )


def in_locale(labels: dict[str, str], locale: str | None) -> str | None:
    """The label for the locale, else for its language, else None."""
    if locale is None:
        return None
    return labels.get(locale) or labels.get(locale.partition("-")[0])


def label_of(code: str) -> str:
    """A readable label for a code nobody has named yet: `frame_width` becomes "Frame width"."""
    words = re.sub(r"[_.-]+", " ", code).strip()
    return words[:1].upper() + words[1:] if words else code


def is_code(text: str) -> bool:
    """Whether this may be the code of an attribute."""
    return len(text) <= MAX_CODE_LENGTH and _CODE.fullmatch(text) is not None


def is_shared_text(text: str) -> bool:
    """Whether a text is short and plain enough to be a word that products share."""
    return len(text) <= LONGEST_SHARED and word_fault(text) is None


def fresh_attribute(attribute_id: int, code: str, kind: Kind, label: str = "") -> Attribute:
    """The attribute a file speaks of before anybody has described it."""
    return Attribute(
        attribute_id=attribute_id,
        code=code,
        label=label or label_of(code),
        labels={},
        kind=kind,
        reference_kind="product" if kind == "reference" else None,
        is_axis=kind in AXES,
    )


def check_attribute(attribute: Attribute) -> list[FieldError]:
    """Why this can be no attribute; empty when it can."""
    errors = check_measured(attribute)
    if not is_code(attribute.code):
        errors.append(FieldError("code", "invalid_code", "lower-case letters, digits, _ . and -"))
    if attribute.is_axis and attribute.kind not in AXES:
        message = "variants differ by a word, a swatch, an integer or a decimal"
        errors.append(FieldError("is_axis", "not_an_axis", message))
    return errors


def check_measured(thing: Measured) -> list[FieldError]:
    """Why it can take no values so: decimals, unit, bounds or what it refers to do not fit."""
    found = [_decimals_fault(thing), _unit_fault(thing), _bounds_fault(thing)]
    if (thing.kind == "reference") != (thing.reference_kind is not None):
        message = "a reference, and only a reference, says what it refers to"
        found.append(FieldError("reference_kind", "invalid_reference", message))
    return [fault for fault in found if fault]


def _decimals_fault(thing: Measured) -> FieldError | None:
    if thing.decimals and thing.kind != "decimal":
        return FieldError("decimals", "not_a_decimal", "only a decimal has digits behind the point")
    if not 0 <= thing.decimals <= MAX_DECIMALS:
        return FieldError("decimals", "out_of_range", f"0 to {MAX_DECIMALS}")
    return None


def _unit_fault(thing: Measured) -> FieldError | None:
    if thing.unit is None:
        return None
    if thing.kind not in MEASURES:
        return FieldError("unit", "not_a_number", "only a number has a unit")
    # A number as it was written may be of anything; it is shown and never converted.
    if thing.kind in NUMBERS and thing.unit not in UNITS:
        return FieldError("unit", "unknown_unit", f"one of {', '.join(UNITS)}")
    return None


def _bounds_fault(thing: Measured) -> FieldError | None:
    low, high = thing.minimum, thing.maximum
    for name, bound in (("minimum", low), ("maximum", high)):
        if bound is None:
            continue
        if thing.kind not in MEASURES:
            return FieldError(name, "not_a_number", "only a number has bounds")
        if not isfinite(bound) or abs(bound) > MAX_SCALED:
            return FieldError(name, "out_of_range", "fifteen digits are the most")
    if low is not None and high is not None and low > high:
        return FieldError("minimum", "out_of_range", "the minimum is not above the maximum")
    return None


def check_swatch(swatch: str | None) -> FieldError | None:
    """Why this is neither a colour nor a picture, or None."""
    if swatch is None or _HEX_COLOUR.fullmatch(swatch) or is_uuid(swatch):
        return None
    return FieldError("swatch", "invalid_swatch", "#rrggbb in small letters, or a picture's id")


def is_uuid(text: str) -> bool:
    """Whether this is the id of something, written as we write ids."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def measure_in_bounds(raw: object, thing: Measured) -> int | float:
    """`raw` in the unit of the thing, as precise as it was written.

    Raises:
        Unfit: it is no number, or out of bounds.
    """
    number = measured(raw, thing.unit)
    if thing.minimum is not None and number < thing.minimum:
        raise Unfit("out_of_range", f"at least {thing.minimum:.15g}")
    if thing.maximum is not None and number > thing.maximum:
        raise Unfit("out_of_range", f"at most {thing.maximum:.15g}")
    return number


def number_in_bounds(raw: object, thing: Measured) -> int:
    """`raw` as it is stored: see `scaled`.

    Raises:
        Unfit: it is no number, or out of bounds.
    """
    number = scaled(raw, thing.decimals, thing.unit)
    if thing.minimum is not None and number < _exact(thing.minimum, thing.decimals):
        raise Unfit("out_of_range", f"at least {thing.minimum:.15g}")
    if thing.maximum is not None and number > _exact(thing.maximum, thing.decimals):
        raise Unfit("out_of_range", f"at most {thing.maximum:.15g}")
    return number


def _exact(bound: float, decimals: int) -> Fraction:
    return Fraction(repr(bound)) * POWERS[decimals]
