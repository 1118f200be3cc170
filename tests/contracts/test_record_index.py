"""What every index of records keeps to, whatever engine stands behind the port."""

import random
from collections.abc import AsyncIterator, Sequence
from itertools import count
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from galleria.engines.record_index import (
    BY_ID,
    BY_TEXT,
    Bound,
    Record,
    RecordIndex,
    RecordKind,
    RecordQuery,
    RecordWriter,
    Sort,
)
from galleria.engines.record_index.embedded import open_records
from galleria.engines.search_index import InvalidSearchDocument, InvalidSearchQuery

THING = RecordKind("thing", ("size", "weight"))
OTHER = RecordKind("thingy", ("size", "weight"))
_tenant_ids = count(1001)


@pytest.fixture(scope="module", params=["tantivy"])
async def records(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RecordIndex]:
    """Each adapter in turn; a distributed one is added here, marked `engines`."""
    assert request.param == "tantivy"
    index = open_records(Path(tmp_path_factory.mktemp("records")), writer_heap_bytes=16_000_000)
    yield index
    await index.close()


@pytest.fixture(scope="module")
async def writer(records: RecordIndex) -> AsyncIterator[RecordWriter]:
    """The one writer of the run."""
    async with await records.open_writer() as writer:
        yield writer


@pytest.fixture
def tenant_id() -> int:
    """A tenant that nobody has used yet."""
    return next(_tenant_ids)


def thing(
    number: int,
    *words: str,
    text: str = "",
    size: int = 0,
    weight: int = 0,
    kind: RecordKind = THING,
) -> Record:
    """A thing with this number as its id."""
    return Record(
        kind=kind,
        record_id=UUID(int=number),
        words=words,
        text=text,
        figures={"size": size, "weight": weight},
    )


async def kept(
    records: RecordIndex,
    writer: RecordWriter,
    tenant_id: int,
    things: Sequence[Record],
    gone: Sequence[str] = (),
) -> None:
    """These things are found from now on."""
    await writer.apply(tenant_id, things, gone)
    await writer.commit()
    await records.refresh()


async def numbers(records: RecordIndex, tenant_id: int, query: RecordQuery) -> list[int]:
    """The ids found, as numbers."""
    page = await records.find(tenant_id, query)
    return [each.record_id.int for each in page.records]


async def test_records_are_found_by_all_words_that_are_true_of_them(
    records: RecordIndex, writer: RecordWriter, tenant_id: int
) -> None:
    things = [
        thing(1, "tag:red", "tag:sale"),
        thing(2, "tag:red"),
        thing(3, "tag:sale", "a:b AND *", "ü 漢字"),
    ]
    await kept(records, writer, tenant_id, things)
    for words, expected in (
        ((), [1, 2, 3]),
        (("tag:red",), [1, 2]),
        (("tag:red", "tag:sale"), [1]),
        (("a:b AND *",), [3]),
        (("ü 漢字",), [3]),
        (("*",), []),
        (("tag",), []),
    ):
        query = RecordQuery(kind=THING, words=words, counts=True)
        assert await numbers(records, tenant_id, query) == expected
        assert (await records.find(tenant_id, query)).total == len(expected)
    counted = await records.count(tenant_id, THING, ["tag:red", "tag:none"])
    assert counted == {"tag:red": 2, "tag:none": 0}


async def test_a_record_comes_again_changed_and_goes(
    records: RecordIndex, writer: RecordWriter, tenant_id: int
) -> None:
    await kept(records, writer, tenant_id, [thing(1, "a", size=3, text="one"), thing(2, "a")])
    await kept(records, writer, tenant_id, [thing(1, "b", size=4, text="uno")])
    assert await numbers(records, tenant_id, RecordQuery(kind=THING, words=("a",))) == [2]
    found = await records.get(tenant_id, THING, [UUID(int=1), UUID(int=9)])
    assert found == {UUID(int=1): thing(1, size=4, text="uno")}
    await kept(records, writer, tenant_id, [], [THING.subject(UUID(int=2))])
    assert await numbers(records, tenant_id, RecordQuery(kind=THING)) == [1]


async def test_bounds_and_beginnings_narrow_a_list(
    records: RecordIndex, writer: RecordWriter, tenant_id: int
) -> None:
    sizes = [-5, 0, 1, 10, 2**61]
    things = [thing(n, size=size, text=f"Ö{n}" * 30) for n, size in enumerate(sizes, 1)]
    await kept(records, writer, tenant_id, [*things, thing(9, text='x" TO *} OR words:a')])
    for bounds, expected in (
        ((Bound("size", 0, None),), [2, 3, 4, 5, 9]),
        ((Bound("size", None, 0),), [1, 2, 9]),
        ((Bound("size", 1, 10),), [3, 4]),
        ((Bound("size", 1, None), Bound("weight", 1, None)), []),
        ((Bound("size", -(2**80), 2**80),), [1, 2, 3, 4, 5, 9]),
        ((Bound("size", 11, 10),), []),
    ):
        query = RecordQuery(kind=THING, bounds=bounds)
        assert await numbers(records, tenant_id, query) == expected, bounds
    for begins, expected in (("Ö", [1, 2, 3, 4, 5]), ("Ö3Ö", [3]), ("ö", []), ('x" TO', [9])):
        query = RecordQuery(kind=THING, begins=begins)
        assert await numbers(records, tenant_id, query) == expected, begins


@pytest.mark.parametrize("by", [BY_ID, BY_TEXT, "size", "weight"])
@pytest.mark.parametrize("is_descending", [False, True])
async def test_a_list_is_turned_to_its_end_without_a_gap_whatever_agrees(
    records: RecordIndex, writer: RecordWriter, tenant_id: int, by: str, is_descending: bool
) -> None:
    draw = random.Random(7)  # noqa: S311
    texts = ["", "a", "a b", "ab", "é", "z" * 39 + "a", "z" * 39 + "b", "z" * 60]
    things = [
        thing(
            number,
            *(["odd"] if number % 2 else []),
            text=draw.choice(texts),
            size=draw.choice((-1, 0, 7)),
            weight=draw.randrange(1000),
        )
        for number in (draw.getrandbits(100) for _ in range(120))
    ]
    # Commits on the way make several segments, and what is written again leaves gaps in them.
    for start in range(0, 120, 30):
        await kept(records, writer, tenant_id, things[start : start + 30])
    await kept(records, writer, tenant_id, things[10:20])

    def place(each: Record) -> tuple[object, UUID]:
        cut = each.text[:40].encode()
        value = cut if by == BY_TEXT else 0 if by == BY_ID else each.figures[by]
        return value, each.record_id

    for words in ((), ("odd",)):
        expected = [
            each.record_id
            for each in sorted(things, key=place, reverse=is_descending)
            if set(words) <= set(each.words)
        ]
        for limit in (1, 7, 60, 500):
            found: list[UUID] = []
            query = RecordQuery(
                kind=THING, words=words, sort=Sort(by, is_descending), limit=limit, counts=True
            )
            while True:
                page = await records.find(tenant_id, query)
                assert page.total == len(expected)
                found += [each.record_id for each in page.records]
                if len(page.records) < limit:
                    break
                last = page.records[-1]
                value = last.text if by == BY_TEXT else None if by == BY_ID else last.figures[by]
                query = msgspec.structs.replace(query, after=(value, last.record_id))
            assert found == expected


async def test_no_tenant_and_no_kind_meets_anothers_records(
    records: RecordIndex, writer: RecordWriter, tenant_id: int
) -> None:
    other = next(_tenant_ids)
    await kept(records, writer, tenant_id, [thing(1, "a"), thing(1, "a", kind=OTHER, size=5)])
    await kept(records, writer, other, [thing(1, "a", size=9), thing(2, "a")])
    query = RecordQuery(kind=THING, words=("a",), counts=True)
    page = await records.find(tenant_id, query)
    assert (page.records, page.total) == ([thing(1)], 1)
    assert (await records.get(other, THING, [UUID(int=1)]))[UUID(int=1)].figures["size"] == 9
    assert await records.count(tenant_id, OTHER, ["a"]) == {"a": 1}
    await kept(records, writer, other, [], [THING.subject(UUID(int=1))])
    await writer.delete_tenant(other)
    await writer.commit()
    await records.refresh()
    assert await numbers(records, other, RecordQuery(kind=THING)) == []
    assert await numbers(records, tenant_id, RecordQuery(kind=THING)) == [1]


async def test_what_was_not_committed_is_not_found(
    records: RecordIndex, writer: RecordWriter, tenant_id: int
) -> None:
    await writer.apply(tenant_id, [thing(1)])
    await records.refresh()
    assert await numbers(records, tenant_id, RecordQuery(kind=THING)) == []
    await writer.commit()
    await records.refresh()
    assert await numbers(records, tenant_id, RecordQuery(kind=THING)) == [1]


async def test_a_rebuild_takes_its_place_with_all_that_changed_meanwhile(
    records: RecordIndex, writer: RecordWriter, tenant_id: int
) -> None:
    await kept(records, writer, tenant_id, [thing(1, "old"), thing(2, "old"), thing(4, "old")])
    fresh = await writer.begin_rebuild()
    await kept(records, writer, tenant_id, [thing(2, "new")], [THING.subject(UUID(int=4))])
    await fresh.add(tenant_id, [thing(1, "old"), thing(2, "old"), thing(4, "old")])
    assert await numbers(records, tenant_id, RecordQuery(kind=THING)) == [1, 2]
    await fresh.finish()
    await records.refresh()
    assert await numbers(records, tenant_id, RecordQuery(kind=THING)) == [1, 2]
    assert await numbers(records, tenant_id, RecordQuery(kind=THING, words=("new",))) == [2]
    assert not (await records.status()).needs_rebuild


def test_what_cannot_be_kept_or_asked_is_refused() -> None:
    with pytest.raises(InvalidSearchDocument):
        Record(kind=THING, record_id=UUID(int=1), figures={"size": 1})
    with pytest.raises(InvalidSearchDocument):
        thing(1, size=2**62)
    with pytest.raises(InvalidSearchDocument):
        thing(1, *map(str, range(5_001)))
    with pytest.raises(InvalidSearchQuery):
        RecordQuery(kind=THING, words=tuple(map(str, range(41))))
    with pytest.raises(InvalidSearchQuery):
        RecordQuery(kind=THING, sort=Sort("length"))
    with pytest.raises(InvalidSearchQuery):
        RecordQuery(kind=THING, limit=2_001)
    with pytest.raises(InvalidSearchQuery):
        RecordQuery(kind=THING, sort=Sort("size"), after=("x", UUID(int=1)))
