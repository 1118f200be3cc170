"""Filters that hold for one variant: what they cost, and what they spare the shopper.

Made-up products of one shop, a third without axes, the others with one to three of colour, size and
finish and up to 48 variants of which some are missing. Each question is asked through the port, one
after another; `wrong_without` is the share of the hits that a search for a product with the one and
the other, in whichever variants, would have shown in error. `SEARCH_PRODUCTS` sets their number,
200,000 unless it is set.
"""

import asyncio
import os
import random
import sys
import tempfile
from itertools import product
from pathlib import Path
from time import perf_counter

from benchmarks._demo import conditions, figure
from galleria.engines.search_index import (
    BRAND,
    FacetFilter,
    SearchDocument,
    SearchIndex,
    SearchQuery,
    SearchVariant,
)
from galleria.engines.search_index.embedded import open_tantivy

MEASURES = ("src/galleria/engines/search_index",)
PRODUCTS = int(os.environ.get("SEARCH_PRODUCTS", "200000"))
A_CALL = 1_000
ROUNDS = 30
AXES = {
    "color": [
        *("black", "white", "navy", "red", "olive", "sand"),
        *("rose", "teal", "plum", "mustard", "graphite", "ivory"),
    ],
    "size": ["XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL"],
    "finish": ["matt", "gloss", "raw", "brushed"],
}
# How many values of each axis, and how many products of a hundred are so.
KINDS = {
    (): 34,
    (3,): 10,
    (5,): 12,
    (8,): 6,
    (3, 4): 14,
    (4, 5): 10,
    (6, 4): 8,
    (2, 2): 3,
    (8, 3, 2): 3,
}


def made(draw: random.Random, number: int) -> SearchDocument:
    """A product with as many variants as its kind has, less some."""
    counts = draw.choices(list(KINDS), list(KINDS.values()))[0]
    values = [draw.sample(all_of, n) for all_of, n in zip(AXES.values(), counts, strict=False)]
    each = [dict(zip(AXES, chosen, strict=False)) for chosen in product(*values)]
    there = [one for one in each if draw.random() < 0.7] or each[:1]
    return SearchDocument(
        product_id=str(number),
        channel="web",
        locale="en",
        title=f"Thing {number % 1_000}",
        brand=f"Brand {draw.randrange(900)}",
        variants=tuple(SearchVariant(one) for one in there) if counts else (),
    )


async def fill(index: SearchIndex) -> tuple[float, dict[str, int]]:
    """Seconds until all are in the index, and how many have a navy and an XXL: in any variants, and
    in one."""
    draw = random.Random(1)
    took_s = 0.0
    found = {"apart": 0, "together": 0}
    async with await index.open_writer() as writer:
        for start in range(0, PRODUCTS, A_CALL):
            documents = [made(draw, number) for number in range(start, start + A_CALL)]
            for each in documents:
                said = [(one.values.get("color"), one.values.get("size")) for one in each.variants]
                colours, sizes = {colour for colour, _ in said}, {size for _, size in said}
                found["apart"] += "navy" in colours and "XXL" in sizes
                found["together"] += ("navy", "XXL") in said
            began = perf_counter()
            await writer.apply(1, documents)
            took_s += perf_counter() - began
        began = perf_counter()
        await writer.commit()
        took_s += perf_counter() - began
    await index.refresh()
    return took_s, found


def asked(facets: tuple[str, ...] = (), **filters: str) -> SearchQuery:
    """Twenty hits and the total; several values stand with a comma between."""
    wanted = tuple(FacetFilter(code, tuple(said.split(","))) for code, said in filters.items())
    return SearchQuery(channel="web", locale="en", filters=wanted, facets=facets, limit=20)


QUESTIONS = {
    "one_filter": asked(color="navy"),
    "two_filters": asked(color="navy", size="XXL"),
    "three_filters": asked(color="navy", size="XXL", finish="matt"),
    "two_of_three_values": asked(color="navy,red,olive", size="XXL,XL,L"),
    "one_filter_and_sizes": asked(("size",), color="navy"),
    "three_values_and_sizes": asked(("size",), color="navy,red,olive"),
    "two_filters_and_four_facets": asked(
        ("color", "size", "finish", BRAND), color="navy", size="XXL"
    ),
}


async def measure(folder: Path) -> bool:
    """Print every figure; whether what was found is what there is."""
    index = open_tantivy(folder)
    took_s, naive = await fill(index)
    status = await index.status()
    figure("products", PRODUCTS, "products")
    figure("written", PRODUCTS / took_s, "products/s")
    figure("disk", status.size_bytes / PRODUCTS, "bytes/product")
    for name, question in QUESTIONS.items():
        times = []
        for _ in range(ROUNDS):
            began = perf_counter()
            answer = await index.search(1, question, deadline_s=30)
            times.append((perf_counter() - began) * 1_000)
        times.sort()
        figure(f"{name}_p50", times[ROUNDS // 2], "ms")
        figure(f"{name}_worst", times[-1], "ms")
        if name == "two_filters":
            both = answer.total
    await index.close()
    figure("wrong_without", 100 * (1 - naive["together"] / naive["apart"]), "%")
    return figure("wrong_with", 100 * abs(1 - both / naive["together"]), "%", 0)


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
