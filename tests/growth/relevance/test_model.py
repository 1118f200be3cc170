"""The measures are those of the books; comparing and clicks go by their rules."""

import math
import random
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.ids import new_id
from galleria.growth.relevance.errors import (
    InvalidJudgment,
    InvalidJudgmentSet,
    TooManyJudgments,
    UnreadableJudgments,
)
from galleria.growth.relevance.model import comparing, judgments, measures, reading, runs
from galleria.growth.relevance.model.comparing import Change
from galleria.growth.relevance.model.judgments import Judgment, JudgmentSetDraft
from galleria.growth.relevance.model.runs import QueryScore

LOG3 = math.log2(3)


def test_ndcg_is_as_computed_by_hand() -> None:
    # Gains 7, 0, 3 at places 1 to 3; the best order is 7, 3, 1.
    best = 7 + 3 / LOG3 + 1 / 2
    grades = {"a": 3, "b": 0, "c": 2, "d": 1}
    assert measures.ndcg(["a", "b", "c"], grades) == pytest.approx((7 + 0 + 3 / 2) / best)
    assert measures.ndcg(["a", "c", "d"], grades) == pytest.approx(1.0)
    assert measures.ndcg(["d", "x", "a"], grades) == pytest.approx((1 + 0 + 7 / 2) / best)
    assert measures.ndcg([], grades) == 0.0
    assert measures.ndcg(["a"], {"a": 0}) is None
    assert measures.ndcg(["a"], {}) is None


def test_only_the_first_ten_count_for_hits_and_for_the_best_order() -> None:
    grades = {str(n): 1 for n in range(20)}
    first_ten = [str(n) for n in range(10)]
    assert measures.ndcg([*first_ten, "x", "y"], grades) == pytest.approx(1.0)
    assert measures.ndcg([*("x" * 10), "1"], grades) == 0.0
    assert measures.recall(first_ten, list(grades)) == 1.0


def test_recall_precision_and_rank_go_by_what_is_relevant() -> None:
    grades = {"a": 3, "b": 2, "c": 1, "d": 0}
    found = measures.measured(["x", "c", "b", "d"], grades, 2)
    assert (found.recall, found.precision) == (0.5, 0.1)
    assert found.reciprocal_rank == pytest.approx(1 / 3)
    assert (found.judged_count, found.shown_count) == (3, 4)
    missed = measures.measured(["x"], grades, 2)
    assert (missed.recall, missed.reciprocal_rank, missed.judged_count) == (0.0, 0.0, 0)
    nothing = measures.measured(["c"], {"c": 1}, 2)
    assert (nothing.recall, nothing.precision, nothing.reciprocal_rank) == (None, None, None)
    assert nothing.ndcg == 1.0


@pytest.mark.parametrize(("best", "least"), [(1, 1), (2, 2), (3, 2), (4, 3), (10, 7)])
def test_relevant_is_what_has_two_thirds_of_the_best_grade(best: int, least: int) -> None:
    assert measures.relevant_from(best) == least


def test_queries_have_classes() -> None:
    brands = {"oak", "kiln & co"}
    asked = ("Oak", "Kiln & Co", "iphone 15", "lamp", "oak lamp")
    told = [measures.class_of(query, brands) for query in asked]
    assert told == ["brand", "brand", "with_number", "one_word", "several_words"]


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=50))
def test_a_quantile_is_one_of_the_values_and_enough_lie_below(values: list[float]) -> None:
    for share in (0.0, 0.5, 0.95, 1.0):
        found = measures.quantile(values, share)
        assert found in values
        assert sum(each <= found for each in values) >= share * len(values)


def score(query: str = "q", ndcg: float | None = 1.0, **more: object) -> QueryScore:
    fields: dict[str, object] = {
        "query_class": "one_word",
        "recall": ndcg,
        "precision": ndcg,
        "reciprocal_rank": None,
        "judged_count": 1,
        "shown_count": 2,
        "total": 2,
        "match": "all_words",
        "took_ms": 1.0,
        "found": [],
    }
    return QueryScore(query=query, ndcg=ndcg, **{**fields, **more})  # type: ignore[arg-type]


def test_figures_are_means_of_what_could_be_measured() -> None:
    scores = [
        score("a", 1.0, took_ms=1.0),
        score("b", 0.5, took_ms=9.0, query_class="brand"),
        score("c", None, total=0, shown_count=0, judged_count=0, took_ms=2.0),
    ]
    figures = runs.figures_of(scores)
    assert figures is not None
    assert (figures.query_count, figures.scored_count, figures.ndcg) == (3, 2, 0.75)
    assert (figures.recall, figures.reciprocal_rank) == (0.75, None)
    assert figures.empty_share == pytest.approx(1 / 3)
    assert figures.judged_share == 0.5
    assert (figures.p50_ms, figures.p95_ms) == (2.0, 9.0)
    assert runs.figures_of([]) is None
    empty = runs.figures_of(scores[2:])
    assert empty is not None and (empty.ndcg, empty.judged_share) == (None, 0.0)
    assert list(runs.figures_by_class(scores)) == ["brand", "one_word"]


def test_a_run_knows_how_far_it_is() -> None:
    run = runs.Run(
        relevance_run_id=new_id(),
        judgment_set_id=new_id(),
        profile="standard",
        release="1",
        state="running",
        requested_by="person:1",
        requested_at=datetime(2026, 1, 1, tzinfo=UTC),
        ended_at=None,
        query_count=4,
        asked_count=1,
        figures=None,
        classes={},
        failure=None,
    )
    assert (run.share, run.has_ended) == (0.25, False)


def test_what_gained_and_lost_most_is_named_first() -> None:
    changes = [Change("a", 0.5, 0.9), Change("b", 0.5, 0.5), Change("c", 1.0, 0.2)]
    changes.append(Change("d", 0.0, 1.0))
    found = comparing.compared(changes)
    assert [each.query for each in found.gained] == ["d", "a"]
    assert [each.query for each in found.lost] == ["c"]
    assert (found.query_count, found.gained_count, found.lost_count) == (4, 2, 1)
    assert found.before == 0.5
    assert found.after == pytest.approx(0.65)
    same = comparing.compared([Change("a", 0.5, 0.5)])
    assert (same.p_value, same.gained, same.lost) == (None, [], [])
    none = comparing.compared([])
    assert (none.before, none.after, none.p_value) == (None, None, None)


def test_the_p_value_is_that_of_all_possible_signs() -> None:
    # Five equal gains: of 32 ways to turn signs two are as extreme.
    assert comparing.p_value([0.1] * 5) == pytest.approx(2 / 32, abs=0.01)
    # A gain and an equal loss: every way is as extreme as nothing.
    assert comparing.p_value([0.2, -0.2]) == 1.0
    assert comparing.p_value([0.1] * 5) == comparing.p_value([0.1] * 5), "drawn by a seed"
    assert (comparing.p_value([0.3] * 60) or 1) < 0.001
    noise = random.Random(7)  # noqa: S311
    drawn = [noise.gauss(0, 0.2) for _ in range(300)]
    found = comparing.p_value(drawn)
    assert found is not None and found > 0.01


def test_many_differences_are_drawn_fewer_times_and_still_tell() -> None:
    assert (comparing.p_value([0.1, -0.05] * 20_000) or 1) < 0.01


@pytest.mark.parametrize(
    ("clicks", "expected", "best", "grade"),
    [
        (0, 4.0, 3, 0),
        (1, 4.0, 3, 0),
        (2, 4.0, 3, 1),
        (4, 4.0, 3, 2),
        (8, 4.0, 3, 3),
        (8, 4.0, 10, 10),
        (2, 4.0, 1, 0),
        (4, 4.0, 1, 1),
    ],
)
def test_clicks_above_and_below_what_is_expected_make_a_grade(
    clicks: int, expected: float, best: int, grade: int
) -> None:
    assert judgments.grade_by_clicks(clicks, expected, best) == grade


def test_a_pair_that_is_judged_twice_keeps_its_first_grade() -> None:
    one, other = new_id(), new_id()
    made = [
        (2, Judgment(query="a", product_id=one, grade=1)),
        (3, Judgment(query="a", product_id=one, grade=1)),
        (4, Judgment(query="a", product_id=one, grade=2)),
        (5, Judgment(query="a", product_id=other, grade=2)),
    ]
    kept, refused = judgments.without_repeats(made)
    assert [(each.product_id, each.grade) for each in kept] == [(one, 1), (other, 2)]
    assert [(each.line, each.code) for each in refused] == [(4, "judged_twice")]


def test_a_set_has_a_name_and_grades() -> None:
    assert judgments.checked_draft(JudgmentSetDraft(name="  Tea   things ")).name == "Tea things"
    with pytest.raises(InvalidJudgmentSet) as refused:
        judgments.checked_draft(JudgmentSetDraft(name=" ", max_grade=11))
    assert [each.path for each in refused.value.errors] == ["name", "max_grade"]


def test_only_what_can_be_asked_is_judged_and_only_in_grades() -> None:
    assert judgments.checked_judgment("  tea \x00 pot ", 3, 3) == "tea pot"
    assert judgments.checked_judgment("tea", None, 3) == "tea"
    for query, grade, field in (
        (" ", 1, "query"),
        ("x" * 201, 1, "query"),
        ("tea", 4, "grade"),
        ("tea", -1, "grade"),
    ):
        with pytest.raises(InvalidJudgment) as refused:
            judgments.checked_judgment(query, grade, 3)
        assert refused.value.errors[0].path == field


ROWS = "query,product_id,grade\n tea  pot ,p-1,3\nmüg,p-2,0\n"


@pytest.mark.parametrize(
    "raw",
    [
        ROWS.encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("utf-16"),
        ROWS.encode("utf-16-be").join([b"\xfe\xff", b""]),
        ROWS.encode("cp1252"),
        ROWS.replace(",", ";").encode(),
        ROWS.replace(",", "\t").replace("\n", "\r\n").encode(),
        ROWS.replace("query,product_id,grade", '"Query","PRODUCT_ID", grade').encode(),
        ROWS.replace("grade", "grade,note")
        .replace(",3", ',3,"a, b"')
        .replace(",0", ",0,")
        .encode(),
    ],
)
def test_tables_are_read_however_they_are_written(raw: bytes) -> None:
    found = reading.read_table(raw, 3)
    told = [(each.query, each.reference, each.grade) for each in found.lines]
    assert (told, found.refused) == ([("tea pot", "p-1", 3), ("müg", "p-2", 0)], [])


def test_each_line_that_says_nothing_is_told_with_its_number() -> None:
    lines = (
        "query,product_id,grade",
        "tea,p-1,1",
        "tea,p-1",
        "tea,p-1,1,extra",
        ",p-1,1",
        f"{'x' * 201},p-1,1",
        "tea,,1",
        f"tea,{'p' * 201},1",
        "tea,p-1,4",
        "tea,p-1,-1",
        "tea,p-1,2.5",
        "tea,p-1,good",
        "tea,p-1,٣",
        "",
        '"a line',
        'break",p-1,2',
    )
    found = reading.read_table("\n".join(lines).encode(), 3)
    assert [(each.number, each.query) for each in found.lines] == [(2, "tea"), (16, "a line break")]
    assert [(each.line, each.code) for each in found.refused] == [
        (3, "ragged"),
        (4, "ragged"),
        (5, "query_missing"),
        (6, "query_too_long"),
        (7, "product_unknown"),
        (8, "product_unknown"),
        *((number, "grade_out_of_range") for number in range(9, 14)),
    ]


def test_a_field_without_end_is_told_and_the_rest_is_not_lost_without_a_word() -> None:
    found = reading.read_table(b'query,product_id,grade\n"' + b"x" * 200_000 + b"\ntea,p,1\n", 3)
    assert [each.code for each in found.refused][:1] == ["unreadable"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"query,grade\ntea,1\n",
        b"query,product_id,grade,grade\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"query,product_id,grade\nt\x00a,p,1\n",
        b"\xff\xfequery",
        b"query,product_id,grade\n\x81,p,1\n",
    ],
)
def test_what_is_no_table_of_judgments_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableJudgments):
        reading.read_table(raw, 3)


def test_a_million_lines_are_refused_before_they_are_all_read() -> None:
    raw = b"query,product_id,grade\n" + b"tea,p-1,1\n" * 1_000_000
    with pytest.raises(TooManyJudgments):
        reading.read_table(raw, 3)


def test_names_sort_without_case() -> None:
    made = judgments.JudgmentSet(
        judgment_set_id=UUID(int=1),
        name="Émail 10",
        channel_id=UUID(int=2),
        locale="en",
        max_grade=3,
        query_count=0,
        judgment_count=0,
        last_import=None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert made.name_sort == "email 0210"
