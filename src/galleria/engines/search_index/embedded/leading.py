"""The best of what very many documents match, without looking at all of them.

The engine skips what cannot be among the best as long as it is asked for any of some words and for
nothing else. So the best are found by the words alone, and those of them are kept that answer the
whole question. As long as enough are left, they are the best of all that answer it, in their order:
what else is asked changes nobody's score.
"""

from typing import Any, TypeAlias

from tantivy import DocAddress, Query, Searcher

from galleria.engines.search_index.embedded.clauses import all_of, any_term, unscored

Hit: TypeAlias = tuple[Any, DocAddress]

# Two documents that share their chance are rare, and three hardly to be met with.
_SHARING = 2
# Of how many of the best to look whether they answer the whole question: each costs some
# microseconds.
_AT_LEAST = 50
_AT_MOST = 10_000
_MORE = 6


def leading(searcher: Searcher, words: Query, asked: list[Query], wanted: int) -> list[Hit] | None:
    """The first `wanted` hits for any of the words among what answers `asked`; None when they are
    not to be found among the best ten thousand."""
    most = max(_AT_LEAST, 2 * wanted)
    while most <= _AT_MOST:
        best: Any = searcher.search(words, most, count=False)
        hits = _answering(searcher, best.hits, asked)
        if len(hits) >= wanted or len(best.hits) < most:
            return hits[:wanted]
        # As many as it takes when others answer as often as these, and some for chance.
        most = max(_MORE * most, 2 * wanted * most // max(1, len(hits)))
    return None


def _answering(searcher: Searcher, best: list[Hit], asked: list[Query]) -> list[Hit]:
    if not best:
        return []
    chances: Any = searcher.fast_field_values("chance", [where for _, where in best])
    whole = unscored(all_of([any_term("chance", chances), *asked]))
    found: Any = searcher.search(whole, _SHARING * len(best), count=False)
    answering = {(where.segment_ord, where.doc) for _, where in found.hits}
    return [hit for hit in best if (hit[1].segment_ord, hit[1].doc) in answering]
