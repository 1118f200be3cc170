"""What goes into the index of records, what may be asked of it, and what comes back.

Values only, the same for every engine behind the port. The tenant is in none of these values: the
port puts it on every write and every question itself.
"""

import re
from collections.abc import Mapping
from uuid import UUID

import msgspec

from galleria.engines.search_index import InvalidSearchDocument, InvalidSearchQuery

BY_ID = "@id"  # ids are made in the order of time
BY_TEXT = "@text"
MOST_FIGURES = 6
# Of a record. A product may be in 2,000 collections by rule and 200 by hand, have 250 tags and lie
# in 50 categories, each below others.
MOST_WORDS = 5_000
MOST_ASKED = 40  # words and bounds of one question
MOST_TEXT = 40  # characters that a list by text tells apart
MOST_WORD = 300
MOST_IDS = 1_000
MAX_LIMIT = 2_000
MOST_FIGURE = 2**62

_NAME = re.compile(r"[a-z]{1,30}")


class RecordKind(msgspec.Struct, frozen=True):
    """A kind of record: its name, of letters a to z, and the figures each of them has."""

    name: str
    figures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert _NAME.fullmatch(self.name), self.name
        assert len(self.figures) <= MOST_FIGURES, self.figures

    def subject(self, record_id: UUID) -> str:
        """What a record is deleted by."""
        return f"{self.name}z{record_id.hex}"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is found by the words that are true of it.

    Args:
        words: compared as they are; fold them before if case should not matter.
        text: what a list by text goes by, ready to be compared by its bytes.
        figures: a number for each of the kind's figures.

    Raises:
        InvalidSearchDocument: a figure is missing or out of bounds, or words are too many.
    """

    kind: RecordKind
    record_id: UUID
    words: tuple[str, ...] = ()
    text: str = ""
    figures: Mapping[str, int] = {}

    def __post_init__(self) -> None:
        if self.figures.keys() != set(self.kind.figures):
            raise InvalidSearchDocument(f"figures {sorted(self.figures)} of a {self.kind.name}")
        if not all(-MOST_FIGURE < each < MOST_FIGURE for each in self.figures.values()):
            raise InvalidSearchDocument("a figure is beyond 2^62")
        if len(self.words) > MOST_WORDS:
            raise InvalidSearchDocument(f"{len(self.words)} words, {MOST_WORDS} at most")


class Bound(msgspec.Struct, frozen=True):
    """A figure lies between two numbers, both included; None is no end."""

    figure: str
    least: int | None = None
    most: int | None = None


class Sort(msgspec.Struct, frozen=True):
    """What a list goes by: `BY_ID`, `BY_TEXT` or a figure; those that agree in it go by id."""

    by: str = BY_ID
    is_descending: bool = False


class RecordQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Records of which all of this is true, from a place in their order.

    Args:
        begins: how their text begins.
        after: what the record before has in the order's place, and its id.
        counts: the answer says how many there are in all, wherever the page begins.

    Raises:
        InvalidSearchQuery: a bound is exceeded, or a figure is none of the kind's.
    """

    kind: RecordKind
    words: tuple[str, ...] = ()
    begins: str = ""
    bounds: tuple[Bound, ...] = ()
    sort: Sort = Sort()
    after: tuple[int | str | None, UUID] | None = None
    limit: int = 50
    counts: bool = False

    def __post_init__(self) -> None:
        if len(self.words) + len(self.bounds) > MOST_ASKED:
            raise InvalidSearchQuery(f"at most {MOST_ASKED} words and bounds in one question")
        known = {*self.kind.figures, BY_ID, BY_TEXT}
        if not known >= {self.sort.by, *(each.figure for each in self.bounds)}:
            raise InvalidSearchQuery(f"a {self.kind.name} has no such figure")
        if not 0 <= self.limit <= MAX_LIMIT:
            raise InvalidSearchQuery(f"limit is 0 to {MAX_LIMIT}")
        if self.after is not None and not isinstance(self.after[0], self._type_of_after):
            raise InvalidSearchQuery("this is not a place in this order")

    @property
    def _type_of_after(self) -> type:
        by = self.sort.by
        return type(None) if by == BY_ID else str if by == BY_TEXT else int


class RecordPage(msgspec.Struct, frozen=True, kw_only=True):
    """Records in their order, without their words. `total` is None when it was not asked for."""

    records: list[Record]
    total: int | None = None
