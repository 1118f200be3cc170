"""What an index must offer besides the port, to be one cluster of several.

Each commit leaves a *position* behind in the index it was made in: a text of at most 2,000
characters that only `marks` understands. It is how a cluster says for itself whether it has missed
something, without another store that could be lost or wrong.
"""

from typing import Protocol

from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.port import IndexWriter, SearchIndex


class MarkedWriter(IndexWriter[SearchDocument], Protocol):
    """A writer whose commits leave a position behind.

    Every call ends in bounded time, with SearchUnavailable when it must.
    """

    async def mark(self, position: str) -> None:
        """The next commit leaves `position` behind, durably, before it returns.

        It is there when the changes of that commit are, or a little later, never earlier. A commit
        without a mark before it, and a rebuild that takes the present index's place, keep the
        position that was there; an index made afresh, empty, has none. Undone with the changes.
        """


class MarkedIndex(SearchIndex, Protocol):
    """An index that says which position it stands at."""

    async def position(self) -> str | None:
        """What the last marked commit left behind, None when there never was one.

        Whatever process made that commit; not from memory; cheap enough for twice a second.

        Raises:
            SearchUnavailable: the index cannot be reached.
        """

    async def open_writer(self) -> MarkedWriter:
        """See `port.SearchIndex`."""
