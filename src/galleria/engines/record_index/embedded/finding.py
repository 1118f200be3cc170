"""A page of records in an order that no two of them share a place in.

The engine sorts by one column and leaves open how those stand that agree in it. So the page is the
records before its last value, sorted here, and then as many as fit of those that have that value,
sorted by their keys, which are unlike.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from tantivy import DocAddress, FieldType, Index, Occur, Query, Searcher
from tantivy import Order as Direction

from galleria.engines.record_index.embedded.form import (
    column,
    key_of,
    record_of,
    schema,
    text_of,
    word_of,
)
from galleria.engines.record_index.model import (
    BY_ID,
    BY_TEXT,
    MOST_FIGURE,
    Bound,
    Record,
    RecordKind,
    RecordPage,
    RecordQuery,
)
from galleria.engines.search_index.embedded.clauses import all_of, matches

# Behind all letters and digits that `text_of` makes of a text that begins so.
_LAST = "g"


class Finder:
    """Answers one question from one searcher."""

    def __init__(self, searcher: Searcher, tenant_id: int, kind: RecordKind) -> None:
        """Of this tenant's records of this kind."""
        self._searcher = searcher
        self._tenant_id = tenant_id
        self._kind = kind

    def page(self, query: RecordQuery) -> RecordPage:
        """See `port.RecordIndex.find`."""
        wanted = self._wanted(query)
        total = None
        if query.counts and (query.after is not None or not query.limit):
            total = self._count(all_of(wanted))
        if not query.limit:
            return RecordPage(records=[], total=total)
        if query.after is not None:
            wanted.append(self._behind(query))
        found, count = self._sorted(wanted, query)
        if query.counts and total is None:
            total = count
        return RecordPage(records=found, total=total)

    def get(self, record_ids: Sequence[UUID]) -> dict[UUID, Record]:
        """See `port.RecordIndex.get`."""
        keys = [self._key(each) for each in record_ids]
        if not keys:
            return {}
        query = Query.term_set_query(schema(), "key", keys)
        found: Any = self._searcher.search(query, len(keys), count=False)
        records = [self._record(address) for _, address in found.hits]
        return {each.record_id: each for each in records}

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        """See `port.RecordIndex.count`."""
        return {each: self._count(self._word(each)) for each in words}

    def _count(self, query: Query) -> int:
        return matches(self._searcher, query)

    def _wanted(self, query: RecordQuery) -> list[Query]:
        wanted = [self._word(each) for each in query.words or ("",)]
        if query.begins:
            least = text_of(query.begins)
            wanted.append(_texts("text", f"[{least} TO {least}{_LAST}}}"))
        return wanted + [self._between(each) for each in query.bounds]

    def _word(self, word: str) -> Query:
        return Query.term_query(schema(), "words", word_of(self._tenant_id, self._kind, word))

    def _between(self, bound: Bound) -> Query:
        least = -MOST_FIGURE if bound.least is None else bound.least
        most = MOST_FIGURE if bound.most is None else bound.most
        name = self._column(bound.figure)
        return Query.range_query(
            schema(), name, FieldType.Integer, max(least, -MOST_FIGURE), min(most, MOST_FIGURE)
        )

    def _column(self, by: str) -> str:
        if by in (BY_ID, BY_TEXT):
            return "key" if by == BY_ID else "text"
        return column(self._kind.figures.index(by))

    def _key(self, record_id: UUID) -> str:
        return key_of(self._tenant_id, self._kind.subject(record_id))

    def _behind(self, query: RecordQuery) -> Query:
        """Records behind the place that the question names."""
        assert query.after is not None, "there is a place"
        value, record_id = query.after
        is_back = query.sort.is_descending
        keys = _texts("key", _beyond(self._key(record_id), is_back))
        by = query.sort.by
        if by == BY_ID:
            return keys
        if by == BY_TEXT:
            behind = _texts("text", _beyond(text_of(str(value)), is_back))
        else:
            number = int(value or 0)
            behind = self._between(
                Bound(by, None, number - 1) if is_back else Bound(by, number + 1, None)
            )
        return _any([behind, all_of([self._at(by, value), keys])])

    def _at(self, by: str, value: Any) -> Query:
        if by == BY_TEXT:
            return Query.term_query(schema(), "text", text_of(str(value)))
        return self._between(Bound(by, int(value), int(value)))

    def _sorted(self, wanted: list[Query], query: RecordQuery) -> tuple[list[Record], int | None]:
        by, direction = query.sort.by, _direction(query)
        result: Any = self._searcher.search(
            all_of(wanted),
            query.limit,
            count=query.counts,
            order_by_field=self._column(by),
            order=direction,
        )
        addresses = [address for _, address in result.hits]
        found = [self._record(each) for each in addresses]
        if by == BY_ID:
            return found, result.count
        found.sort(key=lambda each: _place(each, by), reverse=query.sort.is_descending)
        if len(found) == query.limit:
            # More may have the last value than there was room for, and others of them come first.
            last = _place(found[-1], by)[0]
            sure = [each for each in found if _place(each, by)[0] != last]
            ties: Any = self._searcher.search(
                all_of([*wanted, self._at(by, last)]),
                query.limit - len(sure),
                count=False,
                order_by_field="key",
                order=direction,
            )
            found = sure + [self._record(address) for _, address in ties.hits]
        return found, result.count

    def _record(self, address: DocAddress) -> Record:
        card: bytes = self._searcher.doc(address)["card"][0]
        return record_of(self._kind, card)


@cache
def _parser() -> Index:
    return Index(schema())


def _texts(field: str, bounds: str) -> Query:
    # Letters, digits and our own brackets: nothing a person has typed is read as a query.
    return _parser().parse_query(f"{field}:{bounds}")


def _place(record: Record, by: str) -> tuple[Any, UUID]:
    """Where a record stands in the order."""
    return record.text if by == BY_TEXT else record.figures[by], record.record_id


def _beyond(text: str, is_back: bool) -> str:
    return f"{{* TO {text}}}" if is_back else f"{{{text} TO *}}"


def _direction(query: RecordQuery) -> Direction:
    return Direction.Desc if query.sort.is_descending else Direction.Asc


def _any(queries: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, each) for each in queries])
