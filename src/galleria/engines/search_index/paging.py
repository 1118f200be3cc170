"""Where a page of hits begins, the same for every engine."""

from galleria.engines.search_index.errors import SearchPageTooDeep
from galleria.engines.search_index.model import MAX_OFFSET, SearchQuery


def first_hit_of(query: SearchQuery) -> int:
    """Where the page begins, from its offset or its position.

    Raises:
        SearchPageTooDeep: the page ends beyond 10,000 hits, or `after` is not a position. Engines
            gather all hits up to the page, so a deep page costs as its depth.
    """
    offset = query.offset
    if query.after is not None:
        if not (query.after.isascii() and query.after.isdigit() and len(query.after) <= 6):
            raise SearchPageTooDeep("this is not a position in these results")
        offset = int(query.after)
    if offset + query.limit > MAX_OFFSET:
        raise SearchPageTooDeep(f"results end at number {MAX_OFFSET}; narrow the search")
    return offset
