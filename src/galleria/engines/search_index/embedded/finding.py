"""The hits of a question: found with as much give as it takes, put in order, cut into a page."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import msgspec
from tantivy import DocAddress, Order, Query

from galleria.engines.search_index.embedded.clauses import all_of, matches
from galleria.engines.search_index.embedded.counting import Pending
from galleria.engines.search_index.embedded.curating import curated, pinned_and_others
from galleria.engines.search_index.embedded.leading import Hit, leading
from galleria.engines.search_index.embedded.queries import (
    any_word_query,
    code_query,
    demanded_terms,
    leading_query,
    with_code,
    words_query,
)
from galleria.engines.search_index.embedded.reader import Snapshot
from galleria.engines.search_index.embedded.sampling import (
    EVERYTHING,
    Expected,
    Measured,
    Sample,
    Sampler,
)
from galleria.engines.search_index.embedded.schema import price_field
from galleria.engines.search_index.model import Match, SearchQuery, Sort
from galleria.engines.search_index.pool import Budget
from galleria.engines.search_index.preparing import Card
from galleria.engines.search_index.weighing import FIRST
from galleria.engines.search_index.words import Word

# An exact query that finds fewer may hold a typing mistake; more than that is an answer.
_FEW_HITS = 3
# A word of as many products, and of one product in so many, is meant as it is typed.
_COMMON = 20
_ONE_IN = 1_000
_EASED = (Match.CORRECTED, Match.SOME_WORDS)


class Found(NamedTuple):
    """How many documents match, and some of them from place `begins` on, the page's among them.
    Values are to be counted in `sample`, and `pending` is doing so. `is_weighed` when the shop's
    own signals may change the order; `is_exact` when the total is no estimate."""

    total: int
    hits: list[Hit]
    begins: int
    is_weighed: bool
    sample: Sample = EVERYTHING
    is_exact: bool = True
    pending: Pending | None = None


Begin: TypeAlias = Callable[[list[Query], Measured], Pending]


class Search:
    """The hits of one query, with as much give as it takes to find some."""

    def __init__(
        self,
        snapshot: Snapshot,
        tenant_id: int,
        query: SearchQuery,
        page: list[Query],
        filters: list[Query],
        sampler: Sampler,
    ) -> None:
        self._searcher = snapshot.searcher
        self._tenant_id = tenant_id
        self._query = query
        self._page = page
        self._filters = filters
        self._ranking = query.ranking
        self._sampler = sampler
        self._cards: dict[tuple[int, int], Card] = {}

    def find(
        self, words: list[Word], offset: int, budget: Budget, begin: Begin
    ) -> tuple[Match, list[Query], Found]:
        """How the words were matched, the query for them (none without words), and the hits from
        `offset` on. `begin` begins to count what such a query finds."""
        self._begin = begin
        match = Match.ALL_WORDS
        code = self._code_of_something() if words else None
        asked = self._curated(with_code(words_query(words, match, self._ranking), code))
        plain = None if code else self._scored_by(words)
        expected = None if code or self._query.pinned else self._expected(words)
        found = self._hits_of(asked, offset, plain, expected)
        if not words or code is not None or not self._is_hardly_anything(asked, found):
            return match, asked, found
        sure = self._sure_of(words)
        for eased in _EASED:
            if budget.is_spent or (eased is Match.SOME_WORDS and found.total):
                break
            asked_again = self._curated(words_query(words, eased, self._ranking, sure))
            found_again = self._hits_of(asked_again, offset)
            if found_again.total > found.total:
                match, asked, found = eased, asked_again, found_again
        return match, asked, found

    def lead(self, words: list[Word], wanted: int) -> list[Hit]:
        """The first hits for words of which the last is unfinished; none when they are not to be
        found at once."""
        by = leading_query(words, self._ranking)
        if by is None:
            return []
        asked = words_query(words, Match.ALL_WORDS, self._ranking)
        return leading(self._searcher, by, [*self._page, *asked], wanted) or []

    def _curated(self, asked: list[Query]) -> list[Query]:
        return curated(self._tenant_id, self._query, asked)

    def _sure_of(self, words: list[Word]) -> frozenset[str]:
        """The tokens that so many products have that nobody mistyped them."""
        least = max(_COMMON, self._searcher.num_docs // _ONE_IN)
        tokens = {token for each in words for token in each.tokens}
        return frozenset(
            token for token in tokens if self._searcher.doc_freq("text", token) >= least
        )

    def _expected(self, words: list[Word]) -> Expected | None:
        return self._sampler.expected(demanded_terms(words)) if words else None

    def _scored_by(self, words: list[Word]) -> Query | None:
        """What alone decides the score, when that is nothing but words."""
        if not words or self._query.lifts or self._query.pinned:
            return None
        return any_word_query(words, self._ranking)

    def _code_of_something(self) -> Query | None:
        """The question for the products of a code, when that is what was typed."""
        code = code_query(self._query.words)
        if code is not None and matches(self._searcher, all_of([*self._page, code])):
            return code
        return None

    def _is_hardly_anything(self, asked: list[Query], found: Found) -> bool:
        if found.total >= _FEW_HITS or not self._filters:
            return found.total < _FEW_HITS
        # Filters leave little on purpose; only the words by themselves tell of a mistake.
        return matches(self._searcher, all_of([*self._page, *asked])) < _FEW_HITS

    def _hits_of(
        self,
        asked: list[Query],
        offset: int,
        plain: Query | None = None,
        expected: Expected | None = None,
    ) -> Found:
        query = all_of([*self._page, *self._filters, *asked])
        measured = self._sampler.sample_for(query, expected)
        pending = self._begin(asked, measured)
        found = self._found(query, asked, offset, plain, measured)
        return found._replace(pending=pending)

    def _found(
        self,
        query: Query,
        asked: list[Query],
        offset: int,
        plain: Query | None,
        measured: Measured,
    ) -> Found:
        split = pinned_and_others(self._tenant_id, self._query)
        if split is not None:
            return self._pinned_first(query, offset, measured.sample, *split)
        column, order = _order(self._query, has_words=bool(asked))
        begins, ends = offset, offset + max(1, self._query.limit)  # the engine panics at 0
        if column is None and begins < FIRST:
            begins, ends = 0, max(ends, FIRST)
        if measured.is_very_much and plain is not None and column is None:
            narrow = [*self._page, *self._filters, *asked]
            hits = leading(self._searcher, plain, narrow, ends)
            if hits is not None:
                about = measured.about
                return Found(about, hits[begins:], begins, True, measured.sample, is_exact=False)
        found: Any = self._searcher.search(
            query, ends - begins, offset=begins, order_by_field=column, order=order
        )
        return Found(int(found.count), found.hits, begins, column is None, measured.sample)

    def _pinned_first(
        self, query: Query, offset: int, sample: Sample, pinned: Query, others: Query
    ) -> Found:
        """The pinned products as they are pinned, and behind them all others in their order."""
        places = {each: at for at, each in enumerate(self._query.pinned)}
        first: Any = self._searcher.search(all_of([query, pinned]), len(places))
        hits = sorted(first.hits, key=lambda hit: places[self.card(hit[1]).product_id])
        ends = offset + self._query.limit
        column, order = _order(self._query, has_words=True)
        rest: Any = self._searcher.search(
            all_of([query, others]),
            max(1, ends - max(offset, len(hits))),
            offset=max(0, offset - len(hits)),
            order_by_field=column,
            order=order,
        )
        shown = [*hits[offset:ends], *rest.hits]
        return Found(len(hits) + int(rest.count), shown[: ends - offset], offset, False, sample)

    def card(self, where: DocAddress) -> Card:
        """What is kept of a hit. Each is read once."""
        place = (where.segment_ord, where.doc)
        card = self._cards.get(place)
        if card is None:
            kept = bytes(self._searcher.doc(where)["card"][0])
            card = self._cards[place] = msgspec.msgpack.decode(kept, type=Card)
        return card


def _order(query: SearchQuery, *, has_words: bool) -> tuple[str | None, Order]:
    """The column to sort by and its direction; None for the score."""
    if query.sort is Sort.RELEVANCE:
        return (None if has_words else "popularity"), Order.Desc
    if query.sort is Sort.NEWEST:
        return "published_at_s", Order.Desc
    if query.sort is Sort.TITLE:
        return "title_sort", Order.Asc
    assert query.currency is not None, "checked when the query was made"
    return price_field(query.currency), Order.Asc if query.sort is Sort.PRICE_ASC else Order.Desc
