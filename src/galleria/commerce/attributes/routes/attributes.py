"""Attributes over HTTP."""

from typing import Annotated

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.commerce.attributes import errors, service
from galleria.commerce.attributes.model.attributes import Attribute, Kind
from galleria.commerce.attributes.routes.versions import IfMatch, with_etag
from galleria.commerce.attributes.schemas import AdoptedCodes, AttributeChanges, NewAttribute
from galleria.engines.context import Context
from galleria.foundation.http import ShortText
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    CursorQuery,
    LimitQuery,
    expect_version,
    problems,
    requires,
    within,
)


@get(
    "/admin/v1/attributes",
    operation_id="ListAttributes",
    tags=["attributes"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_attributes(
    ctx: NamedDependency[Context],
    kind: Annotated[Kind | None, QueryParameter(name="filter[kind]")] = None,
    words: Annotated[str, within(QueryParameter, ShortText, "filter[query]")] = "",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Attribute]:
    """The dictionary by code, archived attributes too; those with the query in code or label."""
    return await service.list_attributes(ctx, cursor, limit, kind=kind, query=words)


@post(
    "/admin/v1/attributes",
    operation_id="CreateAttribute",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(errors.AttributeCodeTaken, errors.InvalidAttribute, errors.DictionaryFull),
)
async def create_attribute(
    ctx: NamedDependency[Context], data: JSONBody[NewAttribute]
) -> Response[Attribute]:
    """Add an attribute. Product files that use a new code add it by themselves, too."""
    return with_etag(await service.create_attribute(ctx, data), status_code=201)


@get(
    "/admin/v1/attributes/{code:str}",
    operation_id="GetAttribute",
    tags=["attributes"],
    guards=[requires("products:read")],
    responses=problems(errors.AttributeNotFound),
)
async def get_attribute(ctx: NamedDependency[Context], code: FromPath[str]) -> Response[Attribute]:
    """An attribute; its values are listed by themselves."""
    return with_etag(await service.get_attribute(ctx, code))


@patch(
    "/admin/v1/attributes/{code:str}",
    operation_id="UpdateAttribute",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(
        errors.AttributeNotFound, errors.DictionaryEntryChanged, errors.InvalidAttribute
    ),
)
async def update_attribute(
    ctx: NamedDependency[Context],
    code: FromPath[str],
    data: JSONBody[AttributeChanges],
    if_match: IfMatch = None,
) -> Response[Attribute]:
    """Change how an attribute reads and where it is used, or archive it."""
    version = expect_version(if_match)
    return with_etag(await service.update_attribute(ctx, code, data, version))


@post(
    "/admin/v1/base-attributes/adopt",
    operation_id="AdoptBaseAttributes",
    tags=["attributes"],
    guards=[requires("products:write")],
    responses=problems(errors.BaseAttributeNotFound, errors.DictionaryFull),
    status_code=200,
)
async def adopt_base_attributes(
    ctx: NamedDependency[Context], data: JSONBody[AdoptedCodes]
) -> Page[Attribute]:
    """Take attributes over with their values. What the shop has already stays. Safe to repeat."""
    return Page(items=await service.adopt_base(ctx, data.codes))


ROUTES = [list_attributes, create_attribute, get_attribute, update_attribute, adopt_base_attributes]
