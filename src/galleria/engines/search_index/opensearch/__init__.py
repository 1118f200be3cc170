"""The distributed search engine: OpenSearch 2 or Elasticsearch 8, shared by every process.

For a house that has outgrown the embedded one: more products than one disk should hold, more
questions than one machine answers, or searching that must outlive a machine. Both are spoken to
by their common HTTP interface; see docs/decisions/0022-a-fleet-searches-with-opensearch.md.
"""

from galleria.engines.search_index.opensearch.address import (
    SearchAddress,
    parse_search_url,
    parse_search_urls,
)
from galleria.engines.search_index.opensearch.index import OpenSearchIndex, open_opensearch

__all__ = [
    "OpenSearchIndex",
    "SearchAddress",
    "open_opensearch",
    "parse_search_url",
    "parse_search_urls",
]
