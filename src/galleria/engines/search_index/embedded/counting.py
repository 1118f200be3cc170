"""Counting what is left: facet values and price bounds.

A facet's own filter does not narrow its own counts (a shopper who ticked "red" still sees how many
are blue), so facets without a filter are counted together, and each filtered one on its own. Where
a facet and a filter are axes of the same products, what is counted are combinations: of a blue
shirt only the sizes that there are in blue.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from tantivy import Occur, Query, Searcher

from galleria.engines.search_index.embedded.naming import (
    SEPARATOR,
    facet_path,
    facet_term,
    quoted,
    value_of,
)
from galleria.engines.search_index.embedded.narrowing import (
    Group,
    Narrowing,
    shapes_query,
    values_by_axis,
)
from galleria.engines.search_index.embedded.queries import all_of
from galleria.engines.search_index.embedded.schema import price_field
from galleria.engines.search_index.model import (
    AVAILABLE,
    Facet,
    FacetFilter,
    FacetValue,
    PriceBounds,
    SearchQuery,
    facet_value,
)
from galleria.engines.search_index.pool import Budget

# A segment hands on this many values of a facet: counts are exact up to as many distinct values.
_VALUES_A_SEGMENT = 5_000
# Of a facet that is counted in parts, each part hands on this many.
_VALUES_A_PART = 1_000
_PRICES = "prices"
_SPECIAL = re.compile(r"[.*+?()\[\]{}|^$\\\\/&~#@<>\"-]")


def matches(searcher: Searcher, query: Query) -> int:
    """How many documents answer `query`."""
    found: Any = searcher.search(query, 1)
    return int(found.count)


class Counted:
    """What was counted; `is_partial` when the budget was spent before all of it was."""

    def __init__(self) -> None:
        self.facets: dict[str, Facet] = {}
        self.price_bounds: PriceBounds | None = None
        self.is_partial = False


class Counting:
    """Counts for one question."""

    def __init__(
        self,
        searcher: Searcher,
        query: SearchQuery,
        always: Sequence[Query],
        narrowing: Narrowing,
        prices: Sequence[Query],
    ) -> None:
        """Of what answers every query in `always` (scope, words, page), the shopper's filters and
        the price filter, each left aside where it would narrow its own counts."""
        self._searcher = searcher
        self._query = query
        self._always = always
        self._narrowing = narrowing
        self._prices = prices

    def count(self, budget: Budget) -> Counted:
        """The facets and price bounds wanted, those without a filter of their own first."""
        counted = Counted()
        for step in self._steps():
            if budget.is_spent:
                counted.is_partial = True
                break
            step(counted)
        return counted

    def _steps(self) -> Iterator[Callable[[Counted], None]]:
        filters = self._narrowing.without(None)
        together: list[str] = []
        alone: list[str] = []
        for code in dict.fromkeys(self._query.facets):
            is_plain = code not in filters and not self._is_split(code)
            (together if is_plain else alone).append(code)
        if together:
            yield partial(self._together, together)
        if self._query.wants_price_bounds:
            yield self._bounds
        for code in alone:
            yield partial(self._alone, code)

    def _is_split(self, code: str) -> bool:
        """A filter on the same variants, so that combinations are counted."""
        others = self._narrowing.without(code)
        if code == AVAILABLE:
            return bool(self._narrowing.groups({**others, AVAILABLE: _THERE}))
        axis = quoted(code)
        return any(axis in group.axes for group in self._narrowing.groups(others, code))

    def _base(self, without: str | None) -> list[Query]:
        filters = self._narrowing.without(without)
        return [*self._always, *self._narrowing.queries(filters), *self._prices]

    def _together(self, codes: Sequence[str], counted: Counted) -> None:
        request = {
            str(number): _terms(facet_path(code), self._query.facet_values)
            for number, code in enumerate(codes)
        }
        answer = self._searcher.aggregate(all_of(self._base(None)), request)
        for number, code in enumerate(codes):
            found = answer[str(number)]
            self._keep(counted, code, _counts(found), found)

    def _bounds(self, counted: Counted) -> None:
        query = self._query
        assert query.currency is not None, "bounds are asked for in a currency"
        base = [*self._always, *self._narrowing.queries(self._narrowing.without(None))]
        request = {_PRICES: {"stats": {"field": price_field(query.currency)}}}
        counted.price_bounds = _price_bounds(
            self._searcher.aggregate(all_of(base), request)[_PRICES]
        )

    def _alone(self, code: str, counted: Counted) -> None:
        if code == AVAILABLE and self._is_split(code):
            self._availability(counted)
            return
        base = self._base(code)
        others = self._narrowing.without(code)
        axis = quoted(code)
        groups = [g for g in self._narrowing.groups(others, code) if axis in g.axes]
        counts: Counter[str] = Counter()
        error: dict[str, Any] = {}
        strict = [term for group in groups for term in group.terms]
        rest = [*base, _none_of(strict)] if strict else base
        chosen = self._chosen(code)
        for found in self._plain(rest, code, chosen, _VALUES_A_PART if groups else 0):
            counts.update(_counts(found))
            error = error or found
        is_exact = True
        for group in groups:
            there, is_single = self._combined(base, group, code, others)
            counts.update(there)
            is_exact = is_exact and is_single
        if not is_exact:
            counts = self._recount(base, code, counts, others)
        self._keep(counted, code, counts, error)

    def _plain(
        self, base: Sequence[Query], code: str, chosen: Sequence[str], size: int
    ) -> list[dict[str, Any]]:
        """Values of products whose variants need no comparing."""
        path = facet_path(code)
        request = {"all": _terms(path, max(size, self._query.facet_values))}
        if chosen:
            terms = sorted(map(facet_term, chosen))
            request["chosen"] = {"terms": {"field": path, "size": len(terms), "include": terms}}
        answer = self._searcher.aggregate(all_of(base), request)
        known = _counts(answer["all"])
        late = [each for each in answer.get("chosen", {}).get("buckets", ())]
        extra = [each for each in late if value_of(each["key"]) not in known]
        return [answer["all"], {"buckets": extra}]

    def _combined(
        self,
        base: Sequence[Query],
        group: Group,
        code: str,
        others: Mapping[str, FacetFilter],
    ) -> tuple[dict[str, int], bool]:
        """Values of the facet among the combinations that the other filters allow, and whether each
        product is counted once for each: true unless one of them has several values."""
        at = group.axes.index(quoted(code))
        values = values_by_axis(others)
        parts = ["[^\x1f]*" if n == at else _either(values[a]) for n, a in enumerate(group.axes)]
        request = _terms(group.path, _VALUES_A_SEGMENT)
        if len(parts) > 1:
            request["terms"]["include"] = "=" + SEPARATOR.join(parts)
        answer = self._searcher.aggregate(
            all_of([*base, shapes_query(group.terms)]), {"all": request}
        )
        counts: Counter[str] = Counter()
        for bucket in answer["all"]["buckets"]:
            counts[value_of(bucket["key"]).split(SEPARATOR)[at]] += bucket["doc_count"]
        is_single = all(len(values[a]) == 1 for n, a in enumerate(group.axes) if n != at)
        return counts, is_single

    def _recount(
        self,
        base: Sequence[Query],
        code: str,
        at_most: Mapping[str, int],
        others: Mapping[str, FacetFilter],
    ) -> Counter[str]:
        """The exact counts of the commonest values, from what they come to at most."""
        exact: Counter[str] = Counter()
        wanted = self._query.facet_values
        in_order = sorted(at_most.items(), key=lambda each: (-each[1], each[0]))
        for value, most in in_order:
            known = sorted(exact.values(), reverse=True)
            if len(known) >= wanted and known[wanted - 1] >= most:
                break
            exact[value] = self._with_value(base, code, value, others)
        for value in self._chosen(code):
            if value not in exact:
                exact[value] = self._with_value(base, code, value, others)
        return +exact

    def _with_value(
        self, base: Sequence[Query], code: str, value: str, others: Mapping[str, FacetFilter]
    ) -> int:
        also = self._narrowing.queries({**others, code: FacetFilter(code, (value,))})
        return matches(self._searcher, all_of([*base, *also]))

    def _availability(self, counted: Counted) -> None:
        """Products with a variant that the filters mean and that can be had, and those without."""
        base = self._base(AVAILABLE)
        others = self._narrowing.without(AVAILABLE)
        there = self._narrowing.queries({**others, AVAILABLE: _THERE})
        yes = matches(self._searcher, all_of([*base, *there]))
        counts = {"true": yes, "false": matches(self._searcher, all_of(base)) - yes}
        self._keep(counted, AVAILABLE, {each: n for each, n in counts.items() if n}, {})

    def _chosen(self, code: str) -> list[str]:
        chosen = self._narrowing.without(None).get(code)
        return [facet_value(value) for value in chosen.any_of] if chosen else []

    def _keep(
        self, counted: Counted, code: str, counts: Mapping[str, int], found: Mapping[str, Any]
    ) -> None:
        chosen = self._chosen(code)
        in_order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        shown = dict(in_order[: self._query.facet_values])
        for value in chosen:
            shown[value] = counts.get(value, 0)
        in_order = sorted(shown.items(), key=lambda each: (-each[1], each[0]))
        counted.facets[code] = Facet(
            code,
            tuple(FacetValue(value, count) for value, count in in_order),
            found.get("doc_count_error_upper_bound") or 0,
        )


_THERE = FacetFilter(AVAILABLE, ("true",))


def _terms(path: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": path, "size": size, "segment_size": _VALUES_A_SEGMENT}}


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    return {value_of(each["key"]): each["doc_count"] for each in found["buckets"]}


def _either(values: Sequence[str]) -> str:
    escaped = [_SPECIAL.sub(r"\\\g<0>", facet_value(value)) for value in values]
    return f"({'|'.join(escaped)})"


def _none_of(terms: Sequence[str]) -> Query:
    return Query.boolean_query(
        [(Occur.Must, Query.all_query()), (Occur.MustNot, shapes_query(terms))]
    )


def _price_bounds(stats: Mapping[str, Any]) -> PriceBounds | None:
    if not stats["count"]:
        return None
    return PriceBounds(int(stats["min"]), int(stats["max"]))
