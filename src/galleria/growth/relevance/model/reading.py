"""Reads a table of judgments, `query,product_id,grade`, and says what is wrong with its lines."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence

import msgspec

from galleria.growth.relevance.errors import TooManyJudgments, UnreadableJudgments
from galleria.growth.relevance.model.judgments import (
    MAX_JUDGMENTS,
    MAX_QUERY,
    RefusedLine,
    clean_query,
)

COLUMNS = ("query", "product_id", "grade")
MAX_FILE_BYTES = 24_000_000
MAX_REFERENCE = 200  # characters
_GRADE = re.compile(r"[0-9]{1,2}")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Line(msgspec.Struct, frozen=True):
    """A line that can be read; whether there is such a product is another question."""

    number: int
    query: str
    reference: str
    grade: int


class Reading(msgspec.Struct, frozen=True):
    """What a table says, and which of its lines say nothing."""

    lines: list[Line]
    refused: list[RefusedLine]


def read_table(raw: bytes, max_grade: int) -> Reading:
    """The lines of a CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252.

    Raises:
        UnreadableJudgments: it is no text, or has not the three columns.
        TooManyJudgments: it has more lines than a set may have judgments.
    """
    text = _decoded(raw)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    names = [each.strip().lower() for each in next(_rows(rows), (0, []))[1] or []]
    if any(names.count(name) != 1 for name in COLUMNS):
        raise UnreadableJudgments(f"the first line has to name the columns {', '.join(COLUMNS)}")
    places = [names.index(name) for name in COLUMNS]
    reading = Reading([], [])
    for number, row in _rows(rows):
        if row == []:
            continue
        found = _line(number, row, places, len(names), max_grade)
        if isinstance(found, Line):
            reading.lines.append(found)
        else:
            reading.refused.append(found)
        if len(reading.lines) + len(reading.refused) > MAX_JUDGMENTS:
            raise TooManyJudgments(f"a file has at most {MAX_JUDGMENTS} lines")
    return reading


def _decoded(raw: bytes) -> str:
    encodings = [name for mark, name in _MARKS if raw.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableJudgments("this is no text in UTF-8, UTF-16 or Windows-1252")


def _rows(rows: "csv._reader") -> Iterator[tuple[int, Sequence[str] | None]]:  # type: ignore[name-defined]
    """Each row with the number of its last line; None for one that cannot be read."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield rows.line_num, None
            continue
        yield rows.line_num, row


def _line(
    number: int, row: Sequence[str] | None, places: Sequence[int], width: int, max_grade: int
) -> Line | RefusedLine:
    if row is None:
        return RefusedLine(number, "unreadable", "")
    if len(row) != width:
        return RefusedLine(number, "ragged", ",".join(row)[:MAX_QUERY])
    query, reference, grade = (row[place].strip() for place in places)
    query = clean_query(query)
    if not 0 < len(query) <= MAX_QUERY:
        return RefusedLine(number, "query_too_long" if query else "query_missing", query[:60])
    if not 0 < len(reference) <= MAX_REFERENCE:
        return RefusedLine(number, "product_unknown", reference[:60])
    if not _GRADE.fullmatch(grade) or int(grade) > max_grade:
        return RefusedLine(number, "grade_out_of_range", grade[:60])
    return Line(number, query, reference, int(grade))
