"""The protocol over REST. Addresses and bodies are specified at ucp.dev, not in our document."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.engines.context import Context
from galleria.faces.agents.model.protocol import introduction_of
from galleria.faces.agents.routes.messages import checked
from galleria.faces.agents.service import simulating
from galleria.faces.agents.service.calling import Call, Reply, address_of_shop
from galleria.faces.agents.service.performing import introduced, perform, refused
from galleria.faces.agents.service.sandbox import is_sandbox
from galleria.foundation.errors import GalleriaError

HttpRequest = Request[Any, Any, Any]
_HEADERS = {"Cache-Control": "no-store"}


async def _answer(
    ctx: Context, request: HttpRequest, name: str, version: str, thing_id: str = ""
) -> Response[bytes]:
    call = Call(
        version=version,
        body=await request.body(),
        thing_id=thing_id,
        key=request.headers.get("idempotency-key"),
    )
    sandbox = is_sandbox(ctx)
    try:
        said = introduction_of(request.headers.get("ucp-agent"), allows_http=sandbox)
        call = await introduced(ctx, call, said)
        await checked(ctx, request, name, call)
    except GalleriaError as error:
        reply = refused(version, error)
        if "status" in reply.body:
            # What agent and shop cannot settle the buyer may go on with in the shop itself.
            reply.body["continue_url"] = await address_of_shop(ctx)
        return respond(reply)
    return respond(await perform(ctx, name, call))


def respond(reply: Reply) -> Response[bytes]:
    """The reply over HTTP."""
    return Response(
        msgspec.json.encode(reply.body),
        status_code=reply.status,
        media_type="application/json",
        headers=_HEADERS,
    )


@post("/ucp/{version:str}/checkout-sessions", include_in_schema=False)
async def create_checkout(
    ctx: NamedDependency[Context], request: HttpRequest, version: FromPath[str]
) -> Response[bytes]:
    """A new checkout."""
    return await _answer(ctx, request, "create_checkout", version)


@get("/ucp/{version:str}/checkout-sessions/{thing_id:str}", include_in_schema=False)
async def get_checkout(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The checkout as it stands."""
    return await _answer(ctx, request, "get_checkout", version, thing_id)


@put("/ucp/{version:str}/checkout-sessions/{thing_id:str}", include_in_schema=False)
async def update_checkout(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The checkout is what is sent."""
    return await _answer(ctx, request, "update_checkout", version, thing_id)


@post("/ucp/{version:str}/checkout-sessions/{thing_id:str}/complete", include_in_schema=False)
async def complete_checkout(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The order is placed."""
    return await _answer(ctx, request, "complete_checkout", version, thing_id)


@post("/ucp/{version:str}/checkout-sessions/{thing_id:str}/cancel", include_in_schema=False)
async def cancel_checkout(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The checkout is canceled."""
    return await _answer(ctx, request, "cancel_checkout", version, thing_id)


@post("/ucp/{version:str}/carts", include_in_schema=False)
async def create_cart(
    ctx: NamedDependency[Context], request: HttpRequest, version: FromPath[str]
) -> Response[bytes]:
    """A new cart."""
    return await _answer(ctx, request, "create_cart", version)


@get("/ucp/{version:str}/carts/{thing_id:str}", include_in_schema=False)
async def get_cart(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The cart at today's prices."""
    return await _answer(ctx, request, "get_cart", version, thing_id)


@put("/ucp/{version:str}/carts/{thing_id:str}", include_in_schema=False)
async def update_cart(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The cart is what is sent."""
    return await _answer(ctx, request, "update_cart", version, thing_id)


@post("/ucp/{version:str}/carts/{thing_id:str}/cancel", include_in_schema=False)
async def cancel_cart(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The cart is gone."""
    return await _answer(ctx, request, "cancel_cart", version, thing_id)


@post("/ucp/{version:str}/catalog/search", include_in_schema=False)
async def search_catalog(
    ctx: NamedDependency[Context], request: HttpRequest, version: FromPath[str]
) -> Response[bytes]:
    """Products that answer a search."""
    return await _answer(ctx, request, "search_catalog", version)


@post("/ucp/{version:str}/catalog/lookup", include_in_schema=False)
async def lookup_catalog(
    ctx: NamedDependency[Context], request: HttpRequest, version: FromPath[str]
) -> Response[bytes]:
    """Products by their ids."""
    return await _answer(ctx, request, "lookup_catalog", version)


@post("/ucp/{version:str}/catalog/product", include_in_schema=False)
async def get_product(
    ctx: NamedDependency[Context], request: HttpRequest, version: FromPath[str]
) -> Response[bytes]:
    """One product."""
    return await _answer(ctx, request, "get_product", version)


@get("/ucp/{version:str}/orders/{thing_id:str}", include_in_schema=False)
async def get_order(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
) -> Response[bytes]:
    """The order with all that happened to it."""
    return await _answer(ctx, request, "get_order", version, thing_id)


@post("/ucp/{version:str}/testing/orders/{thing_id:str}/{action:str}", include_in_schema=False)
async def simulate(
    ctx: NamedDependency[Context],
    request: HttpRequest,
    version: FromPath[str],
    thing_id: FromPath[str],
    action: FromPath[str],
) -> Response[bytes]:
    """Something happens to the order, in a sandbox; elsewhere there is nothing here."""
    call = Call(version=version, body=await request.body(), thing_id=thing_id)
    try:
        return respond(await simulating.simulate(ctx, action, call))
    except GalleriaError as error:
        return respond(refused(version, error))


ROUTES = [
    simulate,
    create_checkout,
    get_checkout,
    update_checkout,
    complete_checkout,
    cancel_checkout,
    create_cart,
    get_cart,
    update_cart,
    cancel_cart,
    search_catalog,
    lookup_catalog,
    get_product,
    get_order,
]
