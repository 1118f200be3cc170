"""Cuts a stream of blocks into lines, whatever ends them, and knows where each one began."""

from collections.abc import Iterator
from typing import NamedTuple

from galleria.commerce.imports.model.runs import Position

# Read in one go, some ten milliseconds, also when they are empty and nothing comes of them.
MAX_LINES_AT_ONCE = 4_000
_KEPT_BYTES = 1_200  # of an overlong line: enough for an excerpt


class Line(NamedTuple):
    """A line with what ends it. Of an overlong one `raw` is only the beginning."""

    number: int
    first_byte: int
    end_byte: int
    raw: bytes
    is_overlong: bool


class LineSplitter:
    r"""Lines end with \n, \r\n or \r, mixed as they come. Memory is a block and a line."""

    def __init__(self, start: Position, max_line_bytes: int) -> None:
        """Count from `start`; keep only the beginning of lines longer than `max_line_bytes`."""
        self._number = start.next_line
        self._first_byte = start.next_byte
        self._max_line_bytes = max_line_bytes
        self._rest = b""
        self._dropped_bytes = 0  # of the line that `_rest` begins

    @property
    def position(self) -> Position:
        """Where the first line begins that was not given out."""
        return Position(self._first_byte, self._number)

    def feed(self, block: bytes) -> list[Line]:
        """The lines that are complete by now."""
        pieces = (self._rest + block).splitlines(keepends=True)
        # A final \r may yet turn out to be the first half of \r\n.
        is_whole = not pieces or pieces[-1].endswith(b"\n")
        self._rest = b"" if is_whole else pieces.pop()
        lines = [self._line(raw) for raw in pieces]
        if len(self._rest) > self._max_line_bytes:
            body = self._rest.removesuffix(b"\r")
            kept = body[:_KEPT_BYTES] + self._rest[len(body) :]
            self._dropped_bytes += len(self._rest) - len(kept)
            self._rest = kept
        return lines

    def finish(self) -> list[Line]:
        """The last line, when nothing ends it."""
        rest, self._rest = self._rest, b""
        return [self._line(rest)] if rest else []

    def _line(self, raw: bytes) -> Line:
        size = len(raw) + self._dropped_bytes
        self._dropped_bytes = 0
        is_overlong = size > self._max_line_bytes
        number, first_byte = self._number, self._first_byte
        self._number += 1
        self._first_byte += size
        kept = raw[:_KEPT_BYTES] if is_overlong else raw
        return Line(number, first_byte, self._first_byte, kept, is_overlong)


def in_breaths(piece: bytes) -> Iterator[bytes]:
    """The piece in parts of some 4,000 lines, all alike: between them others can have a turn."""
    lines = max(piece.count(b"\n"), piece.count(b"\r"))
    part_bytes = max(1, len(piece) * MAX_LINES_AT_ONCE // max(MAX_LINES_AT_ONCE, lines))
    for at in range(0, len(piece), part_bytes):
        yield piece[at : at + part_bytes]
