"""Reads the entries of a product feed for Google Merchant Center: tab-separated, RSS 2.0 or Atom.

A record's cells are names and values in turn, since an entry may say a name several times. XML is
read entry by entry, without entities and without a document type, and with bounds for depth, text
and single tags, so that memory is one entry whatever comes in.
Source: Google Merchant Center help, "Product data specification"; RSS 2.0; RFC 4287.
"""

from collections.abc import Iterator, Sequence
from xml.parsers import expat

from galleria.commerce.imports.errors import UnreadableFile
from galleria.commerce.imports.model.csv_rows import RowReader
from galleria.commerce.imports.model.records import Record, TableReader
from galleria.foundation.errors import FieldError

MAX_DEPTH = 32
MAX_TEXT = 131_072
MAX_ENTRY_TEXT = 1024 * 1024
MAX_FIELDS = 2_000
# A single tag, comment or text without end: so much is waited for.
MAX_TOKEN_BYTES = 4 * 1024 * 1024
_BLOCK_BYTES = 64 * 1024
GOOGLE = "http://base.google.com/ns/1.0"
_GOOGLE_ALIKE = (GOOGLE, "https://base.google.com/ns/1.0", "http://base.google.com/cns/1.0")
ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = ("item", f"{ATOM} entry", "entry")
_APART = " "


def field_name(name: str) -> str:
    """A column's or tag's name as the specification spells it: "Image Link" is image_link."""
    plain = name.strip().lower().removeprefix("g:").partition("(")[0].strip()
    return plain.replace(" ", "_").replace("-", "_")


def entry_key(said: dict[str, str]) -> str:
    """What the product of an entry is called: its group, or itself."""
    group = said.get("item_group_id", "")
    return f"group:{group}" if group else f"id:{said['id']}" if said.get("id") else ""


class FeedTableReader:
    """Entries of a tab-separated feed."""

    def __init__(self, reader: RowReader, header: Sequence[str]) -> None:
        """Read on with `reader` behind the header."""
        self._names = [field_name(each) for each in header]
        self._table = TableReader(reader, len(header), self._key_of, "id")

    def feed(self, block: bytes) -> Iterator[Record]:
        """The entries that are complete by now."""
        for record in self._table.feed(block):
            yield self._named(record)

    def finish(self) -> Iterator[Record]:
        """What is left when nothing more comes."""
        for record in self._table.finish():
            yield self._named(record)

    def _key_of(self, cells: Sequence[str]) -> str:
        return entry_key(dict(zip(self._names, map(str.strip, cells), strict=False)))

    def _named(self, record: Record) -> Record:
        pairs = zip(self._names, record.cells, strict=False)
        cells = [each for name, text in pairs if text.strip() for each in (name, text.strip())]
        return Record(
            record.line, record.key, cells, record.raw, record.is_windows_1252, record.fault
        )


class XmlFeedReader:
    """Entries of an RSS or Atom feed."""

    def __init__(self, encoding: str | None = None) -> None:
        """Read bytes as they come; `encoding` is what they were made, whatever the XML says."""
        parser = expat.ParserCreate(encoding, _APART)
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._parser = parser
        self._fed_bytes = 0
        self._path: list[str] = []
        self._entry_depth = 0
        self._line = 0
        self._cells: list[str] = []
        self._parts: list[str] = []
        self._part_size = 0
        self._entry_size = 0
        self._fault: tuple[str, str] | None = None
        self._ready: list[Record] = []

    def feed(self, block: bytes) -> Iterator[Record]:
        """The entries that are complete by now.

        Raises:
            UnreadableFile: this is no well-formed XML, or it is made to burst.
        """
        for at in range(0, len(block), _BLOCK_BYTES):
            piece = block[at : at + _BLOCK_BYTES]
            self._parse(piece, is_last=False)
            self._fed_bytes += len(piece)
            if self._fed_bytes - self._parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                raise _unreadable("xml_too_large", "a tag or comment has over 4 MB")
            yield from self._take()

    def finish(self) -> Iterator[Record]:
        """What is left when nothing more comes.

        Raises:
            UnreadableFile: the document ends in the middle.
        """
        self._parse(b"", is_last=True)
        yield from self._take()

    def _parse(self, piece: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code)
            reason = f"line {error.lineno}: this is no well-formed XML: {what}"
            raise _unreadable("malformed_xml", reason) from None
        except (LookupError, ValueError):
            reason = "the XML names an encoding that is not read: save it as UTF-8"
            raise _unreadable("malformed_xml", reason) from None

    def _take(self) -> list[Record]:
        ready, self._ready = self._ready, []
        return ready

    def _refuse_doctype(self, *_: object) -> None:
        raise _unreadable("xml_doctype", "the XML has a document type, which feeds do not need")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise _unreadable("too_deep", f"the XML is nested over {MAX_DEPTH} deep")
        if self._entry_depth:
            # Atom's link is an attribute.
            if name == f"{ATOM} link" and attributes.get("href"):
                self._keep("link", attributes["href"])
            # Markup inside a text leaves its words.
            if len(self._path) == self._entry_depth + 1:
                self._parts, self._part_size = [], 0
        elif name in _ENTRIES:
            self._entry_depth = len(self._path)
            self._line = self._parser.CurrentLineNumber
            self._cells, self._entry_size, self._fault = [], 0, None

    def _end(self, name: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if self._entry_depth and depth == self._entry_depth + 1:
            self._keep(_local(name), "".join(self._parts).strip())
            self._parts, self._part_size = [], 0
        elif depth == self._entry_depth:
            self._entry_depth = 0
            said = dict(zip(self._cells[::2], self._cells[1::2], strict=True))
            key, fault = entry_key(said), self._fault
            if fault is None and not key:
                fault = ("missing_key", "the entry has no id")
            raw = " ".join(self._cells[:8])[:300].encode()
            self._ready.append(Record(self._line, key, self._cells, raw, False, fault))
            self._cells = []

    def _text(self, text: str) -> None:
        if not self._entry_depth or len(self._path) <= self._entry_depth:
            return
        self._part_size += len(text)
        self._entry_size += len(text)
        if self._part_size > MAX_TEXT or self._entry_size > MAX_ENTRY_TEXT:
            self._fault = ("too_long", "a text of this entry has over 131,072 characters")
        else:
            self._parts.append(text)

    def _keep(self, name: str, text: str) -> None:
        if not text:
            return
        if len(self._cells) < 2 * MAX_FIELDS:
            self._cells += (name, text)
        else:
            self._fault = ("too_many", f"the entry has over {MAX_FIELDS:,} fields")


def _local(name: str) -> str:
    """The name without its namespace. RSS and Atom have a few names that mean the same."""
    space, _, local = name.rpartition(_APART)
    plain = field_name(local)
    if space not in _GOOGLE_ALIKE and plain in ("summary", "content"):
        return "description"
    return plain


def _unreadable(code: str, reason: str) -> UnreadableFile:
    return UnreadableFile(reason, errors=[FieldError("", code, reason)])
