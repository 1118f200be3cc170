"""The facets that tell of what kind the found products are; see `search_index.kinds`."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from tantivy import Query, Searcher

from galleria.engines.search_index.kinds import MOST_TRAITS, lift_of
from galleria.engines.search_index.naming import TRAIT_FIELD, trait_of
from galleria.engines.search_index.preparing import trait_number

Buckets: TypeAlias = Sequence[dict[str, Any]]


def traits_wanted() -> dict[str, Any]:
    """The engine's request for the facets that products have."""
    return {"terms": {"field": TRAIT_FIELD, "size": MOST_TRAITS, "segment_size": 5_000}}


def traits_of(searcher: Searcher, found: Query) -> Buckets:
    """The facets that the found products have."""
    answer: Any = searcher.aggregate(found, {TRAIT_FIELD: traits_wanted()})
    return answer[TRAIT_FIELD]["buckets"]  # type: ignore[no-any-return]


def trait_lifts(searcher: Searcher, scope: str, traits: Buckets, total: int) -> dict[int, float]:
    """`kinds.lift_of` each facet, by the facet's number, of `total` products that have these."""
    everything = searcher.doc_freq("scope", scope)
    lifts: dict[int, float] = {}
    for bucket in traits:
        usual = searcher.doc_freq(TRAIT_FIELD, bucket["key"])
        lift = lift_of(bucket["doc_count"], total, usual, everything)
        if lift is not None:
            lifts[trait_number(trait_of(bucket["key"]))] = lift
    return lifts
