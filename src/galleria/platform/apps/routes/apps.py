"""Apps over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.engines.outbound import (
    OutboundPaused,
    OutboundRefused,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
)
from galleria.foundation.errors import InvalidInput, PreconditionFailed
from galleria.foundation.pagination import Page
from galleria.foundation.routing import problems, requires
from galleria.platform.access import ScopeNotHeld
from galleria.platform.apps.errors import (
    AppHandleTaken,
    AppNamespaceTaken,
    AppNotFound,
    AppNotInstalled,
    AppSecretInGrace,
    InvalidManifest,
    OAuthRefused,
    TooManyApps,
)
from galleria.platform.apps.model.apps import AddedApp, App, NewSecret
from galleria.platform.apps.schemas import Approval, Approved, NewManifest, ReplaceSecret
from galleria.platform.apps.service import adding, approving, removing, replacing
from galleria.platform.webhooks import InvalidWebhook, TooManySecrets, TooManyWebhooks

TAGS = ["apps"]
PLACE = "/admin/v1/apps"
ONE = PLACE + "/{app_id:uuid}"
READ, WRITE = "apps:read", "apps:write"
_FETCHING = (
    *(OutboundRefused, OutboundUnreachable, OutboundTimeout, OutboundTooLarge, OutboundPaused),
    *(InvalidInput, InvalidManifest, AppNamespaceTaken),
)
_NO_STORE = {"Cache-Control": "no-store"}


@get(PLACE, operation_id="ListApps", tags=TAGS, guards=[requires(READ)])
async def list_apps(ctx: NamedDependency[Context]) -> Page[App]:
    """All apps of the shop, installed or waiting for approval; a shop has 50 at most."""
    return Page(await adding.list_apps(ctx))


@post(
    PLACE,
    operation_id="InstallApp",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(*_FETCHING, AppHandleTaken, TooManyApps),
)
async def install_app(
    ctx: NamedDependency[Context], data: JSONBody[NewManifest]
) -> Response[AddedApp]:
    """Bring an app in by its manifest, or by the address of that. It may do nothing before it is
    approved. The client secret is in this answer and nowhere else."""
    return Response(await adding.add_app(ctx, data), status_code=201, headers=_NO_STORE)


@get(
    ONE,
    operation_id="GetApp",
    tags=TAGS,
    guards=[requires(READ)],
    responses=problems(AppNotFound),
)
async def get_app(ctx: NamedDependency[Context], app_id: FromPath[UUID]) -> App:
    """One app."""
    return await adding.get_app(ctx, app_id)


@put(
    f"{ONE}/manifest",
    operation_id="UpdateApp",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(*_FETCHING, AppNotFound, InvalidWebhook, TooManyWebhooks),
)
async def update_app(
    ctx: NamedDependency[Context], app_id: FromPath[UUID], data: JSONBody[NewManifest]
) -> App:
    """Give an app another manifest. One that asks for more than was approved waits as `pending`
    until it is approved and the app has exchanged the code."""
    return await adding.update_app(ctx, app_id, data)


@post(
    f"{ONE}/approval",
    operation_id="ApproveApp",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(AppNotFound, PreconditionFailed, ScopeNotHeld, OAuthRefused),
    status_code=200,
)
async def approve_app(
    ctx: NamedDependency[Context], app_id: FromPath[UUID], data: JSONBody[Approval]
) -> Response[Approved]:
    """Agree to all that an app asks for, as a merchant does on the consent page. The address that
    comes back brings the app its code."""
    return Response(await approving.approve(ctx, app_id, data), headers=_NO_STORE)


@post(
    f"{ONE}/secrets",
    operation_id="ReplaceAppSecret",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(
        InvalidInput, AppNotFound, AppNotInstalled, AppSecretInGrace, TooManySecrets
    ),
    status_code=200,
)
async def replace_app_secret(
    ctx: NamedDependency[Context], app_id: FromPath[UUID], data: JSONBody[ReplaceSecret]
) -> Response[NewSecret]:
    """Give an app another client secret, which ends the old one at once, or another signing secret,
    beside which the old one signs for `grace_hours` more. It is in this answer and nowhere else."""
    return Response(await replacing.replace_secret(ctx, app_id, data), headers=_NO_STORE)


@delete(
    ONE,
    operation_id="UninstallApp",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(AppNotFound),
)
async def uninstall_app(
    ctx: NamedDependency[Context],
    app_id: FromPath[UUID],
    keeps_metafields: Annotated[bool, QueryParameter()] = True,
) -> None:
    """Let an app do nothing any more: its key is revoked, its webhooks and rules are gone, at once.
    Its metafields stay, unless `keeps_metafields` is false."""
    await removing.uninstall(ctx, app_id, keeps_metafields=keeps_metafields)


ROUTES = [
    list_apps,
    install_app,
    get_app,
    update_app,
    approve_app,
    replace_app_secret,
    uninstall_app,
]
