"""Reads Shopify's product files: rows that follow one another with one handle are one product.

A row that cannot be read may have been part of the product before or behind it. When it looks so,
that product is refused: without the row it would lose a variant.
"""

from collections.abc import Iterator, Sequence

from galleria.commerce.imports.model.csv_rows import Row, RowReader
from galleria.commerce.imports.model.parsed import Item
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.runs import Position, Problem
from galleria.commerce.imports.model.shopify_columns import Columns
from galleria.commerce.imports.model.shopify_mapping import ShopifyMapper

# 10,000 variants and 250 pictures, each on a row of its own.
MAX_ROWS = 10_250
_BEHIND_HANDLE = (b",", b";", b"\t", b'"')


class ShopifyParser:
    """See the module. Memory is a block and the rows of one product."""

    def __init__(self, reader: RowReader, columns: Columns, mapper: ShopifyMapper) -> None:
        """Read on with `reader`, which stands at the beginning of a product's first row."""
        self._reader = reader
        self._columns = columns
        self._mapper = mapper
        self._handle = ""
        self._rows: list[Row] = []
        self._row_count = 0
        self._problems: list[Problem] = []  # of the product whose rows are being gathered
        self._faults: list[Row] = []  # behind its last row: perhaps of this product, perhaps not

    def feed(self, block: bytes) -> Iterator[Item]:
        """The products that are complete by now."""
        for row in self._reader.feed(block):
            yield from self._take(row)

    def finish(self) -> Iterator[Item]:
        """What is left when nothing more comes."""
        for row in self._reader.finish():
            yield from self._take(row)
        yield from self._close(self._reader.position, None)

    def _take(self, row: Row) -> Iterator[Item]:
        if row.fault is None and not any(row.cells):
            return
        fault = row.fault or self._fault_of(row)
        if fault is not None:
            self._faults.append(row._replace(fault=fault))
            return
        handle = self._columns.cell(row.cells, "handle")
        if not self._rows or handle != self._handle:
            yield from self._close(_place(row), handle)
            self._handle = handle
        self._claim(self._faults)
        self._faults = []
        self._row_count += 1
        if self._row_count <= MAX_ROWS:
            self._rows.append(row)
        if row.is_windows_1252:
            reason = "the file is not UTF-8; it was read as Windows-1252"
            self._problems.append(note(row.line, "", "read_as_windows_1252", reason, row.raw))

    def _fault_of(self, row: Row) -> tuple[str, str] | None:
        expected = len(self._columns.header)
        if len(row.cells) != expected:
            reason = f"the row has {len(row.cells)} columns, the header {expected}"
            return "wrong_column_count", reason
        if not self._columns.cell(row.cells, "handle"):
            return "missing_handle", "the row does not say which product it belongs to"
        return None

    def _claim(self, faults: Sequence[Row]) -> None:
        """The product being gathered is refused, for rows of it could not be read."""
        self._problems += [_problem_of(each) for each in faults]

    def _close(self, end: Position, next_handle: str | None) -> Iterator[Item]:
        """The gathered product, and behind it the rows that nobody claims.

        Faults that look like rows of the next product stay for it, with all behind them, so
        that whoever reads on from an item's end finds them again.
        """
        mine = [each for each in self._faults if self._rows and _is_of(each, self._handle)]
        others = [each for each in self._faults if each not in mine]
        kept_at = next(
            (at for at, each in enumerate(others) if next_handle and _is_of(each, next_handle)),
            len(others),
        )
        loose, self._faults = others[:kept_at], others[kept_at:]
        ends = [*map(_place, others[: kept_at + 1]), end]
        if self._rows:
            self._claim(mine)
            yield self._item(ends[0])
        for at, fault in enumerate(loose):
            yield Item(None, [_problem_of(fault)], 1, ends[at + 1])
        self._rows, self._row_count, self._problems = [], 0, []

    def _item(self, end: Position) -> Item:
        first = self._rows[0]
        if self._row_count > MAX_ROWS:
            reason = (
                f"{self._row_count:,} rows have this handle, a product has at most {MAX_ROWS:,}"
            )
            fault = problem(first.line, "Handle", "too_many_variants", reason, first.raw)
            return Item(None, [*self._problems, fault], 1, end)
        parsed, problems = self._mapper.parsed(self._rows)
        if any(each.is_refusal for each in self._problems):
            reason = "a row of this product could not be read, so it was left as it is"
            problems.append(problem(first.line, "", "incomplete_product", reason, first.raw))
        problems = [*self._problems, *problems]
        is_refused = any(each.is_refusal for each in problems)
        return Item(None if is_refused else parsed, problems, int(is_refused), end)


def _place(row: Row) -> Position:
    return Position(row.first_byte, row.line)


def _problem_of(row: Row) -> Problem:
    assert row.fault is not None, "only faults are kept apart"
    code, reason = row.fault
    return problem(row.line, "", code, reason, row.raw)


def _is_of(row: Row, handle: str) -> bool:
    """The row begins with this handle, as far as can be told."""
    begin, raw = handle.encode(), row.raw.lstrip(b'"')
    return raw.startswith(begin) and raw[len(begin) : len(begin) + 1] in (b"", *_BEHIND_HANDLE)
