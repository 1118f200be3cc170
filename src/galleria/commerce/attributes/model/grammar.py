"""The grammar of a product type: which combinations of its axes are legal, and why one is not.

A selection is {attribute_id: value}: a value's id, or a number as it is stored. It may be partial:
a rule about an axis that is not chosen yet breaks only when no choice could keep it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TypeAlias

import msgspec

from galleria.commerce.attributes.errors import TooManyCombinations
from galleria.commerce.attributes.model.attributes import NUMBERS, Attribute
from galleria.commerce.attributes.model.rules import (
    AllowRule,
    AxisCondition,
    ForbidRule,
    ImplyRule,
    RangeRule,
    Rule,
    point_of,
    points_of,
)
from galleria.commerce.attributes.model.units import scaled, unscaled, written

Selection: TypeAlias = Mapping[int, int]

MAX_ALTERNATIVES = 20
# Looking for alternatives among more values than this would take milliseconds a violation.
_MOST_LOOKED_AT = 2_000
_MOST_NAMED = 8  # in one sentence
MAX_STEPS = 1_000_000  # a second or two


class LegalAlternative(msgspec.Struct, frozen=True):
    """What would be legal instead: a value's id or a number in its unit, and how it reads."""

    value: int | float
    word: str


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a selection breaks.

    `words` is what the merchant says about the rule, `text` what the rule says about this
    selection. `alternatives` for `attribute_id`, all else staying, would keep this rule and break
    no other that is kept now; at most 20.
    """

    rule_id: str
    words: str
    text: str
    attribute_id: int
    alternatives: list[LegalAlternative]


@dataclass(frozen=True, slots=True)
class _Match:
    """A condition, compiled: numbers as they are stored."""

    axis: int
    values: frozenset[int] | None
    low: int | None
    high: int | None

    def admits(self, value: int) -> bool:
        return (
            (self.values is None or value in self.values)
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )

    def holds(self, selection: Selection) -> bool:
        value = selection.get(self.axis)
        return value is not None and self.admits(value)


class _Compiled(Protocol):
    """A rule in the form in which it is checked."""

    @property
    def rule(self) -> Rule: ...
    @property
    def axis(self) -> int:
        """The axis whose choice is to blame."""

    @property
    def when(self) -> Sequence[_Match]: ...

    def is_broken(self, selection: Selection) -> bool:
        """Whether no choice of the axes that are open could keep the rule."""


@dataclass(frozen=True, slots=True)
class _Allow:
    rule: AllowRule
    axis: int
    axes: tuple[int, ...]
    rows: frozenset[tuple[int, ...]]
    when: Sequence[_Match] = ()
    # The rows as far as some of the axes are concerned, by which of them; at most 2**8.
    projections: dict[tuple[int, ...], frozenset[tuple[int, ...]]] = field(default_factory=dict)

    def is_broken(self, selection: Selection) -> bool:
        places = tuple(place for place, axis in enumerate(self.axes) if axis in selection)
        rows = self.projections.get(places)
        if rows is None:
            rows = frozenset(tuple(row[place] for place in places) for row in self.rows)
            self.projections[places] = rows
        return bool(places) and tuple(selection[self.axes[place]] for place in places) not in rows


@dataclass(frozen=True, slots=True)
class _Forbid:
    rule: ForbidRule
    axis: int
    when: Sequence[_Match]

    def is_broken(self, selection: Selection) -> bool:
        return all(match.holds(selection) for match in self.when)


@dataclass(frozen=True, slots=True)
class _Imply:
    rule: ImplyRule
    axis: int
    when: Sequence[_Match]
    then: _Match

    def is_broken(self, selection: Selection) -> bool:
        value = selection.get(self.axis)
        if value is None or self.then.admits(value):
            return False
        return all(match.holds(selection) for match in self.when)


@dataclass(frozen=True, slots=True)
class _Range:
    rule: RangeRule
    axis: int
    when: Sequence[_Match]
    low: int | None
    high: int | None
    step: int | None

    def is_broken(self, selection: Selection) -> bool:
        value = selection.get(self.axis)
        if value is None or self.admits(value):
            return False
        return all(match.holds(selection) for match in self.when)

    def admits(self, value: int) -> bool:
        if self.low is not None and value < self.low:
            return False
        if self.high is not None and value > self.high:
            return False
        return self.step is None or (value - (self.low or 0)) % self.step == 0

    def near(self, value: int) -> list[int]:
        """The legal numbers closest to `value` on either side."""
        step, low = self.step or 1, self.low or 0
        below = low + (value - low) // step * step
        around = [below, below + step, self.low, self.high]
        if self.high is not None:
            around.append(low + (self.high - low) // step * step)
        return [each for each in around if each is not None and self.admits(each)]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Rules, compiled for one product type. Made by `compile_grammar`."""

    attributes: Mapping[int, Attribute]
    domains: Mapping[int, Sequence[int]]
    rules: Sequence[_Compiled]
    places: Mapping[str, int]
    by_point: Mapping[tuple[int, int], Sequence[_Compiled]]
    """Rules that cannot break unless this axis has this value."""
    always: Sequence[_Compiled]


def compile_grammar(
    rules: Iterable[Rule],
    attributes: Mapping[int, Attribute],
    domains: Mapping[int, Sequence[int]] | None = None,
) -> Grammar:
    """The rules in the form in which they are checked, some 300,000 selections a second.

    Args:
        rules: such as `check_rules` has nothing to say against.
        attributes: the axes.
        domains: the values to propose for an axis; by default those that the rules name.
    """
    compiled = [_compile(rule, attributes) for rule in rules]
    by_point: dict[tuple[int, int], list[_Compiled]] = {}
    always: list[_Compiled] = []
    named: dict[int, dict[int, None]] = {}
    for each in compiled:
        trigger = next((match for match in each.when if match.values is not None), None)
        if trigger is None or trigger.values is None:
            always.append(each)
        else:
            for value in trigger.values:
                by_point.setdefault((trigger.axis, value), []).append(each)
        for axis, point in points_of(each.rule):
            named.setdefault(axis, {})[point_of(attributes[axis], point)] = None
    proposed = {axis: sorted(values) for axis, values in named.items()}
    places = {each.rule.rule_id: place for place, each in enumerate(compiled)}
    return Grammar(attributes, {**proposed, **(domains or {})}, compiled, places, by_point, always)


def _compile(rule: Rule, attributes: Mapping[int, Attribute]) -> _Compiled:
    def match(condition: AxisCondition) -> _Match:
        axis = attributes[condition.attribute_id]
        values = frozenset(point_of(axis, each) for each in condition.values)
        low, high = _end(axis, condition.minimum), _end(axis, condition.maximum)
        return _Match(axis.attribute_id, values or None, low, high)

    if isinstance(rule, AllowRule):
        axes = [attributes[axis] for axis in rule.axes]
        rows = frozenset(
            tuple(point_of(axis, point) for axis, point in zip(axes, row, strict=True))
            for row in rule.combinations
        )
        return _Allow(rule, rule.axes[-1], tuple(rule.axes), rows)
    when = tuple(match(each) for each in rule.when)
    if isinstance(rule, ForbidRule):
        return _Forbid(rule, when[-1].axis, when)
    if isinstance(rule, ImplyRule):
        return _Imply(rule, rule.then.attribute_id, when, match(rule.then))
    axis = attributes[rule.attribute_id]
    low, high, step = (_end(axis, each) for each in (rule.minimum, rule.maximum, rule.step))
    return _Range(rule, rule.attribute_id, when, low, high, step)


def _end(axis: Attribute, number: float | None) -> int | None:
    return None if number is None else scaled(number, axis.decimals)


def is_legal(grammar: Grammar, selection: Selection) -> bool:
    """Whether no rule forbids the selection, as far as it goes."""
    return next(_broken(grammar, selection), None) is None


def _broken(grammar: Grammar, selection: Selection) -> Iterator[_Compiled]:
    for rule in grammar.always:
        if rule.is_broken(selection):
            yield rule
    by_point = grammar.by_point
    for point in selection.items():
        for rule in by_point.get(point, ()):
            if rule.is_broken(selection):
                yield rule


def check_combination(
    grammar: Grammar, selection: Selection, words: Mapping[int, str] | None = None
) -> list[Violation]:
    """The rules that the selection breaks, in their order; empty when it is legal.

    Args:
        grammar: see `compile_grammar`.
        selection: by axis; axes that no rule speaks of may be in it.
        words: how values read, by id.
    """
    broken = list(_broken(grammar, selection))
    if not broken:
        return []
    broken.sort(key=lambda each: grammar.places[each.rule.rule_id])
    speaker = _Speaker(grammar.attributes, words or {})
    return [_violation(grammar, selection, each, broken, speaker) for each in broken]


def _violation(
    grammar: Grammar,
    selection: Selection,
    rule: _Compiled,
    broken: Sequence[_Compiled],
    speaker: "_Speaker",
) -> Violation:
    axis = _blamed(rule, selection)
    # Ids, since comparing two compiled rules compares all that they hold.
    others = {id(each) for each in broken} - {id(rule)}
    return Violation(
        rule_id=rule.rule.rule_id,
        words=rule.rule.words,
        text=speaker.sentence(rule, selection),
        attribute_id=axis,
        alternatives=[
            LegalAlternative(speaker.plain(axis, value), speaker.word(axis, value))
            for value in _alternatives(grammar, selection, axis, others)
        ],
    )


def _blamed(rule: _Compiled, selection: Selection) -> int:
    """The axis to choose anew: the rule's own, or of a partial choice the last one made."""
    if rule.axis in selection or not isinstance(rule, _Allow):
        return rule.axis
    return [axis for axis in rule.axes if axis in selection][-1]


def _alternatives(
    grammar: Grammar, selection: Selection, axis: int, tolerated: Set[int]
) -> list[int]:
    value = selection[axis]
    candidates: Iterable[int] = islice(grammar.domains.get(axis, ()), _MOST_LOOKED_AT)
    if grammar.attributes[axis].kind in NUMBERS:
        near = {
            number
            for rule in grammar.rules
            if isinstance(rule, _Range) and rule.axis == axis
            for number in rule.near(value)
        }
        candidates = sorted({*candidates, *near}, key=lambda each: (abs(each - value), each))

    def is_better(other: int) -> bool:
        broken = _broken(grammar, {**selection, axis: other})
        return all(id(each) in tolerated for each in broken)

    return list(islice(filter(is_better, candidates), MAX_ALTERNATIVES))


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says what a rule says, in the words of the dictionary."""

    attributes: Mapping[int, Attribute]
    words: Mapping[int, str]

    def sentence(self, compiled: _Compiled, selection: Selection) -> str:
        if isinstance(compiled, _Allow):
            chosen = [axis for axis in compiled.axes if axis in selection]
            named = self._joined(self.word(axis, selection[axis]) for axis in chosen)
            return f"{named} are not made together" if len(chosen) > 1 else f"{named} is not made"
        said = [self.word(match.axis, selection[match.axis]) for match in compiled.when]
        if isinstance(compiled, _Imply):
            return f"{self._joined(said)} is only made {self._choice(compiled.then)}"
        if isinstance(compiled, _Range):
            range_text = self._range(compiled)
            return f"{self._joined(said)}: {range_text}" if said else range_text
        first, *others = said
        return (
            f"{first} is not made in {self._joined(others)}" if others else f"{first} is not made"
        )

    def word(self, axis: int, value: int) -> str:
        attribute = self.attributes[axis]
        if attribute.kind in NUMBERS:
            return written(value, attribute.decimals, attribute.unit)
        return self.words.get(value, f"#{value}")

    def plain(self, axis: int, value: int) -> int | float:
        attribute = self.attributes[axis]
        return unscaled(value, attribute.decimals) if attribute.kind in NUMBERS else value

    def _choice(self, match: _Match) -> str:
        bounds = self._bounds(match.axis, match.low, match.high)
        if match.values is None:
            return f"with {self.attributes[match.axis].label} {bounds}"
        words = [self.word(match.axis, each) for each in sorted(match.values)]
        more = len(words) - _MOST_NAMED
        if more > 0:
            words = [*words[:_MOST_NAMED], f"{more} others"]
        *before, last = words
        choice = f"in {', '.join(before)} or {last}" if before else f"in {last}"
        return f"{choice}, {bounds}" if bounds else choice

    def _range(self, compiled: _Range) -> str:
        label = self.attributes[compiled.axis].label
        parts = [f"{label} runs", self._bounds(compiled.axis, compiled.low, compiled.high)]
        if compiled.step is not None:
            parts.append(f"in steps of {self.word(compiled.axis, compiled.step)}")
        return " ".join(part for part in parts if part)

    def _bounds(self, axis: int, low: int | None, high: int | None) -> str:
        parts = []
        if low is not None:
            parts.append(f"from {self.word(axis, low)}")
        if high is not None:
            parts.append(f"up to {self.word(axis, high)}")
        return " ".join(parts)

    @staticmethod
    def _joined(words: Iterable[str]) -> str:
        *before, last = words
        return f"{', '.join(before)} and {last}" if before else last


def legal_combinations(
    grammar: Grammar, choices: Mapping[int, Sequence[int]], max_steps: int = MAX_STEPS
) -> Iterator[dict[int, int]]:
    """Each legal selection of one value for each axis, in the order of `choices`, as asked for.

    A beginning that is illegal is never gone into. Without an axis there is one, the empty one.

    Raises:
        TooManyCombinations: after `max_steps` beginnings; some may have been given by then.
    """
    axes = list(choices)
    selection: dict[int, int] = {}
    open_choices = [iter(choices[axis]) for axis in axes[:1]]
    steps = 0
    if not axes:
        yield {}
    while open_choices:
        axis = axes[len(open_choices) - 1]
        value = next(open_choices[-1], None)
        if value is None:
            open_choices.pop()
            selection.pop(axis, None)
            continue
        steps += 1
        if steps > max_steps:
            raise TooManyCombinations(f"more than {max_steps} beginnings; narrow the choices")
        selection[axis] = value
        if not is_legal(grammar, selection):
            continue
        if len(open_choices) == len(axes):
            yield dict(selection)
        else:
            open_choices.append(iter(choices[axes[len(open_choices)]]))
