"""What keys may search: limits meet what is asked, and answers tell of nothing else."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import collections
from galleria.commerce.collections import NewCollection
from galleria.commerce.listings import PriceRange
from galleria.engines.context import Context
from galleria.foundation.money import Money
from galleria.growth import search
from galleria.growth.search import (
    EVERYTHING,
    CurationDraft,
    FacetShown,
    FoundCard,
    Question,
    SearchLimits,
    Suggested,
)
from galleria.growth.search.limiting import allowed_by, both, held
from tests.commerce.selling import Sold, mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_search import ask, titles
from tests.growth.search.test_suggesting import names

KITCHEN = SearchLimits(categories=["kitchen"])


def priced(sold: Sold, amount_minor: int) -> Sold:
    return Sold(sold.draft, [amount_minor, amount_minor], sold.stock)


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    """Two products of the kitchen, one of living and the kitchen, and a secret one of living."""
    _, ctx = await open_shop(house_ctx)
    made = await put_on_sale(
        ctx,
        mug(),
        priced(mug("bowl", title="Bowl", brand="Oak", category_paths=[["Kitchen", "Bowls"]]), 5000),
        mug("vase", title="Vase", stock=0, category_paths=[["Living"], ["Kitchen", "Tall"]]),
        priced(mug("bolide", title="Bolide", brand="Secret", category_paths=[["Living"]]), 9000),
    )
    best = await collections.create_collection(ctx, NewCollection(title="Best"))
    first = [each.product_id for each in made[:2] if each.product_id is not None]
    await collections.fill_collection(ctx, best.collection_id, first, [])
    await show(ctx)
    return ctx


async def found(ctx: Context, limits: SearchLimits, **question: Any) -> list[str]:
    answer = await ask(ctx, sort="title", allowed=allowed_by(limits), **question)
    assert answer.total == len(answer.items)
    return titles(answer)


async def suggest(ctx: Context, prefix: str, limits: SearchLimits) -> Suggested:
    shown = await window(ctx)
    return await search.suggest(ctx, shown, prefix, allowed=allowed_by(limits))


def values(facets: list[FacetShown], code: str) -> dict[str, int]:
    return {v.value: v.count for f in facets if f.code == code for v in f.values}


async def test_each_kind_of_limit_leaves_what_it_says(shop: Context) -> None:
    for limits, left in (
        (KITCHEN, ["Bowl", "Stoneware Mug", "Vase"]),
        (SearchLimits(categories=["kitchen/bowls", "kitchen/tall"]), ["Bowl", "Vase"]),
        (SearchLimits(categories=["kitchen/none"]), []),
        (SearchLimits(collections=["best"]), ["Bowl", "Stoneware Mug"]),
        (SearchLimits(collections=["best", "worst"]), ["Bowl", "Stoneware Mug"]),
        (SearchLimits(filters={"brand": ["Oak", "Elm"]}), ["Bowl"]),
        (SearchLimits(filters={"Colour": ["Red"]}), []),
        (SearchLimits(only_available=True), ["Bolide", "Bowl", "Stoneware Mug"]),
        (SearchLimits(price_max=Money(2400, "EUR")), ["Stoneware Mug", "Vase"]),
        (SearchLimits(categories=["kitchen"], only_available=True), ["Bowl", "Stoneware Mug"]),
        (SearchLimits(categories=["living"], collections=["best"]), []),
    ):
        assert await found(shop, limits) == left, limits


async def test_what_a_shopper_asks_for_is_met_with_what_is_allowed(shop: Context) -> None:
    places = SearchLimits(categories=["kitchen/bowls", "kitchen/tall"])
    best = SearchLimits(collections=["best"])
    oak = SearchLimits(filters={"brand": ["Oak"]})
    for limits, asked, left in (
        (KITCHEN, {"category": "living"}, []),
        (KITCHEN, {"category": "kitchen/bowls"}, ["Bowl"]),
        (KITCHEN, {"filters": {"category": ("living",)}}, []),
        (KITCHEN, {"filters": {"@category": ("living", "kitchen/bowls")}}, ["Bowl"]),
        (places, {"category": "kitchen"}, ["Bowl", "Vase"]),
        (places, {"filters": {"category": ("kitchen",)}}, ["Bowl", "Vase"]),
        (places, {"filters": {"category": ("kitchen/mugs",)}}, []),
        (best, {"collection": "worst"}, []),
        (best, {"filters": {"@collection": ("worst", "best")}}, ["Bowl", "Stoneware Mug"]),
        (oak, {"filters": {"brand": ("Oak", "Secret")}}, ["Bowl"]),
        (oak, {"filters": {"@brand": ("Secret",)}}, []),
        (oak, {"filters": {"Colour": ("Blue",)}}, ["Bowl"]),
        (SearchLimits(only_available=True), {"filters": {"available": ("false",)}}, []),
        (
            SearchLimits(price_max=Money(2400, "EUR")),
            {"price_max_minor": 9999},
            ["Stoneware Mug", "Vase"],
        ),
        (SearchLimits(price_max=Money(2400, "EUR")), {"price_min_minor": 2500}, []),
    ):
        assert await found(shop, limits, **asked) == left, (limits, asked)


async def test_limits_of_key_and_pass_hold_together(shop: Context) -> None:
    def together(*limits: SearchLimits) -> list[str]:
        allowed = EVERYTHING
        for each in limits:
            allowed = both(allowed, allowed_by(each))
        return sorted(f"{code}={value}" for code, vs in allowed.values.items() for value in vs)

    bowls = SearchLimits(categories=["kitchen/bowls", "living"])
    assert together(KITCHEN, bowls) == together(bowls, KITCHEN) == ["@category=kitchen/bowls"]
    for one, other in (
        (KITCHEN, SearchLimits(categories=["living"])),
        (SearchLimits(channel="web"), SearchLimits(channel="app")),
        (SearchLimits(locale="en"), SearchLimits(locale="de")),
        (SearchLimits(price_max=Money(1, "EUR")), SearchLimits(price_max=Money(1, "USD"))),
    ):
        allowed = both(allowed_by(one), allowed_by(other))
        answer = await ask(shop, allowed=allowed, group="variant")
        assert (answer.total, answer.items, answer.facets, answer.total_variants) == (0, [], [], 0)
    cheap = both(
        allowed_by(SearchLimits(price_max=Money(5, "EUR"), most_per_page=9)),
        allowed_by(SearchLimits(price_max=Money(7, "EUR"), most_per_page=4, only_available=True)),
    )
    assert cheap.price_max == Money(5, "EUR")
    assert (cheap.most_per_page, cheap.only_available) == (4, True)


async def test_counts_and_prices_tell_of_nothing_else(shop: Context) -> None:
    everything = await ask(shop)
    assert values(everything.facets, "brand") == {"Kiln & Co": 2, "Oak": 1, "Secret": 1}
    answer = await ask(shop, allowed=allowed_by(KITCHEN))
    assert values(answer.facets, "brand") == {"Kiln & Co": 2, "Oak": 1}
    kitchen = {"kitchen": 3, "kitchen/bowls": 1, "kitchen/mugs": 1, "kitchen/tall": 1}
    assert values(answer.facets, "category") == kitchen, "a product of two is told of once"
    assert answer.price_range == PriceRange(Money(2400, "EUR"), Money(5000, "EUR"))
    two = allowed_by(SearchLimits(categories=["kitchen/bowls", "kitchen/tall"]))
    answer = await ask(shop, allowed=two)
    assert values(answer.facets, "category") == {"kitchen/bowls": 1, "kitchen/tall": 1}
    brands = allowed_by(SearchLimits(filters={"brand": ["Oak", "Kiln & Co"]}))
    answer = await ask(shop, allowed=brands, filters={"brand": ("Oak",)})
    shown = {(v.value, v.count, v.is_chosen) for v in answer.facets[0].values}
    assert shown == {("Oak", 1, True), ("Kiln & Co", 2, False)}


async def test_the_highest_price_is_that_of_the_dearest_that_may_be_found(shop: Context) -> None:
    for most, told in ((8000, (2400, 5000)), (4999, (2400, 2400)), (9000, (2400, 9000))):
        limits = SearchLimits(price_max=Money(most, "EUR"))
        answer = await ask(shop, allowed=allowed_by(limits), price_min_minor=0)
        assert answer.price_range is not None
        low, high = answer.price_range.min, answer.price_range.max
        assert (low.amount_minor, high.amount_minor) == told
    limits = SearchLimits(price_max=Money(2000, "EUR"))
    assert (await ask(shop, allowed=allowed_by(limits))).price_range is None


async def test_variants_are_those_that_are_allowed(shop: Context) -> None:
    blue = allowed_by(SearchLimits(filters={"Colour": ["Blue"]}))
    answer = await ask(shop, words="bowl", allowed=blue, group="variant")
    assert answer.total_variants == 1
    assert msgspec.json.decode(answer.items[0], type=FoundCard).variant_matches == 1
    assert values(answer.facets, "Colour") == {}, "one value leaves no choice"


async def test_words_of_what_is_hidden_complete_correct_and_suggest_nothing(shop: Context) -> None:
    assert (await search.suggest(shop, await window(shop), "bol")).completions == ("bolide",)
    for limits in (KITCHEN, SearchLimits(filters={"brand": ["Oak", "Kiln & Co"]})):
        given_for_bo = await suggest(shop, "bo", limits)
        assert given_for_bo.completions == ()
        assert names(given_for_bo) == ["Bowl"] == [each.title for each in given_for_bo.hits]
        assert await suggest(shop, "bolide", limits) == Suggested()
        answer = await ask(shop, words="bolida", allowed=allowed_by(limits))
        assert (answer.total, answer.did_you_mean) == (0, None)
    assert (await ask(shop, words="bolida")).did_you_mean == "bolide"


async def test_categories_are_suggested_with_what_may_be_found_in_them(shop: Context) -> None:
    async def places(prefix: str, limits: SearchLimits) -> dict[str, int]:
        found = await suggest(shop, prefix, limits)
        return {each.path: each.product_count for each in found.categories}

    oak = SearchLimits(filters={"brand": ["Oak", "Secret"]})
    assert await places("liv", KITCHEN) == {}
    assert await places("kit", KITCHEN) == {"kitchen": 3}
    assert await places("kit", oak) == {"kitchen": 1}
    assert await places("tal", oak) == {}, "nothing in it may be found"
    assert await places("liv", SearchLimits(categories=["living"], collections=["best"])) == {}
    assert await places("kit", SearchLimits(features=["suggest"])) == {"kitchen": 3}


async def test_what_merchants_pin_and_hide_holds_within_the_limits(shop: Context) -> None:
    bolide = (await ask(shop, words="bolide")).items[0]
    bowl = (await ask(shop, words="bowl")).items[0]
    ids = [msgspec.json.decode(each, type=FoundCard).product_id for each in (bolide, bowl)]
    await search.create_curation(
        shop, CurationDraft(name="x", applies="contains", words=["mug"], pinned=ids)
    )
    answer = await ask(shop, words="mug", allowed=allowed_by(KITCHEN))
    assert titles(answer) == ["Bowl", "Stoneware Mug"]


async def test_pages_end_where_the_limit_says(shop: Context) -> None:
    allowed = allowed_by(SearchLimits(categories=["kitchen"], most_per_page=2))
    first = await ask(shop, sort="title", allowed=allowed, limit=50)
    assert titles(first) == ["Bowl", "Stoneware Mug"]
    second = await ask(shop, sort="title", allowed=allowed, cursor=first.next_cursor)
    assert titles(second) == ["Vase"]
    everywhere = await ask(shop, sort="title", limit=2)
    beyond = await ask(shop, sort="title", allowed=allowed, cursor=everywhere.next_cursor)
    assert titles(beyond) == ["Vase"], "a place in a longer list leads out of no limit"


async def test_a_hot_answer_is_nobody_elses(shop: Context) -> None:
    for _ in range(3):  # hot from the second on
        assert (await ask(shop, words="bolide")).total == 1
        assert (await ask(shop, words="bolide", allowed=allowed_by(KITCHEN))).total == 0


@given(
    st.lists(st.sampled_from(["a", "a/b", "a/b/c", "a/d", "e", "/a/", "e/"]), max_size=4),
    st.lists(st.sampled_from(["a", "a/b", "a/c", "e", "e/f"]), max_size=4),
    st.sampled_from([None, "a", "a/b", "e", "g"]),
)
def test_no_question_reaches_beyond_its_limits(
    limits: list[str], ticked: list[str], page: str | None
) -> None:
    allowed = allowed_by(SearchLimits(categories=limits))
    asked = Question(filters={"category": tuple(ticked)}, category=page, allowed=allowed)
    question = held(asked)
    if not limits:
        assert question == asked or not ticked
        return
    if question is None:
        return
    narrowest = question.filters.get("category") or (question.category,)
    for each in narrowest:
        above = {limit.strip("/") for limit in limits}
        assert each is not None
        assert any(each == up or each.startswith(f"{up}/") for up in above)
        if ticked:
            assert any(each == up or each.startswith(f"{up}/") for up in ticked)
