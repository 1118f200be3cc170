"""`galleria listen`: events of a shop on a developer's machine, from this house or another."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from galleria.app.house import open_house
from galleria.engines.context import Tenant
from galleria.foundation.ids import new_id
from galleria.platform.tenants import ChannelChanged
from galleria.settings import Settings
from tests.app.houses import SLUG, Prepared, environ, running
from tests.platform.webhooks.receivers import receiving, verified

TAG = "tenants.channel_changed.v1"
WITHIN_S = 120.0


@asynccontextmanager
async def listening(prepared: Prepared, *words: str) -> AsyncIterator[tuple[Process, str]]:
    """The command, once it listens, and the secret it signs with."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "galleria", "listen", "--events", TAG, *words),
        env=environ(prepared.folder, log_level="error"),
        stdout=PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(WITHIN_S):
            secret = (await process.stdout.readline()).decode().partition("secret: ")[2].strip()
            assert (await process.stdout.readline()).startswith(b"forwarding to")
        yield process, secret
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def line_of(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(WITHIN_S):
        return (await process.stdout.readline()).decode()


async def test_events_of_this_house_are_forwarded_signed(prepared: Prepared) -> None:
    async with receiving() as receiver, running(prepared, "database"):
        receiver.statuses = [201]
        words = ("--shop", SLUG, "--forward", receiver.url, "--most", "1")
        async with (
            open_house(Settings(data=str(prepared.folder))) as house,
            listening(prepared, *words) as (process, secret),
        ):
            ctx = house.context().for_tenant(Tenant(prepared.tenant_id, SLUG))

            async def happen() -> None:
                # The command begins at the end of the log as it finds it.
                while not receiver.received:
                    async with ctx.transaction() as tx:
                        tx.publish(ChannelChanged(channel_id=new_id(), code="pos"))
                    await asyncio.sleep(0.5)

            happening = asyncio.create_task(happen())
            line = await line_of(process)
            await happening
            assert await asyncio.wait_for(process.wait(), WITHIN_S) == 0
        assert "  201  " in line
        assert TAG in line
        message = verified(receiver.received[0], secret)
        assert (message["type"], message["data"]["code"]) == (TAG, "pos")


async def test_events_of_another_house_are_asked_for_with_a_key(prepared: Prepared) -> None:
    async with receiving() as receiver, running(prepared, "database", "server") as processes:
        words = ("--url", processes.base_url, "--key", prepared.key, "--forward", receiver.url)
        async with (
            httpx.AsyncClient(
                base_url=processes.base_url,
                headers={"Authorization": f"Bearer {prepared.key}"},
                timeout=60,
            ) as client,
            listening(prepared, *words, "--most", "1") as (process, secret),
        ):
            channel = (await client.get("/admin/v1/channels")).json()["items"][0]
            path = f"/admin/v1/channels/{channel['channel_id']}"

            async def happen() -> None:
                for at in range(100):
                    await client.patch(path, json={"name": f"Window {at}"})
                    if receiver.received:
                        return
                    await asyncio.sleep(0.5)

            happening = asyncio.create_task(happen())
            line = await line_of(process)
            await happening
        assert "  200  " in line
        assert verified(receiver.received[0], secret)["type"] == TAG


async def test_a_key_that_opens_nothing_is_told_so(prepared: Prepared) -> None:
    async with running(prepared, "database", "server") as processes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "galleria", "listen", "--url", processes.base_url),
            *("--key", "gal_key_1_nothing", "--forward", "http://127.0.0.1:9/"),
            env=environ(prepared.folder, log_level="error"),
            stdout=PIPE,
            stderr=PIPE,
        )
        _, told = await asyncio.wait_for(process.communicate(), WITHIN_S)
        assert process.returncode == 1
        assert b"the house answers 401" in told
