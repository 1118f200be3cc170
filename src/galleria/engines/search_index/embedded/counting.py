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
from typing import Any, NamedTuple

import msgspec
from tantivy import Query

from galleria.engines.search_index.embedded.clauses import all_but, all_of, matches
from galleria.engines.search_index.embedded.kinds import Buckets, traits_wanted
from galleria.engines.search_index.embedded.leaves import LEAVES, LEAVES_SINCE, by_category
from galleria.engines.search_index.embedded.narrowing import (
    Group,
    Narrowing,
    shapes_query,
    values_by_axis,
)
from galleria.engines.search_index.embedded.queries import number_path, price_queries, range_queries
from galleria.engines.search_index.embedded.reader import Snapshot
from galleria.engines.search_index.embedded.sampling import Measured, Sample, Sampler
from galleria.engines.search_index.embedded.schema import price_field
from galleria.engines.search_index.embedded.variants import VariantCounting
from galleria.engines.search_index.model import (
    AVAILABLE,
    CATEGORY,
    TRAITS,
    Facet,
    FacetFilter,
    FacetValue,
    NumberBounds,
    PriceBounds,
    SearchQuery,
    Sort,
    facet_value,
)
from galleria.engines.search_index.naming import (
    SEPARATOR,
    TRAIT_FIELD,
    facet_path,
    facet_term,
    quoted,
    trait_of,
    value_of,
)
from galleria.engines.search_index.pool import Budget

# A segment hands on this many values of a facet: counts are exact up to as many distinct values.
_VALUES_A_SEGMENT = 5_000
_FEW = 10_000  # products: all tell their kind
_PRICES, _NUMBERS = "prices", "numbers"
_SPECIAL = re.compile(r"[.*+?()\[\]{}|^$\\\\/&~#@<>\"-]")


class Counted:
    """What was counted; `is_partial` when the budget was spent before all of it was."""

    def __init__(self) -> None:
        self.facets: dict[str, Facet] = {}
        self.price_bounds: PriceBounds | None = None
        self.numbers: list[NumberBounds] = []
        self.variants: int | None = None
        self.is_partial = False
        # The facets that the found products have; None when they were not counted along.
        self.traits: Buckets | None = None


class Pending(NamedTuple):
    """Counts on their way, with the facets of what was found among them or not."""

    result: Callable[[], Counted]
    counts_traits: bool


class _Part(NamedTuple):
    """Products of a value, among some of all products. `error` as the engine bounds it; counts that
    are not exact are at most."""

    counts: Mapping[str, int]
    error: int
    is_exact: bool = True


class _Base(NamedTuple):
    """What values are counted among, and which sample of it that is."""

    queries: list[Query]
    sample: Sample


class Counting:
    """Counts for one question."""

    def __init__(
        self,
        snapshot: Snapshot,
        query: SearchQuery,
        always: Sequence[Query],
        narrowing: Narrowing,
        sampler: Sampler,
        measured: Measured,
    ) -> None:
        """Of what answers every query in `always` (scope, words, page), the shopper's filters,
        ranges and the price filter, each left aside where it would narrow its own counts. Values
        are counted in a sample and multiplied by its rate, in the one of `measured` where no filter
        is left aside; the lowest and highest are those of all."""
        self._searcher = searcher = snapshot.searcher
        self._has_leaves = snapshot.format >= LEAVES_SINCE
        self._query = query
        self._always = always
        self._narrowing = narrowing
        self._prices = price_queries(query)
        self._sampler = sampler
        self._measured = measured
        self._counts_traits = self._is_to_count_traits()
        self._variants = VariantCounting(searcher, narrowing) if query.counts_variants else None

    def _is_to_count_traits(self) -> bool:
        """To look at each product once for its values and its kind is quicker than twice, unless
        there are so many that a few of them tell the kind."""
        expected, query = self._measured.expected, self._query
        if expected is None or self._measured.sample.level or expected.about > _FEW:
            return False
        return bool(query.ranking.kinds and query.sort is Sort.RELEVANCE and self._plain_facets())

    def begin(self, budget: Budget) -> Pending:
        """`count`, at the same time as what else the question takes."""
        return Pending(budget.aside(partial(self.count, budget)), self._counts_traits)

    def count(self, budget: Budget) -> Counted:
        """The facets and price bounds wanted, those without a filter of their own first."""
        counted = Counted()
        for step in self._steps(budget):
            if budget.is_spent:
                counted.is_partial = True
                break
            step(counted)
        return counted

    def _steps(self, budget: Budget) -> Iterator[Callable[[Counted], None]]:
        together = self._plain_facets()
        if together:
            yield partial(self._together, together)
        if self._query.wants_price_bounds:
            yield self._bounds
        for code in self._query.bounds_of:
            yield partial(self._number_bounds, code)
        for code in dict.fromkeys(self._query.facets):
            if code not in together:
                yield partial(self._alone, code, budget)
        if self._variants is not None:
            yield partial(self._count_variants, self._variants)

    def _plain_facets(self) -> list[str]:
        """Those that are counted together: no filter has a part in them."""
        filters = self._narrowing.without(None)
        codes = dict.fromkeys(self._query.facets)
        return [each for each in codes if each not in filters and not self._is_split(each)]

    def _is_split(self, code: str) -> bool:
        """A filter on the same variants, so that combinations are counted."""
        others = self._narrowing.without(code)
        if code == AVAILABLE:
            return bool(self._narrowing.groups({**others, AVAILABLE: _THERE}))
        axis = quoted(code)
        return any(axis in group.axes for group in self._narrowing.groups(others, code))

    def _base(self, without: str | None) -> _Base:
        queries, sample = [*self._all(without), *self._prices], self._measured.sample
        if without in self._narrowing.without(None):
            sample = self._sampler.sample_for(all_of(queries), self._measured.expected).sample
        return _Base([*queries, *sample.queries], sample)

    def _all(self, without: str | None) -> list[Query]:
        filters = self._narrowing.queries(self._narrowing.without(without))
        return [*self._always, *filters, *self._ranges(without)]

    def _ranges(self, without: str | None) -> list[Query]:
        return range_queries([each for each in self._query.ranges if each.code != without])

    def _together(self, codes: Sequence[str], counted: Counted) -> None:
        request = {str(number): self._values_of(code) for number, code in enumerate(codes)}
        base = self._base(None)
        if self._counts_traits:
            request[TRAIT_FIELD] = traits_wanted()
        answer = self._searcher.aggregate(all_of(base.queries), request)
        if TRAIT_FIELD in answer:
            counted.traits = answer[TRAIT_FIELD]["buckets"]
        for number, code in enumerate(codes):
            found = answer[str(number)]
            counts = _counts(found, code)
            if code == CATEGORY and self._has_leaves:
                if found["sum_other_doc_count"]:
                    self._many_categories(counted, base)
                    continue
                counts = by_category(counts)
            self._keep(counted, code, counts, _error(found), base.sample)

    def _values_of(self, code: str) -> dict[str, Any]:
        if code == CATEGORY and self._has_leaves:
            return _terms(facet_path(LEAVES), _VALUES_A_SEGMENT)
        return _terms(facet_path(code), self._query.facet_values)

    def _many_categories(self, counted: Counted, base: _Base) -> None:
        """There are too many sets of categories, and each is counted by itself."""
        request = {"all": _terms(facet_path(CATEGORY), self._query.facet_values)}
        found = self._searcher.aggregate(all_of(base.queries), request)["all"]
        self._keep(counted, CATEGORY, _counts(found), _error(found), base.sample)

    def _bounds(self, counted: Counted) -> None:
        query = self._query
        assert query.currency is not None, "bounds are asked for in a currency"
        request = {_PRICES: {"stats": {"field": price_field(query.currency)}}}
        counted.price_bounds = _price_bounds(
            self._searcher.aggregate(all_of(self._all(None)), request)[_PRICES]
        )

    def _number_bounds(self, code: str, counted: Counted) -> None:
        request = {_NUMBERS: {"stats": {"field": number_path(code)}}}
        among = all_of([*self._all(code), *self._prices])
        stats = self._searcher.aggregate(among, request)[_NUMBERS]
        if stats["count"]:
            counted.numbers.append(NumberBounds(code, stats["min"], stats["max"]))

    def _alone(self, code: str, budget: Budget, counted: Counted) -> None:
        if code == AVAILABLE and self._is_split(code):
            self._availability(counted)
            return
        base, sample = self._base(code)
        others = self._narrowing.without(code)
        axis = quoted(code)
        groups = [g for g in self._narrowing.groups(others, code) if axis in g.axes]
        parts = [self._plain(base, code, groups)]
        parts += [self._grouped(base, group, code, others) for group in groups]
        counts: Counter[str] = Counter()
        for part in parts:
            counts.update(part.counts)
        if not all(part.is_exact for part in parts):
            counts, is_whole = self._recount(base, code, counts, others, budget)
            counted.is_partial = counted.is_partial or not is_whole
        self._keep(counted, code, counts, sum(part.error for part in parts), sample)

    def _plain(self, base: Sequence[Query], code: str, groups: Sequence[Group]) -> _Part:
        """Values of products whose variants need no comparing: those of no group."""
        strict = [term for group in groups for term in group.terms]
        among = [*base, all_but(shapes_query(strict))] if strict else base
        path = facet_path(code)
        request = {"all": _terms(path, _VALUES_A_SEGMENT if groups else self._query.facet_values)}
        chosen = self._chosen(code)
        if chosen:
            terms = sorted(map(facet_term, chosen))
            request["chosen"] = {"terms": {"field": path, "size": len(terms), "include": terms}}
        answer = self._searcher.aggregate(all_of(among), request)
        late = _counts(answer["chosen"]) if chosen else {}
        return _Part({**late, **_counts(answer["all"])}, _error(answer["all"]))

    def _grouped(
        self, base: Sequence[Query], group: Group, code: str, others: Mapping[str, FacetFilter]
    ) -> _Part:
        """Values of the facet among the combinations that the other filters allow.

        With one value each for the other axes, a product has one combination for each value of the
        facet. With several a product would be counted for each of them, so then it counts for any
        value that it has, which is too many.
        """
        among = all_of([*base, shapes_query(group.terms)])
        values = values_by_axis(others)
        at = group.axes.index(quoted(code))
        is_single = all(len(values[a]) == 1 for n, a in enumerate(group.axes) if n != at)
        if not is_single:
            request = _terms(facet_path(code), _VALUES_A_SEGMENT)
            found = self._searcher.aggregate(among, {"all": request})["all"]
            return _Part(_counts(found), _error(found), is_exact=False)
        request = _terms(group.path, _VALUES_A_SEGMENT)
        if len(group.axes) > 1:
            request["terms"]["include"] = _with_any_at(at, [values.get(a) for a in group.axes])
        found = self._searcher.aggregate(among, {"all": request})["all"]
        counts = {each.split(SEPARATOR)[at]: n for each, n in _counts(found).items()}
        return _Part(counts, _error(found))

    def _recount(
        self,
        base: Sequence[Query],
        code: str,
        at_most: Mapping[str, int],
        others: Mapping[str, FacetFilter],
        budget: Budget,
    ) -> tuple[Counter[str], bool]:
        """The exact counts of the commonest values, from what they come to at most, and of those
        that are chosen; and whether the budget was enough for all of them."""
        exact: Counter[str] = Counter()
        chosen = self._chosen(code)
        in_order = sorted(at_most, key=lambda each: (-at_most[each], each))
        for value in dict.fromkeys([*chosen, *in_order]):
            last = sorted(exact.values(), reverse=True)[self._query.facet_values - 1 :][:1]
            if value not in chosen and last and last[0] >= at_most[value]:
                break
            if budget.is_spent:
                return +exact, False
            exact[value] = self._with_value(base, code, value, others)
        return +exact, True

    def _with_value(
        self, base: Sequence[Query], code: str, value: str, others: Mapping[str, FacetFilter]
    ) -> int:
        also = self._narrowing.queries({**others, code: FacetFilter(code, (value,))})
        return matches(self._searcher, all_of([*base, *also]))

    def _count_variants(self, counting: VariantCounting, counted: Counted) -> None:
        base, sample = self._base(None)
        counted.variants = counting.total(base, self._narrowing.without(None)) * sample.rate
        for code, facet in counted.facets.items():
            if code == TRAITS:
                continue
            base, sample = self._base(code)
            counts = counting.by_value(base, code, self._narrowing.without(code))
            values = [
                msgspec.structs.replace(each, variants=counts[each.value] * sample.rate)
                for each in facet.values
            ]
            counted.facets[code] = msgspec.structs.replace(facet, values=tuple(values))

    def _availability(self, counted: Counted) -> None:
        """Products with a variant that the filters mean and that can be had, and those without."""
        base, sample = self._base(AVAILABLE)
        others = self._narrowing.without(AVAILABLE)
        there = self._narrowing.queries({**others, AVAILABLE: _THERE})
        yes = matches(self._searcher, all_of([*base, *there]))
        counts = {"true": yes, "false": matches(self._searcher, all_of(base)) - yes}
        there_are = {each: n for each, n in counts.items() if n}
        self._keep(counted, AVAILABLE, there_are, 0, sample)

    def _chosen(self, code: str) -> list[str]:
        chosen = self._narrowing.without(None).get(code)
        return [facet_value(value) for value in chosen.any_of] if chosen else []

    def _keep(
        self, counted: Counted, code: str, counts: Mapping[str, int], error: int, sample: Sample
    ) -> None:
        chosen = self._chosen(code)
        in_order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        shown = dict(in_order[: self._query.facet_values])
        for value in chosen:
            shown[value] = counts.get(value, 0)
        in_order = sorted(shown.items(), key=lambda each: (-each[1], each[0]))
        among = sum(counts.values())
        off = max((sample.error_of(count, among) for count in shown.values()), default=0)
        counted.facets[code] = Facet(
            code,
            tuple(FacetValue(value, count * sample.rate) for value, count in in_order),
            error * sample.rate + off,
            is_estimate=bool(sample.level),
        )


_THERE = FacetFilter(AVAILABLE, ("true",))


def _terms(path: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": path, "size": size, "segment_size": _VALUES_A_SEGMENT}}


def _counts(found: Mapping[str, Any], code: str = "") -> dict[str, int]:
    said = trait_of if code == TRAITS else value_of
    return {said(each["key"]): each["doc_count"] for each in found["buckets"]}


def _error(found: Mapping[str, Any]) -> int:
    return found.get("doc_count_error_upper_bound") or 0


def _with_any_at(at: int, values: Sequence[Sequence[str] | None]) -> str:
    """The expression for combinations with any value at `at`, and the one value elsewhere."""
    parts = [
        "[^\x1f]*" if n == at or not each else _SPECIAL.sub(r"\\\g<0>", facet_value(each[0]))
        for n, each in enumerate(values)
    ]
    return "=" + SEPARATOR.join(parts)


def _price_bounds(stats: Mapping[str, Any]) -> PriceBounds | None:
    if not stats["count"]:
        return None
    return PriceBounds(int(stats["min"]), int(stats["max"]))
