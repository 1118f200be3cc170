"""Makes small what is kept by the million: short texts deflated against a dictionary of ours, and
ids written as the step from the one before.

A packed text begins with the number of the dictionary it was packed with, so that a better one may
come while old texts can still be read. Source: RFC 1951, with a preset dictionary as in zlib.
"""

import zlib
from collections.abc import Iterable, Mapping
from uuid import UUID

_LEVEL = 6
# Raw deflate: neither header nor checksum, six bytes less; the database has checksums of its own.
_WINDOW_BITS = -13
_MEMORY_LEVEL = 6
_MOST = 1 << 26
_ID_BITS = 128
_ID_MASK = (1 << _ID_BITS) - 1
# What stands behind the last hyphen of an id.
_NODE_BITS = 48
_NODE_MASK = (1 << _NODE_BITS) - 1


class Unreadable(ValueError):
    """These bytes were not packed by us, or not with a dictionary we have."""


class Packer:
    """Packs with the newest of its dictionaries and reads what any of them packed."""

    def __init__(self, dictionaries: Mapping[int, bytes]) -> None:
        """Know these dictionaries by number, 0 to 255; the highest one packs.

        What often occurs stands near the end of a dictionary: it costs the fewest bits there.
        """
        assert dictionaries, "there is a dictionary to pack with"
        assert all(0 <= number <= 255 for number in dictionaries), "a number is one byte"
        self._dictionaries = dict(dictionaries)
        newest = max(dictionaries)
        self._number = bytes([newest])
        # Copied for each text: reading the dictionary in takes longer than copying the state.
        self._fresh = zlib.compressobj(
            _LEVEL,
            zlib.DEFLATED,
            _WINDOW_BITS,
            _MEMORY_LEVEL,
            zlib.Z_DEFAULT_STRATEGY,
            dictionaries[newest],
        )

    def pack(self, plain: bytes) -> bytes:
        """The text made small; the same text always gives the same bytes."""
        packing = self._fresh.copy()
        return self._number + packing.compress(plain) + packing.flush()

    def unpack(self, packed: bytes) -> bytes:
        """The text that was packed.

        Raises:
            Unreadable: nobody packed this, or with a dictionary not known here.
        """
        unpacking = self._unpacking(packed)
        plain = _inflated(unpacking, packed, _MOST)
        if not unpacking.eof or unpacking.unused_data:
            raise Unreadable("these bytes are cut short, or there are too many")
        return plain

    def unpack_beginning(self, packed: bytes, size: int) -> bytes:
        """The first `size` bytes of the text that was packed, all of it when it is shorter.

        Raises:
            Unreadable: nobody packed this, or with a dictionary not known here.
        """
        return _inflated(self._unpacking(packed), packed, size)

    def _unpacking(self, packed: bytes) -> "zlib._Decompress":
        dictionary = self._dictionaries.get(packed[0]) if packed else None
        if dictionary is None:
            raise Unreadable("packed with a dictionary that is not known here")
        return zlib.decompressobj(_WINDOW_BITS, dictionary)


def _inflated(unpacking: "zlib._Decompress", packed: bytes, most: int) -> bytes:
    try:
        return unpacking.decompress(packed[1:], most)
    except zlib.error as error:
        raise Unreadable("these bytes were not packed by us") from error


def pack_ids(first: UUID, ids: Iterable[UUID]) -> bytes:
    """The ids in their order, each as the step from the one before it, the first from `first`.

    Ids made one after the other take five bytes each, any other at most seventeen.
    """
    packed, before = bytearray(), first.int
    for each in ids:
        step = (each.int - before) & _ID_MASK
        size = (step.bit_length() + 7) >> 3
        packed.append(size)
        packed += step.to_bytes(size, "big")
        before = each.int
    return bytes(packed)


def unpack_ids(first: UUID, packed: bytes, count: int) -> tuple[list[str], int]:
    """The first `count` ids of `packed` as they are written, and at which byte they end.

    Raises:
        Unreadable: there are fewer.
    """
    ids: list[str] = []
    at, before = 0, first.int
    beginning, written = -1, ""
    for _ in range(count):
        end = _end_of_step(packed, at)
        before = (before + int.from_bytes(packed[at + 1 : end], "big")) & _ID_MASK
        # Ids made one after the other begin alike.
        if before >> _NODE_BITS != beginning:
            beginning = before >> _NODE_BITS
            digits = f"{beginning:020x}"
            written = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:]}-"
        ids.append(f"{written}{before & _NODE_MASK:012x}")
        at = end
    return ids, at


def end_of_ids(packed: bytes, count: int) -> int:
    """At which byte the first `count` ids end.

    Raises:
        Unreadable: there are fewer.
    """
    at = 0
    for _ in range(count):
        at = _end_of_step(packed, at)
    return at


def _end_of_step(packed: bytes, at: int) -> int:
    if at >= len(packed) or packed[at] > _ID_BITS >> 3:
        raise Unreadable("there are fewer ids, or none")
    end = at + 1 + packed[at]
    if end > len(packed):
        raise Unreadable("the last id is cut short")
    return end
