"""A shop takes along what it said of its search, and leaves nothing behind."""

from collections.abc import AsyncIterator

import msgspec

from galleria.engines.context import Context
from galleria.growth.search.model.curations import MAX_CURATIONS
from galleria.growth.search.repository import curations, rankings, synonyms


async def export_search(ctx: Context) -> AsyncIterator[bytes]:
    """Synonyms, curations and rankings, a JSON object a line."""
    for said in await synonyms.everything(ctx):
        yield msgspec.json.encode({"synonyms": said}) + b"\n"
    for each in await curations.page_after(ctx, curations.START, MAX_CURATIONS):
        yield msgspec.json.encode({"curation": each}) + b"\n"
    for profile in await rankings.everything(ctx):
        yield msgspec.json.encode({"ranking": profile}) + b"\n"


async def erase_search(ctx: Context) -> None:
    """The shop says nothing of its search any more."""
    async with ctx.transaction() as tx:
        await synonyms.delete_all(tx)
        await curations.delete_all(tx)
        await rankings.delete_all(tx)
