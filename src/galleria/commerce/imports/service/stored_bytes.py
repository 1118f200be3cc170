"""The bytes of a stored file, unpacked and in UTF-8, whatever it was packed in and written with."""

import asyncio
from collections.abc import AsyncGenerator, Iterator

import msgspec

from galleria.commerce.imports.model.encodings import Encoding, Transcoder, encoding_of
from galleria.commerce.imports.model.layouts import HEAD_BYTES
from galleria.commerce.imports.model.lines import in_breaths
from galleria.commerce.imports.model.unpacking import MAGIC, Unpacker
from galleria.commerce.imports.model.zipped import ZIP_MAGIC, Unzipper
from galleria.engines.blob import BlobKey
from galleria.engines.context import Context

PIECE_BYTES = 256 * 1024  # parsed in one go, some 15 ms


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is to be read, and up to 64 KB of what comes of it."""

    head: bytes
    packing: str = ""
    encoding: Encoding = "utf-8"

    @property
    def is_plain(self) -> bool:
        """Its bytes are taken as they are, so reading may begin anywhere."""
        return not self.packing and self.encoding == "utf-8"


class StoredBytes:
    """The unpacked bytes of a stored file. `read_bytes` counts those taken from the store."""

    def __init__(self, ctx: Context, key: BlobKey) -> None:
        self._ctx = ctx
        self._key = key
        self.read_bytes = 0

    async def open(self, encoding: Encoding | None = None) -> Opened:
        """The beginning of the file, and how it is packed and written unless `encoding` says it.

        Raises:
            UnreadableFile: it is packed and damaged.
            BlobNotFound: it is gone.
        """
        stream = await self._ctx.engines.blob.open(self._key, 0, HEAD_BYTES)
        first = b"".join([chunk async for chunk in stream])
        packing = _packing_of(first)
        unpacker = _unpacker_of(packing)
        unpacked = b""
        for piece in unpacker.feed(first) if unpacker else (first,):
            unpacked += piece
            if len(unpacked) >= HEAD_BYTES:
                break
        unpacked = unpacked[:HEAD_BYTES]
        found = encoding or encoding_of(unpacked)
        head = unpacked
        if found != "utf-8":
            # Half a letter at the end is no damage: the file goes on.
            head = b"".join(Transcoder(found).feed(unpacked))
        return Opened(head=head, packing=packing, encoding=found)

    async def pieces(self, start: int, opened: Opened) -> AsyncGenerator[bytes, None]:
        """The bytes of the text from `start` on, in pieces of some 256 KB.

        A packed file is unpacked from its beginning, and what lies before `start` dropped.

        Raises:
            UnreadableFile, SuspiciousFile: see `Unpacker`, `Unzipper` and `Transcoder`.
        """
        size_bytes = (await self._ctx.engines.blob.info(self._key)).size_bytes
        first_byte = start if opened.is_plain else 0
        self.read_bytes = first_byte
        if first_byte >= size_bytes:
            return
        chain = _Chain(opened)
        stream = await self._ctx.engines.blob.open(self._key, first_byte)
        left_out = start - first_byte
        async for chunk in stream:
            for at in range(0, len(chunk), PIECE_BYTES):
                stored = chunk[at : at + PIECE_BYTES]
                self.read_bytes += len(stored)
                for piece in chain.feed(stored):
                    dropped = min(left_out, len(piece))
                    left_out -= dropped
                    if dropped < len(piece):
                        yield piece[dropped:] if dropped else piece
        for piece in chain.finish():
            yield piece[left_out:]


async def in_turns(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The pieces in parts, others having a turn in between, also while no product comes of them."""
    async for piece in pieces:
        for part in in_breaths(piece):
            yield part
            await asyncio.sleep(0)


class _Chain:
    """Unpacks, then rewrites as UTF-8, as far as either is needed."""

    def __init__(self, opened: Opened) -> None:
        self._unpacker = _unpacker_of(opened.packing)
        is_utf8 = opened.encoding == "utf-8"
        self._transcoder = None if is_utf8 else Transcoder(opened.encoding)

    def feed(self, stored: bytes) -> Iterator[bytes]:
        for piece in self._unpacker.feed(stored) if self._unpacker else (stored,):
            if self._transcoder is None:
                yield piece
            else:
                yield from self._transcoder.feed(piece)

    def finish(self) -> Iterator[bytes]:
        if self._unpacker is not None:
            self._unpacker.finish()
        if self._transcoder is not None:
            yield from self._transcoder.finish()


def _packing_of(first: bytes) -> str:
    if first.startswith(MAGIC):
        return "gzip"
    return "zip" if first.startswith(ZIP_MAGIC) else ""


def _unpacker_of(packing: str) -> Unpacker | Unzipper | None:
    if packing == "gzip":
        return Unpacker()
    return Unzipper() if packing == "zip" else None
