"""Two answers to one query beside each other, with buttons that judge."""

from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.engines.search_index import SearchOverloaded, SearchTimeout, SearchUnavailable
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.relevance.sets import PLACE, RUNS_SHOWN
from galleria.faces.backoffice.visits import Desk
from galleria.growth import relevance, search
from galleria.growth.relevance import (
    InvalidJudgment,
    RelevanceRunNotFound,
    TooManyJudgments,
    UnknownProfile,
)

SIDES = ("left", "right")


@get("/s/{slug:str}/search/relevance/sets/{judgment_set_id:uuid}/query", scope="products:read")
async def show_beside(
    desk: NamedDependency[Desk], judgment_set_id: FromPath[UUID]
) -> Response[bytes]:
    """A query's answers today and in runs, with their grades."""
    found = await relevance.get_set(desk.ctx, judgment_set_id)
    query = desk.question("query")
    asked = {side: desk.question(side, 60) for side in SIDES}
    beside, trouble, status = None, "", 200
    try:
        if query:
            beside = await relevance.look_beside(desk.ctx, judgment_set_id, query, **asked)
    except RelevanceRunNotFound:
        trouble = "run_without_query"
    except (InvalidJudgment, UnknownProfile) as error:
        trouble, status = error.code, error.status
    except (SearchOverloaded, SearchTimeout, SearchUnavailable) as error:
        trouble, status = "search_unavailable", error.status
    form = forms.empty()
    form.message = trouble
    runs = (await relevance.list_runs(desk.ctx, judgment_set_id, limit=RUNS_SHOWN)).items
    return desk.show(
        "relevance/beside.html",
        status,
        found=found,
        query=query,
        asked=asked,
        beside=beside,
        form=form,
        runs=[each for each in runs if each.state == "done"],
        profiles=await search.profiles(desk.ctx),
        grades=range(found.max_grade + 1),
    )


@post("/s/{slug:str}/search/relevance/sets/{judgment_set_id:uuid}/judge", scope="products:write")
async def judge(desk: NamedDependency[Desk], judgment_set_id: FromPath[UUID]) -> Response[bytes]:
    """The product has the grade of the button that was pressed, or none any more."""
    sent = desk.form.values
    asked = {name: sent.get(name, "")[:200] for name in ("query", *SIDES)}
    back = desk.at(f"{PLACE}/sets/{judgment_set_id}/query?{urlencode(asked)}")
    product_id = forms.read_id(sent.get("product_id", ""))
    try:
        grade = forms.read_whole(sent.get("grade", ""), "grade")
        if product_id is None:
            raise InvalidJudgment("no product is named")
        await relevance.judge(desk.ctx, judgment_set_id, asked["query"], product_id, grade)
    except (InvalidJudgment, TooManyJudgments) as error:
        return desk.go(back, Notice("not_judged", name=error.code))
    return desk.go(back)


ROUTES = [show_beside, judge]
