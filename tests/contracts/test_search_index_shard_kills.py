"""kill -9 in the midst of a shop's move: it lies in one place whole, and the move goes on."""

import asyncio
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from galleria.engines.search_index import rebuilding
from galleria.engines.search_index.placing import SHARED
from galleria.engines.search_index.shards import Bounds, ShardedIndex, open_sharded
from galleria.engines.search_index.shards.places import Places, PlacesFile
from tests.contracts.search_moves import (
    AFTER,
    BEFORE,
    HEAP_BYTES,
    MOVED,
    change,
    documents,
    fill,
    writer_of,
)
from tests.contracts.search_shops import document, question

OTHER = 77
# Changes a shop with its own index and one that shares, commits one part as a commit does, and is
# killed before the other.
HALF_A_COMMIT = """
import asyncio, os, signal, sys
from pathlib import Path
from galleria.engines.search_index.shards.places import PlacesFile
from tests.contracts.search_moves import MOVED, writer_of
from tests.contracts.search_shops import document

async def main(folder, first, other):
    async with await writer_of(PlacesFile(Path(folder))).open() as writer:
        for tenant_id in (MOVED, other):
            await writer.apply(tenant_id, [document("new", "New")], ["p00"])
        await (await writer._writers.of("" if first == "shared" else writer.own[MOVED])).commit()
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""
# One more than there are: the last one lives to the end, so none is left out.
STEPS = {"out": 9, "in": 15}


def opened(folder: Path) -> ShardedIndex:
    """An index that gathers little memory."""
    return open_sharded(folder, writer_heap_bytes=HEAP_BYTES, bounds=Bounds(heap_bytes=HEAP_BYTES))


async def shown(index: ShardedIndex, tenant_id: int = MOVED) -> dict[str, str]:
    """Titles by product; each product is found once."""
    await index.refresh()
    answer = await index.search(tenant_id, question(limit=100), deadline_s=30)
    assert answer.total == len(answer.hits) == len({hit.product_id for hit in answer.hits})
    return {hit.product_id: hit.title for hit in answer.hits}


async def prepare(folder: Path, direction: str) -> None:
    """A whole index with two shops, one of which may have its own."""
    index = opened(folder)
    async with await index.open_writer() as writer:
        async with rebuilding(writer) as fresh:
            await fresh.add(MOVED, documents(BEFORE))
            await fresh.add(OTHER, [document("theirs", "Theirs")])
        if direction == "in":
            move = await writer.begin_move(MOVED, to_own=True)
            await move.add(MOVED, documents(BEFORE))
            await move.finish()
    await index.close()


async def killed(folder: Path, direction: str, step: int) -> tuple[bool, bool]:
    """Whether the process had told of its changes, and whether it lived to the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contracts.search_moves", str(folder), direction, str(step)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode in (0, -signal.SIGKILL)
    return b"told" in said, b"done" in said


@pytest.mark.parametrize(
    ("direction", "step"),
    [(way, step) for way, last in STEPS.items() for step in range(1, last + 1)],
)
async def test_a_killed_move_leaves_the_shop_whole_in_one_place_and_is_gone_on_with(
    tmp_path: Path, direction: str, step: int
) -> None:
    await prepare(tmp_path, direction)
    is_told, is_done = await killed(tmp_path, direction, step)
    assert is_done == (step == STEPS[direction]), "each step is tried, and one without a death"
    index, file = opened(tmp_path), PlacesFile(tmp_path)
    assert await shown(index) == (AFTER if is_told else BEFORE), "nothing is lost or there twice"
    async with await index.open_writer() as writer:
        assert await shown(index) == (AFTER if is_told else BEFORE)
        assert set(file.names()) <= file.read().folders(), "no folder that belongs to nobody"
        await change(writer)  # told again, as every event is whose handling was not noted
        is_there = (MOVED in writer.own) == (direction == "out")
        assert is_there or MOVED in writer.moving or not is_told
        if not is_there:
            move = await writer.begin_move(MOVED, to_own=direction == "out")
            await fill(move, AFTER)
            await move.finish()
        assert await shown(index) == AFTER
        assert await shown(index, OTHER) == {"theirs": "Theirs"}
        await check_parts(index, direction)
        assert set(file.names()) == set(writer.own.values())
        assert not writer.moving
    await index.close()


async def check_parts(index: ShardedIndex, direction: str) -> None:
    """No document lies where nobody looks for it."""
    found = {each.tenant_id: each.documents for each in await index.shards()}
    theirs = 1
    if direction == "out":
        assert found == {SHARED: theirs, MOVED: len(AFTER)}
    else:
        assert found == {SHARED: theirs + len(AFTER)}


@pytest.mark.parametrize("first", ["shared", "own"])
async def test_a_kill_between_the_commits_of_two_parts_loses_nothing_that_is_told_again(
    tmp_path: Path, first: str
) -> None:
    await prepare(tmp_path, "in")  # so that it has its own
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HALF_A_COMMIT, str(tmp_path), first, str(OTHER))
    )
    assert await process.wait() == -signal.SIGKILL
    index = opened(tmp_path)
    has_new = ["new" in await shown(index, each) for each in (MOVED, OTHER)]
    assert has_new == [first == "own", first == "shared"], "one is made, nobody was told"
    async with await index.open_writer() as writer:
        for tenant_id in (MOVED, OTHER):  # what was not told as handled comes again
            await writer.apply(tenant_id, [document("new", "New")], ["p00"])
        await writer.commit()
    assert set(await shown(index)) == {*BEFORE, "new"} - {"p00"}
    assert set(await shown(index, OTHER)) == {"theirs", "new"}
    await index.close()


async def test_a_rebuild_of_all_that_is_killed_as_it_takes_its_place_is_finished(
    tmp_path: Path,
) -> None:
    await prepare(tmp_path, "in")
    file = PlacesFile(tmp_path)
    index = opened(tmp_path)
    async with await writer_of(file).open() as writer:
        fresh = await writer.begin_rebuild()
        await fresh.add(MOVED, documents(AFTER))
        await fresh.add(OTHER, [document("theirs", "Theirs anew")])
        await fresh.keep("almost")
        # As a kill leaves it: all is kept and noted, and one part has taken its place already.
        file.write(_finishing(file))
        own = writer._state.places.own[MOVED]
        part = await writer._writers.of(own)
        await asyncio.get_running_loop().run_in_executor(part._thread, part._finish_rebuild)
    assert await shown(index, OTHER) == {"theirs": "Theirs"}
    async with await index.open_writer():
        assert await shown(index) == AFTER
        assert await shown(index, OTHER) == {"theirs": "Theirs anew"}
    assert not (await index.status()).needs_rebuild
    await index.close()


def _finishing(file: PlacesFile) -> Places:
    return msgspec.structs.replace(file.read(), is_finishing=True)
