"""Reads product lines: one JSON object a line, see `product_lines`."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import json

from galleria.commerce.imports.model.line_mapping import LineMapper
from galleria.commerce.imports.model.lines import Line, LineSplitter
from galleria.commerce.imports.model.parsed import Item, Places
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.product_lines import ProductLine
from galleria.commerce.imports.model.runs import Position, Problem
from galleria.foundation.errors import FieldError
from galleria.foundation.http import field_error

# A product with 10,000 variants and prices in several channels takes about ten megabytes.
MAX_LINE_BYTES = 16 * 1024 * 1024
_MAX_UNKNOWN_FIELDS = 50

_decoder = json.Decoder(ProductLine)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(.*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")


class JsonLinesParser:
    """See the module."""

    def __init__(self, start: Position, mapper: LineMapper) -> None:
        """Read on at `start`, which must be the beginning of a line."""
        self._splitter = LineSplitter(start, MAX_LINE_BYTES)
        self._mapper = mapper

    def feed(self, block: bytes) -> Iterator[Item]:
        """What the lines that are complete by now hold."""
        for line in self._splitter.feed(block):
            item = self._item(line)
            if item is not None:
                yield item

    def finish(self) -> Iterator[Item]:
        """What the last line holds, when nothing ends it."""
        for line in self._splitter.finish():
            item = self._item(line)
            if item is not None:
                yield item

    def _item(self, line: Line) -> Item | None:
        end = Position(line.end_byte, line.number + 1)
        if line.raw.isspace():
            return None
        product, problems = _decoded(line)
        if product is None:
            return Item(None, problems, 1, end)
        parsed, more = self._mapper.parsed(product, Places(line.number), line.raw)
        if more:
            problems += more
            if any(each.is_refusal for each in more):
                return Item(None, problems, 1, end)
        return Item(parsed, problems, 0, end)


def _decoded(line: Line) -> tuple[ProductLine | None, list[Problem]]:
    """The line's product with what is to be known about it, or None with what is wrong."""
    if line.is_overlong:
        return None, [_fault(line, "line_too_long", f"the line has over {MAX_LINE_BYTES:,} bytes")]
    try:
        return _decoder.decode(line.raw), []
    except msgspec.ValidationError as error:
        try:
            return _without_unknown_fields(line, error)
        except RecursionError:
            return None, [_fault(line, "too_deep", "the data is nested too deeply")]
        except msgspec.ValidationError as another:
            return None, [_refusal(line, field_error(str(another)))]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return None, [_fault(line, "malformed_json", f"this is no JSON in UTF-8: {error}")]


def _fault(line: Line, code: str, reason: str) -> Problem:
    return problem(line.number, "", code, reason, line.raw)


def _refusal(line: Line, fault: FieldError) -> Problem:
    return problem(line.number, fault.path, fault.code, fault.message, line.raw)


def _without_unknown_fields(
    line: Line, error: msgspec.ValidationError
) -> tuple[ProductLine | None, list[Problem]]:
    """The product without the fields nobody knows, each of which is noted."""
    tree = json.decode(line.raw)
    notes: list[Problem] = []
    while len(notes) < _MAX_UNKNOWN_FIELDS:
        message = str(error)
        fault = field_error(message)
        unknown = _UNKNOWN.fullmatch(message)
        if unknown is None or not _remove(tree, unknown[2] or "", unknown[1]):
            return None, [_refusal(line, fault)]
        reason = f"there is no field {unknown[1]!r}; it was not read"
        notes.append(note(line.number, fault.path, "unknown_field", reason, line.raw))
        try:
            return msgspec.convert(tree, ProductLine), notes
        except msgspec.ValidationError as another:
            error = another
    return None, [_fault(line, "unknown_field", "there are over 50 unknown fields")]


def _remove(tree: Any, path: str, name: str) -> bool:
    """The field is gone from the object at `path`; from all of them, where it says `[...]`."""
    places = [tree]
    for field, index in _STEP.findall(path):
        if index == "...":
            places = [inner for place in places for inner in place.values()]
        elif index:
            places = [place[int(index)] for place in places]
        else:
            places = [place[field] for place in places]
    return any([place.pop(name, place) is not place for place in places])
