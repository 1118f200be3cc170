"""From a shopper's words and ticks to the engine's query objects.

Query objects are built directly: there is no query language but for words in quotation marks, so
nothing a shopper types can be wrong. Every query begins with the tenant's scope.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from tantivy import FieldType, Occur, Query, Searcher

from galleria.engines.search_index.analysis import fold_analyzer, words_asked
from galleria.engines.search_index.embedded.clauses import (
    all_of,
    any_of,
    any_term,
    either,
    term,
    unscored,
    word,
)
from galleria.engines.search_index.embedded.schema import price_field, schema
from galleria.engines.search_index.model import (
    AVAILABLE,
    CATEGORY,
    COLLECTION,
    FacetFilter,
    Match,
    RangeFilter,
    Ranking,
    SearchQuery,
    category_steps,
    language_of,
    words_of,
)
from galleria.engines.search_index.naming import quoted
from galleria.engines.search_index.preparing import completion_prefix, scope_of, surface_of
from galleria.engines.search_index.ranges import range_terms
from galleria.engines.search_index.words import (
    CODE_SCORE,
    MISTYPED_SCORE,
    MOST_BEGINNINGS,
    Word,
    code_typed,
    enough_of,
    is_completable,
    may_be_mistyped,
    read_words,
)

_BEGINNINGS_LED_BY = 2
_TEXT, _TITLE, _BRAND = "text", "title", "brand"


def unfinished(searcher: Searcher, scope: str, text: str, locale: str) -> Word | None:
    """The last word of `text` with the terms of this scope's titles that begin like it."""
    last, language = " ".join(words_of(text)[-1:]), language_of(locale)
    folded = fold_analyzer().analyze(last)
    if not folded or not is_completable(folded[-1]):
        return next(iter(read_words(last, locale)), None)
    found = searcher.terms_with_prefix(
        "completions", completion_prefix(scope, folded[-1]), limit=MOST_BEGINNINGS
    )
    beginnings = [token for term, _ in found for token in words_asked(surface_of(term), language)]
    beginnings += words_asked(folded[-1], language)
    return Word(
        tuple(words_asked(last, language)[:-1]),
        beginning=folded[-1],
        beginnings=tuple(dict.fromkeys(beginnings)),
    )


def words_query(
    words: Sequence[Word],
    match: Match,
    ranking: Ranking,
    sure: AbstractSet[str] = frozenset(),
) -> list[Query]:
    """What the words ask for, scored: one query, none without words. Tokens that are `sure` are
    not taken for typing mistakes."""
    if not words:
        return []
    required, optional = _told_apart(words)
    forgiven = None if match is Match.ALL_WORDS else _Forgiven(sure)
    asked = [_word_query(each, _TEXT, forgiven) for each in required]
    if match is Match.SOME_WORDS:
        most = Query.boolean_query(
            [(Occur.Should, each) for each in asked],
            minimum_number_should_match=enough_of(len(asked)),
        )
        clauses = [(Occur.Must, most)]
    else:
        clauses = [(Occur.Must, each) for each in asked]
    tokens = [token for each in words for token in each.tokens]
    clauses += [(Occur.Should, each) for each in _lifting(tokens, ranking, forgiven)]
    if ranking.title:
        begun = [_beginning_query(each, _TITLE, forgiven) for each in words if each.beginnings]
        clauses += [(Occur.Should, Query.boost_query(each, ranking.title)) for each in begun]
    clauses += [(Occur.Should, _word_query(each, _TEXT, None)) for each in optional]
    return [Query.boolean_query(clauses)]


def any_word_query(words: Sequence[Word], ranking: Ranking) -> Query | None:
    """Documents with any of the words, scored as `words_query` scores them when they have all.

    The engine finds the best of these without looking at the others. None for words that are more
    than one term each.
    """
    if not all(
        len(each.tokens) == 1 and each == Word(each.tokens, says_something=each.says_something)
        for each in words
    ):
        return None
    tokens = [token for each in words for token in each.tokens]
    text = [word(_TEXT, token) for token in tokens]
    return either(*text, *_lifting(tokens, ranking, None))


def leading_query(words: Sequence[Word], ranking: Ranking) -> Query | None:
    """What finds the best for words of which the last is unfinished, by the commonest words that
    begin so and stand in titles; None for words that are more than one term each."""
    *finished, last = words
    if not last.beginnings:
        return any_word_query(words, ranking)
    if last.tokens or last.others:
        return None
    ends = [word(_TITLE, token) for token in last.beginnings[:_BEGINNINGS_LED_BY]]
    if not finished:
        return either(*ends)
    before = any_word_query(finished, ranking)
    return None if before is None else either(before, *ends)


def demanded_terms(words: Sequence[Word]) -> list[str]:
    """Terms of the text that each product must have which has all the words."""
    required, _ = _told_apart(words)
    return [each.tokens[0] for each in required if _is_one_term(each)]


def _is_one_term(asked: Word) -> bool:
    bare = Word(asked.tokens, says_something=asked.says_something)
    return len(asked.tokens) == 1 and asked == bare


def _told_apart(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """The words that are demanded, and those that say too little for that."""
    telling = [each for each in words if each.says_something]
    if not telling:
        return list(words), []
    return telling, [each for each in words if not each.says_something]


def _lifting(tokens: Sequence[str], ranking: Ranking, forgiven: "_Forgiven | None") -> list[Query]:
    """What lifts a document that has a token in its title or brand."""
    weights = ((_TITLE, ranking.title), (_BRAND, ranking.brand))
    return [
        Query.boost_query(_token_query(token, field, forgiven), weight)
        for field, weight in weights
        if weight
        for token in tokens
    ]


def code_query(text: str) -> Query | None:
    """Products one of whose codes is all that was typed; None when it cannot be a code."""
    code = code_typed(text)
    return unscored(term("codes", code), CODE_SCORE) if code else None


def with_code(asked: Sequence[Query], code: Query | None) -> list[Query]:
    """What the words ask for, or the products of the code, those first."""
    return list(asked) if code is None else [either(*asked, code)]


def scope_query(tenant_id: int, channel: str, locale: str) -> Query:
    """Documents of one tenant, channel and locale; scores nothing."""
    return unscored(term("scope", scope_of(tenant_id, channel, locale)))


def tenant_query(tenant_id: int) -> Query:
    """All documents of one tenant."""
    return term("tenant", str(int(tenant_id)))


def price_queries(query: SearchQuery) -> list[Query]:
    """What the shopper's price filter lets through: one query, none without such a filter."""
    if query.price_min_minor is None and query.price_max_minor is None:
        return []
    return [_price_range(query)]


def range_queries(ranges: Sequence[RangeFilter]) -> list[Query]:
    """What ranges of numbers let through, a query each."""
    return [
        unscored(any_term(range_path(each.code), range_terms(each.least, each.most)))
        for each in ranges
    ]


def range_path(code: str) -> str:
    """Where the terms of a code's numbers live."""
    return "ranges." + quoted(code)


def number_path(code: str) -> str:
    """Where the numbers of a code live."""
    return "numbers." + quoted(code)


def page_queries(query: SearchQuery) -> list[Query]:
    """What the page itself narrows by: category, collection, availability."""
    queries = []
    if query.category is not None:
        # Without steps the path is "" and no product has that: an empty page, not every product.
        path = (category_steps(query.category) or ("",))[-1]
        queries.append(any_of(FacetFilter(CATEGORY, (path,))))
    if query.collection is not None:
        queries.append(any_of(FacetFilter(COLLECTION, (query.collection,))))
    if query.only_available:
        queries.append(any_of(FacetFilter(AVAILABLE, ("true",))))
    return queries


def _price_range(query: SearchQuery) -> Query:
    assert query.currency is not None, "checked when the query was made"
    return unscored(
        Query.range_query(
            schema(),
            price_field(query.currency),
            FieldType.Integer,
            query.price_min_minor,
            query.price_max_minor,
        )
    )


class _Forgiven(NamedTuple):
    """Typing mistakes are forgiven, but for tokens that are sure to be none."""

    sure: AbstractSet[str]


def _word_query(asked: Word, field: str, forgiven: _Forgiven | None) -> Query:
    if asked.is_phrase:
        return Query.phrase_query(schema(), field, list(asked.tokens))
    parts = [_token_query(token, field, forgiven) for token in asked.tokens]
    if asked.beginnings:
        parts.append(_beginning_query(asked, field, forgiven))
    choices = [all_of(parts) if len(parts) > 1 else parts[0]]
    if asked.joined:
        choices.append(word(field, asked.joined))
    choices += [all_of([word(field, each) for each in other]) for other in asked.others]
    return either(*choices) if len(choices) > 1 else choices[0]


def _token_query(token: str, field: str, forgiven: _Forgiven | None) -> Query:
    exact = word(field, token)
    if forgiven is None or token in forgiven.sure or not may_be_mistyped(token):
        return exact
    nearly = Query.fuzzy_term_query(schema(), field, token, distance=1)
    return either(exact, unscored(nearly, MISTYPED_SCORE))


def _beginning_query(asked: Word, field: str, forgiven: _Forgiven | None) -> Query:
    known = unscored(any_term(field, asked.beginnings), 1.0)
    if forgiven is None or not may_be_mistyped(asked.beginning):
        return known
    nearly = Query.fuzzy_term_query(schema(), field, asked.beginning, distance=1, prefix=True)
    return either(known, unscored(nearly, MISTYPED_SCORE))
