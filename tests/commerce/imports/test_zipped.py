"""A zip archive with one file in it is unpacked as it comes; anything else in one is refused."""

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.commerce.imports.model.unpacking import PIECE_BYTES
from galleria.commerce.imports.model.zipped import Unzipper
from galleria.engines.context import Context
from tests.commerce.imports.blocks import cut
from tests.commerce.imports.conftest import counts, mugs, taken_in


class Unseekable(io.RawIOBase):
    """Takes bytes as a pipe does, so that sizes come behind each file."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, block: object) -> int:
        self.content += bytes(block)  # type: ignore[call-overload]
        return len(block)  # type: ignore[arg-type]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def streamed(name: str, content: bytes) -> bytes:
    target = Unseekable()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.content


def unpacked(packed: bytes, cuts: list[int] | None = None) -> bytes:
    unzipper = Unzipper()
    pieces = [piece for block in cut(packed, cuts or []) for piece in unzipper.feed(block)]
    unzipper.finish()
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)
    return b"".join(pieces)


@given(
    content=st.binary(max_size=3_000),
    cuts=st.lists(st.integers(0, 3_500), max_size=8),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_what_was_packed_comes_out(content: bytes, cuts: list[int], method: int) -> None:
    assert unpacked(zipped({"a.csv": content}, method), cuts) == content
    assert unpacked(streamed("a.csv", content), cuts) == content


def test_a_large_file_comes_in_pieces() -> None:
    content = bytes(range(256)) * 8_000
    assert unpacked(zipped({"a": content})) == content
    assert unpacked(streamed("a", content)) == content


def test_folders_and_what_a_mac_adds_are_passed_over() -> None:
    files = {"products/": b"", "products/a.csv": b"here", "__MACOSX/products/._a.csv": b"x" * 99}
    assert unpacked(zipped(files | {"products/.DS_Store": b"y"})) == b"here"


@pytest.mark.parametrize(
    ("packed", "hint"),
    [
        (zipped({"a.csv": b"1", "b.csv": b"2"}), "several files"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "spreadsheet"),
        (zipped({}), "no file"),
        (zipped({"a": b"some text" * 100})[:40], "cut off"),
        (zipped({"a": b"x" * 100}, zipfile.ZIP_BZIP2), "in a way"),
        (zipped({"a": b"some text"}, zipfile.ZIP_STORED).replace(b"some", b"same"), "checksum"),
        (b"PK\x03\x04" + b"\xff" * 26 + b"a" * 200_000, "damaged|encrypted"),
    ],
)
def test_other_archives_are_refused(packed: bytes, hint: str) -> None:
    with pytest.raises(UnreadableFile, match=hint):
        unpacked(packed)


def test_a_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = bytes(1024 * 1024)
    first = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    header = zipped({"a": b""})[:30]
    packed = header[:6] + b"\x08\x00\x08\x00" + header[10:] + b"a" + first + again * 1023
    unzipper, given_out = Unzipper(), 0
    with pytest.raises(SuspiciousFile):
        for piece in unzipper.feed(packed):
            given_out += len(piece)
    assert given_out < 300_000_000


async def test_a_zipped_product_file_goes_in(shop: Context) -> None:
    content = zipped({"mugs.jsonl": mugs(300)})
    run = await taken_in(shop, content, at_once=50)
    assert (run.state, counts(run)) == ("done", (300, 0, 0, 0))
