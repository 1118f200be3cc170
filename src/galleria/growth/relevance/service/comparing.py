"""Two runs beside each other, and two answers to one query."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.engines.context import Context
from galleria.growth.relevance.errors import RelevanceRunNotFound, RunNotFinished
from galleria.growth.relevance.model.comparing import Comparison, compared
from galleria.growth.relevance.model.judgments import JudgmentSet, checked_judgment
from galleria.growth.relevance.model.measures import Measures, measured, relevant_from
from galleria.growth.relevance.model.runs import Run
from galleria.growth.relevance.repository import runs as repository
from galleria.growth.relevance.repository import sets
from galleria.growth.relevance.service.running import (
    asked_by,
    get_run,
    profile_called,
    shown_in,
    window_of_set,
)
from galleria.growth.relevance.service.sets import get_set


class ComparedRuns(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs, and what became of the queries between them."""

    before: Run
    after: Run
    comparison: Comparison


class HitShown(msgspec.Struct, frozen=True, kw_only=True):
    """A product in an answer: its place from 1 on, its grade if it is judged, and how many places
    it stands above where the other answer has it; `is_new` when that has it not."""

    product_id: UUID
    title: str
    handle: str
    place: int
    grade: int | None
    moved: int
    is_new: bool


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of two answers: whose (a profile asked just now, or a run), its hits, how it measures."""

    name: str
    hits: list[HitShown]
    total: int
    measures: Measures


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers to a query, and what is judged for it and in neither."""

    query: str
    left: Side
    right: Side
    missing: list[HitShown]


class _Found(msgspec.Struct, frozen=True):
    name: str
    product_ids: list[UUID]
    total: int


async def compare_runs(ctx: Context, before_id: UUID, after_id: UUID) -> ComparedRuns:
    """What changed from one run to the other, by the queries that both could score.

    Raises:
        RelevanceRunNotFound: there is no such run.
        RunNotFinished: one has not come to its end, or failed.
    """
    before, after = await get_run(ctx, before_id), await get_run(ctx, after_id)
    if not before.state == after.state == "done":
        raise RunNotFinished("both runs have to be done")
    changes = await repository.changes_between(ctx, before_id, after_id)
    # Drawing lots takes up to a second, which nobody else should wait for.
    return ComparedRuns(
        before=before, after=after, comparison=await asyncio.to_thread(compared, changes)
    )


async def look_beside(
    ctx: Context, judgment_set_id: UUID, query: str, left: str = "", right: str = ""
) -> Beside:
    """Two answers to a query with the set's grades.

    `left` and `right` are the id of a run or the name of a profile to ask now; empty for what
    shoppers get.

    Raises:
        JudgmentSetNotFound, RelevanceRunNotFound: there is none, or the run has not this query.
        InvalidJudgment: the query cannot be.
        UnknownProfile: the search has no such profile.
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index cannot answer at present.
    """
    of = await get_set(ctx, judgment_set_id)
    asked = checked_judgment(query, None, of.max_grade)
    grades = (await sets.grades_of(ctx, judgment_set_id, [asked])).get(asked, {})
    found = [await _found(ctx, of, asked, each) for each in (left, right)]
    shown = list(dict.fromkeys(id for each in found for id in each.product_ids))
    missing = sorted((id for id in grades if id not in set(shown)), key=lambda id: -grades[id])[:50]
    names = await catalog.names_of(ctx, [*shown, *missing])
    hits = [_hits(found[at].product_ids, found[1 - at].product_ids, grades, names) for at in (0, 1)]
    sides = [
        Side(
            name=each.name,
            hits=of_side,
            total=each.total,
            measures=measured(each.product_ids, grades, relevant_from(of.max_grade)),
        )
        for each, of_side in zip(found, hits, strict=True)
    ]
    absent = _hits(missing, missing, grades, names)
    return Beside(query=asked, left=sides[0], right=sides[1], missing=absent)


async def _found(ctx: Context, of: JudgmentSet, query: str, side: str) -> _Found:
    try:
        run_id = UUID(side)
    except ValueError:
        profile = await profile_called(ctx, side or None)
        answer = await asked_by(ctx, await window_of_set(ctx, of), query, profile)
        return _Found(profile, shown_in(answer), answer.total)
    run = await get_run(ctx, run_id)
    score = await repository.score_of(ctx, run_id, query)
    if run.judgment_set_id != of.judgment_set_id or score is None:
        raise RelevanceRunNotFound(f"run {run_id} has not asked this")
    return _Found(str(run_id), score.found, score.total)


def _hits(
    product_ids: Sequence[UUID],
    others: Sequence[UUID],
    grades: Mapping[UUID, int],
    names: Mapping[UUID, catalog.ProductName],
) -> list[HitShown]:
    elsewhere = {product_id: place for place, product_id in enumerate(others, 1)}
    return [
        HitShown(
            product_id=product_id,
            title=names[product_id].title if product_id in names else "",
            handle=names[product_id].handle if product_id in names else "",
            place=place,
            grade=grades.get(product_id),
            moved=elsewhere.get(product_id, place) - place,
            is_new=product_id not in elsewhere,
        )
        for place, product_id in enumerate(product_ids, 1)
    ]
