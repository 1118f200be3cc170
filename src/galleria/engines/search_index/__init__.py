"""Finding products: what shoppers type and tick, answered in milliseconds.

The port and its values. The embedded engine (Tantivy) is `galleria.engines.search_index.embedded`,
bound by the roof; see docs/decisions/0007-search-index-is-tantivy.md.
"""

from galleria.engines.search_index.batcher import CommitBatcher
from galleria.engines.search_index.errors import (
    InvalidSearchDocument,
    InvalidSearchQuery,
    SearchClusterNotFound,
    SearchOverloaded,
    SearchPageTooDeep,
    SearchTimeout,
    SearchUnavailable,
    SearchWriterBusy,
)
from galleria.engines.search_index.model import (
    AVAILABLE,
    BRAND,
    CATEGORY,
    COLLECTION,
    TAG,
    TRAITS,
    Completeness,
    Facet,
    FacetFilter,
    FacetValue,
    Hit,
    IndexStatus,
    Lift,
    Match,
    NumberBounds,
    PriceBounds,
    RangeFilter,
    Ranking,
    SearchDocument,
    SearchQuery,
    SearchResult,
    SearchVariant,
    Sort,
    Suggestions,
    SuggestQuery,
    Synonym,
)
from galleria.engines.search_index.port import IndexWriter, Rebuild, SearchIndex
from galleria.engines.search_index.rebuilding import rebuilding

SearchBatcher = CommitBatcher[SearchDocument]
SearchWriter = IndexWriter[SearchDocument]

__all__ = [
    "AVAILABLE",
    "BRAND",
    "CATEGORY",
    "COLLECTION",
    "TAG",
    "TRAITS",
    "CommitBatcher",
    "Completeness",
    "Facet",
    "FacetFilter",
    "FacetValue",
    "Hit",
    "IndexStatus",
    "IndexWriter",
    "InvalidSearchDocument",
    "InvalidSearchQuery",
    "Lift",
    "Match",
    "NumberBounds",
    "PriceBounds",
    "RangeFilter",
    "Ranking",
    "Rebuild",
    "SearchBatcher",
    "SearchClusterNotFound",
    "SearchDocument",
    "SearchIndex",
    "SearchOverloaded",
    "SearchPageTooDeep",
    "SearchQuery",
    "SearchResult",
    "SearchTimeout",
    "SearchUnavailable",
    "SearchVariant",
    "SearchWriter",
    "SearchWriterBusy",
    "Sort",
    "SuggestQuery",
    "Suggestions",
    "Synonym",
    "rebuilding",
]
