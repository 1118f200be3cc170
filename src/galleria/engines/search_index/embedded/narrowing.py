"""What the shopper's filters leave, each product held to one of its variants."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from tantivy import Query, Searcher

from galleria.engines.search_index.combining import (
    Shape,
    combined_code,
    combined_term,
    shape_in,
)
from galleria.engines.search_index.embedded.clauses import (
    all_but,
    all_of,
    any_of,
    any_term,
    either,
    unscored,
)
from galleria.engines.search_index.errors import InvalidSearchQuery
from galleria.engines.search_index.model import AVAILABLE, MAX_COMBINATIONS, FacetFilter
from galleria.engines.search_index.naming import (
    SEPARATOR,
    quoted,
)

# Shops have tens; a product of a further one is held to each filter by itself.
_MOST_SHAPES = 1_000


class Group(NamedTuple):
    """Products whose filters fall on the same axes. `terms` are their shapes; `to_be_had` when only
    variants that can be had count among them."""

    axes: tuple[str, ...]
    to_be_had: bool
    terms: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where these axes' combinations stand."""
        return "facets." + combined_code(self.axes, to_be_had=self.to_be_had)


class Narrowing:
    """The filters of a question, and the shapes of the products they fall on."""

    def __init__(
        self,
        searcher: Searcher,
        scope: str,
        filters: Sequence[FacetFilter],
        *,
        only_there: bool,
        counts_variants: bool = False,
    ) -> None:
        """`only_there`: the page shows only what can be had, whatever the filters say."""
        self._filters = {each.code: each for each in filters}
        self._only_there = only_there
        self._shapes: list[tuple[str, Shape]] = []
        has_axes = any(each[0] != "@" for each in self._filters)
        if has_axes or counts_variants or self.is_only_there(self._filters):
            terms = searcher.terms_with_prefix("shape", scope + SEPARATOR, limit=_MOST_SHAPES)
            self._shapes = [(term, shape_in(term)) for term, _ in terms]

    def without(self, code: str | None) -> dict[str, FacetFilter]:
        """The filters but one."""
        return {each: wanted for each, wanted in self._filters.items() if each != code}

    def queries(self, filters: Mapping[str, FacetFilter]) -> list[Query]:
        """Products that the filters let through.

        Raises:
            InvalidSearchQuery: their values have too many combinations.
        """
        queries = [any_of(each) for each in filters.values()]
        groups = self.groups(filters)
        if groups:
            strict = [term for group in groups for term in group.terms]
            choices = [all_but(shapes_query(strict))]
            choices += [self._held(group, filters) for group in groups]
            queries.append(either(*choices))
        return queries

    def groups(self, filters: Mapping[str, FacetFilter], counted: str | None = None) -> list[Group]:
        """Products in which filters, and the facet that is `counted`, may fall on different
        variants; all others are held to each filter by itself."""
        by_axes = self.shapes_by_axes(filters, counted)
        return [each for each in by_axes if len(each.axes) > 1 or (each.axes and each.to_be_had)]

    def shapes_by_axes(
        self, filters: Mapping[str, FacetFilter], counted: str | None
    ) -> list[Group]:
        """The same, with the products on one of whose axes something falls, and those of whose
        variants only some can be had."""
        asked = {quoted(code) for code in [*filters, *([counted] if counted else [])]}
        found: defaultdict[tuple[tuple[str, ...], bool], list[str]] = defaultdict(list)
        for term, shape in self._shapes:
            axes = tuple(axis for axis in shape.axes if axis in asked)
            to_be_had = shape.is_mixed and self.is_only_there(filters)
            if axes or to_be_had:
                found[axes, to_be_had].append(term)
        return [Group(axes, had, tuple(terms)) for (axes, had), terms in found.items()]

    def is_only_there(self, filters: Mapping[str, FacetFilter]) -> bool:
        """Only what can be had is looked for."""
        wanted = filters.get(AVAILABLE)
        return self._only_there or (wanted is not None and set(wanted.any_of) == {"true"})

    def _held(self, group: Group, filters: Mapping[str, FacetFilter]) -> Query:
        values = values_by_axis(filters)
        chosen = [values[axis] for axis in group.axes]
        if prod(map(len, chosen)) > MAX_COMBINATIONS:
            raise InvalidSearchQuery("these values have too many combinations; choose fewer")
        terms = [combined_term(each) for each in product(*chosen)]
        return all_of([shapes_query(group.terms), unscored(any_term(group.path, terms))])


def values_by_axis(filters: Mapping[str, FacetFilter]) -> dict[str, tuple[str, ...]]:
    """The chosen values by the quoted codes of their facets."""
    return {quoted(code): each.any_of for code, each in filters.items()}


def shapes_query(terms: Iterable[str]) -> Query:
    """Products of these shapes."""
    return unscored(any_term("shape", terms))
