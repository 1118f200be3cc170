"""Several search clusters behind one port: the best one answers, and all are written alike.

Each cluster holds a complete index. See docs/decisions/0021-search-runs-in-several-clusters.md.
"""

from galleria.engines.search_index.clusters.index import ClusteredSearch
from galleria.engines.search_index.clusters.marked import MarkedIndex, MarkedWriter
from galleria.engines.search_index.clusters.model import (
    ClusterPolicy,
    ClusterState,
    ClusterStatus,
)
from galleria.engines.search_index.clusters.writer import ClusteredWriter

__all__ = [
    "ClusterPolicy",
    "ClusterState",
    "ClusterStatus",
    "ClusteredSearch",
    "ClusteredWriter",
    "MarkedIndex",
    "MarkedWriter",
]
