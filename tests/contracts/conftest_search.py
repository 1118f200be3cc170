"""The search engines that the contract is asked of.

One index serves a whole run, as it serves many shops in life; a test's sandbox is a fresh tenant.
"""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from galleria.engines.search_index import SearchIndex, SearchWriter, rebuilding
from galleria.engines.search_index.clusters import ClusteredSearch
from galleria.engines.search_index.embedded import TantivyIndex, open_tantivy
from tests.contracts.search_shops import Shop

# Far from 1 and 11, which the tests about mixed-up tenants use.
_tenant_ids = count(1001)


def small_index(folder: Path) -> TantivyIndex:
    """An index that gathers little memory."""
    return open_tantivy(folder, writer_heap_bytes=32_000_000)


def two_clusters(folder: Path) -> ClusteredSearch:
    """Two indexes behind one port."""
    return ClusteredSearch({name: small_index(folder / name) for name in ("east", "west")})


@pytest.fixture(scope="session", params=["tantivy", "clusters"])
async def search_index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SearchIndex]:
    """Each adapter in turn; a distributed one is added here, marked `engines`."""
    folder = Path(tmp_path_factory.mktemp("search"))
    index: SearchIndex
    if request.param == "tantivy":
        index = small_index(folder)
    else:
        index = two_clusters(folder)
        async with await index.open_writer() as writer, rebuilding(writer):
            pass  # from now on both are whole, so that either may be asked
    yield index
    await index.close()


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
