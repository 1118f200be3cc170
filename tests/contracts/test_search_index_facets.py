"""What every search engine filters, counts, sorts and pages."""

from collections import Counter
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleria.engines.search_index import (
    AVAILABLE,
    BRAND,
    CATEGORY,
    COLLECTION,
    TAG,
    FacetFilter,
    InvalidSearchDocument,
    InvalidSearchQuery,
    PriceBounds,
    SearchDocument,
    SearchPageTooDeep,
    Sort,
)
from galleria.engines.search_index.model import category_steps
from galleria.foundation.money import Money
from tests.contracts.search_shops import Shop, document, question

pytest_plugins = ["tests.contracts.conftest_search"]


def shirt(product_id: str, color: str, size: tuple[str, ...], brand: str = "A") -> SearchDocument:
    """A shirt."""
    return document(product_id, "Shirt", brand=brand, facets={"color": (color,), "size": size})


TREE = ("a", "a/b", "a/b/c", "a/d", "b", "b/c", "b/c/d/e")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(places=st.lists(st.lists(st.sampled_from(TREE), max_size=4), max_size=12))
async def test_a_product_counts_once_in_each_category_above_its_own(
    shop: Shop, places: list[list[str]]
) -> None:
    await shop.writer.delete_tenant(shop.tenant_id)
    await shop.put(
        *(document(str(n), "Thing", category_paths=tuple(each)) for n, each in enumerate(places))
    )
    above = [{step for path in each for step in category_steps(path)} for each in places]
    counted = Counter(chain.from_iterable(above))
    found = await shop.facets(facets=(CATEGORY,), facet_values=50)
    assert found == {CATEGORY: dict(counted)}


SHIRTS = [
    shirt("1", "red", ("S", "M")),
    shirt("2", "red", ("L",), brand="B"),
    shirt("3", "blue", ("M", "L")),
]


async def test_values_of_one_facet_are_choices_and_facets_hold_together(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    red_or_blue = FacetFilter("color", ("red", "blue"))
    assert sorted(await shop.found(filters=(red_or_blue,))) == ["1", "2", "3"]
    assert sorted(await shop.found(filters=(red_or_blue, FacetFilter("size", ("M",))))) == [
        "1",
        "3",
    ]
    assert await shop.found(
        filters=(FacetFilter("color", ("red",)), FacetFilter(BRAND, ("B",)))
    ) == ["2"]
    assert await shop.found(filters=(FacetFilter("color", ("green",)),)) == []
    assert await shop.found(filters=(FacetFilter("nosuch", ("red",)),)) == []


async def test_a_facets_own_filter_does_not_narrow_its_counts(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    facets = await shop.facets(
        filters=(FacetFilter("color", ("blue",)),), facets=("color", "size", BRAND)
    )
    assert facets == {"color": {"red": 2, "blue": 1}, "size": {"M": 1, "L": 1}, BRAND: {"A": 1}}


async def test_the_commonest_values_come_first_and_chosen_ones_are_always_there(
    shop: Shop,
) -> None:
    await shop.put(*SHIRTS)
    answer = await shop.ask(
        filters=(FacetFilter("color", ("blue", "green")),), facets=("color",), facet_values=1
    )
    shown = [(each.value, each.count) for each in answer.facets[0].values]
    assert shown == [("red", 2), ("blue", 1), ("green", 0)]


async def test_facets_come_in_the_order_they_were_wanted(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    answer = await shop.ask(facets=("size", "nosuch", "color"))
    assert [facet.code for facet in answer.facets] == ["size", "nosuch", "color"]
    assert answer.facets[1].values == ()


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("a.b", "x"),
        ("a", "2024-01-01T00:00:00Z"),
        ("a", "12"),
        ("a", "1.5e3"),
        ("a", "true"),
        ("weight (kg)", "0,5"),
        ('sa"y', 'h"i'),
        ("größe", "groß & klein"),
        ("c:d", "x=y=z"),
        ("back\\slash", "\\.*"),
        ("%40brand", "50%"),
        ("long", "v" * 199),
        ("a", "日本"),
    ],
)
async def test_codes_and_values_may_hold_any_character(shop: Shop, code: str, value: str) -> None:
    await shop.put(
        document("one", "T", facets={code: (value,), "a.c": ("other",)}, brand="Real"),
        document("two", "T", facets={code + "2": (value,), code: (value + "2",)}),
    )
    assert await shop.found(filters=(FacetFilter(code, (value,)),)) == ["one"]
    facets = await shop.facets(facets=(code, BRAND))
    assert facets[code].get(value)
    assert facets[BRAND] == {"Real": 1}


async def test_values_are_compared_without_stray_white_space_and_counted_once(shop: Shop) -> None:
    await shop.put(document("1", "T", facets={"a": (" dark \n red", "dark red", "")}))
    assert await shop.facets(facets=("a",)) == {"a": {"dark red": 1}}
    assert await shop.found(filters=(FacetFilter("a", ("dark  red",)),)) == ["1"]


async def test_a_category_holds_all_below_it_and_nothing_that_only_begins_alike(
    shop: Shop,
) -> None:
    await shop.put(
        document("phone", "P", category_paths=("tech/phones/smart", "sale")),
        document("laptop", "L", category_paths=("tech/laptops",)),
        document("techno", "T", category_paths=("techno",)),
    )
    assert sorted(await shop.found(category="tech")) == ["laptop", "phone"]
    assert await shop.found(category="/tech/phones/") == ["phone"]
    assert await shop.found(category="tech/phone") == []
    assert await shop.found(category="") == []
    assert await shop.facets(category="tech", facets=(CATEGORY,)) == {
        CATEGORY: {
            "tech": 2,
            "sale": 1,
            "tech/laptops": 1,
            "tech/phones": 1,
            "tech/phones/smart": 1,
        }
    }


async def test_collections_tags_and_availability_filter_and_count(shop: Shop) -> None:
    await shop.put(
        document("1", "A", collections=("summer", "sale"), tags=("new",)),
        document("2", "B", collections=("summer",), is_available=False),
    )
    assert await shop.found(collection="sale") == ["1"]
    assert await shop.found(only_available=True) == ["1"]
    assert await shop.found(filters=(FacetFilter(AVAILABLE, ("false",)),)) == ["2"]
    assert await shop.facets(facets=(COLLECTION, TAG, AVAILABLE)) == {
        COLLECTION: {"summer": 2, "sale": 1},
        TAG: {"new": 1},
        AVAILABLE: {"true": 1, "false": 1},
    }


PRICED = [
    document("cheap", "A", prices=(Money(100, "EUR"), Money(900, "USD"))),
    document("middle", "B", prices=(Money(500, "EUR"),)),
    document("dear", "C", prices=(Money(900, "EUR"), Money(100, "USD"))),
    document("priceless", "D"),
]


async def test_prices_filter_inclusively_in_one_currency(shop: Shop) -> None:
    await shop.put(*PRICED)
    asked: dict[str, Any] = {"currency": "EUR", "sort": Sort.PRICE_ASC}
    assert await shop.found(price_min_minor=100, price_max_minor=500, **asked) == [
        "cheap",
        "middle",
    ]
    assert await shop.found(price_min_minor=501, **asked) == ["dear"]
    assert await shop.found(price_max_minor=0, **asked) == []
    assert await shop.found(price_max_minor=100, currency="USD") == ["dear"]
    assert await shop.found(price_min_minor=0, currency="JPY") == []


async def test_price_bounds_leave_the_price_filter_aside_but_no_other(shop: Shop) -> None:
    await shop.put(*PRICED)
    answer = await shop.ask(currency="EUR", price_max_minor=200, wants_price_bounds=True)
    assert (answer.total, answer.price_bounds) == (1, PriceBounds(100, 900))
    answer = await shop.ask(
        currency="EUR", filters=(FacetFilter(BRAND, ("X",)),), wants_price_bounds=True
    )
    assert answer.price_bounds is None


async def test_products_sort_by_price_and_those_without_come_last(shop: Shop) -> None:
    await shop.put(*PRICED)
    in_eur = {"currency": "EUR"}
    assert await shop.found(sort=Sort.PRICE_ASC, **in_eur) == [
        "cheap",
        "middle",
        "dear",
        "priceless",
    ]
    assert await shop.found(sort=Sort.PRICE_DESC, **in_eur) == [
        "dear",
        "middle",
        "cheap",
        "priceless",
    ]


async def test_products_sort_by_date_and_by_name_as_people_do(shop: Shop) -> None:
    await shop.put(
        document("z", "Zebra", published_at=datetime(2026, 1, 2, tzinfo=UTC)),
        document("a2", "ähre 10", published_at=datetime(2026, 1, 3, tzinfo=UTC)),
        document("a1", "Ähre 9", published_at=datetime(1999, 1, 1, tzinfo=UTC)),
        document("b", "\u201cBanana\u201d"),
    )
    assert await shop.found(sort=Sort.NEWEST) == ["a2", "z", "a1", "b"]
    assert await shop.found(sort=Sort.TITLE) == ["a1", "a2", "b", "z"]


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.PRICE_ASC, Sort.TITLE])
async def test_pages_follow_each_other_without_gap_or_repetition(shop: Shop, sort: Sort) -> None:
    products = [
        document(f"p{n:02}", f"Thing {n}", prices=(Money(n % 7, "EUR"),)) for n in range(23)
    ]
    await shop.put(*products)
    seen: list[str] = []
    after = None
    while True:
        page = await shop.ask("thing", sort=sort, currency="EUR", limit=5, after=after)
        assert page.total == 23
        seen += [hit.product_id for hit in page.hits]
        after = page.next_position
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 23
    by_offset = await shop.found("thing", sort=sort, currency="EUR", limit=5, offset=10)
    assert by_offset == seen[10:15]
    assert await shop.found("thing", offset=500) == []


async def test_a_page_without_hits_still_counts(shop: Shop) -> None:
    await shop.put(*SHIRTS)
    answer = await shop.ask(limit=0, facets=("color",))
    assert (answer.hits, answer.total) == ((), 3)
    assert answer.facets[0].values


@pytest.mark.parametrize(
    "asked",
    [
        {"offset": 9_999, "limit": 2},
        {"after": "-1"},
        {"after": "9999999"},
        {"after": "x"},
        {"after": "\u0663"},
        {"after": ""},
    ],
)
async def test_pages_end_at_ten_thousand(shop: Shop, asked: dict[str, Any]) -> None:
    with pytest.raises(SearchPageTooDeep):
        await shop.ask(**asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 101},
        {"limit": -1},
        {"offset": -1},
        {"offset": 1, "after": "1"},
        {"sort": Sort.PRICE_ASC},
        {"price_min_minor": 1},
        {"wants_price_bounds": True},
        {"currency": "EUR", "price_max_minor": 2**53},
        {"currency": "EUR", "price_min_minor": -1},
        {"facets": ("",)},
        {"facets": ("x",) * 41},
        {"facet_values": 0},
        {"filters": (FacetFilter("a", ()),)},
        {"filters": (FacetFilter("a", ("1",)), FacetFilter("a", ("2",)))},
        {"filters": (FacetFilter("a", ("v",) * 201),)},
        {"channel": "a:b"},
        {"channel": ""},
        {"locale": "en\n"},
    ],
)
def test_a_question_out_of_bounds_cannot_be_made(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidSearchQuery):
        question(**asked)


async def test_a_currency_that_no_country_uses_is_refused(shop: Shop) -> None:
    await shop.put(document("1", "A", prices=(Money(1, "XXX"),)))
    with pytest.raises(InvalidSearchQuery):
        await shop.ask(currency="XXX", sort=Sort.PRICE_ASC)
    assert await shop.found() == ["1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"product_id": ""},
        {"product_id": "x" * 201},
        {"channel": "a:b"},
        {"locale": ""},
        {"facets": {"@brand": ("x",)}},
        {"facets": {"": ("x",)}},
        {"popularity": 1.1},
        {"popularity": float("nan")},
    ],
)
def test_a_document_nobody_could_find_again_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSearchDocument):
        document(**{"product_id": "1", "title": "T"} | wrong)


VALUES = st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple)
DOCUMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "color": VALUES,
            "size": VALUES,
            "brand": st.sampled_from(["", "x", "y"]),
            "price": st.none() | st.integers(0, 5),
            "word": st.sampled_from(["lamp", "table"]),
        }
    ),
    max_size=12,
)
CHOICES = st.dictionaries(
    st.sampled_from(["color", "size", BRAND]),
    st.lists(st.sampled_from("abcxy"), min_size=1, max_size=2, unique=True).map(tuple),
)
RANGE = st.none() | st.tuples(st.integers(0, 5), st.integers(0, 5))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=DOCUMENTS, chosen=CHOICES, between=RANGE, word=st.sampled_from(["", "lamp"]))
async def test_hits_and_counts_are_those_of_counting_by_hand(
    shop: Shop,
    made: list[dict[str, Any]],
    chosen: dict[str, tuple[str, ...]],
    between: tuple[int, int] | None,
    word: str,
) -> None:
    await shop.writer.delete_tenant(shop.tenant_id)
    await shop.put(*(_as_document(number, each) for number, each in enumerate(made)))

    def passes(each: dict[str, Any], leaving_out: str | None) -> bool:
        own = {"color": each["color"], "size": each["size"], BRAND: (each["brand"],)}
        is_priced = between is None or (
            each["price"] is not None and between[0] <= each["price"] <= between[1]
        )
        return (
            word in ("", each["word"])
            and (leaving_out == "price" or is_priced)
            and all(
                code == leaving_out or set(own[code]) & set(values)
                for code, values in chosen.items()
            )
        )

    answer = await shop.ask(
        word,
        filters=tuple(FacetFilter(code, values) for code, values in chosen.items()),
        facets=("color", "size", BRAND),
        currency="EUR",
        price_min_minor=None if between is None else between[0],
        price_max_minor=None if between is None else between[1],
        wants_price_bounds=True,
    )
    expected = {str(number) for number, each in enumerate(made) if passes(each, None)}
    assert {hit.product_id for hit in answer.hits} == expected
    assert answer.total == len(expected)
    for facet in answer.facets:
        counted: dict[str, int] = {}
        for each in made:
            own = {"color": each["color"], "size": each["size"], BRAND: (each["brand"],)}
            if passes(each, facet.code):
                for value in own[facet.code]:
                    if value:
                        counted[value] = counted.get(value, 0) + 1
        assert {each.value: each.count for each in facet.values if each.count} == counted
        assert facet.error_bound == 0
    prices = [each["price"] for each in made if each["price"] is not None and passes(each, "price")]
    assert answer.price_bounds == (PriceBounds(min(prices), max(prices)) if prices else None)


def _as_document(number: int, made: dict[str, Any]) -> SearchDocument:
    return document(
        str(number),
        made["word"],
        brand=made["brand"],
        facets={"color": made["color"], "size": made["size"]},
        prices=() if made["price"] is None else (Money(made["price"], "EUR"),),
    )
