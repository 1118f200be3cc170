"""How many variants there are of what was found, in all and by the values of a facet.

A product stands in the index once, whatever its variants. Those of a shape that the filters fall on
are counted by their combinations: each product once for a combination that it has, and the
variants besides the first that share it; of all others every variant is meant.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tantivy import Query, Searcher

from galleria.engines.search_index.combining import combined_code, further_in
from galleria.engines.search_index.embedded.clauses import all_but, all_of
from galleria.engines.search_index.embedded.narrowing import (
    Group,
    Narrowing,
    shapes_query,
    values_by_axis,
)
from galleria.engines.search_index.model import AVAILABLE, FacetFilter, facet_value
from galleria.engines.search_index.naming import SEPARATOR, facet_path, quoted, value_of

# Of so many different combinations, and values, a part of the index tells.
_MOST = 20_000
_SPECIAL = re.compile(r"[.*+?()\[\]{}|^$\\\\/&~#@<>\"-]")
_THERE = FacetFilter(AVAILABLE, ("true",))

Filters = Mapping[str, FacetFilter]


class VariantCounting:
    """Counts of variants for one question."""

    def __init__(self, searcher: Searcher, narrowing: Narrowing) -> None:
        self._searcher = searcher
        self._narrowing = narrowing

    def total(self, base: Sequence[Query], filters: Filters) -> int:
        """How many variants the products have that answer `base`, as the filters mean them."""
        return self._counts(base, None, filters)[""]

    def by_value(self, base: Sequence[Query], code: str, others: Filters) -> Counter[str]:
        """The same by the values of a facet, whose own filter is not among the others."""
        if code != AVAILABLE:
            return self._counts(base, code, others)
        there = {**others, AVAILABLE: _THERE}
        yes = self.total([*base, *self._narrowing.queries(there)], there)
        return Counter({"true": yes, "false": self.total(base, others) - yes})

    def _counts(self, base: Sequence[Query], code: str | None, filters: Filters) -> Counter[str]:
        groups = self._narrowing.shapes_by_axes(filters, code)
        strict = [term for group in groups for term in group.terms]
        rest = [*base, all_but(shapes_query(strict))] if strict else base
        is_only_there = self._narrowing.is_only_there(filters)
        counts = self._summed(rest, code, "variants_there" if is_only_there else "variants")
        for group in groups:
            among = [*base, shapes_query(group.terms)]
            if group.axes:
                counts.update(self._combined(among, group, code, filters))
            else:
                counts.update(self._summed(among, code, "variants_there"))
        return counts

    def _summed(self, among: Sequence[Query], code: str | None, column: str) -> Counter[str]:
        return self._asked(among, code, {"all": {"sum": {"field": column}}})

    def _combined(
        self, among: Sequence[Query], group: Group, code: str | None, filters: Filters
    ) -> Counter[str]:
        values = values_by_axis(filters)
        step = combined_code(group.axes, to_be_had=group.to_be_had)
        like = "=" + SEPARATOR.join(_any_of(values.get(axis)) for axis in group.axes)
        request = {
            "first": _terms(f"facets.{step}", like),
            "further": _terms(f"further.{step}", like + "\x1e[0-9]+"),
        }
        if code is None or quoted(code) not in group.axes:
            return self._asked(among, code, request)
        found = self._searcher.aggregate(all_of(among), request)
        at = group.axes.index(quoted(code))
        counts: Counter[str] = Counter()
        for combination, count in _tallied(found):
            counts[combination.split(SEPARATOR)[at].removeprefix("=")] += count
        return counts

    def _asked(
        self, among: Sequence[Query], code: str | None, request: dict[str, Any]
    ) -> Counter[str]:
        """What `request` counts in all, or by the values of a facet."""
        if code is None:
            return Counter({"": _sum_of(self._searcher.aggregate(all_of(among), request))})
        by_value = {"values": {**_terms(facet_path(code)), "aggs": request}}
        found = self._searcher.aggregate(all_of(among), by_value)["values"]
        return Counter({value_of(each["key"]): _sum_of(each) for each in found["buckets"]})


def _terms(path: str, like: str | None = None) -> dict[str, Any]:
    terms: dict[str, Any] = {"field": path, "size": _MOST, "segment_size": _MOST}
    if like is not None:
        terms["include"] = like
    return {"terms": terms}


def _sum_of(found: Mapping[str, Any]) -> int:
    if "all" in found:
        return int(found["all"]["value"])
    return sum(count for _, count in _tallied(found))


def _tallied(found: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Combinations with how many variants each bucket tells of."""
    tallied = [(each["key"], each["doc_count"]) for each in found["first"]["buckets"]]
    for each in found["further"]["buckets"]:
        combination, besides = further_in(each["key"])
        tallied.append((combination, besides * each["doc_count"]))
    return tallied


def _any_of(values: Sequence[str] | None) -> str:
    """The expression for any of the values; without values for any value."""
    if not values:
        return "[^\x1e\x1f]*"
    texts = (_SPECIAL.sub(r"\\\g<0>", facet_value(value)) for value in values)
    return f"({'|'.join(texts)})"
