"""The facets that tell of what kind the found products are; see `search_index.kinds`."""

from typing import Any

from tantivy import Query, Searcher

from galleria.engines.search_index.kinds import LEAST_FOUND, MOST_TRAITS, lift_of
from galleria.engines.search_index.naming import TRAIT_FIELD, trait_of
from galleria.engines.search_index.preparing import trait_number


def trait_lifts(searcher: Searcher, scope: str, found: Query, total: int) -> dict[int, float]:
    """`kinds.lift_of` each facet, by the facet's number. Empty when too few were found to tell."""
    if total < LEAST_FOUND:
        return {}
    request = {"terms": {"field": TRAIT_FIELD, "size": MOST_TRAITS, "segment_size": 5_000}}
    answer: Any = searcher.aggregate(found, {TRAIT_FIELD: request})
    everything = searcher.doc_freq("scope", scope)
    lifts: dict[int, float] = {}
    for bucket in answer[TRAIT_FIELD]["buckets"]:
        usual = searcher.doc_freq(TRAIT_FIELD, bucket["key"])
        lift = lift_of(bucket["doc_count"], total, usual, everything)
        if lift is not None:
            lifts[trait_number(trait_of(bucket["key"]))] = lift
    return lifts
