"""Attribute sets: what is to be said about a kind of thing, and what a category hands down."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError

MAX_SET_SIZE = 250  # as many as a product may have


class SetItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attribute of a set, and whether a product must have it."""

    attribute_id: int
    is_required: bool = False


class AttributeSet(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes in the order in which they are asked for; categories and product types name it."""

    attribute_set_id: UUID
    handle: str
    name: str
    labels: dict[str, str]
    items: list[SetItem]
    version: int = 1


def effective_set(lineage: Iterable[AttributeSet]) -> list[SetItem]:
    """What holds at the end of a lineage of sets, from the root to the leaf.

    A set adds its attributes behind those it inherits. It may require what its ancestors leave
    open, and never leave open what they require.
    """
    required: dict[int, bool] = {}
    for each in lineage:
        for item in each.items:
            required[item.attribute_id] = required.get(item.attribute_id, False) or item.is_required
    return [SetItem(attribute_id, must) for attribute_id, must in required.items()]


def check_set(items: Sequence[SetItem], known: Iterable[int]) -> list[FieldError]:
    """What is wrong with the items of a set, `known` being the attributes there are."""
    there, seen = set(known), set[int]()
    errors: list[FieldError] = []
    for index, item in enumerate(items):
        path = f"items[{index}].attribute_id"
        if item.attribute_id not in there:
            errors.append(FieldError(path, "unknown_attribute", "the dictionary has no such"))
        elif item.attribute_id in seen:
            errors.append(FieldError(path, "repeated_attribute", "it stands in the set already"))
        seen.add(item.attribute_id)
    if len(items) > MAX_SET_SIZE:
        errors.append(FieldError("items", "too_long", f"at most {MAX_SET_SIZE} attributes"))
    return errors


def missing_required(
    items: Iterable[SetItem], stored: Mapping[int, object], codes: Mapping[int, str]
) -> list[FieldError]:
    """The required attributes that `stored` says nothing about; `codes` names them."""
    return [
        FieldError(
            f"attributes.{codes[item.attribute_id]}", "required", "this kind of thing has it"
        )
        for item in items
        if item.is_required and item.attribute_id in codes and item.attribute_id not in stored
    ]
