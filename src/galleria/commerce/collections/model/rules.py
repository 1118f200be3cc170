"""The rules by which products are chosen: conditions on facts, in groups of all or any.

A rule is a document that comes over the wire and is kept as it is. What a condition takes depends
on its field: see `_TAKES`.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.errors import FieldError
from galleria.foundation.http import MAX_INT53, ShortText, WireInput

MAX_DEPTH = 3
MAX_CONDITIONS = 50
MAX_VALUES = 100
MAX_DAYS = 3_650
MAX_VALUE_LENGTH = 500

Field: TypeAlias = Literal[
    "title",
    "brand",
    "product_type",
    "tag",
    "category",
    "attribute",
    "option",
    "price_min",
    "price_max",
    "on_sale",
    "discount_percent",
    "in_stock",
    "stock",
    "variant_count",
    "created",
    "published",
    "status",
]
Operator: TypeAlias = Literal["is", "in", "contains", "between", "exists", "within_days"]
Value: TypeAlias = str | bool | int | float
Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]


class Condition(WireInput, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a product must be.

    `is` takes `value`, `in` takes `values`, `contains` the words of `value`, `between` takes `low`
    and `high` (both included, one may be missing) or, for times, `since` and `until`, and
    `within_days` takes `days`. `code` names the attribute or the option. A category means it and
    all below it; prices are minor units of the shop's default channel.
    """

    field: Field
    operator: Operator
    code: ShortText | None = None
    value: Value | None = None
    values: Annotated[list[Value], Meta(max_length=MAX_VALUES)] = msgspec.field(
        default_factory=list
    )
    low: int | float | None = None
    high: int | float | None = None
    since: Instant | None = None
    until: Instant | None = None
    days: int | None = None


class Group(WireInput, frozen=True, kw_only=True, omit_defaults=True):
    """Conditions, and groups of them, of which all or any must hold."""

    match: Literal["all", "any"] = "all"
    conditions: Annotated[list[Condition], Meta(max_length=MAX_CONDITIONS)] = msgspec.field(
        default_factory=list
    )
    groups: Annotated[list["Group"], Meta(max_length=MAX_CONDITIONS)] = msgspec.field(
        default_factory=list
    )


# Which operators a field has, and what kind of value it compares with.
_TAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "title": (("contains",), "words"),
    "brand": (("is", "in"), "text"),
    "product_type": (("is", "in"), "text"),
    "tag": (("is", "in"), "text"),
    "category": (("is", "in"), "id"),
    "attribute": (("is", "in", "between", "exists"), "any"),
    "option": (("is", "in"), "text"),
    "price_min": (("between",), "number"),
    "price_max": (("between",), "number"),
    "on_sale": (("is",), "boolean"),
    "discount_percent": (("between",), "number"),
    "in_stock": (("is",), "boolean"),
    "stock": (("between",), "number"),
    "variant_count": (("between",), "number"),
    "created": (("within_days", "between"), "instant"),
    "published": (("within_days", "between"), "instant"),
    "status": (("is",), "status"),
}
CODED = ("attribute", "option")
STATUSES = ("draft", "active", "archived")


def operators_of(field: str) -> tuple[str, ...]:
    """What can be asked of a field; the first is the usual one."""
    return _TAKES[field][0]


def fields() -> tuple[str, ...]:
    """All that a rule can ask about, in the order people are offered it."""
    return tuple(_TAKES)


def conditions_of(rule: Group, path: str = "") -> Iterator[tuple[str, Condition]]:
    """Every condition of a rule with the path that leads to it."""
    for at, condition in enumerate(rule.conditions):
        yield f"{path}conditions[{at}]", condition
    for at, group in enumerate(rule.groups):
        yield from conditions_of(group, f"{path}groups[{at}].")


def check_rule(rule: Group) -> list[FieldError]:
    """Why this is no rule: one error for each condition or group that could never be followed."""
    errors = _check_groups(rule, "", 1)
    found = list(conditions_of(rule))
    if len(found) > MAX_CONDITIONS:
        message = f"a rule has at most {MAX_CONDITIONS} conditions"
        return [*errors, FieldError("", "too_many_conditions", message)]
    for path, condition in found:
        errors += _check_condition(condition, path)
    return errors


def _check_groups(group: Group, path: str, depth: int) -> list[FieldError]:
    here = path.rstrip(".")
    if depth > MAX_DEPTH:
        return [FieldError(here, "too_deep", f"groups are at most {MAX_DEPTH} deep")]
    if not group.conditions and not group.groups:
        return [FieldError(here, "empty_group", "a group has at least one condition")]
    errors = []
    for at, inner in enumerate(group.groups):
        errors += _check_groups(inner, f"{path}groups[{at}].", depth + 1)
    return errors


def _check_condition(condition: Condition, path: str) -> list[FieldError]:
    operators, kind = _TAKES[condition.field]
    if condition.operator not in operators:
        message = f"{condition.field} takes {', '.join(operators)}"
        return [FieldError(f"{path}.operator", "unknown_operator", message)]
    if condition.field in CODED and not (condition.code or "").strip("\0 "):
        return [FieldError(f"{path}.code", "required", "which one is not said")]
    if condition.operator == "between":
        return _check_range(condition, path, kind)
    if condition.operator == "within_days":
        is_sound = condition.days is not None and 1 <= condition.days <= MAX_DAYS
        message = f"1 to {MAX_DAYS} days"
        return [] if is_sound else [FieldError(f"{path}.days", "out_of_range", message)]
    return [] if condition.operator == "exists" else _check_values(condition, path, kind)


def _check_values(condition: Condition, path: str, kind: str) -> list[FieldError]:
    places = {f"{path}.value": condition.value}
    if condition.operator == "in":
        places = {f"{path}.values[{at}]": each for at, each in enumerate(condition.values)}
    errors = [] if places else [FieldError(f"{path}.values", "required", "there is none")]
    for where, value in places.items():
        if value is None:
            errors.append(FieldError(where, "required", "there is nothing to compare with"))
        else:
            errors += _check_value(value, kind, where)
    return errors


def _check_range(condition: Condition, path: str, kind: str) -> list[FieldError]:
    if kind == "instant":
        low, high, name = _seconds(condition.since), _seconds(condition.until), "since"
    else:
        low, high, name = condition.low, condition.high, "low"
    if low is None and high is None:
        return [FieldError(f"{path}.{name}", "required", "a range has at least one end")]
    for end, value in (("low", condition.low), ("high", condition.high)):
        # Not a number compares with nothing, and what is larger is no longer exact.
        if value is not None and not abs(value) <= MAX_INT53:
            return [FieldError(f"{path}.{end}", "out_of_range", "within 53 bits")]
    if low is not None and high is not None and low > high:
        return [FieldError(f"{path}.{name}", "empty_range", "it ends before it begins")]
    return []


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _check_value(value: Value, kind: str, path: str) -> list[FieldError]:
    code = None
    if isinstance(value, str):
        code = _wrong_text(value, kind)
    elif kind in ("text", "words", "id", "status") or (
        kind == "boolean" and not isinstance(value, bool)
    ):
        code = "wrong_type"
    elif not isinstance(value, bool) and not abs(value) <= MAX_INT53:
        code = "out_of_range"
    return [FieldError(path, code, f"not a {kind}")] if code else []


def _wrong_text(text: str, kind: str) -> str | None:
    if len(text) > MAX_VALUE_LENGTH:
        return "too_long"
    if "\0" in text:
        return "nul_character"
    if kind == "boolean":
        return "wrong_type"
    if not text.strip() or (kind == "words" and not re.search(r"\w", text)):
        return "required"
    if kind == "status" and text not in STATUSES:
        return "unknown_value"
    return "invalid_format" if kind == "id" and not _is_id(text) else None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
