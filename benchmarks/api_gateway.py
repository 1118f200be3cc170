"""What the gateway costs: an answer from memory, a read through it, and the counting of requests.

One server process under wrk. The wrk runs come from this very machine, which is not limited, and
then as a proxy with callers behind it, who are counted. Beside them, in the same rounds, the same
web server answers as many bytes without a gateway: all that is left to gain. What the gateway adds
is timed in one process: its time without the rooms', which answer at once.
"""

import asyncio
import multiprocessing
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
import uvloop

from benchmarks._demo import Demo, conditions, figure, running_demo, wait_for_rest, wrk
from benchmarks.serving import SHOP, handles_of
from galleria.app.house import open_house
from galleria.engines.cache import Budget, CacheKey
from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import ANONYMOUS, Tenant
from galleria.faces.gateway import Apps, Gateway, Hosts
from galleria.faces.gateway.limits import Limiter
from galleria.faces.gateway.model import GatewaySettings, RouteClass
from galleria.settings import Settings

MEASURES = (
    "src/galleria/app/doorstep.py",
    "src/galleria/faces/gateway",
    "src/galleria/engines/cache",
    "src/galleria/engines/context.py",
)
PORT = 18_104
LIKE_A_PRODUCT = b"x" * 2_500  # bytes
ROUNDS = 3
_COUNTED = """
local n = 0
request = function()
  n = n + 1
  local address = string.format("203.0.%%d.%%d", (n / 250) %% 250, n %% 250)
  return wrk.format("GET", "%s", {["X-Forwarded-For"] = address, ["Host"] = "%s"})
end
"""


async def counting_us() -> float:
    """Median microseconds to take a request out of its budgets, and to say so in headers."""
    settings = GatewaySettings(storefront_read="600000000/500000000")
    limits, shop = Limiter(MemoryCache(), settings), Tenant(1, "shop")
    rounds = []
    for _ in range(20):
        began = time.perf_counter()
        for number in range(2_000):
            address = f"203.0.113.{number % 250}"
            await limits.admit(RouteClass.STOREFRONT_READ, shop, ANONYMOUS, address)
        rounds.append((time.perf_counter() - began) / 2_000 * 1e6)
    return statistics.median(rounds)


async def bucket_us() -> float:
    """The same for one bucket alone."""
    cache, budget = MemoryCache(), Budget(CacheKey(1, "a"), 6e9, 1e9)
    began = time.perf_counter()
    for _ in range(20_000):
        await cache.take([budget])
    return (time.perf_counter() - began) / 20_000 * 1e6


async def answer_at_once(scope: Any, receive: Any, send: Any) -> None:
    """Rooms that take no time: what is left is the gateway's own."""
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


async def added_ms(demo: Demo) -> float:
    """Median milliseconds of a read that goes through the gateway to such rooms."""
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    async with open_house(Settings(data=str(demo.folder))) as house:
        apps = Apps(answer_at_once, answer_at_once, answer_at_once)
        gateway = Gateway(house.engines, Hosts("admin.localhost", frozenset()), apps)
        times = []
        for number in range(3_500):
            scope = scope_of(f"/store/v1/products/{number}")
            began = time.perf_counter()
            await gateway(scope, receive, send)
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[500:])


def serve_nothing_else(taken: socket.socket) -> None:
    """Answers as long as a product's, by the web server alone."""
    headers = [(b"content-length", b"%d" % len(LIKE_A_PRODUCT))]
    headers += [(b"x-header-%d" % number, b"of the usual length") for number in range(12)]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": LIKE_A_PRODUCT})

    config = uvicorn.Config(app, lifespan="off", access_log=False, log_level="error")
    uvloop.run(uvicorn.Server(config).serve([taken]))


@contextmanager
def bare_server() -> Iterator[str]:
    """The address of such a server, in a process of its own."""
    # With the protocol named, Nagle's algorithm is switched off: else each answer waits 40 ms.
    with socket.socket(proto=socket.IPPROTO_TCP) as taken:
        taken.bind(("127.0.0.1", 0))
        process = multiprocessing.get_context("fork").Process(
            target=serve_nothing_else, args=(taken,)
        )
        process.start()
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}/"
        finally:
            process.terminate()
            process.join()


def scope_of(path: str) -> dict[str, Any]:
    """A read as uvicorn hands it on."""
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"limit=20",
        "headers": [
            (b"host", f"{SHOP}.localhost".encode()),
            (b"accept", b"application/json"),
            (b"accept-encoding", b"gzip, br"),
            (b"accept-language", b"de-DE,de;q=0.9,en;q=0.5"),
            (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64)"),
        ],
        "client": ("203.0.113.5", 40_000),
    }


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    counted_us, taken_us = asyncio.run(counting_us()), asyncio.run(bucket_us())
    with (
        bare_server() as bare,
        running_demo(PORT, GALLERIA_TRUSTED_PROXIES="127.0.0.1") as demo,
    ):
        handle = handles_of(demo)[0]
        wait_for_rest()
        path, host = f"/store/v1/products/{handle}", f"{SHOP}.localhost:{PORT}"
        url = f"http://127.0.0.1:{PORT}"
        runs: dict[str, list[tuple[float, float, int]]] = {}
        cases: dict[str, Any] = {
            "cached_answer": (url + path, None),
            "bare_server": (bare, None),
            "cached_answer_counted": (url + path, _COUNTED % (path, host)),
        }
        for _ in range(ROUNDS):  # interleaved, so that a slow minute hits all alike
            for name, (address, lua) in cases.items():
                load = wrk(address, host, seconds=4, script=lua)
                runs.setdefault(name, []).append((load.per_s, load.p99_ms, load.failures))
        added = asyncio.run(added_ms(demo))
    median = {name: sorted(each)[ROUNDS // 2] for name, each in runs.items()}
    failures = sum(run[2] for each in runs.values() for run in each)
    held = [
        figure("counting", counted_us, "us", 20),
        figure("one_bucket", taken_us, "us", 20),
        figure("added_to_a_read_p50", added, "ms", 0.4),
        figure("cached_answer", median["cached_answer"][0], "1/s", 20_000, most=False),
        figure("failures", failures, "answers", 0),
    ]
    figure("cached_answer_counted", median["cached_answer_counted"][0], "1/s")
    figure("bare_server", median["bare_server"][0], "1/s")
    figure("cached_beside_bare", median["cached_answer"][0] / median["bare_server"][0], "times")
    figure("cached_answer_p99", median["cached_answer"][1], "ms")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
