"""Lists of goods as people type or export them: SKU and number, line by line."""

import csv
import io
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.commerce.inventory import MAX_COUNTED, CountLine
from galleria.faces.backoffice import forms

_SKU = frozenset(("sku", "artikelnummer", "artikel-nr", "artikel-nr.", "art-nr", "item", "article"))
_VARIANT = frozenset(("variant_id",))
_PLACE = frozenset(("location", "lagerort", "lager", "place"))
# The first of these that is there: who fills in our sheet writes into `counted`.
_QUANTITY = (
    "counted",
    "quantity",
    "qty",
    "count",
    "pieces",
    "gezählt",
    "menge",
    "anzahl",
    "stück",
    "on_hand",
    "bestand",
)
_DELIMITERS = (";", "\t", ",", "|")


class Listed(msgspec.Struct, frozen=True):
    """What a list says: lines, and what could not be read, as line number and code."""

    lines: list[CountLine]
    faults: list[tuple[int, str]]


class _Columns(msgspec.Struct, frozen=True):
    sku: int | None
    variant: int | None
    place: int | None
    quantity: int


def read_lines(text: str, places: Mapping[str, int], usual: int | None = None) -> Listed:
    """The lines of a list: with a header whose names we know, else SKU and number.

    A line without a number is left out: nobody counted that.

    Args:
        text: comma, semicolon, tab or bar between the columns.
        places: the number of each location by its code.
        usual: the location of lines that name none.
    """
    body = text.removeprefix("\ufeff")
    first = body.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = list(csv.reader(io.StringIO(body), delimiter=delimiter))
    columns = _columns_of(rows[0]) if rows else None
    lines: list[CountLine] = []
    faults: list[tuple[int, str]] = []
    start = 0 if columns is None else 1
    for number, row in enumerate(rows[start:], start + 1):
        cells = [cell.strip().removeprefix("'") for cell in row]
        if not any(cells):
            continue
        read = _line_of(cells, columns or _Columns(0, None, None, 1), places, usual)
        if isinstance(read, str):
            faults.append((number, read))
        elif read is not None:
            lines.append(read)
        if len(lines) > MAX_COUNTED:
            faults.append((number, "too_many"))
            break
    return Listed(lines[:MAX_COUNTED], faults)


def _columns_of(header: Sequence[str]) -> _Columns | None:
    """Where what stands; None when the first line is no header."""
    names = [name.strip().casefold() for name in header]
    found = {name: at for at, name in reversed(list(enumerate(names)))}
    quantity = next((found[name] for name in _QUANTITY if name in found), None)
    sku = next((at for name, at in found.items() if name in _SKU), None)
    variant = next((at for name, at in found.items() if name in _VARIANT), None)
    if quantity is None or (sku is None and variant is None):
        return None
    place = next((at for name, at in found.items() if name in _PLACE), None)
    return _Columns(sku, variant, place, quantity)


def _line_of(
    cells: Sequence[str], columns: _Columns, places: Mapping[str, int], usual: int | None
) -> CountLine | str | None:
    def cell(at: int | None) -> str:
        return cells[at] if at is not None and at < len(cells) else ""

    if not cell(columns.quantity):
        return None
    try:
        quantity = int(cell(columns.quantity).replace("\u2212", "-").replace("+", ""))
    except ValueError:
        return "invalid_number"
    named = cell(columns.place)
    if named and named not in places:
        return "location_not_found"
    location_id = places[named] if named else usual
    variant_id = forms.read_id(cell(columns.variant))
    if variant_id is not None:
        return CountLine(quantity, variant_id=variant_id, location_id=location_id)
    sku = cell(columns.sku)
    return CountLine(quantity, sku=sku, location_id=location_id) if sku else "required"


def packed(lines: Sequence[tuple[UUID, int, int]]) -> list[str]:
    """Variants, places and numbers as fields of a form, each short enough for one."""
    texts = [f"{variant_id};{place};{number}" for variant_id, place, number in lines]
    return ["\n".join(texts[at : at + _A_FIELD]) for at in range(0, len(texts), _A_FIELD)]


def unpacked(texts: Sequence[str]) -> list[CountLine]:
    """The lines that `packed` made; those that anybody else wrote are left out."""
    lines: list[CountLine] = []
    for text in texts:
        for line in text.split("\n"):
            parts = line.strip().split(";")
            variant_id = forms.read_id(parts[0])
            if len(parts) == 3 and variant_id is not None:
                place, number = parts[1], parts[2].removeprefix("-")
                if place.isdecimal() and number.isdecimal() and len(place) < 11 > len(number):
                    lines.append(
                        CountLine(int(parts[2]), variant_id=variant_id, location_id=int(parts[1]))
                    )
    return lines[:MAX_COUNTED]


_A_FIELD = 1_500
