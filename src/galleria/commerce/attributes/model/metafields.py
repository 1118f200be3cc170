"""Metafields: what a merchant, or a program of theirs, keeps beside a thing, as they defined it."""

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.attributes.model.attributes import (
    NUMBERS,
    ReferenceKind,
    check_measured,
)
from galleria.commerce.attributes.model.plain import MAX_TEXT_LENGTH, plain_value
from galleria.commerce.attributes.model.units import Unfit, unscaled
from galleria.foundation.errors import FieldError

OwnerKind: TypeAlias = Literal["product", "variant", "category", "customer", "order"]
MetafieldKind: TypeAlias = Literal[
    "select",
    "text",
    "rich_text",
    "boolean",
    "integer",
    "decimal",
    "date",
    "file",
    "reference",
]
Visibility: TypeAlias = Literal["none", "staff", "public"]

MAX_DEFINITIONS = 250  # of one kind of owner
MAX_CHOICES = 500
MAX_ITEMS = 250  # of one list

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MAX_NAME_LENGTH = 60
_TEXT_KINDS = frozenset({"text", "rich_text"})


class MetafieldDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """What owners of a kind may carry under `namespace.code`, and who gets to see it.

    `choices` are the only values of a select. With `is_list` it holds up to `max_items` of its
    kind. `storefront` is public when shoppers may read it, staff when devices in the shop show it
    to those behind the counter.
    """

    definition_id: UUID
    owner_kind: OwnerKind
    namespace: str
    code: str
    label: str
    labels: dict[str, str]
    kind: MetafieldKind
    decimals: int = 0
    unit: str | None = None
    reference_kind: ReferenceKind | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    choices: list[str] = []
    is_list: bool = False
    max_items: int | None = None
    is_required: bool = False
    is_searchable: bool = False
    is_filterable: bool = False
    storefront: Visibility = "none"
    position: int = 0
    version: int = 1

    @property
    def name(self) -> str:
        """`namespace.code`, by which owners keep the value."""
        return f"{self.namespace}.{self.code}"


def check_definition(definition: MetafieldDefinition) -> list[FieldError]:
    """Why nothing can be kept by this definition; empty when it can."""
    errors = check_measured(definition)
    for path in ("namespace", "code"):
        text = getattr(definition, path)
        if len(text) > _MAX_NAME_LENGTH or not _NAME.fullmatch(text):
            errors.append(FieldError(path, "invalid_code", "lower-case letters, digits, _ and -"))
    choices = definition.choices
    if (definition.kind == "select") != bool(choices) or len(set(choices)) < len(choices):
        message = "a select, and only a select, has choices, each once"
        errors.append(FieldError("choices", "invalid_choices", message))
    if definition.max_length is not None and definition.kind not in _TEXT_KINDS:
        errors.append(FieldError("max_length", "not_a_text", "only text has a length"))
    if definition.max_items is not None and not definition.is_list:
        errors.append(FieldError("max_items", "not_a_list", "only a list has items"))
    return errors


def check_metafields(
    definitions: Mapping[str, MetafieldDefinition], values: Mapping[str, object]
) -> tuple[dict[str, Any], list[FieldError]]:
    """The values as their owner keeps them, and what is wrong with them.

    Args:
        definitions: by name, as `Dictionary.definitions` has them for a kind of owner.
        values: all that the owner is to carry, by name; None says that it has no such value.
    """
    clean: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in values.items():
        definition = definitions.get(name)
        path = f"metafields.{name[:130]}"
        if definition is None:
            errors.append(FieldError(path, "unknown_metafield", "nobody has defined it"))
        elif value is not None:
            try:
                clean[name] = _clean(definition, value)
            except Unfit as fault:
                errors.append(FieldError(path, fault.code, str(fault)))
    errors += [
        FieldError(f"metafields.{name}", "required", "it has to be there")
        for name, definition in definitions.items()
        if definition.is_required and values.get(name) is None
    ]
    return clean, errors


def _clean(definition: MetafieldDefinition, value: object) -> object:
    if not definition.is_list:
        return _clean_one(definition, value)
    if not isinstance(value, list):
        raise Unfit("wrong_type", "this is a list")
    most = MAX_ITEMS if definition.max_items is None else definition.max_items
    if len(value) > most:
        raise Unfit("too_long", f"at most {most} items")
    return [_clean_one(definition, each) for each in value]


def _clean_one(definition: MetafieldDefinition, value: object) -> object:
    if definition.kind == "select":
        if value not in definition.choices:
            raise Unfit("unknown_choice", "none of the choices")
        return value
    most = MAX_TEXT_LENGTH if definition.max_length is None else definition.max_length
    if definition.kind in _TEXT_KINDS and isinstance(value, str) and len(value) > most:
        raise Unfit("too_long", f"at most {most} characters")
    plain = plain_value(definition, value)
    if definition.kind in NUMBERS and isinstance(plain, int):
        return unscaled(plain, definition.decimals)
    return plain
