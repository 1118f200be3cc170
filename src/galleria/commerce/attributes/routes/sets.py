"""Attribute sets over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.attributes import errors, service
from galleria.commerce.attributes.model.sets import AttributeSet
from galleria.commerce.attributes.routes.versions import IfMatch, with_etag
from galleria.commerce.attributes.schemas import AttributeSetChanges, NewAttributeSet
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, expect_version, problems, requires


@get(
    "/admin/v1/attribute-sets",
    operation_id="ListAttributeSets",
    tags=["attribute-sets"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_attribute_sets(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[AttributeSet]:
    """Sets of attributes by handle."""
    return await service.list_attribute_sets(ctx, cursor, limit)


@post(
    "/admin/v1/attribute-sets",
    operation_id="CreateAttributeSet",
    tags=["attribute-sets"],
    guards=[requires("products:write")],
    responses=problems(errors.InvalidAttributeSet, errors.DictionaryHandleTaken),
)
async def create_attribute_set(
    ctx: NamedDependency[Context], data: JSONBody[NewAttributeSet]
) -> Response[AttributeSet]:
    """Make a set that categories and product types can name."""
    return with_etag(await service.create_attribute_set(ctx, data), status_code=201)


@get(
    "/admin/v1/attribute-sets/{attribute_set_id:uuid}",
    operation_id="GetAttributeSet",
    tags=["attribute-sets"],
    guards=[requires("products:read")],
    responses=problems(errors.AttributeSetNotFound),
)
async def get_attribute_set(
    ctx: NamedDependency[Context], attribute_set_id: FromPath[UUID]
) -> Response[AttributeSet]:
    """A set of attributes."""
    return with_etag(await service.get_attribute_set(ctx, attribute_set_id))


@patch(
    "/admin/v1/attribute-sets/{attribute_set_id:uuid}",
    operation_id="UpdateAttributeSet",
    tags=["attribute-sets"],
    guards=[requires("products:write")],
    responses=problems(
        errors.AttributeSetNotFound,
        errors.DictionaryEntryChanged,
        errors.InvalidAttributeSet,
        errors.DictionaryHandleTaken,
    ),
)
async def update_attribute_set(
    ctx: NamedDependency[Context],
    attribute_set_id: FromPath[UUID],
    data: JSONBody[AttributeSetChanges],
    if_match: IfMatch = None,
) -> Response[AttributeSet]:
    """Rename a set, or replace what is in it."""
    version = expect_version(if_match)
    return with_etag(await service.update_attribute_set(ctx, attribute_set_id, data, version))


@delete(
    "/admin/v1/attribute-sets/{attribute_set_id:uuid}",
    operation_id="RemoveAttributeSet",
    tags=["attribute-sets"],
    guards=[requires("products:write")],
    responses=problems(errors.AttributeSetNotFound, errors.AttributeSetInUse),
)
async def remove_attribute_set(
    ctx: NamedDependency[Context], attribute_set_id: FromPath[UUID]
) -> None:
    """Remove a set that no product type names."""
    await service.remove_attribute_set(ctx, attribute_set_id)


ROUTES = [
    list_attribute_sets,
    create_attribute_set,
    get_attribute_set,
    update_attribute_set,
    remove_attribute_set,
]
