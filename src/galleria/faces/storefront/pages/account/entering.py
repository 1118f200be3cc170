"""Coming in: by password, by a link in a mail, and opening an account. All of it without scripts.

No page here does anything by being looked at: programs that open every link of a mail use none up.
"""

from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta

from galleria.commerce import accounts
from galleria.commerce.accounts import LinkNotValid, LinkShown, Said
from galleria.engines.context import Context
from galleria.faces.stationery import Form, read_form, see_other
from galleria.faces.storefront.pages.account.visiting import (
    HOME,
    SIGN_IN,
    came_in,
    client_of,
    is_shopper,
    own_path,
    went_out,
)
from galleria.faces.storefront.shell import CART, Shell
from galleria.foundation.errors import GalleriaError
from galleria.foundation.http import Email, WireInput
from galleria.platform.access import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH

Token = Annotated[str, PathParameter(max_length=200)]


class SignInForm(WireInput):
    """Who wants to come in."""

    email: Email
    password: Annotated[str, Meta(max_length=1_000)]


class LinkForm(WireInput):
    """To whom a link goes, and what a new account begins with."""

    email: Email
    kind: Literal["sign_in", "password"] = "sign_in"
    name: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    news: bool = False


def _empty(**values: str) -> Form[Any]:
    return Form(values=values, many={}, errors={})


async def _show(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    page: str,
    form: Form[Any],
    status: int = 200,
) -> Response[bytes]:
    return await shell.send_with_form(
        ctx,
        request,
        f"account/{page}.html",
        status,
        form=form,
        back=own_path(form.values.get("back", HOME)),
        again="again" in form.values,
    )


@get(SIGN_IN, include_in_schema=False)
async def show_sign_in(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """By password, by a link, by a passkey."""
    asked = {name: request.query_params.get(name, "") for name in ("back", "again")}
    if is_shopper(ctx) and not asked["again"]:
        return see_other(own_path(asked["back"] or HOME))
    form = _empty(**{name: value for name, value in asked.items() if value})
    return await _show(ctx, shell, request, "sign_in", form)


@post(SIGN_IN, include_in_schema=False, status_code=303)
async def sign_in(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Come in by password; what was wrong is not said."""
    form: Form[SignInForm] = await read_form(request)
    shell.check_form(request, form)
    wanted, typed = form.read(SignInForm), form.values.pop("password", "")
    if wanted is None:
        return await _show(ctx, shell, request, "sign_in", form, 422)
    try:
        entered = await accounts.sign_in(
            ctx, wanted.email, typed, client_of(request), shell.cookies.read(request, CART)
        )
    except GalleriaError as error:
        form.message = error.code
        return await _show(ctx, shell, request, "sign_in", form, error.status)
    cookies = await came_in(ctx, shell, request, entered)
    return see_other(own_path(form.values.get("back", HOME)), *cookies)


@get("/account/register", include_in_schema=False)
async def show_register(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Name and address of whoever wants an account."""
    return await _show(ctx, shell, request, "register", _empty())


@get("/account/forgotten", include_in_schema=False)
async def show_forgotten(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Where the link to a new password goes."""
    return await _show(ctx, shell, request, "forgotten", _empty())


@post("/account/link", include_in_schema=False, status_code=303)
async def send_link(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """A mail goes out, or none: the answer is the same for every address."""
    form: Form[LinkForm] = await read_form(request)
    shell.check_form(request, form)
    wanted = form.read(LinkForm)
    page = {"register": "register", "forgotten": "forgotten"}.get(
        form.values.get("page", ""), "sign_in"
    )
    if wanted is None:
        return await _show(ctx, shell, request, page, form, 422)
    said = Said(name=wanted.name, accepts_marketing=wanted.news)
    try:
        await accounts.request_link(ctx, wanted.kind, wanted.email, said, client_of(request))
    except GalleriaError as error:
        form.message = error.code
        return await _show(ctx, shell, request, page, form, error.status)
    return see_other("/account/sent")


@get("/account/sent", include_in_schema=False)
async def show_sent(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Look into your mailbox."""
    return await shell.send(ctx, request, "account/sent.html")


async def _show_link(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    link: LinkShown | None,
    form: Form[Any] | None = None,
    status: int = 200,
) -> Response[bytes]:
    return await shell.send_with_form(
        ctx,
        request,
        "account/link.html",
        status,
        link=link,
        form=form or _empty(),
        shortest=MIN_PASSWORD_LENGTH,
        longest=MAX_PASSWORD_LENGTH,
    )


@get("/account/link/{token:str}", include_in_schema=False)
async def show_link(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    token: Token,
) -> Response[bytes]:
    """What the link would do, and a button that does it."""
    try:
        link = await accounts.look_at_link(ctx, token)
    except LinkNotValid as error:
        return await _show_link(ctx, shell, request, None, None, error.status)
    return await _show_link(ctx, shell, request, link)


@post("/account/link/{token:str}", include_in_schema=False, status_code=303)
async def follow_link(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    token: Token,
) -> Response[bytes]:
    """The link is used up; whoever pressed the button has come in, on this device."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    password = form.values.pop("password", "") or None
    link: LinkShown | None = None
    try:
        link = await accounts.look_at_link(ctx, token)
        if link.kind == "email_stop":
            await accounts.stop_email_change(ctx, token)
            return see_other("/account/stopped", *went_out(shell))
        entered = await accounts.follow_link(
            ctx, token, client_of(request), password, shell.cookies.read(request, CART)
        )
    except GalleriaError as error:
        form.message = error.code
        return await _show_link(ctx, shell, request, link, form, error.status)
    return see_other(HOME, *await came_in(ctx, shell, request, entered))


@get("/account/stopped", include_in_schema=False)
async def show_stopped(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The e-mail address stays as it was."""
    return await shell.send(ctx, request, "account/stopped.html")


@post("/account/sign-out", include_in_schema=False, status_code=303)
async def sign_out(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The session has ended, and this browser knows nothing of it any more."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    await accounts.sign_out(ctx)
    return see_other("/", *went_out(shell))


ROUTES = [
    show_sign_in,
    sign_in,
    show_register,
    show_forgotten,
    send_link,
    show_sent,
    show_link,
    follow_link,
    show_stopped,
    sign_out,
]
