"""Values that stand for themselves: numbers, text, dates, ids. What a product may say, exactly."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from galleria.commerce.attributes.model.attributes import (
    NUMBERS,
    Measured,
    is_uuid,
    number_in_bounds,
)
from galleria.commerce.attributes.model.units import Unfit
from galleria.foundation.text import clean_html

Plain: TypeAlias = bool | int | str

MAX_TEXT_LENGTH = 10_000

_BOOLEANS = {"true": True, "false": False}


def plain_value(thing: Measured, value: object) -> Plain:
    """`value` of a kind that is not chosen among words, as it is stored.

    Raises:
        Unfit: it is no such thing; the code says how.
    """
    if thing.kind in NUMBERS:
        return number_in_bounds(value, thing)
    if thing.kind == "boolean":
        return _boolean(value)
    if not isinstance(value, str):
        raise Unfit("wrong_type", "this is text")
    return _TEXTS[thing.kind](value)


def _boolean(value: object) -> bool:
    if isinstance(value, str):
        value = _BOOLEANS.get(value.strip().lower())
    if not isinstance(value, bool):
        raise Unfit("wrong_type", "true or false")
    return value


def _text(value: str) -> str:
    if len(value) > MAX_TEXT_LENGTH:
        raise Unfit("too_long", f"at most {MAX_TEXT_LENGTH} characters")
    if "\0" in value:
        raise Unfit("nul_character", "text may not hold the character NUL")
    return value


def _rich_text(value: str) -> str:
    return clean_html(_text(value))


def _date(value: str) -> str:
    try:
        is_date = date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_date = False
    if not is_date:
        raise Unfit("invalid_date", "a date is written 2026-12-31")
    return value


def _id(value: str) -> str:
    if not is_uuid(value):
        raise Unfit("invalid_id", "the id of a thing")
    return value


_TEXTS: dict[str, Callable[[str], str]] = {
    "text": _text,
    "rich_text": _rich_text,
    "date": _date,
    "file": _id,
    "reference": _id,
}
