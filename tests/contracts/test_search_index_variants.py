"""Filters hold for one variant of a product, and facets count what such filters would leave."""

from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleria.engines.search_index import (
    AVAILABLE,
    BRAND,
    FacetFilter,
    InvalidSearchDocument,
    InvalidSearchQuery,
    SearchDocument,
    SearchVariant,
)
from tests.contracts.search_shops import Shop, document

pytest_plugins = ["tests.contracts.conftest_search"]


def shirt(product_id: str, *variants: dict[str, str], sold_out: int = 0, **more: Any) -> Any:
    """A shirt with these variants, the last ones of them sold out."""
    there = len(variants) - sold_out
    return document(
        product_id,
        "Shirt",
        variants=tuple(SearchVariant(each, at < there) for at, each in enumerate(variants)),
        is_available=there > 0,
        **more,
    )


def wanted(**values: str) -> tuple[FacetFilter, ...]:
    """A filter for each code; several values stand with a comma between."""
    return tuple(FacetFilter(code, tuple(said.split(","))) for code, said in values.items())


SHIRTS = [
    shirt("blue-xxl", {"color": "blue", "size": "XXL"}, {"color": "red", "size": "S"}, brand="A"),
    shirt("crossed", {"color": "blue", "size": "S"}, {"color": "red", "size": "XXL"}, brand="B"),
    shirt("one-size", {"size": "XXL"}, {"size": "S"}, facets={"color": ("blue",)}),
    document("poster", "Poster", facets={"color": ("blue",), "size": ("XXL",)}),
]


async def test_a_product_is_found_when_one_variant_has_all_that_is_ticked(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    assert sorted(await shop.found(filters=wanted(color="blue", size="XXL"))) == [
        "blue-xxl",
        "one-size",
        "poster",
    ]
    assert sorted(await shop.found(filters=wanted(color="blue,red", size="S"))) == [
        "blue-xxl",
        "crossed",
        "one-size",
    ]
    assert await shop.found(filters=wanted(color="red", size="S")) == ["blue-xxl"]
    assert len(await shop.found(filters=wanted(color="blue"))) == 4


async def test_a_facet_counts_what_there_is_in_what_was_ticked(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    facets = await shop.facets(filters=wanted(color="blue"), facets=("size", "color", BRAND))
    assert facets == {
        "size": {"XXL": 3, "S": 2},
        "color": {"blue": 4, "red": 2},
        BRAND: {"A": 1, "B": 1},
    }
    facets = await shop.facets(filters=wanted(color="red", size="S"), facets=("size", "color"))
    assert facets == {"size": {"S": 1, "XXL": 1}, "color": {"blue": 2, "red": 1}}
    facets = await shop.facets(filters=wanted(color="blue,red"), facets=("size",))
    assert facets == {"size": {"XXL": 4, "S": 3}}


async def test_what_is_sold_out_is_not_among_what_can_be_had(shop: Shop) -> None:
    await shop.put(
        shirt("blue-gone", {"color": "red"}, {"color": "blue"}, sold_out=1),
        shirt("all-there", {"color": "red"}, {"color": "blue"}),
        shirt("all-gone", {"color": "blue"}, {"color": "red"}, sold_out=2),
    )
    assert await shop.found(filters=wanted(color="blue"), only_available=True) == ["all-there"]
    there = FacetFilter(AVAILABLE, ("true",))
    assert await shop.found(filters=(*wanted(color="blue"), there)) == ["all-there"]
    assert len(await shop.found(filters=wanted(color="red"), only_available=True)) == 2
    facets = await shop.facets(filters=wanted(color="blue"), facets=(AVAILABLE,))
    assert facets == {AVAILABLE: {"true": 1, "false": 2}}
    assert await shop.facets(only_available=True, facets=("color",)) == {
        "color": {"red": 2, "blue": 1}
    }


@pytest.mark.parametrize("word", ["a.b", "x|y", "+a", "~a", "5 (kg)", '"', "\\.*", "日本", "[^a]*"])
async def test_axes_and_their_values_may_hold_any_character(shop: Shop, word: str) -> None:
    await shop.put(
        shirt("1", {word: word, "size": "S"}, {word: "b", "size": "M"}),
        shirt("2", {word: "b", "size": "S"}, {word: word, "size": "M"}),
    )
    filters = (FacetFilter(word, (word,)), FacetFilter("size", ("S",)))
    assert await shop.found(filters=filters) == ["1"]
    assert await shop.facets(filters=filters, facets=("size", word)) == {
        "size": {"S": 1, "M": 1},
        word: {word: 1, "b": 1},
    }


def test_variants_that_are_told_apart_by_different_things_cannot_be() -> None:
    for wrong in (
        [{"a": "1"}, {"b": "1"}],
        [{"a": "1"}, {"a": "1", "b": "2"}],
        [dict.fromkeys("abcd", "1")],
        [{"@brand": "x"}],
    ):
        with pytest.raises(InvalidSearchDocument):
            shirt("1", *wrong)


async def test_more_combinations_than_can_be_looked_for_are_refused(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    many = ",".join(map(str, range(200)))
    with pytest.raises(InvalidSearchQuery):
        await shop.found(filters=wanted(color=many, size=many))
    assert await shop.found(filters=wanted(color="red", size=f"S,{many[:100]}")) == ["blue-xxl"]


async def test_many_long_values_on_two_axes_are_counted_on_the_third(shop: Shop) -> None:
    values = [f"{number:03d}" + "Grün é" * 30 for number in range(100)]
    made = [
        {"color": values[at], "size": values[-at], "cut": values[at // 10]} for at in range(100)
    ]
    await shop.put(*(shirt(str(at), *made[at : at + 4]) for at in range(0, 100, 4)))
    ticked = (FacetFilter("color", tuple(values)), FacetFilter("size", tuple(values[:50])))
    answer = await shop.ask(filters=ticked, facets=("cut", "size"), facet_values=50)
    shirts_of = {(at // 4, at // 10) for at in range(100) if -at % 100 < 50}
    naive = Counter(values[cut] for _, cut in shirts_of)
    assert {each.value: each.count for each in answer.facets[0].values} == naive
    assert all(each.count == 1 for each in answer.facets[1].values)
    assert not answer.is_partial


AXES = ("color", "size", "cut")


@st.composite
def products(draw: st.DrawFn) -> list[SearchDocument]:
    """Products of all shapes: no axis to three, sold out in part, values said of the whole."""
    made = []
    for number in range(draw(st.integers(0, 9))):
        axes = draw(st.lists(st.sampled_from(AXES), max_size=3, unique=True))
        possible = [dict(zip(axes, each, strict=True)) for each in product("ab", repeat=len(axes))]
        variants = draw(st.lists(st.sampled_from(possible), min_size=1, max_size=9))
        there = draw(st.lists(st.booleans(), min_size=len(variants), max_size=len(variants)))
        whole = {
            code: draw(st.sampled_from([(), ("a",), ("a", "b")]))
            for code in AXES
            if code not in axes
        }
        made.append(
            document(
                str(number),
                "T",
                facets=whole,
                brand=draw(st.sampled_from(["x", "y"])),
                variants=tuple(map(SearchVariant, variants, there)),
                is_available=any(there),
            )
        )
    return made


Chosen = dict[str, tuple[str, ...]]


def fitting(each: SearchDocument, filters: Chosen, only_there: bool) -> int:
    """How many of its variants fit, by a naive look at each."""
    return sum(
        fits_one(each, variant, filters)
        for variant in each.variants
        if variant.is_available or not only_there
    )


def fits_one(each: SearchDocument, variant: SearchVariant, filters: Chosen) -> bool:
    """The variant has what is ticked."""
    said: Chosen = {
        **each.facets,
        **{code: (value,) for code, value in variant.values.items()},
        BRAND: (each.brand,),
        AVAILABLE: ("true" if variant.is_available else "false",),
    }
    return all(set(said.get(code, ())) & set(values) for code, values in filters.items())


def fits(each: SearchDocument, filters: Chosen, only_there: bool) -> bool:
    """One of its variants fits."""
    return fitting(each, filters, only_there) > 0


CHOICES = st.dictionaries(
    st.sampled_from([*AXES, BRAND]),
    st.lists(st.sampled_from("abxy"), min_size=1, max_size=2, unique=True).map(tuple),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(products(), CHOICES, st.booleans())
async def test_filters_and_counts_are_those_of_a_naive_look(
    shop: Shop, made: list[SearchDocument], chosen: Chosen, only_there: bool
) -> None:
    await shop.put(*made, deletes=[str(each) for each in range(len(made), 9)])
    filters = tuple(FacetFilter(code, values) for code, values in chosen.items())
    codes = (*AXES, BRAND, AVAILABLE)
    answer = await shop.ask(filters=filters, only_available=only_there, facets=codes, limit=20)
    assert {hit.product_id for hit in answer.hits} == {
        each.product_id for each in made if fits(each, chosen, only_there)
    }
    for facet in answer.facets:
        others = {code: values for code, values in chosen.items() if code != facet.code}
        values = ("true", "false") if facet.code == AVAILABLE else tuple("abxy")
        naive = {
            value: sum(
                fits(each, {**others, facet.code: (value,)}, only_there)
                if facet.code != AVAILABLE or value == "true"
                else fits(each, others, only_there) and not fits(each, others, True)
                for each in made
            )
            for value in values
        }
        counted = {each.value: each.count for each in facet.values}
        assert {v: n for v, n in counted.items() if n} == {v: n for v, n in naive.items() if n}, (
            facet.code
        )


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(products(), CHOICES, st.booleans())
async def test_variants_are_counted_as_by_a_naive_look(
    shop: Shop, made: list[SearchDocument], chosen: Chosen, only_there: bool
) -> None:
    await shop.put(*made, deletes=[str(each) for each in range(len(made), 9)])
    filters = tuple(FacetFilter(code, values) for code, values in chosen.items())
    codes = (*AXES, BRAND, AVAILABLE)
    answer = await shop.ask(
        filters=filters, only_available=only_there, facets=codes, counts_variants=True
    )
    assert answer.variants == sum(fitting(each, chosen, only_there) for each in made)
    for facet in answer.facets:
        others = {code: values for code, values in chosen.items() if code != facet.code}
        for value in facet.values:
            naive = sum(
                fitting(each, {**others, facet.code: (value.value,)}, only_there) for each in made
            )
            assert value.variants == naive, (facet.code, value)


async def test_variants_are_not_counted_unless_asked_for(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    answer = await shop.ask(facets=("color",))
    assert answer.variants is None
    assert {each.variants for each in answer.facets[0].values} == {None}
    answer = await shop.ask(facets=("color",), counts_variants=True)
    assert answer.variants == 7
    assert {each.value: each.variants for each in answer.facets[0].values} == {"blue": 5, "red": 2}
