"""Search answers with cards of the shop window and counts that fit the hits."""

import msgspec
import pytest

from galleria.commerce import catalog
from galleria.engines.context import Context
from galleria.growth import search
from galleria.growth.search import Answer, Question
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(
        ctx,
        mug(),
        mug("bowl", title="Serving Bowl", brand="Oak", category_paths=[["Kitchen", "Bowls"]]),
        mug("vase", title="Tall Vase", stock=0, category_paths=[["Living"]]),
    )
    await show(ctx)
    return ctx


async def ask(ctx: Context, **question: object) -> Answer:
    return await search.ask(ctx, await window(ctx), Question(**question))  # type: ignore[arg-type]


def titles(answer: Answer) -> list[str]:
    return [msgspec.json.decode(item)["title"] for item in answer.items]


async def test_words_find_titles_descriptions_and_skus(shop: Context) -> None:
    assert titles(await ask(shop, words="mug")) == ["Stoneware Mug"]
    assert titles(await ask(shop, words="bowl-w")) == ["Serving Bowl"]
    assert len(titles(await ask(shop, words="morning"))) == 3


async def test_a_typing_mistake_still_finds(shop: Context) -> None:
    answer = await ask(shop, words="servimg bowl")
    assert titles(answer) == ["Serving Bowl"]


async def test_filters_narrow_and_their_own_counts_stay(shop: Context) -> None:
    answer = await ask(shop, filters={"brand": ("Oak",)})
    assert titles(answer) == ["Serving Bowl"]
    (brands,) = [facet for facet in answer.facets if facet.code == "brand"]
    assert {(v.value, v.count, v.is_chosen) for v in brands.values} == {
        ("Kiln & Co", 2, False),
        ("Oak", 1, True),
    }


async def test_a_category_narrows_to_what_lies_below_it(shop: Context) -> None:
    answer = await ask(shop, category="kitchen", sort="title")
    assert titles(answer) == ["Serving Bowl", "Stoneware Mug"]


async def test_facets_are_those_the_hits_have_with_their_labels(shop: Context) -> None:
    answer = await ask(shop)
    found = {facet.code: facet.label for facet in answer.facets}
    assert found["brand"] == "Brand"
    assert found["Colour"] == "Colour"
    assert "capacity_ml" not in found, "one value says nothing"


async def test_prices_bound_and_sort(shop: Context) -> None:
    answer = await ask(shop, sort="price_asc")
    assert answer.price_range is not None
    assert answer.price_range.min.amount_minor == 2400
    assert (await ask(shop, price_min_minor=2500)).total == 0


async def test_pages_follow_each_other(shop: Context) -> None:
    first = await ask(shop, sort="title", limit=2)
    second = await ask(shop, sort="title", limit=2, cursor=first.next_cursor)
    assert titles(first) + titles(second) == ["Serving Bowl", "Stoneware Mug", "Tall Vase"]
    assert second.next_cursor is None


async def test_an_archived_product_is_found_no_more(shop: Context) -> None:
    product = await catalog.get_product_by_handle(shop, "mug")
    await catalog.archive_product(shop, product.product_id)
    await show(shop)
    assert titles(await ask(shop, words="mug")) == []


async def test_german_words_find_in_the_german_window(shop: Context) -> None:
    answer = await search.ask(shop, await window(shop, "de"), Question(words="steinzeugbecher"))
    assert set(titles(answer)) == {"Steinzeugbecher"}
    assert (await ask(shop, words="steinzeugbecher")).total == 0


async def test_a_second_shop_finds_none_of_it(shop: Context, house_ctx: Context) -> None:
    _, other = await open_shop(house_ctx)
    assert (await ask(other)).total == 0
    foreign = await search.ask(other, await window(shop), Question())
    assert foreign.total == 0


async def test_a_rebuilt_index_answers_the_same(shop: Context) -> None:
    before = titles(await ask(shop, sort="title"))
    assert shop.engines.search_writer is not None
    await search.rebuild_index(shop.engines, shop.engines.search_writer.writer)
    await shop.engines.search.refresh()
    assert titles(await ask(shop, sort="title")) == before
