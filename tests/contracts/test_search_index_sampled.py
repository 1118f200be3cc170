"""What very many products answer is found at the top and counted in samples, and says so."""

from collections.abc import AsyncIterator
from itertools import count
from math import ceil, sqrt
from pathlib import Path

import pytest

from galleria.engines.search_index import (
    BRAND,
    FacetFilter,
    RangeFilter,
    SearchDocument,
    SearchQuery,
    SearchResult,
    SearchVariant,
    Sort,
)
from galleria.engines.search_index.embedded import TantivyIndex, open_tantivy
from galleria.engines.search_index.preparing import prepared
from galleria.foundation.money import Money
from tests.contracts.search_shops import document, question

PRODUCTS = 12_000
EXACT = 2_000
COLORS = ("red", "green", "blue", "black")


def product(number: int) -> SearchDocument:
    """Every product is a lamp; every fourth of a colour, every twentieth of a brand."""
    return document(
        str(number),
        f"Lamp model {number % 7}" + " lamp" * (number % 1_000 == 5),
        brand=f"Brand {number % 20}",
        facets={"color": (COLORS[number % 4],)},
        variants=(SearchVariant({"size": "S"}), SearchVariant({"size": "M"})),
        numbers={"watts": (float(number % 100),)},
        prices=(Money(number, "EUR"),),
        text=" ".join(f"word{number % each}" for each in (11, 13, 17)),
    )


@pytest.fixture(scope="module")
async def exact(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TantivyIndex]:
    folder = Path(tmp_path_factory.mktemp("sampled"))
    index = open_tantivy(folder, writer_heap_bytes=32_000_000)
    async with await index.open_writer() as writer:
        for start in range(0, PRODUCTS, 1_000):
            await writer.apply(1, [product(each) for each in range(start, start + 1_000)])
            await writer.commit()
        await writer.apply(2, [document("secret", "Lamp of another shop")])
        await writer.commit()
    await index.refresh()
    yield index
    await index.close()


@pytest.fixture(scope="module")
async def sampled(exact: TantivyIndex) -> AsyncIterator[TantivyIndex]:
    index = open_tantivy(exact._folder.path, exact=EXACT)
    yield index
    await index.close()


async def both(
    exact: TantivyIndex, sampled: TantivyIndex, query: SearchQuery
) -> tuple[SearchResult, SearchResult]:
    """The answers counted one by one, and in samples."""
    return (
        await exact.search(1, query, deadline_s=30),
        await sampled.search(1, query, deadline_s=30),
    )


BROAD = {
    "one word": question("lamp", facets=("color", BRAND)),
    "several words": question("lamp model", facets=("color", BRAND)),
    "no words": question(facets=("color", BRAND)),
    "a filter": question("lamp", filters=(FacetFilter("color", ("red", "blue")),), facets=(BRAND,)),
    "a range": question("lamp", ranges=(RangeFilter("watts", 10, 60),), facets=("color",)),
    "a price": question("lamp", currency="EUR", price_max_minor=9_000, facets=("color",)),
    "sorted": question("lamp", currency="EUR", sort=Sort.PRICE_DESC, facets=("color",)),
    "a second page": question("lamp", offset=20, facets=("color",)),
    "pinned": question("lamp", pinned=("77", "3"), facets=("color",)),
}


@pytest.mark.parametrize("name", BROAD)
async def test_broad_answers_are_near_the_exact_ones_and_say_so(
    exact: TantivyIndex, sampled: TantivyIndex, name: str
) -> None:
    truth, answer = await both(exact, sampled, BROAD[name])
    assert truth.total_is_exact
    # The best of very much are found without looking at all, so nobody counts it either.
    is_led = truth.total >= 5 * EXACT and name in ("one word", "several words", "a second page")
    assert answer.total_is_exact is not is_led
    bound = ceil(4 * sqrt(truth.total * 128)) if is_led else 0  # four deviations
    assert abs(answer.total - truth.total) <= bound
    for facet, true in zip(answer.facets, truth.facets, strict=True):
        assert facet.is_estimate
        assert facet.error_bound > 0
        counts = {each.value: each.count for each in true.values}
        for each in facet.values:
            assert abs(each.count - counts[each.value]) <= 2 * facet.error_bound + 8
    assert answer.completeness.examined is not None
    assert answer.completeness.examined < truth.total


@pytest.mark.parametrize("name", [each for each in BROAD if each not in ("no words",)])
async def test_the_first_of_very_many_are_the_best_of_them(
    exact: TantivyIndex, sampled: TantivyIndex, name: str
) -> None:
    truth, answer = await both(exact, sampled, BROAD[name])
    assert [hit.score for hit in answer.hits] == pytest.approx([hit.score for hit in truth.hits])
    if name in ("sorted", "pinned"):
        assert [hit.product_id for hit in answer.hits[:2]] == [
            hit.product_id for hit in truth.hits[:2]
        ]


def two_of_one_chance() -> tuple[str, str]:
    """Products of shop 1 that have drawn the same number."""
    drawn: dict[int, str] = {}
    for number in count():
        chance = prepared(1, document(str(number), "")).chance
        if chance in drawn:
            return drawn[chance], str(number)
        drawn[chance] = str(number)
    raise AssertionError("numbers do not end")


async def test_one_of_the_best_is_found_beside_others_of_its_chance(tmp_path: Path) -> None:
    ordinary, best = two_of_one_chance()
    index = open_tantivy(tmp_path, writer_heap_bytes=32_000_000, exact=100)
    async with await index.open_writer() as writer:
        others = [document(f"other {n}", "Lamp" + " lamp" * (n < 199)) for n in range(1_000)]
        last = document(best, "Lamp" + " lamp" * 8)
        await writer.apply(1, [document(ordinary, "Lamp of a quiet kind"), *others, last])
        await writer.commit()
    await index.refresh()
    answer = await index.search(1, question("lamp"), deadline_s=30)
    assert not answer.total_is_exact, "led by the best"
    assert answer.hits[0].product_id == best
    await index.close()


async def test_little_is_counted_one_by_one(exact: TantivyIndex, sampled: TantivyIndex) -> None:
    narrow = question("lamp", filters=(FacetFilter(BRAND, ("Brand 3",)),), facets=("color",))
    truth, answer = await both(exact, sampled, narrow)
    assert answer.total_is_exact
    assert answer.facets == truth.facets
    assert not answer.facets[0].is_estimate


async def test_the_lowest_and_highest_of_very_many_are_exact(
    exact: TantivyIndex, sampled: TantivyIndex
) -> None:
    asked = question("lamp", wants_price_bounds=True, currency="EUR", bounds_of=("watts",))
    truth, answer = await both(exact, sampled, asked)
    assert answer.price_bounds == truth.price_bounds
    assert answer.numbers == truth.numbers


async def test_variants_are_estimated_as_products_are(
    exact: TantivyIndex, sampled: TantivyIndex
) -> None:
    asked = question("lamp", counts_variants=True, facets=("size",))
    truth, answer = await both(exact, sampled, asked)
    assert truth.variants == 2 * truth.total
    (sizes,) = answer.facets
    assert {each.variants for each in sizes.values} == {each.count for each in sizes.values}
    assert answer.variants == sum(each.count for each in sizes.values)
    assert answer.variants == pytest.approx(truth.variants, rel=0.1)


async def test_another_shops_products_are_not_among_the_best(sampled: TantivyIndex) -> None:
    answer = await sampled.search(1, question("lamp", limit=100), deadline_s=30)
    assert "secret" not in {hit.product_id for hit in answer.hits}
    answer = await sampled.search(2, question("lamp"), deadline_s=30)
    assert [hit.product_id for hit in answer.hits] == ["secret"]
