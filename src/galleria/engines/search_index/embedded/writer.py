"""Writing the index: the one process that does, and the fresh index it may build beside."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from tantivy import Document, Index, Query, Searcher
from tantivy import IndexWriter as Engine

from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.embedded.folder import Current, IndexFolder
from galleria.engines.search_index.embedded.form import DocumentT
from galleria.engines.search_index.errors import InvalidSearchDocument, SearchUnavailable
from galleria.foundation.telemetry import logger

T = TypeVar("T")

_log = logger(__name__)


class Generation:
    """One generation, open for writing."""

    def __init__(self, folder: IndexFolder[Any], name: str, format_: int, heap_bytes: int) -> None:
        """Open it. Raises SearchUnavailable when it is damaged."""
        self.name = name
        self.format = format_
        self._heap_bytes = heap_bytes
        with engine_failures("opening the index for writing"):
            if (damage := folder.damage_of(name)) is not None:
                raise SearchUnavailable(damage)
            self._index: Index = folder.open(name)
        self._engine: Engine | None = self._begin()
        # The last commit, once somebody asked what is in it, and the keys written since.
        self._committed: Searcher | None = None
        self._touched: set[str] = set()
        with engine_failures("clearing the index"):
            self._engine.garbage_collect_files()  # what a killed writer left half made

    def replace(self, keys: Sequence[str], documents: Sequence[Document]) -> None:
        """Remove what stands under `keys`, then add `documents`."""
        engine = self._working()
        # The engine keeps a kilobyte for each removal until the commit, and looks for it in every
        # part of the index, so what is new is not removed first.
        for key in keys:
            if self._may_hold(key):
                engine.delete_documents_by_term("key", key)
        self._touched.update(keys)
        for document in documents:
            engine.add_document(document)

    def delete_tenant(self, tenant_id: int) -> None:
        """Remove everything of a tenant."""
        self._working().delete_documents_by_term("tenant", str(int(tenant_id)))

    def commit(self) -> None:
        """Make it durable."""
        self._working().commit()
        self._forget_what_is_there()

    def undo(self) -> None:
        """Go back to the last commit.

        An engine whose thread died cannot: it is opened again, or at the next try when even that
        is not possible now.
        """
        self._forget_what_is_there()
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

    def _may_hold(self, key: str) -> bool:
        if key in self._touched:
            return True
        if self._committed is None:
            self._index.reload()
            self._committed = self._index.searcher()
        return self._committed.doc_freq("key", key) > 0

    def _forget_what_is_there(self) -> None:
        self._committed = None
        self._touched.clear()

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
        self._is_rebuilding = False
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
        await self._run(lambda: self._or_undo(self._commit))

    async def mark(self, position: str) -> None:
        """The next commit leaves `position` behind, for `OpenIndex.position`."""
        await self._run(lambda: self._mark(position))

    async def begin_rebuild(self) -> "FreshIndex[DocumentT]":
        """See `port.IndexWriter`."""
        return FreshIndex(self, await self._run(self._begin_rebuild))

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
            self._open_or_make()
        except BaseException:
            self._locks.close()
            raise

    def _open_or_make(self) -> None:
        current = self._folder.current()
        if current is None:
            current = self._made_afresh()
        if current.format < self._folder.form.format:
            self._folder.mark(current.generation)
        self._live = self._opened(current.generation, current.format)
        if self._live is None and not self._still_answers(current.generation):
            current = self._made_afresh()
            self._live = self._opened(current.generation, current.format)
        self._fresh = self._half_made()
        if self._live is None:
            # Nobody writes to it any more; a whole one is made beside it.
            self._folder.mark(current.generation)
            if self._fresh is None:
                self._make_fresh()
        kept = [each.name for each in (self._live, self._fresh) if each is not None]
        self._folder.clean(current.generation, *kept)

    def _made_afresh(self) -> Current:
        name = self._folder.make_generation(needs_rebuild=True)
        self._folder.switch_to(name)
        _log.warning("search_index_made_afresh", generation=name)
        return Current(name, self._folder.form.format)

    def _opened(self, name: str, format_: int) -> Generation | None:
        """The generation, None when it is damaged."""
        try:
            return Generation(self._folder, name, format_, self._heap_bytes)
        except SearchUnavailable as error:
            _log.error("search_index_damaged", generation=name, why=str(error))
            return None

    def _still_answers(self, generation: str) -> bool:
        """A damaged generation can be read, at least where it was asked."""
        try:
            with engine_failures("reading a damaged index"):
                searcher = self._folder.open(generation).searcher()
                found: Any = searcher.search(Query.all_query(), 1)
                return all(searcher.doc(where) is not None for _, where in found.hits)
        except SearchUnavailable:
            return False

    def _half_made(self) -> Generation | None:
        """The generation that was in the making when the last writer ended, if any of it was
        kept."""
        pending = self._folder.pending()
        fresh = None
        if pending is not None and pending.reached is not None:
            fresh = self._opened(pending.generation, pending.format)
        if fresh is None:
            self._folder.forget_pending()
        return fresh

    def _make_fresh(self) -> Generation:
        name = self._folder.make_generation(needs_rebuild=False)
        fresh = Generation(self._folder, name, self._folder.form.format, self._heap_bytes)
        self._folder.note_pending(name, None)
        self._fresh = fresh
        self._changed.clear()
        self._changed_tenants.clear()
        return fresh

    def _written(self) -> list[Generation]:
        """What changes go into: the one in the making first, so that it never lacks a change that
        counts as made."""
        return [each for each in (self._fresh, self._live) if each is not None]

    def _or_undo(self, work: Callable[[], None]) -> None:
        """Do `work`; when the engine fails, nothing since the last commit stays."""
        try:
            with engine_failures("writing the index"):
                work()
        except SearchUnavailable:
            self._position = None
            if self._live is not None:
                self._live.undo()
            self._drop_fresh()
            raise

    def _apply(self, tenant_id: int, upserts: Sequence[DocumentT], deletes: Sequence[str]) -> None:
        # Everything that can be wrong with a document shows here, before anything is written.
        form = self._folder.form
        last = {(form.subject_of(each), form.part_of(each)): each for each in upserts}
        documents = {
            format_: [self._taken(tenant_id, each, format_) for each in last.values()]
            for format_ in {each.format for each in self._written()}
        }
        subjects = dict.fromkeys([*deletes, *(subject for subject, _ in last)])
        keys = [form.key_of(tenant_id, subject) for subject in subjects]

        def write() -> None:
            if self._fresh is not None:
                self._changed.update(keys)
            for generation in self._written():
                generation.replace(keys, documents[generation.format])

        self._or_undo(write)

    def _commit(self) -> None:
        position, self._position = self._position, None
        for generation in self._written():
            generation.commit()
        # Afterwards: an index may hold more than its position says, and never less.
        if position is not None:
            self._leave(position)

    def _leave(self, position: str) -> None:
        current = self._folder.current()
        if self._live is not None:
            self._folder.leave_position(self._live.name, position)
        elif current is not None:
            # It answers, damaged as it is, and lacks this commit, which the one in the making has.
            self._folder.forget_position(current.generation)

    def _carry_position(self, name: str, fresh: str) -> None:
        """The fresh index holds at least what the present one does, so it says as much."""
        position = self._folder.position(name)
        if position is not None:
            self._folder.leave_position(fresh, position)

    def _taken(self, tenant_id: int, document: DocumentT, format_: int) -> Document:
        try:
            return self._folder.form.taken(tenant_id, document, format_)
        except ValueError as error:
            subject = self._folder.form.subject_of(document)
            raise InvalidSearchDocument(f"document of {subject!r}: {error}") from error

    def _delete_tenant(self, tenant_id: int) -> None:
        def write() -> None:
            if self._fresh is not None:
                self._changed_tenants.add(tenant_id)
            for generation in self._written():
                generation.delete_tenant(tenant_id)

        self._or_undo(write)

    def _mark(self, position: str) -> None:
        self._position = position

    def _begin_rebuild(self) -> str | None:
        """How far an earlier one had come."""
        if self._is_rebuilding:
            raise SearchUnavailable("a rebuild of the search index is under way already")
        if self._fresh is None:
            self._make_fresh()
        self._is_rebuilding = True
        pending = self._folder.pending()
        return pending.reached if pending else None

    def _drop_fresh(self) -> None:
        fresh, self._fresh = self._fresh, None
        self._is_rebuilding = False
        if fresh is not None:
            self._folder.forget_pending()
            fresh.close()
            if self._live is not None:
                self._folder.clean(self._live.name)
            else:
                self._make_fresh()

    def _close(self) -> None:
        try:
            # What cannot be closed properly goes with its process, and nothing committed with it.
            for generation in self._written():
                with suppress(SearchUnavailable):
                    generation.close()
        finally:
            self._live = self._fresh = None
            self._locks.close()

    # What a rebuild asks for, in the writer's own thread.

    def _rebuilding(self) -> Generation:
        if self._fresh is None or not self._is_rebuilding:
            raise SearchUnavailable("this rebuild of the search index has ended")
        return self._fresh

    def _keep_fresh(self, reached: str) -> None:
        fresh = self._rebuilding()
        with engine_failures("keeping a rebuild"):
            fresh.commit()
            self._folder.note_pending(fresh.name, reached)

    def _pause_rebuild(self) -> None:
        self._rebuilding()
        self._is_rebuilding = False
        pending = self._folder.pending()
        if pending is None or pending.reached is None:
            self._drop_fresh()

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
        taken = [self._taken(tenant_id, each, fresh.format) for each in wanted.values()]
        with engine_failures("rebuilding the index"):
            fresh.replace(sorted(keys), taken)

    def _finish_rebuild(self) -> None:
        fresh = self._rebuilding()
        with engine_failures("finishing a rebuild"):
            fresh.commit()
            if self._live is not None:
                self._carry_position(self._live.name, fresh.name)
        old, self._live, self._fresh = self._live, fresh, None
        self._is_rebuilding = False
        self._folder.switch_to(fresh.name)
        self._folder.forget_pending()
        if old is not None:
            old.close()
        self._folder.clean(fresh.name)
        _log.info("search_index_rebuilt", generation=fresh.name)


class FreshIndex(Generic[DocumentT]):
    """The port's Rebuild."""

    def __init__(self, writer: Writer[DocumentT], reached: str | None) -> None:
        """Made by `Writer.begin_rebuild`."""
        self._writer = writer
        self.reached = reached

    async def add(self, tenant_id: int, documents: Sequence[DocumentT]) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(lambda: self._writer._add_to_fresh(tenant_id, documents))

    async def keep(self, reached: str) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(lambda: self._writer._keep_fresh(reached))

    async def pause(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(self._writer._pause_rebuild)

    async def finish(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(self._writer._finish_rebuild)

    async def abandon(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._run(self._writer._drop_fresh)
