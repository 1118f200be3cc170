"""The worker goes on with events whatever becomes of its indexes."""

import asyncio
import shutil
from typing import Any

import httpx

from galleria.app.diagnosis import look_at_shards
from galleria.app.house import open_house
from galleria.app.worker import relay_with_index
from galleria.commerce import catalog
from galleria.commerce.catalog import ProductChanges
from galleria.engines.context import Tenant
from galleria.engines.search_index.clusters import ClusteredSearch, ClusterState
from galleria.engines.search_index.embedded.documents import PRODUCTS
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.opensearch import open_opensearch
from galleria.engines.search_index.placing import PlacedIndex, Wish
from galleria.settings import Settings
from tests.app.houses import SLUG, Prepared, looking_into, running, until
from tests.contracts.search_engines import needs_opensearch, own_address

BROKEN = b"\xff"


def engines(test: Any) -> Any:
    """A test that needs a real cluster."""
    for mark in needs_opensearch:
        test = mark(test)
    return test


async def test_events_go_on_while_an_index_cannot_be_made_anew(
    prepared: Prepared,
) -> None:
    shutil.rmtree(prepared.folder / "search")
    async with running(prepared, "database") as processes, looking_into(processes) as database:
        owner = await database.connect_owner()
        async with open_house(Settings(data=str(prepared.folder))) as house:
            ctx = house.context().for_tenant(Tenant(prepared.tenant_id, SLUG))
            first, other = (await catalog.list_products(ctx, limit=2)).items
            kept = await owner.fetch(
                "SELECT window_id, document FROM listings.listing WHERE product_id = $1",
                first.product_id,
            )
            await owner.execute(
                "UPDATE listings.listing SET document = $2 WHERE product_id = $1",
                *(first.product_id, BROKEN),
            )
            working = asyncio.create_task(relay_with_index(house, looked_each_s=0.2))
            try:
                await catalog.update_product(
                    ctx, other.product_id, ProductChanges(title="Heard of meanwhile")
                )

                async def is_heard_of() -> bool:
                    return await house.engines.search.count(prepared.tenant_id) > 0

                await until(is_heard_of, "the change is in the index")
                assert not working.done()
                assert (await house.engines.search.status()).needs_rebuild
                for row in kept:
                    await owner.execute(
                        "UPDATE listings.listing SET document = $3"
                        " WHERE product_id = $1 AND window_id = $2",
                        *(first.product_id, row["window_id"], row["document"]),
                    )

                async def is_whole() -> bool:
                    return not (await house.engines.search.status()).needs_rebuild

                await until(is_whole, "the index is made anew as soon as it can be")
                assert not working.done()
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
        await owner.close()


async def test_an_index_found_damaged_is_made_anew_while_the_worker_runs(
    prepared: Prepared,
) -> None:
    folder = IndexFolder(prepared.folder / "search", PRODUCTS)
    async with (
        running(prepared, "database"),
        open_house(Settings(data=str(prepared.folder))) as house,
    ):
        working = asyncio.create_task(relay_with_index(house, looked_each_s=0.2))

        def generation() -> str:
            current = folder.current()
            return "" if current is None else current.generation

        async def is_whole() -> bool:
            return not (await house.engines.search.status()).needs_rebuild

        try:
            await until(is_whole, "the index is whole")
            damaged = generation()
            folder.mark(damaged)  # as a process does that finds damage
            await until(is_whole, "the index is made anew")
            made = generation()
            assert made != damaged
            assert await house.engines.search.count(prepared.tenant_id) > 0
            await asyncio.sleep(1.0)
            assert generation() == made, "what is whole is left alone"
            assert not working.done()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_a_shop_that_is_to_have_its_own_index_gets_it_while_the_worker_runs(
    prepared: Prepared,
) -> None:
    settings = Settings(data=str(prepared.folder))
    shop = prepared.tenant_id
    async with running(prepared, "database"), open_house(settings) as house:
        index = house.engines.search
        assert isinstance(index, PlacedIndex)
        working = asyncio.create_task(relay_with_index(house, looked_each_s=0.2))

        async def is_whole() -> bool:
            return not (await house.engines.search.status()).needs_rebuild

        async def is_apart() -> bool:
            return shop in await index.own_of()

        try:
            await until(is_whole, "the index is whole")
            before = await index.count(shop)
            await index.wish(shop, Wish.OWN)  # as a command in another process does
            await until(is_apart, "the shop has its own index")
            assert await index.count(shop) == before > 0
            found = {each.name: each async for each in look_at_shards(house.engines)}
            (told,) = found.values()
            assert told.is_well and told.found.startswith(f"{before} documents")
            assert not working.done()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            await index.wish(shop, Wish.BY_SIZE)


@engines
async def test_a_search_cluster_that_lost_its_index_is_filled_anew_while_the_worker_runs(
    prepared: Prepared,
) -> None:
    async with own_address() as east, own_address() as west, running(prepared, "database"):
        url = f"east={east.origin}/{east.name} west={west.origin}/{west.name}"
        settings = Settings(data=str(prepared.folder), search_url=url)
        async with open_house(settings) as house, httpx.AsyncClient(base_url=west.origin) as node:
            working = asyncio.create_task(relay_with_index(house, looked_each_s=0.3))

            index = house.engines.search
            assert isinstance(index, ClusteredSearch)

            # Not the status of both together: that leaves out one that is silent for a moment.
            async def states() -> set[ClusterState]:
                return {each.state for each in await index.cluster_status()}

            async def are_serving() -> bool:
                return await states() == {ClusterState.SERVING}

            async def is_behind() -> bool:
                return ClusterState.BEHIND in await states()

            try:
                await until(are_serving, "both clusters are filled")
                filled = await index.count(prepared.tenant_id)
                assert filled > 0
                for lost in (await node.get(f"/{west.name}-v*/_alias")).json():
                    await node.delete(f"/{lost}")
                await until(is_behind, "one is known to have lost its index")
                assert await index.count(prepared.tenant_id) == filled
                await until(are_serving, "it is filled anew")
                assert not working.done()
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
        alone = open_opensearch(west)
        assert await alone.count(prepared.tenant_id) == filled
        await alone.close()
