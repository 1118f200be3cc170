"""Keys that may search over HTTP: made, listed and revoked; and whether others may."""

from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.growth.search.errors import InvalidSearchLimits, SearchKeyNotFound
from galleria.growth.search.model.limits import SearchSettings
from galleria.growth.search.schemas import NewSearchKey, NewSearchSettings
from galleria.growth.search.service import keys
from galleria.growth.search.service.keys import CreatedSearchKey, SearchKey
from galleria.platform.access import KeyExpiryInPast, ScopeNotHeld

TAGS = ["search"]


@get(
    "/admin/v1/search/keys",
    operation_id="ListSearchKeys",
    tags=TAGS,
    guards=[requires("keys:read")],
    responses=problems(InvalidCursor),
)
async def list_search_keys(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[SearchKey]:
    """Keys that were made to search, with their limits, the newest first. Never their text."""
    return await keys.list_keys(ctx, cursor, limit)


@post(
    "/admin/v1/search/keys",
    operation_id="CreateSearchKey",
    tags=TAGS,
    guards=[requires("keys:write")],
    responses=problems(InvalidInput, InvalidSearchLimits, ScopeNotHeld, KeyExpiryInPast),
)
async def create_search_key(
    ctx: NamedDependency[Context], data: JSONBody[NewSearchKey]
) -> CreatedSearchKey:
    """Make a key that may search what its limits leave, and nothing else.

    Its text is in this answer and nowhere else. Who has it makes passes of it: narrower, for a
    while, and without asking us (see `docs/systems/07-search.md`).
    """
    return await keys.create_key(ctx, data.name, data.limits.limits(), data.expires_at)


@delete(
    "/admin/v1/search/keys/{key_id:uuid}",
    operation_id="RevokeSearchKey",
    tags=TAGS,
    guards=[requires("keys:write")],
    responses=problems(SearchKeyNotFound),
    status_code=200,
)
async def revoke_search_key(ctx: NamedDependency[Context], key_id: FromPath[UUID]) -> SearchKey:
    """Let a key and its passes search nothing any more, within five seconds. Safe to repeat."""
    return await keys.revoke_key(ctx, key_id)


@get(
    "/admin/v1/search/settings",
    operation_id="GetSearchSettings",
    tags=TAGS,
    guards=[requires("settings:read")],
)
async def get_search_settings(ctx: NamedDependency[Context]) -> SearchSettings:
    """Whether anyone may ask the search over the API."""
    return await keys.get_settings(ctx)


@put(
    "/admin/v1/search/settings",
    operation_id="SetSearchSettings",
    tags=TAGS,
    guards=[requires("settings:write")],
    responses=problems(InvalidInput),
)
async def set_search_settings(
    ctx: NamedDependency[Context], data: JSONBody[NewSearchSettings]
) -> SearchSettings:
    """Let anyone ask the search over the API, or only keys with the scope `search:read`. The shop's
    own pages go on searching."""
    return await keys.change_settings(ctx, data.settings())


ROUTES = [
    list_search_keys,
    create_search_key,
    revoke_search_key,
    get_search_settings,
    set_search_settings,
]
