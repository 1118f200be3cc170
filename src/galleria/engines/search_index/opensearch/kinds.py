"""The facets that tell of what kind the found products are; see `search_index.kinds`."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, NamedTuple

from galleria.engines.search_index.kinds import LEAST_FOUND, MOST_TRAITS, lift_of
from galleria.engines.search_index.naming import TRAIT_FIELD, trait_of
from galleria.engines.search_index.opensearch.clauses import Clause, term
from galleria.engines.search_index.preparing import trait_number

_KEPT_S = 300.0  # shares of a whole catalogue hardly move in five minutes
_MOST_SCOPES = 2_000
_MOST_USUAL = 5_000


class Usual(NamedTuple):
    """How many products of a scope have each facet, and how many there are."""

    counts: Mapping[str, int]
    everything: int


class UsualTraits:
    """What products of each scope usually have, remembered for a while. For one event loop."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, Usual]] = {}

    def of(self, scope: str) -> Usual | None:
        """What is remembered; None when it must be asked for."""
        asked_at_s, usual = self._known.get(scope, (float("-inf"), None))
        return usual if asked_at_s + _KEPT_S > self._clock() else None

    def keep(self, scope: str, usual: Usual) -> None:
        """Remember."""
        if len(self._known) >= _MOST_SCOPES:
            self._known.clear()
        self._known[scope] = (self._clock(), usual)

    def forget(self) -> None:
        """Ask anew: the index has changed."""
        self._known.clear()


def usual_body(scope: str) -> Clause:
    """The question for what products of a scope usually have."""
    return {
        "size": 0,
        "track_total_hits": True,
        "query": {"bool": {"filter": [term("scope", scope)]}},
        "aggs": {TRAIT_FIELD: {"terms": {"field": TRAIT_FIELD, "size": _MOST_USUAL}}},
    }


def usual_in(total: int, counted: Mapping[str, Any]) -> Usual:
    """The answer to `usual_body`."""
    return Usual({each["key"]: each["doc_count"] for each in _buckets(counted)}, total)


def found_traits() -> dict[str, Clause]:
    """What to count among the hits."""
    return {TRAIT_FIELD: {"terms": {"field": TRAIT_FIELD, "size": MOST_TRAITS}}}


def trait_lifts(counted: Mapping[str, Any], total: int, usual: Usual | None) -> dict[int, float]:
    """`kinds.lift_of` each facet, by the facet's number. Empty when too few were found to tell."""
    if total < LEAST_FOUND or usual is None or TRAIT_FIELD not in counted:
        return {}
    lifts: dict[int, float] = {}
    for each in _buckets(counted):
        trait = each["key"]
        known = usual.counts.get(trait, 0)
        lift = lift_of(each["doc_count"], total, known, max(usual.everything, 1))
        if lift is not None:
            lifts[trait_number(trait_of(trait))] = lift
    return lifts


def _buckets(counted: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = counted[TRAIT_FIELD]["buckets"]
    return found
