"""The embedded search engine: Tantivy, in a folder, inside our own processes.

One process writes, any number read the same files by memory map. Nothing to install; made for up
to some five million documents in one folder.
"""

from galleria.engines.search_index.embedded.index import TantivyIndex, open_tantivy

__all__ = ["TantivyIndex", "open_tantivy"]
