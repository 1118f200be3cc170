"""Reading the index from any process, never far behind the writer."""

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from tantivy import Index, Searcher

from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.embedded.folder import Current, IndexFolder, require
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.foundation.telemetry import logger

_log = logger(__name__)

# A look at two files costs microseconds; with a look at most this often, nobody waits long.
MAX_STALENESS_S = 0.2


class Snapshot(NamedTuple):
    """An index as it was committed at one moment, and of what format it is."""

    searcher: Searcher
    format: int


class Reader:
    """The present searcher of a folder, followed from commit to commit and from swap to swap."""

    def __init__(self, folder: IndexFolder[Any], clock: Callable[[], float] = monotonic) -> None:
        """Read `folder`; nothing is opened before the first search."""
        self._folder = folder
        self._clock = clock
        self._lock = Lock()
        self._generation = ""
        self._index: Index | None = None
        self._snapshot: Snapshot | None = None
        self._signature: tuple[int, ...] = ()
        self._looked_at_s = float("-inf")

    def searcher(self, *, is_fresh: bool = False) -> Searcher:
        """The searcher of `snapshot`."""
        return self.snapshot(is_fresh=is_fresh).searcher

    def snapshot(self, *, is_fresh: bool = False) -> Snapshot:
        """What was committed 0.2 s ago or later; `is_fresh`: by now.

        Raises:
            SearchUnavailable: there is no index, or it is damaged.
        """
        with self._lock:
            due = self._looked_at_s + MAX_STALENESS_S <= self._clock()
            if is_fresh or due or self._snapshot is None:
                self._follow()
                self._looked_at_s = self._clock()
            assert self._snapshot is not None
            return self._snapshot

    def suspect(self) -> None:
        """A search failed: when files are damaged, ask for a rebuild.

        A question that merely upsets the engine must not cost one, nor a process that has run out
        of file handles, so only the files decide.
        """
        with self._lock:
            current = self._folder.current()
            if current is not None:
                self._look_for_damage(current.generation)

    def _look_for_damage(self, generation: str) -> None:
        with suppress(OSError):
            before = self._folder.signature(generation)
            damage = self._folder.damage_of(generation)
            if damage is not None and self._folder.signature(generation) == before:
                _log.error("search_index_damaged", generation=generation, damage=damage)
                self._folder.mark(generation)

    def _follow(self) -> None:
        """Reopen or reload what changed. A swap may remove a generation as we look: look twice."""
        for is_last in (False, True):
            generation = self._generation
            try:
                if generation and self._folder.signature(generation) == self._signature:
                    return
                current = require(self._folder.current())
                generation = current.generation
                signature = self._folder.signature(generation)
                with engine_failures("reading a commit"):
                    self._load(current)
                self._signature = signature
                return
            except (SearchUnavailable, FileNotFoundError) as error:
                self._generation = ""
                if is_last:
                    self._look_for_damage(generation)
                    raise SearchUnavailable("the search index cannot be opened") from error

    def _load(self, current: Current) -> None:
        if self._index is None or current.generation != self._generation:
            self._index = self._folder.open(current.generation)
            self._generation = current.generation
        self._index.reload()
        self._snapshot = Snapshot(self._index.searcher(), current.format)
