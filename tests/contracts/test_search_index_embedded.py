"""What the embedded index survives: a killed writer, damaged files, swaps under its readers."""

import asyncio
import json
import resource
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from time import process_time

import pytest
from tantivy import Query

from galleria.engines.search_index import (
    BRAND,
    CATEGORY,
    CommitBatcher,
    FacetFilter,
    InvalidSearchDocument,
    RangeFilter,
    SearchIndex,
    SearchUnavailable,
    SearchVariant,
    SearchWriterBusy,
)
from galleria.engines.search_index.embedded import TantivyIndex, open_tantivy
from galleria.engines.search_index.embedded.asking import answer
from galleria.engines.search_index.embedded.documents import PRODUCTS, tantivy_document
from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.embedded.reader import MAX_STALENESS_S, Reader, Snapshot
from galleria.engines.search_index.embedded.schema import FORMAT, LEAST_READABLE
from galleria.engines.search_index.pool import Budget, SearchPool
from galleria.foundation.money import Money
from tests.contracts.search_shops import document, question

# Commits one product, applies another without a commit, says so, and waits to be killed.
WRITER = """
import asyncio, sys
from pathlib import Path
from galleria.engines.search_index import SearchDocument
from galleria.engines.search_index.embedded import open_tantivy

def thing(product_id):
    return SearchDocument(product_id=product_id, title="Thing", channel="web", locale="en")

async def main():
    index = open_tantivy(Path(sys.argv[1]), writer_heap_bytes=15_000_000)
    writer = await index.open_writer()
    await writer.apply(1, [thing("committed")])
    await writer.commit()
    rebuild = await writer.begin_rebuild()
    await rebuild.add(1, [thing("rebuilt")])
    await writer.apply(1, [thing("uncommitted")])
    print("ready", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[TantivyIndex]:
    index = small_index(tmp_path)
    yield index
    await index.close()


def small_index(folder: Path) -> TantivyIndex:
    """An index that gathers little memory."""
    return open_tantivy(folder, writer_heap_bytes=15_000_000)


async def ids(index: SearchIndex) -> list[str]:
    """The ids of all products of tenant 1."""
    await index.refresh()
    answer = await index.search(1, question(), deadline_s=30)
    return sorted(hit.product_id for hit in answer.hits)


async def filled(index: SearchIndex, *product_ids: str) -> None:
    """Put products of tenant 1 in by a rebuild, so that no further one is due."""
    async with await index.open_writer() as writer:
        rebuild = await writer.begin_rebuild()
        await rebuild.add(1, [document(each, "Thing", brand="B") for each in product_ids])
        await rebuild.finish()


def generation_of(folder: Path) -> Path:
    """The folder of the present generation."""
    return folder / str(json.loads((folder / "current.json").read_text())["generation"])


def generations_in(folder: Path) -> int:
    """How many generations lie in an index's folder."""
    return len(list(folder.glob("g*")))


async def test_a_killed_writer_leaves_a_readable_index_and_no_lock(
    tmp_path: Path, index: TantivyIndex
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    with pytest.raises(SearchWriterBusy):
        await index.open_writer()
    assert await ids(index) == ["committed"]
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    assert await ids(index) == ["committed"]
    async with await index.open_writer() as writer:
        await writer.apply(1, [document("next", "Thing")])
        await writer.commit()
    assert await ids(index) == ["committed", "next"]
    # What the dead process had begun to rebuild is cleared away.
    assert generations_in(tmp_path) == 1


async def test_another_reader_sees_commits_and_swaps(tmp_path: Path) -> None:
    writing, reading = small_index(tmp_path), small_index(tmp_path)
    await filled(writing, "1")
    assert await ids(reading) == ["1"]
    await filled(writing, "2")
    assert await ids(reading) == ["2"]
    await writing.close()
    await reading.close()


async def test_a_swap_in_the_midst_of_searches_is_not_noticed(index: TantivyIndex) -> None:
    await filled(index, "1")
    is_done = False

    async def ask_on() -> int:
        asked = 0
        while not is_done:
            answer = await index.search(1, question(facets=(BRAND,)), deadline_s=30)
            assert answer.total == 1
            asked += 1
        return asked

    asking = asyncio.create_task(ask_on())
    for _ in range(6):
        await filled(index, "1")
        await index.refresh()
    is_done = True
    assert await asking > 0


def cut_short(path: Path) -> None:
    """Half a file, as after a full disk."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    """Other bytes in the middle, as after a bad disk."""
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 4, len(content) // 2):
        content[place] ^= 0xFF
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [
        ("meta.json", Path.unlink),
        ("meta.json", cut_short),
        ("*.term", Path.unlink),
        ("*.term", cut_short),
        ("*.idx", cut_short),
        ("*.fast", cut_short),
        ("*.fast", overwrite),
        ("*.store", cut_short),
        ("*.fieldnorm", Path.unlink),
        ("*.term", overwrite),
        ("*.idx", overwrite),
        ("*.store", overwrite),
    ],
)
async def test_a_damaged_index_goes_on_as_it_can_while_a_whole_one_is_made(
    tmp_path: Path, pattern: str, damage: Callable[[Path], None]
) -> None:
    index = small_index(tmp_path)
    await filled(index, *(str(number) for number in range(50)))
    await index.close()
    for file in generation_of(tmp_path).glob(pattern):
        damage(file)
    index = small_index(tmp_path)
    async with await index.open_writer() as writer:
        assert (await index.status()).needs_rebuild
        with suppress(SearchUnavailable):
            assert set(await ids(index)) <= set(map(str, range(50)))
        await writer.apply(1, [document("meanwhile", "Thing")])
        await writer.commit()
        rebuild = await writer.begin_rebuild()
        await rebuild.add(1, [document("1", "Thing"), document("meanwhile", "Thing")])
        await rebuild.finish()
    assert await ids(index) == ["1", "meanwhile"]
    assert not (await index.status()).needs_rebuild
    await index.close()


async def test_a_reader_that_finds_damage_fails_politely_and_asks_for_a_rebuild(
    tmp_path: Path,
) -> None:
    index = small_index(tmp_path)
    await filled(index, "1", "2")
    await index.close()
    for file in generation_of(tmp_path).glob("*.store"):
        overwrite(file)
    reader = small_index(tmp_path)
    with pytest.raises(SearchUnavailable):
        await reader.search(1, question(), deadline_s=30)
    assert (await reader.status()).needs_rebuild
    # The damage says so to the next writer as well.
    async with await reader.open_writer():
        assert (await reader.status()).needs_rebuild
    await reader.close()


async def test_a_damaged_index_that_can_be_read_serves_until_a_whole_one_is_there(
    tmp_path: Path,
) -> None:
    index = small_index(tmp_path)
    await filled(index, *(str(number) for number in range(50)))
    await index.close()
    for file in generation_of(tmp_path).glob("*.fast"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(bytes(content))
    index = small_index(tmp_path)
    async with await index.open_writer() as writer:
        assert (await index.status()).needs_rebuild
        assert (await index.search(1, question(), deadline_s=30)).total == 50
        rebuild = await writer.begin_rebuild()
        await rebuild.add(1, [document("1", "Thing")])
        await rebuild.finish()
        assert await ids(index) == ["1"]
        assert not (await index.status()).needs_rebuild
    await index.close()


@pytest.mark.parametrize("format_", range(LEAST_READABLE, FORMAT))
async def test_an_index_of_an_earlier_format_serves_and_changes_until_it_is_made_anew(
    tmp_path: Path, format_: int
) -> None:
    folder = IndexFolder(tmp_path, replace(PRODUCTS, format=format_))
    index = TantivyIndex(folder, SearchPool(1, 8), 15_000_000)
    await filled(index, "1")
    await index.close()
    index = small_index(tmp_path)
    async with await index.open_writer() as writer:
        assert (await index.status()).needs_rebuild
        changed = document("2", "Thing", category_paths=("a/b",), popularity=1.0)
        await writer.apply(1, [changed])
        await writer.commit()
        await index.refresh()
        found = await index.search(1, question("thing", facets=(CATEGORY,)), deadline_s=30)
        assert {hit.product_id for hit in found.hits} == {"1", "2"}
        assert {each.value: each.count for each in found.facets[0].values} == {"a": 1, "a/b": 1}
        rebuild = await writer.begin_rebuild()
        await rebuild.add(1, [document("3", "Thing", numbers={"width": (2.5,)})])
        await rebuild.finish()
        await index.refresh()
        narrow = question(ranges=(RangeFilter("width", 2, 3),))
        found = await index.search(1, narrow, deadline_s=30)
        assert [hit.product_id for hit in found.hits] == ["3"]
    await index.close()


async def test_a_rebuild_goes_on_from_what_a_killed_process_had_kept(tmp_path: Path) -> None:
    index = small_index(tmp_path)
    writer = await index.open_writer()
    rebuild = await writer.begin_rebuild()
    assert rebuild.reached is None
    await rebuild.add(1, [document("1", "Thing")])
    await rebuild.keep("as far as 1")
    await rebuild.add(1, [document("lost", "Thing")])
    await writer.apply(1, [document("2", "Changed")])
    await writer.commit()
    # What ends without a word leaves the files as they are now.
    shutil.copytree(tmp_path, tmp_path.parent / "killed")
    await writer.close()
    await index.close()
    index = small_index(tmp_path.parent / "killed")
    async with await index.open_writer() as writer:
        assert (await index.status()).needs_rebuild
        await writer.apply(1, [document("3", "Thing")])
        await writer.commit()
        rebuild = await writer.begin_rebuild()
        assert rebuild.reached == "as far as 1"
        await rebuild.finish()
        assert set(await ids(index)) >= {"1", "2", "3"}
        assert not (await index.status()).needs_rebuild
    await index.close()


async def test_categories_are_counted_where_there_are_more_sets_of_them_than_are_told(
    index: TantivyIndex,
) -> None:
    pairs = list(combinations([f"{parent}/{n}" for parent in "ab" for n in range(52)], 2))
    assert len(pairs) > 5_000
    async with await index.open_writer() as writer:
        await writer.apply(
            1, [document("-".join(each), "Thing", category_paths=each) for each in pairs]
        )
        await writer.commit()
    await index.refresh()
    asked = question(facets=(CATEGORY,), facet_values=200)
    (facet,) = (await index.search(1, asked, deadline_s=30)).facets
    above = Counter(step for each in pairs for step in {*each, *(path[0] for path in each)})
    assert {each.value: each.count for each in facet.values} == dict(above)


@pytest.mark.parametrize("content", ["", "{}", '{"generation":"../..","format":1}', "null", "[]"])
async def test_a_broken_pointer_makes_searches_unavailable_until_a_writer_comes(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "current.json").write_text(content)
    index = small_index(tmp_path)
    with pytest.raises(SearchUnavailable):
        await index.search(1, question())
    async with await index.open_writer():
        assert await ids(index) == []
        assert (await index.status()).needs_rebuild
    await index.close()


async def test_an_index_of_another_version_is_not_read(tmp_path: Path) -> None:
    index = small_index(tmp_path)
    await filled(index, "1")
    pointer = tmp_path / "current.json"
    pointer.write_text(pointer.read_text().replace('"format":', '"format":9'))
    status = await index.status()
    assert (status.is_readable, status.needs_rebuild) == (False, True)
    async with await index.open_writer():
        assert (await index.status()).needs_rebuild
    await index.close()


async def test_a_question_that_upsets_the_engine_costs_no_rebuild(index: TantivyIndex) -> None:
    await filled(index, "1")
    searcher = index._reader.searcher()
    with pytest.raises(SearchUnavailable), engine_failures("asking for no hits at all"):
        searcher.search(Query.all_query(), 0)
    index._reader.suspect()
    assert not (await index.status()).needs_rebuild
    assert await ids(index) == ["1"]


async def test_a_reader_looks_for_commits_at_most_five_times_a_second(
    tmp_path: Path, index: TantivyIndex
) -> None:
    await filled(index, "1")
    now_s = 0.0
    reader = Reader(IndexFolder(tmp_path, PRODUCTS), clock=lambda: now_s)
    first = reader.searcher()
    async with await index.open_writer() as writer:
        await writer.apply(1, [document("2", "Thing")])
        await writer.commit()
    now_s = MAX_STALENESS_S * 0.9
    assert reader.searcher() is first
    now_s = MAX_STALENESS_S
    assert reader.searcher().num_docs == 2
    same = reader.searcher()
    now_s = 10.0
    assert reader.searcher() is same


async def test_a_document_the_engine_cannot_take_leaves_no_trace(index: TantivyIndex) -> None:
    await filled(index, "1")
    async with await index.open_writer() as writer:
        good = document("2", "Thing")
        too_dear = document("3", "Thing", prices=(Money(2**70, "EUR"),))
        with pytest.raises(InvalidSearchDocument):
            await writer.apply(1, [good, too_dear], ["1"])
        await writer.apply(1, [document("4", "Thing \ud800 with half a character")])
        await writer.commit()
    assert await ids(index) == ["1", "4"]


async def test_past_its_budget_an_answer_has_hits_but_says_that_it_is_partial(
    index: TantivyIndex,
) -> None:
    await filled(index, "1")
    asked = question(facets=(BRAND,), currency="EUR", wants_price_bounds=True)
    searcher = index._reader.searcher()
    partial = answer(Snapshot(searcher, FORMAT), 1, asked, Budget(0.0))
    assert [hit.product_id for hit in partial.hits] == ["1"]
    assert (partial.is_partial, partial.facets, partial.price_bounds) == (True, (), None)
    whole = answer(Snapshot(searcher, FORMAT), 1, asked, Budget(60.0))
    assert (whole.is_partial, len(whole.facets)) == (False, 1)


class Steps(Budget):
    """Enough for so many steps, however long they take."""

    def __init__(self, steps: int) -> None:
        super().__init__(60.0)
        self._left = steps

    @property
    def is_spent(self) -> bool:
        """True from the step on that is too many."""
        self._left -= 1
        return self._left < 0


async def test_counting_one_value_after_the_other_ends_with_its_budget(index: TantivyIndex) -> None:
    sizes = list(map(str, range(30)))
    made = [SearchVariant({"color": color, "size": size}) for color in "ab" for size in sizes]
    async with await index.open_writer() as writer:
        await writer.apply(1, [document("1", "Shirt", variants=tuple(made))])
        await writer.commit()
    await index.refresh()
    asked = question(facets=("size",), filters=(FacetFilter("color", ("a", "b")),))
    searcher = index._reader.searcher()
    partial = answer(Snapshot(searcher, FORMAT), 1, asked, Steps(5))
    whole = answer(Snapshot(searcher, FORMAT), 1, asked, Steps(50))
    assert (partial.is_partial, len(partial.facets[0].values)) == (True, 4)
    assert (whole.is_partial, len(whole.facets[0].values)) == (False, 20)


async def test_many_searches_at_once_answer_as_each_alone(tmp_path: Path) -> None:
    index = open_tantivy(tmp_path, threads=4, max_waiting=500, writer_heap_bytes=15_000_000)
    async with await index.open_writer() as writer:
        await writer.apply(1, [document(str(n), f"Thing number{n} häuser") for n in range(50)])
        await writer.commit()
        await index.refresh()
        asked = [question(f"number{n} things") for n in range(50)] * 4
        indexing = asyncio.create_task(
            writer.apply(2, [document(str(n), f"Other number{n}") for n in range(2_000)])
        )
        answers = await asyncio.gather(*(index.search(1, each, deadline_s=30) for each in asked))
        await indexing
    found = [[hit.product_id for hit in each.hits] for each in answers]
    assert found == [[str(n)] for n in range(50)] * 4
    await index.close()


def test_merchants_texts_keep_no_process_busy() -> None:
    # Patterns that try again from every letter would take minutes for these.
    for text in ("1" * 20_000, "a-" * 10_000, "1 g" * 7_000, "(" * 20_000):
        began_at_s = process_time()
        tantivy_document(1, document("1", text, text=text, brand=text, tags=(text,)))
        assert process_time() - began_at_s < 0.5


@contextmanager
def full_disk() -> Iterator[None]:
    """Within the block no file of this process grows past 4 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_undoes_what_was_not_committed_and_no_more(index: TantivyIndex) -> None:
    await filled(index, "1")
    many = [document(f"many{n}", f"Thing {n * 7919} of{n}") for n in range(500)]
    async with await index.open_writer() as writer:
        batcher = CommitBatcher(writer, max_delay_s=0.1)
        rebuild = await writer.begin_rebuild()
        with full_disk():
            waiting = [asyncio.create_task(batcher.apply(1, many, ["1"])) for _ in range(2)]
            for each in waiting:
                with pytest.raises(SearchUnavailable):
                    await each
        with pytest.raises(SearchUnavailable):
            await rebuild.finish()
        assert await ids(index) == ["1"]
        await batcher.apply(1, [document("2", "Thing")])
        assert await ids(index) == ["1", "2"]
        await batcher.close()


async def test_a_folder_removed_under_the_writer_is_reported_and_made_again(
    tmp_path: Path, index: TantivyIndex
) -> None:
    await filled(index, "1")
    async with await index.open_writer() as writer:
        await asyncio.to_thread(shutil.rmtree, generation_of(tmp_path))
        for _ in range(2):
            with pytest.raises(SearchUnavailable):
                await writer.apply(1, [document("2", "Thing")])
                await writer.commit()
    status = await index.status()
    assert status.needs_rebuild
    async with await index.open_writer() as writer:
        await writer.apply(1, [document("3", "Thing")])
        await writer.commit()
    assert await ids(index) == ["3"]
    assert (await index.status()).needs_rebuild
