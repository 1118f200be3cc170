"""Several real nodes of OpenSearch: shoppers do not notice when one is slow, or dies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from time import monotonic
from typing import TypeVar

import pytest

from galleria.engines.search_index import rebuilding
from galleria.engines.search_index.clusters import ClusteredSearch, ClusterPolicy
from galleria.engines.search_index.opensearch import SearchAddress, open_opensearch
from tests.contracts.search_clusters import states
from tests.contracts.search_engines import (
    OPENSEARCH_2_URL,
    OPENSEARCH_URL,
    needs_opensearch,
    own_address,
)
from tests.contracts.search_nodes import Load, own_node, process_of, products, slowed, stopped
from tests.contracts.search_shops import document, question
from tests.delays import delays_of_the_machine

pytestmark = [
    *needs_opensearch,
    pytest.mark.skipif(
        not OPENSEARCH_2_URL, reason="GALLERIA_TEST_OPENSEARCH_2_URL names no OpenSearch"
    ),
]

T = TypeVar("T")
Addresses = dict[str, SearchAddress]
# So long that no machine under load stands still as long.
STOPPED_S, EACH_S = 4.0, 8.0
# A node that was slow before it died is not asked, and so not found broken, until it is forgiven.
FOUND_OUT_WITHIN_S = 40.0
# One that begins anew is slow at first, and others are quicker than its tries.
WORKS_AGAIN_WITHIN_S = 60.0


@asynccontextmanager
async def opened(
    addresses: Addresses, policy: ClusterPolicy | None = None
) -> AsyncIterator[ClusteredSearch]:
    """The clusters as one more process sees them."""
    indexes = {name: open_opensearch(each) for name, each in addresses.items()}
    search = ClusteredSearch(indexes, policy=policy)
    try:
        yield search
    finally:
        await search.close()


async def fill(addresses: Addresses, count: int) -> None:
    """Every cluster holds so many products, by a rebuild."""
    async with (
        opened(addresses) as search,
        await search.open_writer() as writer,
        rebuilding(writer) as fresh,
    ):
        await fresh.add(1, products(count))


async def until(search: ClusteredSearch, wanted: dict[str, str], within_s: float) -> None:
    """The clusters are in these states."""
    began_s = monotonic()
    while (seen := await states(search)) != wanted:
        late = f"{seen} instead of {wanted}: {await search.cluster_status()}"
        assert monotonic() - began_s < within_s, late
        await asyncio.sleep(0.05)


async def warmed(search: ClusteredSearch) -> None:
    """All clusters have answered for a moment, so that how long they take is known."""
    async with Load(search).going_on():
        await asyncio.sleep(2)


async def asked_of(search: ClusteredSearch, name: str) -> int:
    """How many questions a cluster has had from this process."""
    (found,) = [each for each in await search.cluster_status() if each.name == name]
    return found.asked


async def found_by_each(addresses: Addresses) -> dict[str, list[str]]:
    """The ids that each cluster finds for itself."""

    async def ids(address: SearchAddress) -> list[str]:
        index = open_opensearch(address)
        found = [
            hit.product_id
            for offset in (None, "100", "200")
            for hit in (
                await index.search(1, question(limit=100, after=offset), deadline_s=30)
            ).hits
        ]
        await index.close()
        return sorted(found)

    return {name: await ids(each) for name, each in addresses.items()}


async def test_a_node_that_stands_still_again_and_again_is_hardly_noticed() -> None:
    async with (
        own_address(OPENSEARCH_URL) as east,
        own_address(OPENSEARCH_2_URL) as west,
    ):
        addresses = {"east": east, "west": west}
        await fill(addresses, 2_000)
        process_id = await process_of(OPENSEARCH_2_URL)

        async def asked(name: str, policy: ClusterPolicy) -> Load:
            async with opened(addresses, policy) as search:
                await warmed(search)
                load = Load(search)
                async with slowed(process_id, STOPPED_S, EACH_S), load.going_on():
                    await asyncio.sleep(2 * EACH_S)
                print(await load.figures(name))
                return load

        alone = ClusterPolicy(extra_share=0.0, extra_at_once=0)
        patient = await asked("a node stands still, no question is asked twice", alone)
        # Enough of them: where two nodes share two processors, calm ones are late often as well.
        twice = ClusterPolicy(extra_share=0.5, extra_at_once=100)
        with delays_of_the_machine() as delayed_s:
            hedged = await asked("a node stands still, slow questions are asked twice", twice)
            assert hedged.errors == []
            assert hedged.share_s(0.99) < STOPPED_S / 2 + delayed_s()
        assert patient.share_s(1.0) > STOPPED_S * 0.9  # or nothing was the matter


async def test_a_node_that_dies_is_not_noticed_and_serves_again_after_a_rebuild() -> None:
    async with (
        own_node() as node,
        own_address(OPENSEARCH_URL) as east,
        own_address(node.url) as west,
    ):
        addresses = {"east": east, "west": west}
        await fill(addresses, 250)
        async with (
            opened(addresses, ClusterPolicy(longest_pause_s=2.0)) as search,
            await search.open_writer() as writer,
        ):
            await warmed(search)
            load = Load(search)
            async with load.going_on():
                await asyncio.sleep(2)
                await node.kill()
                await until(search, {"east": "serving", "west": "broken"}, FOUND_OUT_WITHIN_S)
                for at in range(5):
                    await writer.apply(1, [document(f"new {at}", "mug")], [f"p{at:05}"])
                    await writer.commit()
                    await asyncio.sleep(0.5)
                await until(search, {"east": "serving", "west": "behind"}, 20)
                before = await asked_of(search, "west")
                await asyncio.sleep(2)
                assert await asked_of(search, "west") == before
            print(await load.figures("a node is killed, and products are written meanwhile"))
            assert load.errors == []

            await node.start()
            async with opened(addresses) as other:
                await until(other, {"east": "serving", "west": "behind"}, 20)
                async with Load(other).going_on():
                    await asyncio.sleep(1)
                assert await asked_of(other, "west") == 0
                assert (await other.status()).needs_rebuild
                async with rebuilding(writer) as fresh:
                    await fresh.add(1, products(250)[5:])
                    await fresh.add(1, [document(f"new {at}", "mug") for at in range(5)])
                for each in (search, other):
                    async with Load(each).going_on():
                        both = {"east": "serving", "west": "serving"}
                        await until(each, both, WORKS_AGAIN_WITHIN_S)
                assert await asked_of(other, "west") > 0
                assert not (await other.status()).needs_rebuild
        found = await found_by_each(addresses)
        assert found["west"] == found["east"]
        assert len(found["west"]) == 250 and "new 4" in found["west"]


async def test_a_node_that_says_nothing_holds_the_writer_up_for_seconds_only() -> None:
    async with (
        own_address(OPENSEARCH_URL) as east,
        own_address(OPENSEARCH_2_URL) as west,
    ):
        addresses = {"east": east, "west": west}
        await fill(addresses, 10)
        took_s: dict[str, float] = {}

        async def timed(name: str, done: Awaitable[T]) -> T:
            began_s = monotonic()
            made = await done
            took_s[name] = monotonic() - began_s
            return made

        async with opened(addresses) as search:
            writer = await search.open_writer()
            process_id = await process_of(OPENSEARCH_2_URL)
            with delays_of_the_machine() as delayed_s, stopped(process_id):
                await writer.apply(1, [document("new", "mug")])
                await timed("a commit", writer.commit())
                await writer.apply(1, [document("newer", "mug")])
                await timed("the next commit", writer.commit())
                await timed("closing", writer.close())
                writer = await timed("opening", search.open_writer())
                late_s = delayed_s()
            await until(search, {"east": "serving", "west": "behind"}, 20)
            async with rebuilding(writer) as fresh:
                await fresh.add(1, products(10))
            await writer.close()
        print("\na node says nothing:", {name: f"{each:.1f} s" for name, each in took_s.items()})
        assert max(took_s.values()) < 16 + late_s
        assert took_s["the next commit"] < 2 + late_s
