"""Passkeys on the pages: what the script asks and sends. Forms as everywhere, answers as JSON."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import accounts
from galleria.commerce.accounts import Credential, PasskeyName, PasskeyRefused
from galleria.engines.context import Context
from galleria.faces.stationery import Form, read_form, see_other
from galleria.faces.storefront.pages.account.visiting import (
    HOME,
    came_in,
    client_of,
    host_of,
    own_path,
)
from galleria.faces.storefront.shell import CART, Shell
from galleria.foundation.http import WireInput


class AnswerForm(WireInput):
    """What a device has signed, as JSON text."""

    challenge_id: UUID
    credential: str
    back: str = HOME


class NewPasskeyForm(WireInput):
    """The same for a device that is to be known, with its name."""

    challenge_id: UUID
    credential: str
    name: PasskeyName


class NameForm(WireInput):
    """What the shopper calls the device."""

    name: PasskeyName


def _json(answer: object, *cookies: Cookie) -> Response[bytes]:
    return Response(
        msgspec.json.encode(answer),
        media_type="application/json",
        headers={"cache-control": "no-store"},
        status_code=200,
        cookies=list(cookies),
    )


def _credential(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=Credential).as_browsers_say()
    except (msgspec.MsgspecError, RecursionError):
        raise PasskeyRefused("the answer cannot be read") from None


@post("/account/passkeys/challenge", include_in_schema=False)
async def ask_to_sign_in(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """What a device is asked to sign by whoever wants to come in."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    return _json(await accounts.begin_sign_in(ctx, client_of(request), host_of(request)))


@post("/account/passkeys/enter", include_in_schema=False)
async def enter(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Whoever holds the passkey has come in; where to go on."""
    form: Form[AnswerForm] = await read_form(request)
    shell.check_form(request, form)
    answer = form.read(AnswerForm)
    if answer is None:
        raise PasskeyRefused("the answer is not whole")
    entered = await accounts.sign_in_with_passkey(
        ctx,
        answer.challenge_id,
        _credential(answer.credential),
        client_of(request),
        shell.cookies.read(request, CART),
    )
    cookies = await came_in(ctx, shell, request, entered)
    return _json({"to": own_path(answer.back)}, *cookies)


@post("/account/passkeys/register", include_in_schema=False)
async def ask_to_register(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """What a device is asked to sign that is to open the account."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    return _json(await accounts.begin_registration(ctx, host_of(request)))


@post("/account/passkeys", include_in_schema=False)
async def add(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The device opens the account from now on."""
    form: Form[NewPasskeyForm] = await read_form(request)
    shell.check_form(request, form)
    wanted = form.read(NewPasskeyForm)
    if wanted is None:
        raise PasskeyRefused("the answer is not whole")
    await accounts.add_passkey(
        ctx, wanted.challenge_id, _credential(wanted.credential), wanted.name
    )
    return _json({"to": "/account/security"})


@post("/account/passkeys/{passkey_id:uuid}", include_in_schema=False, status_code=303)
async def change(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    passkey_id: FromPath[UUID],
) -> Response[bytes]:
    """The device is called something else, or opens nothing any more."""
    form: Form[NameForm] = await read_form(request)
    shell.check_form(request, form)
    if "remove" in form.values:
        await accounts.remove_passkey(ctx, passkey_id)
    elif (wanted := form.read(NameForm)) is not None:
        await accounts.rename_passkey(ctx, passkey_id, wanted.name)
    return see_other("/account/security")


ROUTES = [ask_to_sign_in, enter, ask_to_register, add, change]
