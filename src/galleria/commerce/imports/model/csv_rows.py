"""Reads rows of CSV (RFC 4180) out of a stream of blocks, and goes on behind a damaged one.

Quoted fields may hold line breaks and delimiters. After damage the reader drops the line where
the row began and tries again with the next one, so one bad quote does not swallow the file.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from galleria.commerce.imports.model.lines import Line, LineSplitter
from galleria.commerce.imports.model.runs import Position

MAX_LINE_BYTES = 1024 * 1024
# A field that is never closed: so much is skipped looking for its end. The csv module itself
# gives up on a field of 128 KB, more than any description may have.
MAX_DROPPED_BYTES = 4 * 1024 * 1024
_EXCERPT_BYTES = 1_200


class Row(NamedTuple):
    """A row, or with `fault` a place where none could be read: its code and what was wrong."""

    line: int
    first_byte: int
    cells: list[str]
    raw: bytes
    is_windows_1252: bool
    fault: tuple[str, str] | None = None


class _MoreNeeded(Exception):
    """The row goes on behind what has been fed."""


class _Overlong(Exception):
    """The row holds a line that is too long."""


class RowReader:
    """See the module. Memory is a block and a row."""

    def __init__(self, start: Position, delimiter: str) -> None:
        """Read on at `start`, which must be the beginning of a row."""
        self._splitter = LineSplitter(start, MAX_LINE_BYTES)
        self._waiting: deque[Line] = deque()
        self._taken: list[Line] = []
        self._is_last = False
        self._is_windows_1252 = False
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)
        self._dropping: Line | None = None
        self._dropped_bytes = 0
        self._is_open = False

    @property
    def position(self) -> Position:
        """Where the first row begins that was not given out."""
        if self._waiting:
            return Position(self._waiting[0].first_byte, self._waiting[0].number)
        return self._splitter.position

    def feed(self, block: bytes) -> Iterator[Row]:
        """The rows that are complete by now. Empty lines are none."""
        self._waiting.extend(self._splitter.feed(block))
        yield from self._rows()

    def finish(self) -> Iterator[Row]:
        """The rows that are left when nothing more comes."""
        self._waiting.extend(self._splitter.finish())
        self._is_last = True
        yield from self._rows()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line of the row being read; called by the csv module."""
        if not self._waiting:
            if self._is_last:
                raise StopIteration
            raise _MoreNeeded
        line = self._waiting.popleft()
        self._taken.append(line)
        if line.is_overlong:
            raise _Overlong
        try:
            return line.raw.decode()
        except UnicodeDecodeError:
            self._is_windows_1252 = True
            return decode_windows_1252(line.raw)

    def _rows(self) -> Iterator[Row]:
        while self._waiting:
            if self._dropping is not None:
                fault = self._drop(self._dropping)
                if fault is None:
                    return
                yield fault
                continue
            self._taken, self._is_windows_1252 = [], False
            try:
                cells = next(self._reader)
            except _MoreNeeded:
                self._waiting.extendleft(reversed(self._taken))
                return
            except _Overlong:
                yield self._fault("line_too_long", f"a line has over {MAX_LINE_BYTES:,} bytes")
                continue
            except csv.Error as error:
                if "field limit" in str(error):
                    self._start_dropping()
                else:
                    yield self._retry_behind(error)
                continue
            if cells:
                yield self._row(cells, None)

    def _row(self, cells: list[str], fault: tuple[str, str] | None) -> Row:
        first = self._taken[0]
        raw = first.raw if len(self._taken) == 1 else b"".join(line.raw for line in self._taken)
        return Row(
            first.number,
            first.first_byte,
            cells,
            raw[:_EXCERPT_BYTES],
            self._is_windows_1252,
            fault,
        )

    def _fault(self, code: str, reason: str) -> Row:
        return self._row([], (code, reason))

    def _retry_behind(self, error: csv.Error) -> Row:
        """The first line is given up, the others are read again."""
        first, others = self._taken[0], self._taken[1:]
        self._waiting.extendleft(reversed(others))
        self._taken = [first]
        if "unexpected end" in str(error):
            return self._fault("unclosed_quote", "a quote opens here and is never closed")
        return self._fault("damaged_csv", f"this is no row of CSV: {error}")

    def _start_dropping(self) -> None:
        """A field is too long: what comes is dropped until its quote is closed."""
        self._dropping = self._taken[0]
        self._dropped_bytes, self._is_open = 0, False
        self._waiting.extendleft(reversed(self._taken))

    def _drop(self, first: Line) -> Row | None:
        """The fault, once the end of the row or of our patience is reached."""
        while self._waiting:
            line = self._waiting.popleft()
            self._dropped_bytes += len(line.raw)
            self._is_open ^= line.raw.count(b'"') % 2 == 1
            if self._is_open and self._dropped_bytes <= MAX_DROPPED_BYTES:
                continue
            self._dropping, self._taken = None, [first]
            if self._is_open:
                reason = (
                    f"a quote opens here and is not closed; lines to {line.number} were skipped"
                )
                return self._fault("unclosed_quote", reason)
            return self._fault("too_long", "a field has over 131,072 characters")
        if not self._is_last:
            return None
        self._dropping, self._taken = None, [first]
        return self._fault("unclosed_quote", "a quote opens here and is never closed")


def decode_windows_1252(raw: bytes) -> str:
    """The text of bytes that are not UTF-8, as the spreadsheets of Windows save it."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
