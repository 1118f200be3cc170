"""The embedded index at ten million products: broad questions, browsing, suggestions, changes.

`SEARCH_FOLDER` names a folder that is filled once and kept (about 3 GB, half an hour); without it
`SEARCH_PRODUCTS` (200,000) products go into one that is thrown away, too few for any bar to say
much. Questions are asked one after another through the port, in the process that holds the index:
latency is what one shopper waits, on a machine that does nothing else; `cpu` is the processor time
of a question. `broad` asks for a word that a third to two thirds of all products have, with a
price, a colour and four facets; `plain` are ordinary questions with a price and four facets;
`browse` is the page of the largest category. While `SEARCH_CHANGES` (1,000) products a second
change, the same plain questions are asked again.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from pathlib import Path

from benchmarks._demo import conditions, figure
from benchmarks._search import CHANNEL, FACETS, LOCALE, broad_words, documents, questions
from galleria.engines.search_index import (
    CATEGORY,
    CommitBatcher,
    FacetFilter,
    SearchIndex,
    SearchQuery,
    SuggestQuery,
)
from galleria.engines.search_index.embedded import open_tantivy

MEASURES = ("src/galleria/engines/search_index",)
PRODUCTS = int(os.environ.get("SEARCH_PRODUCTS", "200000"))
FOLDER = os.environ.get("SEARCH_FOLDER", "")
CHANGES = int(os.environ.get("SEARCH_CHANGES", "1000"))
TENANT = 1
AT_ONCE = 5_000
A_COMMIT = 50_000
ROUNDS = 300
CHANGING_S = 30.0
GATHER_S = 0.25


def asked(**question: object) -> SearchQuery:
    """A question to the one channel and locale."""
    return SearchQuery(channel=CHANNEL, locale=LOCALE, **question)  # type: ignore[arg-type]


async def fill(index: SearchIndex) -> None:
    """The index holds all products."""
    there = await index.count(TENANT)
    if there >= PRODUCTS:
        return
    began_s, cpu_s = time.perf_counter(), time.process_time()
    made, since = documents(PRODUCTS - there, there), 0
    async with await index.open_writer() as writer:
        while batch := list(islice(made, AT_ONCE)):
            await writer.apply(TENANT, batch)
            since += len(batch)
            if since >= A_COMMIT:
                await writer.commit()
                since = 0
        await writer.commit()
    await index.refresh()
    figure("written", (PRODUCTS - there) / (time.perf_counter() - began_s), "products/s")
    cpu_us = (time.process_time() - cpu_s) / (PRODUCTS - there) * 1e6
    figure("written_cpu", cpu_us, "us/product")


class Times:
    """How long questions took, and how much processor time."""

    def __init__(self) -> None:
        self.ms: list[float] = []
        self.cpu_ms: list[float] = []

    async def take(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Ask once."""
        began_s, cpu_s = time.perf_counter(), time.process_time()
        await ask()
        self.ms.append((time.perf_counter() - began_s) * 1e3)
        self.cpu_ms.append((time.process_time() - cpu_s) * 1e3)

    def quantile(self, share: float) -> float:
        """What `share` of the questions did not exceed, in ms."""
        return sorted(self.ms)[min(len(self.ms) - 1, int(len(self.ms) * share))]

    def say(self, name: str, bar_ms: float | None = None) -> bool:
        """Print median, 99th percentile and processor time."""
        figure(f"{name}_p50", self.quantile(0.5), "ms")
        figure(f"{name}_cpu", sum(self.cpu_ms) / len(self.cpu_ms), "ms")
        return figure(f"{name}_p99", self.quantile(0.99), "ms", bar_ms)


async def timed(index: SearchIndex, asking: Sequence[SearchQuery]) -> Times:
    """The questions, one after another."""
    times = Times()
    for query in asking:
        await times.take(lambda query=query: index.search(TENANT, query, deadline_s=30))  # type: ignore[misc]
    return times


async def questions_of(index: SearchIndex) -> bool:
    """Every kind of question."""
    some = questions(ROUNDS)
    plain = [
        asked(words=each.words, currency="EUR", price_max_minor=each.most_minor, facets=FACETS)
        for each in some
    ]
    wide = broad_words(0.34, 0.67, 8)
    broad = [
        asked(
            words=wide[at % len(wide)],
            currency="EUR",
            price_max_minor=50_000,
            filters=(FacetFilter("color", (each.color,)),) if at % 2 else (),
            facets=FACETS,
        )
        for at, each in enumerate(some)
    ]
    found = await index.search(TENANT, asked(facets=(CATEGORY,)), deadline_s=30)
    largest = found.facets[0].values[0]
    figure("largest_category", largest.count, "products")
    browse = [asked(category=largest.value, facets=FACETS)] * 100
    most = [await index.search(TENANT, each, deadline_s=30) for each in broad[: 2 * len(wide)]]
    figure("broadest", max(each.total for each in most), "products")
    for warm in (plain, broad, browse):
        await timed(index, warm[:40])
    held = [
        (await timed(index, plain)).say("plain", 100.0),
        (await timed(index, broad)).say("broad", 100.0),
        (await timed(index, browse)).say("browse", 20.0),
    ]
    typing = Times()
    for each in some:
        beginning = SuggestQuery(channel=CHANNEL, locale=LOCALE, prefix=each.beginning)
        await typing.take(lambda b=beginning: index.suggest(TENANT, b, deadline_s=30))  # type: ignore[misc]
    held.append(typing.say("suggest", 10.0))
    return all(held)


async def change(index: SearchIndex, until_s: float, done: list[int], seen_ms: list[float]) -> None:
    """Products change so many a second; when each change was durable."""
    async with await index.open_writer() as writer:
        batcher = CommitBatcher(writer, max_delay_s=GATHER_S)
        changed = documents(1_000_000_000)
        tasks: set[asyncio.Task[None]] = set()

        async def apply(batch: list[object]) -> None:
            began_s = time.perf_counter()
            await batcher.apply(TENANT, batch)  # type: ignore[arg-type]
            seen_ms.append((time.perf_counter() - began_s) * 1e3)
            done.append(len(batch))

        while time.perf_counter() < until_s:
            next_s = time.perf_counter() + 0.1
            batch: list[object] = list(islice(changed, CHANGES // 10))
            task = asyncio.create_task(apply(batch))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await asyncio.sleep(max(0.0, next_s - time.perf_counter()))
        await asyncio.gather(*tasks)
        await batcher.close()


async def questions_amid_changes(index: SearchIndex) -> bool:
    """What changes cost those who ask."""
    plain = [
        asked(words=each.words, currency="EUR", price_max_minor=each.most_minor, facets=FACETS)
        for each in questions(ROUNDS)
    ]
    calm = await timed(index, plain)
    done: list[int] = []
    durable_ms: list[float] = []
    began_s = time.perf_counter()
    changing = asyncio.create_task(change(index, began_s + CHANGING_S, done, durable_ms))
    amid = Times()
    while not changing.done():
        for query in plain:
            await amid.take(lambda query=query: index.search(TENANT, query, deadline_s=30))  # type: ignore[misc]
            await asyncio.sleep(0.01)
            if changing.done():
                break
    await changing
    rate = sum(done) / (time.perf_counter() - began_s)
    figure("changed", rate, "products/s", CHANGES * 0.9, most=False)
    durable_ms.sort()
    figure("durable_p99", durable_ms[int(len(durable_ms) * 0.99)], "ms")
    amid.say("amid_changes")
    return figure("amid_changes_slower", amid.quantile(0.99) / calm.quantile(0.99), "x", 1.5)


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    index = open_tantivy(folder)
    await fill(index)
    status = await index.status()
    figure("products", status.documents, "products")
    figure("parts", status.segments, "parts")
    figure("disk", status.size_bytes / status.documents, "bytes/product")
    held = await questions_of(index)
    held = await questions_amid_changes(index) and held
    await index.close()
    return held


def main() -> int:
    """1 when a figure is short."""
    conditions()
    if FOLDER:
        return 0 if asyncio.run(measure(Path(FOLDER))) else 1
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
