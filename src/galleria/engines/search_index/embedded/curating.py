"""What a merchant says of the hits: these first, those not at all, some earlier, some later."""

from collections.abc import Sequence

from tantivy import Occur, Query

from galleria.engines.search_index.embedded.clauses import (
    all_but,
    any_of,
    any_term,
    unscored,
)
from galleria.engines.search_index.model import SearchQuery, Sort
from galleria.engines.search_index.preparing import product_key

PINNED = 1e5  # what is pinned scores more than this, and nothing else does
_FIRST = 1e6
_STEP = 1e3
_ORDINARY = 1.0  # what a product scores that nobody's words brought


def hidden_query(tenant_id: int, query: SearchQuery) -> list[Query]:
    """All but the hidden products: one query, none when nothing is hidden."""
    return [all_but(_of(tenant_id, query.hidden))] if query.hidden else []


def curated(tenant_id: int, query: SearchQuery, asked: Sequence[Query]) -> list[Query]:
    """What the words ask for, and what is pinned, scored as the merchant wants it."""
    if not (query.pinned or query.lifts) or not _is_for_the_shop_to_say(query):
        return list(asked)
    base = list(asked) or [unscored(Query.all_query(), _ORDINARY)]
    choices = [Query.boolean_query([(Occur.Must, each) for each in base])]
    choices += [
        unscored(_of(tenant_id, [each]), _FIRST - at * _STEP)
        for at, each in enumerate(dict.fromkeys(query.pinned))
    ]
    found = Query.boolean_query([(Occur.Should, each) for each in choices])
    lifts = [
        (Occur.Should, Query.const_score_query(any_of(each.filter), each.by))
        for each in query.lifts
    ]
    return [Query.boolean_query([(Occur.Must, found), *lifts])]


def _is_for_the_shop_to_say(query: SearchQuery) -> bool:
    return query.sort in (Sort.RELEVANCE, Sort.NEWEST)


def pinned_and_others(tenant_id: int, query: SearchQuery) -> tuple[Query, Query] | None:
    """What lets through the pinned products, and all others, where those are to come first that no
    score can put there; None where there are none."""
    if not query.pinned or query.sort is not Sort.NEWEST:
        return None
    pinned = _of(tenant_id, query.pinned)
    return unscored(pinned), all_but(pinned)


def _of(tenant_id: int, product_ids: Sequence[str]) -> Query:
    return any_term("key", (product_key(tenant_id, each) for each in product_ids))
