"""A server that is told to stop loses nothing of what it noted."""

import asyncio
from pathlib import Path

import httpx

from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.foundation.ids import new_id
from galleria.growth import search
from galleria.settings import Settings
from tests.app.houses import SLUG, prepared_house, running

QUESTIONS = 40


async def test_a_server_that_ends_writes_down_what_was_asked_to_the_last(tmp_path: Path) -> None:
    prepared = await prepared_house(tmp_path / "house")
    async with running(prepared, "database", "server") as processes:
        headers = {"X-Galleria-Shop": SLUG}
        async with httpx.AsyncClient(base_url=processes.base_url, headers=headers) as shopper:
            for _ in range(QUESTIONS):
                path = f"/store/v1/search?q=mug&query_id={new_id()}"
                assert (await shopper.get(path)).status_code == 200
        assert await asyncio.wait_for(processes.end("server"), 30) == 0
        async with open_house(Settings(data=str(prepared.folder))) as house:
            ctx = await context_of_shop(house.context(), SLUG)
            (asked,) = await search.asked_words(ctx, days=2)
    assert (asked.words, asked.asked_count) == ("mug", QUESTIONS)
