"""One search from question to answer, in a thread, step by step within its budget."""

from typing import Any

from tantivy import Query, Searcher

from galleria.engines.search_index.analysis import fold_analyzer, surface_analyzer
from galleria.engines.search_index.correcting import corrected
from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.embedded.counting import Counting
from galleria.engines.search_index.embedded.curating import hidden_query
from galleria.engines.search_index.embedded.finding import Search
from galleria.engines.search_index.embedded.narrowing import Narrowing
from galleria.engines.search_index.embedded.queries import (
    all_of,
    page_queries,
    price_queries,
    scope_query,
    unfinished,
    words_query,
)
from galleria.engines.search_index.errors import InvalidSearchQuery
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
from galleria.engines.search_index.paging import first_hit_of
from galleria.engines.search_index.pool import Budget
from galleria.engines.search_index.preparing import (
    Card,
    completion_prefix,
    scope_of,
    surface_of,
)
from galleria.engines.search_index.words import Word, is_completable, read_words


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
    search = Search(searcher, tenant_id, query, offset, page, filters)
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
