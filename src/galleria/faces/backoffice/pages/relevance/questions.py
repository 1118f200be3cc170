"""What shoppers ask: most, slowest, and in vain."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.visits import Desk
from galleria.growth import search
from galleria.growth.search import ASKED_KINDS, ASKED_SORTS, DAYS

SHOWN = 100


@get("/s/{slug:str}/search/questions", scope="products:read")
async def show_questions(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The words that were asked most, took longest, or found nothing, of some days."""
    wanted = _wanted(desk)
    return desk.show(
        "relevance/questions.html",
        wanted=wanted,
        asked=await search.asked_words(desk.ctx, most=SHOWN, **wanted),
        lists=ASKED_KINDS,
        spans=DAYS,
        sorts=ASKED_SORTS,
        quoted=forms.quoted,
        shown=SHOWN,
    )


@get("/s/{slug:str}/search/questions.csv", scope="products:read")
async def download_questions(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The same as a table for a spreadsheet, up to a thousand lines."""
    asked = await search.asked_words(desk.ctx, most=search.MOST_LISTED, **_wanted(desk))
    name = f"{desk.shop.slug}-questions.csv"
    return Response(
        search.asked_as_csv(asked),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


def _wanted(desk: Desk) -> dict[str, Any]:
    """What the address asks for; what it cannot ask for is left at what is usual."""
    which, days, sort = (desk.question(name, 20) for name in ("which", "days", "sort"))
    locale = desk.question("locale", 35)
    return {
        "which": which if which in ASKED_KINDS else ASKED_KINDS[0],
        "days": next((each for each in DAYS if str(each) == days), 7),
        "sort": sort if sort in ASKED_SORTS else None,
        "part": desk.question("q"),
        "locale": locale if locale in (desk.shop.locales or []) else "",
    }


ROUTES = [show_questions, download_questions]
