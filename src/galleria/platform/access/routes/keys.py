"""API keys over HTTP: made, shown, changed, revoked, and who uses them."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import problems, requires
from galleria.platform.access import service
from galleria.platform.access.errors import (
    InvalidNetwork,
    InvalidOrigin,
    KeyBindingUnknown,
    KeyExpiryInPast,
    KeyHashTaken,
    KeyKindDoesNotFit,
    KeyNotFound,
    ScopeNotHeld,
    UnknownScope,
)
from galleria.platform.access.model.keys import CreatedKey, ListedKey
from galleria.platform.access.model.leaks import LeakPolicy
from galleria.platform.access.model.usage import DayOfUse
from galleria.platform.access.schemas import ForeignKeys, KeyChanges, NewKey, NewLeakPolicy
from galleria.platform.access.service import leaks, using

# Bounds of query parameters stand in the marker: Litestar does not read msgspec's own.
Cursor = Annotated[str | None, QueryParameter(max_length=4_096)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


@get(
    "/admin/v1/keys",
    operation_id="ListKeys",
    tags=["keys"],
    guards=[requires("keys:read")],
    responses=problems(InvalidCursor),
)
async def list_keys(
    ctx: NamedDependency[Context],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ListedKey]:
    """The shop's keys, the newest first, and when each was last used. Never their text."""
    return await service.list_keys(ctx, cursor, limit)


@post(
    "/admin/v1/keys",
    operation_id="CreateKey",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(
        UnknownScope,
        ScopeNotHeld,
        KeyExpiryInPast,
        KeyKindDoesNotFit,
        InvalidNetwork,
        InvalidOrigin,
        KeyBindingUnknown,
    ),
)
async def create_key(ctx: NamedDependency[Context], data: JSONBody[NewKey]) -> CreatedKey:
    """Make a key. Its text is in this answer and nowhere else; scopes are at most your own."""
    return await service.create_key(
        ctx,
        data.name,
        data.scopes,
        data.expires_at,
        kind=data.kind,
        terms=data.terms(),
        is_canary=data.is_canary,
    )


@get(
    "/admin/v1/keys/{key_id:uuid}",
    operation_id="GetKey",
    tags=["keys"],
    guards=[requires("keys:read")],
    responses=problems(KeyNotFound),
)
async def get_key(ctx: NamedDependency[Context], key_id: FromPath[UUID]) -> ListedKey:
    """One key, dead or alive."""
    return await service.get_key(ctx, key_id)


@patch(
    "/admin/v1/keys/{key_id:uuid}",
    operation_id="ChangeKey",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(
        KeyNotFound, KeyKindDoesNotFit, InvalidNetwork, InvalidOrigin, KeyBindingUnknown
    ),
)
async def change_key(
    ctx: NamedDependency[Context], key_id: FromPath[UUID], data: JSONBody[KeyChanges]
) -> ListedKey:
    """Name a key otherwise, bind it to networks, origins, a profile or a place, bound it, switch it
    off or on."""
    return await service.change_key(ctx, key_id, data)


@delete(
    "/admin/v1/keys/{key_id:uuid}",
    operation_id="RevokeKey",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(KeyNotFound),
    status_code=200,
)
async def revoke_key(ctx: NamedDependency[Context], key_id: FromPath[UUID]) -> ListedKey:
    """Let a key open nothing any more, within a second everywhere. Safe to repeat."""
    return await service.revoke_key(ctx, key_id)


@get(
    "/admin/v1/keys/{key_id:uuid}/usage",
    operation_id="ListKeyUsage",
    tags=["keys"],
    guards=[requires("keys:read")],
    responses=problems(KeyNotFound, InvalidCursor),
)
async def list_key_usage(
    ctx: NamedDependency[Context],
    key_id: FromPath[UUID],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DayOfUse]:
    """Who used a key, by day, network, kind of program and part of the API, for 90 days."""
    return await using.list_uses(ctx, key_id, cursor, limit)


@post(
    "/admin/v1/keys/import",
    operation_id="ImportKeys",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(UnknownScope, ScopeNotHeld, KeyExpiryInPast, InvalidNetwork, KeyHashTaken),
)
async def import_keys(
    ctx: NamedDependency[Context], data: JSONBody[ForeignKeys]
) -> list[ListedKey]:
    """Let keys of another system go on working, by their SHA-256; all, or none. Requests with one
    name the shop by its address or by `X-Galleria-Shop`, since such a text does not."""
    return await service.import_keys(ctx, data.keys)


@get(
    "/admin/v1/keys/leak-policy",
    operation_id="GetLeakPolicy",
    tags=["keys"],
    guards=[requires("keys:read")],
)
async def get_leak_policy(ctx: NamedDependency[Context]) -> LeakPolicy:
    """What is done with a key that was found in public."""
    return await leaks.get_leak_policy(ctx)


@put(
    "/admin/v1/keys/leak-policy",
    operation_id="SetLeakPolicy",
    tags=["keys"],
    guards=[requires("keys:write")],
)
async def set_leak_policy(
    ctx: NamedDependency[Context], data: JSONBody[NewLeakPolicy]
) -> LeakPolicy:
    """Revoke such a key at once, let it end soon, or only be told."""
    policy = LeakPolicy(on_leak=data.on_leak, grace_s=data.grace_s)
    return await leaks.set_leak_policy(ctx, policy)


ROUTES = [
    list_keys,
    create_key,
    get_key,
    change_key,
    revoke_key,
    list_key_usage,
    import_keys,
    get_leak_policy,
    set_leak_policy,
]
