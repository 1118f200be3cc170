"""The embedded search index: how fast a catalogue goes in, and how fast a results page comes out.

With `GALLERIA_SHARED_DATA` naming a folder that holds `electronics.jsonl.gz` (19,406 products of
the Chorus project) these are the documents; without it, as many made-up ones of the same shape. A
results page is: one to three words, 20 hits, the exact count, and nine facets; every second one has
a brand ticked as well, so that the brands are counted on their own. Searches run one after another
through the port, as one process would.
"""

import asyncio
import csv
import gc
import gzip
import json
import os
import platform
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from galleria.engines.search_index import (
    BRAND,
    CommitBatcher,
    FacetFilter,
    SearchDocument,
    SearchIndex,
    SearchQuery,
    Sort,
    SuggestQuery,
)
from galleria.engines.search_index.embedded import open_tantivy
from galleria.engines.search_index.embedded.documents import PRODUCTS as FORM
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.embedded.reader import Reader
from galleria.foundation.money import Money

MEASURES = ("src/galleria/engines/search_index",)

PRODUCTS = 19_406
ROUNDS = 600
TENANTS = 8
SHARED = os.environ.get("GALLERIA_SHARED_DATA", "")


def main() -> int:
    """Print every figure; 1 when one is short."""
    random.seed(7)
    documents = real_products() if SHARED else made_products()
    # A worker does not hold a whole catalogue in objects that the collector walks again and again.
    gc.freeze()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    engine = version("tantivy")
    print(f"conditions: {len(documents)} products, {'real' if SHARED else 'made up'};", end=" ")
    print(f"tantivy {engine}, Python {platform.python_version()},", end=" ")
    print(f"{os.cpu_count()} cores, load before {load}")
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as folder:
        is_held = asyncio.run(measure(Path(folder), documents))
    print(f"conditions: load after {', '.join(f'{each:.1f}' for each in os.getloadavg())}")
    return 0 if is_held else 1


async def measure(folder: Path, documents: list[SearchDocument]) -> bool:
    """All figures; true when every bar is held."""
    # The machine is shared: the quickest of three says most about the code.
    times_s = [await indexing(folder / f"index{number}", documents) for number in range(3)]
    figure("documents_a_second", len(documents) / min(times_s), "1/s")
    held = [figure("index_everything_best_of_3", min(times_s), "s", 2.0)]
    index = open_tantivy(folder / "index0")
    status = await index.status()
    assert status.documents == len(documents)
    figure("disk_a_document", status.size_bytes / status.documents, "B")
    pages = results_pages(documents)
    held.append(await pages_of(index, pages, "one_tenant", (20.0, 5.0)))
    held.append(await other_questions(index, documents))
    held.append(await changes(index, Reader(IndexFolder(folder / "index0", FORM)), documents))
    await other_tenants(index, documents)
    figure("segments_with_other_tenants", (await index.status()).segments, "count")
    # Eight segments of one size, one more and they merge: as many as there ever are.
    held.append(await pages_of(index, pages, f"one_of_{TENANTS}_tenants", (40.0, 10.0)))
    await index.close()
    return all(held)


async def indexing(folder: Path, documents: list[SearchDocument]) -> float:
    """Seconds for the whole catalogue by `apply`, a thousand a call, one commit."""
    index = open_tantivy(folder)
    async with await index.open_writer() as writer:
        began = perf_counter()
        for start in range(0, len(documents), 1000):
            await writer.apply(1, documents[start : start + 1000])
        await writer.commit()
        took_s = perf_counter() - began
    await index.close()
    return took_s


async def pages_of(
    index: SearchIndex, pages: Sequence[SearchQuery], name: str, bars_ms: tuple[float, float]
) -> bool:
    """Results pages with nine facets, and the same without facets."""
    bare = [page_without_facets(page) for page in pages]
    whole_ms, _ = await timed(index, pages), await timed(index, bare[:50])
    bare_ms = await timed(index, bare)
    figure(f"page_p50_{name}", quantile(whole_ms, 0.5), "ms")
    figure(f"page_without_facets_p50_{name}", quantile(bare_ms, 0.5), "ms")
    figure(f"pages_a_second_{name}", 1000 * len(whole_ms) / sum(whole_ms), "1/s")
    held = figure(f"page_p99_{name}", quantile(whole_ms, 0.99), "ms", bars_ms[0])
    return (
        figure(f"page_without_facets_p99_{name}", quantile(bare_ms, 0.99), "ms", bars_ms[1])
        and held
    )


async def other_questions(index: SearchIndex, documents: list[SearchDocument]) -> bool:
    """Everything at once with facets, sorts, typing mistakes, suggestions."""
    codes = facet_codes(documents)
    everything = [asked(facets=codes, wants_price_bounds=True, currency="EUR")] * 60
    by_price = [asked(sort=Sort.PRICE_ASC, currency="EUR", offset=9_900)] * 60
    words = [random.choice(document.title.split()) for document in documents[:ROUNDS]]
    mistyped = [asked(words=f"{word[:2]}{word[3:]}{word[2:3]}") for word in words]

    async def suggest(prefix: str) -> None:
        await index.suggest(1, SuggestQuery(channel="web", locale="en", prefix=prefix))

    suggested_ms = [await once(suggest(word[: random.choice((1, 2, 3, 4))])) for word in words]
    held = [
        figure("all_products_nine_facets_p99", worst(await timed(index, everything)), "ms", 60.0),
        figure("last_page_by_price_p99", worst(await timed(index, by_price)), "ms", 20.0),
        figure("mistyped_word_p99", worst(await timed(index, mistyped)), "ms", 20.0),
        figure("suggest_p99", worst(suggested_ms), "ms", 10.0),
    ]
    return all(held)


async def changes(index: SearchIndex, reader: Reader, documents: list[SearchDocument]) -> bool:
    """500 changed products: until they are durable, and what the next search pays to see them."""
    reader.searcher()
    durable_ms, reload_ms = [], []
    async with await index.open_writer() as writer:
        batcher = CommitBatcher(writer, max_delay_s=0.0)
        for start in range(0, 10_000, 500):
            durable_ms.append(await once(batcher.apply(1, documents[start : start + 500])))
            began = perf_counter()
            reader.searcher(is_fresh=True)
            reload_ms.append((perf_counter() - began) * 1000)
        await batcher.close()
    figure("change_500_durable_p50", quantile(durable_ms, 0.5), "ms")
    held = figure("change_500_durable_p99", worst(durable_ms), "ms", 1000.0)
    return figure("see_a_commit_p50", quantile(reload_ms, 0.5), "ms", 1.0) and held


async def other_tenants(index: SearchIndex, documents: list[SearchDocument]) -> None:
    """The same catalogue in other shops of the same index."""
    async with await index.open_writer() as writer:
        for tenant_id in range(2, TENANTS + 1):
            for start in range(0, len(documents), 1000):
                await writer.apply(tenant_id, documents[start : start + 1000])
            await writer.commit()
    await index.refresh()


def results_pages(documents: list[SearchDocument]) -> list[SearchQuery]:
    """What shoppers ask: judged queries where there are some, words of titles otherwise."""
    codes = facet_codes(documents)
    brands = [brand for brand, _ in Counter(each.brand for each in documents).most_common(20)]
    judged = Path(SHARED) / "electronics-judgments.csv"
    if SHARED and judged.exists():
        with judged.open() as file:
            texts = sorted({row["query"] for row in csv.DictReader(file)})
    else:
        texts = [" ".join(document.title.split()[1:3]) for document in documents[:200]]
    return [
        asked(
            words=random.choice(texts),
            facets=codes,
            filters=(FacetFilter(BRAND, (random.choice(brands),)),) if number % 2 else (),
        )
        for number in range(ROUNDS)
    ]


def facet_codes(documents: list[SearchDocument]) -> tuple[str, ...]:
    """The brand and the eight attributes that most products have: the most to count."""
    common = Counter(code for document in documents for code in document.facets)
    return (BRAND, *(code for code, _ in common.most_common(8)))


def asked(**question: object) -> SearchQuery:
    """A question to the benchmark's one channel and locale."""
    return SearchQuery(channel="web", locale="en", **question)  # type: ignore[arg-type]


def page_without_facets(page: SearchQuery) -> SearchQuery:
    """The same question, hits and count only."""
    return asked(words=page.words, filters=page.filters)


async def timed(index: SearchIndex, questions: Sequence[SearchQuery]) -> list[float]:
    """Milliseconds of each question, asked one after another."""
    return [await once(index.search(1, question, deadline_s=30)) for question in questions]


async def once(work: Awaitable[object]) -> float:
    """Milliseconds until `work` is done."""
    began = perf_counter()
    await work
    return (perf_counter() - began) * 1000


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def worst(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantile(values, 0.99)


def figure(name: str, value: float, unit: str, bar: float | None = None) -> bool:
    """Print one line; true when `value` is not above `bar`."""
    is_held = bar is None or value <= bar
    text = "-" if bar is None else f"<= {bar:g}"
    print(f"{name}\t{value:.2f}\t{unit}\t{text}\t{'held' if is_held else 'short'}", flush=True)
    return is_held


def real_products() -> list[SearchDocument]:
    """The Chorus catalogue, every attribute a facet."""
    documents = []
    with gzip.open(Path(SHARED) / "electronics.jsonl.gz") as file:
        for line in file:
            row = json.loads(line)
            said = {code: str(value) for code, value in row["attributes"].items()}
            kind = said.get("t_product_type", said.get("t_type", "other")).replace("/", " ")
            texts = [said[code] for code in said if code.startswith("t_")]
            documents.append(
                SearchDocument(
                    product_id=row["id"],
                    channel="web",
                    locale="en",
                    title=row["title"],
                    handle=row["id"],
                    text="\n".join([row["sku"], row["description"] or "", *row["gtin"], *texts]),
                    brand=row["brand"] or "",
                    category_paths=(f"electronics/{kind}",),
                    facets={code: (value,) for code, value in said.items()},
                    prices=(Money(row["price_minor"], "EUR"),),
                    published_at=datetime.fromisoformat(row["released_at"]),
                )
            )
    return documents


def made_products() -> list[SearchDocument]:
    """As many products: words by Zipf's law, 19 attributes each out of 600."""
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    words = ["".join(random.choices(syllables, k=4)) for _ in range(20_000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    codes = [f"code_{number}" for number in range(600)]
    code_weights = [1 / (rank + 3) for rank in range(len(codes))]
    documents = []
    for number in range(PRODUCTS):
        said = random.choices(words, weights, k=60)
        own = dict.fromkeys(random.choices(codes, code_weights, k=25))
        documents.append(
            SearchDocument(
                product_id=str(number),
                channel="web",
                locale="en",
                title=" ".join(said[:12]),
                handle=f"product-{number}",
                text=" ".join(said[12:]),
                brand=f"Brand {random.choices(range(160), [1 / (r + 2) for r in range(160)])[0]}",
                category_paths=(f"root/kind-{number % 40}",),
                facets={code: (f"value {random.randrange(80)}",) for code in own},
                prices=(Money(random.randrange(100, 500_000), "EUR"),),
            )
        )
    return documents


if __name__ == "__main__":
    sys.exit(main())
