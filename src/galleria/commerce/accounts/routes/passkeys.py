"""Passkeys, over HTTP: ask for a challenge, have the browser sign it, send the answer."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.accounts.errors import (
    FreshSignInRequired,
    HostNotOfShop,
    PasskeyKnown,
    PasskeyNotFound,
    PasskeyRefused,
    TooManyPasskeys,
)
from galleria.commerce.accounts.model.passkeys import Ceremony, Passkey
from galleria.commerce.accounts.model.sessions import SignedIn
from galleria.commerce.accounts.routes.guarding import NO_STORE, client_of, for_shoppers
from galleria.commerce.accounts.schemas import (
    NewPasskey,
    PasskeyRenamed,
    Passkeys,
    PasskeySignIn,
    Place,
)
from galleria.commerce.accounts.service import passkeys as service
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import problems
from galleria.platform.access import SignInRefused, TooManyAttempts


@post(
    "/store/v1/account/passkeys/challenges",
    operation_id="BeginPasskeySignIn",
    tags=["account"],
    responses=problems(InvalidInput, HostNotOfShop, TooManyAttempts),
)
async def begin_sign_in(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[Place]
) -> Response[Ceremony]:
    """What `navigator.credentials.get` takes; good for one answer and five minutes."""
    ceremony = await service.begin_sign_in(ctx, client_of(request), data.host)
    return Response(ceremony, status_code=201, headers=NO_STORE)


@post(
    "/store/v1/account/passkeys/sessions",
    operation_id="SignInWithPasskey",
    tags=["account"],
    responses=problems(InvalidInput, SignInRefused),
)
async def sign_in(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[PasskeySignIn]
) -> Response[SignedIn]:
    """A session for whoever holds the passkey."""
    signed_in = await service.sign_in_with_passkey(
        ctx,
        data.challenge_id,
        data.credential.as_browsers_say(),
        client_of(request),
        data.cart_token,
    )
    return Response(signed_in, status_code=201, headers=NO_STORE)


@post(
    "/store/v1/account/passkeys/registrations",
    operation_id="BeginPasskeyRegistration",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidInput, FreshSignInRequired, HostNotOfShop, TooManyPasskeys),
)
async def begin_registration(
    ctx: NamedDependency[Context], data: JSONBody[Place]
) -> Response[Ceremony]:
    """What `navigator.credentials.create` takes; good for one answer and five minutes."""
    ceremony = await service.begin_registration(ctx, data.host)
    return Response(ceremony, status_code=201, headers=NO_STORE)


@post(
    "/store/v1/account/passkeys",
    operation_id="AddPasskey",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(
        InvalidInput, FreshSignInRequired, PasskeyRefused, PasskeyKnown, TooManyPasskeys
    ),
)
async def add_passkey(
    ctx: NamedDependency[Context], data: JSONBody[NewPasskey]
) -> Response[Passkey]:
    """The passkey opens the account from now on."""
    passkey = await service.add_passkey(
        ctx, data.challenge_id, data.credential.as_browsers_say(), data.name
    )
    return Response(passkey, status_code=201, headers=NO_STORE)


@get(
    "/store/v1/account/passkeys",
    operation_id="ListPasskeys",
    tags=["account"],
    guards=[for_shoppers],
)
async def list_passkeys(ctx: NamedDependency[Context]) -> Response[Passkeys]:
    """The shopper's passkeys."""
    return Response(Passkeys(await service.list_passkeys(ctx)), headers=NO_STORE)


@patch(
    "/store/v1/account/passkeys/{passkey_id:uuid}",
    operation_id="RenamePasskey",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidInput, PasskeyNotFound),
)
async def rename_passkey(
    ctx: NamedDependency[Context], passkey_id: FromPath[UUID], data: JSONBody[PasskeyRenamed]
) -> Response[Passkey]:
    """What the shopper calls the device."""
    return Response(await service.rename_passkey(ctx, passkey_id, data.name), headers=NO_STORE)


@delete(
    "/store/v1/account/passkeys/{passkey_id:uuid}",
    operation_id="RemovePasskey",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(FreshSignInRequired, PasskeyNotFound),
)
async def remove_passkey(ctx: NamedDependency[Context], passkey_id: FromPath[UUID]) -> None:
    """The passkey opens nothing any more."""
    await service.remove_passkey(ctx, passkey_id)


ROUTES = [
    begin_sign_in,
    sign_in,
    begin_registration,
    add_passkey,
    list_passkeys,
    rename_passkey,
    remove_passkey,
]
