"""What keeps an account safe: password, passkeys, sessions, e-mail address; and leaving."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import accounts
from galleria.commerce.accounts import FreshSignInRequired
from galleria.engines.context import Context
from galleria.faces.stationery import Form, read_form, see_other
from galleria.faces.storefront.pages.account.visiting import (
    EmailForm,
    came_in,
    client_of,
    to_sign_in,
    went_out,
)
from galleria.faces.storefront.shell import CART, Shell
from galleria.foundation.errors import GalleriaError
from galleria.platform.access import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH

SECURITY = "/account/security"


async def _show(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    form: Form[Any] | None = None,
    status: int = 200,
) -> Response[bytes]:
    return await shell.send_with_form(
        ctx,
        request,
        "account/security.html",
        status,
        section="security",
        account=await accounts.own_account(ctx),
        passkeys=await accounts.list_passkeys(ctx),
        sessions=await accounts.list_sessions(ctx),
        form=form or Form(values={}, many={}, errors={}),
        shortest=MIN_PASSWORD_LENGTH,
        longest=MAX_PASSWORD_LENGTH,
    )


@get(SECURITY, include_in_schema=False)
async def show_security(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """All ways into the account, and where it is open."""
    return await _show(ctx, shell, request)


@post("/account/password", include_in_schema=False, status_code=303)
async def set_password(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The new password holds, and only this browser is still signed in."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    typed = form.values.pop("password", "")
    present = form.values.pop("present", "") or None
    try:
        entered = await accounts.change_password(ctx, present, typed, client_of(request))
    except FreshSignInRequired:
        return to_sign_in(request, again=True)
    except GalleriaError as error:
        form.message = error.code
        return await _show(ctx, shell, request, form, error.status)
    cookies = await came_in(ctx, shell, request, entered)
    return see_other(SECURITY, *(each for each in cookies if each.key != shell.cookies.name(CART)))


@post("/account/email", include_in_schema=False, status_code=303)
async def change_email(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Mails go to the new address, to confirm it, and to the old one, to stop it."""
    form: Form[EmailForm] = await read_form(request)
    shell.check_form(request, form)
    wanted = form.read(EmailForm)
    if wanted is None:
        form.message = "check"
        return await _show(ctx, shell, request, form, 422)
    try:
        await accounts.request_email_change(ctx, wanted.email, client_of(request))
    except FreshSignInRequired:
        return to_sign_in(request, again=True)
    except GalleriaError as error:
        form.message = error.code
        return await _show(ctx, shell, request, form, error.status)
    return see_other("/account/sent")


@post("/account/sessions/{session_id:uuid}/end", include_in_schema=False, status_code=303)
async def end_session(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    session_id: FromPath[UUID],
) -> Response[bytes]:
    """One device is signed out."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    await accounts.end_session(ctx, session_id)
    return see_other(SECURITY)


@post("/account/sessions/end-others", include_in_schema=False, status_code=303)
async def end_other_sessions(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Every device but this one is signed out."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    await accounts.end_other_sessions(ctx)
    return see_other(SECURITY)


@get("/account/export", include_in_schema=False)
async def export(ctx: NamedDependency[Context]) -> Response[bytes]:
    """All that the shop knows of the shopper, as a file."""
    taken = msgspec.json.format(msgspec.json.encode(await accounts.take_along(ctx)), indent=2)
    return Response(
        taken,
        media_type="application/json",
        headers={
            "cache-control": "no-store",
            "content-disposition": 'attachment; filename="account.json"',
        },
    )


@post("/account/close", include_in_schema=False, status_code=303)
async def close(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The account is gone for good."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    if "sure" not in form.values:
        form.message = "sure"
        return await _show(ctx, shell, request, form, 422)
    await accounts.close_account(ctx)
    return see_other("/account/closed", *went_out(shell))


@get("/account/closed", include_in_schema=False)
async def show_closed(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """What has become of the account."""
    return await shell.send(ctx, request, "account/closed.html")


ROUTES = [
    show_security,
    set_password,
    change_email,
    end_session,
    end_other_sessions,
    export,
    close,
    show_closed,
]
