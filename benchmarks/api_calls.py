"""What a request costs in calls of functions: a figure that no slow machine changes.

The whole way of a request but its connection, in one process, from the gateway through the rooms to
PostgreSQL and back, with every call of a Python function or a built-in one counted. Calls are not
time: a call that waits counts as one that adds. But more calls for the same answer have cost more
time each time it was measured, and two runs of this differ by a few in a hundred, so that a change
that makes the hottest answers dearer shows.
"""

import cProfile
import pstats
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count, cycle
from typing import Any

import uvloop

from benchmarks._demo import Demo, conditions, figure, running_demo, wait_for_rest
from benchmarks.api_gateway import scope_of
from benchmarks.serving import handles_of
from galleria.app.house import open_house
from galleria.app.http import build_gateway
from galleria.faces.gateway import Gateway
from galleria.settings import Settings

MEASURES = (
    "src/galleria/faces/gateway",
    "src/galleria/faces/profiles/answering.py",
    "src/galleria/commerce/listings",
    "src/galleria/engines/context.py",
)
PORT = 18_109
WARM_UP, REQUESTS = 60, 300
# Where the calls of a product go, by what a file's path holds; the first that fits.
PARTS = {
    "gateway": "/galleria/faces/",
    "room": "/galleria/commerce/",
    "engines": "/galleria/engines/",
    "foundation": "/galleria/foundation/",
    "framework": "/litestar/",
    "driver": "/asyncpg/",
}


async def whole(gateway: Gateway, scope: dict[str, Any]) -> None:
    """The request is answered as a connection has it answered: from memory, or by the rooms."""
    if gateway.at_once(scope) is not None:
        return
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await gateway(scope, receive, send)
    assert sent[0]["status"] == 200, sent


async def calls_of(gateway: Gateway, scopes: Iterator[dict[str, Any]]) -> pstats.Stats:
    """What was called for so many of these requests."""
    for _ in range(WARM_UP):
        await whole(gateway, next(scopes))
    profile = cProfile.Profile()
    asked = [next(scopes) for _ in range(REQUESTS)]
    profile.enable()
    for scope in asked:
        await whole(gateway, scope)
    profile.disable()
    return pstats.Stats(profile)


def by_part(stats: pstats.Stats) -> Counter[str]:
    """Calls a request by whose code called or was called: built-in functions are their caller's."""
    found: Counter[str] = Counter()
    for (path, _, _), (_, calls, _, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if path == "~":
            for (caller, _, _), (_, made, _, _) in callers.items():
                found[part_of(caller)] += made
        else:
            found[part_of(path)] += calls
    return Counter({part: calls // REQUESTS for part, calls in found.items()})


def part_of(path: str) -> str:
    """The part of the house, or of what it stands on, that a file belongs to."""
    return next((part for part, mark in PARTS.items() if mark in path), "other")


async def measure(demo: Demo, handles: list[str]) -> dict[str, pstats.Stats]:
    """What each kind of request calls."""
    number, handle = count(), cycle(handles)

    def never_asked(path: str, query: str) -> Iterator[dict[str, Any]]:
        while True:
            address = path.format(next(handle))
            yield {**scope_of(address), "query_string": f"{query}v={next(number)}".encode()}

    def always_asked() -> Iterator[dict[str, Any]]:
        while True:
            yield scope_of(f"/store/v1/products/{handles[0]}")

    async with open_house(Settings(data=str(demo.folder))) as house:
        gateway = build_gateway(house.settings, house.engines, house.master_secret)
        product = "/store/v1/products/{}"
        return {
            "kept": await calls_of(gateway, always_asked()),
            "product": await calls_of(gateway, never_asked(product, "")),
            "usual": await calls_of(gateway, never_asked(product, "n=+&")),
            "list": await calls_of(gateway, never_asked("/store/v1/products", "limit=20&")),
        }


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with running_demo(PORT) as demo:
        handles = handles_of(demo)
        wait_for_rest()
        found = uvloop.run(measure(demo, handles))
    calls = {name: stats.total_calls / REQUESTS for name, stats in found.items()}  # type: ignore[attr-defined]
    held = [
        figure("kept_answer", calls["kept"], "calls", 80),
        figure("product_from_database", calls["product"], "calls", 800),
        figure("list_of_20_from_database", calls["list"], "calls", 1_900),
    ]
    figure("product_by_the_framework", calls["usual"], "calls")
    for part, made in by_part(found["product"]).most_common():
        figure(f"product_in_{part}", made, "calls")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
