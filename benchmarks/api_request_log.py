"""What the log of a key's requests adds to a request, and what writing it down takes.

In one process, by ASGI, through the door with an application behind it that answers at once: the
same request with the log and without it, in turn. Then a second's worth of them is written down.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks._demo import conditions, figure
from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import context_of_shop, open_and_provision
from galleria.engines.context import Context
from galleria.faces.gateway import Apps, Gateway, Hosts
from galleria.platform import access
from galleria.platform.requests import RequestLog
from galleria.platform.tenants import OpenShop
from galleria.settings import load_settings

MEASURES = (
    "src/galleria/engines/notebook.py",
    "src/galleria/faces/gateway/front.py",
    "src/galleria/faces/gateway/hearing.py",
    "src/galleria/platform/requests",
)
SHOP = "requests"
ROUNDS, TRIES = 20, 500
KEYS = 25
ROW = {"product_id": "0198c0de", "title": "Mug", "price": {"amount_minor": 1200}, "tags": ["a"]}
ANSWER = msgspec.json.encode({"items": [ROW] * 60, "next_cursor": None})
HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", str(len(ANSWER)).encode()),
]

Ask = Callable[[], Awaitable[None]]


class Deaf(RequestLog):
    """A log that holds on to no body and notes nothing."""

    def may_hold(self) -> bool:
        """Nothing is held."""
        return False

    def note(self, ctx: Context, heard: object) -> None:
        """Nothing is noted."""


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """The application behind the door: some kilobytes of JSON."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


def asking(gateway: Gateway, key: str) -> Ask:
    """One request with a key."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/admin/v1/products",
        "raw_path": b"/admin/v1/products",
        "query_string": b"limit=60",
        "headers": [(b"host", b"localhost"), (b"authorization", f"Bearer {key}".encode())],
        "client": ("127.0.0.1", 40_000),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200

    async def ask() -> None:
        await gateway(dict(scope), receive, send)

    return ask


async def micros(ask: Ask) -> float:
    """Microseconds a request."""
    started = time.perf_counter()
    for _ in range(TRIES):
        await ask()
    return (time.perf_counter() - started) / TRIES * 1e6


async def costs(house: House, ctx: Context) -> list[bool]:
    """What hearing adds, in turn with not hearing, and what a second's worth takes to write."""
    hosts = Hosts(admin="admin.localhost", api=frozenset({"localhost"}))
    apps = Apps(api=answering, storefront=answering, backoffice=answering)
    hearing, deaf = (Gateway(house.engines, hosts, apps) for _ in range(2))
    deaf._hearing._log = Deaf()
    keys = [await access.create_key(ctx, f"{n}", ["products:read"]) for n in range(KEYS)]
    with_log, without = (asking(each, keys[0].key) for each in (hearing, deaf))
    added, plain = [], []
    for _ in range(ROUNDS):
        pair = await micros(without), await micros(with_log)
        plain.append(pair[0])
        added.append(pair[1] - pair[0])
    await house.engines.notebook.write_down()
    await asyncio.sleep(1)
    asks = [asking(hearing, key.key) for key in keys]
    for ask in asks * 20:
        await ask()
    started = time.perf_counter()
    await house.engines.notebook.write_down()
    written_ms = (time.perf_counter() - started) * 1e3
    return [
        figure("request_without_log", statistics.median(plain), "us", 1_000),
        figure("log_adds", statistics.median(added), "us", 50),
        figure("second_of_500_requests_written", written_ms, "ms", 1_000),
    ]


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    async with open_house(settings) as house:
        wanted = OpenShop(slug=SHOP, name="Requests", currency="EUR", locale="en", country="DE")
        await open_and_provision(house.context(), wanted, settings.base_domain)
        return all(await costs(house, await context_of_shop(house.context(), SHOP)))


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as folder:
        return 0 if asyncio.run(measure(Path(folder))) else 1


if __name__ == "__main__":
    sys.exit(main())
