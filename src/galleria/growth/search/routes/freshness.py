"""How soon changes can be found, over HTTP."""

from litestar import get
from litestar.di import NamedDependency

from galleria.engines.context import Context
from galleria.foundation.routing import requires
from galleria.growth.search.model.freshness import Freshness
from galleria.growth.search.routes.questions import Days
from galleria.growth.search.service.freshness import freshness


@get(
    "/admin/v1/search/freshness",
    operation_id="GetSearchFreshness",
    tags=["search"],
    guards=[requires("products:read")],
)
async def get_freshness(ctx: NamedDependency[Context], days: Days = 7) -> Freshness:
    """How soon after its commit a change could be found in the last days, and how it stands now.

    Times are until the index had it on the disk, and the 0.2 s more after which every reader looks.
    `lag_s` is how old the oldest event of the shop is that may still have to reach the index.
    """
    return await freshness(ctx, days)


ROUTES = [get_freshness]
