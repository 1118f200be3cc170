"""How differences lie in a row: compressed, and those of thousands of things in one.

A chunk of bulk work also says which things it can hold, in some kilobytes: the least and greatest
id, and a Bloom filter (Bloom, 1970). So the history of one thing among millions is found without a
row for each, and without unpacking chunks that do not hold it.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.platform.changes.errors import ChangeTooLarge
from galleria.platform.changes.model.differences import Difference

Act: TypeAlias = Literal["created", "changed", "deleted"]

MOST_IN_CHUNK = 5_000
MOST_PACKED_BYTES = 16 * 1024 * 1024  # a row of this size is still read in some 100 ms
# Ten bits an id and seven probes: one chunk of 120 is unpacked in vain.
_BLOOM_BITS = 10
_BLOOM_PROBES = 7
# Bulk work compresses some gigabytes in its commits: the fast level is a third of the time of the
# default one, and a tenth larger.
_CHUNK_LEVEL = 1
_WORTH_COMPRESSING_BYTES = 512
_PLAIN, _COMPRESSED = b"j", b"z"


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What bulk work did to one thing. `version` is the one it has since, if it says one."""

    act: Act
    version: int | None
    differences: tuple[Difference, ...] = ()


CREATED = Entry("created", None)

_differences = msgspec.json.Decoder(tuple[Difference, ...])
_entries = msgspec.msgpack.Decoder(dict[bytes, msgspec.Raw])
_entry = msgspec.msgpack.Decoder(Entry | None)
_to_entries = msgspec.msgpack.Encoder()


def pack(differences: Sequence[Difference]) -> bytes:
    """The differences as a row keeps them: JSON, compressed when it is long.

    Raises:
        ChangeTooLarge: it would be over `MOST_PACKED_BYTES`.
    """
    text = msgspec.json.encode(differences)
    if len(text) < _WORTH_COMPRESSING_BYTES:
        return _PLAIN + text
    return _checked(_COMPRESSED + zlib.compress(text))


def unpack(packed: bytes) -> tuple[Difference, ...]:
    """The differences that `pack` packed."""
    text = packed[1:]
    return _differences.decode(text if packed[:1] == _PLAIN else zlib.decompress(text))


def pack_entries(entries: Mapping[UUID, Entry]) -> bytes:
    """The entries of a chunk. Of what was created and says no version only the id is kept.

    Raises:
        ChangeTooLarge: there are more than `MOST_IN_CHUNK`, or over `MOST_PACKED_BYTES`.
    """
    if len(entries) > MOST_IN_CHUNK:
        raise ChangeTooLarge(f"a chunk of bulk work has at most {MOST_IN_CHUNK} things")
    document = {
        subject_id.bytes: None if entry == CREATED else entry
        for subject_id, entry in entries.items()
    }
    return _checked(zlib.compress(_to_entries.encode(document), _CHUNK_LEVEL))


def unpack_entries(packed: bytes) -> dict[UUID, Entry]:
    """The entries that `pack_entries` packed, by id."""
    return {UUID(bytes=key): _read(raw) for key, raw in _unpacked(packed).items()}


def unpack_entry(packed: bytes, subject_id: UUID) -> Entry | None:
    """The entry of one thing, the others left unread; None when there is none."""
    raw = _unpacked(packed).get(subject_id.bytes)
    return None if raw is None else _read(raw)


def without_entry(packed: bytes, subject_id: UUID) -> bytes:
    """The same chunk without what it tells of one thing."""
    document = _unpacked(packed)
    document.pop(subject_id.bytes, None)
    return zlib.compress(_to_entries.encode(document), _CHUNK_LEVEL)


def _unpacked(packed: bytes) -> dict[bytes, msgspec.Raw]:
    return _entries.decode(zlib.decompress(packed))


def _read(raw: msgspec.Raw) -> Entry:
    return _entry.decode(raw) or CREATED


def _checked(packed: bytes) -> bytes:
    if len(packed) > MOST_PACKED_BYTES:
        raise ChangeTooLarge(f"{len(packed)} bytes of differences; at most {MOST_PACKED_BYTES}")
    return packed


def bloom_of(subject_ids: Iterable[UUID], count: int) -> bytes:
    """A filter of `count` ids, 1.25 bytes each."""
    size = max(8, (count * _BLOOM_BITS + 7) // 8)
    bits = bytearray(size)
    for subject_id in subject_ids:
        for place in _probes(subject_id, size * 8):
            bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def may_hold(bloom: bytes, subject_id: UUID) -> bool:
    """False when the id is surely not among those of the filter; wrongly True once in 120."""
    return all(
        bloom[place >> 3] >> (place & 7) & 1 for place in _probes(subject_id, len(bloom) * 8)
    )


def _probes(subject_id: UUID, bit_count: int) -> list[int]:
    # Two halves of one hash stand for seven (Kirsch and Mitzenmacher, 2006).
    digest = int.from_bytes(hashlib.blake2b(subject_id.bytes, digest_size=16).digest(), "big")
    first, step = digest >> 64, digest & (1 << 64) - 1 | 1
    return [(first + number * step) % bit_count for number in range(_BLOOM_PROBES)]
