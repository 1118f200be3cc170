"""From a shopper's words and ticks to the engine's query objects.

Query objects are built directly: there is no query language but for words in quotation marks, so
nothing a shopper types can be wrong. Every query begins with the tenant's scope.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import msgspec
from tantivy import FieldType, Occur, Query, Searcher

from galleria.engines.search_index.embedded.analysis import (
    content_analyzer,
    fold_analyzer,
    measures_in,
    words_asked,
)
from galleria.engines.search_index.embedded.documents import (
    bare_code,
    completion_prefix,
    scope_of,
    surface_of,
)
from galleria.engines.search_index.embedded.narrowing import any_of, unscored
from galleria.engines.search_index.embedded.schema import price_field, schema
from galleria.engines.search_index.model import (
    AVAILABLE,
    CATEGORY,
    COLLECTION,
    FacetFilter,
    Match,
    SearchQuery,
    Synonym,
    category_steps,
    language_of,
    words_of,
)

_TEXT, _TITLE = "text", "title"
_TITLE_BOOST = 2.0
_CODE_SCORE = 1_000.0  # above whatever words come to
_LEAST_CODE = 4
_MISTYPED_SCORE = 0.5  # below what an ordinary exact word scores
_MIN_FUZZY_LENGTH = 4  # one letter of three makes another word, not a mistake
_MAX_TOKENS = 24  # "a-b-c-d…" is one word of many parts
_PHRASE = re.compile(r'(?:(?<=\s)|^)"([^"]*\w[^"]*)"(?=\s|$)')
_MAX_BEGINNINGS = 50  # words one beginning may stand for, the commonest first


class Word(msgspec.Struct, frozen=True):
    """One word as typed, taken apart for its language: all of its tokens are demanded, or `joined`,
    or all tokens of one of the `others`, which mean the same.

    An unfinished one ends in `beginning`, which may stand for any of the terms `beginnings`; the
    tokens of a phrase stand side by side.
    """

    tokens: tuple[str, ...]
    joined: str = ""
    says_something: bool = True
    is_phrase: bool = False
    others: tuple[tuple[str, ...], ...] = ()
    beginning: str = ""
    beginnings: tuple[str, ...] = ()


def read_words(text: str, locale: str, synonyms: Sequence[Synonym] = ()) -> list[Word]:
    """The words of a question, at most `model.MAX_WORDS`; those without a letter are dropped.

    Words that have synonyms are one, which what they mean will do for.
    """
    language = language_of(locale)
    left, words = words_of(text), list[Word]()
    for synonym in synonyms:
        left, word = _taken_out(left, synonym, language)
        words += [word] if word else []
    typed = " ".join(left)
    for phrase in _PHRASE.findall(typed):
        tokens = words_asked(phrase, language)
        words.append(Word(tuple(tokens), is_phrase=len(tokens) > 1))
    rest = _PHRASE.sub(" ", typed)
    at = 0
    for measure in measures_in(rest):
        words += _plain_words(rest[at : measure.start], language)
        tokens = words_asked(rest[measure.start : measure.end], language)
        words.append(Word(tuple(tokens), measure.spelled))
        at = measure.end
    words += _plain_words(rest[at:], language)
    return _bounded(words)


def _taken_out(typed: list[str], synonym: Synonym, language: str) -> tuple[list[str], Word | None]:
    """The words without those of the synonym, in whatever form, and these as one; None when they
    are not there."""
    wanted = [words_asked(each, language) for each in synonym.words.split()]
    stems = [words_asked(each, language) for each in typed]
    count = len(wanted)
    at = next((n for n in range(len(stems) - count + 1) if stems[n : n + count] == wanted), None)
    if not wanted or at is None:
        return typed, None
    tokens = tuple(chain.from_iterable(wanted))
    others = [tuple(words_asked(each, language)) for each in synonym.means]
    word = Word(tokens, others=tuple(each for each in others if each))
    return [*typed[:at], *typed[at + count :]], word


def _plain_words(text: str, language: str) -> Iterator[Word]:
    for typed in text.split():
        # "men's" is taken apart into "men" and "s", and few titles have an "s".
        bare = typed.removesuffix("'s").removesuffix("\u2019s")
        tokens = tuple(words_asked(bare, language))
        # "XPS-13" finds "XPS 13" and "XPS13".
        joined = bare_code(bare) if len(tokens) > 1 and bare.isascii() else ""
        yield Word(tokens, joined, bool(content_analyzer(language).analyze(bare)))


def _bounded(words: Iterable[Word]) -> list[Word]:
    """Words that have tokens, as long as those are not too many in all."""
    found, left = [], _MAX_TOKENS
    for word in words:
        tokens = word.tokens[:left]
        if tokens:
            found.append(msgspec.structs.replace(word, tokens=tokens))
            left -= len(tokens)
    return found


def is_completable(folded: str) -> bool:
    """True when few enough words begin so: two Latin letters, or one sign of a richer script."""
    return len(folded) >= 2 or not folded.isascii()


def unfinished(searcher: Searcher, scope: str, text: str, locale: str) -> Word | None:
    """The last word of `text` with the terms of this scope's titles that begin like it."""
    last, language = " ".join(words_of(text)[-1:]), language_of(locale)
    folded = fold_analyzer().analyze(last)
    if not folded or not is_completable(folded[-1]):
        return next(iter(read_words(last, locale)), None)
    found = searcher.terms_with_prefix(
        "completions", completion_prefix(scope, folded[-1]), limit=_MAX_BEGINNINGS
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
            lift = Query.boost_query(_token_query(token, _TITLE, is_lenient), _TITLE_BOOST)
            clauses.append((Occur.Should, lift))
    clauses += [(Occur.Should, _word_query(word, _TEXT, False)) for word in optional]
    return [Query.boolean_query(clauses)]


def code_query(text: str) -> Query | None:
    """Products one of whose codes is all that was typed; None when it cannot be a code."""
    code = bare_code("".join(words_of(text)))
    if len(code) < _LEAST_CODE or not any(map(str.isdigit, code)):
        return None
    return unscored(_term("codes", code), _CODE_SCORE)


def with_code(asked: Sequence[Query], code: Query | None) -> list[Query]:
    """What the words ask for, or the products of the code, those first."""
    return list(asked) if code is None else [_either(*asked, code)]


def enough_of(words: int) -> int:
    """How many of `words` words a product must have when none has them all: half."""
    return max(1, words // 2)


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
    if not is_lenient or not _may_be_mistyped(token):
        return exact
    nearly = Query.fuzzy_term_query(schema(), field, token, distance=1)
    return _either(exact, unscored(nearly, _MISTYPED_SCORE))


def _beginning_query(word: Word, field: str, is_lenient: bool) -> Query:
    known = unscored(Query.term_set_query(schema(), field, list(word.beginnings)), 1.0)
    if not is_lenient or not _may_be_mistyped(word.beginning):
        return known
    nearly = Query.fuzzy_term_query(schema(), field, word.beginning, distance=1, prefix=True)
    return _either(known, unscored(nearly, _MISTYPED_SCORE))


def _may_be_mistyped(token: str) -> bool:
    # "16gb" is one letter away from "6gb", and neither shopper meant the other.
    return len(token) >= _MIN_FUZZY_LENGTH and token.isalpha()


def _either(*queries: Query) -> Query:
    return Query.boolean_query([(Occur.Should, each) for each in queries])


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value, "basic")


def _word_term(field: str, token: str) -> Query:
    return Query.term_query(schema(), field, token, "freq")
