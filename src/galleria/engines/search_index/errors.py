"""Ways a search, or the index behind it, can fail."""

from galleria.foundation.errors import InvalidInput, NotFound, Unavailable


class InvalidSearchQuery(InvalidInput):
    """The question itself is out of bounds: too many filters, a price without a currency."""

    code = "invalid_search_query"
    title = "This search is not possible"


class SearchPageTooDeep(InvalidSearchQuery):
    """Shoppers narrow a search; nobody turns to result 10,001."""

    code = "search_page_too_deep"
    title = "The list of results ends before this page"


class InvalidSearchDocument(InvalidInput):
    """A document that no search could ever answer correctly."""

    code = "invalid_search_document"
    title = "This product cannot be indexed"


class SearchUnavailable(Unavailable):
    """The index cannot be read or written at present."""

    code = "search_unavailable"
    title = "Search is not available at present"


class SearchOverloaded(SearchUnavailable):
    """More searches wait than can be answered in time; this one was refused at once."""

    code = "search_overloaded"
    title = "Too many searches at the same time"


class SearchTimeout(SearchUnavailable):
    """Not even the first results were there when the deadline passed."""

    code = "search_timeout"
    title = "The search took too long"


class SearchWriterBusy(SearchUnavailable):
    """Another process writes this index; there is one writer at a time."""

    code = "search_writer_busy"
    title = "The search index is being written by another process"


class SearchClusterNotFound(NotFound):
    """No search cluster of this installation has that name."""

    code = "search_cluster_not_found"
    title = "There is no such search cluster"
