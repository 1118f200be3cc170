"""The port on Tantivy."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from galleria.engines.record_index.embedded.finding import Finder
from galleria.engines.record_index.embedded.form import RECORDS
from galleria.engines.record_index.model import (
    MOST_IDS,
    Record,
    RecordKind,
    RecordPage,
    RecordQuery,
)
from galleria.engines.search_index import InvalidSearchQuery
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.embedded.opened import OpenIndex
from galleria.engines.search_index.pool import SearchPool

_DEADLINE_S = 5.0


def open_records(
    folder: Path,
    *,
    threads: int = 2,
    max_waiting: int = 64,
    writer_heap_bytes: int = 48_000_000,
) -> "TantivyRecords":
    """The index in `folder`, made empty when there has never been one; see `open_tantivy`."""
    pool = SearchPool(threads, max_waiting)
    return TantivyRecords(IndexFolder(folder, RECORDS), pool, writer_heap_bytes)


class TantivyRecords(OpenIndex[Record]):
    """The port's RecordIndex, embedded."""

    async def find(
        self, tenant_id: int, query: RecordQuery, *, deadline_s: float = _DEADLINE_S
    ) -> RecordPage:
        """See `port.RecordIndex`."""
        return await self._ask(
            tenant_id,
            lambda snapshot, _: Finder(snapshot.searcher, tenant_id, query.kind).page(query),
            "finding records",
            deadline_s,
        )

    async def get(
        self, tenant_id: int, kind: RecordKind, record_ids: Sequence[UUID]
    ) -> dict[UUID, Record]:
        """See `port.RecordIndex`."""
        if len(record_ids) > MOST_IDS:
            raise InvalidSearchQuery(f"at most {MOST_IDS} records at once")
        return await self._ask(
            tenant_id,
            lambda snapshot, _: Finder(snapshot.searcher, tenant_id, kind).get(record_ids),
            "getting records",
            _DEADLINE_S,
        )

    async def count(self, tenant_id: int, kind: RecordKind, words: Sequence[str]) -> dict[str, int]:
        """See `port.RecordIndex`."""
        return await self._ask(
            tenant_id,
            lambda snapshot, _: Finder(snapshot.searcher, tenant_id, kind).counts(words),
            "counting records",
            _DEADLINE_S,
        )
