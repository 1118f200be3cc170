"""The hits of a question: found with as much give as it takes, put in order, cut into a page."""

from typing import Any, NamedTuple

import msgspec
from tantivy import DocAddress, Order, Query, Searcher

from galleria.engines.search_index.embedded.counting import matches
from galleria.engines.search_index.embedded.curating import PINNED, curated, pinned_and_others
from galleria.engines.search_index.embedded.kinds import trait_lifts
from galleria.engines.search_index.embedded.queries import (
    all_of,
    code_query,
    with_code,
    words_query,
)
from galleria.engines.search_index.embedded.schema import price_field
from galleria.engines.search_index.kinds import FIRST, factors
from galleria.engines.search_index.model import Match, SearchQuery, Sort
from galleria.engines.search_index.pool import Budget
from galleria.engines.search_index.preparing import Card
from galleria.engines.search_index.words import Word

# An exact query that finds fewer may hold a typing mistake; more than that is an answer.
_FEW_HITS = 3
_EASED = (Match.CORRECTED, Match.SOME_WORDS)


class Found(NamedTuple):
    """How many documents match, and some from place `begins` on, the page's among them, as (score
    or sort value, where it is)."""

    total: int
    hits: list[tuple[Any, DocAddress]]
    begins: int
    is_scored: bool


class Search:
    """The hits of one query, with as much give as it takes to find some."""

    def __init__(
        self,
        searcher: Searcher,
        tenant_id: int,
        query: SearchQuery,
        offset: int,
        page: list[Query],
        filters: list[Query],
    ) -> None:
        self._searcher = searcher
        self._tenant_id = tenant_id
        self._query = query
        self._offset = offset
        self._page = page
        self._filters = filters

    def find(self, words: list[Word], budget: Budget) -> tuple[Match, list[Query], Found]:
        """How the words were matched, the query for them (none without words), and the hits."""
        match = Match.ALL_WORDS
        code = self._code_of_something() if words else None
        asked = self._curated(with_code(words_query(words, match), code))
        found = self._hits_of(asked)
        if not words or code is not None or not self._is_hardly_anything(asked, found):
            return match, asked, found
        for eased in _EASED:
            if budget.is_spent or (eased is Match.SOME_WORDS and found.total):
                break
            asked_again = self._curated(words_query(words, eased))
            found_again = self._hits_of(asked_again)
            if found_again.total > found.total:
                match, asked, found = eased, asked_again, found_again
        return match, asked, found

    def _curated(self, asked: list[Query]) -> list[Query]:
        return curated(self._tenant_id, self._query, asked)

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

    def _hits_of(self, asked: list[Query]) -> Found:
        query = all_of([*self._page, *self._filters, *asked])
        split = pinned_and_others(self._tenant_id, self._query)
        if split is not None:
            return self._pinned_first(query, *split)
        limit = max(1, self._query.limit)  # the engine panics at 0
        column, order = _order(self._query, has_words=bool(asked))
        is_scored = column is None
        begins, ends = self._offset, self._offset + limit
        if is_scored and begins < FIRST:
            begins, ends = 0, max(ends, FIRST)
        found: Any = self._searcher.search(
            query,
            ends - begins,
            offset=begins,
            order_by_field=column,
            order=order,
            weight_by_field="popularity" if is_scored else None,
        )
        return Found(int(found.count), found.hits, begins, is_scored)

    def _pinned_first(self, query: Query, pinned: Query, others: Query) -> Found:
        """The pinned products as they are pinned, and behind them all others in their order."""
        places = {each: at for at, each in enumerate(self._query.pinned)}
        first: Any = self._searcher.search(all_of([query, pinned]), len(places))
        hits = sorted(first.hits, key=lambda hit: places[self._card(hit[1]).product_id])
        begins, ends = self._offset, self._offset + self._query.limit
        column, order = _order(self._query, has_words=True)
        rest: Any = self._searcher.search(
            all_of([query, others]),
            max(1, ends - max(begins, len(hits))),
            offset=max(0, begins - len(hits)),
            order_by_field=column,
            order=order,
        )
        shown = [*hits[begins:ends], *rest.hits]
        return Found(len(hits) + int(rest.count), shown[: ends - begins], begins, False)

    def page_of(
        self, asked: list[Query], found: Found, scope: str, budget: Budget
    ) -> list[tuple[Any, Card]]:
        """The hits of the page, with their scores; the first of all by what kind they are."""
        begins = self._offset - found.begins
        wanted = found.hits[begins : begins + self._query.limit]
        is_first = found.is_scored and found.begins == 0 and begins < FIRST
        if not (wanted and is_first) or budget.is_spent:
            return [(score, self._card(where)) for score, where in wanted]
        query = all_of([*self._page, *self._filters, *asked])
        first = [(score, self._card(where)) for score, where in found.hits[:FIRST]]
        lifts = trait_lifts(self._searcher, scope, query, found.total)
        scores = [
            score * factor if 0 < score < PINNED else score
            for (score, _), factor in zip(
                first, factors([card.traits for _, card in first], lifts), strict=True
            )
        ]
        in_order = sorted(range(len(first)), key=lambda at: -scores[at])
        shown = [(scores[at], first[at][1]) for at in in_order]
        ends = begins + self._query.limit
        rest = [(score, self._card(where)) for score, where in found.hits[FIRST:ends]]
        return [*shown, *rest][begins:ends]

    def _card(self, where: DocAddress) -> Card:
        return msgspec.msgpack.decode(bytes(self._searcher.doc(where)["card"][0]), type=Card)


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
