"""Runs: begun, watched, looked through, and compared."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.relevance.charts import WIDTH, bars_of
from galleria.faces.backoffice.pages.relevance.sets import PLACE
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import relevance
from galleria.growth.relevance import NothingJudged, RelevanceRunNotFound, Run, RunNotFinished

PAGE = 50
WORST = 20


class Standing(msgspec.Struct, frozen=True):
    """What the page asks for while a run is at work."""

    state: str
    has_ended: bool
    asked_count: int
    share: float


def standing_of(run: Run) -> Standing:
    """How far a run is."""
    return Standing(run.state, run.has_ended, run.asked_count, round(run.share, 4))


@post("/s/{slug:str}/search/relevance/sets/{judgment_set_id:uuid}/run", scope="products:write")
async def start_run(
    desk: NamedDependency[Desk], judgment_set_id: FromPath[UUID]
) -> Response[bytes]:
    """A worker asks every query of the set; the page says how far it is."""
    profile = desk.form.values.get("profile", "").strip()[:60] or None
    try:
        run = await relevance.start_run(desk.ctx, judgment_set_id, profile)
    except NothingJudged:
        return desk.go(desk.at(f"{PLACE}/sets/{judgment_set_id}"), Notice("nothing_judged"))
    return desk.go(desk.at(f"{PLACE}/runs/{run.relevance_run_id}"))


@get("/s/{slug:str}/search/relevance/runs/{relevance_run_id:uuid}", scope="products:read")
async def show_run(
    desk: NamedDependency[Desk], relevance_run_id: FromPath[UUID]
) -> Response[bytes]:
    """One run: how far it is, or what it measured."""
    run = await relevance.get_run(desk.ctx, relevance_run_id)
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await relevance.list_scores(desk.ctx, relevance_run_id, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"{PLACE}/runs/{relevance_run_id}"))
    return desk.show(
        "relevance/run.html",
        run=run,
        of=await relevance.get_set(desk.ctx, run.judgment_set_id),
        progress=standing_of(run),
        worst=await relevance.worst_queries(desk.ctx, relevance_run_id, WORST),
        page=page,
        is_first=cursor is None,
        bars=bars_of(run.classes),
        width=WIDTH,
        quoted=forms.quoted,
    )


@get(
    "/s/{slug:str}/search/relevance/runs/{relevance_run_id:uuid}/progress.json",
    scope="products:read",
)
async def show_progress(
    desk: NamedDependency[Desk], relevance_run_id: FromPath[UUID]
) -> Response[bytes]:
    """How far a run is, for the script that moves the bar."""
    run = await relevance.get_run(desk.ctx, relevance_run_id)
    return Response(
        msgspec.json.encode(standing_of(run)),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


@get("/s/{slug:str}/search/relevance/compare", scope="products:read")
async def compare_runs(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Two runs beside each other: figures, and the queries that gained and lost most."""
    ids = [forms.read_id(desk.question(name, 40)) for name in ("before", "after")]
    try:
        if None in ids:
            raise RelevanceRunNotFound("two runs have to be named")
        before, after = (each for each in ids if each is not None)
        found = await relevance.compare_runs(desk.ctx, before, after)
    except (RelevanceRunNotFound, RunNotFinished):
        return desk.go(desk.at(PLACE), Notice("runs_not_comparable"))
    return desk.show(
        "relevance/compare.html",
        found=found,
        of=await relevance.get_set(desk.ctx, found.after.judgment_set_id),
        quoted=forms.quoted,
    )


ROUTES = [start_run, show_run, show_progress, compare_runs]
