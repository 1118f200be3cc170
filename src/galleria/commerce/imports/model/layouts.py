"""Recognises a product file by looking at its beginning, never by its name."""

import csv
from collections import Counter
from collections.abc import Sequence

import msgspec

from galleria.commerce.imports.errors import UnreadableFile
from galleria.commerce.imports.model.bindings import mapped_bindings, own_bindings
from galleria.commerce.imports.model.csv_rows import decode_windows_1252
from galleria.commerce.imports.model.encodings import Encoding
from galleria.commerce.imports.model.feed_entries import field_name
from galleria.commerce.imports.model.mappings import MappingDocument
from galleria.commerce.imports.model.moving_in import moving_format
from galleria.commerce.imports.model.problems import note
from galleria.commerce.imports.model.product_lines import EXPORT_VERSION, ExportHeader
from galleria.commerce.imports.model.runs import Format, Position, Problem
from galleria.commerce.imports.model.shopify_columns import Columns
from galleria.commerce.imports.model.woo_columns import WooColumns
from galleria.foundation.errors import FieldError

HEAD_BYTES = 64 * 1024
# A first row that fills the head has been cut off; in UTF-16 the head has half as many letters.
MAX_HEADER_BYTES = HEAD_BYTES // 4
_SAMPLE_ROWS = 20
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")
_ANY_DELIMITER = (*_DELIMITERS, "|")
_IN_XML = (b"base.google.com/ns/1.0", b"<rss", b"<feed")
# A feed has these, and one of those that nobody else has.
_FEED_COLUMNS = frozenset(("id", "title", "price"))
# Feeds may repeat a column, and Shopify's export is read as it always was.
_ONE_NAME_ONCE: frozenset[Format] = frozenset(("galleria_csv", "woocommerce_csv"))
_FEED_ALONE = frozenset(
    ("availability", "item_group_id", "google_product_category", "image_link", "gtin")
)

# What a file begins with that people send by mistake, and what to do instead.
_MISTAKES = (
    (b"PK\x03\x04", "a spreadsheet or a zip archive: save it as CSV UTF-8, or unpack it first"),
    (b"\xff\xfe", "text in UTF-16: save it as CSV UTF-8"),
    (b"\xfe\xff", "text in UTF-16: save it as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet: save it as CSV UTF-8"),
    (b"%PDF", "a PDF: ask for the product file it was made from"),
    (b"[", "a JSON array: write one object on each line instead, without brackets and commas"),
    (b"<", "XML or a web page: of XML only product feeds for Google are read"),
)


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How to read a file: its format, where its products begin, and its header if it is CSV.

    `shop` is the slug of the shop that an export of ours comes from. `encoding` is what the bytes
    of XML were made of, whatever it says itself.
    """

    format: Format
    start: Position
    delimiter: str = ","
    header: list[str] = []
    shop: str = ""
    notes: list[Problem] = []
    mapping: MappingDocument | None = None
    encoding: str | None = None


def recognise(head: bytes, mapping: MappingDocument | None = None) -> Layout:
    """The layout of the file whose unpacked bytes begin with `head`, up to 64 KB of it.

    With a `mapping` the file is read as that says, whatever it looks like.

    Raises:
        UnreadableFile: it is none of the formats; the detail says what it looks like instead. Or
            it has not the columns that the mapping reads.
    """
    first_byte = len(_BOM) if head.startswith(_BOM) else 0
    body = head[first_byte:]
    if not body.strip():
        raise unreadable("empty_file", "the file is empty")
    if mapping is not None:
        return _mapped_layout(body, first_byte, mapping)
    if body.lstrip().startswith(b"<") and any(each in body for each in _IN_XML):
        return Layout(format="google_xml", start=Position(0, 1))
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
        found = _table_format(header)
        if found is not None:
            _check_is_whole(body, size)
            return Layout(
                format=found[0],
                start=Position(first_byte + size, 1 + line_count),
                delimiter=delimiter,
                header=header,
                notes=_unread(found[1]) + (_twice(header) if found[0] in _ONE_NAME_ONCE else []),
            )
    header, _, _ = _header_of(body, ",")
    missing = " and ".join(Columns(header).missing)
    raise unreadable(
        "unknown_format",
        f"neither JSON Lines nor a table we know, such as Shopify's CSV: its first line has no"
        f" column {missing}; say by a mapping what its columns mean",
    )


def _table_format(header: list[str]) -> tuple[Format, Sequence[str]] | None:
    """What kind of table has this header, and which of its columns are not read."""
    ours, shopify, woo = own_bindings(header), Columns(header), WooColumns(header)
    moving = moving_format(header)
    names = {field_name(name) for name in header}
    found: tuple[Format, Sequence[str]] | None = None
    if ours is not None:
        found = "galleria_csv", ours.unknown
    elif moving is not None:
        found = moving, ()
    elif not shopify.missing:
        found = "shopify_csv", shopify.unknown
    elif woo.is_woo:
        found = "woocommerce_csv", woo.unknown
    elif names >= _FEED_COLUMNS and names & _FEED_ALONE:
        found = "google_table", ()
    return found


def _unread(columns: Sequence[str]) -> list[Problem]:
    return [
        note(1, name, "unknown_column", f"column {name[:80]!r} was not read") for name in columns
    ]


def _twice(header: Sequence[str]) -> list[Problem]:
    """Says which columns have the same name."""
    counts = Counter(name.strip() for name in header if name.strip())
    return [
        note(1, name, "duplicate_column", f"{count} columns are called {name[:80]!r}")
        for name, count in counts.items()
        if count > 1
    ]


def _mapped_layout(body: bytes, first_byte: int, mapping: MappingDocument) -> Layout:
    delimiter = mapping.delimiter if mapping.delimiter != "auto" else _delimiter_of(body)
    header, size, line_count = _header_of(body, delimiter)
    _check_is_whole(body, size)
    bindings, missing = mapped_bindings(mapping, header)
    if missing:
        columns = " and ".join(repr(each[:80]) for each in missing[:5])
        raise unreadable("missing_columns", f"the mapping reads columns the file lacks: {columns}")
    return Layout(
        format="mapping",
        start=Position(first_byte + size, 1 + line_count),
        delimiter=delimiter,
        header=header,
        notes=_unread(bindings.unknown) + _twice(header),
        mapping=mapping,
    )


def table_head(head: bytes, delimiter: str | None = None) -> tuple[str, list[str], list[list[str]]]:
    """The delimiter, found unless it is given, the header and some rows, as far as `head` goes."""
    body = head.removeprefix(_BOM)
    delimiter = delimiter or _delimiter_of(body)
    lines = body.splitlines(keepends=True)
    if len(head) >= HEAD_BYTES and not body.endswith(b"\n"):
        # The last line is cut off.
        lines = lines[:-1] or lines
    reader = csv.reader(map(_decoded, lines), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for cells in reader:
            if cells:
                rows.append(cells)
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return delimiter, rows[0] if rows else [], rows[1:]


def encoding_note(encoding: Encoding) -> Problem:
    """Says that the file was no UTF-8."""
    return note(1, "", "read_as_other_encoding", f"the file was read as {encoding.upper()}")


def _delimiter_of(body: bytes) -> str:
    """The delimiter that parts the header into the most columns."""
    return max(_ANY_DELIMITER, key=lambda each: len(_header_of(body, each)[0]))


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


def _check_is_whole(body: bytes, header_bytes: int) -> None:
    """Pass when the first row ends where lines do: rows below one that is cut off fit nothing."""
    if header_bytes == len(body) >= MAX_HEADER_BYTES:
        reason = (
            f"its first row has over {MAX_HEADER_BYTES // 1024} KB and no end: keep the columns"
            " that are needed"
        )
        raise unreadable("header_too_long", reason)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return decode_windows_1252(raw)
