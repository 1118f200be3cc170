"""What an agent reads first: the shop's profile, and what its ways to pay are."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from galleria.engines.context import Context
from galleria.faces.agents.model.protocol import NEWEST
from galleria.faces.agents.service import describing

# Agents may keep a profile for some minutes; the protocol wants a minute at least.
KEEP = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


def _json(document: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(document), media_type="application/json", headers=KEEP)


@get("/.well-known/ucp", operation_id="ReadAgentProfile", include_in_schema=False)
async def read_profile(
    ctx: NamedDependency[Context],
    version: Annotated[str, QueryParameter(max_length=40)] = NEWEST,
) -> Response[bytes]:
    """The shop's profile in the newest version, or in the one named."""
    return _json(await describing.profile(ctx, version))


@get("/ucp/handlers/{name:str}", operation_id="ReadPaymentHandler", include_in_schema=False)
async def read_handler(ctx: NamedDependency[Context], name: FromPath[str]) -> Response[bytes]:
    """What an agent has to know to pay by this gateway."""
    return _json(await describing.handler(ctx, name))


@get("/ucp/handlers/{name:str}/config.json", include_in_schema=False)
async def read_handler_schema(
    ctx: NamedDependency[Context], name: FromPath[str]
) -> Response[bytes]:
    """The JSON Schema of what is set for a gateway: nothing."""
    return _json(await describing.handler_schema(ctx, name))


ROUTES = [read_profile, read_handler, read_handler_schema]
