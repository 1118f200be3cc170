"""Orders end to end: open a cart, put in a second line, check out, pay by the test gateway.

Each of 32 connections of wrk goes through the three requests again and again, with the worker
running; at the end the events it has not handled yet are at most so many seconds old.
"""

import json
import re
import sys
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks._demo import Demo, conditions, figure, running_demo, until, wait_for_rest, wrk

MEASURES = (
    "src/galleria/commerce/carts",
    "src/galleria/commerce/orders",
    "src/galleria/commerce/payments",
    "src/galleria/commerce/inventory",
)
PORT = 18_103
SHOP = "textiles"
SECONDS = 20
CONNECTIONS = 32
REQUESTS_AN_ORDER = 3

SCRIPT = Path(__file__).with_name("order.lua")


def call(demo: Demo, path: str, body: object = None, method: str = "GET") -> Any:
    """What the demo's API answers, asked with the shop's key."""
    headers = {"Authorization": f"Bearer {demo.key(SHOP)}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    url = f"http://127.0.0.1:{demo.port}{path}"
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own
        return json.load(answer)


def variants_of(demo: Demo) -> list[str]:
    """All variants of the shop, some 190, each with a million in stock."""
    ids: list[str] = []
    for item in call(demo, "/store/v1/products?limit=100")["items"]:
        detail = call(demo, f"/store/v1/products/{item['handle']}")
        ids += [each["variant_id"] for each in detail["variants"]]
    levels = [{"variant_id": each, "on_hand": 1_000_000} for each in ids]
    call(demo, "/admin/v1/stock", {"levels": levels}, "PUT")
    return ids


def lag_s(demo: Demo) -> float:
    """The event log's lag as `galleria doctor` sees it."""
    checks = json.loads(demo.run("doctor", "--json"))
    found = next(check["found"] for check in checks if check["name"] == "event log")
    match = re.match(r"([\d.]+) s", found)
    assert match is not None, found
    return float(match[1])


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with running_demo(PORT) as demo:
        wait_for_rest()
        quoted = ", ".join(f'"{each}"' for each in variants_of(demo))
        script = SCRIPT.read_text().replace("VARIANTS", quoted, 1)
        url, host = f"http://127.0.0.1:{PORT}", f"{SHOP}.localhost:{PORT}"
        wrk(url, host, seconds=3, connections=CONNECTIONS, threads=CONNECTIONS, script=script)
        load = wrk(
            url, host, seconds=SECONDS, connections=CONNECTIONS, threads=CONNECTIONS, script=script
        )
        lag = lag_s(demo)
        drained = until(lambda: lag_s(demo) < 0.5, 60, "an empty log")
    held = [
        figure("orders", load.per_s / REQUESTS_AN_ORDER, "1/s", 150, most=False),
        figure("failures", load.failures, "answers", 0),
        figure("event_lag_at_the_end", lag, "s", 5),
    ]
    figure("drained_after", drained, "s")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
