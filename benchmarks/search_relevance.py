"""How well a shop's search answers: judged queries, asked the way a shopper asks them.

`GALLERIA_SHARED_DATA` names a folder with `electronics.jsonl.gz` (19,406 products of the Chorus
project) and `electronics-judgments.csv` (grades 0 to 3 by query and product); the file goes into an
empty shop as a merchant's would, and each query with anything worth finding is asked through
`growth.search`. Figures are nDCG@10 with gain 2^grade - 1, where what nobody judged gains nothing;
`judged` is the share of what was shown that somebody has judged, `recall` how many of the products
of grade 2 and 3 (at most ten) are among the ten shown, `nothing_found` how many queries have no
hit. Classes: a brand's name, one other word, several words, words with a number.
"""

import asyncio
import csv
import gzip
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

import msgspec

from benchmarks._demo import conditions, figure
from benchmarks.catalog_import import opened, taken_in
from galleria.app.house import House, migrate_house, open_house
from galleria.app.worker import relay_until_quiet
from galleria.commerce import catalog, listings
from galleria.engines.context import Context
from galleria.growth import search
from galleria.growth.relevance import SHOWN, class_of, ndcg, recall
from galleria.growth.search import Question
from galleria.settings import load_settings

MEASURES = (
    "src/galleria/growth/search",
    "src/galleria/growth/relevance/model",
    "src/galleria/engines/search_index",
)
SHARED = os.environ.get("GALLERIA_SHARED_DATA", "")
PRODUCTS, JUDGMENTS = "electronics.jsonl.gz", "electronics-judgments.csv"
LEAST = 0.82


class _Card(msgspec.Struct):
    product_id: UUID


def judgments() -> dict[str, dict[str, int]]:
    """Grades by product by query, of queries with anything worth finding."""
    graded: dict[str, dict[str, int]] = defaultdict(dict)
    with (Path(SHARED) / JUDGMENTS).open() as file:
        for row in csv.DictReader(file):
            graded[row["query"]][row["product_id"]] = int(row["grade"])
    return {query: grades for query, grades in graded.items() if max(grades.values())}


def brands() -> set[str]:
    """Brands of the products, in lower case."""
    with gzip.open(Path(SHARED) / PRODUCTS) as file:
        return {str(json.loads(line)["brand"]).lower() for line in file}


async def answers(ctx: Context, queries: Iterable[str]) -> dict[str, list[str]]:
    """External ids of what is shown first for each query."""
    window, decoder = await listings.window_of(ctx), msgspec.json.Decoder(_Card)
    found = {}
    for query in queries:
        answer = await search.ask(
            ctx, window, Question(words=query, limit=SHOWN, with_facets=False)
        )
        ids = [decoder.decode(card).product_id for card in answer.items]
        names = await catalog.names_of(ctx, ids)
        found[query] = [names[each].external_ref or "" for each in ids]
    return found


def tell(found: Mapping[str, list[str]], graded: Mapping[str, Mapping[str, int]]) -> bool:
    """Print the figures; whether they hold."""
    known = brands()
    by_class: defaultdict[str, list[float]] = defaultdict(list)
    for query, grades in graded.items():
        score = ndcg(found[query], grades) or 0.0
        by_class[class_of(query, known)].append(score)
        print(f"# {score:.3f} {query}")
    scores = [score for each in by_class.values() for score in each]
    for name, each in sorted(by_class.items()):
        figure(f"queries_{name}", len(each), "queries")
        figure(f"ndcg_{name}", sum(each) / len(each), "nDCG@10")
    shown = [(query, each) for query, ids in found.items() for each in ids]
    figure("judged", 100 * sum(each in graded[q] for q, each in shown) / len(shown), "%")
    recalls = []
    for query, grades in graded.items():
        good = {each for each, grade in grades.items() if grade >= 2}
        share = recall(found[query], good)
        if share is not None:
            recalls.append(share)
    figure("recall", 100 * sum(recalls) / len(recalls), "%")
    figure("nothing_found", sum(not found[query] for query in graded), "queries")
    return figure("ndcg", sum(scores) / len(scores), "nDCG@10", LEAST, most=False)


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    async with open_house(settings) as house:
        ctx = await filled(house, folder)
        graded = judgments()
        return tell(await answers(ctx, graded), graded)


async def filled(house: House, folder: Path) -> Context:
    """A shop with the products, all to be found."""
    ctx = await opened(house)
    file = folder / PRODUCTS
    shutil.copyfile(Path(SHARED) / PRODUCTS, file)
    run, _ = await taken_in(ctx, file)
    figure("products", run.created_count, "products")
    await relay_until_quiet(house)
    return ctx


def main() -> int:
    """1 when a figure is short."""
    conditions()
    if not SHARED:
        print("# left out: GALLERIA_SHARED_DATA names no folder")
        return 1
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
