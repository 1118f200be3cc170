"""What kiosks sold without a network, handed in."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from galleria.engines.context import Context
from galleria.faces.kiosk.errors import KioskPlaceGone
from galleria.faces.kiosk.routes.packs import TAGS, profile_of
from galleria.faces.kiosk.schemas import OfflineAnswers, OfflineOrders
from galleria.faces.kiosk.service import selling
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import REPEATS_ITSELF, problems, requires
from galleria.platform.access import KIOSK_SCOPE
from galleria.platform.tenants import ChannelNotFound


@post(
    "/store/v1/offline-orders",
    operation_id="HandInOfflineOrders",
    opt={REPEATS_ITSELF: True},
    tags=TAGS,
    guards=[requires(KIOSK_SCOPE)],
    status_code=200,
    responses=problems(InvalidInput, KioskPlaceGone, ChannelNotFound),
)
async def hand_in(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[OfflineOrders]
) -> Response[OfflineAnswers]:
    """Hand in what was sold without a network, at most a hundred sales. Each is placed once by its
    own key, however often it is sent; one that is refused says why and stops no other."""
    answers = await selling.take_in(ctx, profile_of(request), data.orders)
    return Response(OfflineAnswers(answers), headers={"cache-control": "no-store"})


ROUTES = [hand_in]
