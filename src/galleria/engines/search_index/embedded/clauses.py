"""The engine's query objects that everything else is put together from."""

from collections.abc import Iterable, Sequence
from typing import Any

from tantivy import Occur, Query, Searcher

from galleria.engines.search_index.embedded.schema import schema
from galleria.engines.search_index.model import FacetFilter
from galleria.engines.search_index.naming import facet_path, facet_term

_MANY = 1_000


def matches(searcher: Searcher, query: Query) -> int:
    """How many documents answer `query`."""
    found: Any = searcher.search(query, 1)
    return int(found.count)


def all_of(queries: Sequence[Query]) -> Query:
    """Documents that answer every query, scored by those that score."""
    return Query.boolean_query([(Occur.Must, each) for each in queries])


def either(*queries: Query) -> Query:
    """Documents that answer any of the queries, scored by all they answer."""
    return Query.boolean_query([(Occur.Should, each) for each in queries])


def all_but(query: Query) -> Query:
    """All documents but those that answer `query`."""
    return Query.boolean_query([(Occur.Must, unscored(Query.all_query())), (Occur.MustNot, query)])


def unscored(query: Query, score: float = 0.0) -> Query:
    """The same documents, each with this score."""
    return Query.const_score_query(query, score)


def term(field: str, value: str) -> Query:
    """Documents with the term, which says no more than that they have it."""
    return Query.term_query(schema(), field, value, "basic")


def word(field: str, token: str) -> Query:
    """Documents with the word, scored by how much it says of them."""
    return Query.term_query(schema(), field, token, "freq")


def any_term(field: str, terms: Iterable[str] | Iterable[int]) -> Query:
    """Documents with any of the terms; what they score means nothing.

    The engine's own query for a set walks the list of all terms: 0.4 ms for two of a million, where
    looking up each takes 0.01. Only for very many it is the quicker one.
    """
    known = sorted(set(terms))  # type: ignore[type-var]
    if len(known) > _MANY:
        return Query.term_set_query(schema(), field, known)
    each_one = (Query.term_query(schema(), field, each, "basic") for each in known)
    return either(*map(unscored, each_one))


def any_of(wanted: FacetFilter) -> Query:
    """Products with any of the values."""
    path = facet_path(wanted.code)
    terms = {facet_term(value) for value in wanted.any_of}
    if len(terms) == 1:
        return unscored(term(path, terms.pop()))
    return unscored(any_term(path, terms))
