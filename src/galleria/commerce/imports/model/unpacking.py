"""Unpacks gzip piece by piece, and stops a small file from becoming an endless one.

Source of the format: RFC 1952; several members may follow one another.
"""

import zlib
from collections.abc import Iterator

from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.foundation.errors import FieldError

MAGIC = b"\x1f\x8b"
PIECE_BYTES = 256 * 1024
# Product files unpack to ten or thirty times their size; a gigabyte of zeros to a thousand times.
# Below the first figure the second does not matter.
UNSUSPICIOUS_BYTES = 64 * 1024 * 1024
MAX_RATIO = 200
_GZIP_WINDOW = 31


class Unpacker:
    """Feed it the packed bytes, then `finish`. Memory is one piece, whatever comes in."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_WINDOW)
        self._is_between = False
        self._in_bytes = 0
        self._out_bytes = 0

    def feed(self, block: bytes) -> Iterator[bytes]:
        """The unpacked bytes, in pieces of at most 256 KB.

        Raises:
            UnreadableFile: the bytes are damaged.
            SuspiciousFile: they unpack to far too much.
        """
        self._in_bytes += len(block)
        waiting = block
        while waiting:
            if self._is_between:
                # Padding with zeros is usual on tapes and harmless.
                waiting = waiting.lstrip(b"\0")
                if not waiting:
                    return
                self._stream, self._is_between = zlib.decompressobj(_GZIP_WINDOW), False
            piece = self._unpack(waiting)
            waiting = self._stream.unused_data or self._stream.unconsumed_tail
            self._is_between = self._stream.eof
            if piece:
                yield piece

    def _unpack(self, packed: bytes) -> bytes:
        try:
            piece = self._stream.decompress(packed, PIECE_BYTES)
        except zlib.error as error:
            raise _damaged(f"the packed file is damaged: {error}") from None
        self._out_bytes += len(piece)
        if self._out_bytes > UNSUSPICIOUS_BYTES and self._out_bytes > MAX_RATIO * self._in_bytes:
            raise SuspiciousFile("the file unpacks to over 200 times its size; send it unpacked")
        return piece

    def finish(self) -> None:
        """Pass when the packed bytes came to their proper end.

        Raises:
            UnreadableFile: they stop in the middle.
        """
        if not self._is_between:
            raise _damaged("the packed file ends in the middle; it was cut off on its way")


def _damaged(reason: str) -> UnreadableFile:
    return UnreadableFile(reason, errors=[FieldError("", "damaged_file", reason)])
