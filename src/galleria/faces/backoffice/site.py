"""Puts the back office's pages together into one application."""

import re
from typing import Any
from urllib.parse import quote

from litestar import Litestar, Request, Response
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException

from galleria.engines.context import Context
from galleria.faces.backoffice.errors import NoSuchDesk, SignInNeeded
from galleria.faces.backoffice.pages import ROUTES
from galleria.faces.backoffice.ports import OpenAndProvision
from galleria.faces.backoffice.shell import SESSION, Shell, address_of
from galleria.faces.backoffice.visits import provide_desk, provide_visit
from galleria.faces.stationery import html, see_other
from galleria.foundation.errors import GalleriaError
from galleria.foundation.routing import CONTEXT_KEY
from galleria.foundation.telemetry import logger
from galleria.settings import Settings

MOST_FORM_BYTES = 2_000_000  # a page of variants; files have routes with limits of their own
_log = logger(__name__)
_IN_SHOP = re.compile(r"/(?:s|uploads)/([a-z0-9-]{2,63})/")
_HTTP_CODES = {404: "page_not_found", 405: "page_not_found", 413: "too_large"}


def backoffice_app(
    base: AppConfig,
    settings: Settings,
    form_key: bytes,
    open_shop: OpenAndProvision | None = None,
) -> Litestar:
    """The application that serves the back office.

    Args:
        base: dependencies and limits that all applications of the house share.
        settings: the house's.
        form_key: signs the tokens of forms that are sent before anyone is signed in.
        open_shop: opens a shop with everything in it; without it operators open shops by command.
    """
    shell = Shell(settings, form_key, open_shop)
    return Litestar(
        route_handlers=[shell.assets.route(), *ROUTES],
        dependencies={
            **base.dependencies,
            "shell": Provide(lambda: shell, sync_to_thread=False),
            "visit": Provide(provide_visit),
            "desk": Provide(provide_desk),
        },
        exception_handlers={
            SignInNeeded: _signed_out(shell),
            GalleriaError: _known(shell),
            HTTPException: _http(shell),
            Exception: _unknown(shell),
        },
        request_max_body_size=MOST_FORM_BYTES,
        logging_config=None,
        openapi_config=None,
    )


def _signed_out(shell: Shell) -> Any:
    def lead_to_sign_in(request: Request[Any, Any, Any], error: SignInNeeded) -> Response[bytes]:
        if _wants_json(request):
            return _json_error(error.status, error.code)
        cookies = []
        if shell.cookies.read(request, SESSION):
            cookies.append(shell.cookies.forget(SESSION))
        back = address_of(request) if request.method == "GET" else "/"
        return see_other("/sign-in" + (f"?next={quote(back)}" if back != "/" else ""), *cookies)

    return lead_to_sign_in


def _known(shell: Shell) -> Any:
    def show(request: Request[Any, Any, Any], error: GalleriaError) -> Response[bytes]:
        if error.status >= 500:
            _log.error("page_failed", code=error.code, detail=error.detail)
        return _page(shell, request, error.status, error.code, error.detail)

    return show


def _http(shell: Shell) -> Any:
    def show(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
        code = _HTTP_CODES.get(error.status_code, "invalid_input")
        return _page(shell, request, error.status_code, code)

    return show


def _unknown(shell: Shell) -> Any:
    def show(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        _log.exception("page_crashed", path=request.scope["path"], reason=repr(error))
        return _page(shell, request, 500, "internal_error")

    return show


def _page(
    shell: Shell, request: Request[Any, Any, Any], status: int, code: str, detail: str = ""
) -> Response[bytes]:
    if _wants_json(request):
        return _json_error(status, code)
    ctx: Context = request.scope[CONTEXT_KEY]  # type: ignore[literal-required]
    page = shell.page(
        ctx,
        request,
        "layout/error.html",
        status=status,
        code=code,
        detail=detail,
        request_id=ctx.request_id,
        back=_shop_of(request) if code != NoSuchDesk.code else None,
    )
    return html(page, status)


def _shop_of(request: Request[Any, Any, Any]) -> str | None:
    """The first page of the shop that the address names, None when it names none."""
    match = _IN_SHOP.match(str(request.url.path))
    return f"/s/{match[1]}" if match else None


def _wants_json(request: Request[Any, Any, Any]) -> bool:
    return str(request.url.path).endswith(".json")


def _json_error(status: int, code: str) -> Response[bytes]:
    return Response(
        f'{{"code":"{code}"}}'.encode(), status_code=status, media_type="application/json"
    )
