"""What was asked and what came of it is kept, added up by the day, and forgotten in time."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.growth import search
from galleria.growth.search import AskedWords, NotedEvent, Question
from galleria.growth.search.model import noting
from galleria.growth.search.room import ROOM
from galleria.growth.search.service.noting import forget_old_questions, write_questions
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(ctx, mug(title="Stoneware Mug"), mug("cup", title="Tea Cup"))
    await show(ctx)
    return ctx


def test_what_is_asked_beside_words_is_kept_as_far_as_it_is_asked() -> None:
    asked = Question(filters={"a": ("x",)}, ranges={"b": (1.0, None)}, sort="title")
    assert noting.attributes_of(asked) == {
        "filters": {"a": ["x"]},
        "ranges": {"b": [1.0, None]},
        "sort": "title",
    }
    assert noting.attributes_of(Question()) == {"sort": "relevance"}


async def type_in(ctx: Context, words: str, **more: Any) -> search.Answer:
    client_id = more.pop("client_id", None)
    question = Question(words=words, **more)
    return await search.answer(ctx, await window(ctx), question, client_id)


async def written(ctx: Context) -> None:
    await ctx.engines.notebook.write_down()


def event(ctx: Context, query_id: UUID, action: str = "click", **more: Any) -> NotedEvent:
    return NotedEvent(
        **{"event_id": new_id(), "happened_at": ctx.now, "taken_at": ctx.now, **more},
        query_id=query_id,
        action_name=action,
    )


def counts(asked: list[AskedWords]) -> dict[str, tuple[int, int, int]]:
    return {each.words: (each.asked_count, each.empty_count, each.clicked_count) for each in asked}


async def questions(ctx: Context) -> list[Any]:
    return await ctx.read("SELECT * FROM search.question WHERE tenant_id = $1 ORDER BY query_id")


async def test_a_question_is_kept_with_what_came_of_it(shop: Context) -> None:
    own = new_id()
    named = await type_in(
        shop, " Tea \n CUP ana@example.com ", query_id=own, client_id="app-1", sort="title"
    )
    assert named.query_id == own
    answer = await type_in(shop, "mug", filters={"brand": ("Kiln & Co",)})
    await written(shop)
    first, second = sorted(await questions(shop), key=lambda row: row["query_id"] != own)
    assert (first["words"], first["key"]) == ("Tea CUP [e-mail]", "tea cup [e-mail]")
    assert (first["client_id"], first["attributes"]) == ("app-1", {"sort": "title"})
    assert second["query_id"] == answer.query_id
    assert second["attributes"]["filters"] == {"brand": ["Kiln & Co"]}
    shown = [UUID(msgspec.json.decode(each)["product_id"]) for each in answer.items]
    assert (second["hits"], second["total"], second["match"]) == (
        shown,
        answer.total,
        answer.match,
    )
    assert second["took_ms"] == pytest.approx(answer.took_ms, rel=1e-3)


async def test_what_nobody_typed_is_not_noted(shop: Context) -> None:
    assert (await type_in(shop, "  ")).total == 2
    await search.ask(shop, await window(shop), Question(words="mug"))
    await written(shop)
    assert await questions(shop) == []


async def test_questions_are_added_up_by_the_day_and_clicks_with_them(shop: Context) -> None:
    mugs = [await type_in(shop, words) for words in ("mug", "MUG", " Mug")]
    nothing = await type_in(shop, "zeppelin", query_id=new_id())
    await type_in(shop, "zeppelin", query_id=nothing.query_id)
    await type_in(shop, "mug", cursor=None, limit=1)
    # The click comes before its question is written down, and a second one changes nothing.
    search.take_events(shop, [event(shop, mugs[0].query_id), event(shop, new_id())])
    await written(shop)
    search.take_events(shop, [event(shop, mugs[0].query_id, "add_to_cart")])
    search.take_events(shop, [event(shop, mugs[1].query_id, "impression")])
    await written(shop)
    top = await search.asked_words(shop)
    assert counts(top) == {"MUG": (4, 0, 1), "zeppelin": (1, 1, 0)}
    assert [each.click_rate for each in top] == [0.25, 0.0]
    assert counts(await search.asked_words(shop, "empty")) == {"zeppelin": (1, 1, 0)}
    slow = await search.asked_words(shop, "slow", days=1, sort="mean")
    assert {each.words for each in slow} == {"MUG", "zeppelin"}
    assert all(0 < each.mean_ms <= each.slowest_ms for each in slow)
    assert counts(await search.asked_words(shop, part="Zep")) == {"zeppelin": (1, 1, 0)}
    assert await search.asked_words(shop, locale="de") == []
    for sort in search.ASKED_SORTS:
        assert len(await search.asked_words(shop, sort=sort, locale="en", most=1)) == 1


async def test_a_further_page_is_kept_and_not_counted(shop: Context) -> None:
    first = await type_in(shop, "kiln", limit=1)
    assert first.next_cursor is not None
    await type_in(shop, "kiln", limit=1, cursor=first.next_cursor)
    await written(shop)
    assert sorted(row["is_continued"] for row in await questions(shop)) == [False, True]
    assert counts(await search.asked_words(shop)) == {"kiln": (1, 0, 0)}


async def test_two_processes_that_write_at_once_lose_no_count(shop: Context) -> None:
    answer = await type_in(shop, "mug")
    await written(shop)
    (known,) = await questions(shop)
    fields = {name: known[name] for name in noting.NotedQuestion.__struct_fields__}

    def again(count: int) -> list[noting.NotedQuestion]:
        return [noting.NotedQuestion(**{**fields, "query_id": new_id()}) for _ in range(count)]

    sets = [again(40) for _ in range(6)]
    twice = noting.NotedQuestion(**fields)
    await asyncio.gather(*(write_questions(shop, [twice, *each]) for each in sets))
    assert counts(await search.asked_words(shop)) == {"mug": (241, 0, 0)}
    assert answer.query_id == known["query_id"]


async def test_an_event_is_taken_once(shop: Context) -> None:
    answer = await type_in(shop, "mug")
    once = event(shop, answer.query_id, object_id="x", object_id_field="product_id", ordinal=1)
    assert search.take_events(shop, [once, once]) == 2
    await written(shop)
    assert search.take_events(shop, [once]) == 1
    await written(shop)
    rows = await shop.read("SELECT event_id FROM search.event WHERE tenant_id = $1")
    assert [row["event_id"] for row in rows] == [once.event_id]


async def test_old_questions_are_forgotten_in_steps_and_with_them_their_sums(
    shop: Context,
) -> None:
    answers = [await type_in(shop, "mug") for _ in range(5)]
    search.take_events(shop, [event(shop, answers[0].query_id)])
    await written(shop)
    soon = Context(
        shop.engines, shop.tenant, shop.actor, "later", now=shop.now + timedelta(days=89)
    )
    await forget_old_questions(soon, 2)
    assert len(await questions(shop)) == 5
    late = Context(
        shop.engines, shop.tenant, shop.actor, "later", now=shop.now + timedelta(days=92)
    )
    await forget_old_questions(late, 2)
    assert await questions(shop) == []
    assert await shop.read("SELECT event_id FROM search.event WHERE tenant_id = $1") == []
    assert await search.asked_words(shop) == []


async def test_a_shop_takes_its_sums_along_and_another_sees_none(
    shop: Context, house_ctx: Context
) -> None:
    _, other = await open_shop(house_ctx)
    await type_in(shop, "mug")
    await written(shop)
    assert await search.asked_words(other) == []
    assert ROOM.export is not None and ROOM.erase is not None
    lines = [msgspec.json.decode(part) async for part in ROOM.export(shop)]
    asked = [each["asked"] for each in lines if "asked" in each]
    assert [(each["words"], each["asked_count"]) for each in asked] == [("mug", 1)]
    await ROOM.erase(shop)
    assert (await questions(shop), await search.asked_words(shop)) == ([], [])


async def test_products_that_were_clicked_are_told_with_what_was_to_be_expected(
    shop: Context,
) -> None:
    for at in range(search.LEAST_SHOWN):
        answer = await type_in(shop, "kiln")
        about = msgspec.json.decode(answer.items[at % 2])["product_id"]
        search.take_events(shop, [event(shop, answer.query_id, object_id=about)])
    await type_in(shop, "tea")
    await written(shop)
    place = await window(shop)
    found = await search.clicked_products(shop, place.channel_id, "en")
    assert [(each.words, each.shown_count, each.clicked_count) for each in found] == [
        ("kiln", 20, 10),
        ("kiln", 20, 10),
    ]
    assert all(each.expected == pytest.approx(10, rel=0.1) for each in found)
    assert await search.clicked_products(shop, place.channel_id, "de") == []


async def test_the_report_is_a_table_that_no_spreadsheet_runs(shop: Context) -> None:
    await type_in(shop, "=1+1")
    await written(shop)
    table = search.asked_as_csv(await search.asked_words(shop, days=1)).decode("utf-8-sig")
    head, row = table.splitlines()
    assert head.startswith("Words,Language,Asked")
    assert row.startswith("'=1+1,en,1,")


def test_a_clock_that_is_far_off_is_not_believed(ctx: Context) -> None:
    assert noting.believed(None, ctx.now) == ctx.now
    assert noting.believed(ctx.now - timedelta(days=2), ctx.now) == ctx.now
    near = ctx.now - timedelta(minutes=2)
    assert noting.believed(near, ctx.now) == near
