"""What Galleria asks of an engine that finds records, embedded or distributed.

Every adapter keeps what `tests/contracts/test_record_index.py` states. The tenant is an argument of
each call and the adapter puts it into each query and each key. What is said of freshness, commits
and rebuilds in `galleria.engines.search_index.port` holds here as well.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from galleria.engines.record_index.model import Record, RecordKind, RecordPage, RecordQuery
from galleria.engines.search_index import IndexStatus, IndexWriter


class RecordIndex(Protocol):
    """Questions to the index; any number of processes may ask at once."""

    async def find(
        self, tenant_id: int, query: RecordQuery, *, deadline_s: float = 5.0
    ) -> RecordPage:
        """One page of this tenant's records, in their order; any page costs the same.

        Raises:
            SearchOverloaded: too many questions wait already; nothing was tried.
            SearchTimeout: there was no answer at the deadline.
            SearchUnavailable: the index cannot be read.
        """

    async def get(
        self, tenant_id: int, kind: RecordKind, record_ids: Sequence[UUID]
    ) -> dict[UUID, Record]:
        """Those of at most 1,000 records that are there, without their words. Raises: as `find`."""

    async def count(self, tenant_id: int, kind: RecordKind, words: Sequence[str]) -> dict[str, int]:
        """How many records have each of the words. Raises: as `find`."""

    async def refresh(self) -> None:
        """From now on this process sees all that any process has committed by now."""

    async def status(self) -> IndexStatus:
        """The state of the whole index, all tenants. One that cannot be read says so."""

    async def open_writer(self) -> IndexWriter[Record]:
        """The one writer of this index; the caller holds the lease for it.

        Raises:
            SearchWriterBusy: another process (or this one) has it open.
        """

    async def close(self) -> None:
        """Let go of threads and files. Questions under way are finished first."""
