"""Packed files are unpacked whole, and refused when damaged or made to burst."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.commerce.imports.model.unpacking import PIECE_BYTES, Unpacker
from tests.commerce.imports.blocks import cut


def unpacked(packed: bytes, cuts: list[int] | None = None) -> bytes:
    unpacker = Unpacker()
    pieces = [piece for block in cut(packed, cuts or []) for piece in unpacker.feed(block)]
    unpacker.finish()
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)
    return b"".join(pieces)


@given(
    parts=st.lists(st.binary(max_size=2_000), min_size=1, max_size=4),
    padding=st.integers(0, 20),
    cuts=st.lists(st.integers(0, 3_000), max_size=8),
)
def test_members_follow_one_another(parts: list[bytes], padding: int, cuts: list[int]) -> None:
    packed = b"".join(map(gzip.compress, parts)) + b"\0" * padding
    assert unpacked(packed, cuts) == b"".join(parts)


def test_large_pieces_are_given_out_bit_by_bit() -> None:
    content = bytes(range(256)) * 8_000
    assert unpacked(gzip.compress(content)) == content


@pytest.mark.parametrize("lost", [1, 8, 100])
def test_a_cut_off_file_says_so(lost: int) -> None:
    packed = gzip.compress(bytes(range(256)) * 40)
    with pytest.raises(UnreadableFile, match="cut off"):
        unpacked(packed[:-lost])


def test_a_damaged_file_says_so() -> None:
    packed = bytearray(gzip.compress(b"some text that is packed" * 50))
    packed[20] ^= 0xFF
    with pytest.raises(UnreadableFile, match="damaged"):
        unpacked(bytes(packed))
    with pytest.raises(UnreadableFile, match="damaged"):
        unpacked(gzip.compress(b"one") + b"garbage behind it")


def test_a_gigabyte_of_zeros_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    megabyte = bytes(1024 * 1024)
    # A full flush ends a piece that stands by itself, so it need not be packed again and again.
    first = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + (packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)) * 1023
    assert len(packed) < 1_200_000
    unpacker = Unpacker()
    given_out = 0
    with pytest.raises(SuspiciousFile):
        for piece in unpacker.feed(packed):
            given_out += len(piece)
    assert given_out < 300_000_000
