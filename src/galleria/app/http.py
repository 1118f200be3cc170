"""The web applications of the house, put together from the rooms' routes."""

import asyncio
import logging
import signal
from functools import partial
from ipaddress import ip_address
from typing import Any

import uvicorn
from litestar import Litestar, Request
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import Provide

from galleria.app.doorstep import Doorstep
from galleria.app.house import House
from galleria.app.shops import open_and_provision
from galleria.bindings import all_routes
from galleria.engines.context import Context, Engines
from galleria.engines.secrets import derive_key
from galleria.faces.backoffice import backoffice_app
from galleria.faces.gateway import (
    EXCEPTION_HANDLERS,
    OF_ANY_REQUEST,
    OF_BODIES,
    OF_JSON,
    OF_REPEATED,
    Apps,
    Gateway,
    Hosts,
    Repeating,
    Shortcut,
)
from galleria.faces.headless import API_ROUTES, OPENAPI, REFUSALS, Refusals, StrictRequest
from galleria.faces.profiles import Shaping
from galleria.faces.stationery import CookieJar
from galleria.faces.storefront import storefront_app
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import CONTEXT_KEY
from galleria.settings import Settings

KEEP_ALIVE_S = 30
BACKLOG = 2048
MOST_BODY_BYTES = 2_000_000  # of forms and JSON; uploads have routes with limits of their own


def provide_context(request: Request[Any, Any, Any]) -> Context:
    """The context the gateway made for this request."""
    context: Context = request.scope[CONTEXT_KEY]  # type: ignore[literal-required]
    return context


def base_config() -> AppConfig:
    """What every Litestar application of the house shares."""
    return AppConfig(
        dependencies={"ctx": Provide(provide_context, sync_to_thread=False)},
        exception_handlers=EXCEPTION_HANDLERS,
        logging_config=None,
        request_max_body_size=MOST_BODY_BYTES,
    )


def api_app() -> Litestar:
    """The API of all rooms, with its OpenAPI document."""
    config = base_config()
    return Litestar(
        route_handlers=[*all_routes(), *API_ROUTES],
        dependencies=config.dependencies,
        exception_handlers=config.exception_handlers,
        logging_config=None,
        request_max_body_size=MOST_BODY_BYTES,
        openapi_config=OPENAPI,
        request_class=StrictRequest,
        state=State({REFUSALS: Refusals(OF_ANY_REQUEST, OF_BODIES, OF_JSON, OF_REPEATED)}),
    )


def build_gateway(settings: Settings, engines: Engines, master_secret: bytes) -> Gateway:
    """The ASGI application that answers every request."""
    hosts = Hosts(
        admin=settings.admin_host,
        api=frozenset({"127.0.0.1", "localhost", "[::1]", f"api.{settings.base_domain}"}),
        trusted_proxies=frozenset(_addresses(settings.trusted_proxies)),
        shopper_cookie=CookieJar(is_secure=settings.public_scheme == "https").name("shopper"),
    )
    base = base_config()
    apps = Apps(
        api=Repeating(Shaping(Shortcut(api_app()))),
        storefront=storefront_app(base, settings, derive_key(master_secret, "shop forms")),
        backoffice=backoffice_app(
            base,
            settings,
            derive_key(master_secret, "office forms"),
            open_shop=partial(open_and_provision, base_domain=settings.base_domain),
        ),
    )
    return Gateway(engines, hosts, apps)


async def serve(house: House) -> None:
    """Requests are answered until a stop signal arrives."""
    settings = house.settings
    gateway = build_gateway(settings, house.engines, house.master_secret)
    config = uvicorn.Config(
        gateway,
        host=settings.host,
        port=settings.port,
        http=Doorstep,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=10,
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    keeping = asyncio.create_task(gateway.keep_current())
    # uvicorn raises the signal that stopped it once more when it has ended, which would end the
    # process before the house is closed and what was noted is written down.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        await uvicorn.Server(config).serve()
    finally:
        signal.signal(signal.SIGTERM, before)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


def _addresses(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return [str(ip_address(part)) for part in parts]
    except ValueError as error:
        raise InvalidInput(
            f"GALLERIA_TRUSTED_PROXIES does not fit: {error}; it takes addresses and commas"
        ) from None
