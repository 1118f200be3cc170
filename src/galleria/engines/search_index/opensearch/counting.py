"""Counting what is left: values of facets, bounds of prices and numbers, variants.

A facet's own filter does not narrow its own counts, so there is a question for each filter that is
left out; all that leaves nothing out is counted with the hits. The questions travel together.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from galleria.engines.search_index.model import (
    AVAILABLE,
    TRAITS,
    Facet,
    FacetFilter,
    FacetValue,
    NumberBounds,
    PriceBounds,
    SearchQuery,
    facet_value,
)
from galleria.engines.search_index.naming import SEPARATOR, quoted, trait_of, value_of
from galleria.engines.search_index.opensearch.clauses import (
    EVERYTHING,
    VALUES_A_PART,
    Clause,
    all_of,
    none_of,
    term,
    values_aggregation,
)
from galleria.engines.search_index.opensearch.narrowing import THERE, Narrowing
from galleria.engines.search_index.opensearch.schema import (
    facet_field,
    number_field,
    number_in,
    price_field,
    said_of,
    value_token,
)

Aggregations = dict[str, Clause]
_WITHOUT_AXES = none_of([{"exists": {"field": "axes"}}])


class Piece(NamedTuple):
    """A question of its own: what narrows it besides page and words, and what it counts."""

    filters: list[Clause]
    counts: Aggregations


class Counted(NamedTuple):
    """What was counted; partial when something was not, for want of time."""

    facets: tuple[Facet, ...]
    price_bounds: PriceBounds | None
    numbers: tuple[NumberBounds, ...]
    variants: int | None
    is_partial: bool


class Counting:
    """What one question wants counted."""

    def __init__(self, query: SearchQuery, narrowing: Narrowing) -> None:
        self._query = query
        self._narrowing = narrowing
        self._codes = list(dict.fromkeys(query.facets))
        self._bounds_of = list(dict.fromkeys(query.bounds_of))
        self._filters = narrowing.without(None)

    def with_hits(self) -> Aggregations:
        """What is counted among the hits themselves."""
        counts: Aggregations = {}
        for code in self._codes:
            if code not in self._filters:
                counts[_facet_name(code)] = {"filter": EVERYTHING, "aggs": self._facet_of(code)}
        for code in self._bounds_of:
            if not self._narrowing.has_range(code):
                counts |= self._number_bounds(code)
        if self._query.wants_price_bounds and not self._narrowing.has_prices:
            counts |= self._price_bounds()
        if self._query.counts_variants:
            counts |= self._variants(self._filters)
        return counts

    @cached_property
    def pieces(self) -> dict[str, Piece]:
        """The questions that leave a filter out."""
        found: dict[str, Piece] = {}
        narrowing = self._narrowing
        for code in self._codes:
            if code in self._filters:
                filters = narrowing.clauses(narrowing.without(code))
                found[_facet_name(code)] = Piece(filters, self._facet_of(code))
        for code in self._bounds_of:
            if narrowing.has_range(code):
                filters = narrowing.clauses(self._filters, without_range=code)
                found[_number_name(code)] = Piece(filters, self._number_bounds(code))
        if self._query.wants_price_bounds and narrowing.has_prices:
            filters = narrowing.clauses(self._filters, with_prices=False)
            found["prices"] = Piece(filters, self._price_bounds())
        return found

    def read(self, counted: Mapping[str, Mapping[str, Any] | None]) -> Counted:
        """What the cluster counted, by the names of the pieces; the hits' own under "hits"."""
        facets, numbers = [], []
        with_hits = counted["hits"]
        is_partial = any(each is None for each in counted.values())
        for code in self._codes:
            name = _facet_name(code)
            if name in counted:
                found = counted[name]
            else:
                found = with_hits[name] if with_hits is not None else None
            if found is not None:
                facets.append(self._facet(code, self._part_of(code, found)))
        for code in self._bounds_of:
            found = counted.get(_number_name(code), with_hits)
            bounds = _bounds_in(code, found) if found is not None else None
            numbers += [bounds] if bounds else []
        prices = counted.get("prices", with_hits)
        variants = None
        if self._query.counts_variants and with_hits is not None:
            variants = _variants_in(with_hits)
        return Counted(
            tuple(facets), _prices_in(prices or {}), tuple(numbers), variants, is_partial
        )

    def _looks_inside(self, code: str) -> bool:
        """Variants decide what the facet counts, or are counted themselves."""
        if self._narrowing.is_split(code):
            return True
        return self._query.counts_variants and (code == AVAILABLE or code[0] != "@")

    def _facet_of(self, code: str) -> Aggregations:
        """What is counted for a facet, its own filter left out."""
        others = self._narrowing.without(code)
        if code == AVAILABLE and self._looks_inside(code):
            there = all_of(self._narrowing.clauses({**others, AVAILABLE: THERE}))
            return {
                "there": {"filter": there, "aggs": self._variants({**others, AVAILABLE: THERE})},
                "all": {"filter": EVERYTHING, "aggs": self._variants(others)},
            }
        if not self._looks_inside(code):
            counts = {"all": self._values(code)}
            chosen = self._chosen(code)
            if chosen:
                tokens = [value_token(self._narrowing.tenant_id, code, each) for each in chosen]
                late = values_aggregation(facet_field(code), len(tokens), only=tokens)
                counts["chosen"] = late | self._inside(others)
            return counts
        is_axis = term("variants.axes", quoted(code))
        meant = {"bool": {"filter": [is_axis, self._narrowing.variant(others)]}}
        inner = values_aggregation("variants.values", VALUES_A_PART, prefix=self._said_of(code))
        inner["terms"]["order"] = {"products": "desc"}
        inner["aggs"] = {"products": {"reverse_nested": {}}}
        return {
            "whole": {
                "filter": none_of([term("axes", quoted(code))]),
                "aggs": {"values": self._values(code, VALUES_A_PART)},
            },
            # Only inside products that have the axis: it is most often none at all.
            "axis": {
                "filter": term("axes", quoted(code)),
                "aggs": {
                    "variants": {
                        "nested": {"path": "variants"},
                        "aggs": {"meant": {"filter": meant, "aggs": {"values": inner}}},
                    }
                },
            },
        }

    def _values(self, code: str, size: int | None = None) -> Clause:
        prefix = None if code == TRAITS else self._said_of(code)
        found = values_aggregation(
            facet_field(code), size or self._query.facet_values, prefix=prefix
        )
        return found | self._inside(self._narrowing.without(code))

    def _inside(self, filters: Mapping[str, FacetFilter]) -> Clause:
        counts = self._variants(filters)
        return {"aggs": counts} if counts else {}

    def _variants(self, filters: Mapping[str, FacetFilter]) -> Aggregations:
        """How many variants the filters mean: those inside products, and those of products whose
        variants have nothing to tell them apart."""
        if not self._query.counts_variants:
            return {}
        offers = "offers_there" if self._narrowing.is_only_there(filters) else "offers"
        meant = {"meant": {"filter": self._narrowing.variant(filters)}}
        return {
            "inside": {"nested": {"path": "variants"}, "aggs": meant},
            "alike": {"filter": _WITHOUT_AXES, "aggs": {"offers": {"sum": {"field": offers}}}},
        }

    def _number_bounds(self, code: str) -> Aggregations:
        """The first and the last of the numbers, as they sort."""
        ends = {}
        for end in ("asc", "desc"):
            asked = values_aggregation(number_field(code), 1, prefix=self._said_of(code))
            asked["terms"]["order"] = {"_key": end}
            ends[f"{_number_name(code)}:{end}"] = asked
        return ends

    def _price_bounds(self) -> Aggregations:
        assert self._query.currency is not None, "bounds are asked for in a currency"
        return {"prices": {"stats": {"field": price_field(self._query.currency)}}}

    def _said_of(self, code: str) -> str:
        return said_of(self._narrowing.tenant_id, code)

    def _chosen(self, code: str) -> list[str]:
        chosen = self._filters.get(code)
        return [facet_value(value) for value in chosen.any_of] if chosen else []

    def _part_of(self, code: str, counted: Mapping[str, Any]) -> "_Part":
        if "there" in counted:
            return _availability(counted)
        if "all" in counted:
            late = _part(counted["chosen"], code) if "chosen" in counted else _Part.empty()
            part = _part(counted["all"], code)
            return _Part(late.counts | part.counts, late.variants | part.variants, part.error)
        whole = _part(counted["whole"]["values"], code)
        meant = counted["axis"]["variants"]["meant"]["values"]
        inside = _part(meant, code)
        return _Part(
            dict(Counter(whole.counts) + Counter(_products(meant))),
            dict(Counter(whole.variants) + Counter(inside.counts)),
            whole.error + inside.error,
        )

    def _facet(self, code: str, part: "_Part") -> Facet:
        in_order = sorted(part.counts.items(), key=_by_count)
        shown = dict(in_order[: self._query.facet_values])
        for value in self._chosen(code):
            shown[value] = part.counts.get(value, 0)
        has_variants = self._query.counts_variants
        return Facet(
            code,
            tuple(
                FacetValue(value, count, part.variants.get(value, 0) if has_variants else None)
                for value, count in sorted(shown.items(), key=_by_count)
            ),
            part.error,
        )


class _Part(NamedTuple):
    """Products by value, variants by value, and how far a count may be from the truth."""

    counts: dict[str, int]
    variants: dict[str, int]
    error: int

    @classmethod
    def empty(cls) -> "_Part":
        return cls({}, {}, 0)


def _by_count(each: tuple[str, int]) -> tuple[int, str]:
    return -each[1], each[0]


def _facet_name(code: str) -> str:
    return "facet:" + quoted(code)


def _number_name(code: str) -> str:
    return "number:" + quoted(code)


def _buckets(found: Mapping[str, Any], code: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in found["buckets"]:
        said = each["key"].rpartition(SEPARATOR)[2]
        yield (trait_of(each["key"]) if code == TRAITS else value_of(said)), each


def _part(found: Mapping[str, Any], code: str) -> _Part:
    counts = {value: each["doc_count"] for value, each in _buckets(found, code)}
    variants = {
        value: _variants_in(each) for value, each in _buckets(found, code) if "alike" in each
    }
    return _Part(counts, variants, max(0, found.get("doc_count_error_upper_bound", 0)))


def _products(found: Mapping[str, Any]) -> dict[str, int]:
    return {value: each["products"]["doc_count"] for value, each in _buckets(found, "")}


def _variants_in(counted: Mapping[str, Any]) -> int:
    return int(counted["inside"]["meant"]["doc_count"] + counted["alike"]["offers"]["value"])


def _availability(counted: Mapping[str, Any]) -> _Part:
    """Products with a variant that the filters mean and that can be had, and those without."""
    there, everything = counted["there"], counted["all"]
    counts = {
        "true": there["doc_count"],
        "false": everything["doc_count"] - there["doc_count"],
    }
    variants = {}
    if "alike" in there:
        yes = _variants_in(there)
        variants = {"true": yes, "false": _variants_in(everything) - yes}
    return _Part({value: n for value, n in counts.items() if n}, variants, 0)


def _bounds_in(code: str, counted: Mapping[str, Any]) -> NumberBounds | None:
    ends: list[float] = []
    for end in ("asc", "desc"):
        buckets: Sequence[Mapping[str, Any]] = counted[f"{_number_name(code)}:{end}"]["buckets"]
        ends += [number_in(each["key"]) for each in buckets]
    return NumberBounds(code, *ends) if ends else None


def _prices_in(counted: Mapping[str, Any]) -> PriceBounds | None:
    stats = counted.get("prices")
    if not stats or not stats["count"]:
        return None
    return PriceBounds(int(stats["min"]), int(stats["max"]))
