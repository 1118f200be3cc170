"""What a big shop costs small ones in the embedded index, sharing it and with an index of its own.

One shop of `SEARCH_PRODUCTS` (500,000) products, and 200 of 500 each, in three houses: the small
ones alone, all in one index, and the big one moved to an index of its own. The same questions, with
a price and four facets, are asked of all three in turn, and the same changes made in them: one
product of a small shop, committed. `times` are ratios from this one run. The move is timed as a
worker makes it, from documents that are made anew; `hop` is what the layer itself takes of a
question.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks._demo import conditions, figure
from benchmarks._search import CHANNEL, FACETS, LOCALE, Asked, documents, questions
from galleria.engines.search_index import SearchDocument, SearchQuery, filling, rebuilding
from galleria.engines.search_index.shards import ShardedIndex, open_sharded

MEASURES = (
    "src/galleria/engines/search_index/embedded",
    "src/galleria/engines/search_index/shards",
)
PRODUCTS = int(os.environ.get("SEARCH_PRODUCTS", "500000"))
BIG = 1
SMALL = range(1_000, 1_200)
EACH = 500
A_CALL = 5_000
ROUNDS = 300
CHANGES = 60
HOPS = 20_000
MOST_BESIDE = 1.1
MOST_HOP = 0.03

House = dict[str, ShardedIndex]


async def fill_small(index: ShardedIndex) -> None:
    """The small shops' products are in."""
    made = documents(EACH * len(SMALL))
    async with await index.open_writer() as writer, rebuilding(writer) as fresh:
        for tenant_id in SMALL:
            await fresh.add(tenant_id, list(islice(made, EACH)))


async def fill_big(index: ShardedIndex) -> None:
    """The big shop's products are in, among the others."""
    async with await index.open_writer() as writer:
        for batch in batches(documents(PRODUCTS)):
            await writer.apply(BIG, batch)
        await writer.commit()


def batches(made: Iterable[SearchDocument]) -> Iterable[list[SearchDocument]]:
    """The documents, some at a time."""
    left = iter(made)
    while batch := list(islice(left, A_CALL)):
        yield batch


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


async def move(index: ShardedIndex) -> None:
    """The big shop gets its own index."""
    began_s = time.perf_counter()
    async with await index.open_writer() as writer:
        async with filling(await writer.begin_move(BIG, to_own=True)) as fresh:
            for batch in batches(documents(PRODUCTS)):
                await fresh.add(BIG, batch)
            filled_s = time.perf_counter()
        switched_s = time.perf_counter()
    figure("move_took", switched_s - began_s, "s")
    figure("move_fills", PRODUCTS / (filled_s - began_s), "products/s")
    figure("move_switch", switched_s - filled_s, "s")


async def in_turn(
    name: str, ones: dict[str, Callable[[int], Awaitable[int]]], rounds: int
) -> dict[str, float]:
    """Each does the same in turn; the median of each, in ms. All find the same."""
    took: dict[str, list[float]] = {each: [] for each in ones}
    said: dict[str, int] = dict.fromkeys(ones, 0)
    for at in range(2 * rounds):
        for who, do in ones.items():
            began_s = time.perf_counter()
            found = await do(at % rounds)
            if at >= rounds:  # the first round warms
                took[who].append((time.perf_counter() - began_s) * 1e3)
                said[who] += found
    assert len(set(said.values())) == 1, "all find the same"
    for who, times in took.items():
        times.sort()
        figure(f"{name}_{who}_p50", median(times), "ms")
        figure(f"{name}_{who}_p99", times[int(len(times) * 0.99)], "ms")
    return {who: median(times) for who, times in took.items()}


def asked_of(
    index: ShardedIndex, shops: range, asking: list[SearchQuery]
) -> Callable[[int], Awaitable[int]]:
    """Asks the shops one after another, each another question."""

    async def one(at: int) -> int:
        return (await index.search(shops[at % len(shops)], asking[at], deadline_s=30)).total

    return one


async def ask(houses: House, asking: list[SearchQuery]) -> bool:
    """Questions to the small shops and to the big one."""
    small = {name: asked_of(index, SMALL, asking) for name, index in houses.items()}
    p50 = await in_turn("small_shop", small, ROUNDS)
    figure("small_shop_shared_times", p50["shared"] / p50["alone"], "x")
    held = figure("small_shop_apart_times", p50["apart"] / p50["alone"], "x", MOST_BESIDE)
    big = range(BIG, BIG + 1)
    both = {name: asked_of(houses[name], big, asking) for name in ("shared", "apart")}
    of_big = await in_turn("big_shop", both, ROUNDS)
    figure("big_shop_apart_times", of_big["apart"] / of_big["shared"], "x")
    return await hop(houses["apart"], p50["apart"]) and held


async def hop(index: ShardedIndex, p50_ms: float) -> bool:
    """What the layer takes of a question: the way there and back, with nothing asked."""

    async def nothing(_: object, __: float) -> None:
        return

    took_s = []
    for tenant_id in (BIG, SMALL[0]):
        began_s = time.perf_counter()
        for _ in range(HOPS):
            await index._ask(tenant_id, nothing, 1.0)
        took_s.append((time.perf_counter() - began_s) / HOPS)
    figure("hop", max(took_s) * 1e6, "us")
    return figure("hop_of_a_question", max(took_s) * 1e3 / p50_ms, "x", MOST_HOP)


async def change(houses: House) -> bool:
    """One product of a small shop changes, and the change is durable."""
    changed: list[SearchDocument] = list(documents(CHANGES, 2_000_000_000))
    writers = {name: await index.open_writer() for name, index in houses.items()}

    def by(name: str) -> Callable[[int], Awaitable[int]]:
        async def one(at: int) -> int:
            await writers[name].apply(SMALL[at], [changed[at]])
            await writers[name].commit()
            return 1

        return one

    p50 = await in_turn("change", {name: by(name) for name in houses}, CHANGES)
    for each in writers.values():
        await each.close()
    return figure("change_apart_times", p50["apart"] / p50["alone"], "x", MOST_BESIDE)


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    asking = [query_of(each) for each in questions(ROUNDS)]
    houses: House = {"alone": open_sharded(folder / "alone")}
    await fill_small(houses["alone"])
    shutil.copytree(folder / "alone", folder / "shared")
    houses["shared"] = open_sharded(folder / "shared")
    await fill_big(houses["shared"])
    shutil.copytree(folder / "shared", folder / "apart")
    houses["apart"] = open_sharded(folder / "apart")
    figure("products", (await houses["shared"].status()).documents, "products")
    await move(houses["apart"])
    for each in houses.values():
        await each.refresh()
    held = await ask(houses, asking)
    held = await change(houses) and held
    for each in houses.values():
        await each.close()
    return held


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
