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
        dictionary = self._dictionaries.get(packed[0]) if packed else None
        if dictionary is None:
            raise Unreadable("packed with a dictionary that is not known here")
        unpacking = zlib.decompressobj(_WINDOW_BITS, dictionary)
        try:
            plain = unpacking.decompress(packed[1:], _MOST)
        except zlib.error as error:
            raise Unreadable("these bytes were not packed by us") from error
        if not unpacking.eof or unpacking.unused_data:
            raise Unreadable("these bytes are cut short, or there are too many")
        return plain


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


def unpack_ids(first: UUID, packed: bytes, count: int) -> tuple[list[UUID], int]:
    """The first `count` ids of `packed`, and at which byte they end.

    Raises:
        Unreadable: there are fewer.
    """
    ids: list[UUID] = []
    at, before = 0, first.int
    for _ in range(count):
        if at >= len(packed) or packed[at] > 16:
            raise Unreadable("there are fewer ids, or none")
        end = at + 1 + packed[at]
        before = (before + int.from_bytes(packed[at + 1 : end], "big")) & _ID_MASK
        ids.append(UUID(int=before))
        at = end
    if at > len(packed):
        raise Unreadable("the last id is cut short")
    return ids, at
