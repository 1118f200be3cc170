"""Reads the files a shop moves in with: rows that follow one another under one name are one record.

A row that cannot be read is refused by itself; when it stands among the rows of an order, the order
is refused with it, for without the row its sum would be wrong.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from galleria.commerce.imports.model.cells import FALSE_WORDS, TRUE_WORDS, pointed
from galleria.commerce.imports.model.csv_rows import Row, RowReader
from galleria.commerce.imports.model.moving_in import Draft, Moved
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.runs import Position, Problem
from galleria.foundation.errors import InvalidInput
from galleria.foundation.money import parse_amount

MAX_ROWS = 5_000


class Cells:
    """The cells of a row by the names of their columns, with what was found wrong."""

    def __init__(self, places: Mapping[str, int], row: Row) -> None:
        self._places = places
        self.row = row
        self.problems: list[Problem] = []

    def said(self, *names: str) -> str:
        """What the row says in the first of these columns that says anything."""
        for name in names:
            at = self._places.get(name)
            text = "" if at is None else self.row.cells[at].strip()
            if text:
                return text
        return ""

    def fact(self, name: str) -> bool:
        """The cell as true or false; what is neither is a problem, and false."""
        word = self.said(name).casefold()
        if word and word not in TRUE_WORDS and word not in FALSE_WORDS:
            self.refuse(name, "invalid_boolean", f"{word[:50]!r} is neither true nor false")
        return word in TRUE_WORDS

    def amount(self, name: str, currency: str) -> int:
        """The cell as minor units; zero when it is empty, or wrong, which is a problem then."""
        text = self.said(name)
        if not text:
            return 0
        try:
            return parse_amount(pointed(text), currency).amount_minor
        except InvalidInput as error:
            self.refuse(name, "invalid_price", error.detail[:200])
            return 0

    def refuse(self, column: str, code: str, reason: str) -> None:
        """The record stays out because of this cell."""
        self.problems.append(problem(self.row.line, column, code, reason, self.row.raw))

    def note(self, column: str, code: str, reason: str) -> None:
        """This should be known about the cell."""
        self.problems.append(note(self.row.line, column, code, reason, self.row.raw))


Make = Callable[[Sequence[Cells]], Draft | None]


class MovingParser:
    """See the module. Memory is a block and the rows of one record."""

    def __init__(
        self, reader: RowReader, header: Sequence[str], make: Make, key_column: str | None = None
    ) -> None:
        """Read on with `reader`. Without `key_column` each row is a record."""
        self._reader = reader
        self._column_count = len(header)
        self._places = {" ".join(n.split()).lower(): at for at, n in reversed([*enumerate(header)])}
        self._make = make
        self._key_at = None if key_column is None else self._places.get(key_column)
        self._rows: list[Row] = []
        self._row_count = 0

    def feed(self, block: bytes) -> Iterator[Moved]:
        """The records that are complete by now."""
        for row in self._reader.feed(block):
            yield from self._take(row)

    def finish(self) -> Iterator[Moved]:
        """What is left when nothing more comes."""
        for row in self._reader.finish():
            yield from self._take(row)
        yield from self._close(self._reader.position)

    def _take(self, row: Row) -> Iterator[Moved]:
        if row.fault is None and not any(each.strip() for each in row.cells):
            return
        if row.fault is None and len(row.cells) != self._column_count:
            reason = f"the row has {len(row.cells)} columns, the header {self._column_count}"
            row = row._replace(fault=("wrong_column_count", reason))
        if not self._rows or not self._belongs(row):
            yield from self._close(Position(row.first_byte, row.line))
        self._row_count += 1
        if self._row_count <= MAX_ROWS:
            self._rows.append(row)

    def _belongs(self, row: Row) -> bool:
        """The row is one more of the record being gathered, as far as can be told."""
        if self._key_at is None:
            return False
        mine = next((each.cells for each in self._rows if each.fault is None), None)
        if row.fault is not None or mine is None:
            return True
        return row.cells[self._key_at].strip() in ("", mine[self._key_at].strip())

    def _close(self, end: Position) -> Iterator[Moved]:
        rows, count = self._rows, self._row_count
        self._rows, self._row_count = [], 0
        if not rows:
            return
        line = rows[0].line
        faults = [problem(row.line, "", *row.fault, row.raw) for row in rows if row.fault]
        if count > MAX_ROWS:
            reason = f"{count:,} rows are of one record, at most {MAX_ROWS:,} are read"
            faults.append(problem(line, "", "too_many", reason, rows[0].raw))
        if faults:
            yield Moved(draft=None, problems=faults, line=line, end=end)
            return
        cells = [Cells(self._places, row) for row in rows]
        draft = self._make(cells)
        problems = [each for one in cells for each in one.problems]
        if any(each.is_windows_1252 for each in rows):
            reason = "the file is not UTF-8; it was read as Windows-1252"
            problems.append(note(line, "", "read_as_windows_1252", reason, rows[0].raw))
        if any(each.is_refusal for each in problems):
            draft = None
        yield Moved(draft=draft, problems=problems, line=line, end=end)
