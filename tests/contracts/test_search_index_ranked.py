"""What the order of the hits is made of: words by where they stand, and what a shop knows."""

from datetime import UTC, datetime, timedelta

import pytest

from galleria.engines.search_index import InvalidSearchDocument, InvalidSearchQuery, Ranking
from galleria.engines.search_index.weighing import Signals, factor_of, spread
from tests.contracts.search_shops import Shop, document

pytest_plugins = ["tests.contracts.conftest_search"]

PLAIN = Ranking(popularity=0.0)


async def test_what_is_popular_comes_before_what_its_words_put_level(shop: Shop) -> None:
    await shop.put(
        *(document(str(n), "Lamp", popularity=n / 10) for n in range(5)),
        document("other", "Lamp for a table and more", popularity=1.0),
    )
    assert (await shop.found("lamp"))[:5] == ["4", "3", "2", "1", "0"]
    assert (await shop.found("lamp", ranking=PLAIN))[-1] == "other"


async def test_each_signal_counts_as_much_as_the_shop_says(shop: Shop) -> None:
    now = datetime.now(UTC)
    await shop.put(
        document("dear", "Lamp", margin=0.9, published_at=now - timedelta(days=900)),
        document("new", "Lamp", published_at=now),
        document("old", "Lamp", published_at=now - timedelta(days=90)),
        document("gone", "Lamp", is_available=False),
    )
    assert (await shop.found("lamp", ranking=Ranking(margin=1.0)))[0] == "dear"
    fresh = await shop.found("lamp", ranking=Ranking(freshness=1.0, fresh_days=30))
    assert fresh[:2] == ["new", "old"]
    there = await shop.found("lamp", ranking=Ranking(availability=1.0))
    assert there[-1] == "gone"
    assert len(there) == 4


async def test_a_word_in_the_title_or_the_brand_counts_by_its_weight(shop: Shop) -> None:
    await shop.put(
        document("title", "Falcon lamp stand foot shade bulb cable plug switch"),
        document("brand", "Lamp stand foot shade bulb cable plug switch nine", brand="Falcon"),
        document("text", "Lamp", text="falcon"),
        *(document(f"x{n}", "Lamp stand foot") for n in range(5)),
    )
    by_title = Ranking(title=5.0, brand=0.0, kinds=0.0)
    by_brand = Ranking(title=0.0, brand=5.0, kinds=0.0)
    by_neither = Ranking(title=0.0, brand=0.0, kinds=0.0)
    assert (await shop.found("falcon", ranking=by_title))[0] == "title"
    assert (await shop.found("falcon", ranking=by_brand))[0] == "brand"
    assert (await shop.found("falcon", ranking=by_neither))[0] == "text"


async def test_no_brand_fills_the_page_as_long_as_there_are_others(shop: Shop) -> None:
    await shop.put(
        *(document(f"a{n}", "Lamp", brand="A", popularity=1.0) for n in range(12)),
        *(document(f"b{n}", "Lamp", brand="B") for n in range(3)),
    )
    assert all(each[0] == "a" for each in (await shop.found("lamp", limit=10)))
    mixed = await shop.found("lamp", limit=10, ranking=Ranking(most_of_a_brand=4))
    assert sorted(each[0] for each in mixed) == ["a"] * 7 + ["b"] * 3
    both_pages = [
        *(await shop.found("lamp", limit=8, ranking=Ranking(most_of_a_brand=4))),
        *(await shop.found("lamp", limit=8, offset=8, ranking=Ranking(most_of_a_brand=4))),
    ]
    assert len(set(both_pages)) == 15
    assert both_pages[:8] == mixed[:8]


async def test_what_is_pinned_stays_first_whatever_the_signals(shop: Shop) -> None:
    await shop.put(
        document("pin", "Lamp", brand="A"),
        *(document(str(n), "Lamp", brand="A", popularity=1.0) for n in range(5)),
    )
    ranking = Ranking(popularity=10.0, most_of_a_brand=1)
    assert (await shop.found("lamp", pinned=("pin",), ranking=ranking))[0] == "pin"


def test_a_factor_is_one_and_the_weighted_signals() -> None:
    now_s = 1_800_000_000.0
    ranking = Ranking(popularity=0.5, margin=1.0, freshness=2.0, fresh_days=10, availability=0.25)
    assert factor_of(ranking, Signals(0, 0, 0, False), now_s) == 1.0
    assert factor_of(ranking, Signals(1, 0.5, 0, True), now_s) == 2.25
    ten_days = Signals(0, 0, now_s - 10 * 86_400, False)
    assert factor_of(ranking, ten_days, now_s) == pytest.approx(2.0)
    tomorrow = Signals(0, 0, now_s + 86_400, False)
    assert factor_of(ranking, tomorrow, now_s) == pytest.approx(3.0)


def test_brands_are_spread_within_each_ten() -> None:
    assert spread(["a", "a", "a", "b", ""], 0) == [0, 1, 2, 3, 4]
    assert spread(["a", "a", "a", "b", ""], 1) == [0, 3, 4, 1, 2]
    assert spread([""] * 30, 1) == list(range(30))
    many = spread(["a"] * 20 + ["b"] * 20, 5)
    assert sorted(many) == list(range(40))
    assert [sum(each < 20 for each in many[at : at + 10]) for at in (0, 10)] == [5, 5]


@pytest.mark.parametrize(
    "wrong",
    [{"title": -1.0}, {"margin": 11.0}, {"fresh_days": 0}, {"most_of_a_brand": 11}],
)
def test_weights_are_bounded(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidSearchQuery):
        Ranking(**wrong)  # type: ignore[arg-type]


def test_signals_are_shares() -> None:
    with pytest.raises(InvalidSearchDocument):
        document("1", "Lamp", margin=1.1)
