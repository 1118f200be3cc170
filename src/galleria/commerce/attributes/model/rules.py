"""Rules about which combinations of axes are made, as a merchant states them.

A point is the id of a value, or for a numeric axis the number itself in the attribute's unit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from galleria.commerce.attributes.model.attributes import NUMBERS, Attribute
from galleria.commerce.attributes.model.units import Unfit, scaled
from galleria.foundation.errors import FieldError

MAX_RULES = 500
MAX_COMBINATIONS = 5_000  # of one rule
MAX_POINTS = 1_000  # of one condition
_MAX_CONDITIONS = 8  # as many as there are axes

Point: TypeAlias = int | float
RuleId: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=50, pattern=r"^[a-z0-9][a-z0-9_.-]*$(?!\n)")
]
OwnWords: TypeAlias = Annotated[str, Meta(max_length=300, pattern=r"^[^\x00]*$")]


class AxisCondition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The axis is one of `values`, and within the bounds where there are any."""

    attribute_id: int
    values: Annotated[list[Point], Meta(max_length=MAX_POINTS)] = []
    minimum: float | None = None
    maximum: float | None = None


Conditions: TypeAlias = Annotated[list[AxisCondition], Meta(max_length=_MAX_CONDITIONS)]


class _Rule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """What all rules have: a name within the product type, and the merchant's own words for it."""

    rule_id: RuleId
    words: OwnWords = ""


class AllowRule(_Rule, frozen=True, kw_only=True, tag="allow"):
    """Of these axes only the combinations listed are made; each has one point for each axis."""

    axes: Annotated[list[int], Meta(min_length=1, max_length=_MAX_CONDITIONS)]
    combinations: Annotated[
        list[Annotated[list[Point], Meta(max_length=_MAX_CONDITIONS)]],
        Meta(max_length=MAX_COMBINATIONS),
    ]


class ForbidRule(_Rule, frozen=True, kw_only=True, tag="forbid"):
    """What meets all the conditions is not made."""

    when: Conditions


class ImplyRule(_Rule, frozen=True, kw_only=True, tag="imply"):
    """What meets all the conditions is made only where `then` holds, too."""

    when: Conditions
    then: AxisCondition


class RangeRule(_Rule, frozen=True, kw_only=True, tag="range"):
    """A numeric axis stays within bounds, by steps counted from the minimum, or from zero.

    With conditions it says so only about what meets them all.
    """

    attribute_id: int
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    when: Conditions = []


Rule: TypeAlias = AllowRule | ForbidRule | ImplyRule | RangeRule


def point_of(attribute: Attribute, point: Point) -> int:
    """The point as selections have it: a value's id, or the number as it is stored.

    Raises:
        Unfit: a number where a value is chosen, or one that the attribute cannot hold.
    """
    if attribute.kind in NUMBERS:
        return scaled(point, attribute.decimals)
    if not isinstance(point, int):
        raise Unfit("wrong_type", "the id of a value")
    return point


def conditions_of(rule: Rule) -> list[AxisCondition]:
    """All conditions of a rule, the one that has to follow last."""
    if isinstance(rule, AllowRule):
        return []
    return [*rule.when, rule.then] if isinstance(rule, ImplyRule) else list(rule.when)


def points_of(rule: Rule) -> Iterator[tuple[int, Point]]:
    """(axis, point) of each point that a rule names."""
    if isinstance(rule, AllowRule):
        for combination in rule.combinations:
            yield from zip(rule.axes, combination, strict=False)
    for condition in conditions_of(rule):
        for point in condition.values:
            yield condition.attribute_id, point


def axes_of(rule: Rule) -> list[int]:
    """The axes that a rule speaks of, each once."""
    axes = list(rule.axes) if isinstance(rule, AllowRule) else []
    axes += [each.attribute_id for each in conditions_of(rule)]
    if isinstance(rule, RangeRule):
        axes.append(rule.attribute_id)
    return list(dict.fromkeys(axes))


def values_in(rules: Iterable[Rule], axes: Mapping[int, Attribute]) -> dict[int, set[int]]:
    """The ids of the values that the rules name, by axis; numeric axes have none."""
    found: dict[int, set[int]] = {}
    for rule in rules:
        for axis, point in points_of(rule):
            if axes[axis].kind not in NUMBERS:
                found.setdefault(axis, set()).add(int(point))
    return found


def check_rules(rules: Sequence[Rule], axes: Mapping[int, Attribute]) -> list[FieldError]:
    """Why these cannot be the rules over these axes; empty when they can.

    Whether values exist is not looked up here: see `values_in`.
    """
    errors: list[FieldError] = []
    if len(rules) > MAX_RULES:
        errors.append(FieldError("rules", "too_long", f"at most {MAX_RULES} rules"))
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        path = f"rules[{index}]"
        if rule.rule_id in seen:
            errors.append(FieldError(f"{path}.rule_id", "repeated_rule", "another has this id"))
        seen.add(rule.rule_id)
        errors += _check_rule(rule, axes, path)
    return errors


def _check_rule(rule: Rule, axes: Mapping[int, Attribute], path: str) -> list[FieldError]:
    foreign = [axis for axis in axes_of(rule) if axis not in axes]
    if foreign:
        return [FieldError(path, "not_an_axis", f"{foreign[0]} is no axis of this product type")]
    for axis, point in points_of(rule):
        try:
            point_of(axes[axis], point)
        except Unfit as unfit:
            return [FieldError(path, unfit.code, f"{axes[axis].label}: {unfit}")]
    fault = _shape_fault(rule) or next(
        (said for each in conditions_of(rule) if (said := _condition_fault(each, axes))), None
    )
    if fault is None and isinstance(rule, RangeRule):
        fault = _range_fault(rule, axes[rule.attribute_id])
    return [] if fault is None else [FieldError(path, "invalid_rule", fault)]


def _shape_fault(rule: Rule) -> str | None:
    if isinstance(rule, AllowRule):
        if len(set(rule.axes)) < len(rule.axes):
            return "each axis once"
        if any(len(each) != len(rule.axes) for each in rule.combinations):
            return "a combination has one point for each axis"
    elif isinstance(rule, ForbidRule | ImplyRule) and not rule.when:
        return "at least one condition"
    return None


def _condition_fault(condition: AxisCondition, axes: Mapping[int, Attribute]) -> str | None:
    if condition.minimum is None and condition.maximum is None:
        return None if condition.values else "a condition names values or bounds"
    axis = axes[condition.attribute_id]
    return _bounds_fault(axis, condition.minimum, condition.maximum)


def _bounds_fault(axis: Attribute, low: float | None, high: float | None) -> str | None:
    if axis.kind not in NUMBERS:
        return f"{axis.label} is no number"
    try:
        ends = [scaled(end, axis.decimals) for end in (low, high) if end is not None]
    except Unfit as fault:
        return f"{axis.label}: {fault}"
    return "the minimum is not above the maximum" if ends != sorted(ends) else None


def _range_fault(rule: RangeRule, axis: Attribute) -> str | None:
    if rule.minimum is None and rule.maximum is None and rule.step is None:
        return "a range has a minimum, a maximum or a step"
    fault = _bounds_fault(axis, rule.minimum, rule.maximum)
    if fault or rule.step is None:
        return fault
    try:
        return None if scaled(rule.step, axis.decimals) > 0 else "a step is above zero"
    except Unfit as unfit:
        return f"{axis.label}: {unfit}"


def with_merged(rules: Sequence[Rule], axis: int, merged: Set[int], value_id: int) -> list[Rule]:
    """The rules with `value_id` wherever one of the `merged` values of the axis stood."""

    def swap(points: Iterable[Point]) -> list[Point]:
        return list(dict.fromkeys(value_id if each in merged else each for each in points))

    def in_condition(condition: AxisCondition) -> AxisCondition:
        if condition.attribute_id != axis:
            return condition
        return replace(condition, values=swap(condition.values))

    def in_rule(rule: Rule) -> Rule:
        if isinstance(rule, AllowRule):
            rows = [
                [
                    value_id if each == axis and point in merged else point
                    for each, point in zip(rule.axes, row, strict=True)
                ]
                for row in rule.combinations
            ]
            return replace(rule, combinations=rows)
        changed = replace(rule, when=[in_condition(each) for each in rule.when])
        if isinstance(changed, ImplyRule):
            return replace(changed, then=in_condition(changed.then))
        return changed

    return [in_rule(rule) for rule in rules]
