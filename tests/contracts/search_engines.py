"""The clusters that the search contract may be asked of, named by the environment."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import msgspec
import pytest

from galleria.engines.search_index.opensearch import SearchAddress, parse_search_url

OPENSEARCH_URL = os.environ.get("GALLERIA_TEST_OPENSEARCH_URL", "")
OPENSEARCH_2_URL = os.environ.get("GALLERIA_TEST_OPENSEARCH_2_URL", "")
needs_opensearch = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not OPENSEARCH_URL, reason="GALLERIA_TEST_OPENSEARCH_URL names no OpenSearch"
    ),
]


@asynccontextmanager
async def own_address(url: str = OPENSEARCH_URL, **more: int) -> AsyncIterator[SearchAddress]:
    """A name in the cluster that nobody has used; what was made under it is gone afterwards."""
    name = f"test-{uuid4().hex}"
    made = msgspec.structs.replace(parse_search_url(url), name=name, **more)
    yield made
    async with httpx.AsyncClient(base_url=made.origin) as cluster:
        for each in (await cluster.get(f"/{name}-*/_alias")).json():
            await cluster.delete(f"/{each}")
