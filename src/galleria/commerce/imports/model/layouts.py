"""Recognises a product file by looking at its beginning, never by its name."""

import csv

import msgspec

from galleria.commerce.imports.errors import UnreadableFile
from galleria.commerce.imports.model.csv_rows import decode_windows_1252
from galleria.commerce.imports.model.problems import note
from galleria.commerce.imports.model.product_lines import EXPORT_VERSION, ExportHeader
from galleria.commerce.imports.model.runs import Format, Position, Problem
from galleria.commerce.imports.model.shopify_columns import Columns
from galleria.foundation.errors import FieldError

HEAD_BYTES = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")

# What a file begins with that people send by mistake, and what to do instead.
_MISTAKES = (
    (b"PK\x03\x04", "a spreadsheet or a zip archive: save it as CSV UTF-8, or unpack it first"),
    (b"\xff\xfe", "text in UTF-16: save it as CSV UTF-8"),
    (b"\xfe\xff", "text in UTF-16: save it as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet: save it as CSV UTF-8"),
    (b"%PDF", "a PDF: ask for the product file it was made from"),
    (b"[", "a JSON array: write one object on each line instead, without brackets and commas"),
    (b"<", "XML or a web page: only CSV and JSON Lines are read"),
)


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How to read a file: its format, where its products begin, and its header if it is CSV.

    `shop` is the slug of the shop that an export of ours comes from.
    """

    format: Format
    start: Position
    delimiter: str = ","
    header: list[str] = []
    shop: str = ""
    notes: list[Problem] = []


def recognise(head: bytes) -> Layout:
    """The layout of the file whose unpacked bytes begin with `head`, up to 64 KB of it.

    Raises:
        UnreadableFile: it is none of the formats; the detail says what it looks like instead.
    """
    first_byte = len(_BOM) if head.startswith(_BOM) else 0
    body = head[first_byte:]
    if not body.strip():
        raise unreadable("empty_file", "the file is empty")
    for beginning, advice in _MISTAKES:
        if body.lstrip(b" \t\r\n").startswith(beginning):
            raise unreadable("unknown_format", f"this is {advice}")
    if b"\0" in body:
        raise unreadable("unknown_format", "this is no text: it holds NUL characters")
    if body.lstrip().startswith(b"{"):
        return _json_layout(body, first_byte)
    return _csv_layout(body, first_byte)


def unreadable(code: str, reason: str) -> UnreadableFile:
    """The error that says why a file is refused as a whole."""
    return UnreadableFile(reason, errors=[FieldError("", code, reason)])


def _json_layout(body: bytes, first_byte: int) -> Layout:
    lines = body.splitlines(keepends=True)
    first = lines[0]
    try:
        header = msgspec.json.decode(first, type=ExportHeader)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # No header of ours; whether the line is a product is seen when it is read.
        return Layout(format="json_lines", start=Position(first_byte, 1))
    if header.galleria_export > EXPORT_VERSION:
        reason = f"this export has version {header.galleria_export}, made by a newer Galleria"
        raise unreadable("newer_export", reason)
    start = Position(first_byte + len(first), 2)
    return Layout(format="galleria_export", start=start, shop=header.shop)


def _csv_layout(body: bytes, first_byte: int) -> Layout:
    for delimiter in _DELIMITERS:
        header, size, line_count = _header_of(body, delimiter)
        columns = Columns(header)
        if not columns.missing:
            return Layout(
                format="shopify_csv",
                start=Position(first_byte + size, 1 + line_count),
                delimiter=delimiter,
                header=header,
                notes=[
                    note(1, name, "unknown_column", f"column {name[:80]!r} was not read")
                    for name in columns.unknown
                ],
            )
    header, _, _ = _header_of(body, ",")
    missing = " and ".join(Columns(header).missing)
    raise unreadable(
        "unknown_format",
        f"neither JSON Lines nor Shopify's CSV: its first line has no column {missing}",
    )


def _header_of(body: bytes, delimiter: str) -> tuple[list[str], int, int]:
    """The cells of the first row, how many bytes it takes, and how many lines."""
    lines = body.splitlines(keepends=True)
    reader = csv.reader(map(_decoded, lines), delimiter=delimiter, strict=True)
    try:
        # Some programs begin with an empty line.
        cells = next((cells for cells in reader if cells), [])
    except csv.Error:
        return [], 0, 0
    return cells, sum(map(len, lines[: reader.line_num])), reader.line_num


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return decode_windows_1252(raw)
