"""Several search clusters behind one port: the best one answers, and all are written alike.

Each cluster holds a complete index. See docs/decisions/0021-search-runs-in-several-clusters.md.
"""

from galleria.engines.search_index.clusters.index import (
    MOST_CLUSTERS,
    ClusteredSearch,
    is_name,
)
from galleria.engines.search_index.clusters.marked import MarkedIndex, MarkedWriter
from galleria.engines.search_index.clusters.model import (
    ClusterPolicy,
    ClusterState,
    ClusterStatus,
)
from galleria.engines.search_index.clusters.writer import ClusteredWriter

__all__ = [
    "MOST_CLUSTERS",
    "ClusterPolicy",
    "ClusterState",
    "ClusterStatus",
    "ClusteredSearch",
    "ClusteredWriter",
    "MarkedIndex",
    "MarkedWriter",
    "is_name",
]
