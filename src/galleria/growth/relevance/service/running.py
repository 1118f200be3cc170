"""Runs: every query of a set is asked as a shopper asks it, and what comes of it is measured."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import catalog, listings
from galleria.commerce.listings import Window
from galleria.engines.context import Context
from galleria.engines.search_index import (
    SearchOverloaded,
    SearchTimeout,
    SearchUnavailable,
)
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page
from galleria.growth import search
from galleria.growth.relevance.errors import NothingJudged, RelevanceRunNotFound, UnknownProfile
from galleria.growth.relevance.events import RunRequested
from galleria.growth.relevance.model.judgments import JudgmentSet
from galleria.growth.relevance.model.measures import SHOWN, class_of, measured, relevant_from
from galleria.growth.relevance.model.runs import (
    MOST_RUNS,
    QueryScore,
    Run,
    figures_by_class,
    figures_of,
)
from galleria.growth.relevance.repository import runs as repository
from galleria.growth.relevance.repository import sets
from galleria.growth.relevance.service.sets import get_set
from galleria.growth.search import Question
from galleria.platform import audit, tenants
from galleria.platform.tenants import ChannelNotFound

QUERIES_A_STEP = 50
_SCORES_A_STEP = 2_000
_LOOKED_AT = 20  # relevant products of a query, for their brands
_BUSY = (SearchOverloaded, SearchTimeout, SearchUnavailable)
PATIENCE_S = (0.2, 1.0, 3.0, 10.0)  # pauses before a busy index is asked again
_QUERIES = "relevance.scores"
_RUNS = "relevance.runs"
Told = Callable[[int, int], Any]


class _Card(msgspec.Struct):
    product_id: UUID


_CARD = msgspec.json.Decoder(_Card)


async def start_run(ctx: Context, judgment_set_id: UUID, profile: str | None = None) -> Run:
    """A run of the set's queries waits for a worker.

    Raises:
        JudgmentSetNotFound: there is no such set.
        NothingJudged: it has no queries yet.
        UnknownProfile: the search has no such profile.
    """
    found = await get_set(ctx, judgment_set_id)
    if not found.query_count:
        raise NothingJudged("judge some queries, or import judgments, and run it then")
    run = Run(
        relevance_run_id=new_id(),
        judgment_set_id=judgment_set_id,
        profile=await profile_called(ctx, profile),
        release=release(),
        state="waiting",
        requested_by=f"{ctx.actor.kind}:{ctx.actor.actor_id}",
        requested_at=ctx.now,
        ended_at=None,
        query_count=found.query_count,
        asked_count=0,
        figures=None,
        classes={},
        failure=None,
    )
    async with ctx.transaction() as tx:
        await repository.add(tx, run)
        await repository.thin_out(tx, judgment_set_id, MOST_RUNS)
        tx.publish(RunRequested(relevance_run_id=run.relevance_run_id))
        await audit.record(
            tx,
            "relevance.run_requested",
            f"judgment_set:{judgment_set_id}",
            {"profile": run.profile, "release": run.release},
        )
    return run


@lru_cache(maxsize=1)
def release() -> str:
    """The release of the program that runs; of a folder that nobody installed it says so."""
    try:
        return version("galleria")
    except PackageNotFoundError:
        return "source"


async def profile_called(ctx: Context, name: str | None) -> str:
    """The profile's name, that of shoppers when none is named. Raises UnknownProfile."""
    known = await search.profiles(ctx)
    if name is not None and name not in known:
        raise UnknownProfile(f"no profile {name!r}; there is {', '.join(known)}")
    return name or known[0]


async def run_now(
    ctx: Context,
    relevance_run_id: UUID,
    told: Told | None = None,
    patience_s: Sequence[float] = PATIENCE_S,
) -> Run | None:
    """The run has come to its end, from wherever it had come to; None when it is gone.

    `told` is awaited with the number of queries asked and of all. An index that is busy is asked
    again after each of the pauses; one that has no time even then fails the run. Safe to repeat.
    """
    run = await repository.find(ctx, relevance_run_id)
    if run is None or run.has_ended:
        return run
    of = await get_set(ctx, run.judgment_set_id)
    # Who has just changed something measures that, also in another process than the one that did.
    await search.look_again(ctx)
    try:
        window = await window_of_set(ctx, of)
        if not await _ask_all(ctx, run, of, window, (told, patience_s)):
            return await repository.find(ctx, relevance_run_id)
    except (*_BUSY, ChannelNotFound) as error:
        async with ctx.transaction() as tx:
            await repository.end(tx, relevance_run_id, "failed", None, {}, error.detail)
        return await repository.find(ctx, relevance_run_id)
    scores: list[QueryScore] = []
    after = ""
    while page := await repository.scores_after(ctx, relevance_run_id, after, _SCORES_A_STEP):
        scores += [msgspec.structs.replace(each, found=[]) for each in page]
        after = page[-1].query
    async with ctx.transaction() as tx:
        figures, classes = figures_of(scores), figures_by_class(scores)
        await repository.end(tx, relevance_run_id, "done", figures, classes)
    return await repository.find(ctx, relevance_run_id)


async def _ask_all(
    ctx: Context,
    run: Run,
    of: JudgmentSet,
    window: Window,
    how: tuple[Told | None, Sequence[float]],
) -> bool:
    """Every query has been asked; False when the run was taken away meanwhile."""
    told, patience_s = how
    after, asked = await repository.last_query(ctx, run.relevance_run_id), run.asked_count
    while page := await sets.queries_after(ctx, of.judgment_set_id, after, QUERIES_A_STEP):
        queries = [each.query for each in page]
        grades = await sets.grades_of(ctx, of.judgment_set_id, queries)
        brands = await _brands(ctx, grades, relevant_from(of.max_grade))
        scores = [
            await _asked(
                *(ctx, window, of, query, grades.get(query, {})),
                (run.profile, brands.get(query, set()), patience_s),
            )
            for query in queries
        ]
        async with ctx.transaction() as tx:
            if not await repository.is_there(tx, run.relevance_run_id):
                return False
            await repository.keep_scores(tx, run.relevance_run_id, scores)
        after, asked = queries[-1], asked + len(queries)
        if told is not None:
            await told(asked, run.query_count)
    return True


async def _brands(
    ctx: Context, grades: Mapping[str, Mapping[UUID, int]], relevant_grade: int
) -> dict[str, set[str]]:
    """The brands, in lower case, of what is relevant for each query."""
    good = {
        query: sorted(id for id, grade in of_query.items() if grade >= relevant_grade)[:_LOOKED_AT]
        for query, of_query in grades.items()
    }
    ids = {id for of_query in good.values() for id in of_query}
    known = {each.product_id: each.brand for each in await catalog.outlines_of(ctx, list(ids))}
    return {
        query: {known[id].lower() for id in of_query if known.get(id)}
        for query, of_query in good.items()
    }


async def _asked(
    ctx: Context,
    window: Window,
    of: JudgmentSet,
    query: str,
    grades: Mapping[UUID, int],
    by: tuple[str, set[str], Sequence[float]],
) -> QueryScore:
    profile, brands, patience_s = by
    answer = await asked_by(ctx, window, query, profile, patience_s)
    found = shown_in(answer)
    return QueryScore(
        query=query,
        query_class=class_of(query, brands),
        total=answer.total,
        match=answer.match,
        took_ms=answer.took_ms,
        found=found,
        **msgspec.structs.asdict(measured(found, grades, relevant_from(of.max_grade))),
    )


async def asked_by(
    ctx: Context, window: Window, query: str, profile: str, patience_s: Sequence[float] = ()
) -> search.Answer:
    """The first ten hits as a shopper would get them by the profile. A busy index is asked again
    after each of the pauses.

    Raises:
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index has no time for it at all.
    """
    question = Question(words=query, limit=SHOWN, with_facets=False, ranking=profile)
    for pause_s in patience_s:
        with suppress(*_BUSY):
            return await search.ask(_at_this_instant(ctx), window, question)
        await asyncio.sleep(pause_s)
    return await search.ask(_at_this_instant(ctx), window, question)


def _at_this_instant(ctx: Context) -> Context:
    """A run takes minutes: by the time it began kept answers would seem fresh for as long."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)


def shown_in(answer: search.Answer) -> list[UUID]:
    """The products that an answer shows."""
    return [_CARD.decode(each).product_id for each in answer.items]


async def window_of_set(ctx: Context, of: JudgmentSet) -> Window:
    """The channel and language that the set is for.

    Raises:
        ChannelNotFound: the channel is gone.
    """
    channels = await tenants.list_channels(ctx)
    code = next((each.code for each in channels if each.channel_id == of.channel_id), None)
    if code is None:
        raise ChannelNotFound("the channel of these judgments is gone")
    return (await listings.window_of(ctx, code)).in_language(of.locale)


async def get_run(ctx: Context, relevance_run_id: UUID) -> Run:
    """One run. Raises RelevanceRunNotFound."""
    found = await repository.find(ctx, relevance_run_id)
    if found is None:
        raise RelevanceRunNotFound(f"no run {relevance_run_id}")
    return found


async def list_runs(
    ctx: Context, judgment_set_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[Run]:
    """A page of the set's runs, newest first.

    Raises:
        JudgmentSetNotFound: there is no such set.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_set(ctx, judgment_set_id)
    scope = f"{_RUNS}:{judgment_set_id}"
    before = None
    if cursor is not None:
        (key,) = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
        before = UUID(str(key))
    found = await repository.of_set(ctx, judgment_set_id, before, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    keys = [str(found[limit - 1].relevance_run_id)]
    return Page(found[:limit], ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys))


async def list_scores(
    ctx: Context, relevance_run_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[QueryScore]:
    """A page of the queries of a run in their order, with what came of each.

    Raises:
        RelevanceRunNotFound: there is no such run.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_run(ctx, relevance_run_id)
    scope = f"{_QUERIES}:{relevance_run_id}"
    after = ""
    if cursor is not None:
        after = str(ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)[0])
    found = await repository.scores_after(ctx, relevance_run_id, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    keys = [found[limit - 1].query]
    return Page(found[:limit], ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys))


async def worst_queries(
    ctx: Context, relevance_run_id: UUID, most: int = 20
) -> Sequence[QueryScore]:
    """The queries of a run that came off worst."""
    return await repository.worst_scores(ctx, relevance_run_id, most)
