"""The pieces that questions to the cluster are made of.

Questions are built as objects: there is no query language, so nothing that a shopper types can be
wrong, and nothing can reach out of the tenant's scope.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Clause = dict[str, Any]

NOTHING: Clause = {"match_none": {}}
EVERYTHING: Clause = {"match_all": {}}


def term(field: str, value: str) -> Clause:
    """Documents with this term."""
    return {"term": {field: value}}


def terms(field: str, values: Iterable[str]) -> Clause:
    """Documents with any of these terms."""
    found = sorted(set(values))
    return term(field, found[0]) if len(found) == 1 else {"terms": {field: found}}


def scored(clause: Clause, score: float) -> Clause:
    """The same documents, each with this score, above 0."""
    return {"constant_score": {"filter": clause, "boost": score}}


def all_of(filters: Sequence[Clause]) -> Clause:
    """Documents that answer each of them; scores nothing."""
    return filters[0] if len(filters) == 1 else {"bool": {"filter": list(filters)}}


def any_of(choices: Sequence[Clause], least: int = 1) -> Clause:
    """Documents that answer `least` of them or more, scored by all that they answer."""
    if len(choices) == least == 1:
        return choices[0]
    return {"bool": {"should": list(choices), "minimum_should_match": least}}


def none_of(clauses: Sequence[Clause]) -> Clause:
    """Documents that answer none of them."""
    return {"bool": {"must_not": list(clauses)}}


def beginning_with(prefix: str) -> str:
    """The expression, as the engine reads one, for terms with this beginning. Ours hold letters,
    digits and quoted codes, of whose signs the engine gives a meaning to one."""
    return prefix.replace("~", "\\~") + ".*"


def values_aggregation(
    field: str, size: int, *, prefix: str | None = None, only: Iterable[str] | None = None
) -> Clause:
    """How many documents have each term of a field, the commonest `size` of them.

    Args:
        field: a column.
        size: 1 or more.
        prefix: of the terms that count.
        only: the terms that count.
    """
    asked: Clause = {"field": field, "size": size}
    if only is None:
        # Each part hands on this many: counts are exact up to as many distinct values.
        asked["shard_size"] = max(size, VALUES_A_PART)
    if prefix is not None:
        asked["include"] = beginning_with(prefix)
    elif only is not None:
        asked["include"] = sorted(only)
    return {"terms": asked}


VALUES_A_PART = 5_000
