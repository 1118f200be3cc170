"""The writers of single indexes: opened with a change, closed when nothing more comes.

The shared index's writer is open as long as this process writes; with it goes the lock of all. Of
the others a few are open at once, so that what they gather in memory is bounded.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from galleria.engines.search_index.embedded.documents import PRODUCTS
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.embedded.writer import Writer
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.shards.folder import ShardFolder
from galleria.engines.search_index.shards.places import PlacesFile

SHARED_FOLDER = ""


class ShardWriter(Writer[SearchDocument]):
    """The writer of one index of several that are committed together."""

    async def undo(self) -> None:
        """Go back to the last commit; a rebuild under way has ended."""

        def fail() -> None:
            raise SearchUnavailable("another index failed")

        with suppress(SearchUnavailable):
            await self._run(lambda: self._or_undo(fail))


class OpenWriters:
    """Used from one event loop, one caller at a time."""

    def __init__(
        self,
        file: PlacesFile,
        heap_bytes: int,
        own_heap_bytes: int,
        most_own: int,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing is open yet; see `open`."""
        self._file = file
        self._own_heap_bytes = own_heap_bytes
        self._most_own = most_own
        self._clock = clock
        self._folder = IndexFolder(file.root, PRODUCTS)
        self.shared = ShardWriter(self._folder, heap_bytes)
        self._own: OrderedDict[str, ShardWriter] = OrderedDict()
        self._used_at_s: dict[str, float] = {}
        self._folders: dict[str, ShardFolder] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self.held: set[str] = set()  # a rebuild or a move is under way in these
        self.touched: set[str] = set()  # changed since the last commit

    @property
    def names_open(self) -> list[str]:
        """The folders of shops whose writers are open."""
        return list(self._own)

    async def open(self) -> None:
        """Become the writer of all. Raises SearchWriterBusy."""
        await self.shared.open()

    def folder(self, name: str) -> IndexFolder[SearchDocument]:
        """The folder of a writer. Raises SearchUnavailable when it is not there."""
        if name == SHARED_FOLDER:
            return self._folder
        if name not in self._folders:
            self._folders[name] = ShardFolder(self._file.folder(name))
        return self._folders[name]

    async def of(self, name: str) -> ShardWriter:
        """The writer of a folder, opened when it is not.

        Raises:
            SearchUnavailable: the engine failed, or another writer's last commit did.
        """
        if name == SHARED_FOLDER:
            return self.shared
        self._used_at_s[name] = self._clock()
        if name in self._own:
            self._own.move_to_end(name)
            return self._own[name]
        if name in self._closing:
            await asyncio.wait([self._closing[name]])
        await self._make_room()
        if not self._file.folder(name).is_dir():  # lost: it is made afresh, and asks for a rebuild
            await asyncio.to_thread(self._file.make, name)
        opened = await ShardWriter(self._folder_of_own(name), self._own_heap_bytes).open()
        self._own[name] = opened
        return opened

    async def touch(self, name: str) -> ShardWriter:
        """As `of`; it is to be committed with the next commit."""
        writer = await self.of(name)
        self.touched.add(name)
        return writer

    async def undo(self) -> None:
        """Nothing stays that was written since the last commit, and no rebuild that is held."""
        wrong, self.touched = self.touched | self.held, set()
        for name in wrong:
            if name == SHARED_FOLDER or name in self._own:
                await (await self.of(name)).undo()

    async def shut(self, name: str) -> None:
        """The writer is closed, what it had not committed is undone, and it is not in use."""
        self.held.discard(name)
        self.touched.discard(name)
        self._begin_to_close(name)
        if name in self._closing:
            await asyncio.wait([self._closing[name]])
        self._folders.pop(name, None)

    def close_idle(self, idle_s: float) -> None:
        """Those that had nothing to do for so long begin to close."""
        before_s = self._clock() - idle_s
        for name in list(self._own):
            if name not in self.held | self.touched and self._used_at_s[name] <= before_s:
                self._begin_to_close(name)

    async def close(self) -> None:
        """All are closed; the shared one last, since the lock of all goes with it."""
        for name in list(self._own):
            self._begin_to_close(name)
        if self._closing:
            await asyncio.wait(list(self._closing.values()))
        await self.shared.close()

    def _folder_of_own(self, name: str) -> ShardFolder:
        folder = self.folder(name)
        assert isinstance(folder, ShardFolder), "a shop's own"
        return folder

    async def _make_room(self) -> None:
        """There is room for one more, if any of those that are open can go."""
        while len(self._own) >= self._most_own:
            idle = [each for each in self._own if each not in self.held]
            if not idle:
                return
            name = next((each for each in idle if each not in self.touched), idle[0])
            if name in self.touched:
                # Seen a little early. Who waits for the commit is told only when all is durable.
                await self._own[name].commit()
                self.touched.discard(name)
            self._begin_to_close(name)

    def _begin_to_close(self, name: str) -> None:
        writer = self._own.pop(name, None)
        if writer is None:
            return
        self._used_at_s.pop(name, None)
        closing = self._closing[name] = asyncio.create_task(self._close(name, writer))
        closing.add_done_callback(lambda _: self._closing.pop(name, None))

    async def _close(self, name: str, writer: ShardWriter) -> None:
        with suppress(SearchUnavailable, OSError):
            await writer.close()  # merges are waited for, so what lies there now stays
            await asyncio.to_thread(self._believe, name)

    def _believe(self, name: str) -> None:
        folder = self._folders.get(name)
        if folder is not None:
            folder.believe()
