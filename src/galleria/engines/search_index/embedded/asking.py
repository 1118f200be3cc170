"""One search from question to answer, in a thread, step by step within its budget."""

from typing import Any, NamedTuple

import msgspec
from tantivy import DocAddress, Order, Query, Searcher

from galleria.engines.search_index.embedded.analysis import fold_analyzer, surface_analyzer
from galleria.engines.search_index.embedded.correcting import corrected
from galleria.engines.search_index.embedded.counting import Counting, matches
from galleria.engines.search_index.embedded.curating import (
    PINNED,
    curated,
    hidden_query,
    pinned_and_others,
)
from galleria.engines.search_index.embedded.documents import (
    Card,
    completion_prefix,
    scope_of,
    surface_of,
)
from galleria.engines.search_index.embedded.kinds import FIRST, factors, trait_lifts
from galleria.engines.search_index.embedded.narrowing import Narrowing
from galleria.engines.search_index.embedded.queries import (
    Word,
    all_of,
    code_query,
    is_completable,
    page_queries,
    price_queries,
    read_words,
    scope_query,
    unfinished,
    with_code,
    words_query,
)
from galleria.engines.search_index.embedded.schema import CURRENCIES, price_field
from galleria.engines.search_index.errors import InvalidSearchQuery, SearchPageTooDeep
from galleria.engines.search_index.model import (
    MAX_OFFSET,
    Hit,
    Match,
    SearchQuery,
    SearchResult,
    Sort,
    Suggestions,
    SuggestQuery,
    words_of,
)
from galleria.engines.search_index.pool import Budget

# An exact query that finds fewer may hold a typing mistake; more than that is an answer.
_FEW_HITS = 3
_EASED = (Match.CORRECTED, Match.SOME_WORDS)


def first_hit_of(query: SearchQuery) -> int:
    """Where the page begins, from its offset or its position.

    Raises:
        SearchPageTooDeep: the page ends beyond 10,000 hits, or `after` is not a position. The
            engine gathers all hits up to the page, so a deep page costs as its depth.
    """
    offset = query.offset
    if query.after is not None:
        if not (query.after.isascii() and query.after.isdigit() and len(query.after) <= 6):
            raise SearchPageTooDeep("this is not a position in these results")
        offset = int(query.after)
    if offset + query.limit > MAX_OFFSET:
        raise SearchPageTooDeep(f"results end at number {MAX_OFFSET}; narrow the search")
    return offset


def answer(searcher: Searcher, tenant_id: int, query: SearchQuery, budget: Budget) -> SearchResult:
    """The answer to `query` inside this tenant.

    Raises:
        SearchPageTooDeep: see `first_hit_of`.
        InvalidSearchQuery: prices are asked for in a currency that has no column.
    """
    offset = first_hit_of(query)
    if query.currency is not None and query.currency not in CURRENCIES:
        raise InvalidSearchQuery(f"no prices are kept in {query.currency!r}")
    scope = scope_of(tenant_id, query.channel, query.locale)
    page = [
        scope_query(tenant_id, query.channel, query.locale),
        *page_queries(query),
        *hidden_query(tenant_id, query),
    ]
    narrowing = Narrowing(searcher, scope, query.filters, only_there=query.only_available)
    prices = price_queries(query)
    words = _words(searcher, scope, query)
    if not words and words_of(query.words):
        page.append(Query.empty_query())  # "???" asks for something, and we have no such thing

    filters = [*narrowing.queries(narrowing.without(None)), *prices]
    search = _Search(searcher, tenant_id, query, offset, page, filters)
    match, asked, found = search.find(words, budget)
    counting = Counting(searcher, query, [*page, *asked], narrowing, prices)
    counted = counting.count(budget)
    cards = search.page_of(asked, found, scope, budget)
    hits = _hits(cards, query)
    end = offset + len(hits)
    return SearchResult(
        hits=hits,
        total=found.total,
        match=match,
        facets=tuple(counted.facets[code] for code in query.facets if code in counted.facets),
        price_bounds=counted.price_bounds,
        did_you_mean=(
            corrected(query.words, [hit.title for hit in hits])
            if match is Match.CORRECTED
            else None
        ),
        next_position=str(end) if hits and end < min(found.total, MAX_OFFSET) else None,
        is_partial=counted.is_partial,
        took_ms=round(budget.took_ms, 3),
    )


def suggestions(
    searcher: Searcher, tenant_id: int, query: SuggestQuery, budget: Budget
) -> Suggestions:
    """How the words may go on, and the first products for them."""
    typed = " ".join(words_of(query.prefix))
    folded = fold_analyzer().analyze(typed)
    if not folded:
        return Suggestions((), ())
    ask = SearchQuery(
        channel=query.channel,
        locale=query.locale,
        words=typed,
        completes_last_word=True,
        limit=query.limit,
    )
    completions: tuple[str, ...] = ()
    if is_completable(folded[-1]):
        completions = _completions(searcher, tenant_id, query, typed)
    return Suggestions(completions, answer(searcher, tenant_id, ask, budget).hits)


def _completions(
    searcher: Searcher, tenant_id: int, query: SuggestQuery, typed: str
) -> tuple[str, ...]:
    """`typed` with its last word completed, in products that have the words before it."""
    surface = surface_analyzer().analyze(typed)[-1]
    head = typed[: max(0, typed.lower().rfind(surface))]
    only = [
        scope_query(tenant_id, query.channel, query.locale),
        *words_query(read_words(head, query.locale), Match.ALL_WORDS),
    ]
    scope = scope_of(tenant_id, query.channel, query.locale)
    found = searcher.terms_with_prefix(
        "completions",
        completion_prefix(scope, fold_analyzer().analyze(surface)[0]),
        filter_query=all_of(only),
        limit=query.limit,
    )
    return tuple(dict.fromkeys(head + surface_of(term) for term, _ in found))


def _words(searcher: Searcher, scope: str, query: SearchQuery) -> list[Word]:
    if not query.completes_last_word:
        return read_words(query.words, query.locale, query.synonyms)
    finished = read_words(" ".join(words_of(query.words)[:-1]), query.locale)
    last = unfinished(searcher, scope, query.words, query.locale)
    return finished if last is None else [*finished, last]


class Found(NamedTuple):
    """How many documents match, and some from place `begins` on, the page's among them, as (score
    or sort value, where it is)."""

    total: int
    hits: list[tuple[Any, DocAddress]]
    begins: int
    is_scored: bool


class _Search:
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


def _hits(cards: list[tuple[Any, Card]], query: SearchQuery) -> tuple[Hit, ...]:
    is_scored = query.sort is Sort.RELEVANCE
    return tuple(
        Hit(
            card.product_id,
            card.handle,
            card.title,
            round(float(score), 6) if is_scored else 0.0,
        )
        for score, card in cards
    )
