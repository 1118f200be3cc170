"""The panel of filters beside a list: groups of values, a tree of categories, what is ticked."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from galleria.commerce.listings import CategoryNode
from galleria.faces.storefront.pages.browsing.choices import CATEGORY, Choices
from galleria.faces.storefront.pages.browsing.ranges import TypedRange, plain
from galleria.growth.search import FacetShown, RangeShown, ValueShown

FEW_VALUES = 8  # of a group; the others are folded away
FEW_BRANCHES = 10  # of the tree of categories: so many are shown whole


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """From and to of a number in its unit: how far it goes, empty when nothing says, and what was
    typed."""

    unit: str | None
    least: str
    most: str
    typed: TypedRange


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A facet as the panel shows it: `first` at once, `more` folded away, and the `span` of what is
    a number to narrow to a range of."""

    code: str
    label: str
    first: Sequence[ValueShown] = ()
    more: Sequence[ValueShown] = ()
    span: Span | None = None


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A category in the panel. One that lies around a ticked one is not ticked but led back to, by
    `address`. `depth` counts from 0."""

    value: ValueShown
    depth: int
    address: str | None = None


class Chip(msgspec.Struct, frozen=True):
    """Something that narrows the list: of what, which, and the choices and the page without it.

    `name` is what it is called where nothing says of what it is.
    """

    label: str
    value: str
    without: Choices
    address: str
    name: str


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `everything` leads out of the ticked categories, where some are; `carried` is what
    narrows the list, by the names of the address, and no group shows."""

    groups: list[Group]
    branches: list[Branch]
    everything: str | None
    chips: list[Chip]
    carried: list[tuple[str, str]]


def panel_of(
    choices: Choices,
    facets: Sequence[FacetShown],
    ranges: Sequence[RangeShown],
    nodes: Sequence[CategoryNode],
    path: str,
    category: CategoryNode | None,
) -> Panel:
    """The panel for an answer on the page at `path`, of a category or of none."""
    tree = next((each for each in facets if each.code == CATEGORY), None)
    chosen = choices.filters.get(CATEGORY, ())
    names = {node.path: node.name for node in nodes}
    branches: list[Branch] = []
    if tree is not None:
        shown = {each.value: each for each in _with_counts(tree.values)}
        below = f"{category.path}/" if category else ""
        order = [node.path for node in nodes if node.path in shown and node.path.startswith(below)]
        branches = _branches(order, shown, chosen, choices, path)
    spans = _spans(choices, ranges)
    groups = _groups(facets, spans)
    ticked = {CATEGORY, *(each.code for each in groups if each.first)}
    carried = Choices(
        filters={c: v for c, v in choices.filters.items() if c not in ticked},
        ranges={code: each for code, each in choices.ranges.items() if code not in spans},
        sort="newest",
    )
    return Panel(
        groups=groups,
        branches=branches,
        everything=choices.with_values(CATEGORY, ()).address(path) if chosen else None,
        chips=[*_chips(choices, facets, names, path), *_range_chips(choices, ranges, path)],
        carried=carried.pairs(),
    )


def _groups(facets: Sequence[FacetShown], spans: Mapping[str, Group]) -> list[Group]:
    """Numbers first, by their label, so that none moves away while somebody types into it."""
    ticked = {each.code: _group(each) for each in facets if each.code != CATEGORY}
    numbers = [
        msgspec.structs.replace(ticked.get(code, each), span=each.span)
        for code, each in spans.items()
    ]
    others = [each for code, each in ticked.items() if each.first and code not in spans]
    return [*sorted(numbers, key=lambda each: each.label.casefold()), *others]


def _spans(choices: Choices, ranges: Sequence[RangeShown]) -> dict[str, Group]:
    """From and to of the numbers told, by code."""
    return {
        each.code: Group(
            code=each.code,
            label=each.label,
            span=Span(
                unit=each.unit,
                least="" if each.least is None else plain(each.least),
                most="" if each.most is None else plain(each.most),
                typed=choices.ranges.get(each.code, TypedRange()),
            ),
        )
        for each in ranges
    }


def _with_counts(values: Iterable[ValueShown]) -> list[ValueShown]:
    """Values that lead somewhere, and those that are ticked."""
    return [each for each in values if each.count or each.is_chosen]


def _group(facet: FacetShown) -> Group:
    values = _with_counts(facet.values)
    first = [value for at, value in enumerate(values) if at < FEW_VALUES or value.is_chosen]
    more = [value for at, value in enumerate(values) if at >= FEW_VALUES and not value.is_chosen]
    if len(more) == 1:  # a fold for a single line hides nothing
        first, more = [*first, *more], []
    return Group(code=facet.code, label=facet.label, first=first, more=more)


def _branches(
    order: Sequence[str],
    shown: Mapping[str, ValueShown],
    chosen: Sequence[str],
    choices: Choices,
    path: str,
) -> list[Branch]:
    """The tree as far as it is open: below what is ticked, and around it."""
    there = set(order)
    branches: list[Branch] = []
    for each in order:
        around = [step for step in _steps_above(each) if step in there]
        is_open = all(_is_open(step, chosen, order) for step in around)
        if not (is_open or len(order) <= FEW_BRANCHES or each in chosen):
            continue
        address = None
        if any(other.startswith(f"{each}/") for other in chosen):
            address = choices.with_values(CATEGORY, (each,)).address(path)
        branches.append(Branch(value=shown[each], depth=min(len(around), 4), address=address))
    return branches


def _is_open(step: str, chosen: Sequence[str], order: Sequence[str]) -> bool:
    """What lies in it is shown: it is ticked, or lies around what is, or is the only one there."""
    around = step.rpartition("/")[0]
    beside = [each for each in order if each.rpartition("/")[0] == around]
    return step in chosen or any(each.startswith(f"{step}/") for each in chosen) or beside == [step]


def _steps_above(path: str) -> list[str]:
    steps = path.split("/")
    return ["/".join(steps[:depth]) for depth in range(1, len(steps))]


def _chips(
    choices: Choices, facets: Sequence[FacetShown], names: Mapping[str, str], path: str
) -> Iterable[Chip]:
    known = {facet.code: facet for facet in facets}
    for code, values in choices.filters.items():
        facet = known.get(code)
        labels = {each.value: each.label for each in facet.values} if facet else {}
        for value in values:
            label = labels.get(value) or (names.get(value) if code == CATEGORY else None) or value
            without = choices.without_value(code, value)
            group = "" if code == CATEGORY else (facet.label if facet else code)
            yield Chip(group, label, without, without.address(path), label)


def _range_chips(choices: Choices, ranges: Sequence[RangeShown], path: str) -> Iterable[Chip]:
    known = {each.code: each for each in ranges}
    for code, typed in choices.ranges.items():
        if typed.faulty:
            continue
        shown = known.get(code)
        label, unit = (shown.label, shown.unit) if shown else (code, None)
        said = f"{typed.words} {unit}" if unit else typed.words
        without = choices.without_range(code)
        yield Chip(label, said, without, without.address(path), f"{label}: {said}")
