"""A product file from the command line to the shop's search: all products in, committed and found.

With `GALLERIA_SHARED_DATA` naming a folder that holds `electronics.jsonl.gz` (19,406 products of
the Chorus project) that is the file; without it, as many made-up products of a like shape. A demo
with its server and workers runs beside, as it would; the time ends when a search counts every
product. The same file again must write no row.
"""

import gzip
import json
import os
import random
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks._demo import Demo, conditions, figure, running_demo, wait_for_rest

MEASURES = (
    "src/galleria/commerce/imports",
    "src/galleria/commerce/catalog/service",
    "src/galleria/commerce/catalog/repository",
    "src/galleria/commerce/listings",
    "src/galleria/growth/search",
)
PORT = 18_104
PRODUCTS = 19_406
SHOP = "electronics"
SHARED = os.environ.get("GALLERIA_SHARED_DATA", "")
WORDS = ("steel", "quiet", "desk", "lamp", "wide", "cable", "travel", "sensor", "frame", "case")


def product_file(folder: Path) -> Path:
    """The real file, or one made up with a fixed seed."""
    real = Path(SHARED) / "electronics.jsonl.gz"
    if SHARED and real.exists():
        return real
    random.seed(7)
    path = folder / "products.jsonl.gz"
    with gzip.open(path, "wt") as file:
        for number in range(PRODUCTS):
            attributes = {
                f"t_property_{random.randrange(400)}": random.choice(WORDS) for _ in range(19)
            }
            line = {
                "id": str(number),
                "sku": f"sku-{number}",
                "title": " ".join(random.choices(WORDS, k=7)) + f" {number}",
                "brand": f"Brand {number % 161}",
                "description": " ".join(random.choices(WORDS, k=40)),
                "price_minor": random.randrange(100, 200_000),
                "attributes": attributes,
            }
            file.write(json.dumps(line) + "\n")
    return path


def found(demo: Demo) -> int:
    """How many products a search of the shop counts."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{demo.port}/store/v1/search?limit=1&facets=false&v={time.time()}",
        headers={"X-Galleria-Shop": SHOP},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        return int(json.load(answer)["total"])


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name, running_demo(PORT) as demo:
        wait_for_rest()
        file = product_file(Path(name))
        demo.run("shop", "open", SHOP, "--name", "Electronics")
        started = time.perf_counter()
        demo.run("import", str(file), "--shop", SHOP, "--publish", "--json", codes=(0, 1))
        while found(demo) < PRODUCTS:
            time.sleep(0.05)
        first_s = time.perf_counter() - started
        started = time.perf_counter()
        text = demo.run("import", str(file), "--shop", SHOP, "--publish", "--json", codes=(0, 1))
        again_s = time.perf_counter() - started
    run = json.loads(text)["run"]
    held = [
        figure("imported_and_searchable", first_s, "s", 8),
        figure("same_file_again", again_s, "s", 3),
        figure("products_written_again", run["created_count"] + run["changed_count"], "rows", 0),
    ]
    figure("products_unchanged", run["unchanged_count"], "products")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
