"""How many shoppers one server process answers: products from memory, from the database, lists.

One server process, 32 connections of wrk. An address with a changing parameter is never in memory,
so its answer is read from PostgreSQL under row-level security.
"""

import json
import sys
import urllib.request

from benchmarks._demo import Demo, conditions, figure, running_demo, wait_for_rest, wrk

MEASURES = (
    "src/galleria/faces/gateway",
    "src/galleria/commerce/listings",
    "src/galleria/engines/context.py",
)
PORT = 18_102
ROUNDS = 3
SHOP = "prints"

_RANDOM = """
local handles = {%s}
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", string.format("/store/v1/%s", handles[n %% #handles + 1], n))
end
"""


def handles_of(demo: Demo, shop: str = SHOP) -> list[str]:
    """The handles of up to a hundred products."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{demo.port}/store/v1/products?limit=100",
        headers={"X-Galleria-Shop": shop},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        return [item["handle"] for item in json.load(answer)["items"]]


def script(handles: list[str], path: str) -> str:
    """A Lua script that asks for `path` with a handle and a number that never repeats."""
    quoted = ", ".join(f'"{handle}"' for handle in handles)
    return _RANDOM % (quoted, path)


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with running_demo(PORT) as demo:
        wait_for_rest()
        handles = handles_of(demo)
        url, host = f"http://127.0.0.1:{PORT}", f"{SHOP}.localhost:{PORT}"
        cases = {
            "cached_product": (f"{url}/store/v1/products/{handles[0]}", None),
            "product_from_database": (url, script(handles, "products/%s?v=%d")),
            "list_of_20_from_database": (
                url,
                script(handles, "products?limit=20&sort=title&v=%s%d"),
            ),
            "search_page_with_facets": (url, script(handles, "search?q=%.4s&v=%d")),
        }
        best: dict[str, list[tuple[float, float, int]]] = {name: [] for name in cases}
        for _ in range(ROUNDS):  # interleaved, so that a slow minute hits all alike
            for name, (address, lua) in cases.items():
                load = wrk(address, host, seconds=4, script=lua)
                best[name].append((load.per_s, load.p99_ms, load.failures))
    median = {name: sorted(runs)[ROUNDS // 2] for name, runs in best.items()}
    failures = sum(run[2] for runs in best.values() for run in runs)
    held = [
        figure("cached_product", median["cached_product"][0], "1/s", 15_000, most=False),
        figure(
            "product_from_database", median["product_from_database"][0], "1/s", 3_000, most=False
        ),
        figure("product_from_database_p99", median["product_from_database"][1], "ms", 25),
        figure(
            "list_of_20_from_database",
            median["list_of_20_from_database"][0],
            "1/s",
            2_000,
            most=False,
        ),
        figure("failures", failures, "answers", 0),
    ]
    figure("search_page_with_facets", median["search_page_with_facets"][0], "1/s")
    figure("search_page_with_facets_p99", median["search_page_with_facets"][1], "ms")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
