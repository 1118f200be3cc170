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
from typing import NamedTuple

from galleria.engines.search_index.model import SearchDocument, SearchVariant
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


def combined_terms(document: SearchDocument) -> dict[str, list[str]]:
    """All combinations that the product's variants have, by the steps of their paths."""
    shape = shape_of(document)
    if shape is None:
        return {}
    codes = {quoted(code): code for code in document.axes}
    found: dict[str, list[str]] = {}
    for axes in _subsets(shape.axes):
        own = [codes[axis] for axis in axes]
        if len(axes) > 1:
            found[combined_code(axes, to_be_had=False)] = _distinct(document.variants, own)
        if shape.is_mixed:
            there = [each for each in document.variants if each.is_available]
            found[combined_code(axes, to_be_had=True)] = _distinct(there, own)
    return found


def further_terms(document: SearchDocument) -> dict[str, list[str]]:
    """The combinations, of one axis too, that several of the product's variants have, each with how
    many besides the first, by the steps of their paths."""
    shape = shape_of(document)
    if shape is None:
        return {}
    codes = {quoted(code): code for code in document.axes}
    there = [each for each in document.variants if each.is_available]
    found: dict[str, list[str]] = {}
    for axes in _subsets(shape.axes):
        own = [codes[axis] for axis in axes]
        found[combined_code(axes, to_be_had=False)] = _further(document.variants, own)
        if shape.is_mixed:
            found[combined_code(axes, to_be_had=True)] = _further(there, own)
    return {step: terms for step, terms in found.items() if terms}


def further_in(term: str) -> tuple[str, int]:
    """The combination's term, and how many variants of a product have it besides the first."""
    combination, _, count = term.rpartition(_BESIDES)
    return combination, int(count)


def _further(variants: Sequence[SearchVariant], codes: Sequence[str]) -> list[str]:
    tally = Counter(combined_term([each.values[code] for code in codes]) for each in variants)
    return [f"{each}{_BESIDES}{count - 1}" for each, count in tally.items() if count > 1]


def _subsets(axes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(axes) + 1):
        yield from combinations(axes, size)


def _distinct(variants: Sequence[SearchVariant], codes: Sequence[str]) -> list[str]:
    values = dict.fromkeys(tuple(each.values[code] for code in codes) for each in variants)
    return list(dict.fromkeys(map(combined_term, values)))
