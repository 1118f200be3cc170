"""The same products in the embedded engine and in a cluster, asked the same questions in turn.

Made-up products of one shop: words drawn as languages draw them, eight attributes of which a facet
has eight to sixty values, and for half of them variants of colour and size. Both are asked through
the port; `cpu` is processor time of our process and the server's, which says more than the clock on
a machine that both share. The server's cache of answers is off. `GALLERIA_TEST_OPENSEARCH_URL` is
the cluster (`tools/engines/opensearch.sh WORKDIR PORT` starts one of one node), `SEARCH_PRODUCTS`
the number of products, else 100,000.
"""

import asyncio
import os
import random
import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import perf_counter, process_time
from uuid import uuid4

import httpx
import msgspec

from benchmarks._demo import conditions, figure
from galleria.engines.search_index import (
    AVAILABLE,
    BRAND,
    FacetFilter,
    SearchDocument,
    SearchIndex,
    SearchQuery,
    SearchVariant,
)
from galleria.engines.search_index.embedded import open_tantivy
from galleria.engines.search_index.opensearch import open_opensearch, parse_search_url
from galleria.foundation.money import Money

MEASURES = ("src/galleria/engines/search_index",)
URL = os.environ.get("GALLERIA_TEST_OPENSEARCH_URL", "")
PRODUCTS = int(os.environ.get("SEARCH_PRODUCTS", "100000"))
A_CALL = 1_000
ROUNDS = 300
AT_ONCE = 8
WORDS = [f"{a}{b}{c}" for a, b, c in product("bdfgklmnprst", "aeiou", ("lor", "nim", "ts", "ven"))]
COLOURS = [f"colour {n}" for n in range(12)]
SIZES = [f"size {n}" for n in range(8)]


def word(draw: random.Random) -> str:
    """A word; the tenth is ten times as rare as the first."""
    return WORDS[int(len(WORDS) ** draw.random()) - 1]


def made(draw: random.Random, number: int) -> SearchDocument:
    """A product."""
    colours, sizes = draw.sample(COLOURS, 4), draw.sample(SIZES, 4)
    axes = [dict(zip(("colour", "size"), each, strict=True)) for each in product(colours, sizes)]
    variants = [SearchVariant(each, draw.random() < 0.9) for each in axes if draw.random() < 0.8]
    facets = {f"attribute {n}": (f"value {draw.randrange(8 + 7 * n)}",) for n in range(8)}
    return SearchDocument(
        product_id=str(number),
        channel="web",
        locale="en",
        title=" ".join(word(draw) for _ in range(5)),
        text=" ".join(word(draw) for _ in range(60)),
        brand=f"Brand {draw.randrange(900)}",
        category_paths=(f"a{draw.randrange(9)}/b{draw.randrange(9)}/c{draw.randrange(9)}",),
        facets=facets,
        variants=tuple(variants) if number % 2 else (),
        prices=(Money(draw.randrange(100_000), "EUR"),),
        popularity=draw.random(),
    )


class Clock:
    """Processor time of this process, and of the server that an engine is, when it is one."""

    def __init__(self, origin: str | None) -> None:
        self._stat: Path | None = None
        if origin is not None:
            (node,) = httpx.get(f"{origin}/_nodes/_local/process").json()["nodes"].values()
            self._stat = Path(f"/proc/{node['process']['id']}/stat")

    def cpu_s(self) -> float:
        """Seconds so far."""
        seconds = process_time()
        if self._stat is not None:
            fields = self._stat.read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return seconds


@dataclass(frozen=True)
class Engine:
    """An index, and the processor time that it costs."""

    index: SearchIndex
    clock: Clock


async def fill(name: str, engine: Engine) -> None:
    """Products a second, a thousand a call, a commit each ten thousand; and what one costs."""
    draw = random.Random(1)
    took_s = cpu_s = 0.0
    async with await engine.index.open_writer() as writer:
        for start in range(0, PRODUCTS, A_CALL):
            documents = [made(draw, number) for number in range(start, start + A_CALL)]
            began, before = perf_counter(), engine.clock.cpu_s()
            await writer.apply(1, documents)
            if (start + A_CALL) % 10_000 == 0:
                await writer.commit()
            took_s += perf_counter() - began
            cpu_s += engine.clock.cpu_s() - before
    await engine.index.refresh()
    status = await engine.index.status()
    figure(f"{name}_written", PRODUCTS / took_s, "products/s")
    figure(f"{name}_written_cpu", cpu_s / PRODUCTS * 1e6, "us/product")
    figure(f"{name}_disk", status.size_bytes / PRODUCTS, "bytes/product")


def questions() -> dict[str, list[SearchQuery]]:
    """Each kind, with other words and values each time."""
    draw = random.Random(2)

    def filters(n: int) -> tuple[FacetFilter, ...]:
        return (
            FacetFilter("attribute 0", (f"value {n % 8}", f"value {(n + 3) % 8}")),
            FacetFilter("attribute 1", tuple(f"value {(n + k) % 15}" for k in range(5))),
        )

    facets = ("attribute 2", "attribute 3", BRAND, AVAILABLE)
    own = ("attribute 0", "attribute 1", "attribute 2", BRAND)
    axes = (FacetFilter("colour", ("colour 1", "colour 2")), FacetFilter("size", ("size 3",)))

    def asked(**more: object) -> SearchQuery:
        return SearchQuery(**{"channel": "web", "locale": "en"} | more)  # type: ignore[arg-type]

    two = [f"{word(draw)} {word(draw)}" for _ in range(ROUNDS)]
    return {
        "words": [asked(words=each) for each in two],
        "words_2_filters_4_facets": [
            asked(words=each.split()[0], filters=filters(n), facets=facets)
            for n, each in enumerate(two)
        ],
        "words_2_filters_and_their_facets": [
            asked(words=each.split()[0], filters=filters(n), facets=own)
            for n, each in enumerate(two)
        ],
        "2_axes_and_their_facets": [
            asked(words=each.split()[0], filters=axes, facets=("colour", "size", BRAND))
            for each in two
        ],
        "mistyped": [asked(words=f"{each[:2]}{each[3:]}{each[2]}") for each in two],
    }


async def alone(index: SearchIndex, asked: list[SearchQuery]) -> list[float]:
    """Milliseconds of each question, one after another."""
    times = []
    for each in asked:
        began = perf_counter()
        await index.search(1, each, deadline_s=30)
        times.append((perf_counter() - began) * 1_000)
    return sorted(times)


async def together(index: SearchIndex, asked: list[SearchQuery]) -> float:
    """Questions a second, eight at once."""
    waiting = list(asked)

    async def client() -> None:
        while waiting:
            await index.search(1, waiting.pop(), deadline_s=30)

    began = perf_counter()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return len(asked) / (perf_counter() - began)


async def answering(kind: str, engines: dict[str, Engine], asked: list[SearchQuery]) -> None:
    """What one kind of question costs each engine."""
    for name, engine in engines.items():
        before = engine.clock.cpu_s()
        times = await alone(engine.index, asked)
        cpu_s = engine.clock.cpu_s() - before
        figure(f"{name}_{kind}_p50", times[len(times) // 2], "ms")
        figure(f"{name}_{kind}_p99", times[int(len(times) * 0.99)], "ms")
        figure(f"{name}_{kind}_cpu", cpu_s / len(asked) * 1_000, "ms/question")
        figure(f"{name}_{kind}", await together(engine.index, asked), "questions/s")


async def measure(folder: Path) -> None:
    """Print every figure."""
    address = msgspec.structs.replace(parse_search_url(URL), name=f"bench-{uuid4().hex}")
    engines = {
        "embedded": Engine(open_tantivy(folder), Clock(None)),
        "cluster": Engine(open_opensearch(address), Clock(address.origin)),
    }
    for name, engine in engines.items():
        await fill(name, engine)
    uncached = {"index": {"requests.cache.enable": False}}
    httpx.put(f"{address.origin}/{address.name}-v*/_settings", json=uncached).raise_for_status()
    kinds = questions()
    for asked in kinds.values():
        for engine in engines.values():
            await alone(engine.index, asked)  # warm
    for kind, asked in kinds.items():
        await answering(kind, engines, asked)
    for engine in engines.values():
        await engine.index.close()
    async with httpx.AsyncClient(base_url=address.origin) as cluster:
        for each in (await cluster.get(f"/{address.name}-*/_alias")).json():
            await cluster.delete(f"/{each}")


def main() -> int:
    """1 when there is no cluster to ask."""
    if not URL:
        print("GALLERIA_TEST_OPENSEARCH_URL names no cluster", file=sys.stderr)
        return 1
    conditions()
    figure("products", PRODUCTS, "products")
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as folder:
        asyncio.run(measure(Path(folder)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
