"""How soon changes can be found: what the shop was promised and how it went."""

from litestar import Response, get
from litestar.di import NamedDependency

from galleria.faces.backoffice.visits import Desk
from galleria.growth import search
from galleria.growth.search import DAYS

WAITS_FROM_S = 5.0  # below it nothing is told: a change in this moment is on its way anyhow


@get("/s/{slug:str}/search/freshness", scope="products:read")
async def show_freshness(desk: NamedDependency[Desk]) -> Response[bytes]:
    """After what time changes could be found, day by day, and what holds them up now."""
    asked = desk.question("days", 20)
    days = next((each for each in DAYS if str(each) == asked), 7)
    return desk.show(
        "search/freshness.html",
        found=await search.freshness(desk.ctx, days),
        days=days,
        spans=DAYS,
        waits_from_s=WAITS_FROM_S,
    )


ROUTES = [show_freshness]
