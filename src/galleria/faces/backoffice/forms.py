"""What forms of the back office have in common: reading lists and amounts, saying what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import msgspec

from galleria.faces.backoffice.words import PROBLEMS
from galleria.faces.stationery import Form
from galleria.foundation.errors import FieldError, GalleriaError, InvalidInput
from galleria.foundation.http import field_error
from galleria.foundation.money import Money, decimal_text, parse_amount

_NAMES_IN_ADDRESSES = frozenset({"handle", "code"})
StructT = TypeVar("StructT", bound=msgspec.Struct)
# An id in a field's name, as str(UUID) writes it: nothing else can be read as one.
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NO_MONEY = str.maketrans("", "", " \u00a0\u202f'\u2019€$£¥")


def empty(**values: str) -> Form[Any]:
    """A form nobody has sent yet, with these values in it."""
    return Form(values=dict(values), many={}, errors={})


def refuse(form: Form[Any], error: GalleriaError, fields: Mapping[str, str] | None = None) -> None:
    """The form tells what a room said: by code where there are words for it, else as it was said.

    `fields` maps the room's paths to the form's names where they differ.
    """
    names = fields or {}
    form.message = error.code if error.code in PROBLEMS else error.detail
    for each in error.errors:
        name = names.get(each.path, each.path)
        form.errors[name] = each.code if each.code in PROBLEMS else each.message


def convert(form: Form[Any], fields: Mapping[str, Any], kind: type[StructT]) -> StructT | None:
    """The fields as a struct; None when they do not fit, and then the form says why."""
    try:
        return msgspec.convert(fields, kind, strict=False)
    except msgspec.ValidationError as error:
        found = field_error(str(error))
        form.message = "invalid_input"
        is_name = found.path in _NAMES_IN_ADDRESSES and found.code == "pattern_mismatch"
        form.errors[found.path] = "invalid_handle" if is_name else found.code
        return None


def listed(text: str, separator: str = ",") -> list[str]:
    """The parts of a list as people type it: trimmed, none empty, none twice."""
    return list(dict.fromkeys(part.strip() for part in text.split(separator) if part.strip()))


def read_amount(text: str, currency: str, name: str) -> int | None:
    """An amount as people type it (`12.90`, `12,90`, `1.234,50 €`) in minor units; None if empty.

    Raises:
        InvalidInput: it is none; the error names the field `name`.
    """
    plain = text.strip().removesuffix(currency).translate(_NO_MONEY)
    if not plain:
        return None
    # The last of point and comma parts the decimals, the other one groups thousands.
    if plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")
    elif "," in plain:
        plain = plain.replace(",", "")
    try:
        amount = parse_amount(plain, currency)
    except InvalidInput:
        raise refused(name, "invalid_amount") from None
    if amount.amount_minor < 0:
        raise refused(name, "invalid_amount")
    return amount.amount_minor


def amount_text(amount_minor: int | None, currency: str) -> str:
    """An amount as it stands in a form, empty for none."""
    return "" if amount_minor is None else decimal_text(Money(amount_minor, currency))


def read_whole(text: str, name: str, least: int = 0, most: int = 2**31 - 1) -> int | None:
    """A whole number as typed; None if empty.

    Raises:
        InvalidInput: it is none, or out of bounds; the error names the field `name`.
    """
    plain = text.strip().replace("\u2212", "-").removeprefix("+")
    if not plain:
        return None
    try:
        number = int(plain)
    except ValueError:
        raise refused(name, "invalid_number") from None
    if not least <= number <= most:
        raise refused(name, "out_of_range")
    return number


def read_id(text: str) -> UUID | None:
    """An id from an address or a field; None when it is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def chosen_ids(texts: Sequence[str], most: int = 100) -> list[UUID]:
    """The ids ticked on a page; what is none is left out."""
    ids = []
    for text in texts[:most]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


def refused(name: str, code: str) -> InvalidInput:
    """A field that cannot be read, as an error of the form it stands in."""
    return InvalidInput(f"{name}: {code}", errors=[FieldError(name, code, code)])


def quoted(text: str) -> str:
    """Text for an address's parameter."""
    return quote(text, safe="/")
