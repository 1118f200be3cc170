"""The search engines that the contract is asked of.

One index serves a whole run, as it serves many shops in life; a test's sandbox is a fresh tenant.
"""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest

from galleria.engines.search_index import SearchIndex, SearchWriter, rebuilding
from galleria.engines.search_index.clusters import ClusteredSearch
from galleria.engines.search_index.embedded import TantivyIndex, open_tantivy
from galleria.engines.search_index.opensearch import open_opensearch, parse_search_url
from galleria.engines.search_index.shards import Bounds, ShardedIndex, open_sharded
from tests.contracts.search_engines import OPENSEARCH_URL, needs_opensearch
from tests.contracts.search_shops import Shop

# The second one is the first with an index for some shops alone, the third two of the first behind
# one port.
ENGINES = ["tantivy", "shards", "clusters", pytest.param("opensearch", marks=needs_opensearch)]

# These shops have their own index where shops may, among others that share one.
_WITH_THEIR_OWN = (1, 11, *range(1002, 1032, 2))
# Far from 1 and 11, which the tests about mixed-up tenants use.
_tenant_ids = count(1001)


async def opened(engine: str, folder: Path) -> AsyncIterator[SearchIndex]:
    """An empty index of an engine, gone afterwards."""
    index: SearchIndex
    # A name of its own is the sandbox on a shared server.
    name = f"test-{uuid4().hex}"
    if engine == "opensearch":
        # Parts enough that tenants share some.
        address = msgspec.structs.replace(parse_search_url(OPENSEARCH_URL), name=name, shards=2)
        index = open_opensearch(address)
    elif engine == "shards":
        index = await _apart(folder)
    elif engine == "clusters":
        index = ClusteredSearch({name: _small(folder / name) for name in ("east", "west")})
    else:
        index = _small(folder)
    yield index
    await index.close()
    if engine == "opensearch":
        async with httpx.AsyncClient(base_url=address.origin) as server:
            for each in (await server.get(f"/{name}-*/_alias")).json():
                await server.delete(f"/{each}")


async def _apart(folder: Path) -> ShardedIndex:
    """An index in which some shops lie by themselves."""
    index = open_sharded(folder, writer_heap_bytes=32_000_000, bounds=Bounds(heap_bytes=15_000_000))
    async with await index.open_writer() as writer:
        for tenant_id in _WITH_THEIR_OWN:
            await (await writer.begin_move(tenant_id, to_own=True)).finish()
    return index


def _small(folder: Path) -> TantivyIndex:
    """An index that gathers little memory."""
    return open_tantivy(folder, writer_heap_bytes=32_000_000)


@pytest.fixture(scope="session", params=ENGINES)
async def search_index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SearchIndex]:
    """Each adapter in turn."""
    async for index in opened(request.param, Path(tmp_path_factory.mktemp("search"))):
        async with await index.open_writer() as writer, rebuilding(writer):
            pass  # from now on each of several clusters is whole, and may be asked
        yield index


@pytest.fixture(params=ENGINES)
async def own_index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SearchIndex]:
    """An index that the test has for itself, since a rebuild concerns all tenants."""
    async for index in opened(request.param, tmp_path / "search"):
        yield index


@pytest.fixture(scope="session")
async def search_writer(search_index: SearchIndex) -> AsyncIterator[SearchWriter]:
    """The one writer of the run."""
    async with await search_index.open_writer() as writer:
        yield writer


@pytest.fixture
def shop(search_index: SearchIndex, search_writer: SearchWriter) -> Shop:
    """A tenant that nobody has used yet."""
    return Shop(search_index, search_writer, next(_tenant_ids))


@pytest.fixture
def other_shop(search_index: SearchIndex, search_writer: SearchWriter) -> Shop:
    """Another tenant of the same index."""
    return Shop(search_index, search_writer, next(_tenant_ids))
