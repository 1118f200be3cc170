"""Puts the storefront's pages together into one application."""

from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException

from galleria.commerce.accounts import FreshSignInRequired, ShopperSignedOut
from galleria.faces.stationery import html
from galleria.faces.storefront.pages import account, browsing, buying, carts, home, orders, products
from galleria.faces.storefront.pages.account.visiting import to_sign_in
from galleria.faces.storefront.pages.redirects import led_on
from galleria.faces.storefront.shell import Shell
from galleria.foundation.errors import GalleriaError
from galleria.foundation.routing import CONTEXT_KEY
from galleria.foundation.telemetry import logger
from galleria.settings import Settings

_log = logger(__name__)
FAILURE_KEY = "galleria.page_failure"
MOST_FORM_BYTES = 200_000  # a checkout is some hundred


def storefront_app(base: AppConfig, settings: Settings, form_key: bytes) -> "Site":
    """The application that serves every shop's pages; `form_key` signs form tokens."""
    shell = Shell(settings, form_key)
    app = Litestar(
        route_handlers=[
            shell.assets.route(),
            *home.ROUTES,
            *browsing.ROUTES,
            *products.ROUTES,
            *carts.ROUTES,
            *buying.ROUTES,
            *orders.ROUTES,
            *account.ROUTES,
        ],
        dependencies={**base.dependencies, "shell": Provide(lambda: shell, sync_to_thread=False)},
        exception_handlers={Exception: note_failure},
        request_max_body_size=MOST_FORM_BYTES,
        logging_config=None,
        openapi_config=None,
    )
    return Site(app, shell)


def note_failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Leave the failure for `Site`, which can ask for the shop's name and this cannot.

    Whoever has to sign in for it is shown where.
    """
    if isinstance(error, ShopperSignedOut | FreshSignInRequired):
        return to_sign_in(request, again=isinstance(error, FreshSignInRequired))
    status = 500
    if isinstance(error, GalleriaError):
        status = error.status
    elif isinstance(error, HTTPException):
        status = error.status_code
    if status >= 500:
        _log.exception("page_crashed", path=request.scope["path"], reason=repr(error))
    detail = error.detail if isinstance(error, GalleriaError) else ""
    request.scope[FAILURE_KEY] = (status, detail)  # type: ignore[literal-required]
    return Response(b"", status_code=status)


class Site:
    """The pages, with failures shown as pages of the shop."""

    def __init__(self, app: Litestar, shell: Shell) -> None:
        """Serve `app`."""
        self._app = app
        self._shell = shell

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""

        async def hold_back_failures(message: Any) -> None:
            if FAILURE_KEY not in scope:
                await send(message)

        await self._app(scope, receive, hold_back_failures)
        if FAILURE_KEY in scope:
            status, detail = scope[FAILURE_KEY]
            response = await self._answer(Request(scope), status, detail)
            await response.to_asgi_response(app=None, request=Request(scope))(scope, receive, send)

    async def _answer(
        self, request: Request[Any, Any, Any], status: int, detail: str
    ) -> Response[bytes]:
        """What is said instead of a page: where it is now, or why it is not shown."""
        if status == 404:
            ctx = request.scope[CONTEXT_KEY]  # type: ignore[literal-required]
            try:
                way = await led_on(ctx, self._shell, request)
            except GalleriaError:
                way = None
            if way is not None:
                return way
        return await self._failure(request, status, detail)

    async def _failure(
        self, request: Request[Any, Any, Any], status: int, detail: str
    ) -> Response[bytes]:
        """The failure as a page of the shop; bare when even the shop's name cannot be read."""
        ctx = request.scope[CONTEXT_KEY]  # type: ignore[literal-required]
        try:
            page = await self._shell.page(
                ctx, request, "errors/error.html", status=status, detail=detail
            )
        except GalleriaError:
            page = self._shell.press.print("errors/bare.html", ctx.locale, status=status)
        return html(page, status)
