"""From a shopper's words and ticks to the engine's query objects.

Query objects are built directly: there is no query language but for words in quotation marks, so
nothing a shopper types can be wrong. Every query begins with the tenant's scope.
"""

from collections.abc import Sequence

from tantivy import FieldType, Occur, Query, Searcher

from galleria.engines.search_index.analysis import fold_analyzer, words_asked
from galleria.engines.search_index.embedded.narrowing import any_of, unscored
from galleria.engines.search_index.embedded.schema import price_field, schema
from galleria.engines.search_index.model import (
    AVAILABLE,
    CATEGORY,
    COLLECTION,
    FacetFilter,
    Match,
    SearchQuery,
    category_steps,
    language_of,
    words_of,
)
from galleria.engines.search_index.preparing import completion_prefix, scope_of, surface_of
from galleria.engines.search_index.words import (
    CODE_SCORE,
    MISTYPED_SCORE,
    MOST_BEGINNINGS,
    TITLE_WEIGHT,
    Word,
    code_typed,
    enough_of,
    is_completable,
    may_be_mistyped,
    read_words,
)

_TEXT, _TITLE = "text", "title"


def unfinished(searcher: Searcher, scope: str, text: str, locale: str) -> Word | None:
    """The last word of `text` with the terms of this scope's titles that begin like it."""
    last, language = " ".join(words_of(text)[-1:]), language_of(locale)
    folded = fold_analyzer().analyze(last)
    if not folded or not is_completable(folded[-1]):
        return next(iter(read_words(last, locale)), None)
    found = searcher.terms_with_prefix(
        "completions", completion_prefix(scope, folded[-1]), limit=MOST_BEGINNINGS
    )
    beginnings = {token for term, _ in found for token in words_asked(surface_of(term), language)}
    beginnings.update(words_asked(folded[-1], language))
    return Word(
        tuple(words_asked(last, language)[:-1]),
        beginning=folded[-1],
        beginnings=tuple(sorted(beginnings)),
    )


def words_query(words: Sequence[Word], match: Match) -> list[Query]:
    """What the words ask for, scored: one query, none without words."""
    if not words:
        return []
    if not any(word.says_something for word in words):
        required, optional = list(words), []
    else:
        required = [word for word in words if word.says_something]
        optional = [word for word in words if not word.says_something]
    is_lenient = match is not Match.ALL_WORDS
    asked = [_word_query(word, _TEXT, is_lenient) for word in required]
    if match is Match.SOME_WORDS:
        most = Query.boolean_query(
            [(Occur.Should, each) for each in asked],
            minimum_number_should_match=enough_of(len(asked)),
        )
        clauses = [(Occur.Must, most)]
    else:
        clauses = [(Occur.Must, each) for each in asked]
    for word in words:
        for token in word.tokens:
            lift = Query.boost_query(_token_query(token, _TITLE, is_lenient), TITLE_WEIGHT)
            clauses.append((Occur.Should, lift))
        if word.beginnings:
            begun = _beginning_query(word, _TITLE, is_lenient)
            clauses.append((Occur.Should, Query.boost_query(begun, TITLE_WEIGHT)))
    clauses += [(Occur.Should, _word_query(word, _TEXT, False)) for word in optional]
    return [Query.boolean_query(clauses)]


def code_query(text: str) -> Query | None:
    """Products one of whose codes is all that was typed; None when it cannot be a code."""
    code = code_typed(text)
    return unscored(_term("codes", code), CODE_SCORE) if code else None


def with_code(asked: Sequence[Query], code: Query | None) -> list[Query]:
    """What the words ask for, or the products of the code, those first."""
    return list(asked) if code is None else [_either(*asked, code)]


def scope_query(tenant_id: int, channel: str, locale: str) -> Query:
    """Documents of one tenant, channel and locale; scores nothing."""
    return unscored(_term("scope", scope_of(tenant_id, channel, locale)))


def tenant_query(tenant_id: int) -> Query:
    """All documents of one tenant."""
    return _term("tenant", str(int(tenant_id)))


def price_queries(query: SearchQuery) -> list[Query]:
    """What the shopper's price filter lets through: one query, none without such a filter."""
    if query.price_min_minor is None and query.price_max_minor is None:
        return []
    return [_price_range(query)]


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


def all_of(queries: Sequence[Query]) -> Query:
    """Documents that answer every query, scored by those that score."""
    return Query.boolean_query([(Occur.Must, each) for each in queries])


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


def _word_query(word: Word, field: str, is_lenient: bool) -> Query:
    if word.is_phrase:
        return Query.phrase_query(schema(), field, list(word.tokens))
    parts = [_token_query(token, field, is_lenient) for token in word.tokens]
    if word.beginnings:
        parts.append(_beginning_query(word, field, is_lenient))
    choices = [all_of(parts) if len(parts) > 1 else parts[0]]
    if word.joined:
        choices.append(_word_term(field, word.joined))
    choices += [all_of([_word_term(field, each) for each in other]) for other in word.others]
    return _either(*choices) if len(choices) > 1 else choices[0]


def _token_query(token: str, field: str, is_lenient: bool) -> Query:
    exact = _word_term(field, token)
    if not is_lenient or not may_be_mistyped(token):
        return exact
    nearly = Query.fuzzy_term_query(schema(), field, token, distance=1)
    return _either(exact, unscored(nearly, MISTYPED_SCORE))


def _beginning_query(word: Word, field: str, is_lenient: bool) -> Query:
    known = unscored(Query.term_set_query(schema(), field, list(word.beginnings)), 1.0)
    if not is_lenient or not may_be_mistyped(word.beginning):
        return known
    nearly = Query.fuzzy_term_query(schema(), field, word.beginning, distance=1, prefix=True)
    return _either(known, unscored(nearly, MISTYPED_SCORE))


def _either(*queries: Query) -> Query:
    return Query.boolean_query([(Occur.Should, each) for each in queries])


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "basic")


def _word_term(field: str, token: str) -> Query:
    return Query.term_query(schema(), field, token, "freq")
