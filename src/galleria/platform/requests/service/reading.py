"""The requests of a key, for whoever looks after it."""

from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import access
from galleria.platform.requests import repository
from galleria.platform.requests.errors import RequestNotKept
from galleria.platform.requests.model.kept import (
    Body,
    KeptParts,
    LoggedRequest,
    LoggedRequestDetail,
    RequestFilters,
)
from galleria.platform.requests.service.sealing import unseal

NEWEST = UUID(int=2**128 - 1)
NO_FILTERS = RequestFilters()


async def list_requests(
    ctx: Context,
    key_id: UUID,
    filters: RequestFilters = NO_FILTERS,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[LoggedRequest]:
    """A page of the last requests of a key, the newest first; `limit` is 1 to 100.

    Raises:
        KeyNotFound: this shop has no such key.
        InvalidCursor: the cursor is not one of this list with these filters.
    """
    await access.get_key(ctx, key_id)
    scope = f"requests:{key_id}:" + ":".join(map(str, msgspec.structs.astuple(filters)))
    before = NEWEST if cursor is None else _place(ctx, cursor, scope)
    found = await repository.page_before(ctx, key_id, before, filters, limit + 1)
    items = [each for _, each in found[:limit]]
    if len(found) <= limit:
        return Page(items=items)
    last = str(found[limit - 1][0])
    return Page(items, ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, [last]))


async def get_request(ctx: Context, key_id: UUID, request_id: str) -> LoggedRequestDetail:
    """One request, with headers and bodies for whoever may do all that the key may.

    Raises:
        KeyNotFound: this shop has no such key.
        RequestNotKept: the key did not send it, or it is not kept.
    """
    request, parts = await kept_request(ctx, key_id, request_id)
    key = await access.get_key(ctx, key_id)
    shows_bodies = all(ctx.actor.may(scope) for scope in key.scopes)
    return detail_of(request, parts if shows_bodies else None)


async def kept_request(
    ctx: Context, key_id: UUID, request_id: str
) -> tuple[LoggedRequest, KeptParts]:
    """A request and its decrypted parts.

    Raises:
        KeyNotFound, RequestNotKept: see `get_request`.
    """
    await access.get_key(ctx, key_id)
    found = await repository.find(ctx, key_id, request_id)
    if found is None:
        raise RequestNotKept(f"no request {request_id} of this key")
    _, request, sealed = found
    return request, await unseal(ctx, sealed)


def detail_of(request: LoggedRequest, parts: KeptParts | None) -> LoggedRequestDetail:
    """The request with its parts; None when they are not for whoever looks."""
    nothing = Body(state="not_kept")
    return LoggedRequestDetail(
        **msgspec.structs.asdict(request),
        shows_bodies=parts is not None,
        headers=dict(parts.headers) if parts else {},
        request_body=parts.asked if parts else nothing,
        answer_body=parts.answered if parts else nothing,
    )


def _place(ctx: Context, cursor: str, scope: str) -> UUID:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(keys[0])
