"""What Galleria asks of a search engine, embedded or distributed.

Every adapter keeps what `tests/contracts/test_search_index*.py` states. The tenant is an argument
of each call and the adapter puts it into each query and each key: no value a caller can make
reaches another tenant's documents.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar

from galleria.engines.search_index.model import (
    IndexStatus,
    SearchDocument,
    SearchQuery,
    SearchResult,
    Suggestions,
    SuggestQuery,
)

DocumentT_contra = TypeVar("DocumentT_contra", contravariant=True)


class SearchIndex(Protocol):
    """Questions to the index; any number of processes may ask at once."""

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 1.0
    ) -> SearchResult:
        """One page of this tenant's products, best first, with counts.

        What was committed is seen at most 0.2 s later. Past four fifths of the deadline, facets
        still missing are left out and the answer says that it is partial.

        Raises:
            SearchPageTooDeep: the page ends beyond 10,000 hits, or `after` is not a position.
            SearchOverloaded: too many searches wait already; nothing was tried.
            SearchTimeout: there were no hits yet at the deadline.
            SearchUnavailable: the index cannot be read.
        """

    async def suggest(
        self, tenant_id: int, query: SuggestQuery, *, deadline_s: float = 0.5
    ) -> Suggestions:
        """How the typed words may go on in this tenant's titles, and the first products.

        A single Latin letter is not completed: too much begins with it.

        Raises: as `search`.
        """

    async def count(self, tenant_id: int) -> int:
        """How many documents of this tenant can be found. Raises: as `search`."""

    async def refresh(self) -> None:
        """From now on this process sees all that any process has committed by now."""

    async def status(self) -> IndexStatus:
        """The state of the whole index, all tenants. One that cannot be read says so."""

    async def open_writer(self) -> "IndexWriter[SearchDocument]":
        """The one writer of this index; the caller holds the lease for it.

        A missing or damaged index is made afresh, empty, and then says `needs_rebuild`.

        Raises:
            SearchWriterBusy: another process (or this one) has it open. A process that died has
                not: its lock died with it.
        """

    async def close(self) -> None:
        """Let go of threads and files. Searches under way are finished first."""


class IndexWriter(Protocol[DocumentT_contra]):
    """Changes to an index. They are seen and durable after `commit`, all of them or none."""

    async def apply(
        self,
        tenant_id: int,
        upserts: Sequence[DocumentT_contra],
        deletes: Sequence[str] = (),
    ) -> None:
        """Make each product's documents these ones, and remove the products in `deletes`.

        A product's documents of all channels and locales travel in one call: those it had and
        that are not in `upserts` are gone. Safe to repeat.

        Raises:
            InvalidSearchDocument: the engine cannot take one of them; nothing was applied.
            SearchUnavailable: the engine failed; everything since the last commit is undone, and a
                rebuild under way has ended.
        """

    async def delete_tenant(self, tenant_id: int) -> None:
        """Remove all documents of a tenant. Before `apply` in one commit: a tenant's rebuild."""

    async def commit(self) -> None:
        """Make all changes since the last commit durable and visible, or none of them.

        Raises:
            SearchUnavailable: the engine failed; everything since the last commit is undone.
        """

    async def begin_rebuild(self) -> "Rebuild[DocumentT_contra]":
        """Begin a fresh index beside the present one, which goes on answering and changing, or go
        on with one that an earlier process left half made.

        Changes that come in by `apply` meanwhile go into both, and a document that the rebuild
        brings for a product changed meanwhile is left out, since it may be older.

        Raises:
            SearchUnavailable: a rebuild is under way already.
        """

    async def close(self) -> None:
        """Let another process write. What was not committed is undone."""

    async def __aenter__(self) -> Self:
        """The writer itself."""

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""


class Rebuild(Protocol[DocumentT_contra]):
    """A fresh index in the making.

    `reached` is what was last said to `keep`, by this process or an earlier one that ended; None at
    the beginning.
    """

    reached: str | None

    async def add(self, tenant_id: int, documents: Sequence[DocumentT_contra]) -> None:
        """Put documents in, those of one product in one call. Safe to repeat."""

    async def keep(self, reached: str) -> None:
        """Make what was added so far durable; whoever begins a rebuild after a crash is told."""

    async def pause(self) -> None:
        """Let somebody begin again later, from what was kept; when nothing was, as `abandon`."""

    async def finish(self) -> None:
        """Let the fresh index take the place of the present one, at once and for all readers."""

    async def abandon(self) -> None:
        """Throw the fresh index away; the present one stays."""
