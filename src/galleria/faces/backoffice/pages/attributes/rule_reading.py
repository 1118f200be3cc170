"""Turns rows of a form into rules of a product type; says of each field why it cannot be read."""

from collections.abc import Mapping, Sequence

import msgspec

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    AllowRule,
    Attribute,
    AxisCondition,
    ForbidRule,
    ImplyRule,
    RangeRule,
    Rule,
)
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.attributes.fields import read_number
from galleria.faces.backoffice.pages.attributes.rule_rows import SEPARATOR, ConditionRow, RuleRow
from galleria.foundation.text import slugify

NUMBERS = ("integer", "decimal")


class Facts(msgspec.Struct, frozen=True):
    """What reading needs of the shop: the axes by code, and numbers of their words."""

    axes: dict[str, Attribute]
    words: Mapping[str, Mapping[str, int]]


async def facts_for(ctx: Context, axes: dict[str, Attribute], rows: Sequence[RuleRow]) -> Facts:
    """The facts about all words that the rows name, looked up at once."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for condition in (*row.when, row.then):
            wanted.setdefault(condition.axis, set()).update(_lines(condition.values))
        for parts in _combinations(row):
            for code, part in zip(row.axes, parts, strict=False):
                wanted.setdefault(code, set()).add(part)
    asked = {
        code: list(words)
        for code, words in wanted.items()
        if words and code in axes and axes[code].kind not in NUMBERS
    }
    found = await attributes.find_words(ctx, asked) if asked else None
    return Facts(axes, found.words if found else {})


def _lines(text: str) -> list[str]:
    return forms.listed(text.replace("\r\n", "\n"), "\n")


def _combinations(row: RuleRow) -> list[list[str]]:
    return [[part.strip() for part in line.split(SEPARATOR)] for line in _lines(row.combinations)]


def rules_of(rows: Sequence[RuleRow], facts: Facts) -> list[Rule]:
    """The rules that the rows say.

    Raises:
        InvalidInput: a row cannot be read; the error names its field.
    """
    rules: list[Rule] = []
    taken: set[str] = set()
    for at, row in enumerate(rows):
        rule_id = _name_of(row, at, taken)
        taken.add(rule_id)
        rules.append(_rule_of(row, f"rules[{at}]", rule_id, facts))
    return rules


def _name_of(row: RuleRow, at: int, taken: set[str]) -> str:
    """The rule's name as typed, or the first number that is free."""
    if row.rule_id:
        name = slugify(row.rule_id)[:50].strip("-")
        if name in taken:
            raise forms.refused(f"rules[{at}].rule_id", "repeated_rule")
        return name
    number = at + 1
    while f"rule-{number}" in taken:
        number += 1
    return f"rule-{number}"


def _rule_of(row: RuleRow, place: str, rule_id: str, facts: Facts) -> Rule:
    words = row.words[:300]
    if row.kind == "allow":
        axes, combinations = _listed(row, place, facts)
        return AllowRule(rule_id=rule_id, words=words, axes=axes, combinations=combinations)
    when = [
        _condition_of(each, f"{place}.when[{number}]", facts)
        for number, each in enumerate(row.when)
        if not each.is_empty
    ]
    if row.kind == "range":
        return _range_of(row, place, rule_id, when, facts)
    if not when:
        raise forms.refused(f"{place}.when[0].values", "required")
    if row.kind == "forbid":
        return ForbidRule(rule_id=rule_id, words=words, when=when)
    if row.kind == "imply":
        then = _condition_of(row.then, f"{place}.then", facts)
        return ImplyRule(rule_id=rule_id, words=words, when=when, then=then)
    raise forms.refused(f"{place}.kind", "unknown_value")


def _axis_of(code: str, name: str, facts: Facts) -> Attribute:
    if code not in facts.axes:
        raise forms.refused(name, "not_an_axis")
    return facts.axes[code]


def _condition_of(row: ConditionRow, name: str, facts: Facts) -> AxisCondition:
    axis = _axis_of(row.axis, f"{name}.axis", facts)
    points = [_point_of(line, axis, f"{name}.values", facts) for line in _lines(row.values)]
    minimum, maximum = _bounds_of(row, axis, name)
    if not points and minimum is None and maximum is None:
        raise forms.refused(f"{name}.values", "required")
    return AxisCondition(
        attribute_id=axis.attribute_id, values=points, minimum=minimum, maximum=maximum
    )


def _point_of(text: str, axis: Attribute, name: str, facts: Facts) -> int | float:
    if axis.kind in NUMBERS:
        number = read_number(text, name)
        assert number is not None, "a line is not empty"
        return number
    number = facts.words.get(axis.code, {}).get(text)
    if number is None:
        raise forms.refused(name, "unknown_word")
    return number


def _bounds_of(row: ConditionRow, axis: Attribute, name: str) -> tuple[float | None, float | None]:
    low = read_number(row.minimum, f"{name}.minimum")
    high = read_number(row.maximum, f"{name}.maximum")
    if axis.kind not in NUMBERS and (low is not None or high is not None):
        raise forms.refused(f"{name}.minimum", "not_a_number")
    if low is not None and high is not None and low > high:
        raise forms.refused(f"{name}.maximum", "empty_range")
    return low, high


def _range_of(
    row: RuleRow, place: str, rule_id: str, when: list[AxisCondition], facts: Facts
) -> RangeRule:
    name = f"{place}.limit"
    axis = _axis_of(row.limit.axis, f"{name}.axis", facts)
    if axis.kind not in NUMBERS:
        raise forms.refused(f"{name}.axis", "not_a_number")
    minimum, maximum = _bounds_of(row.limit, axis, name)
    step = read_number(row.step, f"{place}.step")
    if step is not None and step <= 0:
        raise forms.refused(f"{place}.step", "too_small")
    if minimum is None and maximum is None and step is None:
        raise forms.refused(f"{name}.minimum", "required")
    return RangeRule(
        rule_id=rule_id,
        words=row.words[:300],
        attribute_id=axis.attribute_id,
        minimum=minimum,
        maximum=maximum,
        step=step,
        when=when,
    )


def _listed(row: RuleRow, place: str, facts: Facts) -> tuple[list[int], list[list[int | float]]]:
    """The axes that are ticked, and each line as a point for each of them."""
    name = f"{place}.combinations"
    axes = [_axis_of(code, name, facts) for code in row.axes]
    lines = _combinations(row)
    if not axes or not lines:
        raise forms.refused(name, "required")
    if any(len(parts) != len(axes) for parts in lines):
        raise forms.refused(name, "wrong_combination")
    points = [
        [_point_of(part, axis, name, facts) for axis, part in zip(axes, parts, strict=True)]
        for parts in lines
    ]
    return [each.attribute_id for each in axes], points
