"""In which order the first hits are shown, by what is known of them besides their words."""

import time
from collections.abc import Sequence
from typing import Any

from tantivy import Query

from galleria.engines.search_index import kinds
from galleria.engines.search_index.embedded.clauses import all_of
from galleria.engines.search_index.embedded.curating import PINNED
from galleria.engines.search_index.embedded.finding import Found, Search
from galleria.engines.search_index.embedded.kinds import Buckets, trait_lifts, traits_of
from galleria.engines.search_index.embedded.leading import Hit
from galleria.engines.search_index.embedded.reader import Snapshot
from galleria.engines.search_index.embedded.sampling import smaller
from galleria.engines.search_index.model import Ranking
from galleria.engines.search_index.pool import Budget
from galleria.engines.search_index.preparing import Card
from galleria.engines.search_index.weighing import FIRST, Signals, factor_of, has_signals, spread

_ENOUGH_TO_TELL_A_KIND = 2_000
_SIGNALS_SINCE = 4  # the format


class Placing:
    """The order of one question's hits."""

    def __init__(self, snapshot: Snapshot, search: Search, scope: str, ranking: Ranking) -> None:
        self._searcher = snapshot.searcher
        self._has_columns = snapshot.format >= _SIGNALS_SINCE
        self._search = search
        self._scope = scope
        self._ranking = ranking

    def page(
        self, found: Found, asked: Query, offset: int, limit: int, budget: Budget
    ) -> list[tuple[Any, Card]]:
        """The hits of the page with their scores. `asked` is what they were found by."""
        hits = found.hits
        if found.is_weighed and found.begins == 0 and hits and offset < FIRST:
            first = self.signalled(hits[:FIRST])
            if not budget.is_spent:
                first = self._by_kind(first, found, asked)
            hits = [*self._spread(first), *hits[FIRST:]]
        wanted = hits[offset - found.begins :][:limit]
        return [(score, self._search.card(where)) for score, where in wanted]

    def signalled(self, hits: list[Hit]) -> list[Hit]:
        """The hits in the order that the shop's signals make of their scores."""
        if not (self._has_columns and has_signals(self._ranking)):
            return hits
        weights = self._ranking
        columns = [
            self._column("popularity", hits, weights.popularity),
            self._column("margin", hits, weights.margin),
            self._column("published_at_s", hits, weights.freshness),
            self._column("is_available", hits, weights.availability),
        ]
        now_s = time.time()
        factors = [
            factor_of(self._ranking, Signals(*known), now_s) for known in zip(*columns, strict=True)
        ]
        return _multiplied(hits, factors)

    def _column(self, name: str, hits: list[Hit], weight: float) -> list[Any]:
        """What the column says of the hits; nothing, where that has no weight."""
        if not weight:
            return [0] * len(hits)
        values = self._searcher.fast_field_values(name, [where for _, where in hits])
        return [each or 0 for each in values]

    def _by_kind(self, hits: list[Hit], found: Found, asked: Query) -> list[Hit]:
        if not self._ranking.kinds or found.total < kinds.LEAST_FOUND:
            return hits
        first = hits[: kinds.FIRST]
        # Cards before traits: these may still be counted in another thread.
        traits = [self._search.card(where).traits for _, where in first]
        lifts = trait_lifts(self._searcher, self._scope, *self._traits(found, asked))
        factors = [each**self._ranking.kinds for each in kinds.factors(traits, lifts)]
        return [*_multiplied(first, factors), *hits[kinds.FIRST :]]

    def _traits(self, found: Found, asked: Query) -> tuple[Buckets, int]:
        """Facets of what was found, and of how many products."""
        if found.pending is not None and found.pending.counts_traits:
            counted = found.pending.result().traits
            if counted is not None:
                return counted, found.total
        sample = found.sample
        if self._has_columns:
            sample = smaller(found.total, _ENOUGH_TO_TELL_A_KIND)
        traits = traits_of(self._searcher, all_of([asked, *sample.queries]))
        return traits, max(1, found.total // sample.rate)

    def _spread(self, hits: list[Hit]) -> list[Hit]:
        most = self._ranking.most_of_a_brand
        if not most:
            return hits
        brands = [
            "" if score >= PINNED else self._search.card(where).brand for score, where in hits
        ]
        return [hits[at] for at in spread(brands, most)]


def _multiplied(hits: list[Hit], factors: Sequence[float]) -> list[Hit]:
    """The hits by their scores times these; what is pinned or has sunk keeps its score."""
    scored = [
        (score * factor if 0 < score < PINNED else score, where)
        for (score, where), factor in zip(hits, factors, strict=True)
    ]
    return sorted(scored, key=lambda hit: -hit[0])
