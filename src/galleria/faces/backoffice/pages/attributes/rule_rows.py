"""Rules of a product type as rows of a form: read from it, put back into it, one more or less."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from galleria.commerce.attributes import (
    AllowRule,
    AxisCondition,
    ForbidRule,
    ImplyRule,
    Rule,
)
from galleria.faces.backoffice.pages.attributes.fields import number_text
from galleria.faces.stationery import Form

# In the order people are offered them; their words stand in `attributes/rules.html`.
KINDS = ("forbid", "imply", "allow", "range")
MOST_ROWS = 60  # a form of more is no form any more; the API takes 500
MOST_CONDITIONS = 8  # as many as there are axes
MOST_LINES = 500  # combinations or values that somebody looks through in one field
SEPARATOR = "|"  # between the words of a combination: commas and slashes stand in words
_ACTION = re.compile(r"(add|drop|up|down|more|less):([0-9]{1,3})(?::([0-9]))?")


class ConditionRow(msgspec.Struct):
    """A condition as typed: an axis by code, its values line by line, or bounds of a number."""

    axis: str = ""
    values: str = ""
    minimum: str = ""
    maximum: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing was typed, whichever axis is chosen."""
        return not (self.values.strip() or self.minimum.strip() or self.maximum.strip())


class RuleRow(msgspec.Struct):
    """A rule as typed. What its kind has no use for is empty."""

    kind: str
    rule_id: str = ""
    words: str = ""
    when: list[ConditionRow] = msgspec.field(default_factory=list)
    then: ConditionRow = msgspec.field(default_factory=ConditionRow)
    limit: ConditionRow = msgspec.field(default_factory=ConditionRow)
    step: str = ""
    axes: list[str] = msgspec.field(default_factory=list)
    combinations: str = ""


class Names(msgspec.Struct, frozen=True):
    """What points and axes are called: codes of axes and words of values, by number."""

    codes: dict[int, str]
    words: dict[int, str]


def fits(rules: Sequence[Rule]) -> bool:
    """The form has room for the rules: not too many, and none with very many lines."""
    return len(rules) <= MOST_ROWS and all(_lines_of(rule) <= MOST_LINES for rule in rules)


def _lines_of(rule: Rule) -> int:
    if isinstance(rule, AllowRule):
        return len(rule.combinations)
    return max((len(each.values) for each in rule.when), default=0)


def rows_of(rules: Sequence[Rule], names: Names) -> list[RuleRow]:
    """The rules as rows nobody has touched."""
    return [_row_of(rule, names) for rule in rules]


def _row_of(rule: Rule, names: Names) -> RuleRow:
    if isinstance(rule, AllowRule):
        lines = [
            f" {SEPARATOR} ".join(
                _point_text(point, axis, names) for axis, point in zip(rule.axes, row, strict=True)
            )
            for row in rule.combinations
        ]
        return RuleRow(
            kind="allow",
            rule_id=rule.rule_id,
            words=rule.words,
            axes=[names.codes[axis] for axis in rule.axes],
            combinations="\n".join(lines),
        )
    when = [_condition_row(each, names) for each in rule.when]
    if isinstance(rule, ForbidRule):
        return RuleRow(kind="forbid", rule_id=rule.rule_id, words=rule.words, when=when)
    if isinstance(rule, ImplyRule):
        then = _condition_row(rule.then, names)
        return RuleRow(kind="imply", rule_id=rule.rule_id, words=rule.words, when=when, then=then)
    limit = ConditionRow(
        axis=names.codes[rule.attribute_id],
        minimum=number_text(rule.minimum),
        maximum=number_text(rule.maximum),
    )
    return RuleRow(
        kind="range",
        rule_id=rule.rule_id,
        words=rule.words,
        when=when,
        limit=limit,
        step=number_text(rule.step),
    )


def _condition_row(condition: AxisCondition, names: Names) -> ConditionRow:
    axis = condition.attribute_id
    return ConditionRow(
        axis=names.codes[axis],
        values="\n".join(_point_text(each, axis, names) for each in condition.values),
        minimum=number_text(condition.minimum),
        maximum=number_text(condition.maximum),
    )


def _point_text(point: float, axis: int, names: Names) -> str:
    """How a point is typed: a value's word, or a number."""
    if isinstance(point, int) and point in names.words:
        return names.words[point]
    return number_text(point)


def read_rows(form: Form[Any]) -> list[RuleRow]:
    """The rows as the form has them."""
    sent = form.values
    return [
        RuleRow(
            kind=sent.get(f"rules[{at}].kind", ""),
            rule_id=sent.get(f"rules[{at}].rule_id", "").strip(),
            words=sent.get(f"rules[{at}].words", "").strip(),
            when=[
                _read_condition(form, f"rules[{at}].when[{number}]")
                for number in range(_count(form, f"rules[{at}].whens", MOST_CONDITIONS))
            ],
            then=_read_condition(form, f"rules[{at}].then"),
            limit=_read_condition(form, f"rules[{at}].limit"),
            step=sent.get(f"rules[{at}].step", ""),
            axes=form.many.get(f"rules[{at}].axes", []),
            combinations=sent.get(f"rules[{at}].combinations", ""),
        )
        for at in range(_count(form, "rules", MOST_ROWS))
    ]


def _read_condition(form: Form[Any], name: str) -> ConditionRow:
    return ConditionRow(
        **{part: form.values.get(f"{name}.{part}", "") for part in ConditionRow.__struct_fields__}
    )


def _count(form: Form[Any], name: str, most: int) -> int:
    text = form.values.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def new_row(kind: str) -> RuleRow:
    """A row nothing has been typed into."""
    conditions = {"forbid": 2, "imply": 1}.get(kind, 0)
    return RuleRow(kind=kind, when=[ConditionRow() for _ in range(conditions)])


def reshape(rows: list[RuleRow], action: str, new_kind: str) -> bool:
    """The rows are as the pressed button says; True when it was one for that.

    `add:0` is a rule more; `drop:N`, `up:N` and `down:N` are about a rule, `more:N` and `less:N:M`
    about its conditions.
    """
    match = _ACTION.fullmatch(action)
    if match is None:
        return False
    verb, at = match[1], int(match[2])
    if verb == "add":
        if len(rows) < MOST_ROWS and new_kind in KINDS:
            rows.append(new_row(new_kind))
    elif at < len(rows):
        _reshape_row(rows, at, verb, int(match[3] or 0))
    return True


def _reshape_row(rows: list[RuleRow], at: int, verb: str, number: int) -> None:
    row = rows[at]
    if verb == "more":
        row.when.extend([ConditionRow()] if len(row.when) < MOST_CONDITIONS else [])
    elif verb == "less":
        del row.when[number : number + 1]
    else:
        rows.pop(at)
        if verb != "drop":
            rows.insert(max(0, at - 1) if verb == "up" else at + 1, row)
