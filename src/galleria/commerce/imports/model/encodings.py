"""How the letters of a file are written, told from its first bytes, and made UTF-8 on the way in.

Source: the Unicode Standard, 23.8 (byte order marks). A file without a mark whose every other byte
is zero is UTF-16 as some spreadsheets save it. What is not UTF-8 line by line is left to the reader
of rows, which falls back to Windows-1252.
"""

import codecs
from collections.abc import Iterator
from typing import Literal, TypeAlias

from galleria.commerce.imports.errors import UnreadableFile
from galleria.foundation.errors import FieldError

Encoding: TypeAlias = Literal[
    "utf-8", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-15", "mac-roman"
]
_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# So many bytes tell; a header line has more.
_LOOKED_AT = 400
_MOSTLY = 0.8


def encoding_of(head: bytes) -> Encoding:
    """How the file that begins so is written. Everything but UTF-16 is read as UTF-8 at first."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[: min(len(head) // 2 * 2, _LOOKED_AT)]
    even, odd = sample[::2], sample[1::2]
    if len(even) < 4:
        return "utf-8"
    if odd.count(0) > _MOSTLY * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > _MOSTLY * len(even) and not odd.count(0):
        return "utf-16-be"
    return "utf-8"


class Transcoder:
    """Bytes of one encoding as UTF-8. Memory is one block; half a letter waits for its rest."""

    def __init__(self, encoding: Encoding) -> None:
        """Read `encoding`; a byte order mark at the beginning is dropped."""
        errors = "strict" if encoding.startswith("utf-16") else "replace"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._is_first = True

    def feed(self, block: bytes) -> Iterator[bytes]:
        """The block as UTF-8.

        Raises:
            UnreadableFile: it is no such text.
        """
        yield from self._decoded(block, is_last=False)

    def finish(self) -> Iterator[bytes]:
        """What is left when nothing more comes.

        Raises:
            UnreadableFile: the file ends in the middle of a letter.
        """
        yield from self._decoded(b"", is_last=True)

    def _decoded(self, block: bytes, *, is_last: bool) -> Iterator[bytes]:
        try:
            text = self._decoder.decode(block, is_last)
        except UnicodeDecodeError as error:
            reason = f"the text is damaged: {error.reason} in {error.encoding}"
            raise UnreadableFile(reason, errors=[FieldError("", "damaged_file", reason)]) from None
        if text and self._is_first:
            text, self._is_first = text.removeprefix("\ufeff"), False
        if text:
            yield text.encode("utf-8", "replace")
