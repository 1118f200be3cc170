"""Metafields of categories, customers and orders: the definitions decide what the form asks."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from galleria.commerce import attributes
from galleria.commerce.attributes import MetafieldDefinition, OwnerKind
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.stationery import Form

PREFIX = "metafields."


async def definitions_of(ctx: Context, owner_kind: OwnerKind) -> list[MetafieldDefinition]:
    """What may be kept beside things of this kind, in the order of the shop."""
    found = (await attributes.dictionary(ctx)).definitions.get(owner_kind, {})
    return sorted(found.values(), key=lambda each: (each.position, each.name))


def form_of(
    definitions: Sequence[MetafieldDefinition], values: Mapping[str, Any] | None, version: int
) -> Form[Any]:
    """A form that says what is kept."""
    form = forms.empty(version=str(version))
    kept = values or {}
    for each in definitions:
        form.values[PREFIX + each.name] = _text_of(kept.get(each.name))
    return form


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_text_of(each) for each in value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def read(
    form: Form[Any], definitions: Sequence[MetafieldDefinition]
) -> tuple[dict[str, Any], int | None]:
    """The changes by name, null for a field that was left empty, and the version they are of.

    The room reads text as what a field holds, and says what does not fit.

    Raises:
        InvalidInput: the version is none.
    """
    changes: dict[str, Any] = {}
    for each in definitions:
        name = PREFIX + each.name
        if name not in form.values:
            continue
        text = form.values[name].replace("\r\n", "\n")
        if not text.strip():
            changes[each.name] = None
        elif each.is_list:
            lines = [line.strip() for line in text.split("\n") if line.strip()]
            changes[each.name] = [_value_of(each, line) for line in lines]
        else:
            changes[each.name] = _value_of(each, text if each.kind == "rich_text" else text.strip())
    version = forms.read_whole(form.values.get("version", ""), "version", most=2**62)
    return changes, version or None


def _value_of(definition: MetafieldDefinition, text: str) -> Any:
    """The text, or what it says where that is no text."""
    if definition.kind == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if definition.kind not in ("integer", "decimal"):
        return text
    try:
        # A comma is what half of the world writes before decimals.
        number = float(text.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
