"""Values that merchants keep beside products, variants and categories, as they defined them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from galleria.commerce.attributes import MetafieldDefinition, check_metafields
from galleria.commerce.catalog.model.products import Metafields
from galleria.foundation.errors import FieldError

MAX_BYTES = 65_536  # of one thing, as JSON: it is read whenever the thing is
_NOT_TEXT = frozenset({"boolean", "integer", "decimal"})

Definitions = Mapping[str, MetafieldDefinition]


def checked(
    definitions: Definitions, values: Mapping[str, Any]
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


def changed(
    definitions: Definitions,
    present: Metafields | None,
    changes: Mapping[str, Any] | UnsetType | None,
) -> tuple[Metafields | None, list[FieldError]]:
    """What a thing keeps after these changes by name, and what is wrong with it.

    What nobody defines any more goes with the first change.
    """
    if changes is UNSET:
        return present, []
    if changes is None:
        clean, errors = checked(definitions, {})
    else:
        kept = {name: value for name, value in (present or {}).items() if name in definitions}
        clean, errors = checked(definitions, {**kept, **changes})
    return clean or None, errors
