"""What is written to several clusters, and who is asked after one of them missed something."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from galleria.engines.search_index import (
    CommitBatcher,
    InvalidSearchDocument,
    SearchUnavailable,
    SearchWriterBusy,
    rebuilding,
)
from galleria.engines.search_index.clusters import ClusteredSearch
from galleria.foundation.money import Money
from tests.contracts.search_clusters import Fleet, fill, found, found_by_each, opened, states
from tests.contracts.search_shops import document, question

NO_SPACE = SearchUnavailable("no space left on device")


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path, ["east", "west"])


@pytest.fixture
async def search(fleet: Fleet) -> AsyncIterator[ClusteredSearch]:
    """Two clusters that hold the product "old"."""
    await fill(fleet, "old")
    async with opened(fleet) as search:
        yield search


async def asked_many(search: ClusteredSearch, fleet: Fleet) -> dict[str, int]:
    """How often each cluster is asked when forty questions come at once."""
    fleet.forget()
    await asyncio.gather(*(found(search) for _ in range(40)))
    return fleet.asked


async def test_what_is_written_is_in_every_cluster(search: ClusteredSearch, fleet: Fleet) -> None:
    async with await search.open_writer() as writer:
        await writer.apply(1, [document("a", "A"), document("b", "B")], ["old"])
        await writer.commit()
        await writer.apply(1, [document("c", "C")])
    assert await found_by_each(fleet) == {"east": ["a", "b"], "west": ["a", "b"]}


async def test_a_cluster_that_missed_a_commit_is_asked_no_more(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        fleet.faults["west"].write_error = NO_SPACE
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
        await search.refresh()
        assert await found(search) == ["new", "old"]
        assert (await asked_many(search, fleet))["west"] == 0
        assert await states(search) == {"east": "serving", "west": "behind"}
        assert (await search.status()).needs_rebuild
        # It gets no more writes either, also when it could take them.
        fleet.faults["west"].write_error = None
        fleet.forget()
        await writer.apply(1, [document("newer", "Newer")])
        await writer.commit()
        assert fleet.faults["west"].writes == 0


async def test_a_cluster_that_failed_in_the_commit_itself_is_behind(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        await writer.apply(1, [document("new", "New")])
        fleet.faults["east"].write_error = NO_SPACE
        await writer.commit()
    await search.refresh()
    assert await states(search) == {"east": "behind", "west": "serving"}
    assert await found(search) == ["new", "old"]


async def test_no_other_process_asks_a_cluster_that_is_behind(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with opened(fleet) as other:
        assert await found(other) == ["old"]
        async with await search.open_writer() as writer:
            fleet.faults["west"].write_error = NO_SPACE
            await writer.apply(1, [document("new", "New")])
            await writer.commit()
        await asyncio.sleep(1.2)  # looks half a second apart, and readers follow in a fifth
        assert (await asked_many(other, fleet))["west"] == 0
    async with opened(fleet) as later:
        assert (await asked_many(later, fleet))["west"] == 0
        assert await found(later) == ["new", "old"]


async def test_a_process_that_begins_waits_for_who_can_tell_that_another_is_behind(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        fleet.faults["west"].write_error = NO_SPACE
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
    fleet.faults["east"].look_delay_s = 0.3
    async with opened(fleet) as later:
        assert await found(later, deadline_s=2.0) == ["new", "old"]
        assert fleet.faults["west"].asked == 0


async def test_a_cluster_stays_behind_when_the_writer_begins_again(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        fleet.faults["west"].write_error = NO_SPACE
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
    fleet.faults["west"].write_error = None
    async with opened(fleet) as later, await later.open_writer() as writer:
        await writer.apply(1, [document("newer", "Newer")])
        await writer.commit()
        await later.refresh()
        assert await states(later) == {"east": "serving", "west": "behind"}
        assert (await asked_many(later, fleet))["west"] == 0


async def test_a_rebuild_makes_a_cluster_whole_again_while_the_other_answers(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        fleet.faults["west"].write_error = NO_SPACE
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
        fleet.faults["west"].write_error = None
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("old", "Stale"), document("new", "New")])
            assert await found(search) == ["new", "old"]
            await writer.apply(1, [document("meanwhile", "Meanwhile")], ["old"])
            await writer.commit()
            await search.refresh()
            assert await found(search) == ["meanwhile", "new"]
        await search.refresh()
        assert await states(search) == {"east": "serving", "west": "serving"}
        assert not (await search.status()).needs_rebuild
        assert min((await asked_many(search, fleet)).values()) > 0
    both = ["meanwhile", "new"]
    assert await found_by_each(fleet) == {"east": both, "west": both}
    async with opened(fleet) as later:
        await found(later)
        assert await states(later) == {"east": "serving", "west": "serving"}


async def test_questions_are_answered_throughout_a_rebuild(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    is_done = False

    async def ask_on() -> int:
        answers = 0
        while not is_done:
            assert await found(search) == ["old"]
            answers += 1
        return answers

    asking = [asyncio.create_task(ask_on()) for _ in range(3)]
    for _ in range(4):
        await fill(fleet, "old")
        await asyncio.sleep(0.3)
    is_done = True
    assert min(await asyncio.gather(*asking)) > 0


async def test_a_cluster_that_fails_in_the_rebuild_is_behind_and_the_next_one_mends_it(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("new", "New")])
            fleet.faults["east"].finish_error = NO_SPACE
        await search.refresh()
        assert await states(search) == {"east": "behind", "west": "serving"}
        assert await found(search) == ["new"]
        fleet.faults["east"].finish_error = None
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("newest", "Newest")])
    assert await found_by_each(fleet) == {"east": ["newest"], "west": ["newest"]}


async def test_a_cluster_that_fails_while_it_is_rebuilt_leaves_the_rebuild_to_the_others(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        async with rebuilding(writer) as fresh:
            fleet.faults["west"].write_error = NO_SPACE
            await fresh.add(1, [document("new", "New")])
            await writer.apply(1, [document("meanwhile", "Meanwhile")])
            await writer.commit()
            fleet.faults["west"].write_error = None
        await search.refresh()
        assert await states(search) == {"east": "serving", "west": "behind"}
        assert await found(search) == ["meanwhile", "new"]


async def test_a_rebuild_goes_on_where_a_writer_left_it(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        fresh = await writer.begin_rebuild()
        await fresh.add(1, [document("a", "A")])
        await fresh.keep("a")
        await writer.apply(1, [document("meanwhile", "Meanwhile")])
        await writer.commit()
    async with opened(fleet) as later, await later.open_writer() as writer:
        assert (await later.status()).needs_rebuild
        async with rebuilding(writer) as resumed:
            assert resumed.reached == "a"
            await resumed.add(1, [document("b", "B")])
        assert not (await later.status()).needs_rebuild
    both = ["a", "b", "meanwhile"]
    assert await found_by_each(fleet) == {"east": both, "west": both}


async def test_what_was_kept_of_a_rebuild_is_of_no_use_to_a_cluster_that_fell_behind(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        fresh = await writer.begin_rebuild()
        await fresh.add(1, [document("a", "Stale")])
        await fresh.keep("a")
        await fresh.pause()
        fleet.faults["west"].write_error = NO_SPACE
        await writer.apply(1, [document("a", "Fresh"), document("b", "B")])
        await writer.commit()
        fleet.faults["west"].write_error = None
        async with rebuilding(writer) as anew:
            # One has come so far and the other one has not, so both begin at the beginning.
            assert anew.reached is None
            assert await found_by_each(fleet) == {"east": ["a", "b", "old"], "west": ["old"]}
            await anew.add(1, [document("a", "Fresh"), document("b", "B")])
    west = fleet.alone("west")
    answer = await west.search(1, question("fresh"), deadline_s=30)
    assert [hit.product_id for hit in answer.hits] == ["a"]
    assert await found_by_each(fleet) == {"east": ["a", "b"], "west": ["a", "b"]}


async def test_a_rebuild_that_rests_is_no_longer_under_way(search: ClusteredSearch) -> None:
    async with await search.open_writer() as writer:
        fresh = await writer.begin_rebuild()
        await fresh.pause()
        with pytest.raises(SearchUnavailable):
            await fresh.add(1, [document("a", "A")])
        await (await writer.begin_rebuild()).abandon()


async def test_when_no_cluster_takes_a_write_nobody_is_behind(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        for each in fleet.faults.values():
            each.write_error = NO_SPACE
        with pytest.raises(SearchUnavailable):
            await writer.apply(1, [document("new", "New")])
        with pytest.raises(SearchUnavailable):
            await writer.commit()
        for each in fleet.faults.values():
            each.write_error = None
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
        await search.refresh()
        assert await states(search) == {"east": "serving", "west": "serving"}
    assert await found_by_each(fleet) == {"east": ["new", "old"], "west": ["new", "old"]}


async def test_a_document_that_no_cluster_can_take_changes_nothing(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        with pytest.raises(InvalidSearchDocument):
            await writer.apply(1, [document("dear", "Dear", prices=(Money(2**70, "EUR"),))])
        await writer.commit()
        async with rebuilding(writer) as fresh:
            with pytest.raises(InvalidSearchDocument):
                await fresh.add(1, [document("dear", "Dear", prices=(Money(2**70, "EUR"),))])
            await fresh.add(1, [document("old", "Old")])
        assert await states(search) == {"east": "serving", "west": "serving"}
    assert await found_by_each(fleet) == {"east": ["old"], "west": ["old"]}


async def test_a_crash_between_two_clusters_commits_costs_no_rebuild(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    """The second cluster lacks what nobody was told to be durable, and so comes again."""
    async with await search.open_writer() as writer:
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
        before = await fleet.alone("west").position()
    # What a killed process leaves: the mark of the last commit in one cluster only.
    west = fleet.alone("west")
    async with await west.open_writer() as alone:
        assert before is not None
        east = await fleet.alone("east").position()
        assert east == before
        number = int(before.split('"number":')[1].split(",")[0])
        await alone.mark(before.replace(f'"number":{number}', f'"number":{number + 1}'))
        await alone.commit()
    async with opened(fleet) as later, await later.open_writer() as writer:
        assert await states(later) == {"east": "serving", "west": "serving"}
        await writer.apply(1, [document("again", "Again")])
        await writer.commit()
    assert await found_by_each(fleet) == {
        "east": ["again", "new", "old"],
        "west": ["again", "new", "old"],
    }


async def test_an_index_that_was_alone_is_believed_until_the_others_are_filled(
    fleet: Fleet,
) -> None:
    alone = fleet.alone("east")
    async with await alone.open_writer() as first, rebuilding(first) as fresh:
        await fresh.add(1, [document("old", "Old")])
    await alone.close()
    async with opened(fleet) as search:
        for _ in range(5):
            assert await found(search) == ["old"]
        assert await states(search) == {"east": "serving", "west": "behind"}
        assert (await search.status()).needs_rebuild
        async with await search.open_writer() as writer:
            await writer.apply(1, [document("new", "New")])
            await writer.commit()
            async with rebuilding(writer) as fresh:
                await fresh.add(1, [document("old", "Old"), document("new", "New")])
    assert await found_by_each(fleet) == {"east": ["new", "old"], "west": ["new", "old"]}


async def test_a_cluster_that_lost_its_files_is_behind(fleet: Fleet, tmp_path: Path) -> None:
    await fill(fleet, "old")
    (tmp_path / "west" / "current.json").unlink()
    async with opened(fleet) as search:
        for _ in range(5):
            assert await found(search) == ["old"]
        assert await states(search) == {"east": "serving", "west": "behind"}


async def test_a_cluster_restored_from_an_older_copy_is_behind(
    fleet: Fleet, tmp_path: Path
) -> None:
    await fill(fleet, "old")
    shutil.copytree(tmp_path / "west", tmp_path / "copy")
    async with opened(fleet) as search, await search.open_writer() as writer:
        for product_id in ("a", "b"):
            await writer.apply(1, [document(product_id, "New")])
            await writer.commit()
    shutil.rmtree(tmp_path / "west")
    (tmp_path / "copy").rename(tmp_path / "west")
    async with opened(fleet) as search:
        for _ in range(5):
            assert await found(search) == ["a", "b", "old"]
        assert await states(search) == {"east": "serving", "west": "behind"}


async def test_the_last_writer_is_right_however_much_the_one_before_it_wrote(
    fleet: Fleet,
) -> None:
    """The first cluster was written alone until it went away, then the other one was."""
    await fill(fleet, "old")
    async with opened(fleet) as search, await search.open_writer() as writer:
        fleet.faults["west"].write_error = NO_SPACE
        for number in range(12):
            await writer.apply(1, [document(f"p{number}", "Thing")])
            await writer.commit()
    fleet.faults["west"].write_error = None
    fleet.faults["east"].error = fleet.faults["east"].write_error = ConnectionError("refused")
    async with opened(fleet) as search, await search.open_writer() as writer:
        assert (await search.status()).needs_rebuild
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("new", "New")])
    fleet.faults["east"].error = fleet.faults["east"].write_error = None
    async with opened(fleet) as search:
        assert await found(search) == ["new"]
        assert await states(search) == {"east": "behind", "west": "serving"}


async def test_a_damaged_cluster_that_still_answers_is_behind_from_the_next_commit_on(
    fleet: Fleet, tmp_path: Path
) -> None:
    await fill(fleet, "old")
    for file in (tmp_path / "west").glob("g*/*.fast"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(bytes(content))
    async with opened(fleet) as search, await search.open_writer() as writer:
        assert (await search.status()).needs_rebuild
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
        await search.refresh()
        assert await states(search) == {"east": "serving", "west": "behind"}
        assert await found(search) == ["new", "old"]
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("old", "Old"), document("new", "New")])
        await search.refresh()
        assert await states(search) == {"east": "serving", "west": "serving"}
    assert await found_by_each(fleet) == {"east": ["new", "old"], "west": ["new", "old"]}


async def test_a_writer_that_cannot_reach_a_whole_cluster_asks_for_a_rebuild(
    fleet: Fleet,
) -> None:
    """Only that one could tell whether the other had missed something."""
    await fill(fleet, "old")
    fleet.faults["east"].error = fleet.faults["east"].write_error = ConnectionError("refused")
    async with opened(fleet) as search, await search.open_writer() as writer:
        assert (await search.status()).needs_rebuild
        assert await found(search) == ["old"]
        await writer.apply(1, [document("new", "New")])
        await writer.commit()
        assert (await search.status()).needs_rebuild
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("old", "Old"), document("new", "New")])
        # Nothing more can be done as long as the other one is away.
        assert not (await search.status()).needs_rebuild
        fleet.faults["east"].error = fleet.faults["east"].write_error = None
        async with opened(fleet) as other:
            await other.refresh()
            assert await states(other) == {"east": "behind", "west": "serving"}
            assert (await other.status()).needs_rebuild
            assert await found(other) == ["new", "old"]
            # The same writer can make it whole.
            async with rebuilding(writer) as fresh:
                await fresh.add(1, [document("newest", "Newest")])
            await other.refresh()
            assert await states(other) == {"east": "serving", "west": "serving"}
    assert await found_by_each(fleet) == {"east": ["newest"], "west": ["newest"]}


async def test_there_is_one_writer_of_all_clusters(search: ClusteredSearch, fleet: Fleet) -> None:
    async with await search.open_writer() as writer, opened(fleet) as other:
        with pytest.raises(SearchWriterBusy):
            await other.open_writer()
        await writer.commit()
    west = fleet.alone("west")
    async with await west.open_writer():
        with pytest.raises(SearchWriterBusy):
            await search.open_writer()
    async with await search.open_writer() as writer:
        await writer.commit()


async def test_a_write_whose_caller_goes_away_is_done_in_all_clusters_or_comes_again(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    async with await search.open_writer() as writer:
        batcher = CommitBatcher(writer, max_delay_s=0.05)
        for number in range(20):
            call = asyncio.create_task(batcher.apply(1, [document(f"p{number}", "Thing")]))
            await asyncio.sleep(0.001 * number)
            call.cancel()
        await batcher.apply(1, [document(f"p{number}", "Thing") for number in range(20)])
        await batcher.close()
    held = await found_by_each(fleet)
    assert held["east"] == held["west"]
    assert len(held["east"]) == 21


async def test_half_a_write_is_finished_when_its_caller_goes_away(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["west"].write_delay_s = 0.1
    async with await search.open_writer() as writer:
        call = asyncio.create_task(writer.apply(1, [document("new", "New")]))
        await asyncio.sleep(0.05)  # it is in one cluster, and on its way to the other
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await writer.commit()
    assert await found_by_each(fleet) == {"east": ["new", "old"], "west": ["new", "old"]}


async def test_states_of_all_clusters_are_added_up(search: ClusteredSearch) -> None:
    status = await search.status()
    alone = await search._indexes["east"].status()
    assert (status.documents, status.is_readable, status.needs_rebuild) == (1, True, False)
    assert status.size_bytes > alone.size_bytes
    assert status.segments == 2 * alone.segments


async def test_a_cluster_that_cannot_be_reached_asks_for_no_rebuild(
    search: ClusteredSearch, fleet: Fleet
) -> None:
    fleet.faults["east"].error = ConnectionError("refused")
    status = await search.status()
    assert (status.documents, status.is_readable, status.needs_rebuild) == (1, True, False)
    fleet.faults["west"].error = ConnectionError("refused")
    status = await search.status()
    assert (status.documents, status.is_readable, status.needs_rebuild) == (0, False, False)


async def test_one_that_was_taken_away_and_comes_back_is_behind(tmp_path: Path) -> None:
    fleet, alone = Fleet(tmp_path, ["east", "west"]), Fleet(tmp_path, ["east"])
    await fill(fleet, "tea")
    async with opened(alone) as search, await search.open_writer() as writer:
        await writer.apply(1, [document("mug", "mug")])
        await writer.commit()
        await search.refresh()
        assert await found(search) == ["mug", "tea"]
    async with opened(fleet) as search:
        assert await states(search) == {"east": "serving", "west": "behind"}
        assert (await search.status()).needs_rebuild
