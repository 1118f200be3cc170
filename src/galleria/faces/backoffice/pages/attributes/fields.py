"""What the forms of the dictionary have in common: labels, numbers, and lists put in order."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from galleria.commerce.attributes import Attribute
from galleria.faces.backoffice import forms
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

TICKS = ("is_filterable", "is_searchable", "is_axis")
MOST_OFFERED = 500  # attributes to choose from while typing
_ACTION = re.compile(r"(up|down|drop):([0-9]{1,4})")


def fill_labels(form: Form[Any], labels: Mapping[str, str], locales: Sequence[str]) -> None:
    """The form has the labels in the shop's other languages."""
    for locale in locales:
        form.values[f"labels.{locale}"] = labels.get(locale, "")


def attribute_form(attribute: Attribute, locales: Sequence[str]) -> Form[Any]:
    """The attribute as a form nobody has touched."""
    form = forms.empty(
        version=str(attribute.version),
        label=attribute.label,
        kind=attribute.kind,
        unit=attribute.unit or "",
        minimum=number_text(attribute.minimum),
        maximum=number_text(attribute.maximum),
        position=str(attribute.position),
    )
    for name in (*TICKS, "is_archived"):
        if getattr(attribute, name):
            form.values[name] = "true"
    fill_labels(form, attribute.labels, locales)
    return form


def labels_of(
    form: Form[Any], locales: Sequence[str], before: Mapping[str, str], prefix: str = ""
) -> dict[str, str]:
    """The labels as typed; those in languages that the form does not have stay."""
    typed = {each: form.values.get(f"{prefix}labels.{each}", "").strip() for each in locales}
    kept = {each: text for each, text in before.items() if each not in typed}
    return kept | {each: text for each, text in typed.items() if text}


def read_number(text: str, name: str) -> float | int | None:
    """A number as people type it (`2.5`, `2,5`), whole where it can be; None if empty.

    Raises:
        InvalidInput: it is none; the error names the field `name`.
    """
    plain = text.strip().replace("\u2212", "-").replace(",", ".")
    if not plain:
        return None
    try:
        return int(plain) if re.fullmatch(r"-?[0-9]{1,15}", plain) else float(plain)
    except ValueError:
        raise forms.refused(name, "invalid_number") from None


def number_text(number: float | None) -> str:
    """A number as it stands in a form, empty for none."""
    return "" if number is None else f"{number:.15g}"


def refuse(
    form: Form[Any], error: GalleriaError, name: str, fields: Mapping[str, str] | None = None
) -> None:
    """As `forms.refuse`; a refusal that names no field is marked at the field `name`."""
    forms.refuse(form, error, fields)
    if not error.errors:
        form.errors[name] = form.message


def find_attribute(text: str, known: Mapping[str, Attribute]) -> Attribute:
    """The attribute of this code, or with this label.

    Raises:
        InvalidInput: there is none; the error names the field `add`.
    """
    wanted = text.strip().casefold()
    if wanted in known:
        return known[wanted]
    for each in known.values():
        if each.label.casefold() == wanted:
            return each
    raise forms.refused("add", "unknown_attribute")


def offered(known: Iterable[Attribute]) -> list[Attribute]:
    """Attributes to choose from, by label; archived ones are not offered."""
    there = [each for each in known if not each.is_archived]
    return sorted(there, key=lambda each: each.label.casefold())[:MOST_OFFERED]


def rearrange(form: Form[Any], name: str, known: Mapping[str, Attribute]) -> bool:
    """The list of attributes in the fields `name` is as the pressed button says, and with what was
    typed into `add`; True when the button was one for that.

    Raises:
        InvalidInput: what was typed is no attribute.
    """
    chosen = form.many.setdefault(name, [])
    typed = form.values.get("add", "")
    if typed.strip():
        number = str(find_attribute(typed, known).attribute_id)
        if number in chosen:
            raise forms.refused("add", "repeated_attribute")
        chosen.append(number)
        form.values["add"] = ""
    action = form.values.get("action", "")
    match = _ACTION.fullmatch(action)
    if match is not None and int(match[2]) < len(chosen):
        at = int(match[2])
        moved = chosen.pop(at)
        if match[1] != "drop":
            chosen.insert(max(0, at - 1) if match[1] == "up" else at + 1, moved)
    return action == "add" or match is not None


def numbers_of(form: Form[Any], name: str) -> list[int]:
    """The numbers in the fields `name`, in their order; what is none is left out."""
    texts = form.many.get(name, [])
    return [int(each) for each in texts if each.isascii() and each.isdigit() and len(each) < 10]
