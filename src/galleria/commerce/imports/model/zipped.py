"""Unpacks a zip archive that holds one product file, piece by piece, without its table at the end.

Folders and what macOS adds are passed over. A spreadsheet is a zip archive too and is named as
what it is. Source of the format: PKWARE APPNOTE 6.3.10, 4.3 to 4.5.
"""

import struct
import zlib
from collections.abc import Iterator

from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.commerce.imports.model.unpacking import MAX_RATIO, PIECE_BYTES, UNSUSPICIOUS_BYTES
from galleria.foundation.errors import FieldError

ZIP_MAGIC = b"PK\x03\x04"
_HEADER = struct.Struct("<4s5H3I2H")
_DESCRIPTOR = b"PK\x07\x08"
_ENDS = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")
_STORED, _DEFLATED = 0, 8
_IS_ENCRYPTED, _HAS_DESCRIPTOR = 1, 8
_ZIP64 = 0xFFFFFFFF
_RAW_WINDOW = -15
_SHEET_PARTS = ("[Content_Types].xml", "_rels/", "xl/", "mimetype", "docProps/", "META-INF/")
# A name has at most 64 KB, what follows a file at most 24 bytes.
_MAX_WAITING = 160 * 1024


class Unzipper:
    """Feed it the archive, then `finish`. Memory is one piece, whatever comes in."""

    def __init__(self) -> None:
        self._waiting = b""
        self._step = self._open_member
        self._stream = zlib.decompressobj(_RAW_WINDOW)
        self._is_wanted = False
        self._has_file = False
        self._is_over = False
        self._flags = 0
        self._crc = 0
        self._expected_crc = 0
        self._stored_left = 0
        self._in_bytes = 0
        self._out_bytes = 0

    def feed(self, block: bytes) -> Iterator[bytes]:
        """The unpacked bytes, in pieces of at most 256 KB.

        Raises:
            UnreadableFile: the archive is damaged, encrypted, or holds another number of files.
            SuspiciousFile: it unpacks to far too much.
        """
        self._in_bytes += len(block)
        if self._is_over:
            return
        self._waiting += block
        while not self._is_over:
            piece = self._step()
            if piece is None:
                assert len(self._waiting) < _MAX_WAITING, "every step has its bound"
                return
            if piece:
                self._count(piece)
                if self._is_wanted:
                    yield piece

    def finish(self) -> None:
        """Pass when the archive came to its table and held a file.

        Raises:
            UnreadableFile: it stops in the middle, or held none.
        """
        if not self._is_over:
            raise _damaged("the zip archive ends in the middle; it was cut off on its way")
        if not self._has_file:
            raise _damaged("the zip archive holds no file")

    def _open_member(self) -> bytes | None:
        """The header of the next file is read. None when more bytes are needed."""
        if self._waiting[:4] in _ENDS:
            self._is_over, self._waiting = True, b""
            return b""
        if len(self._waiting) < _HEADER.size:
            return None
        parts = _HEADER.unpack_from(self._waiting)
        signature, _, self._flags, method, _, _, self._expected_crc, packed, _, name, extra = parts
        if signature != ZIP_MAGIC:
            raise _damaged("the zip archive is damaged")
        size = _HEADER.size + name + extra
        if len(self._waiting) < size:
            return None
        file_name = self._waiting[_HEADER.size : _HEADER.size + name].decode("utf-8", "replace")
        self._waiting = self._waiting[size:]
        self._choose(file_name)
        if self._flags & _IS_ENCRYPTED:
            raise _damaged("the zip archive is encrypted: send it without a password")
        self._crc = 0
        if method == _DEFLATED:
            self._stream, self._step = zlib.decompressobj(_RAW_WINDOW), self._inflate
        elif method == _STORED and not self._flags & _HAS_DESCRIPTOR and packed != _ZIP64:
            self._stored_left, self._step = packed, self._copy
        else:
            raise _damaged("the zip archive is packed in a way that is not read: use plain zip")
        return b""

    def _choose(self, name: str) -> None:
        if name.startswith(_SHEET_PARTS):
            reason = "this is a spreadsheet: save it as CSV UTF-8"
            raise UnreadableFile(reason, errors=[FieldError("", "unknown_format", reason)])
        last = name.rpartition("/")[2]
        self._is_wanted = bool(last) and not name.startswith("__MACOSX/") and last[0] != "."
        if self._is_wanted and self._has_file:
            reason = "the zip archive holds several files: send each by itself"
            raise UnreadableFile(reason, errors=[FieldError("", "several_files", reason)])
        self._has_file |= self._is_wanted

    def _inflate(self) -> bytes | None:
        if not self._waiting:
            return None
        try:
            piece = self._stream.decompress(self._waiting, PIECE_BYTES)
        except zlib.error as error:
            raise _damaged(f"the zip archive is damaged: {error}") from None
        self._waiting = self._stream.unused_data or self._stream.unconsumed_tail
        if self._stream.eof:
            self._step = self._close_member
        elif not piece and not self._waiting:
            return None
        return piece

    def _copy(self) -> bytes | None:
        piece = self._waiting[: min(self._stored_left, PIECE_BYTES)]
        self._stored_left -= len(piece)
        self._waiting = self._waiting[len(piece) :]
        if not self._stored_left:
            self._step = self._close_member
        return piece or (None if self._stored_left else b"")

    def _close_member(self) -> bytes | None:
        """What stands behind a file is read, and its checksum compared."""
        if self._flags & _HAS_DESCRIPTOR:
            if len(self._waiting) < 28:
                return None
            at = 4 if self._waiting.startswith(_DESCRIPTOR) else 0
            (self._expected_crc,) = struct.unpack_from("<I", self._waiting, at)
            # Two sizes follow, of 4 bytes each, or of 8 in a large archive.
            ends = [at + 12, at + 20]
            end = next((each for each in ends if self._waiting[each : each + 2] == b"PK"), None)
            if end is None:
                raise _damaged("the zip archive is damaged")
            self._waiting = self._waiting[end:]
        if self._crc != self._expected_crc:
            raise _damaged("the zip archive is damaged: its checksum is wrong")
        self._step = self._open_member
        return b""

    def _count(self, piece: bytes) -> None:
        self._crc = zlib.crc32(piece, self._crc)
        self._out_bytes += len(piece)
        if self._out_bytes > UNSUSPICIOUS_BYTES and self._out_bytes > MAX_RATIO * self._in_bytes:
            raise SuspiciousFile("the file unpacks to over 200 times its size; send it unpacked")


def _damaged(reason: str) -> UnreadableFile:
    return UnreadableFile(reason, errors=[FieldError("", "damaged_file", reason)])
