"""Some shops share an index and some have their own: what readers see, and what it survives."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import time
from typing import Any

import pytest

from galleria.engines.search_index import (
    FacetFilter,
    SearchDocument,
    SearchIndex,
    SearchOverloaded,
    SearchUnavailable,
    SearchWriterBusy,
    rebuilding,
)
from galleria.engines.search_index.embedded import open_tantivy
from galleria.engines.search_index.embedded.schema import FORMAT, LEAST_READABLE
from galleria.engines.search_index.placing import SHARED, PlacedIndex, PlacingWriter, Wish
from galleria.engines.search_index.shards import (
    Bounds,
    ShardedIndex,
    ShardedWriter,
    open_sharded,
)
from galleria.engines.search_index.shards.places import PlacesFile
from tests.contracts.search_shops import document, question
from tests.delays import delays_of_the_machine

HEAP_BYTES = 15_000_000
BOUNDS = Bounds(heap_bytes=HEAP_BYTES)
BIG, SMALL = 7, 77
MANY = 40

# Asks for all of the shop's products without a pause, and says when an answer lacks any, when it
# sees the first that is new, and when it has heard enough.
READER = """
import asyncio, sys, time
from pathlib import Path
from galleria.engines.search_index import SearchQuery
from galleria.engines.search_index.shards import open_sharded

async def main(folder, tenant_id, expected):
    index = open_sharded(Path(folder))
    query = SearchQuery(channel="web", locale="en", words="")
    new, asked, is_awaited = expected, 0, True
    print("ready", flush=True)
    while not Path(folder, "enough").exists():
        total = (await index.search(tenant_id, query, deadline_s=30)).total
        asked += 1
        if total < new:
            print("lacks", expected - total, flush=True)
        if total > new:
            print("new", total, time.time(), flush=True)
            new = total
        await asyncio.sleep(0.001)
    print("asked", asked, flush=True)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def things(count: int, word: str = "Thing") -> list[SearchDocument]:
    """Products by number."""
    return [document(f"p{n:03}", f"{word} {n}", facets={"no": (f"{n}",)}) for n in range(count)]


def opened(folder: Path, bounds: Bounds = BOUNDS, **more: Any) -> ShardedIndex:
    """An index that gathers little memory."""
    return open_sharded(folder, writer_heap_bytes=HEAP_BYTES, bounds=bounds, **more)


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[ShardedIndex]:
    """A whole index with a big and a small shop, which share."""
    index = opened(tmp_path)
    async with await index.open_writer() as writer, rebuilding(writer) as fresh:
        await fresh.add(BIG, things(MANY))
        await fresh.add(SMALL, things(3, "Other"))
    yield index
    await index.close()


async def move(
    writer: ShardedWriter, tenant_id: int, *, to_own: bool, documents: list[SearchDocument]
) -> None:
    """The shop moves, with these documents."""
    fresh = await writer.begin_move(tenant_id, to_own=to_own)
    await fresh.add(tenant_id, documents)
    await fresh.finish()


async def ids(index: SearchIndex, tenant_id: int, words: str = "") -> list[str]:
    """Ids of a shop's products, sorted."""
    await index.refresh()
    answer = await index.search(tenant_id, question(words, limit=100), deadline_s=30)
    return sorted(hit.product_id for hit in answer.hits)


def own_folder(folder: Path, tenant_id: int) -> Path:
    """Where a shop's own index lies."""
    return folder / "own" / PlacesFile(folder).read().own[tenant_id]


def spoil(folder: Path) -> None:
    """One byte of a file of words is not what was written."""
    path = next(iter(folder.glob("g*/*.term")))
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


async def test_an_index_of_before_is_the_shared_one_as_it_is(tmp_path: Path) -> None:
    before = open_tantivy(tmp_path, writer_heap_bytes=HEAP_BYTES)
    async with await before.open_writer() as plain, rebuilding(plain) as fresh:
        await fresh.add(SMALL, things(3))
    await before.close()
    index = opened(tmp_path)
    assert isinstance(index, PlacedIndex)
    assert len(await ids(index, SMALL)) == 3
    assert not (await index.status()).needs_rebuild
    async with await index.open_writer() as writer:
        assert isinstance(writer, PlacingWriter)
        assert not (await index.status()).needs_rebuild
        await writer.apply(SMALL, [document("new", "New")])
        await writer.commit()
    assert len(await ids(index, SMALL)) == 4
    await index.close()
    # And back: a release of before finds what it knows.
    before = open_tantivy(tmp_path, writer_heap_bytes=HEAP_BYTES)
    assert len(await ids(before, SMALL)) == 4
    await before.close()


async def test_another_process_sees_a_move_at_once_and_no_answer_ever_lacks_products(
    tmp_path: Path, index: ShardedIndex
) -> None:
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READER, str(tmp_path), str(BIG), str(MANY)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert reader.stdout is not None
    assert await reader.stdout.readline() == b"ready\n"
    committed_at_s: dict[int, float] = {}
    shop = things(MANY)
    with delays_of_the_machine() as delays:
        async with await index.open_writer() as writer:
            for turn in range(6):
                await move(writer, BIG, to_own=turn % 2 == 0, documents=shop)
                shop.append(document(f"new{turn}", "New"))
                await writer.apply(BIG, [shop[-1]])
                await writer.commit()
                committed_at_s[len(shop)] = time()
                await asyncio.sleep(0.3)
        (tmp_path / "enough").touch()
        said, _ = await reader.communicate()
        delayed_s = delays()
    lines = [line.split() for line in said.decode().splitlines()]
    assert not [line for line in lines if line[0] == "lacks"]
    seen = {int(line[1]): float(line[2]) for line in lines if line[0] == "new"}
    assert set(seen) == set(committed_at_s)
    waited_s = sorted(seen[total] - committed_at_s[total] for total in seen)
    # 0.2 s, and what a busy machine makes of it.
    assert waited_s[len(waited_s) // 2] < 0.3 + delayed_s, waited_s
    assert int(lines[-1][1]) > 100


async def test_no_shop_sees_another_wherever_they_lie(index: ShardedIndex) -> None:
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
        for tenant_id, theirs, other in ((BIG, "thing", "other"), (SMALL, "other", "thing")):
            assert await ids(index, tenant_id, other) == []
            assert len(await ids(index, tenant_id)) == len(await ids(index, tenant_id, theirs))
        assert await index.count(SMALL) == 3
        # A stranger's deletes reach nobody's own index.
        await writer.delete_tenant(SMALL)
        await writer.apply(99, [], ["p001"])
        await writer.commit()
        assert len(await ids(index, BIG)) == MANY
        assert await ids(index, SMALL) == []
        narrowed = question("", filters=(FacetFilter("no", ("1",)),))
        assert (await index.search(99, narrowed)).total == 0


async def test_changes_during_a_move_win_over_what_it_read_before(index: ShardedIndex) -> None:
    shop = {each.product_id: each for each in things(MANY)}
    async with await index.open_writer() as writer:
        for to_own in (True, False):
            fresh = await writer.begin_move(BIG, to_own=to_own)
            await fresh.add(BIG, list(shop.values())[:20])
            changed = document("p001", f"Changed {to_own}")
            gone = "p010" if to_own else "p030"
            await writer.apply(BIG, [changed, document(f"new{to_own}", "New")], [gone])
            await writer.commit()
            await fresh.add(BIG, list(shop.values()))
            await fresh.finish()
            shop[changed.product_id] = changed
            shop[f"new{to_own}"] = document(f"new{to_own}", "New")
            del shop[gone]
            await index.refresh()
            answer = await index.search(BIG, question("", limit=100), deadline_s=30)
            assert {hit.product_id: hit.title for hit in answer.hits} == {
                key: each.title for key, each in shop.items()
            }


async def test_an_abandoned_move_leaves_the_shop_where_it_is_and_nothing_else(
    tmp_path: Path, index: ShardedIndex
) -> None:
    async with await index.open_writer() as writer:
        fresh = await writer.begin_move(BIG, to_own=True)
        await fresh.add(BIG, things(5, "Half"))
        with pytest.raises(SearchUnavailable):
            await writer.begin_rebuild()
        await fresh.abandon()
        assert not list(PlacesFile(tmp_path).names())
        assert len(await ids(index, BIG)) == MANY
        await move(writer, BIG, to_own=True, documents=things(MANY))
        fresh = await writer.begin_move(BIG, to_own=False)
        await fresh.add(BIG, things(5, "Half"))
        await fresh.abandon()
        assert len(await ids(index, BIG, "thing")) == MANY
        assert [each.documents for each in await index.shards()] == [3, MANY]
        with pytest.raises(SearchUnavailable):
            await writer.begin_move(BIG, to_own=True)


async def test_a_damaged_own_index_is_rebuilt_alone_while_all_answer(
    tmp_path: Path, index: ShardedIndex
) -> None:
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
    assert not (await index.status()).needs_rebuild
    spoil(own_folder(tmp_path, BIG))
    shared_before = (tmp_path / "current.json").read_bytes()
    async with await index.open_writer() as writer:
        while not (await index.status()).needs_rebuild:  # found by its checksum, in the background
            await asyncio.sleep(0.01)
        due = [each.tenant_id for each in await index.shards() if each.needs_rebuild]
        assert due == [BIG]
        fresh = await writer.begin_rebuild_of(BIG)
        await fresh.add(BIG, things(20, "Thing"))
        await writer.apply(BIG, [document("new", "New")])
        await writer.commit()
        assert len(await ids(index, SMALL)) == 3
        assert await index.count(BIG) >= MANY
        await fresh.add(BIG, things(MANY))
        await fresh.finish()
        assert len(await ids(index, BIG, "thing")) == MANY
        assert not (await index.status()).needs_rebuild
    assert (tmp_path / "current.json").read_bytes() == shared_before


async def test_an_own_index_of_an_earlier_format_asks_for_a_rebuild_and_answers(
    tmp_path: Path, index: ShardedIndex
) -> None:
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
    assert LEAST_READABLE < FORMAT
    current = own_folder(tmp_path, BIG) / "current.json"
    before = f'"format":{FORMAT}'
    assert before in current.read_text()
    current.write_text(current.read_text().replace(before, f'"format":{LEAST_READABLE}'))
    async with await index.open_writer():
        while not (await index.status()).needs_rebuild:
            await asyncio.sleep(0.01)
        due = [each.tenant_id for each in await index.shards() if each.needs_rebuild]
        assert due == [BIG]
        assert await index.count(BIG) == MANY


async def test_a_lost_own_index_asks_for_a_rebuild_of_itself_alone(
    tmp_path: Path, index: ShardedIndex
) -> None:
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
    lost = own_folder(tmp_path, BIG)
    lost.rename(tmp_path / "elsewhere")
    reader = opened(tmp_path)
    with pytest.raises(SearchUnavailable):
        await ids(reader, BIG)
    assert not lost.exists(), "a reader makes nothing"
    assert len(await ids(reader, SMALL)) == 3
    async with await index.open_writer() as writer:
        due = [each.tenant_id for each in await reader.shards() if each.needs_rebuild]
        assert due == [BIG]
        fresh = await writer.begin_rebuild_of(BIG)
        await fresh.add(BIG, things(MANY))
        await fresh.finish()
    assert len(await ids(reader, BIG)) == MANY
    await reader.close()


@pytest.mark.parametrize("content", [b"{", None])
async def test_a_lost_file_of_places_is_found_again_by_the_folders(
    tmp_path: Path, index: ShardedIndex, content: bytes | None
) -> None:
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
    assert len(await ids(index, BIG)) == MANY
    path = tmp_path / "places.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert len(await ids(index, BIG)) == MANY, "who knew it goes on"
    fresh_process = opened(tmp_path)
    with pytest.raises(SearchUnavailable):
        await ids(fresh_process, BIG)
    async with await index.open_writer() as writer:
        assert set(writer.own) == {BIG}
        assert len(await ids(fresh_process, BIG)) == MANY
        assert (await index.status()).needs_rebuild
    await fresh_process.close()


async def test_a_file_of_places_that_is_spoiled_is_mended_by_the_one_who_writes(
    tmp_path: Path, index: ShardedIndex
) -> None:
    bounds = Bounds(heap_bytes=HEAP_BYTES, idle_s=0.2)
    writing, late = opened(tmp_path, bounds), opened(tmp_path)
    async with await writing.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
        (tmp_path / "places.json").write_bytes(b"{")
        while (tmp_path / "places.json").read_bytes() == b"{":
            await asyncio.sleep(0.01)
        assert len(await ids(late, BIG)) == MANY
    await writing.close()
    await late.close()


async def test_a_part_that_is_being_filled_is_told_apart(index: ShardedIndex) -> None:
    async with await index.open_writer() as writer:
        fresh = await writer.begin_move(BIG, to_own=True)
        await fresh.add(BIG, things(10))
        await fresh.keep("p009")
        shared, filling = await index.shards()
        assert (filling.tenant_id, filling.is_filling, filling.documents) == (BIG, True, 10)
        assert filling.size_bytes > 0
        assert not (await index.status()).needs_rebuild
        assert (await index.status()).documents == shared.documents == MANY + 3
        await fresh.abandon()


async def test_a_shop_that_is_gone_leaves_nothing(tmp_path: Path, index: ShardedIndex) -> None:
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
        folder = own_folder(tmp_path, BIG)
        await writer.forget_tenant(BIG)
        await writer.forget_tenant(SMALL)
        assert not folder.exists()
        assert await ids(index, BIG) == await ids(index, SMALL) == []
        assert [(each.tenant_id, each.documents) for each in await index.shards()] == [(SHARED, 0)]


async def test_few_writers_are_open_at_once_and_idle_ones_are_closed(tmp_path: Path) -> None:
    bounds = Bounds(heap_bytes=HEAP_BYTES, most_open=3, most_writers=2, idle_s=0.4)
    index = opened(tmp_path, bounds)
    shops = range(1, 7)
    async with await index.open_writer() as writer:
        await (await writer.begin_rebuild()).finish()
        for tenant_id in shops:
            await move(writer, tenant_id, to_own=True, documents=things(2))
        for _ in range(2):
            for tenant_id in shops:
                await writer.apply(tenant_id, [document("new", "New")])
            assert len(writer._writers.names_open) <= 2
            await writer.commit()
            assert [len(await ids(index, each)) for each in shops] == [3] * 6
        assert len(index._open) == 3
        while writer._writers.names_open:
            await asyncio.sleep(0.02)
        await writer.apply(1, [], ["new"])
        await writer.commit()
    assert len(await ids(index, 1)) == 2
    await index.close()


async def test_all_parts_share_one_queue_of_questions(tmp_path: Path) -> None:
    index = opened(tmp_path, threads=1, max_waiting=4)
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
        await writer.commit()
    asked = [index.search(each, question(), deadline_s=30) for each in [BIG, SMALL] * 6]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    refused = [each for each in outcomes if isinstance(each, SearchOverloaded)]
    assert len(refused) == 12 - 5
    await index.close()


async def test_one_process_writes_all_parts(tmp_path: Path, index: ShardedIndex) -> None:
    other = opened(tmp_path)
    async with await index.open_writer():
        with pytest.raises(SearchWriterBusy):
            await other.open_writer()
    await (await other.open_writer()).close()
    await other.close()


async def test_what_fails_in_one_part_is_undone_in_all(index: ShardedIndex) -> None:
    async with await index.open_writer() as writer:
        await move(writer, BIG, to_own=True, documents=things(MANY))
        await writer.apply(SMALL, [document("lost", "Lost")])
        part = await writer._writers.of(writer.own[BIG])
        await part.close()  # as a part whose engine has failed answers
        with pytest.raises(SearchUnavailable):
            await writer.apply(BIG, [document("lost", "Lost")])
        await writer.commit()
        assert len(await ids(index, SMALL)) == 3


async def test_sizes_are_told_without_counting(index: ShardedIndex) -> None:
    async with await index.open_writer() as writer:
        assert await index.sizes([BIG, SMALL, 99]) == {BIG: MANY, SMALL: 3, 99: 0}
        await move(writer, BIG, to_own=True, documents=things(MANY))
        assert (await index.sizes([BIG, SMALL]))[BIG] == MANY
        await writer.apply(SMALL, [], ["p000"])
        await writer.commit()
        assert await index.sizes([SMALL], is_exact=True) == {SMALL: 2}
        assert writer.take_changed() is None
        await writer.apply(SMALL, [document("new", "New")])
        assert writer.take_changed() == frozenset([SMALL])
        assert writer.take_changed() == frozenset()
        writer.look_again(frozenset([BIG]))
        await writer.apply(SMALL, [], ["new"])
        assert writer.take_changed() == frozenset([BIG, SMALL])
        writer.look_again(None)
        assert writer.take_changed() is None


async def test_a_wish_is_kept_until_it_is_taken_back(tmp_path: Path, index: ShardedIndex) -> None:
    assert await index.wishes() == {}
    await index.wish(BIG, Wish.OWN)
    await index.wish(SMALL, Wish.SHARED)
    other = opened(tmp_path)
    assert await other.wishes() == {BIG: Wish.OWN, SMALL: Wish.SHARED}
    await other.wish(BIG, Wish.BY_SIZE)
    assert await index.wishes() == {SMALL: Wish.SHARED}
    await other.close()
