"""Product types over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.attributes import errors, service
from galleria.commerce.attributes.model.product_types import ProductType
from galleria.commerce.attributes.routes.versions import IfMatch, with_etag
from galleria.commerce.attributes.schemas import (
    CombinationAnswer,
    CombinationQuestion,
    NewProductType,
    ProductTypeChanges,
)
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, expect_version, problems, requires


@get(
    "/admin/v1/product-types",
    operation_id="ListProductTypes",
    tags=["product-types"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_product_types(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[ProductType]:
    """Product types by handle."""
    return await service.list_product_types(ctx, cursor, limit)


@post(
    "/admin/v1/product-types",
    operation_id="CreateProductType",
    tags=["product-types"],
    guards=[requires("products:write")],
    responses=problems(
        errors.InvalidProductType, errors.AttributeSetNotFound, errors.DictionaryHandleTaken
    ),
)
async def create_product_type(
    ctx: NamedDependency[Context], data: JSONBody[NewProductType]
) -> Response[ProductType]:
    """Make a product type with its axes and the rules over them."""
    return with_etag(await service.create_product_type(ctx, data), status_code=201)


@get(
    "/admin/v1/product-types/{product_type_id:uuid}",
    operation_id="GetProductType",
    tags=["product-types"],
    guards=[requires("products:read")],
    responses=problems(errors.ProductTypeNotFound),
)
async def get_product_type(
    ctx: NamedDependency[Context], product_type_id: FromPath[UUID]
) -> Response[ProductType]:
    """A product type."""
    return with_etag(await service.get_product_type(ctx, product_type_id))


@patch(
    "/admin/v1/product-types/{product_type_id:uuid}",
    operation_id="UpdateProductType",
    tags=["product-types"],
    guards=[requires("products:write")],
    responses=problems(
        errors.ProductTypeNotFound,
        errors.DictionaryEntryChanged,
        errors.InvalidProductType,
        errors.AttributeSetNotFound,
        errors.DictionaryHandleTaken,
    ),
)
async def update_product_type(
    ctx: NamedDependency[Context],
    product_type_id: FromPath[UUID],
    data: JSONBody[ProductTypeChanges],
    if_match: IfMatch = None,
) -> Response[ProductType]:
    """Change a product type. Variants that are there already stay."""
    version = expect_version(if_match)
    return with_etag(await service.update_product_type(ctx, product_type_id, data, version))


@delete(
    "/admin/v1/product-types/{product_type_id:uuid}",
    operation_id="RemoveProductType",
    tags=["product-types"],
    guards=[requires("products:write")],
    responses=problems(errors.ProductTypeNotFound),
)
async def remove_product_type(
    ctx: NamedDependency[Context], product_type_id: FromPath[UUID]
) -> None:
    """Remove a product type; its products stay."""
    await service.remove_product_type(ctx, product_type_id)


@post(
    "/admin/v1/product-types/{product_type_id:uuid}/check",
    operation_id="CheckCombination",
    tags=["product-types"],
    guards=[requires("products:read")],
    responses=problems(errors.ProductTypeNotFound, errors.InvalidAttributeValue),
    status_code=200,
)
async def check_combination(
    ctx: NamedDependency[Context],
    product_type_id: FromPath[UUID],
    data: JSONBody[CombinationQuestion],
) -> CombinationAnswer:
    """Ask whether a combination, whole or begun, is made; if not, why, and what is instead."""
    return await service.check_selection(ctx, product_type_id, data.selection)


ROUTES = [
    list_product_types,
    create_product_type,
    get_product_type,
    update_product_type,
    remove_product_type,
    check_combination,
]
