"""Whether a combination is made, told so that it can be said in any language."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    AllowRule,
    Attribute,
    AxisCondition,
    ImplyRule,
    ProductType,
    RangeRule,
    Rule,
    Violation,
)
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.attributes.fields import number_text
from galleria.faces.stationery import Form

PREFIX = "try."
MOST_WORDS = 100  # of an axis, to choose from; of one with more they are typed


class Breach(msgspec.Struct, frozen=True):
    """A rule that a choice breaks.

    `chosen` is what of the choice the rule speaks of; `then` what it asks for, a number in steps
    of `step`; `alternatives` would be made, if chosen for `axis` instead.
    """

    rule_id: str
    words: str
    kind: str
    chosen: list[str]
    then: str
    step: str
    axis: str
    alternatives: list[str]


class Verdict(msgspec.Struct, frozen=True):
    """What became of a choice; nothing is said before anything was chosen."""

    is_asked: bool
    is_whole: bool
    breaches: list[Breach]


def choice_of(form: Form[Any], axes: Sequence[Attribute]) -> dict[str, str]:
    """What was chosen, by code; what was left open is missing."""
    typed = {each.code: form.values.get(PREFIX + each.code, "").strip() for each in axes}
    return {code: text for code, text in typed.items() if text}


async def verdict_on(
    ctx: Context,
    product_type: ProductType,
    axes: Sequence[Attribute],
    chosen: Mapping[str, str],
    rules: Sequence[Rule] | None = None,
) -> Verdict:
    """Whether the choice is made by these rules, or by those that are saved.

    Raises:
        InvalidInput: something chosen is no value; the error names its field.
        InvalidProductType: the product type cannot have these rules.
    """
    if not chosen:
        return Verdict(is_asked=False, is_whole=False, breaches=[])
    raw = {code: text.replace(",", ".") for code, text in chosen.items()}
    by_code = {each.code: each for each in axes}
    given = {c: raw[c] if by_code[c].is_number else text for c, text in chosen.items()}
    try:
        answer = await attributes.check_selection(ctx, product_type.product_type_id, given, rules)
    except attributes.InvalidAttributeValue as error:
        for each in error.errors:
            each_name = each.path.removeprefix("attributes.")
            raise forms.refused(PREFIX + each_name, each.code) from None
        raise
    known = {each.rule_id: each for each in (product_type.rules if rules is None else rules)}
    words = await _words_in(ctx, known.values())
    by_number = {each.attribute_id: each for each in axes}
    breaches = [
        _breach(each, known[each.rule_id], by_number, chosen, words) for each in answer.violations
    ]
    return Verdict(is_asked=True, is_whole=len(chosen) == len(axes), breaches=breaches)


async def _words_in(ctx: Context, rules: Any) -> dict[int, str]:
    """How the values that rules ask for read."""
    wanted = {
        int(point)
        for rule in rules
        if isinstance(rule, ImplyRule)
        for point in rule.then.values
        if isinstance(point, int)
    }
    found = await attributes.words_of(ctx, wanted, ctx.locale)
    return {number: view.label for number, view in found.items()}


def _breach(
    violation: Violation,
    rule: Rule,
    axes: Mapping[int, Attribute],
    chosen: Mapping[str, str],
    words: Mapping[int, str],
) -> Breach:
    spoken = [axes[number] for number in _axes_of(rule)]
    return Breach(
        rule_id=violation.rule_id,
        words=violation.words,
        kind=_kind_of(rule),
        chosen=[f"{each.label}: {chosen[each.code]}" for each in spoken if each.code in chosen],
        then=_then_of(rule, axes, words),
        step=number_text(rule.step) if isinstance(rule, RangeRule) else "",
        axis=axes[violation.attribute_id].label,
        alternatives=[each.word for each in violation.alternatives],
    )


def _kind_of(rule: Rule) -> str:
    if isinstance(rule, AllowRule):
        return "allow"
    if isinstance(rule, ImplyRule):
        return "imply"
    return "range" if isinstance(rule, RangeRule) else "forbid"


def _axes_of(rule: Rule) -> list[int]:
    """The axes whose choice brings the rule into play."""
    if isinstance(rule, AllowRule):
        return list(rule.axes)
    return list(dict.fromkeys(each.attribute_id for each in rule.when))


def _then_of(rule: Rule, axes: Mapping[int, Attribute], words: Mapping[int, str]) -> str:
    if isinstance(rule, ImplyRule):
        axis = axes[rule.then.attribute_id]
        return f"{axis.label}: {_asked_for(rule.then, axis, words)}"
    if isinstance(rule, RangeRule):
        axis = axes[rule.attribute_id]
        ends = _ends(rule.minimum, rule.maximum)
        return f"{axis.label}: {' '.join(part for part in (ends, axis.unit) if part)}"
    return ""


def _asked_for(condition: AxisCondition, axis: Attribute, words: Mapping[int, str]) -> str:
    if axis.is_number:
        named = [number_text(each) for each in condition.values]
    else:
        named = [words.get(int(each), f"#{each}") for each in condition.values]
    ends = _ends(condition.minimum, condition.maximum)
    return ", ".join([*named, *([ends] if ends else [])])


def _ends(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if low is not None and high is not None:
        return f"{number_text(low)}\N{EN DASH}{number_text(high)}"
    return f"\u2265 {number_text(low)}" if low is not None else f"\u2264 {number_text(high)}"
