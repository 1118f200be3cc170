"""Which combinations of values a product's variants have, so that filters hold for one of them.

A shopper who ticks blue and XXL means one shirt. The engine has no documents inside documents, so
a product has a term for each distinct combination of two or three of its axes' values, under a path
of those axes' codes; and where some variants are sold out and others are not, the combinations that
can be had, alone and together, under paths of their own. What axes a product has is its shape:
products of one shape are asked for the same combinations, and there are few shapes in a shop. To
count variants and not only products, combinations of several variants stand there with a number.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from operator import itemgetter
from typing import NamedTuple

from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.naming import SEPARATOR, facet_term, quoted

_JOINT = "|"  # in no quoted code
_TO_BE_HAD = "+"
_MIXED = "~"
_BESIDES = "\x1e"  # in no value


class Shape(NamedTuple):
    """The axes of products, by their quoted codes in order; `is_mixed` when of each of these
    products some variants can be had and others not."""

    axes: tuple[str, ...]
    is_mixed: bool


def shape_of(document: SearchDocument) -> Shape | None:
    """The product's shape; None for a product whose variants have no axes."""
    if not document.variants:
        return None
    axes = tuple(sorted(map(quoted, document.axes)))
    is_mixed = len({each.is_available for each in document.variants}) > 1
    return Shape(axes, is_mixed) if axes else None


def shape_term(scope: str, shape: Shape) -> str:
    """The shape as a term of its scope."""
    mark = _MIXED if shape.is_mixed else ""
    return f"{scope}{SEPARATOR}{mark}{_JOINT.join(shape.axes)}"


def shape_in(term: str) -> Shape:
    """The shape that `shape_term` made a term of."""
    text = term.rpartition(SEPARATOR)[2]
    return Shape(tuple(text.removeprefix(_MIXED).split(_JOINT)), text.startswith(_MIXED))


def combined_code(axes: Sequence[str], *, to_be_had: bool) -> str:
    """Under which step of a path the combinations of these axes stand."""
    return f"{_TO_BE_HAD if to_be_had else ''}{_JOINT.join(axes)}"


def combined_term(values: Sequence[str]) -> str:
    """A combination of values as a term, in the order of their axes."""
    return "=" + SEPARATOR.join(facet_term(value)[1:] for value in values)


class Combined(NamedTuple):
    """All combinations that a product's variants have, and those that several of them have, each
    with how many besides the first; by the steps of their paths. One axis alone is among the first
    only where it is held to what can be had, since elsewhere its facet says the same."""

    distinct: dict[str, list[str]]
    further: dict[str, list[str]]


def combined(document: SearchDocument) -> Combined:
    """The combinations of the product's variants; none when they have no axes."""
    found = Combined({}, {})
    shape = shape_of(document)
    if shape is None:
        return found
    codes = {quoted(code): code for code in document.axes}
    own = [codes[axis] for axis in shape.axes]
    rows = [[each.values[code] for code in own] for each in document.variants]
    there = [row for row, each in zip(rows, document.variants, strict=True) if each.is_available]
    for places in _subsets(range(len(own))):
        axes = [shape.axes[at] for at in places]
        _tally(found, axes, rows, places, to_be_had=False)
        if shape.is_mixed:
            _tally(found, axes, there, places, to_be_had=True)
    return found


def _tally(
    found: Combined,
    axes: Sequence[str],
    rows: Sequence[Sequence[str]],
    places: Sequence[int],
    *,
    to_be_had: bool,
) -> None:
    step = combined_code(axes, to_be_had=to_be_had)
    if len(places) == 1:
        (at,) = places
        tally = Counter((row[at],) for row in rows)
    else:
        tally = Counter(map(itemgetter(*places), rows))
    terms: Counter[str] = Counter()
    for values, count in tally.items():
        terms[combined_term(values)] += count
    if len(places) > 1 or to_be_had:
        found.distinct[step] = list(terms)
    further = [f"{each}{_BESIDES}{count - 1}" for each, count in terms.items() if count > 1]
    if further:
        found.further[step] = further


def further_in(term: str) -> tuple[str, int]:
    """The combination's term, and how many variants of a product have it besides the first."""
    combination, _, count = term.rpartition(_BESIDES)
    return combination, int(count)


def _subsets(places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for size in range(1, len(places) + 1):
        yield from combinations(places, size)
