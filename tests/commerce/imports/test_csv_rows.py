"""Rows of CSV come out as they were written, and a damaged one costs itself only."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.imports.model.csv_rows import Row, RowReader
from galleria.commerce.imports.model.runs import Position
from tests.commerce.imports.blocks import cut

CELL = st.text(st.sampled_from('ab ,;"\n\r\tä€'), max_size=8)


def quoted(cell: str) -> str:
    needs_quotes = any(each in cell for each in ',;"\n\r\t') or not cell
    return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell


def read(content: bytes, cuts: list[int] | None = None, delimiter: str = ",") -> list[Row]:
    reader = RowReader(Position(), delimiter)
    rows = [row for block in cut(content, cuts or []) for row in reader.feed(block)]
    return rows + list(reader.finish())


@given(
    table=st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=8),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    cuts=st.lists(st.integers(0, 200), max_size=8),
)
def test_what_was_written_is_read(
    table: list[list[str]], ending: str, delimiter: str, cuts: list[int]
) -> None:
    content = "".join(delimiter.join(map(quoted, row)) + ending for row in table).encode()
    rows = read(content, cuts, delimiter)
    assert [row.cells for row in rows] == table
    assert not any(row.fault for row in rows)
    for row, following in pairwise(rows):
        assert row.first_byte < following.first_byte
        # Whoever reads on at a row finds the same ones.
        reader = RowReader(Position(following.first_byte, following.line), delimiter)
        rest = [*reader.feed(content[following.first_byte :]), *reader.finish()]
        assert rest[0] == following


@given(content=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200), max_size=5))
def test_any_bytes_are_read_to_their_end_and_alike_wherever_they_are_cut(
    content: bytes, cuts: list[int]
) -> None:
    assert read(content, cuts) == read(content)


def faults(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.fault[0]) for row in rows if row.fault]


def test_a_stray_quote_costs_its_row_only() -> None:
    rows = read(b'a,b\nc,"d" e\nf,g\n')
    assert faults(rows) == [(2, "damaged_csv")]
    assert [row.cells for row in rows if not row.fault] == [["a", "b"], ["f", "g"]]


def test_a_quote_that_is_never_closed_costs_its_line_only() -> None:
    rows = read(b'a,b\nc,"d\ne,f\ng,h\n')
    assert faults(rows) == [(2, "unclosed_quote")]
    assert [row.cells for row in rows if not row.fault] == [["a", "b"], ["e", "f"], ["g", "h"]]


def test_an_inch_mark_in_a_plain_field_is_no_quote() -> None:
    assert read(b'pipe 5",2\n')[0].cells == ['pipe 5"', "2"]


def test_a_huge_field_is_skipped_as_a_whole() -> None:
    huge = b'"' + b"line, with a comma\n" * 20_000 + b'"'
    rows = read(b"a,b\nc," + huge + b"\nd,e\n", cuts=list(range(0, 400_000, 60_000)))
    assert faults(rows) == [(2, "too_long")]
    assert [row.cells for row in rows if not row.fault] == [["a", "b"], ["d", "e"]]
    assert rows[-1].line == 2 + 20_000 + 1


def test_a_quote_left_open_in_a_large_file_does_not_fill_the_memory() -> None:
    content = b'a,"b\n' + (b"c," + b"d" * 997 + b"\n") * 5_000
    rows = read(content, cuts=list(range(0, len(content), 256_000)))
    assert faults(rows) == [(1, "unclosed_quote")]
    assert "lines to 4196 were skipped" in str(rows[0].fault)
    assert rows[1].cells[0] == "c", "beyond four megabytes it is taken for a mistake"


def test_a_line_that_is_too_long_is_named() -> None:
    rows = read(b"a,b\n" + b"x" * 1_100_000 + b",c\nd,e\n", cuts=[500_000])
    assert faults(rows) == [(2, "line_too_long")]
    assert rows[-1].cells == ["d", "e"]


@pytest.mark.parametrize(
    ("raw", "text", "is_windows"),
    [
        ("Größe".encode(), "Größe", False),
        ("Größe".encode("cp1252"), "Größe", True),
        ("“so” €".encode("cp1252"), "“so” €", True),
        (b"\x81\xe4", "\x81ä", True),
    ],
)
def test_what_is_not_utf8_is_read_as_spreadsheets_write_it(
    raw: bytes, text: str, is_windows: bool
) -> None:
    (row,) = read(raw + b",b\n")
    assert (row.cells[0], row.is_windows_1252) == (text, is_windows)
