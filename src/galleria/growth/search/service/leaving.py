"""A shop takes along what it said of its search, and leaves nothing behind."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec

from galleria.engines.context import Context
from galleria.growth.search.model.curations import MAX_CURATIONS
from galleria.growth.search.repository import curations, freshness, noting, rankings, synonyms

_DAYS_A_STEP = 5_000


async def export_search(ctx: Context) -> AsyncIterator[bytes]:
    """Synonyms, curations, rankings, how soon changes could be found, and how often words were
    asked on each day, a JSON object a line."""
    for said in await synonyms.everything(ctx):
        yield msgspec.json.encode({"synonyms": said}) + b"\n"
    for each in await curations.page_after(ctx, curations.START, MAX_CURATIONS):
        yield msgspec.json.encode({"curation": each}) + b"\n"
    for profile in await rankings.everything(ctx):
        yield msgspec.json.encode({"ranking": profile}) + b"\n"
    for bucket in await freshness.of_days(ctx, date.min, date.max):
        yield msgspec.json.encode({"found": bucket}) + b"\n"
    after: Any = ("", "", date.min)
    while page := await noting.day_page(ctx, after, _DAYS_A_STEP):
        for row in page:
            yield msgspec.json.encode({"asked": row}) + b"\n"
        after = (page[-1]["locale"], page[-1]["key"], page[-1]["asked_on"])


async def erase_search(ctx: Context) -> None:
    """The shop says nothing of its search any more, and knows nothing of what was asked and when
    changes could be found."""
    async with ctx.transaction() as tx:
        await synonyms.delete_all(tx)
        await curations.delete_all(tx)
        await rankings.delete_all(tx)
        await noting.delete_all(tx)
        await freshness.delete_all(tx)
