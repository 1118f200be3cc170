"""What every search engine keeps when its index is written, rebuilt and read meanwhile."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from types import TracebackType
from typing import Self

import pytest

from galleria.engines.search_index import (
    CommitBatcher,
    Rebuild,
    SearchDocument,
    SearchIndex,
    SearchUnavailable,
    SearchWriter,
    SearchWriterBusy,
    rebuilding,
)
from galleria.foundation.money import Money
from tests.contracts.search_shops import Shop, document, question
from tests.delays import delays_of_the_machine

pytest_plugins = ["tests.contracts.conftest_search"]


async def titles(index: SearchIndex, tenant_id: int = 1) -> list[str]:
    """The titles of all products of a tenant, sorted."""
    await index.refresh()
    answer = await index.search(tenant_id, question(limit=100), deadline_s=30)
    return sorted(hit.title for hit in answer.hits)


async def test_a_second_apply_replaces_what_the_first_said(shop: Shop) -> None:
    old = document("1", "Old", facets={"a": ("x",)}, prices=(Money(1, "EUR"),))
    await shop.put(old)
    await shop.put(document("1", "New"))
    answer = await shop.ask(facets=("a",))
    assert [hit.title for hit in answer.hits] == ["New"]
    assert answer.facets[0].values == ()
    assert await shop.found("old") == []


async def test_a_hit_carries_what_a_list_of_results_shows(shop: Shop) -> None:
    await shop.put(document("id-1", "Grüner Tee", handle="gruener-tee"))
    hit = (await shop.ask("tee")).hits[0]
    assert (hit.product_id, hit.handle, hit.title) == ("id-1", "gruener-tee", "Grüner Tee")
    assert hit.score > 0


async def test_an_apply_says_all_channels_and_locales_of_its_products(shop: Shop) -> None:
    await shop.put(document("1", "Web"), document("1", "Shop", channel="pos"), document("2", "B"))
    await shop.put(document("1", "Web again"))
    assert await shop.found(channel="pos") == []
    assert sorted(await shop.found()) == ["1", "2"]


async def test_applying_the_same_twice_changes_nothing(shop: Shop) -> None:
    for _ in range(2):
        await shop.put(document("1", "A"), document("2", "B"), document("2", "B"), deletes=["3"])
    assert await shop.index.count(shop.tenant_id) == 2


async def test_one_commit_holds_deletes_and_upserts_of_the_same_product(shop: Shop) -> None:
    await shop.put(document("1", "A"))
    await shop.put(document("1", "B"), deletes=["1"])
    assert [hit.title for hit in (await shop.ask()).hits] == ["B"]


async def test_nothing_is_seen_before_the_commit(shop: Shop) -> None:
    await shop.put(document("1", "A"))
    await shop.writer.apply(shop.tenant_id, [document("2", "B")], ["1"])
    await shop.index.refresh()
    assert await shop.found() == ["1"]
    await shop.writer.commit()
    await shop.index.refresh()
    assert await shop.found() == ["2"]


async def test_a_commit_is_seen_without_asking_for_it(shop: Shop) -> None:
    await shop.put(document("1", "A"))
    await shop.writer.apply(shop.tenant_id, [document("2", "B")])
    await shop.writer.commit()
    with delays_of_the_machine() as delayed_s:
        committed_at_s = monotonic()
        while len(await shop.found()) != 2:
            await asyncio.sleep(0.01)
            assert monotonic() - committed_at_s < 20
        assert monotonic() - committed_at_s < 1 + delayed_s()


async def test_a_tenant_is_rebuilt_in_one_commit(shop: Shop, other_shop: Shop) -> None:
    await shop.put(document("old", "Old"), document("both", "Both"))
    await other_shop.put(document("theirs", "Theirs"))
    await shop.writer.delete_tenant(shop.tenant_id)
    await shop.writer.apply(shop.tenant_id, [document("both", "Both"), document("new", "New")])
    assert sorted(await shop.found()) == ["both", "old"]
    await shop.put()
    assert sorted(await shop.found()) == ["both", "new"]
    assert await other_shop.found() == ["theirs"]


async def test_a_closed_writer_leaves_only_what_it_committed(own_index: SearchIndex) -> None:
    async with await own_index.open_writer() as writer:
        await writer.apply(1, [document("1", "Kept")])
        await writer.commit()
        await writer.apply(1, [document("2", "Lost")], ["1"])
    assert await titles(own_index) == ["Kept"]
    with pytest.raises(SearchUnavailable):
        await writer.commit()


async def test_there_is_one_writer_at_a_time(own_index: SearchIndex) -> None:
    async with await own_index.open_writer():
        with pytest.raises(SearchWriterBusy):
            await own_index.open_writer()
    async with await own_index.open_writer() as writer:
        await writer.commit()


async def test_a_rebuild_takes_the_place_of_the_old_index_at_once(own_index: SearchIndex) -> None:
    async with await own_index.open_writer() as writer:
        await writer.apply(1, [document("1", "Old")])
        await writer.commit()
        rebuild = await writer.begin_rebuild()
        await rebuild.add(1, [document("2", "New")])
        await rebuild.add(2, [document("2", "Other tenant")])
        assert await titles(own_index) == ["Old"]
        await rebuild.finish()
        assert await titles(own_index) == ["New"]
        assert await titles(own_index, 2) == ["Other tenant"]
        # The writer goes on in the fresh index.
        await writer.apply(1, [document("3", "Newer")])
        await writer.commit()
        assert await titles(own_index) == ["New", "Newer"]
    assert not (await own_index.status()).needs_rebuild


async def test_changes_during_a_rebuild_win_over_what_it_read_before(
    own_index: SearchIndex,
) -> None:
    async with await own_index.open_writer() as writer:
        rebuild = await writer.begin_rebuild()
        await rebuild.add(1, [document("added first", "Stale")])
        await writer.apply(
            1,
            [document("added first", "Fresh 1"), document("changed first", "Fresh 2")],
            ["deleted"],
        )
        await writer.delete_tenant(2)
        await writer.commit()
        assert await titles(own_index) == ["Fresh 1", "Fresh 2"]
        await rebuild.add(1, [document("changed first", "Stale"), document("deleted", "Stale")])
        await rebuild.add(1, [document("untouched", "Read once"), document("untouched", "Read")])
        await rebuild.add(2, [document("1", "Of a tenant that is gone")])
        await rebuild.finish()
        assert await titles(own_index) == ["Fresh 1", "Fresh 2", "Read"]
        assert await titles(own_index, 2) == []


async def test_an_abandoned_rebuild_leaves_the_index_as_it_was(own_index: SearchIndex) -> None:
    async with await own_index.open_writer() as writer:
        await writer.apply(1, [document("1", "Old")])
        await writer.commit()
        rebuild = await writer.begin_rebuild()
        with pytest.raises(SearchUnavailable):
            await writer.begin_rebuild()
        await rebuild.add(1, [document("2", "New")])
        await rebuild.abandon()
        with pytest.raises(SearchUnavailable):
            await rebuild.finish()
        assert await titles(own_index) == ["Old"]
        await (await writer.begin_rebuild()).abandon()


async def test_a_rebuild_that_fails_is_thrown_away_and_the_next_can_begin(
    own_index: SearchIndex,
) -> None:
    async with await own_index.open_writer() as writer:
        await writer.apply(1, [document("1", "Old")])
        await writer.commit()
        with pytest.raises(LookupError):
            async with rebuilding(writer) as fresh:
                await fresh.add(1, [document("2", "Half")])
                raise LookupError
        assert await titles(own_index) == ["Old"]
        assert (await own_index.status()).needs_rebuild
        async with rebuilding(writer) as fresh:
            await fresh.add(1, [document("3", "New")])
        assert await titles(own_index) == ["New"]
        with pytest.raises(SearchUnavailable):
            async with rebuilding(writer):
                await writer.close()
    assert await titles(own_index) == ["New"]


async def test_an_index_that_never_was_asks_to_be_rebuilt(own_index: SearchIndex) -> None:
    status = await own_index.status()
    assert (status.documents, status.needs_rebuild) == (0, True)
    async with await own_index.open_writer() as writer:
        await (await writer.begin_rebuild()).finish()
    assert not (await own_index.status()).needs_rebuild


class CountedWriter:
    """A writer that counts its commits, and fails one when told to."""

    def __init__(self, writer: SearchWriter) -> None:
        self.writer = writer
        self.commits = 0
        self.fails_next = False

    async def apply(
        self, tenant_id: int, upserts: Sequence[SearchDocument], deletes: Sequence[str] = ()
    ) -> None:
        """Pass it on."""
        await self.writer.apply(tenant_id, upserts, deletes)

    async def delete_tenant(self, tenant_id: int) -> None:
        """Pass it on."""
        await self.writer.delete_tenant(tenant_id)

    async def commit(self) -> None:
        """Count it."""
        self.commits += 1
        if self.fails_next:
            self.fails_next = False
            raise SearchUnavailable("no space left on device")
        await self.writer.commit()

    async def begin_rebuild(self) -> Rebuild[SearchDocument]:
        """Pass it on."""
        return await self.writer.begin_rebuild()

    async def close(self) -> None:
        """Pass it on."""
        await self.writer.close()

    async def __aenter__(self) -> Self:
        """The writer itself."""
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()


async def test_many_changes_share_a_commit_and_are_durable_when_they_return(
    shop: Shop, other_shop: Shop
) -> None:
    writer = CountedWriter(shop.writer)
    batcher = CommitBatcher(writer, max_delay_s=0.3)
    await asyncio.gather(
        *(batcher.apply(shop.tenant_id, [document(str(n), "A")]) for n in range(20)),
        *(batcher.apply(other_shop.tenant_id, [document(str(n), "A")]) for n in range(20)),
    )
    assert writer.commits == 1
    await shop.index.refresh()
    assert len(await shop.found()) == len(await other_shop.found()) == 20
    await batcher.apply(shop.tenant_id, [], ["1"])
    assert writer.commits == 2
    await batcher.close()
    assert writer.commits == 2


async def test_commits_keep_their_distance_unless_much_has_gathered(shop: Shop) -> None:
    batcher = CommitBatcher(shop.writer, max_delay_s=4.0, max_documents=5)
    await batcher.apply(shop.tenant_id, [document("0", "A")])
    began_at_s = monotonic()
    await batcher.apply(shop.tenant_id, [document("1", "A")])
    assert monotonic() - began_at_s >= 3.9
    began_at_s = monotonic()
    await batcher.apply(shop.tenant_id, [document(str(n), "A") for n in range(5)])
    assert monotonic() - began_at_s < 3.9
    await batcher.close()


async def test_a_commit_that_fails_is_told_to_everyone_who_waits_for_it(shop: Shop) -> None:
    writer = CountedWriter(shop.writer)
    batcher = CommitBatcher(writer, max_delay_s=0.1)
    writer.fails_next = True
    outcomes = await asyncio.gather(
        *(batcher.apply(shop.tenant_id, [document(str(n), "A")]) for n in range(3)),
        return_exceptions=True,
    )
    assert [type(each) for each in outcomes] == [SearchUnavailable] * 3
    await batcher.apply(shop.tenant_id, [document("again", "A")])
    await batcher.close()


async def test_closing_the_batcher_commits_what_waits(shop: Shop) -> None:
    batcher = CommitBatcher(shop.writer, max_delay_s=60)
    await batcher.apply(shop.tenant_id, [document("first", "A")])
    waiting = asyncio.create_task(batcher.apply(shop.tenant_id, [document("1", "A")]))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await batcher.close()
    await waiting
    await shop.index.refresh()
    assert await shop.index.count(shop.tenant_id) == 2
