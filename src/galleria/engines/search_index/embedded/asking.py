"""One search from question to answer, in a thread, step by step within its budget."""

from functools import partial
from typing import Any

import msgspec
from tantivy import Query, Searcher

from galleria.engines.search_index.analysis import fold_analyzer, surface_analyzer
from galleria.engines.search_index.correcting import corrected
from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.embedded.clauses import all_of, matches, term
from galleria.engines.search_index.embedded.counting import Counting, Pending
from galleria.engines.search_index.embedded.curating import hidden_query
from galleria.engines.search_index.embedded.finding import Search
from galleria.engines.search_index.embedded.narrowing import Narrowing
from galleria.engines.search_index.embedded.placing import Placing
from galleria.engines.search_index.embedded.queries import (
    page_queries,
    price_queries,
    range_queries,
    scope_query,
    unfinished,
    words_query,
)
from galleria.engines.search_index.embedded.reader import Snapshot
from galleria.engines.search_index.embedded.sampling import EXACT, Measured, Sampler
from galleria.engines.search_index.errors import (
    InvalidSearchQuery,
    SearchUnavailable,
)
from galleria.engines.search_index.model import (
    MAX_OFFSET,
    Completeness,
    Hit,
    Match,
    Ranking,
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

_NUMBERS_SINCE = 4  # the format
_ROOM_FOR_GONE = 3
_MANY = 1_000  # products with a word are not all gone since the last merge
_LED = 4  # times as many hits as are shown are looked at while somebody types


def answer(
    snapshot: Snapshot, tenant_id: int, query: SearchQuery, budget: Budget, exact: int = EXACT
) -> SearchResult:
    """The answer to `query` inside this tenant; up to `exact` hits are counted one by one.

    Raises:
        SearchPageTooDeep: see `first_hit_of`.
        InvalidSearchQuery: prices are asked for in a currency that has no column.
        SearchUnavailable: the index does not know numbers yet, and is being made anew.
    """
    offset = first_hit_of(query)
    query, searcher = _answerable(snapshot, query), snapshot.searcher
    scope = scope_of(tenant_id, query.channel, query.locale)
    page = [
        scope_query(tenant_id, query.channel, query.locale),
        *page_queries(query),
        *hidden_query(tenant_id, query),
    ]
    narrowing = Narrowing(searcher, scope, query)
    prices, ranges = price_queries(query), range_queries(query.ranges)
    words = _words(searcher, scope, query)
    if not words and words_of(query.words):
        page.append(Query.empty_query())  # "???" asks for something, and we have no such thing

    filters = [*narrowing.queries(narrowing.without(None)), *prices, *ranges]
    sampler = Sampler(snapshot, scope, exact)
    search = Search(snapshot, tenant_id, query, page, filters, sampler)

    def begin(asked: list[Query], measured: Measured) -> Pending:
        always = [*page, *asked]
        return Counting(snapshot, query, always, narrowing, sampler, measured).begin(budget)

    match, asked, found = search.find(words, offset, budget, begin)
    placing = Placing(snapshot, search, scope, query.ranking)
    whole = all_of([*page, *filters, *asked])
    cards = placing.page(found, whole, offset, query.limit, budget)
    hits = _hits(cards, query)
    assert found.pending is not None, "what was found is counted"
    counted = found.pending.result()
    end = offset + len(hits)
    return SearchResult(
        hits=hits,
        total=found.total,
        total_is_exact=found.is_exact,
        match=match,
        facets=tuple(counted.facets[code] for code in query.facets if code in counted.facets),
        price_bounds=counted.price_bounds,
        numbers=tuple(counted.numbers),
        variants=counted.variants,
        did_you_mean=(
            corrected(query.words, [hit.title for hit in hits])
            if match is Match.CORRECTED
            else None
        ),
        next_position=str(end) if hits and end < min(found.total, MAX_OFFSET) else None,
        is_partial=counted.is_partial,
        completeness=Completeness(examined=found.total // found.sample.rate),
        took_ms=round(budget.took_ms, 3),
    )


def _answerable(snapshot: Snapshot, query: SearchQuery) -> SearchQuery:
    """The question, as far as an index of an earlier format can be asked it."""
    if query.currency is not None and query.currency not in CURRENCIES:
        raise InvalidSearchQuery(f"no prices are kept in {query.currency!r}")
    if snapshot.format >= _NUMBERS_SINCE:
        return query
    if query.ranges or query.counts_variants:
        raise SearchUnavailable("the search index is being made anew; ask again later")
    ranking = msgspec.structs.replace(query.ranking, brand=0.0)
    return msgspec.structs.replace(query, ranking=ranking, bounds_of=())


def suggestions(
    snapshot: Snapshot, tenant_id: int, query: SuggestQuery, budget: Budget
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
        synonyms=query.synonyms,
        pinned=query.pinned,
        hidden=query.hidden,
        lifts=query.lifts,
        completes_last_word=True,
        limit=query.limit,
    )
    if not is_completable(folded[-1]):
        return Suggestions((), _first_hits(snapshot, tenant_id, ask, budget))
    completed = budget.aside(partial(_completions, snapshot.searcher, tenant_id, query, ask))
    hits = _first_hits(snapshot, tenant_id, ask, budget)
    return Suggestions(completed(), hits)


def _first_hits(
    snapshot: Snapshot, tenant_id: int, query: SearchQuery, budget: Budget
) -> tuple[Hit, ...]:
    return _hasty_hits(snapshot, tenant_id, query) or (
        answer(snapshot, tenant_id, query, budget).hits
    )


def _hasty_hits(snapshot: Snapshot, tenant_id: int, query: SearchQuery) -> tuple[Hit, ...]:
    """The first hits while somebody is still typing, without knowing how many there are; none where
    words alone do not say which come first."""
    if snapshot.format < _NUMBERS_SINCE or query.pinned or query.lifts:
        return ()
    scope = scope_of(tenant_id, query.channel, query.locale)
    page = [
        scope_query(tenant_id, query.channel, query.locale),
        *hidden_query(tenant_id, query),
    ]
    words = _words(snapshot.searcher, scope, query)
    if not words:
        return ()
    sampler = Sampler(snapshot, scope, EXACT)
    search = Search(snapshot, tenant_id, query, page, [], sampler)
    hits = search.lead(words, _LED * query.limit)
    placed = Placing(snapshot, search, scope, query.ranking).signalled(hits)
    return _hits([(score, search.card(where)) for score, where in placed[: query.limit]], query)


def _completions(
    searcher: Searcher, tenant_id: int, query: SuggestQuery, ask: SearchQuery
) -> tuple[str, ...]:
    """What was typed with its last word completed, in products that have the words before it."""
    typed = ask.words
    surface = surface_analyzer().analyze(typed)[-1]
    head = typed[: max(0, typed.lower().rfind(surface))]
    hidden = hidden_query(tenant_id, ask)
    before = words_query(read_words(head, query.locale, query.synonyms), Match.ALL_WORDS, Ranking())
    only = None  # a completion says its scope; to hold it against all of that takes long
    if before:
        scope_of_all = scope_query(tenant_id, query.channel, query.locale)
        only = all_of([scope_of_all, *hidden, *before])
    scope = scope_of(tenant_id, query.channel, query.locale)
    found = searcher.terms_with_prefix(
        "completions",
        completion_prefix(scope, fold_analyzer().analyze(surface)[0]),
        filter_query=only,
        limit=query.limit if only is not None else _ROOM_FOR_GONE * query.limit,
    )
    there = [each for each, n in found if only is not None or _is_there(searcher, each, n, hidden)]
    return tuple(dict.fromkeys(head + surface_of(each) for each in there))[: query.limit]


def _is_there(searcher: Searcher, completion: str, count: int, hidden: list[Query]) -> bool:
    """Some product has it still, and is not hidden: the list of terms forgets what is gone when
    parts are merged."""
    return (
        count > _MANY or matches(searcher, all_of([term("completions", completion), *hidden])) > 0
    )


def _words(searcher: Searcher, scope: str, query: SearchQuery) -> list[Word]:
    if not query.completes_last_word:
        return read_words(query.words, query.locale, query.synonyms)
    typed = words_of(query.words)
    finished = read_words(" ".join(typed[:-1]), query.locale, query.synonyms)
    last = unfinished(searcher, scope, query.words, query.locale)
    if last is None:
        return finished
    whole = read_words(typed[-1], query.locale, query.synonyms)
    if whole and whole[0].others:
        last = msgspec.structs.replace(last, others=whole[0].others)
    return [*finished, last]


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
