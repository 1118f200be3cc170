"""kill -9 of the worker while it sends: every event arrives, if need be twice."""

import asyncio
from pathlib import Path

import httpx

from tests.app.houses import prepared_house, running, until
from tests.platform.webhooks.receivers import receiving, verified

EVENTS = 120
CHANGED = "tenants.channel_changed.v1"
INSIDE = {"outbound_allow": "127.0.0.0/8", "webhooks_allow_http": "true"}
# A killed sender's messages are left alone for as long as a try may take, and a little longer.
TIMEOUT_S = 2
PATIENCE_S = 90.0


async def test_no_event_is_lost_when_the_sender_is_killed(tmp_path: Path) -> None:
    prepared = await prepared_house(tmp_path / "house")
    async with (
        receiving() as receiver,
        running(prepared, "database", "server", "worker", settings=INSIDE) as processes,
        httpx.AsyncClient(
            base_url=processes.base_url,
            headers={"Authorization": f"Bearer {prepared.key}"},
            timeout=30,
        ) as client,
    ):
        wanted = {
            "name": "ERP",
            "url": receiver.url,
            "subscriptions": [{"tag": CHANGED}],
            "timeout_s": TIMEOUT_S,
        }
        made = (await client.post("/admin/v1/webhooks", json=wanted)).json()
        channels = (await client.get("/admin/v1/channels")).json()["items"]
        path = f"/admin/v1/channels/{channels[0]['channel_id']}"
        changing = asyncio.create_task(_change(client, path))
        for _ in range(2):
            seen = len(receiver.received)

            async def goes_on(least: int = seen + 15) -> bool:
                return len(receiver.received) >= least

            await until(goes_on, "messages arrive", PATIENCE_S)
            await processes.kill("worker")
            await processes.start("worker")
        await changing
        happened = (await client.get(f"/admin/v1/events?filter[tag]={CHANGED}")).json()["items"]
        assert len(happened) >= 100

        async def all_arrived() -> bool:
            return {each["id"] for each in happened} <= set(receiver.ids())

        await until(all_arrived, "every event has arrived", PATIENCE_S)
        assert verified(receiver.received[-1], made["secret"]["secret"])["type"] == CHANGED


async def _change(client: httpx.AsyncClient, path: str) -> None:
    for at in range(EVENTS):
        answer = await client.patch(path, json={"name": f"Window {at}"})
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.02)
