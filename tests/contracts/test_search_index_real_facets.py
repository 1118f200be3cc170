"""Facets of real products are what counting them one by one gives."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from galleria.engines.search_index import (
    BRAND,
    CATEGORY,
    FacetFilter,
    SearchDocument,
    SearchIndex,
    SearchResult,
)
from galleria.engines.search_index.model import category_steps, facet_value
from tests.contracts.search_shops import question
from tests.shared_data import shared_file

pytest_plugins = ["tests.contracts.conftest_search"]
pytestmark = pytest.mark.shared_data

PRODUCTS = 6_000
CODES = 5
SHOWN = 50
WORDS = ("printer", "black", "usb cable", "intel", "hp")
LONGEST = 60

Said = Mapping[str, tuple[str, ...]]


def value_of(value: Any) -> str:
    """As the index compares it; "" for what is no facet."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return facet_value(text) if 0 < len(text) <= LONGEST else ""


def electronics() -> list[SearchDocument]:
    """Real titles, brands and attributes. They come without categories, so their brand and kind of
    technology stand for one."""
    documents = []
    with gzip.open(shared_file("electronics.jsonl.gz")) as file:
        for line, _ in zip(file, range(PRODUCTS), strict=False):
            row = json.loads(line)
            facets = {
                code: (said,)
                for code, value in row["attributes"].items()
                if (said := value_of(value))
            }
            brand = value_of(row["brand"] or "")
            kind = facets.get("t_type", ("Other",))[0].replace("/", " ")
            documents.append(
                SearchDocument(
                    product_id=row["id"],
                    channel="web",
                    locale="en",
                    title=row["title"],
                    brand=brand,
                    category_paths=(f"{kind}/{brand.replace('/', ' ')}",) if brand else (),
                    facets=facets,
                )
            )
    return documents


def said_by(document: SearchDocument) -> Said:
    """All values of a product by code."""
    steps = {step for path in document.category_paths for step in category_steps(path)}
    own = {BRAND: (document.brand,) if document.brand else (), CATEGORY: tuple(steps)}
    return {**document.facets, **own}


async def all_ids(index: SearchIndex, words: str) -> list[str]:
    """Every product that the words find."""
    found: list[str] = []
    after = None
    while True:
        page = await index.search(1, question(words, limit=100, after=after), deadline_s=30)
        found += [hit.product_id for hit in page.hits]
        after = page.next_position
        if after is None:
            assert len(found) == page.total
            return found


def check(answer: SearchResult, among: list[Said], filters: Mapping[str, set[str]]) -> None:
    """The total and each facet's counts are those of `among`, a facet's own filter left aside."""

    def passing(without: str | None) -> list[Said]:
        return [
            each
            for each in among
            if all(
                code == without or set(each.get(code, ())) & wanted
                for code, wanted in filters.items()
            )
        ]

    assert answer.total == len(passing(None))
    for facet in answer.facets:
        values = (value for each in passing(facet.code) for value in each.get(facet.code, ()))
        counted = Counter(values)
        in_order = sorted(counted, key=lambda value: (-counted[value], value))
        wanted = {*in_order[:SHOWN], *filters.get(facet.code, ())}
        assert {each.value: each.count for each in facet.values} == {
            value: counted[value] for value in wanted
        }, facet.code
        assert facet.error_bound == 0


async def test_facets_of_real_products_are_counted_right(own_index: SearchIndex) -> None:
    index, documents = own_index, electronics()
    async with await index.open_writer() as writer:
        await writer.apply(1, documents)
        await writer.commit()
    await index.refresh()
    said = {each.product_id: said_by(each) for each in documents}
    known = Counter(code for each in said.values() for code in each).most_common(CODES)
    codes = list(dict.fromkeys([BRAND, CATEGORY, *(code for code, _ in known)]))
    chance = random.Random(7)  # noqa: S311
    for words in WORDS:
        among = [said[each] for each in await all_ids(index, words)]
        assert len(among) > 20, words
        for filtered in range(3):
            filters = {}
            for code in chance.sample(codes, filtered):
                values = sorted({value for each in among for value in each.get(code, ())})
                filters[code] = set(chance.sample(values, min(len(values), 2)))
            answer = await index.search(
                1,
                question(
                    words,
                    facets=tuple(codes),
                    facet_values=SHOWN,
                    filters=tuple(FacetFilter(c, tuple(v)) for c, v in filters.items() if v),
                ),
                deadline_s=30,
            )
            check(answer, among, {code: values for code, values in filters.items() if values})
