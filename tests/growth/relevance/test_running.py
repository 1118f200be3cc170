"""Runs ask every query as a shopper would, go on where they were, and are compared."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from galleria.engines.context import Context
from galleria.engines.jobs import Progress
from galleria.engines.search_index import SearchUnavailable
from galleria.engines.search_index.embedded import open_tantivy
from galleria.foundation.ids import new_id
from galleria.growth import relevance, search
from galleria.growth.relevance import (
    InvalidJudgment,
    NothingJudged,
    RelevanceRunNotFound,
    Run,
    RunNotFinished,
    UnknownProfile,
)
from galleria.growth.relevance.jobs import RUN, AskAll
from galleria.growth.relevance.model.runs import MOST_RUNS
from galleria.growth.relevance.service import running
from galleria.growth.search import SynonymDraft
from tests.commerce.selling import elsewhere, open_shop
from tests.growth.relevance.conftest import make_set, table, take_in

MANY = 110
ROWS = [
    ("tea", "pot", 3),
    ("tea", "cup", 1),
    ("stoneware mug", "kiln:1", 3),
    ("stoneware mug", "pot", 0),
    ("beaker", "kiln:1", 3),
    ("zeppelin", "pot", 0),
    ("oak", "cup", 2),
    ("mug 350", "kiln:1", 1),
]


async def done(ctx: Context, set_id: Any) -> Run:
    run = await relevance.start_run(ctx, set_id)
    ended = await relevance.run_now(ctx, run.relevance_run_id)
    assert ended is not None and ended.state == "done", ended
    return ended


@pytest.fixture
async def set_id(shop: Context) -> Any:
    of = await make_set(shop)
    await take_in(shop, of, table(ROWS))
    return of.judgment_set_id


async def test_a_run_measures_every_query_and_sums_it_up(shop: Context, set_id: Any) -> None:
    run = await done(shop, set_id)
    assert (run.query_count, run.asked_count, run.profile) == (6, 6, "standard")
    assert run.release and run.requested_by == "system:galleria" and run.ended_at is not None
    figures = run.figures
    assert figures is not None
    scores = {
        each.query: each for each in (await relevance.list_scores(shop, run.relevance_run_id)).items
    }
    assert {query: each.query_class for query, each in scores.items()} == {
        "tea": "one_word",
        "stoneware mug": "several_words",
        "beaker": "one_word",
        "zeppelin": "one_word",
        "oak": "brand",
        "mug 350": "with_number",
    }
    assert (scores["stoneware mug"].ndcg, scores["stoneware mug"].reciprocal_rank) == (1.0, 1.0)
    assert (scores["beaker"].ndcg, scores["beaker"].total) == (0.0, 0)
    assert (scores["zeppelin"].ndcg, scores["zeppelin"].recall) == (None, None)
    assert scores["tea"].judged_count == scores["tea"].shown_count == 2
    assert figures.scored_count == 5 and figures.ndcg is not None and 0 < figures.ndcg < 1
    assert figures.empty_share == pytest.approx(2 / 6, abs=0.2)
    assert figures.p50_ms <= figures.p95_ms
    assert set(run.classes) == {"brand", "one_word", "several_words", "with_number"}
    assert run.classes["brand"].query_count == 1
    worst = await relevance.worst_queries(shop, run.relevance_run_id, 1)
    assert [each.query for each in worst] == ["beaker"]


@pytest.fixture
async def many_id(shop: Context) -> Any:
    """A set of more queries than are asked in one step."""
    of = await make_set(shop, "Many")
    await take_in(shop, of, table([(f"tea {n}", "pot", 1) for n in range(MANY)]))
    return of.judgment_set_id


async def test_a_run_that_was_stopped_goes_on_where_it_was(shop: Context, many_id: Any) -> None:
    run = await relevance.start_run(shop, many_id)

    async def stop(asked: int, total: int) -> None:
        assert total == MANY
        if asked == running.QUERIES_A_STEP:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await relevance.run_now(shop, run.relevance_run_id, stop)
    halfway = await relevance.get_run(shop, run.relevance_run_id)
    assert (halfway.state, halfway.asked_count) == ("running", running.QUERIES_A_STEP)
    assert halfway.share == running.QUERIES_A_STEP / MANY
    ended = await relevance.run_now(shop, run.relevance_run_id)
    assert ended is not None and (ended.state, ended.asked_count) == ("done", MANY)
    assert await relevance.run_now(shop, run.relevance_run_id) == ended, "safe to repeat"
    first = await relevance.list_scores(shop, run.relevance_run_id, limit=60)
    rest = await relevance.list_scores(shop, run.relevance_run_id, first.next_cursor, limit=60)
    assert (len(first.items), len(rest.items), rest.next_cursor) == (60, MANY - 60, None)


async def test_a_worker_runs_it_and_tells_how_far_it_is(shop: Context, set_id: Any) -> None:
    run = await relevance.start_run(shop, set_id)
    payload = AskAll(run.relevance_run_id)
    await RUN.run(shop, payload, Progress(shop, new_id()))
    assert (await relevance.get_run(shop, run.relevance_run_id)).state == "done"
    await RUN.run(shop, AskAll(new_id()), Progress(shop, new_id()))


async def test_a_set_that_is_removed_takes_its_runs_along(shop: Context, many_id: Any) -> None:
    run = await relevance.start_run(shop, many_id)

    async def remove(asked: int, total: int) -> None:
        if asked < total:
            await relevance.remove_set(shop, many_id)

    assert await relevance.run_now(shop, run.relevance_run_id, remove) is None
    with pytest.raises(RelevanceRunNotFound):
        await relevance.get_run(shop, run.relevance_run_id)


async def test_a_search_that_cannot_answer_fails_the_run_and_says_so(
    shop: Context, set_id: Any, tmp_path: Path
) -> None:
    closed = open_tantivy(tmp_path / "search")
    await closed.close()
    engines = replace(shop.engines, search=closed)
    without = Context(engines, shop.tenant, shop.actor, shop.request_id)
    run = await relevance.start_run(shop, set_id)
    failed = await relevance.run_now(without, run.relevance_run_id, patience_s=(0.0, 0.01))
    assert failed is not None and failed.state == "failed" and failed.failure
    with pytest.raises(RunNotFinished):
        await relevance.compare_runs(shop, run.relevance_run_id, run.relevance_run_id)
    with pytest.raises(SearchUnavailable):
        await relevance.look_beside(without, set_id, "tea")


async def test_what_cannot_be_run_is_refused(shop: Context, set_id: Any) -> None:
    empty = await make_set(shop, "Empty")
    with pytest.raises(NothingJudged):
        await relevance.start_run(shop, empty.judgment_set_id)
    with pytest.raises(UnknownProfile):
        await relevance.start_run(shop, set_id, "popular")
    assert (await relevance.start_run(shop, set_id, "standard")).profile == "standard"
    with pytest.raises(RelevanceRunNotFound):
        await relevance.list_scores(shop, new_id())


async def test_queries_of_odd_signs_are_asked_like_others(shop: Context) -> None:
    of = await make_set(shop)
    await take_in(shop, of, table([("tea " * 45, "pot", 3), ("((( AND", "pot", 3)]))
    run = await done(shop, of.judgment_set_id)
    assert run.asked_count == 2


async def test_two_runs_are_compared_by_their_queries(shop: Context, set_id: Any) -> None:
    before = await done(shop, set_id)
    await search.create_synonyms(shop, SynonymDraft(words=["beaker", "mug"]))
    after = await done(shop, set_id)
    found = await relevance.compare_runs(shop, before.relevance_run_id, after.relevance_run_id)
    assert (found.before, found.after) == (before, after)
    assert [(each.query, each.gain) for each in found.comparison.gained] == [("beaker", 1.0)]
    assert (found.comparison.lost, found.comparison.query_count) == ([], 5)
    assert found.comparison.p_value == 1.0, "one query proves nothing"
    listed = await relevance.list_runs(shop, set_id, limit=1)
    rest = await relevance.list_runs(shop, set_id, listed.next_cursor, limit=1)
    assert [each.relevance_run_id for each in [*listed.items, *rest.items]] == [
        after.relevance_run_id,
        before.relevance_run_id,
    ]


async def test_a_run_elsewhere_goes_by_what_was_changed_a_moment_ago(
    shop: Context, set_id: Any
) -> None:
    worker = elsewhere(shop)
    await done(worker, set_id)
    await search.create_synonyms(shop, SynonymDraft(words=["beaker"], means=["mug"]))
    run = await done(worker, set_id)
    scores = (await relevance.list_scores(shop, run.relevance_run_id)).items
    assert next(each.total for each in scores if each.query == "beaker") > 0


async def test_two_answers_stand_beside_each_other_with_grades_and_what_moved(
    shop: Context, set_id: Any
) -> None:
    before = await done(shop, set_id)
    await search.create_synonyms(shop, SynonymDraft(words=["beaker", "mug"]))
    run_id = str(before.relevance_run_id)
    found = await relevance.look_beside(shop, set_id, " beaker", run_id, "standard")
    assert (found.query, found.left.hits, found.left.name) == ("beaker", [], run_id)
    (hit,) = [each for each in found.right.hits if each.grade == 3]
    assert (hit.title, hit.is_new, hit.place) == ("Stoneware Mug", True, 1)
    assert (found.right.measures.ndcg, found.left.measures.ndcg) == (1.0, 0.0)
    tea = await relevance.look_beside(shop, set_id, "tea")
    assert {each.grade for each in tea.left.hits} == {3, 1}
    assert [each.moved for each in tea.left.hits] == [0, 0]
    other = await relevance.look_beside(shop, set_id, "oak cup", "standard", "")
    assert other.missing == []
    zeppelin = await relevance.look_beside(shop, set_id, "zeppelin")
    assert [(each.title, each.grade) for each in zeppelin.missing] == [("Tea Pot", 0)]
    with pytest.raises(RelevanceRunNotFound):
        await relevance.look_beside(shop, set_id, "never asked", run_id)
    with pytest.raises(UnknownProfile):
        await relevance.look_beside(shop, set_id, "tea", "popular")
    with pytest.raises(InvalidJudgment):
        await relevance.look_beside(shop, set_id, " ")


async def test_only_the_latest_runs_of_a_set_are_kept(shop: Context, set_id: Any) -> None:
    made = [await relevance.start_run(shop, set_id) for _ in range(MOST_RUNS + 2)]
    kept = (await relevance.list_runs(shop, set_id, limit=100)).items
    assert [each.relevance_run_id for each in kept] == [
        each.relevance_run_id for each in reversed(made[2:])
    ]


async def test_runs_of_another_shop_are_not_there(
    shop: Context, set_id: Any, house_ctx: Context
) -> None:
    run = await done(shop, set_id)
    _, other = await open_shop(house_ctx)
    assert await relevance.run_now(other, run.relevance_run_id) is None
    for ask in (relevance.get_run, relevance.list_scores):
        with pytest.raises(RelevanceRunNotFound):
            await ask(other, run.relevance_run_id)
    with pytest.raises(RelevanceRunNotFound):
        await relevance.compare_runs(other, run.relevance_run_id, run.relevance_run_id)


async def test_runs_note_no_question_of_shoppers(shop: Context, set_id: Any) -> None:
    await done(shop, set_id)
    await shop.engines.notebook.write_down()
    assert await search.asked_words(shop) == []
