"""What products say, from the wire to what is stored, and back.

Stored is {attribute_id: …}: a value's id for a select or swatch, sorted ids for a multi_select, a
whole number for numbers (times 10**decimals, in the attribute's unit), text for all else.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from galleria.commerce.attributes.model.attributes import (
    CHOSEN,
    NUMBERS,
    Attribute,
    Kind,
    ValueView,
    in_locale,
    is_code,
    word_fault,
)
from galleria.commerce.attributes.model.dictionary import Dictionary
from galleria.commerce.attributes.model.plain import plain_value
from galleria.commerce.attributes.model.units import MAX_SCALED, Unfit, unscaled, written
from galleria.foundation.errors import FieldError

Stored: TypeAlias = bool | int | str | list[int]
Raw: TypeAlias = object
"""JSON as it came: text, a number, true or false, a list of words, or {"value", "unit"}."""

# Among 19,406 real products the richest has 184.
MAX_ATTRIBUTES_OF_A_PRODUCT = 250
MAX_WORDS = 100  # of one multi_select
# What is longer than a label is prose, and nobody filters by it.
_LONGEST_CHOICE = 64


class Encoded(msgspec.Struct, frozen=True):
    """Attributes of one product on their way in.

    `stored` lacks what is chosen among words: `words` names those, by attribute, until
    `with_words` puts their ids in. `wanted_words` is the same by code, for `intern_words`.
    """

    stored: dict[int, Stored]
    words: dict[int, list[str]]
    wanted_words: dict[str, list[str]]
    errors: list[FieldError]


class AttributeView(msgspec.Struct, frozen=True, kw_only=True):
    """What a product says by one attribute, as shoppers read it; `words` when it is chosen."""

    code: str
    label: str
    kind: Kind
    text: str
    words: list[ValueView]


def encode_attributes(dictionary: Dictionary, raw: Mapping[str, Raw]) -> Encoded:
    """`raw` by code as it is to be stored; what is wrong with it is in `errors`.

    A value None says that the product has no such attribute.
    """
    encoded = Encoded({}, {}, {}, [])
    for code, value in raw.items():
        attribute = dictionary.by_code.get(code)
        if attribute is None:
            encoded.errors.append(_fault(code, "unknown_attribute", "the dictionary has no such"))
        elif value is not None:
            _encode(attribute, value, encoded)
    if len(raw) > MAX_ATTRIBUTES_OF_A_PRODUCT:
        message = f"at most {MAX_ATTRIBUTES_OF_A_PRODUCT}"
        encoded.errors.append(FieldError("attributes", "too_many_attributes", message))
    return encoded


def _encode(attribute: Attribute, value: Raw, encoded: Encoded) -> None:
    if attribute.kind in CHOSEN:
        words = _words(value, is_many=attribute.kind == "multi_select")
        fault = next((fault for word in words or () if (fault := word_fault(word))), None)
        if words is None or fault:
            message = fault or "a word of the dictionary, or a list where several may hold"
            encoded.errors.append(_fault(attribute.code, "invalid_word", message))
        elif words:
            encoded.words[attribute.attribute_id] = words
            encoded.wanted_words[attribute.code] = words
        return
    try:
        encoded.stored[attribute.attribute_id] = plain_value(attribute, value)
    except Unfit as fault:
        encoded.errors.append(_fault(attribute.code, fault.code, str(fault)))


def _words(value: Raw, *, is_many: bool) -> list[str] | None:
    """The words of a choice, None when it is none. A number is a word: shoes come in size 42."""
    given = value if is_many and isinstance(value, list) else [value]
    if len(given) > MAX_WORDS:
        return None
    words: list[str] = []
    for each in given:
        if isinstance(each, bool) or not isinstance(each, str | int | float):
            return None
        if not isinstance(each, str) and not abs(each) <= MAX_SCALED:
            return None
        words.append(each.strip() if isinstance(each, str) else str(each))
    return list(dict.fromkeys(words))


def with_words(
    encoded: Encoded, dictionary: Dictionary, ids: Mapping[str, Mapping[str, int]]
) -> dict[int, Stored]:
    """All that is to be stored, `ids` naming each wanted word by code: see `intern_words`."""
    stored = dict(encoded.stored)
    for attribute_id, words in encoded.words.items():
        attribute = dictionary.attributes[attribute_id]
        found = ids[attribute.code]
        if attribute.kind == "multi_select":
            stored[attribute_id] = sorted({found[word] for word in words})
        else:
            stored[attribute_id] = found[words[0]]
    return stored


def kinds_for(dictionary: Dictionary, raws: Iterable[Mapping[str, Raw]]) -> dict[str, Kind]:
    """For each code that the dictionary lacks, the kind that suits all that is said by it.

    What cannot be a code is left out.
    """
    kinds: dict[str, Kind] = {}
    for raw in raws:
        for code, value in raw.items():
            if value is None or code in dictionary.by_code or not is_code(code):
                continue
            kind = _kind_of(value)
            kinds[code] = _wider(kinds.get(code, kind), kind)
    return kinds


def _kind_of(value: Raw) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "decimal"
    if isinstance(value, list):
        return "multi_select"
    is_choice = isinstance(value, str) and len(value) <= _LONGEST_CHOICE and "\n" not in value
    return "select" if is_choice else "text"


def _wider(one: Kind, other: Kind) -> Kind:
    if one == other:
        return one
    return "multi_select" if {one, other} == {"select", "multi_select"} else "text"


def value_ids_in(dictionary: Dictionary, stored: Mapping[int, Stored]) -> set[int]:
    """The ids of all words in `stored`: what `words_of` is to be asked for."""
    found: set[int] = set()
    for attribute_id, value in stored.items():
        attribute = dictionary.attributes.get(attribute_id)
        if attribute is not None and attribute.kind in CHOSEN:
            found.update(_ids(value))
    return found


def _ids(value: Stored) -> list[int]:
    return value if isinstance(value, list) else [int(value)]


def decode_attributes(
    dictionary: Dictionary, stored: Mapping[int, Stored], words: Mapping[int, ValueView]
) -> dict[str, Stored | float | list[str]]:
    """What `encode_attributes` would take, by code: the way back.

    An attribute or word that exists no more is left out.
    """
    raw: dict[str, Stored | float | list[str]] = {}
    for attribute_id, value in stored.items():
        attribute = dictionary.attributes.get(attribute_id)
        if attribute is None:
            continue
        if attribute.kind in CHOSEN:
            said = [words[each].word for each in _ids(value) if each in words]
            if attribute.kind == "multi_select":
                raw[attribute.code] = said
            elif said:
                raw[attribute.code] = said[0]
        elif attribute.kind in NUMBERS and isinstance(value, int):
            raw[attribute.code] = unscaled(value, attribute.decimals)
        else:
            raw[attribute.code] = value
    return raw


def describe_attributes(
    dictionary: Dictionary,
    stored: Mapping[int, Stored],
    words: Mapping[int, ValueView],
    locale: str | None = None,
) -> list[AttributeView]:
    """What shoppers read, in the dictionary's order; nothing of archived attributes."""
    known = [dictionary.attributes[each] for each in stored if each in dictionary.attributes]
    views = []
    for attribute in sorted(known, key=lambda each: (each.position, each.attribute_id)):
        if attribute.is_archived:
            continue
        value = stored[attribute.attribute_id]
        chosen: list[ValueView] = []
        if attribute.kind in CHOSEN:
            chosen = [words[each] for each in _ids(value) if each in words]
        view = AttributeView(
            code=attribute.code,
            label=in_locale(attribute.labels, locale) or attribute.label,
            kind=attribute.kind,
            text=_as_text(attribute, value, chosen),
            words=chosen,
        )
        views.append(view)
    return views


def _as_text(attribute: Attribute, value: Stored, chosen: list[ValueView]) -> str:
    if attribute.kind in CHOSEN:
        return ", ".join(each.label for each in chosen)
    if attribute.kind in NUMBERS and isinstance(value, int):
        return written(value, attribute.decimals, attribute.unit)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fault(code: str, problem: str, message: str) -> FieldError:
    return FieldError(f"attributes.{code[:100]}", problem, message)
