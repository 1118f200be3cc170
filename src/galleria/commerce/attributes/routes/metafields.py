"""Metafield definitions over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.commerce.attributes import errors, service
from galleria.commerce.attributes.model.metafields import MetafieldDefinition, OwnerKind
from galleria.commerce.attributes.routes.versions import IfMatch, with_etag
from galleria.commerce.attributes.schemas import MetafieldDefinitionChanges, NewMetafieldDefinition
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, expect_version, problems, requires


@get(
    "/admin/v1/metafield-definitions",
    operation_id="ListMetafieldDefinitions",
    tags=["metafield-definitions"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_metafield_definitions(
    ctx: NamedDependency[Context],
    owner_kind: Annotated[OwnerKind | None, QueryParameter(name="filter[owner_kind]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[MetafieldDefinition]:
    """Metafield definitions by kind of owner and name."""
    return await service.list_metafield_definitions(ctx, owner_kind, cursor, limit)


@post(
    "/admin/v1/metafield-definitions",
    operation_id="CreateMetafieldDefinition",
    tags=["metafield-definitions"],
    guards=[requires("products:write")],
    responses=problems(
        errors.InvalidMetafieldDefinition, errors.DictionaryHandleTaken, errors.DictionaryFull
    ),
)
async def create_metafield_definition(
    ctx: NamedDependency[Context], data: JSONBody[NewMetafieldDefinition]
) -> Response[MetafieldDefinition]:
    """Define a metafield. Owners of a kind carry at most 250."""
    return with_etag(await service.create_metafield_definition(ctx, data), status_code=201)


@get(
    "/admin/v1/metafield-definitions/{definition_id:uuid}",
    operation_id="GetMetafieldDefinition",
    tags=["metafield-definitions"],
    guards=[requires("products:read")],
    responses=problems(errors.MetafieldDefinitionNotFound),
)
async def get_metafield_definition(
    ctx: NamedDependency[Context], definition_id: FromPath[UUID]
) -> Response[MetafieldDefinition]:
    """A metafield definition."""
    return with_etag(await service.get_metafield_definition(ctx, definition_id))


@patch(
    "/admin/v1/metafield-definitions/{definition_id:uuid}",
    operation_id="UpdateMetafieldDefinition",
    tags=["metafield-definitions"],
    guards=[requires("products:write")],
    responses=problems(
        errors.MetafieldDefinitionNotFound,
        errors.DictionaryEntryChanged,
        errors.InvalidMetafieldDefinition,
    ),
)
async def update_metafield_definition(
    ctx: NamedDependency[Context],
    definition_id: FromPath[UUID],
    data: JSONBody[MetafieldDefinitionChanges],
    if_match: IfMatch = None,
) -> Response[MetafieldDefinition]:
    """Change how a metafield reads, what fits it and who may see it."""
    version = expect_version(if_match)
    return with_etag(await service.update_metafield_definition(ctx, definition_id, data, version))


@delete(
    "/admin/v1/metafield-definitions/{definition_id:uuid}",
    operation_id="RemoveMetafieldDefinition",
    tags=["metafield-definitions"],
    guards=[requires("products:write")],
    responses=problems(errors.MetafieldDefinitionNotFound),
)
async def remove_metafield_definition(
    ctx: NamedDependency[Context], definition_id: FromPath[UUID]
) -> None:
    """Define a metafield no longer."""
    await service.remove_metafield_definition(ctx, definition_id)


ROUTES = [
    list_metafield_definitions,
    create_metafield_definition,
    get_metafield_definition,
    update_metafield_definition,
    remove_metafield_definition,
]
