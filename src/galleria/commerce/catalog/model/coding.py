"""Drafts in numbers: what of a draft is words, as its product will keep it."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from galleria.commerce.attributes import (
    Attribute,
    Dictionary,
    Encoded,
    Kind,
    Stored,
    Unfit,
    encode_attributes,
    kinds_for,
    number_in_bounds,
    scaled,
    with_words,
    word_key,
)
from galleria.commerce.catalog.model.drafts import ProductDraft
from galleria.commerce.catalog.model.wording import Axis
from galleria.foundation.errors import FieldError
from galleria.foundation.text import slugify

# A selection is kept as 32-bit numbers.
MAX_ON_AXIS = 2**31 - 1
_MAX_CODE = 90

Ids = Mapping[str, Mapping[str, int]]
"""The number of each word, by the code of its attribute."""


class Coded(msgspec.Struct, frozen=True):
    """A draft's words as they are kept; `selections` in the order of its variants."""

    attributes: dict[str, Stored]
    axes: list[Axis]
    selections: list[list[int]]


class Fresh(msgspec.Struct, frozen=True):
    """Attributes the dictionary lacks: their kind and label by code."""

    kinds: dict[str, Kind]
    labels: dict[str, str]


def axis_named(dictionary: Dictionary, name: str) -> Attribute | None:
    """The attribute that an option of this name is, or None.

    By its code, as long as variants may differ by such a thing; else by what it is called.
    """
    found = dictionary.by_code.get(_code_of(name))
    if found is not None and found.is_axis:
        return found
    named = dictionary.axes_by_label.get(word_key(name))
    return named or dictionary.by_code.get(_second_code_of(name))


def _code_of(name: str) -> str:
    return slugify(name)[:_MAX_CODE].rstrip("-")


def _second_code_of(name: str) -> str:
    """What is taken when something else, a date say, has the code already."""
    return f"{_code_of(name)}-option"


def fresh_in(dictionary: Dictionary, drafts: Sequence[ProductDraft]) -> Fresh:
    """What the dictionary must learn before these drafts can be kept."""
    fresh = Fresh(kinds_for(dictionary, [draft.attributes for draft in drafts]), {})
    for name in {option.name for draft in drafts for option in draft.options}:
        if axis_named(dictionary, name) is None:
            code = _code_of(name)
            taken = code in dictionary.by_code or fresh.kinds.get(code, "text") != "text"
            code = _second_code_of(name) if taken else code
            fresh.kinds[code] = "text"
            fresh.labels.setdefault(code, name.strip())
    return fresh


class Coder:
    """Codes the drafts of a batch: `wanted` grows by each `read`, and names the words to number."""

    def __init__(self, dictionary: Dictionary) -> None:
        """`dictionary` has learnt what is fresh in the drafts."""
        self.dictionary = dictionary
        self._axes: dict[str, Attribute | None] = {}
        self.wanted: dict[str, dict[str, None]] = {}

    def read(self, draft: ProductDraft) -> Encoded:
        """The draft's attributes, half coded, and all that is wrong with its words."""
        encoded = encode_attributes(self.dictionary, draft.attributes)
        for code, words in encoded.wanted_words.items():
            self.wanted.setdefault(code, {}).update(dict.fromkeys(words))
        for at, option in enumerate(draft.options):
            axis = self._axis(option.name)
            path = f"options[{at}]"
            if axis is None:
                encoded.errors.append(FieldError(path, "not_an_axis", "this cannot be an option"))
            elif axis.is_number:
                open_ended = [] if option.values else [v.option_values[at] for v in draft.variants]
                encoded.errors.extend(
                    _faults_of_numbers(axis, [*option.values, *open_ended], f"{path}.values")
                )
            elif not option.values:
                message = "an option has at least one value, unless it is a number"
                encoded.errors.append(FieldError(f"{path}.values", "required", message))
            elif len({word_key(word) for word in option.values}) < len(option.values):
                message = "two of these are one word: case and spaces do not count"
                encoded.errors.append(FieldError(f"{path}.values", "duplicate_value", message))
            else:
                self.wanted.setdefault(axis.code, {}).update(dict.fromkeys(option.values))
        return encoded

    @property
    def chosen(self) -> dict[str, dict[str, None]]:
        """The wanted words of attributes whose values are chosen: nobody but the merchant adds."""
        return {code: words for code, words in self.wanted.items() if self._is_chosen(code)}

    def _is_chosen(self, code: str) -> bool:
        return self.dictionary.by_code[code].kind != "text"

    def strange(self, draft: ProductDraft, encoded: Encoded, known: Ids) -> list[FieldError]:
        """The draft's words that are none of the choices, `known` numbering those that are."""
        said = [(f"attributes.{code}", code, words) for code, words in encoded.wanted_words.items()]
        for at, option in enumerate(draft.options):
            axis = self._axis(option.name)
            if axis is not None and not axis.is_number:
                said.append((f"options[{at}].values", axis.code, option.values))
        return [
            FieldError(path, "unknown_choice", f"{word[:50]!r} is none of the choices of {code}")
            for path, code, words in said
            if self._is_chosen(code)
            for word in words
            if word not in known.get(code, {})
        ]

    def _axis(self, name: str) -> Attribute | None:
        if name not in self._axes:
            self._axes[name] = axis_named(self.dictionary, name)
        return self._axes[name]

    def coded(self, draft: ProductDraft, encoded: Encoded, ids: Ids) -> Coded:
        """The sound draft in numbers."""
        stored = with_words(encoded, self.dictionary, ids)
        axes, codes = [], []
        for option in draft.options:
            attribute = self._axis(option.name)
            assert attribute is not None, "a draft that was read without errors"
            on_axis = _coding_of(attribute, ids)
            axes.append(Axis(attribute.attribute_id, [on_axis(word) for word in option.values]))
            codes.append(on_axis)
        return Coded(
            attributes={str(each): value for each, value in stored.items()},
            axes=axes,
            selections=[
                [on_axis(word) for on_axis, word in zip(codes, each.option_values, strict=True)]
                for each in draft.variants
            ],
        )


def _coding_of(attribute: Attribute, ids: Ids) -> Callable[[str], int]:
    """What makes a number of a word on this axis."""
    if attribute.is_number:
        return lambda word: scaled(word, attribute.decimals, attribute.unit)
    return ids[attribute.code].__getitem__


def _faults_of_numbers(attribute: Attribute, words: Sequence[str], path: str) -> list[FieldError]:
    """What is wrong with the values of an axis of numbers."""
    faults = []
    for at, word in enumerate(words):
        try:
            number = number_in_bounds(word, attribute)
        except Unfit as unfit:
            faults.append(FieldError(f"{path}[{at}]", unfit.code, str(unfit)))
            continue
        if abs(number) > MAX_ON_AXIS:
            message = f"at most {MAX_ON_AXIS / 10**attribute.decimals:g}"
            faults.append(FieldError(f"{path}[{at}]", "out_of_range", message))
    return faults
