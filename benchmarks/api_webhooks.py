"""30,000 messages a minute to 50 webhooks of which 5 hang: how far behind the healthy ones are.

Events are published at a steady rate in one shop; a receiver in a process of its own notes when
each message arrives, and the time since its event was published counts. The hanging endpoints take
a message and answer nothing. Relay and sender run here, as they do in a worker.
"""

import asyncio
import multiprocessing
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, time

import msgspec

from benchmarks._demo import conditions, figure
from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import open_and_provision
from galleria.engines.context import Context, Tenant
from galleria.engines.event_log import Relay
from galleria.foundation.ids import new_id
from galleria.platform import webhooks
from galleria.platform.tenants import ChannelChanged, OpenShop
from galleria.platform.webhooks import NewWebhook, WebhooksSettings, WireChoice
from galleria.platform.webhooks.jobs import SUBSCRIPTIONS
from galleria.settings import load_settings

MEASURES = ("src/galleria/platform/webhooks", "src/galleria/engines/outbound")
ENDPOINTS, HANGING = 50, 5
PER_S = 570  # messages, so that the healthy ones are due more than 30,000 a minute
SECONDS = 30
TAG = "tenants.channel_changed.v1"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def receive(port: int, told: Connection) -> None:
    """Answers every request but those to /hang; at the end, how late each message was."""
    asyncio.run(_receive(port, told))


async def _receive(port: int, told: Connection) -> None:
    late_s: list[float] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                size = int(raw.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = msgspec.json.decode(await reader.readexactly(size))
                if raw.startswith(b"POST /hang"):
                    await asyncio.sleep(3600)
                happened = datetime.fromisoformat(body["timestamp"].replace("Z", "+00:00"))
                late_s.append(time() - happened.timestamp())
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=1_000)
    async with server:
        await asyncio.get_running_loop().run_in_executor(None, told.recv)
        told.send(late_s)


@asynccontextmanager
async def prepared(folder: Path) -> AsyncIterator[tuple[House, Context]]:
    """A house with one shop, whose webhooks may be on this machine."""
    settings = load_settings({}, data=str(folder), outbound_allow="127.0.0.0/8")
    await migrate_house(settings)
    async with open_house(settings) as opened:
        room_settings = {WebhooksSettings: WebhooksSettings(allow_http=True)}
        house = replace(opened, engines=replace(opened.engines, room_settings=room_settings))
        opening = OpenShop(slug="busy", name="Busy", currency="EUR", locale="en", country="DE")
        shop = await open_and_provision(house.context(), opening, settings.base_domain)
        yield house, house.context().for_tenant(Tenant(shop.tenant_id, shop.slug))


async def publish(ctx: Context) -> int:
    """So many events that PER_S messages a second are due; how many events that were."""
    events_per_s = PER_S / ENDPOINTS
    began, count = monotonic(), 0
    while (passed := monotonic() - began) < SECONDS:
        wanted = int(passed * events_per_s) - count
        if wanted > 0:
            now = Context(ctx.engines, ctx.tenant, ctx.actor, "bench", now=datetime.now(UTC))
            async with now.transaction() as tx:
                tx.publish(
                    *(ChannelChanged(channel_id=new_id(), code="web") for _ in range(wanted))
                )
            count += wanted
        await asyncio.sleep(0.02)
    return count


async def run() -> list[bool]:
    """The figures, and whether each bar is held."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours, theirs = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("spawn").Process(target=receive, args=(port, theirs))
    receiver.start()
    with tempfile.TemporaryDirectory() as folder:
        async with prepared(Path(folder) / "house") as (house, ctx):
            for number in range(ENDPOINTS):
                path = "hang" if number < HANGING else "hook"
                wanted = NewWebhook(
                    name=f"{number}",
                    url=f"http://127.0.0.1:{port}/{path}/{number}",
                    subscriptions=[WireChoice(tag=TAG)],
                )
                await webhooks.create_webhook(ctx, wanted)
            working = [
                asyncio.create_task(Relay(house.engines, SUBSCRIPTIONS).run()),
                asyncio.create_task(webhooks.Sender(house.engines).run()),
            ]
            events = await publish(ctx)
            await asyncio.sleep(3)
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
    ours.send("end")
    late_s = sorted(await asyncio.to_thread(ours.recv))
    receiver.join()
    wanted_count = events * (ENDPOINTS - HANGING)
    return [
        figure("messages_a_minute", len(late_s) / SECONDS * 60, "", 30_000, most=False),
        figure(
            "arrived_of_what_healthy_ones_were_due", len(late_s) / wanted_count, "", 1.0, most=False
        ),
        figure("behind_p50", late_s[len(late_s) // 2], "s", 1.0),
        figure("behind_p99", late_s[int(len(late_s) * 0.99)], "s", 2.0),
    ]


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    return 0 if all(asyncio.run(run())) else 1


if __name__ == "__main__":
    sys.exit(main())
