"""Sets of judgments: made, filled from files and by hand, listed, taken along."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from galleria.commerce import catalog
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import relevance, search
from galleria.growth.relevance import (
    InvalidJudgment,
    InvalidJudgmentSet,
    JudgmentSetDraft,
    JudgmentSetNotFound,
    TooManyJudgments,
    TooManyJudgmentSets,
    UnreadableJudgments,
)
from galleria.growth.relevance.room import ROOM
from galleria.growth.search import NotedEvent, Question
from galleria.platform import audit
from galleria.platform.tenants import ChannelNotFound
from tests.commerce.selling import open_shop, window
from tests.growth.relevance.conftest import in_parts, make_set, table, take_in


async def product(ctx: Context, handle: str) -> Any:
    return (await catalog.products_by_handle(ctx, [handle]))[handle]


async def exported(ctx: Context, set_id: Any) -> list[list[str]]:
    parts = [part async for part in relevance.export_judgments(ctx, set_id)]
    return list(csv.reader(io.StringIO(b"".join(parts).decode("utf-8-sig"))))


async def test_products_are_named_by_id_external_id_handle_or_sku(shop: Context) -> None:
    of = await make_set(shop)
    pot = await product(shop, "pot")
    rows = [("mug", "kiln:1", 3), ("tea", "cup", 2), ("tea", str(pot), 3), ("cup", "cup-b", 1)]
    done = await take_in(shop, of, table(rows))
    assert (done.taken_count, done.refused_count) == (4, 0)
    found = await relevance.get_set(shop, of.judgment_set_id)
    assert (found.query_count, found.judgment_count) == (3, 4)
    assert found.last_import == done
    said = await exported(shop, of.judgment_set_id)
    assert said[0] == ["query", "product_id", "grade"]
    assert sorted(said[1:]) == [
        ["cup", "cup", "1"],
        ["mug", "kiln:1", "3"],
        ["tea", "cup", "2"],
        ["tea", "pot", "3"],
    ]
    again = await make_set(shop, "Again")
    raw = "\n".join(",".join(row) for row in said).encode()
    assert (await take_in(shop, again, raw)).taken_count == 4


async def test_lines_that_cannot_be_taken_are_told_and_the_others_are_taken(
    shop: Context,
) -> None:
    of = await make_set(shop)
    rows = [("tea", "pot", 3), ("tea", "nobody", 1), ("tea", "pot", 1), ("tea", "cup", 9)]
    done = await take_in(shop, of, table([*rows, ("tea", str(new_id()), 1), ("tea", "cup", 2)]))
    assert (done.taken_count, done.refused_count) == (2, 4)
    assert [(each.line, each.code) for each in done.refused] == [
        (3, "product_unknown"),
        (4, "judged_twice"),
        (5, "grade_out_of_range"),
        (6, "product_unknown"),
    ]


async def test_a_file_replaces_grades_and_leaves_others_alone(shop: Context) -> None:
    of = await make_set(shop)
    await take_in(shop, of, table([("tea", "pot", 3), ("tea", "cup", 2)]))
    await take_in(shop, of, table([("tea", "cup", 0), ("mug", "kiln:1", 3)]))
    assert sorted(await exported(shop, of.judgment_set_id))[:3] == [
        ["mug", "kiln:1", "3"],
        ["query", "product_id", "grade"],
        ["tea", "cup", "0"],
    ]
    refusals = table([("tea", f"gone-{n}", 1) for n in range(150)])
    done = await take_in(shop, of, refusals)
    assert (done.refused_count, len(done.refused)) == (150, 100)
    assert (await relevance.get_set(shop, of.judgment_set_id)).judgment_count == 3


async def test_files_that_are_none_or_too_large_are_refused_and_change_nothing(
    shop: Context,
) -> None:
    of = await make_set(shop)
    with pytest.raises(UnreadableJudgments):
        await take_in(shop, of, b"\x00\x01")
    with pytest.raises(UnreadableJudgments):
        await take_in(shop, of, b"x" * 24_000_001)
    with pytest.raises(TooManyJudgments):
        await take_in(shop, of, b"query,product_id,grade\n" + b"tea,pot,1\n" * 1_000_000)
    with pytest.raises(JudgmentSetNotFound):
        await relevance.import_judgments(shop, new_id(), in_parts(table([])))
    found = await relevance.get_set(shop, of.judgment_set_id)
    assert (found.judgment_count, found.last_import) == (0, None)


async def test_a_set_of_two_hundred_thousand_is_taken_in_and_no_more(shop: Context) -> None:
    of = await make_set(shop)
    many = table([(f"tea {n}", "pot", n % 4) for n in range(200_000)])
    assert (await take_in(shop, of, many)).taken_count == 200_000
    pot = await product(shop, "pot")
    with pytest.raises(TooManyJudgments):
        await relevance.judge(shop, of.judgment_set_id, "one more", pot, 1)
    with pytest.raises(TooManyJudgments):
        await take_in(shop, of, table([("one more", "pot", 1)]))
    assert (await relevance.get_set(shop, of.judgment_set_id)).query_count == 200_000
    await relevance.remove_set(shop, of.judgment_set_id)


async def test_a_grade_is_given_changed_and_taken_back_by_hand(shop: Context) -> None:
    of = await make_set(shop)
    pot, set_id = await product(shop, "pot"), of.judgment_set_id
    assert (await relevance.judge(shop, set_id, " tea  time", pot, 3)).judgment_count == 1
    assert (await relevance.judge(shop, set_id, "tea time", pot, 0)).judgment_count == 1
    assert [tuple(row) for row in await exported(shop, set_id)][1:] == [("tea time", "pot", "0")]
    assert (await relevance.judge(shop, set_id, "tea time", pot, None)).query_count == 0
    for query, product_id, grade in (("tea", new_id(), 1), ("", pot, 1), ("tea", pot, 4)):
        with pytest.raises(InvalidJudgment):
            await relevance.judge(shop, set_id, query, product_id, grade)
    with pytest.raises(JudgmentSetNotFound):
        await relevance.judge(shop, new_id(), "tea", pot, 1)


async def test_sets_are_listed_by_name_and_are_for_a_channel_and_a_language(shop: Context) -> None:
    german = await make_set(shop, "zweite", locale="de", max_grade=1)
    for name in ("Émail", "apple"):
        await make_set(shop, name)
    assert (german.locale, german.max_grade) == ("de", 1)
    assert german.channel_id == (await window(shop)).channel_id
    first = await relevance.list_sets(shop, limit=2)
    rest = await relevance.list_sets(shop, first.next_cursor, limit=2)
    assert [each.name for each in [*first.items, *rest.items]] == ["apple", "Émail", "zweite"]
    with pytest.raises(InvalidCursor):
        await relevance.list_queries(shop, german.judgment_set_id, first.next_cursor)
    with pytest.raises(ChannelNotFound):
        await make_set(shop, channel="nowhere")
    with pytest.raises(InvalidJudgmentSet):
        await make_set(shop, "")


async def test_queries_are_listed_page_by_page_with_their_best_grade(shop: Context) -> None:
    of = await make_set(shop)
    rows = [("tea", "pot", 3), ("tea", "cup", 1), ("cup", "cup", 0), ("mug", "kiln:1", 2)]
    await take_in(shop, of, table(rows))
    first = await relevance.list_queries(shop, of.judgment_set_id, limit=2)
    rest = await relevance.list_queries(shop, of.judgment_set_id, first.next_cursor, limit=2)
    told = [(e.query, e.judgment_count, e.best_grade) for e in [*first.items, *rest.items]]
    assert told == [("cup", 1, 0), ("mug", 1, 2), ("tea", 2, 3)]
    begun = await relevance.list_queries(shop, of.judgment_set_id, begins="te\x00a")
    assert [each.query for each in begun.items] == ["tea"]
    with pytest.raises(JudgmentSetNotFound):
        await relevance.list_queries(shop, new_id())


async def test_another_shop_has_none_of_it(shop: Context, house_ctx: Context) -> None:
    _, other = await open_shop(house_ctx)
    of = await make_set(shop)
    await take_in(shop, of, table([("tea", "pot", 3)]))
    set_id = of.judgment_set_id
    assert (await relevance.list_sets(other)).items == []
    asked: list[Callable[[], Awaitable[object]]] = [
        lambda: relevance.get_set(other, set_id),
        lambda: relevance.remove_set(other, set_id),
        lambda: relevance.list_queries(other, set_id),
        lambda: relevance.list_runs(other, set_id),
        lambda: relevance.start_run(other, set_id),
        lambda: relevance.judge_by_clicks(other, set_id),
        lambda: relevance.look_beside(other, set_id, "tea"),
        lambda: relevance.import_judgments(other, set_id, in_parts(table([]))),
    ]
    for ask in asked:
        with pytest.raises(JudgmentSetNotFound):
            await ask()
    assert [row async for row in relevance.export_judgments(other, set_id)][1:] == []
    assert (await relevance.get_set(shop, set_id)).judgment_count == 1


async def test_a_shop_has_a_hundred_sets_and_no_more(ctx: Context, shop: Context) -> None:
    async with shop.transaction() as tx:
        await tx.execute(
            "INSERT INTO relevance.judgment_set (tenant_id, judgment_set_id, name, name_sort,"
            " channel_id, locale, max_grade, created_at, updated_at)"
            " SELECT $1, gen_random_uuid(), n::text, n::text, gen_random_uuid(), 'en', 3, now(),"
            " now() FROM generate_series(1, 100) AS n"
        )
    with pytest.raises(TooManyJudgmentSets):
        await relevance.create_set(shop, JudgmentSetDraft(name="one more"))


async def test_clicks_make_grades_beside_those_that_people_gave(shop: Context) -> None:
    of = await make_set(shop)
    pot, cup = await product(shop, "pot"), await product(shop, "cup")
    await relevance.judge(shop, of.judgment_set_id, "tea", pot, 1)
    place = await window(shop)
    for _ in range(search.LEAST_SHOWN):
        answer = await search.answer(shop, place, Question(words="Tea"))
        click = NotedEvent(
            event_id=new_id(),
            query_id=answer.query_id,
            action_name="click",
            happened_at=shop.now,
            taken_at=shop.now + timedelta(milliseconds=1),
            object_id=str(cup),
        )
        search.take_events(shop, [click])
    await shop.engines.notebook.write_down()
    found = await relevance.judge_by_clicks(shop, of.judgment_set_id)
    assert found.judgment_count == 2
    grades = {row[1]: row[2] for row in (await exported(shop, of.judgment_set_id))[1:]}
    assert grades == {"pot": "1", "cup": "2"}, "what a person said stays"
    await relevance.judge(shop, of.judgment_set_id, "tea", cup, 0)
    await relevance.judge_by_clicks(shop, of.judgment_set_id)
    grades = {row[1]: row[2] for row in (await exported(shop, of.judgment_set_id))[1:]}
    assert grades["cup"] == "0"


async def test_changes_are_in_the_diary_and_a_shop_takes_its_judgments_along(
    shop: Context,
) -> None:
    of = await make_set(shop)
    await take_in(shop, of, table([("tea", "pot", 3)]))
    run = await relevance.start_run(shop, of.judgment_set_id)
    await relevance.run_now(shop, run.relevance_run_id)
    told = [each.action for each in (await audit.list_entries(shop)).items]
    assert told[:3] == [
        "relevance.run_requested",
        "relevance.judgments_imported",
        "relevance.set_created",
    ]
    assert ROOM.export is not None and ROOM.erase is not None
    lines = [msgspec.json.decode(line) async for line in ROOM.export(shop)]
    assert [next(iter(line)) for line in lines] == ["judgment_set", "judgment", "relevance_run"]
    await relevance.remove_set(shop, of.judgment_set_id)
    with pytest.raises(JudgmentSetNotFound):
        await relevance.remove_set(shop, of.judgment_set_id)
    await make_set(shop)
    await ROOM.erase(shop)
    assert (await relevance.list_sets(shop)).items == []
