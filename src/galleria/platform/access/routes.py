"""API keys over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import problems, requires
from galleria.platform.access import service
from galleria.platform.access.errors import (
    KeyExpiryInPast,
    KeyNotFound,
    ScopeNotHeld,
    UnknownScope,
)
from galleria.platform.access.model.keys import CreatedKey, ListedKey
from galleria.platform.access.schemas import NewKey

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
    responses=problems(UnknownScope, ScopeNotHeld, KeyExpiryInPast),
)
async def create_key(ctx: NamedDependency[Context], data: JSONBody[NewKey]) -> CreatedKey:
    """Make a key. Its text is in this answer and nowhere else; scopes are at most your own."""
    return await service.create_key(ctx, data.name, data.scopes, data.expires_at)


@delete(
    "/admin/v1/keys/{key_id:uuid}",
    operation_id="RevokeKey",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(KeyNotFound),
    status_code=200,
)
async def revoke_key(ctx: NamedDependency[Context], key_id: FromPath[UUID]) -> ListedKey:
    """Let a key open nothing any more, within five seconds everywhere. Safe to repeat."""
    return await service.revoke_key(ctx, key_id)


ROUTES = [list_keys, create_key, revoke_key]
