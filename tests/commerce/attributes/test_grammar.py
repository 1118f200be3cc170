"""The grammar of legal combinations, against a reading of each rule as it is written."""

from collections.abc import Mapping
from itertools import islice, product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.attributes.errors import TooManyCombinations
from galleria.commerce.attributes.model.grammar import (
    LegalAlternative,
    check_combination,
    compile_grammar,
    is_legal,
    legal_combinations,
)
from galleria.commerce.attributes.model.rules import (
    MAX_RULES,
    AllowRule,
    AxisCondition,
    ForbidRule,
    ImplyRule,
    RangeRule,
    Rule,
    axes_of,
    check_rules,
    values_in,
    with_merged,
)
from tests.commerce.attributes.entries import (
    BLACK,
    COLOR,
    LENGTH,
    NAVY,
    PACK,
    SIZE,
    WHITE,
    WORDS,
    XL,
    XXL,
    axes,
)


def among(axis: int, *values: float, **bounds: float) -> AxisCondition:
    return AxisCondition(attribute_id=axis, values=list(values), **bounds)


def said(rule: Rule, selection: dict[int, int]) -> list[str]:
    grammar = compile_grammar([rule], axes())
    return [each.text for each in check_combination(grammar, selection, WORDS)]


NO_WHITE_XXL = ForbidRule(
    rule_id="no-white-xxl",
    words="The mill dyes white up to XL.",
    when=[among(SIZE, XXL), among(COLOR, WHITE)],
)


def test_a_violation_names_the_rule_and_what_is_legal_instead() -> None:
    domains = {COLOR: [BLACK, WHITE, NAVY]}
    grammar = compile_grammar([NO_WHITE_XXL], axes(), domains)
    (violation,) = check_combination(grammar, {SIZE: XXL, COLOR: WHITE}, WORDS)
    assert violation.rule_id == "no-white-xxl"
    assert violation.words == "The mill dyes white up to XL."
    assert violation.text == "XXL is not made in White"
    assert violation.attribute_id == COLOR
    assert violation.alternatives == [
        LegalAlternative(BLACK, "Black"),
        LegalAlternative(NAVY, "Navy"),
    ]
    assert check_combination(grammar, {SIZE: XL, COLOR: WHITE}) == []
    assert check_combination(grammar, {SIZE: XXL}) == [], "a colour may still be found"


@pytest.mark.parametrize(
    ("rule", "selection", "text"),
    [
        (
            ForbidRule(rule_id="r", when=[among(SIZE, XXL), among(COLOR, WHITE), among(PACK, 3)]),
            {SIZE: XXL, COLOR: WHITE, PACK: 3},
            "XXL is not made in White and 3",
        ),
        (ForbidRule(rule_id="r", when=[among(SIZE, XXL)]), {SIZE: XXL}, "XXL is not made"),
        (
            ImplyRule(rule_id="r", when=[among(SIZE, XXL)], then=among(COLOR, BLACK, NAVY)),
            {SIZE: XXL, COLOR: WHITE},
            "XXL is only made in Black or Navy",
        ),
        (
            ImplyRule(rule_id="r", when=[among(SIZE, XXL)], then=among(COLOR, *range(100, 112))),
            {SIZE: XXL, COLOR: WHITE},
            "XXL is only made in #100, #101, #102, #103, #104, #105, #106, #107 or 4 others",
        ),
        (
            ImplyRule(rule_id="r", when=[among(SIZE, XXL)], then=among(LENGTH, minimum=90.0)),
            {SIZE: XXL, LENGTH: 895},
            "XXL is only made with Length from 90 cm",
        ),
        (
            ImplyRule(rule_id="r", when=[among(SIZE, XXL)], then=among(PACK, 4, 2, maximum=3.0)),
            {SIZE: XXL, PACK: 4},
            "XXL is only made in 2 or 4, up to 3",
        ),
        (
            AllowRule(rule_id="r", axes=[SIZE, COLOR], combinations=[[XL, BLACK]]),
            {SIZE: XL, COLOR: WHITE},
            "XL and White are not made together",
        ),
        (
            AllowRule(rule_id="r", axes=[SIZE, COLOR], combinations=[[XL, BLACK]]),
            {SIZE: XXL},
            "XXL is not made",
        ),
        (
            RangeRule(rule_id="r", attribute_id=LENGTH, minimum=10.0, maximum=300.0, step=2.5),
            {LENGTH: 101},
            "Length runs from 10 cm up to 300 cm in steps of 2.5 cm",
        ),
        (
            RangeRule(rule_id="r", attribute_id=PACK, step=6.0, when=[among(COLOR, WHITE)]),
            {PACK: 7, COLOR: WHITE},
            "White: Pack runs in steps of 6",
        ),
    ],
)
def test_a_rule_is_said_in_words(rule: Rule, selection: dict[int, int], text: str) -> None:
    assert check_rules([rule], axes()) == []
    assert said(rule, selection) == [text]


def proposed(rule: Rule, axis: int, value: int) -> list[float]:
    (violation,) = check_combination(compile_grammar([rule], axes()), {axis: value})
    return [each.value for each in violation.alternatives]


def test_the_nearest_numbers_are_proposed() -> None:
    length = RangeRule(rule_id="r", attribute_id=LENGTH, minimum=10.0, maximum=31.0, step=2.5)
    assert proposed(length, LENGTH, 113) == [12.5, 10, 30]
    assert proposed(length, LENGTH, 5) == [10, 30]
    assert proposed(length, LENGTH, 900) == [30, 10]
    assert proposed(RangeRule(rule_id="r", attribute_id=PACK, step=6.0), PACK, 7) == [6, 12]


def test_an_alternative_breaks_nothing_that_holds_now() -> None:
    rules: list[Rule] = [
        NO_WHITE_XXL,
        ForbidRule(rule_id="no-navy-packs", when=[among(PACK, 3), among(COLOR, NAVY)]),
        RangeRule(rule_id="packs", attribute_id=PACK, maximum=2.0),
    ]
    grammar = compile_grammar(rules, axes(), {COLOR: [BLACK, WHITE, NAVY]})
    found = check_combination(grammar, {SIZE: XXL, COLOR: WHITE, PACK: 3}, WORDS)
    assert [each.rule_id for each in found] == ["no-white-xxl", "packs"]
    assert [each.word for each in found[0].alternatives] == ["Black"]
    assert [each.value for each in found[1].alternatives] == [2]


def test_at_most_twenty_alternatives_are_named() -> None:
    grammar = compile_grammar([NO_WHITE_XXL], axes(), {COLOR: range(1000, 2000)})
    (violation,) = check_combination(grammar, {SIZE: XXL, COLOR: WHITE})
    assert len(violation.alternatives) == 20


VALUES = {SIZE: [10, XL, XXL], COLOR: [BLACK, WHITE, NAVY], LENGTH: [0, 5, 10, 25], PACK: [1, 2]}
_PLAIN = {SIZE: 1, COLOR: 1, LENGTH: 10, PACK: 1}


def plain(axis: int, stored: int) -> float:
    return stored / 10 if axis == LENGTH else stored


@st.composite
def conditions(draw: st.DrawFn, axis: int | None = None) -> AxisCondition:
    axis = axis or draw(st.sampled_from(list(VALUES)))
    points = st.lists(st.sampled_from(VALUES[axis]), min_size=1, max_size=3)
    if axis in (LENGTH, PACK) and draw(st.booleans()):
        low, high = sorted(draw(st.tuples(*[st.sampled_from(VALUES[axis])] * 2)))
        values = draw(st.one_of(st.just(list[int]()), points))
        return AxisCondition(
            attribute_id=axis,
            values=[plain(axis, each) for each in values],
            minimum=draw(st.sampled_from([None, plain(axis, low)])),
            maximum=plain(axis, high),
        )
    return AxisCondition(attribute_id=axis, values=[plain(axis, each) for each in draw(points)])


@st.composite
def any_rule(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(["allow", "forbid", "imply", "range"]))
    when = draw(st.lists(conditions(), min_size=1, max_size=3))
    if kind == "forbid":
        return ForbidRule(rule_id="r", when=when)
    if kind == "imply":
        return ImplyRule(rule_id="r", when=when, then=draw(conditions()))
    if kind == "range":
        axis = draw(st.sampled_from([LENGTH, PACK]))
        low, high = sorted(draw(st.tuples(*[st.sampled_from(VALUES[axis])] * 2)))
        return RangeRule(
            rule_id="r",
            attribute_id=axis,
            minimum=draw(st.sampled_from([None, plain(axis, low)])),
            maximum=draw(st.sampled_from([None, plain(axis, high)])),
            step=plain(axis, draw(st.sampled_from([1, 2, 5]))),
            when=draw(st.sampled_from([[], when])),
        )
    over = draw(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=3, unique=True))
    row = st.tuples(*(st.sampled_from(VALUES[axis]) for axis in over))
    rows = draw(st.lists(row, max_size=8))
    return AllowRule(
        rule_id="r",
        axes=over,
        combinations=[
            [plain(axis, each) for axis, each in zip(over, row, strict=True)] for row in rows
        ],
    )


@st.composite
def grammars(draw: st.DrawFn) -> list[Rule]:
    rules = draw(st.lists(any_rule(), max_size=5))
    return [msgspec.structs.replace(rule, rule_id=f"r{n}") for n, rule in enumerate(rules)]


def meets(condition: AxisCondition, selection: Mapping[int, int]) -> bool:
    value = plain(condition.attribute_id, selection[condition.attribute_id])
    if condition.values and value not in condition.values:
        return False
    if condition.minimum is not None and value < condition.minimum:
        return False
    return condition.maximum is None or value <= condition.maximum


def keeps(rule: Rule, selection: Mapping[int, int]) -> bool:
    """A whole selection against a rule, read word by word."""
    if isinstance(rule, AllowRule):
        row = [plain(axis, selection[axis]) for axis in rule.axes]
        return row in rule.combinations
    if not all(meets(each, selection) for each in rule.when):
        return True
    if isinstance(rule, ForbidRule):
        return False
    if isinstance(rule, ImplyRule):
        return meets(rule.then, selection)
    stored, scale = selection[rule.attribute_id], _PLAIN[rule.attribute_id]
    low = None if rule.minimum is None else round(rule.minimum * scale)
    high = None if rule.maximum is None else round(rule.maximum * scale)
    steps = round((rule.step or 1) * scale)
    return (
        (low is None or stored >= low)
        and (high is None or stored <= high)
        and (stored - (low or 0)) % steps == 0
    )


@given(grammars())
def test_the_compiled_grammar_says_what_the_rules_say(rules: list[Rule]) -> None:
    assert check_rules(rules, axes()) == []
    grammar = compile_grammar(rules, axes())
    whole = [dict(zip(VALUES, row, strict=True)) for row in product(*VALUES.values())]
    legal = [each for each in whole if all(keeps(rule, each) for rule in rules)]
    assert list(legal_combinations(grammar, VALUES)) == legal
    for selection in whole:
        broken = [rule.rule_id for rule in rules if not keeps(rule, selection)]
        found = check_combination(grammar, selection)
        assert [each.rule_id for each in found] == broken
        assert is_legal(grammar, selection) == (not broken)
        for violation in found:
            for other in violation.alternatives:
                stored = round(other.value * _PLAIN[violation.attribute_id])
                after = {**selection, violation.attribute_id: stored}
                left = {rule.rule_id for rule in rules if not keeps(rule, after)}
                assert left <= set(broken) - {violation.rule_id}


@given(grammars(), st.data())
def test_a_beginning_is_legal_when_no_single_rule_rules_out_every_end(
    rules: list[Rule], data: st.DataObject
) -> None:
    grammar = compile_grammar(rules, axes())
    begun = data.draw(st.sets(st.sampled_from(list(VALUES)), max_size=3))
    beginning = {axis: data.draw(st.sampled_from(VALUES[axis])) for axis in VALUES if axis in begun}
    assert_words_for_all(grammar, beginning)
    if not is_legal(grammar, beginning):
        rest = {axis: values for axis, values in VALUES.items() if axis not in beginning}
        for row in product(*rest.values()):
            end = {**beginning, **dict(zip(rest, row, strict=True))}
            assert not all(keeps(rule, end) for rule in rules)


def assert_words_for_all(grammar: Any, beginning: dict[int, int]) -> None:
    for violation in check_combination(grammar, beginning):
        assert violation.text
        assert violation.attribute_id in beginning


def test_combinations_are_walked_lazily_and_within_bounds() -> None:
    many = {axis: range(1, 1001) for axis in (SIZE, COLOR, PACK)}
    free = compile_grammar([], axes())
    assert len(list(islice(legal_combinations(free, many), 50))) == 50
    nothing = compile_grammar(
        [ForbidRule(rule_id="r", when=[among(PACK, minimum=0.0)])],
        axes(),
    )
    with pytest.raises(TooManyCombinations):
        list(legal_combinations(nothing, many, max_steps=5_000))
    assert list(legal_combinations(free, {})) == [{}]
    assert list(legal_combinations(free, {SIZE: []})) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (ForbidRule(rule_id="r", when=[]), "invalid_rule"),
        (ImplyRule(rule_id="r", when=[], then=among(SIZE, XL)), "invalid_rule"),
        (ForbidRule(rule_id="r", when=[among(SIZE)]), "invalid_rule"),
        (ForbidRule(rule_id="r", when=[among(99, 1)]), "not_an_axis"),
        (ForbidRule(rule_id="r", when=[among(SIZE, 1.5)]), "wrong_type"),
        (ForbidRule(rule_id="r", when=[among(LENGTH, 1.25)]), "too_precise"),
        (ForbidRule(rule_id="r", when=[among(SIZE, minimum=1.0)]), "invalid_rule"),
        (ForbidRule(rule_id="r", when=[among(LENGTH, minimum=1.25)]), "invalid_rule"),
        (ForbidRule(rule_id="r", when=[among(LENGTH, minimum=2.0, maximum=1.0)]), "invalid_rule"),
        (AllowRule(rule_id="r", axes=[SIZE, SIZE], combinations=[]), "invalid_rule"),
        (AllowRule(rule_id="r", axes=[SIZE, COLOR], combinations=[[XL]]), "invalid_rule"),
        (RangeRule(rule_id="r", attribute_id=LENGTH), "invalid_rule"),
        (RangeRule(rule_id="r", attribute_id=SIZE, minimum=1.0), "invalid_rule"),
        (RangeRule(rule_id="r", attribute_id=LENGTH, step=0.0), "invalid_rule"),
        (RangeRule(rule_id="r", attribute_id=LENGTH, step=0.01), "invalid_rule"),
        (RangeRule(rule_id="r", attribute_id=98, step=1.0), "not_an_axis"),
    ],
)
def test_what_can_be_no_rule_is_named(rule: Rule, code: str) -> None:
    assert [(each.path, each.code) for each in check_rules([rule], axes())] == [("rules[0]", code)]


def test_rules_are_few_and_each_has_a_name_of_its_own() -> None:
    twice = check_rules([NO_WHITE_XXL, NO_WHITE_XXL], axes())
    assert [(each.path, each.code) for each in twice] == [("rules[1].rule_id", "repeated_rule")]
    many = [msgspec.structs.replace(NO_WHITE_XXL, rule_id=f"r{n}") for n in range(MAX_RULES + 1)]
    assert [each.code for each in check_rules(many, axes())] == ["too_long"]


def test_rules_follow_values_that_are_merged() -> None:
    rules: list[Rule] = [
        NO_WHITE_XXL,
        ImplyRule(rule_id="i", when=[among(SIZE, XXL)], then=among(COLOR, NAVY, WHITE)),
        AllowRule(rule_id="a", axes=[COLOR, PACK], combinations=[[NAVY, NAVY], [WHITE, 1]]),
        RangeRule(rule_id="n", attribute_id=PACK, step=2.0, when=[among(COLOR, NAVY)]),
    ]
    merged = with_merged(rules, COLOR, {NAVY}, WHITE)
    assert merged == [
        NO_WHITE_XXL,
        ImplyRule(rule_id="i", when=[among(SIZE, XXL)], then=among(COLOR, WHITE)),
        AllowRule(rule_id="a", axes=[COLOR, PACK], combinations=[[WHITE, NAVY], [WHITE, 1]]),
        RangeRule(rule_id="n", attribute_id=PACK, step=2.0, when=[among(COLOR, WHITE)]),
    ]
    assert values_in(merged, axes()) == {SIZE: {XXL}, COLOR: {WHITE}}
    assert axes_of(rules[3]) == [COLOR, PACK]


def test_rules_are_kept_as_they_are_written() -> None:
    rules: list[Rule] = [NO_WHITE_XXL, RangeRule(rule_id="n", attribute_id=LENGTH, step=2.5)]
    raw = msgspec.json.encode(rules)
    assert msgspec.json.decode(raw, type=list[Rule]) == rules
