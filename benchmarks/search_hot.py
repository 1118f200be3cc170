"""What many shoppers ask at once: questions drawn by Zipf's law, the cache of hot answers on.

`SEARCH_FOLDER` names an index that `search_scale` filled; without it one of `SEARCH_PRODUCTS`
(200,000) is made. 5,000 different questions with a price and four facets are asked by sixteen
shoppers at once, the second half as often as the first, the tenth a tenth as often. The same again
without the cache. One process; `hit_ratio` is the share that did not reach the index.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from benchmarks._demo import conditions, figure
from benchmarks._search import CHANNEL, FACETS, LOCALE, questions
from benchmarks.search_scale import TENANT, fill
from galleria.app.house import migrate_house, open_house
from galleria.engines.context import SYSTEM, Context, Tenant
from galleria.engines.search_index import SearchIndex, SearchQuery, SearchResult
from galleria.engines.search_index.embedded import open_tantivy
from galleria.growth.search.service import hot
from galleria.settings import load_settings

MEASURES = ("src/galleria/engines/search_index", "src/galleria/growth/search/service/hot.py")
FOLDER = os.environ.get("SEARCH_FOLDER", "")
DIFFERENT = 5_000
SHOPPERS = 16
LASTS_S = 20.0
LEAST_FASTER = 2.0


class Counted:
    """The index, counting what reaches it."""

    def __init__(self, index: SearchIndex) -> None:
        self.asked = 0
        self._index = index

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 30.0
    ) -> SearchResult:
        """See `SearchIndex`; sixteen shoppers on two processors wait for each other."""
        self.asked += 1
        return await self._index.search(tenant_id, query, deadline_s=30.0)


async def shop(ask: Callable[[SearchQuery], Awaitable[object]]) -> tuple[int, list[float]]:
    """How many questions sixteen shoppers could ask, and how long each waited, in ms."""
    asking = [
        SearchQuery(
            channel=CHANNEL,
            locale=LOCALE,
            words=each.words,
            currency="EUR",
            price_max_minor=each.most_minor,
            facets=FACETS,
        )
        for each in questions(DIFFERENT)
    ]
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(asking))))
    waited_ms: list[float] = []
    until_s = time.perf_counter() + LASTS_S

    async def shopper(number: int) -> None:
        chance = random.Random(number)
        while time.perf_counter() < until_s:
            (query,) = chance.choices(asking, cum_weights=weights)
            began_s = time.perf_counter()
            await ask(query)
            waited_ms.append((time.perf_counter() - began_s) * 1e3)

    await asyncio.gather(*(shopper(number) for number in range(SHOPPERS)))
    return len(waited_ms), sorted(waited_ms)


async def measure(folder: Path, index_folder: Path) -> bool:
    """Print every figure; whether all held."""
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    index = open_tantivy(index_folder)
    await fill(index)
    figure("products", await index.count(TENANT), "products")
    rates = {}
    async with open_house(settings) as house:
        for name in ("without_cache", "with_cache"):
            counted = Counted(index)
            engines = replace(house.engines, search=counted)  # type: ignore[arg-type]

            async def ask(
                query: SearchQuery, name: str = name, engines: object = engines
            ) -> object:
                ctx = Context(engines, Tenant(TENANT, "bench"), SYSTEM, "bench")  # type: ignore[arg-type]
                if name == "with_cache":
                    return await hot.answer_to(ctx, query)
                return await ctx.engines.search.search(TENANT, query)

            asked, waited_ms = await shop(ask)
            rates[name] = asked / LASTS_S
            figure(f"{name}_answers", rates[name], "1/s")
            figure(f"{name}_p50", waited_ms[len(waited_ms) // 2], "ms")
            figure(f"{name}_p99", waited_ms[int(len(waited_ms) * 0.99)], "ms")
            if name == "with_cache":
                figure("hit_ratio", 100 * (1 - counted.asked / asked), "%")
    await index.close()
    times = rates["with_cache"] / rates["without_cache"]
    return figure("cache_times", times, "x", LEAST_FASTER, most=False)


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        folder = Path(name)
        kept = Path(FOLDER) if FOLDER else folder / "search"
        return 0 if asyncio.run(measure(folder, kept)) else 1


if __name__ == "__main__":
    sys.exit(main())
