"""A shop takes along what it said of its search, and leaves nothing behind."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.growth.search.model.curations import MAX_CURATIONS
from galleria.growth.search.model.limits import SearchSettings
from galleria.growth.search.repository import (
    curations,
    demand,
    freshness,
    keys,
    noting,
    rankings,
    synonyms,
)

_ROWS_A_STEP = 5_000
_KEYS_A_STEP = 100

_Said: TypeAlias = tuple[str, Any]


async def export_search(ctx: Context) -> AsyncIterator[bytes]:
    """Synonyms, curations, rankings, what keys may search and whether others may, how soon changes
    could be found, how often words were asked on each day, and how much products are wanted, a
    JSON object a line."""
    for part in (_tuning, _keys, _counted):
        async for kind, said in part(ctx):
            yield msgspec.json.encode({kind: said}) + b"\n"


async def _tuning(ctx: Context) -> AsyncIterator[_Said]:
    for said in await synonyms.everything(ctx):
        yield "synonyms", said
    for each in await curations.page_after(ctx, curations.START, MAX_CURATIONS):
        yield "curation", each
    for profile in await rankings.everything(ctx):
        yield "ranking", profile


async def _keys(ctx: Context) -> AsyncIterator[_Said]:
    before = keys.NEWEST
    while limited := await keys.page_before(ctx, before, _KEYS_A_STEP):
        for key in limited:
            yield "search_key", key
        before = limited[-1].key_id
    settings = await keys.settings(ctx)
    if settings != SearchSettings():
        yield "search_settings", settings


async def _counted(ctx: Context) -> AsyncIterator[_Said]:
    for bucket in await freshness.of_days(ctx, date.min, date.max):
        yield "found", bucket
    after: Any = ("", "", date.min)
    while page := await noting.day_page(ctx, after, _ROWS_A_STEP):
        for row in page:
            yield "asked", row
        after = (page[-1]["locale"], page[-1]["key"], page[-1]["asked_on"])
    last = UUID(int=0)
    while wanted := await demand.page_after(ctx, last, _ROWS_A_STEP):
        for product in wanted:
            yield "demand", product
        last = wanted[-1].product_id


async def erase_search(ctx: Context) -> None:
    """The shop says nothing of its search any more, and knows nothing of what was asked, what is
    wanted and when changes could be found."""
    async with ctx.transaction() as tx:
        await synonyms.delete_all(tx)
        await curations.delete_all(tx)
        await rankings.delete_all(tx)
        await keys.delete_all(tx)
        await noting.delete_all(tx)
        await demand.delete_all(tx)
        await freshness.delete_all(tx)
