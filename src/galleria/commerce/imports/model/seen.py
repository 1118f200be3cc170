"""Remembers which products and SKUs a file has named, in 16 to 32 bytes for each.

A mark is 64 bits of a hash: among four million of them two that are alike by chance come once in
two million files.
"""

from array import array
from hashlib import blake2b

# 4 million marks take 64 MB. Of larger files, repeats are noticed among the first ones; later
# ones meet the checks of the catalog.
MAX_MARKS = 4_000_000
_MARK_BYTES = 8
_FIRST_SLOTS = 1 << 12


class SeenMarks:
    """A set of marks with linear probing, which takes a third of what Python's set would."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(_MARK_BYTES * _FIRST_SLOTS))
        self._count = 0
        self._fresh = array("Q")

    def add(self, kind: str, text: str) -> bool:
        """True when this was not there before; it is now, unless there are too many."""
        digest = blake2b(f"{kind}\0{text}".encode("utf-8", "replace"), digest_size=_MARK_BYTES)
        mark = int.from_bytes(digest.digest(), "big") or 1
        if not self._put(mark):
            return False
        self._fresh.append(mark)
        return True

    def take_fresh(self) -> bytes:
        """The marks added since the last call, to be kept with what they stand for."""
        fresh, self._fresh = self._fresh, array("Q")
        return fresh.tobytes()

    def restore(self, kept: bytes) -> None:
        """Marks kept by another worker are there."""
        marks = array("Q")
        marks.frombytes(kept)
        for mark in marks:
            self._put(mark)

    def _put(self, mark: int) -> bool:
        slots = self._slots
        mask = len(slots) - 1
        at = mark & mask
        while slots[at]:
            if slots[at] == mark:
                return False
            at = (at + 1) & mask
        if self._count < MAX_MARKS:
            slots[at] = mark
            self._count += 1
            if self._count * 2 > len(slots):
                self._grow()
        return True

    def _grow(self) -> None:
        old = self._slots
        self._slots = array("Q", bytes(_MARK_BYTES * len(old) * 2))
        self._count = 0
        for mark in old:
            if mark:
                self._put(mark)
