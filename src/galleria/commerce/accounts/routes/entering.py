"""Signing in, over HTTP. Nothing here tells whether an e-mail address is known."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from galleria.commerce.accounts.errors import (
    AccountBlocked,
    LinkNotValid,
    PasswordRequired,
    SignInNameTaken,
)
from galleria.commerce.accounts.model.letters import LinkShown, Said
from galleria.commerce.accounts.model.sessions import SignedIn
from galleria.commerce.accounts.routes.guarding import NO_STORE, client_of
from galleria.commerce.accounts.schemas import (
    LinkFollowed,
    LinkNamed,
    LinkSent,
    LinkWanted,
    PasswordSignIn,
)
from galleria.commerce.accounts.service import letters, links, signing_in
from galleria.commerce.accounts.service.acting import settings_of
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import problems
from galleria.platform.access import (
    PasswordTooWeak,
    SignInBusy,
    SignInRefused,
    TooManyAttempts,
)


@post(
    "/store/v1/account/links",
    operation_id="RequestAccountLink",
    tags=["account"],
    responses=problems(InvalidInput, TooManyAttempts),
    status_code=202,
)
async def request_link(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[LinkWanted]
) -> LinkSent:
    """A link by e-mail: to sign in, to open an account, or to choose a new password."""
    said = Said(name=data.name, accepts_marketing=data.accepts_marketing)
    await letters.request_link(ctx, data.kind, data.email, said, client_of(request))
    return LinkSent(good_for_minutes=settings_of(ctx).link_minutes)


@post(
    "/store/v1/account/links/look",
    operation_id="LookAtAccountLink",
    tags=["account"],
    responses=problems(InvalidInput, LinkNotValid),
    status_code=200,
)
async def look_at_link(
    ctx: NamedDependency[Context], data: JSONBody[LinkNamed]
) -> Response[LinkShown]:
    """What a link would do. Looking uses nothing up."""
    return Response(await links.look_at_link(ctx, data.token), headers=NO_STORE)


@post(
    "/store/v1/account/links/follow",
    operation_id="FollowAccountLink",
    tags=["account"],
    responses=problems(
        InvalidInput,
        LinkNotValid,
        PasswordRequired,
        PasswordTooWeak,
        AccountBlocked,
        SignInNameTaken,
        SignInBusy,
    ),
)
async def follow_link(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[LinkFollowed]
) -> Response[SignedIn]:
    """Use the link up, once: a session begins, in a new account if there was none."""
    signed_in = await links.follow_link(
        ctx, data.token, client_of(request), data.password, data.cart_token
    )
    return Response(signed_in, status_code=201, headers=NO_STORE)


@post(
    "/store/v1/account/links/stop",
    operation_id="StopEmailChange",
    tags=["account"],
    responses=problems(InvalidInput, LinkNotValid),
    status_code=204,
)
async def stop_email_change(ctx: NamedDependency[Context], data: JSONBody[LinkNamed]) -> None:
    """The e-mail address stays as it is, and every device is signed out."""
    await links.stop_email_change(ctx, data.token)


@post(
    "/store/v1/account/sessions",
    operation_id="SignInWithPassword",
    tags=["account"],
    responses=problems(InvalidInput, SignInRefused, TooManyAttempts, SignInBusy),
)
async def sign_in(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[PasswordSignIn]
) -> Response[SignedIn]:
    """A session for whoever knows the password; what was wrong is not said."""
    signed_in = await signing_in.sign_in(
        ctx, data.email, data.password, client_of(request), data.cart_token
    )
    return Response(signed_in, status_code=201, headers=NO_STORE)


ROUTES = [request_link, look_at_link, follow_link, stop_email_change, sign_in]
