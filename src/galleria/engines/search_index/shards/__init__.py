"""Search for many shops: small ones share an index, big ones have their own.

A layer around the embedded engine: each part is one of its indexes, in a folder of its own, and a
small file says who lies where. See docs/decisions/0027-big-shops-have-their-own-search-index.md.
"""

from galleria.engines.search_index.shards.index import Bounds, ShardedIndex, open_sharded
from galleria.engines.search_index.shards.writer import ShardedWriter

__all__ = ["Bounds", "ShardedIndex", "ShardedWriter", "open_sharded"]
