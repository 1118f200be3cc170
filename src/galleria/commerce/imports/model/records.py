"""Rows of a table or entries of a feed, each with the name of the product it belongs to.

Rows of one product may stand anywhere in a file of another shop system, so they are gathered by
`key` before products are made of them. A record without a key is a row that could not be read.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from galleria.commerce.imports.model.csv_rows import Row, RowReader
from galleria.commerce.imports.model.parsed import Item, ParsedProduct
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.runs import MAX_EXCERPT, Position, Problem

# 10,000 variants, and rows that only add pictures.
MAX_RECORDS = 10_250
MAX_GROUP_BYTES = 32 * 1024 * 1024


class Record(msgspec.Struct, frozen=True, array_like=True):
    """A row read: `cells` in the order of the header, or names and values in turn for a feed.

    `fault` is a code and what was wrong, when there is something.
    """

    line: int
    key: str
    cells: list[str]
    raw: bytes = b""
    is_windows_1252: bool = False
    fault: tuple[str, str] | None = None


class Group(msgspec.Struct, kw_only=True):
    """The records of one product in the order of the file; `left_out` were too many to keep."""

    key: str
    records: list[Record]
    left_out: int = 0
    size_bytes: int = 0


class RecordReader(Protocol):
    """Reads records out of the blocks of a file."""

    def feed(self, block: bytes) -> Iterator[Record]:
        """The records that are complete by now."""

    def finish(self) -> Iterator[Record]:
        """What is left when nothing more comes."""


class KeyOf(Protocol):
    """Tells which product a row belongs to."""

    def __call__(self, cells: Sequence[str]) -> str:
        """The key, empty when the row does not say."""


class GroupMapper(Protocol):
    """Makes a product of the records of one group."""

    def parsed(self, records: Sequence[Record]) -> tuple[ParsedProduct | None, list[Problem]]:
        """The product, or None, and what there is to say about it."""


class TableReader:
    """Records of a CSV file. Rows are as long as the header, or shorter by empty cells."""

    def __init__(self, reader: RowReader, column_count: int, key_of: KeyOf, missing: str) -> None:
        """Read on with `reader`; a row without key is refused since it has no `missing`."""
        self._reader = reader
        self._column_count = column_count
        self._key_of = key_of
        self._missing = missing

    def feed(self, block: bytes) -> Iterator[Record]:
        """The records that are complete by now."""
        for row in self._reader.feed(block):
            yield from self._record(row)

    def finish(self) -> Iterator[Record]:
        """What is left when nothing more comes."""
        for row in self._reader.finish():
            yield from self._record(row)

    def _record(self, row: Row) -> Iterator[Record]:
        if row.fault is None and not any(each.strip() for each in row.cells):
            return
        cells, fault, wanted = row.cells, row.fault, self._column_count
        while len(cells) > wanted and not cells[-1].strip():
            cells.pop()
        if fault is None and len(cells) != wanted:
            fault = (
                "wrong_column_count",
                f"the row has {len(cells)} columns, the header {wanted}",
            )
            cells = (cells + [""] * wanted)[:wanted]
        key = self._key_of(cells) if cells else ""
        if fault is None and not key:
            fault = ("missing_key", f"the row has no {self._missing}")
        raw = row.raw[: 4 * MAX_EXCERPT]
        yield Record(row.line, key, cells, raw, row.is_windows_1252, fault)


def item_of(group: Group, mapper: GroupMapper, end: Position) -> Item:
    """What a group comes to: a product, or why there is none. `end` is the place behind it."""
    first = group.records[0]
    if group.left_out:
        count = len(group.records) + group.left_out
        reason = f"{count:,} rows are of one product, at most {MAX_RECORDS:,} or 32 MB are read"
        fault = problem(first.line, "", "too_many_variants", reason, first.raw)
        return Item(None, [fault], 1, end)
    found = [
        problem(each.line, "", *each.fault, each.raw)
        for each in group.records
        if each.fault is not None
    ]
    if found:
        if len(found) < len(group.records):
            reason = "a row of this product could not be read, so it was left as it is"
            found.append(problem(first.line, "", "incomplete_product", reason, first.raw))
        return Item(None, found, 1, end)
    parsed, problems = mapper.parsed(group.records)
    foreign = next((each for each in group.records if each.is_windows_1252), None)
    if foreign is not None:
        reason = "the file is not UTF-8; it was read as Windows-1252"
        said = note(foreign.line, "", "read_as_windows_1252", reason, foreign.raw)
        problems = [said, *problems]
    is_refused = parsed is None or any(each.is_refusal for each in problems)
    return Item(None if is_refused else parsed, problems, int(is_refused), end)
