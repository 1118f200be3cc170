"""What shops cost each other in one embedded index: small ones beside a big one, and each alone.

One shop of `SEARCH_PRODUCTS` (500,000) products, and 200 of 500 each. They are put into one index,
and into two: the big one by itself, and the small ones among themselves. The same questions, with
a price and four facets, are asked of both in turn, and the same changes made in both: one product
of a small shop, committed. `times` are ratios of the two from this one run.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks._demo import conditions, figure
from benchmarks._search import CHANNEL, FACETS, LOCALE, Asked, documents, questions
from galleria.engines.search_index import SearchDocument, SearchIndex, SearchQuery
from galleria.engines.search_index.embedded import open_tantivy

MEASURES = ("src/galleria/engines/search_index/embedded",)
PRODUCTS = int(os.environ.get("SEARCH_PRODUCTS", "500000"))
BIG = 1
SMALL = range(1_000, 1_200)
EACH = 500
A_CALL = 5_000
ROUNDS = 300
CHANGES = 60
MOST_TIMES = 1.5


async def fill_big(index: SearchIndex) -> None:
    """The big shop's products are in."""
    made = documents(PRODUCTS)
    async with await index.open_writer() as writer:
        while batch := list(islice(made, A_CALL)):
            await writer.apply(BIG, batch)
        await writer.commit()


async def fill_small(index: SearchIndex) -> None:
    """Those of all small shops are in, some shops a commit."""
    made = documents(EACH * len(SMALL))
    async with await index.open_writer() as writer:
        for at, tenant_id in enumerate(SMALL):
            await writer.apply(tenant_id, list(islice(made, EACH)))
            if at % 20 == 0:
                await writer.commit()
        await writer.commit()


def query_of(asked: Asked) -> SearchQuery:
    """A question with words, a price and facets."""
    return SearchQuery(
        channel=CHANNEL,
        locale=LOCALE,
        words=asked.words,
        currency="EUR",
        price_max_minor=asked.most_minor,
        facets=FACETS,
    )


async def in_turn(name: str, ones: dict[str, Callable[[int], Awaitable[int]]], rounds: int) -> bool:
    """Each of two does the same in turn; whether sharing costs no more than it may."""
    took: dict[str, list[float]] = {each: [] for each in ones}
    said: dict[str, int] = dict.fromkeys(ones, 0)
    for at in range(2 * rounds):
        for who, do in ones.items():
            began_s = time.perf_counter()
            found = await do(at % rounds)
            if at >= rounds:  # the first round warms
                took[who].append((time.perf_counter() - began_s) * 1e3)
                said[who] += found
    assert len(set(said.values())) == 1, "both find the same"
    for who, times in took.items():
        times.sort()
        figure(f"{name}_{who}_p50", median(times), "ms")
        figure(f"{name}_{who}_p99", times[int(len(times) * 0.99)], "ms")
    shared, alone = took.values()
    return figure(f"{name}_times", median(shared) / median(alone), "x", MOST_TIMES)


async def ask(
    shared: SearchIndex, small: SearchIndex, big: SearchIndex, asking: list[SearchQuery]
) -> bool:
    """Questions to the small shops and to the big one."""

    def of_small(index: SearchIndex) -> Callable[[int], Awaitable[int]]:
        async def one(at: int) -> int:
            tenant_id = SMALL[at % len(SMALL)]
            return (await index.search(tenant_id, asking[at], deadline_s=30)).total

        return one

    def of_big(index: SearchIndex) -> Callable[[int], Awaitable[int]]:
        async def one(at: int) -> int:
            return (await index.search(BIG, asking[at], deadline_s=30)).total

        return one

    few = {"shared": of_small(shared), "apart": of_small(small)}
    many = {"shared": of_big(shared), "apart": of_big(big)}
    held = await in_turn("small_shop", few, ROUNDS)
    return await in_turn("big_shop", many, ROUNDS) and held


async def change(shared: SearchIndex, small: SearchIndex) -> bool:
    """One product of a small shop changes, and the change is durable."""
    changed: list[SearchDocument] = list(documents(CHANGES, 2_000_000_000))
    async with await shared.open_writer() as one, await small.open_writer() as other:

        async def among_all(at: int) -> int:
            await one.apply(SMALL[at], [changed[at]])
            await one.commit()
            return 1

        async def among_small(at: int) -> int:
            await other.apply(SMALL[at], [changed[at]])
            await other.commit()
            return 1

        return await in_turn("change", {"shared": among_all, "apart": among_small}, CHANGES)


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    big = open_tantivy(folder / "big")
    await fill_big(big)
    shutil.copytree(folder / "big", folder / "shared")
    small, shared = open_tantivy(folder / "small"), open_tantivy(folder / "shared")
    await fill_small(small)
    await fill_small(shared)
    for each in (big, small, shared):
        await each.refresh()
    figure("products", (await shared.status()).documents, "products")
    asking = [query_of(each) for each in questions(ROUNDS)]
    held = await ask(shared, small, big, asking)
    held = await change(shared, small) and held
    for each in (big, small, shared):
        await each.close()
    return held


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
