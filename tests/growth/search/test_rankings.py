"""What the order of answers is made of, as a shop says it: kept, tried out, and held to."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from galleria.commerce import listings
from galleria.commerce.listings import Card
from galleria.engines.context import Context
from galleria.engines.search_index import Ranking
from galleria.growth import search
from galleria.growth.search import (
    InvalidRanking,
    NewRanking,
    Question,
    RankingDraft,
    RankingNameTaken,
    RankingNotFound,
    TooManyRankings,
    Weights,
)
from galleria.growth.search.documents import Standing, document_of
from galleria.growth.search.room import ROOM
from galleria.growth.search.service.comparing import lifts_of
from galleria.growth.search.service.rankings import ranking_of
from galleria.platform import audit
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_search import ask, titles

THERE_FIRST = Weights(availability=10.0)


@pytest.fixture
async def lamps(house_ctx: Context) -> Context:
    """A shop with a lamp that is sold out, and a longer one that is there."""
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(
        ctx,
        mug("gone", title="Lamp", brand="Elm", stock=0),
        mug("there", title="Lamp for walls", brand="Oak"),
        mug("oaken", title="Oak table", brand="Elm"),
    )
    await show(ctx)
    return ctx


async def say(ctx: Context, name: str, **weights: Any) -> search.RankingProfile:
    return await search.create_ranking(ctx, RankingDraft(name=name, weights=Weights(**weights)))


async def test_the_default_ranking_puts_answers_in_order_and_a_named_one_for_who_asks(
    lamps: Context,
) -> None:
    assert titles(await ask(lamps, words="lamp")) == ["Lamp", "Lamp for walls"]
    await say(lamps, "there-first", availability=10.0)
    assert titles(await ask(lamps, words="lamp"))[0] == "Lamp", "it is not the default yet"
    named = await ask(lamps, words="lamp", ranking="there-first")
    assert titles(named)[0] == "Lamp for walls"
    await search.make_default(lamps, "there-first")
    assert titles(await ask(lamps, words="lamp"))[0] == "Lamp for walls"
    assert titles(await ask(lamps, words="lamp", ranking="standard"))[0] == "Lamp"
    with pytest.raises(RankingNotFound):
        await ask(lamps, words="lamp", ranking="no-such")
    await search.make_default(lamps, "standard")
    assert titles(await ask(lamps, words="lamp"))[0] == "Lamp"


async def test_words_count_where_the_ranking_says(lamps: Context) -> None:
    assert titles(await ask(lamps, words="oak"))[0] == "Oak table"
    await say(lamps, "by-brand", title=0.0, brand=10.0)
    assert titles(await ask(lamps, words="oak", ranking="by-brand"))[0] == "Lamp for walls"


async def test_rankings_are_made_changed_and_removed(lamps: Context) -> None:
    made = await say(lamps, "fresh", freshness=2.0, fresh_days=7, most_of_a_brand=3)
    assert made.weights == Weights(freshness=2.0, fresh_days=7, most_of_a_brand=3)
    await say(lamps, "calm")
    await search.make_default(lamps, "fresh")
    assert [(e.name, e.is_default) for e in await search.list_rankings(lamps)] == [
        ("calm", False),
        ("fresh", True),
    ]
    changed = await search.replace_ranking(lamps, "fresh", Weights(margin=1.5))
    assert changed.is_default and changed.weights == Weights(margin=1.5)
    assert await search.get_ranking(lamps, "fresh") == changed
    assert await search.ranking_called(lamps, "fresh") == Ranking(margin=1.5)
    assert await search.profiles(lamps) == ["standard", "calm", "fresh"]
    await search.make_default(lamps, "calm")
    assert [e.name for e in await search.list_rankings(lamps) if e.is_default] == ["calm"]
    await search.remove_ranking(lamps, "calm")
    assert await search.profiles(lamps) == ["standard", "fresh"]
    assert titles(await ask(lamps, words="lamp"))[0] == "Lamp", "the built-in one holds again"
    said = [each.action for each in (await audit.list_entries(lamps)).items]
    assert said[:3] == [
        "search.ranking_removed",
        "search.ranking_made_default",
        "search.ranking_changed",
    ]


@pytest.mark.parametrize(
    ("name", "weights", "field", "code"),
    [
        ("Not a slug", {}, "name", "invalid_handle"),
        ("x" * 61, {}, "name", "invalid_handle"),
        ("line\n", {}, "name", "invalid_handle"),
        ("standard", {}, "name", "name_reserved"),
        ("preview", {}, "name", "name_reserved"),
        ("x", {"title": 10.5}, "weights.title", "out_of_range"),
        ("x", {"margin": -0.1}, "weights.margin", "out_of_range"),
        ("x", {"popularity": float("nan")}, "weights.popularity", "out_of_range"),
        ("x", {"fresh_days": 0}, "weights.fresh_days", "out_of_range"),
        ("x", {"most_of_a_brand": 11}, "weights.most_of_a_brand", "out_of_range"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(
    ctx: Context, name: str, weights: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InvalidRanking) as refused:
        await say(ctx, name, **weights)
    assert [(each.path, each.code) for each in refused.value.errors] == [(field, code)]
    assert await search.list_rankings(ctx) == []


async def test_all_that_is_wrong_is_told_at_once(ctx: Context) -> None:
    with pytest.raises(InvalidRanking) as refused:
        await say(ctx, "", title=11.0, fresh_days=9999)
    assert [each.path for each in refused.value.errors] == [
        "name",
        "weights.title",
        "weights.fresh_days",
    ]


async def test_a_shop_has_twenty_of_different_names_and_takes_them_along(
    lamps: Context, house_ctx: Context
) -> None:
    for at in range(20):
        await say(lamps, f"r-{at}")
    with pytest.raises(RankingNameTaken):
        await say(lamps, "r-7")
    with pytest.raises(TooManyRankings):
        await say(lamps, "one-more")
    _, other = await open_shop(house_ctx)
    assert await search.profiles(other) == ["standard"]
    for reach in (
        search.get_ranking(other, "r-1"),
        search.remove_ranking(other, "r-1"),
        search.replace_ranking(other, "r-1", Weights()),
        search.make_default(other, "r-1"),
    ):
        with pytest.raises(RankingNotFound):
            await reach
    assert ROOM.export is not None and ROOM.erase is not None
    lines = b"".join([part async for part in ROOM.export(lamps)]).splitlines()
    assert msgspec.json.decode(lines[0])["ranking"]["name"] == "r-0"
    await ROOM.erase(lamps)
    assert await search.list_rankings(lamps) == []


async def test_a_preview_says_where_products_stood_and_what_lifted_them(lamps: Context) -> None:
    question = Question(words="lamp", with_facets=False, limit=1)
    beside = await search.preview_ranking(lamps, await window(lamps), question, THERE_FIRST)
    assert (titles(beside.today), titles(beside.then)) == (["Lamp"], ["Lamp for walls"])
    (moved,) = beside.moves
    assert (moved.place, moved.before, moved.lifted_by) == (1, 2, {"availability": 10.0})
    assert titles(await ask(lamps, words="lamp"))[0] == "Lamp", "nothing was changed"
    await say(lamps, "there-first", availability=10.0)
    named = msgspec.structs.replace(question, ranking="there-first")
    same = await search.preview_ranking(lamps, await window(lamps), named, THERE_FIRST)
    assert titles(same.today) == ["Lamp for walls"]
    without = await search.preview_ranking(lamps, await window(lamps), Question(), THERE_FIRST)
    assert [each.lifted_by for each in without.moves] == [{}, {}, {}]


async def test_how_a_product_does_in_the_shop_is_told_to_the_index(lamps: Context) -> None:
    card = msgspec.json.decode((await ask(lamps, words="table")).items[0], type=Card)
    shown = await window(lamps)
    detail = (await listings.details_of(lamps, shown, [card.product_id]))[card.product_id]
    document = document_of(shown.channel_id, "en", detail, {}, (), Standing(0.7, 0.2))
    assert (document.popularity, document.margin) == (0.7, 0.2)
    assert document_of(shown.channel_id, "en", detail, {}).popularity == 0.0


async def test_a_product_is_half_as_fresh_every_so_many_days(lamps: Context) -> None:
    card = msgspec.json.decode((await ask(lamps, words="lamp")).items[0], type=Card)
    ranking = Ranking(freshness=4.0, fresh_days=10)
    for days, lifted in ((0, {"freshness": 4.0}), (10, {"freshness": 2.0}), (400, {})):
        later = card.published_at + timedelta(days=days)
        assert lifts_of(ranking, card, later.timestamp()) == lifted
    there = msgspec.structs.replace(card, is_available=True)
    assert lifts_of(Ranking(availability=0.5), there, 0.0) == {"availability": 0.5}


def test_without_a_word_of_the_shop_its_weights_are_those_of_the_index() -> None:
    assert ranking_of(Weights()) == Ranking()
    assert Weights.__struct_fields__ == Ranking.__struct_fields__


def test_unknown_weights_and_weights_out_of_bounds_are_refused_at_the_door() -> None:
    for wrong in ({"titel": 1}, {"title": 11}, {"fresh_days": 0}, {"kinds": "much"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"name": "x", "weights": wrong}, NewRanking)
    made = msgspec.convert({"name": "x", "weights": {"brand": 1}}, NewRanking).draft()
    assert made.weights == Weights(brand=1.0)
