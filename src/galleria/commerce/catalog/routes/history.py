"""The past of products over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.catalog import errors, service
from galleria.commerce.catalog.model.products import ProductTree
from galleria.commerce.catalog.model.versions import ProductVersion
from galleria.commerce.catalog.routes.versions import IfMatch, with_etag
from galleria.commerce.catalog.schemas import RestoreProduct
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    CursorQuery,
    LimitQuery,
    expect_version,
    problems,
    requires,
)
from galleria.platform.changes import ChangeDoesNotFit, VersionNotKept


@get(
    "/admin/v1/products/{product_id:uuid}/versions",
    operation_id="ListProductVersions",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(errors.ProductNotFound, InvalidCursor),
)
async def list_versions(
    ctx: NamedDependency[Context],
    product_id: FromPath[UUID],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ProductVersion]:
    """The versions of a product, newest first: who, when, and what differs from the one before.

    A page may hold fewer than `limit`, even none, and still have a next one.
    """
    return await service.list_versions(ctx, product_id, cursor, limit)


@post(
    "/admin/v1/products/{product_id:uuid}/restore",
    operation_id="RestoreProduct",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(
        errors.ProductNotFound,
        errors.StaleVersion,
        errors.InvalidProduct,
        errors.HandleTaken,
        errors.SkuTaken,
        errors.ExternalRefTaken,
        VersionNotKept,
        ChangeDoesNotFit,
    ),
    status_code=200,
)
async def restore_product(
    ctx: NamedDependency[Context],
    product_id: FromPath[UUID],
    data: JSONBody[RestoreProduct],
    if_match: IfMatch = None,
) -> Response[ProductTree]:
    """Make a product what it was at a version, as a new version.

    Prices, stock and collections stay.
    """
    version = expect_version(if_match)
    return with_etag(await service.restore_product(ctx, product_id, data.version, version))


ROUTES = [list_versions, restore_product]
