"""A fresh index beside the present one: it takes its place whole, or is gone on with later."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.port import IndexWriter, Rebuild

DocumentT = TypeVar("DocumentT")


@asynccontextmanager
async def rebuilding(writer: IndexWriter[DocumentT]) -> AsyncIterator[Rebuild[DocumentT]]:
    """A fresh index to fill, as `filling`.

    Raises:
        SearchUnavailable: a rebuild is under way already, or the engine failed.
    """
    async with filling(await writer.begin_rebuild()) as fresh:
        yield fresh


@asynccontextmanager
async def filling(fresh: Rebuild[DocumentT]) -> AsyncIterator[Rebuild[DocumentT]]:
    """What has begun. It takes the present one's place at the end of the block; when that fails,
    the present one stays and the next time goes on from what was kept.

    Raises:
        SearchUnavailable: the engine failed.
    """
    try:
        yield fresh
        await fresh.finish()
    except BaseException:
        # A writer that failed has thrown it away already.
        with suppress(SearchUnavailable):
            await fresh.pause()
        raise
