"""Signing in and out, and what a browser is to remember: language and light."""

import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import NOTICE, read_notice
from galleria.faces.backoffice.shell import (
    LANGUAGE_NAMES,
    LOCALE,
    PENDING,
    SESSION,
    THEME,
    THEMES,
    VISIT,
    Shell,
    own_path,
)
from galleria.faces.backoffice.visits import Visit
from galleria.faces.stationery import TOKEN_FIELD, Form, check_origin, html, read_form, see_other
from galleria.foundation.errors import GalleriaError
from galleria.platform import access
from galleria.platform.access import SessionNotFound, SignedIn

VISIT_AGE_S = 24 * 3600
PENDING_AGE_S = 600
PREFERENCE_AGE_S = 365 * 24 * 3600


@get("/sign-in")
async def show_sign_in(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The form to sign in; whoever is signed in already goes on."""
    next_path = own_path(str(request.query_params.get("next", "/")))
    token = shell.cookies.read(request, SESSION)
    if token and await access.session_of(ctx, token) is not None:
        return see_other(next_path)
    form: Form[Any] = Form(values={"next": next_path}, many={}, errors={})
    return _form_page(ctx, shell, request, "sign_in/sign_in.html", form)


def _form_page(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    template: str,
    form: Form[Any],
    status: int = 200,
) -> Response[bytes]:
    """A form for somebody who is nobody yet: its token is bound to a cookie of this browser."""
    visit = shell.cookies.read(request, VISIT)
    cookies = []
    if visit is None or len(visit) != 32:
        visit = secrets.token_hex(16)
        cookies.append(shell.cookies.make(VISIT, visit, VISIT_AGE_S))
    notice = read_notice(shell.cookies, request)
    if notice is not None:
        cookies.append(shell.cookies.forget(NOTICE))
    token = shell.guard.token(visit)
    page = shell.page(ctx, request, template, form=form, form_token=token, notice=notice)
    return html(page, status, cookies=cookies)


async def _sent_form(shell: Shell, request: Request[Any, Any, Any]) -> Form[Any]:
    """The form, from our page and this browser.

    Raises:
        FormRefused: it is not.
    """
    check_origin(request)
    form: Form[Any] = await read_form(request)
    visit = shell.cookies.read(request, VISIT)
    shell.guard.check(request, visit, form.values.get(TOKEN_FIELD, ""))
    return form


@post("/sign-in")
async def sign_in(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Signed in, or on to the second factor, or the form again with one sentence."""
    form = await _sent_form(shell, request)
    email, password = form.values.get("email", ""), form.values.get("password", "")
    form.values.pop("password", None)
    try:
        signed_in = await access.sign_in(ctx, email, password, None, shell.client_address(request))
    except GalleriaError as error:
        forms.refuse(form, error)
        return _form_page(ctx, shell, request, "sign_in/sign_in.html", form, error.status)
    next_path = own_path(form.values.get("next", "/"))
    if signed_in.needs_second_factor:
        pending = shell.cookies.make(PENDING, signed_in.session_token, PENDING_AGE_S)
        address = "/sign-in/code"
        return see_other(_with_next(address, next_path), pending)
    return see_other(next_path, session_cookie(shell, signed_in))


def _with_next(address: str, next_path: str) -> str:
    return address if next_path == "/" else f"{address}?next={forms.quoted(next_path)}"


def session_cookie(shell: Shell, signed_in: SignedIn) -> Cookie:
    """The session's token; it goes with the browser, and the session itself ends by the clock."""
    return shell.cookies.make(SESSION, signed_in.session_token)


@get("/sign-in/code")
async def show_code(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The form for the code that the device shows."""
    if shell.cookies.read(request, PENDING) is None:
        return see_other("/sign-in")
    next_path = own_path(str(request.query_params.get("next", "/")))
    form: Form[Any] = Form(values={"next": next_path}, many={}, errors={})
    return _form_page(ctx, shell, request, "sign_in/code.html", form)


@post("/sign-in/code")
async def pass_code(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Signed in with the second factor, or the form again."""
    form = await _sent_form(shell, request)
    pending = shell.cookies.read(request, PENDING)
    if pending is None:
        return see_other("/sign-in")
    code = form.values.pop("code", "").strip()
    try:
        signed_in = await access.pass_second_factor(
            ctx, pending, code, shell.client_address(request)
        )
    except SessionNotFound:
        return see_other("/sign-in", shell.cookies.forget(PENDING))
    except GalleriaError as error:
        forms.refuse(form, error)
        if error.code == "sign_in_refused":
            form.message = "wrong_code"
        return _form_page(ctx, shell, request, "sign_in/code.html", form, error.status)
    return see_other(
        own_path(form.values.get("next", "/")),
        session_cookie(shell, signed_in),
        shell.cookies.forget(PENDING),
    )


@post("/sign-out")
async def sign_out(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Signed out on this browser."""
    await access.sign_out(visit.ctx, visit.token)
    return see_other("/sign-in", visit.shell.cookies.forget(SESSION))


@post("/preferences")
async def keep_preferences(
    shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Language and light are remembered in this browser; there is nothing in it to guard."""
    check_origin(request)
    form: Form[Any] = await read_form(request)
    cookies = []
    if form.values.get("locale") in LANGUAGE_NAMES:
        cookies.append(shell.cookies.make(LOCALE, form.values["locale"], PREFERENCE_AGE_S))
    if form.values.get("theme") in THEMES:
        cookies.append(shell.cookies.make(THEME, form.values["theme"], PREFERENCE_AGE_S))
    return see_other(own_path(form.values.get("back", "/")), *cookies)


ROUTES = [show_sign_in, sign_in, show_code, pass_code, sign_out, keep_preferences]
