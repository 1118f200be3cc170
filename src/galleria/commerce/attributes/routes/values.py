"""Values of attributes, and the base dictionary, over HTTP."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from galleria.commerce.attributes import errors, service
from galleria.commerce.attributes.model.attributes import AttributeValue
from galleria.commerce.attributes.model.base import BaseAttribute
from galleria.commerce.attributes.schemas import (
    AttributeValueChanges,
    AttributeValueOrder,
    MergedValues,
    NewAttributeValue,
    Number32,
)
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import Name
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires, within


@get(
    "/admin/v1/attributes/{code:str}/values",
    operation_id="ListAttributeValues",
    tags=["attributes"],
    guards=[requires("products:read")],
    responses=problems(errors.AttributeNotFound, InvalidCursor),
)
async def list_values(
    ctx: NamedDependency[Context],
    code: FromPath[str],
    prefix: Annotated[str | None, within(QueryParameter, Name, "filter[query]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[AttributeValue]:
    """An attribute's values in their order; by word those that begin with the query."""
    return await service.list_values(ctx, code, prefix, cursor, limit)


@post(
    "/admin/v1/attributes/{code:str}/values",
    operation_id="AddAttributeValue",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(errors.AttributeNotFound, errors.InvalidAttributeValue, errors.WordTaken),
)
async def add_value(
    ctx: NamedDependency[Context], code: FromPath[str], data: JSONBody[NewAttributeValue]
) -> AttributeValue:
    """Add a word behind those the attribute has."""
    return await service.add_value(ctx, code, data)


@post(
    "/admin/v1/attributes/{code:str}/values/order",
    operation_id="OrderAttributeValues",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(errors.AttributeNotFound, errors.AttributeValueNotFound),
    status_code=204,
)
async def order_values(
    ctx: NamedDependency[Context], code: FromPath[str], data: JSONBody[AttributeValueOrder]
) -> None:
    """Put up to 500 values in this order, in the places that they have between them."""
    await service.order_values(ctx, code, data.value_ids)


@post(
    "/admin/v1/attributes/{code:str}/values/merge",
    operation_id="MergeAttributeValues",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(
        errors.AttributeNotFound, errors.AttributeValueNotFound, errors.InvalidAttributeValue
    ),
    status_code=200,
)
async def merge_values(
    ctx: NamedDependency[Context], code: FromPath[str], data: JSONBody[MergedValues]
) -> AttributeValue:
    """Make values one. Files that use the words of those that go still find the one that stays."""
    return await service.merge_values(ctx, code, data.merged_ids, data.value_id)


@patch(
    "/admin/v1/attribute-values/{value_id:int}",
    operation_id="UpdateAttributeValue",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(
        errors.AttributeValueNotFound, errors.InvalidAttributeValue, errors.WordTaken
    ),
)
async def update_value(
    ctx: NamedDependency[Context],
    value_id: Annotated[int, within(PathParameter, Number32)],
    data: JSONBody[AttributeValueChanges],
) -> AttributeValue:
    """Rename a value, move or archive it. Files that use its old word still find it."""
    return await service.update_value(ctx, value_id, data)


@delete(
    "/admin/v1/attribute-values/{value_id:int}",
    operation_id="RemoveAttributeValue",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(
        InvalidInput,
        errors.AttributeValueNotFound,
        errors.AttributeValueInUse,
        errors.AttributeValueUseUnknown,
    ),
)
async def remove_value(
    ctx: NamedDependency[Context],
    value_id: Annotated[int, within(PathParameter, Number32)],
) -> None:
    """Remove a value that no product and no rule uses. One that is used can be archived."""
    await service.remove_value(ctx, value_id)


@get(
    "/admin/v1/base-attributes",
    operation_id="ListBaseAttributes",
    tags=["attributes"],
    guards=[requires("products:read")],
)
async def list_base_attributes() -> Page[BaseAttribute]:
    """The attributes that every shop may take over, with their values. All on one page."""
    return Page(items=service.base_attributes())


ROUTES = [
    list_values,
    add_value,
    order_values,
    merge_values,
    update_value,
    remove_value,
    list_base_attributes,
]
