"""Which events somebody wants, and which fields of them.

A path names a field inside an event, `total.amount_minor`; a list on the way stands for each of
its items, so that `items.variant_id` is every variant's.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

MOST_TAGS = 60
MOST_CONDITIONS = 10
MOST_FIELDS = 50
MOST_VALUES = 50

Operator = Literal["is", "is_not", "at_least", "at_most", "has"]
Scalar = str | int | float | bool | None


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a field of an event has to be: one of `values`, or none of them, or within a bound.

    `has` asks that a text contains the value. Of several values one is enough.
    """

    path: str
    operator: Operator
    values: list[Scalar]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one tag that fulfil all conditions; of each these fields, or all. `is_expanded`
    wants the thing itself beside the event."""

    tag: str
    conditions: list[Condition] = []
    fields: list[str] = []
    is_expanded: bool = False


def found_at(payload: Any, path: Sequence[str]) -> Iterator[Any]:
    """The values at a path, one for each item of the lists on the way."""
    if isinstance(payload, list):
        for item in payload:
            yield from found_at(item, path)
    elif not path:
        yield payload
    elif isinstance(payload, Mapping) and path[0] in payload:
        yield from found_at(payload[path[0]], path[1:])


def fulfils(payload: Mapping[str, Any], conditions: Sequence[Condition]) -> bool:
    """True when the event fulfils every condition. A field that is not there is null."""
    return all(_fulfils_one(payload, each) for each in conditions)


def _fulfils_one(payload: Mapping[str, Any], condition: Condition) -> bool:
    values = list(found_at(payload, condition.path.split("."))) or [None]
    match condition.operator:
        case "is":
            return any(_same(value, wanted) for value in values for wanted in condition.values)
        case "is_not":
            return not any(_same(value, wanted) for value in values for wanted in condition.values)
        case "has":
            return any(
                isinstance(value, str) and isinstance(wanted, str) and wanted in value
                for value in values
                for wanted in condition.values
            )
        case "at_least":
            return any(_ordered(wanted, value) for value in values for wanted in condition.values)
        case "at_most":
            return any(_ordered(value, wanted) for value in values for wanted in condition.values)


def _same(value: Any, wanted: Scalar) -> bool:
    # In Python True is 1; in an event it is not.
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _ordered(lower: Any, higher: Any) -> bool:
    """True when both are numbers, or both texts (instants among them), and in this order."""
    if isinstance(lower, bool) or isinstance(higher, bool):
        return False
    if isinstance(lower, int | float) and isinstance(higher, int | float):
        return lower <= higher
    return isinstance(lower, str) and isinstance(higher, str) and lower <= higher


def selected(payload: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """The event with these fields alone, in its own order; whole when none is named."""
    if not fields:
        return dict(payload)
    tree: dict[str, Any] = {}
    for field in fields:
        # Who names a thing and a part of it means the whole.
        if any(field.startswith(f"{other}.") for other in fields):
            continue
        branch = tree
        for part in field.split("."):
            branch = branch.setdefault(part, {})
    picked: dict[str, Any] = _picked(payload, tree)
    return picked


def _picked(value: Any, tree: Mapping[str, Any]) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_picked(item, tree) for item in value]
    if isinstance(value, Mapping):
        return {name: _picked(value[name], tree[name]) for name in value if name in tree}
    return value
