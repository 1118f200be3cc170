"""The database is killed and started again while shoppers write: 503, or done as a whole."""

import asyncio
from pathlib import Path

import httpx

from galleria.faces.profiles.service.choosing import KEPT_S
from tests.app.houses import SLUG, prepared_house, running

WRITERS = 8
WRITES_EACH = 12
LONGER_THAN_KEPT_S = 2 * KEPT_S


async def write(client: httpx.AsyncClient, variant_id: str, answers: list[httpx.Response]) -> None:
    """Carts of two pieces, one after another."""
    body = {"lines": [{"variant_id": variant_id, "quantity": 2}]}
    for _ in range(WRITES_EACH):
        answers.append(await client.post("/store/v1/carts", json=body))
        await asyncio.sleep(0.02)


async def test_a_kept_answer_is_shown_on_while_the_database_is_away(tmp_path: Path) -> None:
    prepared = await prepared_house(tmp_path / "house")
    async with (
        running(prepared, "database", "server") as processes,
        httpx.AsyncClient(
            base_url=processes.base_url, timeout=60, headers={"X-Galleria-Shop": SLUG}
        ) as client,
    ):
        before = await client.get("/store/v1/products")
        assert before.status_code == 200
        await processes.kill("database")
        # By then the process knows neither the shop nor its profiles for sure any more.
        await asyncio.sleep(LONGER_THAN_KEPT_S)
        during = await client.get("/store/v1/products")
        assert (during.status_code, during.content) == (200, before.content)
        assert (await client.get("/store/v1/products?limit=7")).status_code == 503
        await processes.start("database")


async def test_a_write_is_done_or_refused_for_now_while_the_database_is_away(
    tmp_path: Path,
) -> None:
    prepared = await prepared_house(tmp_path / "house")
    async with (
        running(prepared, "database", "server") as processes,
        httpx.AsyncClient(
            base_url=processes.base_url, timeout=60, headers={"X-Galleria-Shop": SLUG}
        ) as client,
    ):
        answers: list[httpx.Response] = []
        writing = [
            asyncio.create_task(write(client, prepared.variant_ids[0], answers))
            for _ in range(WRITERS)
        ]
        while len(answers) < WRITERS:
            await asyncio.sleep(0.01)
        await processes.kill("database")
        # Somebody asks for certain while it is away.
        answers.append(await client.post("/store/v1/carts", json={}))
        await processes.start("database")
        await asyncio.gather(*writing)
        done = [each.json()["token"] for each in answers if each.status_code == 201]
        refused = [each for each in answers if each.status_code != 201]
        assert len(done) >= WRITERS and refused
        for each in refused:
            assert each.status_code == 503, each.text
            assert int(each.headers["retry-after"]) > 0
            assert each.headers["content-type"] == "application/problem+json"
        async with asyncio.timeout(60):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.1)
        for token in done:
            cart = (await client.get(f"/store/v1/carts/{token}")).json()
            assert cart["item_count"] in (0, 2), "all of it, whatever was answered"
