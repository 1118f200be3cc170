"""A shopper's question, as the questions to the cluster that it becomes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.errors import InvalidSearchQuery
from galleria.engines.search_index.kinds import FIRST
from galleria.engines.search_index.model import Match, SearchQuery, Sort, words_of
from galleria.engines.search_index.opensearch.clauses import Clause
from galleria.engines.search_index.opensearch.counting import Counting
from galleria.engines.search_index.opensearch.curating import curated
from galleria.engines.search_index.opensearch.kinds import UsualTraits, found_traits, usual_body
from galleria.engines.search_index.opensearch.narrowing import Narrowing, nothing_if
from galleria.engines.search_index.opensearch.rounds import Found
from galleria.engines.search_index.opensearch.schema import price_field
from galleria.engines.search_index.opensearch.words_asked import (
    code_clause,
    with_code,
    words_clauses,
)
from galleria.engines.search_index.paging import first_hit_of
from galleria.engines.search_index.preparing import scope_of
from galleria.engines.search_index.weighing import FIRST as WEIGHED
from galleria.engines.search_index.words import Word

HITS, WORDS, CODE, USUAL = "hits", "words", "code", "usual"
_TOTAL_AT_MOST = 200_000  # beyond it nobody asks how many exactly, and counting them costs
# An exact query that finds fewer may hold a typing mistake; more than that is an answer.
_FEW_HITS = 3
_EASED = (Match.CORRECTED, Match.SOME_WORDS)


class Asked(NamedTuple):
    """One reading of the words: how they are matched, and what they ask for."""

    match: Match
    clauses: list[Clause]

    @property
    def is_scored(self) -> bool:
        """The hits have scores."""
        return bool(self.clauses)


class Question:
    """A question of one tenant, read and ready to be asked in as many ways as it takes."""

    def __init__(self, tenant_id: int, query: SearchQuery, words: Sequence[Word]) -> None:
        """Raises SearchPageTooDeep, InvalidSearchQuery."""
        if query.currency is not None and query.currency not in CURRENCIES:
            raise InvalidSearchQuery(f"no prices are kept in {query.currency!r}")
        self.query = query
        self.words = list(words)
        self.scope = scope_of(tenant_id, query.channel, query.locale)
        self.offset = first_hit_of(query)
        self.narrowing = Narrowing(tenant_id, query)
        self.counting = Counting(query, self.narrowing)
        # "???" asks for something, and we have no such thing.
        is_empty = not words and bool(words_of(query.words))
        self.page = [*self.narrowing.page(), *nothing_if(is_empty)]
        self._filters = self.narrowing.clauses(self.narrowing.without(None))
        self._code = code_clause(query.words) if words else None

    def read_as(self, match: Match) -> Asked:
        """The words with this much give."""
        asked = words_clauses(self.words, match, self.query.ranking)
        if match is Match.ALL_WORDS:
            asked = with_code(asked, self._code)
        return Asked(match, curated(self.narrowing, self.query, asked))

    def bodies(self, asked: Asked) -> dict[str, Clause]:
        """The questions for the hits and for all that is counted, by name."""
        made = {HITS: self._hits(asked)}
        for name, piece in self.counting.pieces.items():
            made[name] = {
                "size": 0,
                "track_total_hits": False,
                "query": self._narrowed(asked, piece.filters, is_scored=False),
                "aggs": piece.counts,
            }
        return made

    def first_bodies(self, asked: Asked, usual: UsualTraits) -> dict[str, Clause]:
        """As `bodies`, with all that decides whether the words need give."""
        made = self.bodies(asked)
        if self.words and self.narrowing.has_filters:
            # Filters leave little on purpose; only the words by themselves tell of a mistake.
            made[WORDS] = {
                "size": 0,
                "track_total_hits": _FEW_HITS,
                "query": self._narrowed(asked, [], is_scored=False),
            }
        if self._code is not None:
            query = {"bool": {"filter": [*self.page, self._code]}}
            made[CODE] = {"size": 0, "track_total_hits": 1, "query": query}
        if self.counts_traits(asked) and usual.of(self.scope) is None:
            made[USUAL] = usual_body(self.scope)
        return made

    def counts_traits(self, asked: Asked) -> bool:
        """The kind of what is found may change the order of this page."""
        is_first = self.query.sort is Sort.RELEVANCE and self.offset < FIRST
        return is_first and asked.is_scored and self.query.ranking.kinds > 0

    def is_weighed(self, asked: Asked) -> bool:
        """The order of this page is made anew, from all hits up to its end."""
        is_relevance = self.query.sort is Sort.RELEVANCE and asked.is_scored
        return is_relevance and self.offset < WEIGHED

    def eased(self, first: Mapping[str, Found | None], total: int) -> list[Match]:
        """How to read the words again; not at all when enough was found."""
        code = first.get(CODE)
        if not self.words or (code is not None and code.total) or total >= _FEW_HITS:
            return []
        by_words = first.get(WORDS)
        if by_words is not None and by_words.total >= _FEW_HITS:
            return []
        # Half of one word is that word.
        required = [word for word in self.words if word.says_something] or self.words
        return list(_EASED if not total and len(required) > 1 else _EASED[:1])

    def _hits(self, asked: Asked) -> Clause:
        ends = self.offset + self.query.limit
        begins, ends = (0, max(ends, WEIGHED)) if self.is_weighed(asked) else (self.offset, ends)
        counts = self.counting.with_hits()
        if self.counts_traits(asked):
            counts |= found_traits()
        return {
            "from": begins,
            "size": ends - begins if self.query.limit else 0,
            # A column: what else a hit has would be read from disk block by block.
            "docvalue_fields": ["card"],
            "stored_fields": "_none_",
            "track_total_hits": _TOTAL_AT_MOST,
            "query": self._narrowed(asked, self._filters, is_scored=True),
            "sort": self._order(asked),
            "aggs": counts,
        }

    def _narrowed(self, asked: Asked, filters: list[Clause], *, is_scored: bool) -> Clause:
        if is_scored:
            return {"bool": {"filter": [*self.page, *filters], "must": asked.clauses}}
        return {"bool": {"filter": [*self.page, *filters, *asked.clauses]}}

    def _order(self, asked: Asked) -> list[Clause]:
        """What the hits are sorted by, the product's own key last: no two pages share a hit."""
        query = self.query
        if query.sort is Sort.RELEVANCE:
            by: list[Clause] = [{"_score": "desc"}] if asked.is_scored else []
            by.append({"popularity": "desc"})
        elif query.sort is Sort.NEWEST:
            by = [{"_score": "desc"}] if query.pinned else []
            by.append({"published_at_s": "desc"})
        elif query.sort is Sort.TITLE:
            by = [{"title_sort": "asc"}]
        else:
            assert query.currency is not None, "checked when the query was made"
            end = "asc" if query.sort is Sort.PRICE_ASC else "desc"
            by = [{price_field(query.currency): {"order": end, "missing": "_last"}}]
        return [*by, {"key": "asc"}]
