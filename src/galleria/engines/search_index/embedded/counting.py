"""Counting what is left: facet values and price bounds.

A facet's own filter does not narrow its own counts (a shopper who ticked "red" still sees how many
are blue), so facets without a filter are counted together, and each filtered one on its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tantivy import Query, Searcher

from galleria.engines.search_index.embedded.documents import facet_path, facet_term, value_of
from galleria.engines.search_index.embedded.queries import PRICES, all_of
from galleria.engines.search_index.embedded.schema import price_field
from galleria.engines.search_index.model import (
    Facet,
    FacetValue,
    PriceBounds,
    SearchQuery,
    facet_value,
)
from galleria.engines.search_index.pool import Budget

# A segment hands on this many values of a facet: counts are exact up to as many distinct values.
_VALUES_A_SEGMENT = 5_000


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


def count_what_is_wanted(
    searcher: Searcher,
    query: SearchQuery,
    always: Sequence[Query],
    filters: Mapping[str, Query],
    budget: Budget,
) -> Counted:
    """The facets and price bounds that `query` wants, those without a filter of their own first.

    What is counted answers every query in `always` (scope, words, page) and the shopper's
    `filters`, by facet code or `PRICES`.
    """
    counted = Counted()
    groups: dict[str | None, list[str]] = {}
    wanted = [*dict.fromkeys(query.facets), *([PRICES] if query.wants_price_bounds else [])]
    for code in wanted:
        groups.setdefault(code if code in filters else None, []).append(code)
    for own, codes in sorted(groups.items(), key=lambda group: group[0] is not None):
        if budget.is_spent:
            counted.is_partial = True
            break
        others = [each for code, each in filters.items() if code != own]
        _count(searcher, query, all_of([*always, *others]), codes, counted)
    return counted


def _count(
    searcher: Searcher, query: SearchQuery, base: Query, codes: Sequence[str], counted: Counted
) -> None:
    answer = searcher.aggregate(base, _request(query, codes))
    for number, code in enumerate(codes):
        if code != PRICES:
            chosen = answer.get(f"chosen{number}", {}).get("buckets", ())
            counted.facets[code] = _facet(query, code, answer[str(number)], chosen)
        else:
            counted.price_bounds = _bounds(answer[str(number)])


def _request(query: SearchQuery, codes: Sequence[str]) -> dict[str, Any]:
    request: dict[str, Any] = {}
    ticked = {each.code: each.any_of for each in query.filters}
    for number, code in enumerate(codes):
        if code == PRICES:
            assert query.currency is not None, "bounds are asked for in a currency"
            request[str(number)] = {"stats": {"field": price_field(query.currency)}}
            continue
        path = facet_path(code)
        request[str(number)] = {
            "terms": {
                "field": path,
                "size": query.facet_values,
                "segment_size": _VALUES_A_SEGMENT,
            }
        }
        if code in ticked:
            terms = sorted({facet_term(value) for value in ticked[code]})
            request[f"chosen{number}"] = {
                "terms": {"field": path, "size": len(terms), "include": terms}
            }
    return request


def _facet(query: SearchQuery, code: str, top: Any, chosen: Sequence[Any]) -> Facet:
    counts = {value_of(each["key"]): each["doc_count"] for each in top["buckets"]}
    counts.update({value_of(each["key"]): each["doc_count"] for each in chosen})
    for each in query.filters:
        if each.code == code:
            for value in each.any_of:
                counts.setdefault(facet_value(value), 0)
    in_order = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return Facet(
        code,
        tuple(FacetValue(value, count) for value, count in in_order),
        top.get("doc_count_error_upper_bound") or 0,
    )


def _bounds(stats: Mapping[str, Any]) -> PriceBounds | None:
    if not stats["count"]:
        return None
    return PriceBounds(int(stats["min"]), int(stats["max"]))
