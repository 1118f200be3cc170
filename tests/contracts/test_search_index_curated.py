"""What a merchant says of the hits: these first, those not at all, some earlier, some later."""

from datetime import UTC, datetime

import pytest

from galleria.engines.search_index import (
    BRAND,
    FacetFilter,
    InvalidSearchQuery,
    Lift,
    Match,
    Sort,
)
from galleria.foundation.money import Money
from tests.contracts.search_shops import Shop, document

pytest_plugins = ["tests.contracts.conftest_search"]

LAMPS = [
    document("desk", "Desk lamp", brand="Oak", prices=(Money(300, "EUR"),)),
    document("floor", "Floor lamp with shade", brand="Oak", prices=(Money(200, "EUR"),)),
    document("wall", "Lamp", brand="Elm", prices=(Money(100, "EUR"),), is_available=False),
    document("sofa", "Red sofa", brand="Elm", prices=(Money(400, "EUR"),)),
]


async def test_what_is_pinned_comes_first_whatever_its_words(shop: Shop) -> None:
    await shop.put(*LAMPS)
    assert await shop.found("lamp") == ["wall", "desk", "floor"]
    pinned = ("sofa", "floor", "gone", "sofa")
    answer = await shop.ask("lamp", pinned=pinned, facets=(BRAND,))
    assert [hit.product_id for hit in answer.hits] == ["sofa", "floor", "wall", "desk"]
    assert (answer.total, answer.match) == (4, Match.ALL_WORDS)
    assert {each.value: each.count for each in answer.facets[0].values} == {"Oak": 2, "Elm": 2}
    assert await shop.found("", pinned=("floor",), limit=1) == ["floor"]
    pages = [await shop.found("lamp", pinned=pinned, limit=1, offset=at) for at in range(5)]
    assert pages == [["sofa"], ["floor"], ["wall"], ["desk"], []]
    assert await shop.found("nothing like it", pinned=("sofa",)) == ["sofa"]


async def test_the_page_and_the_filters_come_before_what_is_pinned(shop: Shop) -> None:
    await shop.put(*LAMPS)
    elm = (FacetFilter(BRAND, ("Elm",)),)
    assert await shop.found("lamp", pinned=("sofa", "floor"), filters=elm) == ["sofa", "wall"]
    assert await shop.found("lamp", pinned=("wall",), only_available=True) == ["desk", "floor"]
    by_price = await shop.found("lamp", pinned=("desk",), sort=Sort.PRICE_ASC, currency="EUR")
    assert by_price == ["wall", "floor", "desk"]


async def test_what_is_pinned_comes_before_the_newest_too(shop: Shop) -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 8)]
    await shop.put(*(document(str(at), "Lamp", published_at=day) for at, day in enumerate(days)))
    newest = {"sort": Sort.NEWEST, "pinned": ("2", "gone", "4")}
    everything = ["2", "4", "6", "5", "3", "1", "0"]
    assert await shop.found("lamp", **newest) == everything
    for limit in (1, 2, 3, 5):
        pages = [
            await shop.found("", limit=limit, offset=at, **newest) for at in range(0, 8, limit)
        ]
        assert [each for page in pages for each in page] == everything
    assert (await shop.ask("", limit=1, **newest)).total == 7


async def test_what_is_hidden_is_neither_found_nor_counted(shop: Shop) -> None:
    await shop.put(*LAMPS)
    answer = await shop.ask("lamp", hidden=("wall", "sofa"), facets=(BRAND,))
    assert [hit.product_id for hit in answer.hits] == ["desk", "floor"]
    assert (answer.total, len(answer.facets[0].values)) == (2, 1)
    assert await shop.found("lamp", hidden=("wall",), pinned=("wall",)) == ["desk", "floor"]
    assert len(await shop.found("", hidden=("wall",))) == 3


async def test_some_come_earlier_and_some_later(shop: Shop) -> None:
    await shop.put(*LAMPS)
    oak = Lift(FacetFilter(BRAND, ("Oak",)), 10.0)
    assert await shop.found("lamp", lifts=(oak,)) == ["desk", "floor", "wall"]
    later = Lift(FacetFilter(BRAND, ("Elm",)), -10.0)
    assert await shop.found("lamp", lifts=(later,)) == ["desk", "floor", "wall"]
    assert (await shop.found("", lifts=(oak,)))[:2] in (["desk", "floor"], ["floor", "desk"])
    assert (await shop.found("lamp", lifts=(later,), pinned=("wall",)))[0] == "wall"
    assert (await shop.ask("lamp", lifts=(oak, later))).total == 3


async def test_another_tenants_products_cannot_be_pinned(shop: Shop, other_shop: Shop) -> None:
    await shop.put(*LAMPS)
    await other_shop.put(document("theirs", "Their lamp"))
    assert "theirs" not in await shop.found("lamp", pinned=("theirs",))


async def test_more_than_a_merchant_can_mean_is_refused(shop: Shop) -> None:
    lift = Lift(FacetFilter(BRAND, ("Oak",)), 1.0)
    for wrong in (
        {"pinned": tuple(map(str, range(51)))},
        {"hidden": tuple(map(str, range(201)))},
        {"lifts": (lift,) * 21},
        {"lifts": (Lift(FacetFilter(BRAND, ("Oak",)), 101.0),)},
    ):
        with pytest.raises(InvalidSearchQuery):
            await shop.ask("lamp", **wrong)
