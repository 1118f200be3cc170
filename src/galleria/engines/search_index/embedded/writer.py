"""Writing the index: the one process that does, and the fresh index it may build beside."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from tantivy import Document, Index
from tantivy import IndexWriter as Engine

from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.embedded.form import DocumentT
from galleria.engines.search_index.errors import InvalidSearchDocument, SearchUnavailable
from galleria.foundation.telemetry import logger

T = TypeVar("T")

_log = logger(__name__)


class Generation:
    """One generation, open for writing."""

    def __init__(self, folder: IndexFolder[Any], name: str, heap_bytes: int) -> None:
        """Open it. Raises SearchUnavailable when it is damaged."""
        self.name = name
        self._heap_bytes = heap_bytes
        with engine_failures("opening the index for writing"):
            if (damage := folder.damage_of(name)) is not None:
                raise SearchUnavailable(damage)
            self._index: Index = folder.open(name)
        self._engine: Engine | None = self._begin()
        with engine_failures("clearing the index"):
            self._engine.garbage_collect_files()  # what a killed writer left half made

    def replace(self, keys: Sequence[str], documents: Sequence[Document]) -> None:
        """Remove what stands under `keys`, then add `documents`."""
        engine = self._working()
        for key in keys:
            engine.delete_documents_by_term("key", key)
        for document in documents:
            engine.add_document(document)

    def delete_tenant(self, tenant_id: int) -> None:
        """Remove everything of a tenant."""
        self._working().delete_documents_by_term("tenant", str(int(tenant_id)))

    def commit(self) -> None:
        """Make it durable."""
        self._working().commit()

    def undo(self) -> None:
        """Go back to the last commit.

        An engine whose thread died cannot: it is opened again, or at the next try when even that
        is not possible now.
        """
        try:
            with engine_failures("undoing changes"):
                self._working().rollback()
        except SearchUnavailable:
            self._engine = None  # the engine's own lock goes with it
            with suppress(SearchUnavailable):
                self._working()

    def close(self) -> None:
        """Undo what was not committed, wait for merges, and let go of the engine's lock."""
        engine, self._engine = self._engine, None
        if engine is not None:
            with engine_failures("closing the index"):
                engine.rollback()
                engine.wait_merging_threads()

    def _working(self) -> Engine:
        if self._engine is None:
            self._engine = self._begin()
        return self._engine

    def _begin(self) -> Engine:
        # One thread: a second one halves the segments' size and doubles their number, and the
        # documents are made in Python, which is the slower half anyhow.
        with engine_failures("opening the index for writing"):
            return self._index.writer(self._heap_bytes, 1)


class Writer(Generic[DocumentT]):
    """The port's IndexWriter. All work is done in one thread, in the order it was asked for."""

    def __init__(self, folder: IndexFolder[DocumentT], heap_bytes: int) -> None:
        """Nothing is locked or opened yet; see `open`."""
        self._folder = folder
        self._heap_bytes = heap_bytes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search-writer")
        self._is_closed = False
        self._locks = ExitStack()
        self._live: Generation | None = None
        self._fresh: Generation | None = None
        # What changed since the rebuild began: the rebuild's own view of it may be older.
        self._changed: set[str] = set()
        self._changed_tenants: set[int] = set()
        self._position: str | None = None

    async def open(self) -> Self:
        """Become the writer. Raises SearchWriterBusy."""
        try:
            await self._run(self._open)
        except BaseException:
            self._thread.shutdown(wait=False)
            raise
        return self

    async def apply(
        self, tenant_id: int, upserts: Sequence[DocumentT], deletes: Sequence[str] = ()
    ) -> None:
        """See `port.IndexWriter`."""
        await self._run(lambda: self._apply(tenant_id, upserts, deletes))

    async def delete_tenant(self, tenant_id: int) -> None:
        """See `port.IndexWriter`."""
        await self._run(lambda: self._delete_tenant(tenant_id))

    async def commit(self) -> None:
        """See `port.IndexWriter`."""
        await self._run(self._commit)

    async def mark(self, position: str) -> None:
        """The next commit leaves `position` behind, for `OpenIndex.position`."""
        await self._run(lambda: self._mark(position))

    async def begin_rebuild(self) -> "FreshIndex[DocumentT]":
        """See `port.IndexWriter`."""
        await self._run(self._begin_rebuild)
        return FreshIndex(self)

    async def close(self) -> None:
        """See `port.IndexWriter`."""
        if self._is_closed:
            return
        try:
            await self._run(self._close)
        finally:
            self._is_closed = True
            self._thread.shutdown()

    async def __aenter__(self) -> Self:
        """The writer itself."""
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._is_closed:
            raise SearchUnavailable("this writer is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        self._locks.enter_context(self._folder.held_for_writing())
        try:
            self._live = self._open_or_make()
        except BaseException:
            self._locks.close()
            raise

    def _open_or_make(self) -> Generation:
        current = self._folder.current()
        if current is not None:
            try:
                generation = Generation(self._folder, current.generation, self._heap_bytes)
            except SearchUnavailable as error:
                _log.error("search_index_damaged", generation=current.generation, why=str(error))
            else:
                self._folder.clean(current.generation)
                return generation
        # The damaged one is kept until a rebuild has finished: somebody may want to look at it.
        name = self._folder.make_generation(needs_rebuild=True)
        generation = Generation(self._folder, name, self._heap_bytes)
        self._folder.switch_to(name)
        _log.warning("search_index_made_afresh", generation=name)
        return generation

    def _writable(self) -> Generation:
        assert self._live is not None, "open until closed"
        return self._live

    def _or_undo(self, work: Callable[[], None]) -> None:
        """Do `work`; when the engine fails, nothing since the last commit stays."""
        live = self._writable()
        try:
            with engine_failures("writing the index"):
                work()
        except SearchUnavailable:
            self._position = None
            live.undo()
            self._drop_fresh()
            raise

    def _apply(self, tenant_id: int, upserts: Sequence[DocumentT], deletes: Sequence[str]) -> None:
        live = self._writable()
        # Everything that can be wrong with a document shows here, before anything is written.
        form = self._folder.form
        last = {(form.subject_of(each), form.part_of(each)): each for each in upserts}
        documents = [self._taken(tenant_id, each) for each in last.values()]
        subjects = dict.fromkeys([*deletes, *(subject for subject, _ in last)])
        keys = [form.key_of(tenant_id, subject) for subject in subjects]

        def write() -> None:
            live.replace(keys, documents)
            if self._fresh is not None:
                self._changed.update(keys)
                self._fresh.replace(keys, documents)

        self._or_undo(write)

    def _taken(self, tenant_id: int, document: DocumentT) -> Document:
        try:
            return self._folder.form.taken(tenant_id, document)
        except ValueError as error:
            subject = self._folder.form.subject_of(document)
            raise InvalidSearchDocument(f"document of {subject!r}: {error}") from error

    def _delete_tenant(self, tenant_id: int) -> None:
        live = self._writable()

        def write() -> None:
            live.delete_tenant(tenant_id)
            if self._fresh is not None:
                self._changed_tenants.add(tenant_id)
                self._fresh.delete_tenant(tenant_id)

        self._or_undo(write)

    def _mark(self, position: str) -> None:
        self._position = position

    def _commit(self) -> None:
        live = self._writable()
        position, self._position = self._position, None

        def commit() -> None:
            live.commit()
            # Afterwards: an index may hold more than its position says, and never less.
            if position is not None:
                self._folder.leave_position(live.name, position)

        self._or_undo(commit)

    def _begin_rebuild(self) -> None:
        self._writable()
        if self._fresh is not None:
            raise SearchUnavailable("a rebuild of the search index is under way already")
        name = self._folder.make_generation(needs_rebuild=False)
        self._fresh = Generation(self._folder, name, self._heap_bytes)
        self._changed.clear()
        self._changed_tenants.clear()

    def _drop_fresh(self) -> None:
        fresh, self._fresh = self._fresh, None
        if fresh is not None:
            fresh.close()
            self._folder.clean(self._writable().name)

    def _close(self) -> None:
        try:
            # What cannot be closed properly goes with its process, and nothing committed with it.
            with suppress(SearchUnavailable):
                self._drop_fresh()
            with suppress(SearchUnavailable):
                self._writable().close()
        finally:
            self._live = None
            self._locks.close()

    # What a rebuild asks for, in the writer's own thread.

    def _rebuilding(self) -> Generation:
        if self._fresh is None:
            raise SearchUnavailable("this rebuild of the search index has ended")
        return self._fresh

    def _add_to_fresh(self, tenant_id: int, documents: Sequence[DocumentT]) -> None:
        fresh = self._rebuilding()
        if tenant_id in self._changed_tenants:
            return
        form, wanted, keys = self._folder.form, {}, set()
        for each in documents:
            subject = form.subject_of(each)
            if (key := form.key_of(tenant_id, subject)) not in self._changed:
                wanted[subject, form.part_of(each)] = each
                keys.add(key)
        taken = [self._taken(tenant_id, each) for each in wanted.values()]
        with engine_failures("rebuilding the index"):
            fresh.replace(sorted(keys), taken)

    def _finish_rebuild(self) -> None:
        fresh = self._rebuilding()
        with engine_failures("finishing a rebuild"):
            fresh.commit()
            # The fresh index holds at least what the present one does, so it may say as much.
            position = self._folder.position(self._writable().name)
            if position is not None:
                self._folder.leave_position(fresh.name, position)
        old, self._live, self._fresh = self._live, fresh, None
        self._folder.switch_to(fresh.name)
        if old is not None:
            old.close()
        self._folder.clean(fresh.name)
        _log.info("search_index_rebuilt", generation=fresh.name)


class FreshIndex(Generic[DocumentT]):
    """The port's Rebuild."""

    def __init__(self, writer: Writer[DocumentT]) -> None:
        """Made by `Writer.begin_rebuild`."""
        self._writer = writer

    async def add(self, tenant_id: int, documents: Sequence[DocumentT]) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(lambda: self._writer._add_to_fresh(tenant_id, documents))

    async def finish(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(self._writer._finish_rebuild)

    async def abandon(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(self._writer._drop_fresh)
