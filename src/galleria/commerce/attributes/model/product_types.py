"""Product types: by what the variants of such a thing differ, and how it is named and sent."""

import re
from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec

from galleria.commerce.attributes.errors import InvalidSku
from galleria.commerce.attributes.model.attributes import Attribute
from galleria.commerce.attributes.model.rules import Rule
from galleria.foundation.errors import FieldError

MAX_AXES = 8
MAX_SKU_LENGTH = 100
PRODUCT_FACTS = ("handle", "brand", "number")
"""What a SKU may be made of beside its variant's axes; `number` counts a product's variants."""

_PLACEHOLDER = re.compile(r"\{([^{}:]*)(?::([1-9][0-9]?))?\}")


class ProductType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of thing that is sold ("T-shirt").

    `axes` are the attributes its variants differ by, in order; `rules` say which combinations are
    made. `sku_pattern` reads like `{handle}-{color}-{size:1}`, the number cutting a word short.
    """

    product_type_id: UUID
    handle: str
    name: str
    labels: dict[str, str]
    axes: list[int]
    attribute_set_id: UUID | None = None
    requires_shipping: bool = True
    is_digital: bool = False
    sku_pattern: str = ""
    rules: list[Rule] = []
    version: int = 1


def check_product_type(
    product_type: ProductType, attributes: Mapping[int, Attribute]
) -> list[FieldError]:
    """Why this can be no product type, its rules left aside; empty when it can."""
    errors: list[FieldError] = []
    if len(product_type.axes) > MAX_AXES:
        errors.append(FieldError("axes", "too_long", f"at most {MAX_AXES} axes"))
    if len(set(product_type.axes)) < len(product_type.axes):
        errors.append(FieldError("axes", "repeated_axis", "each axis once"))
    for index, axis in enumerate(product_type.axes):
        if axis not in attributes:
            errors.append(FieldError(f"axes[{index}]", "unknown_attribute", "there is no such"))
        elif not attributes[axis].is_axis:
            message = f"variants may not differ by {attributes[axis].label}"
            errors.append(FieldError(f"axes[{index}]", "not_an_axis", message))
    if product_type.is_digital and product_type.requires_shipping:
        message = "what is digital is not shipped"
        errors.append(FieldError("requires_shipping", "not_shippable", message))
    names = {attributes[axis].code for axis in product_type.axes if axis in attributes}
    return errors + check_sku_pattern(product_type.sku_pattern, {*names, *PRODUCT_FACTS})


def check_sku_pattern(pattern: str, names: Collection[str]) -> list[FieldError]:
    """Why no SKU can be made by `pattern`; `names` are the facts there will be."""
    if len(pattern) > MAX_SKU_LENGTH:
        return [FieldError("sku_pattern", "too_long", f"at most {MAX_SKU_LENGTH} characters")]
    errors = [
        FieldError("sku_pattern", "unknown_fact", f"{name!r} is none of {', '.join(sorted(names))}")
        for name, _ in _PLACEHOLDER.findall(pattern)
        if name not in names
    ]
    if {"{", "}"} & set(_PLACEHOLDER.sub("", pattern)):
        message = "braces enclose the name of a fact, as in {handle}"
        errors.append(FieldError("sku_pattern", "unbalanced_braces", message))
    return errors


def sku_from(pattern: str, facts: Mapping[str, str]) -> str:
    """The SKU that `pattern` makes of these facts, spaces in them as hyphens.

    Raises:
        InvalidSku: a fact that it names is missing or empty, or the SKU would be empty or longer
            than 100 characters.
    """
    missing = sorted({name for name, _ in _PLACEHOLDER.findall(pattern) if not facts.get(name)})
    if missing:
        errors = [FieldError(f"facts.{name}", "required", "the SKU needs it") for name in missing]
        raise InvalidSku(f"the SKU needs {', '.join(missing)}", errors=errors)
    sku = _PLACEHOLDER.sub(lambda found: _part(facts[found[1]], found[2]), pattern)
    if not 0 < len(sku) <= MAX_SKU_LENGTH:
        raise InvalidSku(f"a SKU has 1 to {MAX_SKU_LENGTH} characters, this would have {len(sku)}")
    return sku


def _part(fact: str, length: str | None) -> str:
    word = "-".join(fact.split())
    return word[: int(length)] if length else word
