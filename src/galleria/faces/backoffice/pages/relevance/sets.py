"""Sets of judgments: listed, filled from files, by hand and by clicks."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.imports.runs import download
from galleria.faces.backoffice.pages.relevance.charts import HEIGHT, WIDTH, trend_of
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form, Upload
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import relevance, search
from galleria.growth.relevance import JudgmentSet, NewJudgmentSet

PLACE = "/search/relevance"
PAGE = 50
RUNS_SHOWN = 20


@get("/s/{slug:str}/search/relevance", scope="products:read")
async def show_sets(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All sets by name, and a form for another."""
    return await _show_sets(desk, forms.empty(max_grade="3"))


async def _show_sets(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await relevance.list_sets(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    return desk.show("relevance/sets.html", status, form=form, page=page, is_first=cursor is None)


# Under an address of its own, so that the gateway lets more through than a form has.
@post(
    "/uploads/{slug:str}/judgments",
    scope="products:write",
    streams=True,
    request_max_body_size=None,
)
async def send_judgments(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A new set, or more for the one that is named, from a file; without a file an empty one."""
    upload = await desk.upload()
    form: Form[Any] = Form(values=dict(upload.fields), many={}, errors={})
    set_id = forms.read_id(form.values.get("judgment_set_id", ""))
    try:
        if set_id is not None:
            return await _add(desk, upload, await relevance.get_set(desk.ctx, set_id))
        wanted = _wanted(form)
        if wanted is None:
            return await _show_sets(desk, form, 422)
        made = await relevance.create_set(desk.ctx, wanted.draft())
        try:
            return await _add(desk, upload, made, is_new=True)
        except GalleriaError:
            # What the file could not fill would only be in the way of the next try.
            await relevance.remove_set(desk.ctx, made.judgment_set_id)
            raise
    except GalleriaError as error:
        forms.refuse(form, error)
        if not error.errors:
            form.errors.setdefault("file", form.message)
        if set_id is not None:
            return await _show_set(
                desk, await relevance.get_set(desk.ctx, set_id), form, error.status
            )
        return await _show_sets(desk, form, error.status)


async def _add(
    desk: Desk, upload: Upload, of: JudgmentSet, *, is_new: bool = False
) -> Response[bytes]:
    """The upload's file is in the set."""
    address = desk.at(f"{PLACE}/sets/{of.judgment_set_id}")
    async for _, content in upload.files():
        done = await relevance.import_judgments(desk.ctx, of.judgment_set_id, content)
        return desk.go(address, Notice("judgments_taken", count=done.taken_count))
    if not is_new:
        raise forms.refused("file", "file_needed")
    return desk.go(address, Notice("saved", name=of.name))


def _wanted(form: Form[Any]) -> NewJudgmentSet | None:
    fields = {
        "name": form.values.get("name", "").strip(),
        "locale": form.values.get("locale", "") or None,
        "max_grade": form.values.get("max_grade", "").strip() or "3",
    }
    return forms.convert(form, fields, NewJudgmentSet)


@get("/s/{slug:str}/search/relevance/sets/{judgment_set_id:uuid}", scope="products:read")
async def show_set(desk: NamedDependency[Desk], judgment_set_id: FromPath[UUID]) -> Response[bytes]:
    """One set: its queries, its runs, and forms for more of both."""
    return await _show_set(desk, await relevance.get_set(desk.ctx, judgment_set_id), forms.empty())


async def _show_set(
    desk: Desk, found: JudgmentSet, form: Form[Any], status: int = 200
) -> Response[bytes]:
    cursor, begins = desk.question("cursor", 4_000) or None, desk.question("q")
    try:
        page = await relevance.list_queries(desk.ctx, found.judgment_set_id, cursor, PAGE, begins)
    except InvalidCursor:
        return desk.go(desk.at(f"{PLACE}/sets/{found.judgment_set_id}"))
    runs = (await relevance.list_runs(desk.ctx, found.judgment_set_id, limit=RUNS_SHOWN)).items
    return desk.show(
        "relevance/set.html",
        status,
        form=form,
        found=found,
        page=page,
        begins=begins,
        is_first=cursor is None,
        runs=runs,
        done=[each for each in runs if each.state == "done"],
        trend=trend_of(runs),
        chart=(WIDTH, HEIGHT),
        profiles=await search.profiles(desk.ctx),
        least_shown=search.LEAST_SHOWN,
    )


@post("/s/{slug:str}/search/relevance/sets/{judgment_set_id:uuid}/clicks", scope="products:write")
async def judge_by_clicks(
    desk: NamedDependency[Desk], judgment_set_id: FromPath[UUID]
) -> Response[bytes]:
    """What shoppers clicked is judged."""
    before = await relevance.get_set(desk.ctx, judgment_set_id)
    after = await relevance.judge_by_clicks(desk.ctx, judgment_set_id)
    added = after.judgment_count - before.judgment_count
    address = desk.at(f"{PLACE}/sets/{judgment_set_id}")
    return desk.go(address, Notice("judged_by_clicks", count=added))


@post("/s/{slug:str}/search/relevance/sets/{judgment_set_id:uuid}/remove", scope="products:write")
async def remove_set(
    desk: NamedDependency[Desk], judgment_set_id: FromPath[UUID]
) -> Response[bytes]:
    """The set is gone with its judgments and runs."""
    await relevance.remove_set(desk.ctx, judgment_set_id)
    return desk.go(desk.at(PLACE), Notice("removed"))


@get(
    "/s/{slug:str}/search/relevance/sets/{judgment_set_id:uuid}/judgments.csv",
    scope="products:read",
)
async def export_judgments(desk: NamedDependency[Desk], judgment_set_id: FromPath[UUID]) -> Stream:
    """The judgments as a table, as they can be sent again."""
    await relevance.get_set(desk.ctx, judgment_set_id)
    rows = relevance.export_judgments(desk.ctx, judgment_set_id)
    return download(rows, "text/csv; charset=utf-8", f"{desk.shop.slug}-judgments.csv")


ROUTES = [show_sets, send_judgments, show_set, judge_by_clicks, remove_set, export_judgments]
