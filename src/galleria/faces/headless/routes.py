"""Health, readiness, figures, and the API's own description."""

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.di import NamedDependency

from galleria.engines.context import Context
from galleria.engines.event_log import show_lag
from galleria.faces.headless.describing import document_of
from galleria.faces.headless.manual import MANUAL_ROUTES
from galleria.foundation.telemetry import render_openmetrics
from galleria.growth import search


class Health(msgspec.Struct, frozen=True):
    """`status` is ok, or the answer is a problem."""

    status: str


@get("/healthz", operation_id="CheckHealth", tags=["house"])
async def check_health() -> Health:
    """The process runs and answers."""
    return Health("ok")


@get("/readyz", operation_id="CheckReadiness", tags=["house"])
async def check_readiness(ctx: NamedDependency[Context]) -> Health:
    """The process can serve: its database answers."""
    await ctx.ping()
    return Health("ok")


@get(
    "/metrics",
    operation_id="ReadMetrics",
    tags=["house"],
    media_type="application/openmetrics-text",
)
async def read_metrics(ctx: NamedDependency[Context]) -> Response[bytes]:
    """The figures of this process, the event log's lag, and how soon changes can be found, in the
    OpenMetrics format."""
    await show_lag(ctx.engines.sql.home, ctx.now)
    await search.show_freshness(ctx)
    body, content_type = render_openmetrics()
    return Response(body, media_type=content_type)


@get("/openapi.json", operation_id="ReadOpenApi", tags=["house"], include_in_schema=False)
async def read_openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI 3.1 document of this API."""
    return Response(openapi_json(request.app), media_type="application/json")


@lru_cache(maxsize=1)
def openapi_json(app: Litestar) -> bytes:
    """The document as canonical JSON: sorted keys, so that it can be diffed."""
    return msgspec.json.format(msgspec.json.encode(document_of(app), order="sorted"), indent=1)


API_ROUTES = [check_health, check_readiness, read_metrics, read_openapi, *MANUAL_ROUTES]
