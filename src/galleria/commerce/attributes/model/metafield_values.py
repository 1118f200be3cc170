"""The values things keep by their metafields: all at once, or changed by name."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.attributes.model.metafields import (
    MAX_DEFINITIONS,
    MetafieldDefinition,
    check_metafields,
)
from galleria.foundation.errors import FieldError

MAX_BYTES = 65_536  # of one thing, as JSON: it is read whenever the thing is
_NOT_TEXT = frozenset({"boolean", "integer", "decimal"})

Metafields: TypeAlias = dict[str, Any]
"""Values by `namespace.code`; a thing without any has None."""
MetafieldName: TypeAlias = Annotated[str, Meta(max_length=130)]
NewMetafields: TypeAlias = Annotated[dict[MetafieldName, Any], Meta(max_length=MAX_DEFINITIONS)]
MetafieldDefinitions: TypeAlias = Mapping[str, MetafieldDefinition]


def checked_metafields(
    definitions: MetafieldDefinitions, values: Mapping[str, Any]
) -> tuple[Metafields, list[FieldError]]:
    """All the values as a thing keeps them, and what is wrong with them.

    Text for what is no text is read as a cell of a file has it: `true`, `2.5`, `["a", "b"]`.
    """
    read = {name: _read(definitions.get(name), value) for name, value in values.items()}
    clean, errors = check_metafields(definitions, read)
    if len(msgspec.json.encode(clean)) > MAX_BYTES:
        errors.append(FieldError("metafields", "too_large", f"at most {MAX_BYTES} bytes in all"))
    return clean, errors


def _read(definition: MetafieldDefinition | None, value: Any) -> Any:
    if definition is None or not isinstance(value, str):
        return value
    if not definition.is_list and definition.kind not in _NOT_TEXT:
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def changed_metafields(
    definitions: MetafieldDefinitions,
    present: Metafields | None,
    changes: Mapping[str, Any] | UnsetType | None,
) -> tuple[Metafields | None, list[FieldError]]:
    """What a thing keeps after these changes by name, and what is wrong with it.

    What nobody defines any more goes with the first change.
    """
    if changes is UNSET:
        return present, []
    if changes is None:
        clean, errors = checked_metafields(definitions, {})
    else:
        kept = {name: value for name, value in (present or {}).items() if name in definitions}
        clean, errors = checked_metafields(definitions, {**kept, **changes})
    return clean or None, errors
