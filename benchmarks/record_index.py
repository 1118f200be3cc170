"""The index of records alone: what a record costs, and what a list of very many of them costs.

A million made-up records of one tenant, with the words and numbers that the work-bench gives a
product: a status, a brand of 500, a category of 300 with those above it, five words of a title, a
stock of 60. Every question wants a page of 50 and the exact total, and is asked through the port,
one after another, as one process would. `RECORDS` sets another number.
"""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from benchmarks._demo import conditions, figure
from galleria.engines.record_index import (
    BY_TEXT,
    Bound,
    Record,
    RecordIndex,
    RecordKind,
    RecordQuery,
    Sort,
)
from galleria.engines.record_index.embedded import open_records

MEASURES = (
    "src/galleria/engines/record_index",
    "src/galleria/engines/search_index/embedded/writer.py",
)
RECORDS = int(os.environ.get("RECORDS", "1000000"))
KIND = RecordKind("product", ("changed", "price", "price_most", "on_hand"))
TENANT = 7
A_COMMIT = 20_000
A_CALL = 1_000
ROUNDS = 40
CATEGORIES = 300


def made(draw: random.Random, words: list[str], number: int) -> Record:
    """A record as the work-bench would make it."""
    title = " ".join(draw.choices(words, k=5))
    category, price = draw.randrange(CATEGORIES), draw.randrange(100, 100_000)
    return Record(
        kind=KIND,
        # Ids are made in the order of time.
        record_id=UUID(int=(0x0190_0000_0000 + number) << 80 | draw.getrandbits(76)),
        words=(
            "status:active" if draw.random() < 0.9 else "status:draft",
            f"brand:{draw.randrange(500)}",
            *(f"category:{at}:{category // size}" for at, size in enumerate((100, 20, 1))),
            "shelf:in" if draw.random() < 0.8 else "shelf:out",
            f"tag:{draw.randrange(50)}",
            *(f"word:{each}" for each in title.split()),
        ),
        text=title,
        figures={
            "changed": number,
            "price": price,
            "price_most": price * 2,
            "on_hand": draw.randrange(60),
        },
    )


async def fill(index: RecordIndex) -> float:
    """Seconds until all records are in the index, committed a few thousand at a time."""
    draw = random.Random(1)
    words = [f"w{number}" for number in range(3_000)]
    took_s = 0.0
    async with await index.open_writer() as writer:
        for start in range(0, RECORDS, A_CALL):
            records = [made(draw, words, each) for each in range(start, start + A_CALL)]
            began = perf_counter()
            await writer.apply(TENANT, records)
            if (start + A_CALL) % A_COMMIT == 0:
                await writer.commit()
            took_s += perf_counter() - began
        await writer.commit()
    await index.refresh()
    return took_s


def asked(**more: Any) -> RecordQuery:
    """A page of 50, with the total."""
    return RecordQuery(kind=KIND, limit=50, counts=True, **more)


def questions() -> dict[str, list[RecordQuery]]:
    """What merchants ask, by name, each with something else each time."""
    draw = random.Random(2)
    by_price, deep = Sort("price"), range(40_000, 60_000)

    def each(make: Callable[[], RecordQuery]) -> list[RecordQuery]:
        return [make() for _ in range(ROUNDS)]

    return {
        "all_by_price": each(lambda: asked(sort=by_price)),
        "all_by_text": each(lambda: asked(sort=Sort(BY_TEXT))),
        "deep_page_by_price": each(
            lambda: asked(sort=by_price, after=(draw.choice(deep), UUID(int=0)))
        ),
        "a_brand_in_stock": each(
            lambda: asked(words=(f"brand:{draw.randrange(500)}", "shelf:in"), sort=by_price)
        ),
        "active_in_stock": each(
            lambda: asked(words=("status:active", "shelf:in"), sort=Sort("on_hand", True))
        ),
        "a_category_below_a_price": each(
            lambda: asked(
                words=(f"category:2:{draw.randrange(CATEGORIES)}",),
                bounds=(Bound("price", None, draw.randrange(10_000, 50_000)),),
                sort=by_price,
            )
        ),
    }


async def timed_ms(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds until it is done."""
    began = perf_counter()
    await work()
    return (perf_counter() - began) * 1_000


async def measure(folder: Path) -> None:
    """Print every figure."""
    index = open_records(folder)
    figure("records", RECORDS, "records")
    figure("written", RECORDS / await fill(index), "records/s")
    figure("disk", (await index.status()).size_bytes / RECORDS, "bytes/record")
    for name, pages in questions().items():
        times = sorted([await timed_ms(partial(index.find, TENANT, each)) for each in pages])
        figure(f"{name}_p50", times[len(times) // 2], "ms")
        figure(f"{name}_worst", times[-1], "ms")
    categories = [f"category:2:{number}" for number in range(CATEGORIES)]
    counting = partial(index.count, TENANT, KIND, categories)
    times = sorted([await timed_ms(counting) for _ in range(9)])
    figure(f"counts_of_{CATEGORIES}_words_p50", times[4], "ms")
    await index.close()


def main() -> int:
    """Print every figure; there are no bars."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        asyncio.run(measure(Path(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
