"""Categories over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.catalog import errors, service
from galleria.commerce.catalog.model.structure import Category
from galleria.commerce.catalog.routes.versions import IfMatch, with_etag
from galleria.commerce.catalog.schemas import (
    CategoryChanges,
    NewCategory,
)
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, expect_version, problems, requires


@get(
    "/admin/v1/categories",
    operation_id="ListCategories",
    tags=["categories"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_categories(
    ctx: NamedDependency[Context],
    cursor: CursorQuery = None,
    limit: LimitQuery = 100,
) -> Page[Category]:
    """Categories by path: each before those inside it."""
    return await service.list_categories(ctx, cursor, limit)


@post(
    "/admin/v1/categories",
    operation_id="CreateCategory",
    tags=["categories"],
    guards=[requires("products:write")],
    responses=problems(errors.CategoryNotFound, errors.InvalidStructure, errors.HandleTaken),
)
async def create_category(
    ctx: NamedDependency[Context], data: JSONBody[NewCategory]
) -> Response[Category]:
    """Make a category, at the root or inside another."""
    return with_etag(await service.create_category(ctx, data), status_code=201)


@get(
    "/admin/v1/categories/{category_id:uuid}",
    operation_id="GetCategory",
    tags=["categories"],
    guards=[requires("products:read")],
    responses=problems(errors.CategoryNotFound),
)
async def get_category(
    ctx: NamedDependency[Context], category_id: FromPath[UUID]
) -> Response[Category]:
    """A category."""
    return with_etag(await service.get_category(ctx, category_id))


@patch(
    "/admin/v1/categories/{category_id:uuid}",
    operation_id="UpdateCategory",
    tags=["categories"],
    guards=[requires("products:write")],
    responses=problems(
        errors.CategoryNotFound, errors.StaleVersion, errors.InvalidStructure, errors.HandleTaken
    ),
)
async def update_category(
    ctx: NamedDependency[Context],
    category_id: FromPath[UUID],
    data: JSONBody[CategoryChanges],
    if_match: IfMatch = None,
) -> Response[Category]:
    """Rename a category or move it with all that is inside."""
    version = expect_version(if_match)
    return with_etag(await service.update_category(ctx, category_id, data, version))


@delete(
    "/admin/v1/categories/{category_id:uuid}",
    operation_id="RemoveCategory",
    tags=["categories"],
    guards=[requires("products:write")],
    responses=problems(errors.CategoryNotFound, errors.CategoryNotEmpty),
)
async def remove_category(ctx: NamedDependency[Context], category_id: FromPath[UUID]) -> None:
    """Remove a category that holds no others; its products stay."""
    await service.remove_category(ctx, category_id)


ROUTES = [
    list_categories,
    create_category,
    get_category,
    update_category,
    remove_category,
]
