"""Products as they are kept: each word by the number the dictionary gave it, and back again.

"Blue" is written once a shop, whoever uses it. What a product is sorted and shown by stays with
the product: the order of its axes, and of the values on each.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import msgspec

from galleria.commerce.attributes import (
    Attribute,
    AttributeValue,
    Dictionary,
    Stored,
    decode_attributes,
    number_in_bounds,
    unscaled,
    value_ids_in,
)
from galleria.commerce.catalog.model.products import (
    Option,
    Product,
    ProductFacts,
    Variant,
    VariantFacts,
)

Words: TypeAlias = Mapping[int, AttributeValue]
_S = TypeVar("_S", bound=msgspec.Struct)


class Axis(msgspec.Struct, frozen=True, array_like=True):
    """By what the variants of a product differ: an attribute, and what there is, in order shown.

    A value is the number of a word; on an axis of numbers it is that number times ten to the
    power of the attribute's decimals.
    """

    attribute_id: int
    values: list[int]


class KeptProduct(ProductFacts, frozen=True, kw_only=True):
    """A product as its row says it; `attributes` by the number of each as text."""

    attributes: dict[str, Stored]
    axes: list[Axis]
    # The version it is the same as again, since it was brought back.
    stands_for: int | None = None

    def is_still(self, version: int | None) -> bool:
        """It is as it was at this version: nobody wrote it since, or what was written is undone."""
        return version is not None and version in (self.version, self.stands_for)


class KeptVariant(VariantFacts, frozen=True, kw_only=True):
    """A variant as its row says it: one value of each axis of its product, in their order."""

    selection: list[int]


class Wording(msgspec.Struct, frozen=True):
    """The words of some products: the shop's dictionary, and its values as far as they are used."""

    dictionary: Dictionary
    words: Words

    def option_of(self, axis: Axis) -> Option:
        """The axis as people read it."""
        attribute = self.dictionary.attributes[axis.attribute_id]
        return Option(attribute.label, [self.value_of(attribute, each) for each in axis.values])

    def value_of(self, attribute: Attribute, value: int) -> str:
        """The word for a value of an axis."""
        if attribute.is_number:
            return str(unscaled(value, attribute.decimals))
        return self.words[value].word

    def option_values(self, axes: Sequence[Axis], selection: Sequence[int]) -> list[str]:
        """A variant's values in the order of its product's axes."""
        known = self.dictionary.attributes
        return [
            self.value_of(known[axis.attribute_id], value)
            for axis, value in zip(axes, selection, strict=True)
        ]

    def selection_of(self, axes: Sequence[Axis], option_values: Sequence[str]) -> list[int]:
        """The way back; each word is one of its axis."""
        return [self._on_axis(axis, word) for axis, word in zip(axes, option_values, strict=True)]

    def _on_axis(self, axis: Axis, word: str) -> int:
        attribute = self.dictionary.attributes[axis.attribute_id]
        if attribute.is_number:
            return number_in_bounds(word, attribute)
        return next(each for each in axis.values if self.words[each].word == word)

    def product_of(self, kept: KeptProduct) -> Product:
        """The product in words."""
        return Product(**facts_in(kept, ProductFacts), **self.words_of(kept))

    def words_of(self, kept: KeptProduct) -> dict[str, Any]:
        """What of a product is words: its attributes and options."""
        stored = {int(attribute_id): value for attribute_id, value in kept.attributes.items()}
        return {
            "attributes": decode_attributes(self.dictionary, stored, self.words),
            "options": [self.option_of(axis) for axis in kept.axes],
        }

    def variant_of(self, kept: KeptVariant, axes: Sequence[Axis]) -> Variant:
        """The variant in words."""
        return Variant(
            **facts_in(kept, VariantFacts), option_values=self.option_values(axes, kept.selection)
        )

    def type_of(self, kept: KeptProduct) -> str:
        """What kind of thing the product is; empty when nobody said."""
        found = self.dictionary.types.get(kept.product_type_id) if kept.product_type_id else None
        return found.name if found else ""

    def labels_of(self, kept: KeptProduct) -> dict[str, dict[str, str]]:
        """By locale, what those of the product's words are called that are translated."""
        labels: dict[str, dict[str, str]] = {}
        for axis in kept.axes:
            attribute = self.dictionary.attributes[axis.attribute_id]
            for locale, label in attribute.labels.items():
                labels.setdefault(locale, {})[attribute.label] = label
        for value_id in ids_in(self.dictionary, [kept]):
            word = self.words[value_id]
            for locale, label in word.labels.items():
                labels.setdefault(locale, {})[word.word] = label
        return labels


def facts_in(kept: msgspec.Struct, kind: type[_S]) -> dict[str, Any]:
    """Those fields of `kept` that every `kind` has."""
    return {name: getattr(kept, name) for name in kind.__struct_fields__}


def ids_in(dictionary: Dictionary, products: Iterable[KeptProduct]) -> set[int]:
    """The numbers of all words these products use."""
    found: set[int] = set()
    for product in products:
        found |= ids_on(dictionary, product.axes)
        stored = {int(each): value for each, value in product.attributes.items()}
        found |= value_ids_in(dictionary, stored)
    return found


def ids_on(dictionary: Dictionary, axes: Iterable[Axis]) -> set[int]:
    """The numbers of the words on these axes; every variant's are among them."""
    return {
        value
        for axis in axes
        if not dictionary.attributes[axis.attribute_id].is_number
        for value in axis.values
    }
