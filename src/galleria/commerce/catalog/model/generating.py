"""All the variants a product could have, by its options and the grammar of its product type."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, field

from galleria.commerce.attributes import (
    Attribute,
    Grammar,
    InvalidSku,
    ProductType,
    Unfit,
    legal_combinations,
    number_in_bounds,
    scaled,
    sku_from,
    word_key,
)
from galleria.commerce.catalog.errors import InvalidProduct, TooManyVariants
from galleria.commerce.catalog.model.coding import MAX_ON_AXIS
from galleria.commerce.catalog.model.products import MAX_VARIANTS
from galleria.commerce.catalog.model.wording import Axis, KeptProduct, KeptVariant, Wording
from galleria.foundation.errors import FieldError
from galleria.foundation.http import Name, ShortText, WireInput

# A quarter of a second: whoever asks waits for it, and others wait meanwhile.
MAX_STEPS = 100_000
MAX_CHOICES = 2_048
MOST_SHOWN = 500
_MOST_FAULTS = 100


class AxisChoice(WireInput, frozen=True, kw_only=True):
    """What is wanted of an option: of its values just these, or the numbers of a range.

    `minimum`, `maximum` and `step` are in the unit of the attribute. An option that takes any
    number needs a minimum and a maximum, or values; its step is one unless it says another.
    """

    option: Name
    values: Annotated[list[ShortText], Meta(max_length=MAX_CHOICES)] = field(default_factory=list)
    minimum: float | None = None
    maximum: float | None = None
    step: Annotated[float, Meta(gt=0)] | None = None


class GeneratedVariant(msgspec.Struct, frozen=True):
    """A variant that is, or would be, made."""

    option_values: list[str]
    sku: str | None


class GeneratedVariants(msgspec.Struct, frozen=True, kw_only=True):
    """What came of making variants, or would: the first 500 of those made, in their order.

    `version` is the product's afterwards.
    """

    product_id: UUID
    version: int
    existing_count: int
    made_count: int
    variants: list[GeneratedVariant]


def choices_of(
    wording: Wording, axes: Sequence[Axis], wanted: Sequence[AxisChoice]
) -> dict[int, list[int]]:
    """The values to combine on each axis, as they are kept; all of an option nobody narrows.

    Raises:
        InvalidProduct: an option or a value that is none, or a range without an end.
    """
    known = wording.dictionary.attributes
    by_name = {word_key(known[axis.attribute_id].label): axis.attribute_id for axis in axes}
    asked: dict[int, tuple[int, AxisChoice]] = {}
    faults: list[FieldError] = []
    for at, choice in enumerate(wanted):
        attribute_id = by_name.get(word_key(choice.option))
        if attribute_id is None or attribute_id in asked:
            code = "unknown_option" if attribute_id is None else "duplicate_option"
            faults.append(FieldError(f"choices[{at}].option", code, "each option once"))
        else:
            asked[attribute_id] = (at, choice)
    chosen: dict[int, list[int]] = {}
    for axis in axes:
        attribute = known[axis.attribute_id]
        at, choice = asked.get(axis.attribute_id, (-1, AxisChoice(option=attribute.label)))
        path = f"choices[{at}]" if at >= 0 else "choices"
        try:
            values = _values_on(wording, axis, attribute, choice)
        except Unfit as unfit:
            faults.append(FieldError(path, unfit.code, f"{attribute.label}: {unfit}"))
            continue
        chosen[axis.attribute_id] = values
    if faults:
        raise InvalidProduct("no variants can be made of this", errors=faults)
    return chosen


def _values_on(wording: Wording, axis: Axis, attribute: Attribute, choice: AxisChoice) -> list[int]:
    if not attribute.is_number:
        if (choice.minimum, choice.maximum, choice.step) != (None, None, None):
            raise Unfit("not_a_number", "only numbers have a range")
        by_word = {wording.words[each].word: each for each in axis.values}
        unknown = [word for word in choice.values if word not in by_word]
        if unknown:
            raise Unfit("unknown_option_value", f"{unknown[0][:50]!r} is none of its values")
        return [by_word[word] for word in dict.fromkeys(choice.values)] or axis.values
    numbers = [number_in_bounds(word, attribute) for word in choice.values]
    if axis.values:
        if any(number not in axis.values for number in numbers):
            raise Unfit("unknown_option_value", "one of these is none of its values")
        return _within(attribute, choice, numbers or axis.values)
    return _within(attribute, choice, numbers) if numbers else _range_of(attribute, choice)


def _within(attribute: Attribute, choice: AxisChoice, numbers: Sequence[int]) -> list[int]:
    low, high = _end(attribute, choice.minimum), _end(attribute, choice.maximum)
    return [
        number
        for number in dict.fromkeys(numbers)
        if (low is None or number >= low) and (high is None or number <= high)
    ]


def _range_of(attribute: Attribute, choice: AxisChoice) -> list[int]:
    if choice.minimum is None or choice.maximum is None:
        raise Unfit("range_required", "any number is possible: name values, or a range")
    low = number_in_bounds(choice.minimum, attribute)
    high = number_in_bounds(choice.maximum, attribute)
    step = scaled(1 if choice.step is None else choice.step, attribute.decimals)
    if max(abs(low), abs(high)) > MAX_ON_AXIS:
        raise Unfit("out_of_range", f"at most {MAX_ON_AXIS / 10**attribute.decimals:g}")
    if (high - low) // step >= MAX_VARIANTS:
        raise Unfit("too_many", f"at most {MAX_VARIANTS} numbers")
    return list(range(low, high + 1, step))


def _end(attribute: Attribute, number: float | None) -> int | None:
    return None if number is None else scaled(number, attribute.decimals)


def missing_selections(
    grammar: Grammar,
    axes: Sequence[Axis],
    choices: Mapping[int, Sequence[int]],
    existing: Sequence[KeptVariant],
) -> list[list[int]]:
    """The legal combinations of these choices that no variant has yet, in the order of choices.

    Raises:
        TooManyVariants: with them the product would have more than 10,000 variants.
        TooManyCombinations: so many are illegal that looking through them takes too long.
    """
    taken = {tuple(each.selection) for each in existing}
    room = MAX_VARIANTS - len(existing)
    fresh = (
        selection
        for legal in legal_combinations(grammar, choices, MAX_STEPS)
        if tuple(selection := [legal[axis.attribute_id] for axis in axes]) not in taken
    )
    missing = list(islice(fresh, room + 1))
    if len(missing) > room:
        raise TooManyVariants(f"a product has at most {MAX_VARIANTS} variants")
    return missing


def variants_for(
    wording: Wording,
    product: KeptProduct,
    selections: Sequence[list[int]],
    first_position: int,
    new_id: Callable[[], UUID],
) -> list[KeptVariant]:
    """New variants with these selections, numbered and named as the product type says.

    Raises:
        InvalidProduct: no SKU can be made for some of them, or one for two.
    """
    kind = wording.dictionary.types.get(product.product_type_id or UUID(int=0))
    faults: list[FieldError] = []
    made: list[KeptVariant] = []
    holders: dict[str, int] = {}
    for at, selection in enumerate(selections):
        position = first_position + at
        sku = None
        try:
            sku = _sku_of(wording, product, kind, selection, position)
        except InvalidSku as refused:
            faults.append(FieldError(f"variants[{at}].sku", refused.code, refused.detail))
        if sku is not None and holders.setdefault(sku, at) != at:
            message = f"variant {holders[sku]} would have the SKU {sku!r} as well"
            faults.append(FieldError(f"variants[{at}].sku", "duplicate_sku", message))
        made.append(
            KeptVariant(
                variant_id=new_id(),
                product_id=product.product_id,
                position=position,
                sku=sku,
                barcode=None,
                weight_g=None,
                is_shippable=kind is None or kind.requires_shipping,
                is_taxable=True,
                media_id=None,
                image_url=None,
                external_ref=None,
                selection=selection,
            )
        )
    if faults:
        raise InvalidProduct("the pattern makes no good SKUs", errors=faults[:_MOST_FAULTS])
    return made


def _sku_of(
    wording: Wording,
    product: KeptProduct,
    kind: ProductType | None,
    selection: Sequence[int],
    position: int,
) -> str | None:
    if kind is None or not kind.sku_pattern:
        return None
    known = wording.dictionary.attributes
    words = wording.option_values(product.axes, selection)
    facts = {
        "handle": product.handle,
        "brand": product.brand,
        "number": str(position + 1),
        **{
            known[axis.attribute_id].code: word
            for axis, word in zip(product.axes, words, strict=True)
        },
    }
    return sku_from(kind.sku_pattern, facts)
