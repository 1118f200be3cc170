"""Who lies where: one small file that every process follows.

    DATA/search/                 the shared index; see `embedded.folder`
    DATA/search/places.json      which shops have their own index, and which are on their way
    DATA/search/own/7-000002/    the index of shop 7: a folder like the shared one
    DATA/search/wishes/7         what the operator wants for shop 7

The file changes by one rename; that is the instant a shop moves. A folder has a new number with
each move, so a process that is late never takes one for another.
"""

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from galleria.engines.search_index.errors import SearchUnavailable

FORMAT = 1
OWN = "own"
_FOLDER = re.compile(r"([1-9][0-9]{0,9})-([0-9]{6,9})")

Signature = tuple[int, int, int]
ABSENT: Signature = (0, 0, 0)


class Moving(msgspec.Struct, frozen=True):
    """A shop on its way: into its own `folder`, or, with none, into the shared index, of which
    `reached` says how far that has come."""

    folder: str = ""
    reached: str | None = None


class Places(msgspec.Struct, frozen=True):
    """Who lies where.

    Args:
        own: the folders of the shops that have their own index.
        moving: shops on their way; they are answered from where they lie.
        leaving: shops that have their own index by now and whose documents are still to be removed
            from the shared one.
        is_finishing: a rebuild of everything was complete and has begun to take its place.
    """

    own: dict[int, str] = {}
    moving: dict[int, Moving] = {}
    leaving: tuple[int, ...] = ()
    is_finishing: bool = False
    format: int = FORMAT

    def folder_of(self, tenant_id: int) -> str:
        """The folder a shop is answered from; empty for the shared index."""
        return self.own.get(tenant_id, "")

    def targets(self, tenant_id: int) -> list[str]:
        """The folders a shop's changes go into, the one in the making first: it never lacks a
        change that counts as made."""
        moving = self.moving.get(tenant_id)
        here = self.folder_of(tenant_id)
        return [here] if moving is None else [moving.folder, here]

    def folders(self) -> set[str]:
        """All folders that belong to a shop."""
        return {*self.own.values(), *(each.folder for each in self.moving.values() if each.folder)}

    def without(self, tenant_id: int) -> "Places":
        """The same, with the shop in the shared index and not on its way."""
        return msgspec.structs.replace(
            self,
            own={key: value for key, value in self.own.items() if key != tenant_id},
            moving={key: value for key, value in self.moving.items() if key != tenant_id},
            leaving=tuple(each for each in self.leaving if each != tenant_id),
        )

    def with_moving(self, tenant_id: int, moving: Moving | None) -> "Places":
        """The same, with the shop on its way, or no longer."""
        others = {key: value for key, value in self.moving.items() if key != tenant_id}
        if moving is not None:
            others[tenant_id] = moving
        return msgspec.structs.replace(self, moving=others)

    def moved_out(self, tenant_id: int) -> "Places":
        """The same, with the shop in the folder it was on its way to."""
        return msgspec.structs.replace(
            self.with_moving(tenant_id, None),
            own=self.own | {tenant_id: self.moving[tenant_id].folder},
            leaving=(*self.leaving, tenant_id),
        )


class PlacesFile:
    """The file and the folders it speaks of."""

    def __init__(self, root: Path) -> None:
        """Of the index in `root`, which is there."""
        self.root = root
        self._path = root / "places.json"

    def folder(self, name: str) -> Path:
        """Where a shop's own index of this name lies."""
        return self.root / OWN / name

    def signature(self) -> Signature:
        """Changes whenever the file does; one call of stat()."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return ABSENT
        return (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def read(self) -> Places:
        """What the file says; where it has never been, all share.

        Raises:
            SearchUnavailable: it is damaged or lost, or of a later version.
        """
        try:
            places = msgspec.json.decode(self._path.read_bytes(), type=Places)
        except FileNotFoundError:
            if any(self.names()):
                raise SearchUnavailable("search has lost places.json") from None
            return Places()
        except (OSError, msgspec.DecodeError) as error:
            raise SearchUnavailable("places.json of search cannot be read") from error
        if places.format != FORMAT or not all(map(_FOLDER.fullmatch, places.folders())):
            raise SearchUnavailable("places.json of search is of another version")
        return places

    def write(self, places: Places) -> None:
        """Let this hold for every process, durably. Raises OSError."""
        # An instant may repeat on a coarse clock, and with it the signature.
        at_ns = max(time.time_ns(), self.signature()[1] + 1_000_000)
        fresh = self._path.with_name("places.json.fresh")
        with fresh.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(places)))
            file.flush()
            os.utime(file.fileno(), ns=(at_ns, at_ns))
            os.fsync(file.fileno())
        fresh.replace(self._path)
        _sync(self.root)

    def new_folder(self, tenant_id: int, places: Places) -> str:
        """A name that no folder of the shop has, or has been given."""
        taken = [*self.names(), *places.folders()]
        numbers = [
            int(found[2])
            for found in map(_FOLDER.fullmatch, taken)
            if found is not None and int(found[1]) == tenant_id
        ]
        return f"{tenant_id}-{max(numbers, default=0) + 1:06}"

    def make(self, name: str) -> None:
        """The folder is there, durably. Raises OSError."""
        self.folder(name).mkdir(parents=True, exist_ok=True)
        _sync(self.root / OWN)
        _sync(self.root)

    def remove(self, name: str) -> None:
        """The folder is gone; readers still inside keep their open files."""
        shutil.rmtree(self.folder(name), ignore_errors=True)

    def sweep(self, places: Places) -> list[str]:
        """Remove the folders that belong to nobody, such as those of a killed move; their names."""
        orphans = sorted(set(self.names()) - places.folders())
        for name in orphans:
            self.remove(name)
        return orphans

    def names(self) -> Iterator[str]:
        """The folders that are there."""
        try:
            entries = list(os.scandir(self.root / OWN))
        except FileNotFoundError:
            return
        yield from (entry.name for entry in entries if _FOLDER.fullmatch(entry.name))


def owner_of(folder: str) -> int:
    """The shop a folder of this name belongs to."""
    return int(folder.partition("-")[0])


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
