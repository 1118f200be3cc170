"""Where an index lies on disk, and how a fresh one takes the place of the present one.

    DATA/search/current.json     which generation is the present one, and its format
    DATA/search/rebuilding.json  which one is being made, and how far that has come
    DATA/search/writer.lock      held by the writing process for as long as it lives
    DATA/search/g000001/         one generation: Tantivy's own files
    DATA/search/g000001/.needs-rebuild    it is empty or damaged until a rebuild
    DATA/search/g000001/.position         what its writer left behind with a commit, if anything

The present generation changes by one rename. Locks are the kernel's: a process that dies loses
its lock, whatever it left on disk.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Generic

import msgspec
from tantivy import Index

from galleria.engines.search_index.embedded.damage import damage_of
from galleria.engines.search_index.embedded.form import DocumentT, Form
from galleria.engines.search_index.errors import SearchUnavailable, SearchWriterBusy

_GENERATION = re.compile(r"g[0-9]{6,}")
_MARK = ".needs-rebuild"
_POSITION = ".position"


class Current(msgspec.Struct, frozen=True):
    """Which generation answers."""

    generation: str
    format: int


class Pending(msgspec.Struct, frozen=True):
    """A generation in the making: `reached` is what its maker noted last."""

    generation: str
    format: int
    reached: str | None = None


class IndexFolder(Generic[DocumentT]):
    """The folder of one index."""

    def __init__(self, path: Path, form: Form[DocumentT]) -> None:
        """Use `path`; it is made when it is not there."""
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.form = form
        self._current = path / "current.json"
        self._pending = path / "rebuilding.json"

    def current(self) -> Current | None:
        """The present generation, None when there is none that this code can read."""
        try:
            current = msgspec.json.decode(self._current.read_bytes(), type=Current)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        is_ours = self.form.least_readable <= current.format <= self.form.format
        return current if is_ours and _GENERATION.fullmatch(current.generation) else None

    def pending(self) -> Pending | None:
        """The generation in the making, None when there is none of this format."""
        try:
            pending = msgspec.json.decode(self._pending.read_bytes(), type=Pending)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        is_there = (
            _GENERATION.fullmatch(pending.generation)
            and (self.path / pending.generation / "meta.json").exists()
        )
        return pending if is_there and pending.format == self.form.format else None

    def note_pending(self, generation: str, reached: str | None) -> None:
        """The generation is in the making, and its maker has come so far."""
        _write(self._pending, msgspec.json.encode(Pending(generation, self.form.format, reached)))

    def forget_pending(self) -> None:
        """No generation is in the making."""
        self._pending.unlink(missing_ok=True)

    def ensure(self) -> None:
        """Make an empty generation where there has never been one; any process may do so."""
        if self._current.exists():
            return
        with _locked(self.path / "first.lock", is_patient=True):
            if not self._current.exists():
                self.switch_to(self.make_generation(needs_rebuild=True))

    @contextmanager
    def held_for_writing(self) -> Iterator[None]:
        """Be the writer within the block. Raises SearchWriterBusy when another process is."""
        with _locked(self.path / "writer.lock", is_patient=False):
            yield

    def make_generation(self, *, needs_rebuild: bool) -> str:
        """The name of a new, empty generation that nobody reads yet."""
        numbers = [int(name[1:]) for name in self._generations()]
        generation = f"g{max(numbers, default=0) + 1:06}"
        folder = self.path / generation
        folder.mkdir()
        Index(self.form.schema(), str(folder))
        if needs_rebuild:
            self.mark(generation)
        return generation

    def switch_to(self, generation: str) -> None:
        """From now on readers use `generation`; what was there before stays on disk."""
        _write(self._current, msgspec.json.encode(Current(generation, self.form.format)))

    def clean(self, *keep: str) -> None:
        """Remove all generations but `keep`. Readers still inside one keep their open files."""
        for generation in self._generations():
            if generation not in keep:
                shutil.rmtree(self.path / generation, ignore_errors=True)

    def damage_of(self, generation: str) -> str | None:
        """What is damaged, None when nothing is; see `damage`. Raises OSError."""
        return damage_of(self.path / generation)

    def mark(self, generation: str) -> None:
        """Note that the generation lacks documents, for whichever process may rebuild it."""
        with suppress(FileNotFoundError):  # then another generation has taken its place
            (self.path / generation / _MARK).touch()

    def is_marked(self, generation: str) -> bool:
        """True when a rebuild is due."""
        return (self.path / generation / _MARK).exists()

    def position(self, generation: str) -> str | None:
        """What `leave_position` left in the generation last. Raises OSError."""
        try:
            return (self.path / generation / _POSITION).read_text()
        except FileNotFoundError:
            return None

    def forget_position(self, generation: str) -> None:
        """The generation says nothing any more. Raises OSError."""
        (self.path / generation / _POSITION).unlink(missing_ok=True)
        _sync_folder(self.path / generation)

    def leave_position(self, generation: str, position: str) -> None:
        """The generation says `position` from now on, whatever happens to this process."""
        _write(self.path / generation / _POSITION, position.encode())

    def open(self, generation: str) -> Index:
        """The generation's index, read by hand, ready to be written too. Raises ValueError."""
        index = Index.open(str(self.path / generation))
        index.config_reader("manual")
        for name, analyzer in self.form.analyzers().items():
            index.register_tokenizer(name, analyzer)
        return index

    def size_bytes(self, generation: str) -> int:
        """Bytes the generation takes on disk; files that vanish meanwhile count nothing."""
        total = 0
        for entry in os.scandir(self.path / generation):
            try:
                total += entry.stat().st_size
            except FileNotFoundError:
                continue
        return total

    def signature(self, generation: str) -> tuple[int, ...]:
        """Changes with every commit and every switch; two calls of stat().

        Raises:
            FileNotFoundError: the generation is gone.
        """
        pointer = self._current.stat()
        meta = (self.path / generation / "meta.json").stat()
        return (pointer.st_ino, pointer.st_mtime_ns, meta.st_ino, meta.st_mtime_ns, meta.st_size)

    def _generations(self) -> list[str]:
        return [entry.name for entry in os.scandir(self.path) if _GENERATION.fullmatch(entry.name)]


def require(current: Current | None) -> Current:
    """The present generation. Raises SearchUnavailable when there is none."""
    if current is None:
        raise SearchUnavailable("the search index is missing or of another version; rebuild it")
    return current


@contextmanager
def _locked(path: Path, *, is_patient: bool) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if is_patient else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        raise SearchWriterBusy("the search index is being written already") from None
    try:
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    """Put a whole file in the place of another, durably."""
    fresh = path.with_name(f"{path.name}.fresh")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
