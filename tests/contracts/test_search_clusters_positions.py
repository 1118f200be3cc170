"""What an index must keep of its position to be one cluster of several."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

import httpx
import pytest

from galleria.engines.search_index import SearchUnavailable, rebuilding
from galleria.engines.search_index.clusters import MarkedIndex
from galleria.engines.search_index.embedded import open_tantivy
from galleria.engines.search_index.opensearch import SearchAddress, open_opensearch
from tests.contracts.search_clusters import HEAP_BYTES
from tests.contracts.search_engines import needs_opensearch, own_address
from tests.contracts.search_shops import document
from tests.delays import delays_of_the_machine

Opener: TypeAlias = Callable[[], MarkedIndex]


@pytest.fixture
async def address() -> AsyncIterator[SearchAddress]:
    """A name in the cluster that nobody has used; what was made under it is removed."""
    async with own_address() as made:
        yield made


@pytest.fixture(params=["tantivy", pytest.param("opensearch", marks=needs_opensearch)])
def open_index(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same index once more, as another process would; each engine in turn."""
    if request.param == "opensearch":
        address = request.getfixturevalue("address")
        return lambda: open_opensearch(address)
    return lambda: open_tantivy(tmp_path, writer_heap_bytes=HEAP_BYTES)


@pytest.fixture
async def index(open_index: Opener) -> AsyncIterator[MarkedIndex]:
    index = open_index()
    yield index
    await index.close()


async def test_an_index_that_was_never_marked_has_no_position(index: MarkedIndex) -> None:
    assert await index.position() is None
    async with await index.open_writer() as writer:
        await writer.apply(1, [document("1", "A")])
        await writer.commit()
        assert await index.position() is None


async def test_a_mark_is_left_by_the_next_commit_and_not_before(
    index: MarkedIndex, open_index: Opener
) -> None:
    async with await index.open_writer() as writer:
        await writer.mark("first")
        assert await index.position() is None
        await writer.commit()
        assert await index.position() == "first"
        await writer.apply(1, [document("1", "A")])
        await writer.mark("second")
        await writer.commit()
        await writer.mark("third")
    # What was not committed is undone, the mark with it.
    other = open_index()
    assert await other.position() == "second"
    async with await other.open_writer() as writer:
        await writer.commit()
    assert await other.position() == "second"
    await other.close()


async def test_a_position_of_two_thousand_characters_comes_back_as_it_was(
    index: MarkedIndex,
) -> None:
    position = '{"Ä": "\\n"}' + "x" * 1989
    async with await index.open_writer() as writer:
        await writer.mark(position)
        await writer.commit()
    assert await index.position() == position


async def test_a_commit_without_a_mark_keeps_the_position(index: MarkedIndex) -> None:
    async with await index.open_writer() as writer:
        await writer.mark("first")
        await writer.commit()
        await writer.apply(1, [document("1", "A")])
        await writer.commit()
        assert await index.position() == "first"


async def test_a_rebuild_keeps_the_position_and_the_marks_made_meanwhile(
    index: MarkedIndex,
) -> None:
    async with await index.open_writer() as writer:
        await writer.mark("before")
        await writer.commit()
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("1", "A")])
            assert await index.position() == "before"
        assert await index.position() == "before"
        async with rebuilding(writer):
            await writer.apply(1, [document("2", "B")])
            await writer.mark("meanwhile")
            await writer.commit()
            assert await index.position() == "meanwhile"
        assert await index.position() == "meanwhile"
        await (await writer.begin_rebuild()).abandon()
        assert await index.position() == "meanwhile"


async def test_an_index_made_afresh_has_no_position(tmp_path: Path) -> None:
    index = open_tantivy(tmp_path, writer_heap_bytes=HEAP_BYTES)
    async with await index.open_writer() as writer:
        await writer.mark("before")
        await writer.commit()
    (tmp_path / "current.json").unlink()
    assert await index.position() is None
    async with await index.open_writer() as writer:
        assert await index.position() is None
    await index.close()


def engines(test: Any) -> Any:
    """A test that needs a real cluster."""
    for mark in needs_opensearch:
        test = mark(test)
    return test


@engines
async def test_an_index_lost_in_its_cluster_has_no_position_and_takes_none(
    address: SearchAddress,
) -> None:
    index = open_opensearch(address)
    async with httpx.AsyncClient(base_url=address.origin) as cluster:
        async with await index.open_writer() as writer:
            await writer.mark("before")
            await writer.commit()
            await cluster.delete(f"/{address.name}-v1-000001")
            assert await index.position() is None
            await writer.mark("nowhere")
            with pytest.raises(SearchUnavailable):
                await writer.commit()
        async with await index.open_writer() as writer:
            await writer.apply(1, [document("1", "A")])
            await writer.commit()
            # The mark of the commit that failed went with it.
            assert await index.position() is None
    await index.close()


@engines
async def test_a_position_is_read_and_left_fast_enough(address: SearchAddress) -> None:
    index = open_opensearch(address)
    async with await index.open_writer() as writer:
        for position in ("1", "2", "3"):
            await writer.mark(position)
            await writer.commit()
            with delays_of_the_machine() as delayed_s:
                began_s = monotonic()
                assert await index.position() == position
                assert monotonic() - began_s < 0.25 + delayed_s()
    await index.close()
