"""Products over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from galleria.commerce.catalog import errors, service
from galleria.commerce.catalog.model.changes import ProductChanges
from galleria.commerce.catalog.model.drafts import Merged, ProductDraft
from galleria.commerce.catalog.model.products import (
    Product,
    ProductFilter,
    ProductSummary,
    ProductTree,
    Status,
)
from galleria.commerce.catalog.routes.versions import IfMatch, with_etag
from galleria.commerce.catalog.schemas import BulkProducts, BulkStatus, BulkStatusAnswer
from galleria.commerce.catalog.service.listing import Sort
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

_CHANGE_PROBLEMS = problems(
    errors.ProductNotFound,
    errors.StaleVersion,
    errors.InvalidProduct,
    errors.HandleTaken,
    errors.ExternalRefTaken,
    errors.CategoryNotFound,
)
_STATUS_PROBLEMS = problems(
    errors.ProductNotFound, errors.ProductNotPublishable, errors.StaleVersion
)


async def _product_filter(
    status: Annotated[Status | None, QueryParameter(name="filter[status]")] = None,
    title: Annotated[str | None, within(QueryParameter, ShortText, "filter[query]")] = None,
    category_id: Annotated[UUID | None, QueryParameter(name="filter[category_id]")] = None,
    brand: Annotated[str | None, within(QueryParameter, ShortText, "filter[brand]")] = None,
) -> ProductFilter:
    """The filters of a list of products."""
    return ProductFilter(
        status=status,
        query=title,
        category_id=category_id,
        brand=brand,
    )


@get(
    "/admin/v1/products",
    operation_id="ListProducts",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
    dependencies={"wanted": Provide(_product_filter)},
)
async def list_products(
    ctx: NamedDependency[Context],
    wanted: NamedDependency[ProductFilter],
    sort: FromQuery[Sort] = "-created",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ProductSummary]:
    """Products in pages. `filter[query]` is the beginning of a title."""
    return await service.list_products(ctx, wanted, sort, cursor, limit)


@get(
    "/admin/v1/products/counts",
    operation_id="CountProducts",
    tags=["products"],
    guards=[requires("products:read")],
)
async def count_products(ctx: NamedDependency[Context]) -> dict[Status, int]:
    """How many products have each status."""
    return await service.count_products(ctx)


@post(
    "/admin/v1/products",
    operation_id="CreateProduct",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(
        errors.InvalidProduct, errors.HandleTaken, errors.SkuTaken, errors.ExternalRefTaken
    ),
)
async def create_product(
    ctx: NamedDependency[Context], data: JSONBody[ProductDraft]
) -> Response[ProductTree]:
    """Make a product. Without a handle it gets one from its title."""
    return with_etag(await service.create_product(ctx, data), status_code=201)


@get(
    "/admin/v1/products/{product_id:uuid}",
    operation_id="GetProduct",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(errors.ProductNotFound),
)
async def get_product(
    ctx: NamedDependency[Context], product_id: FromPath[UUID]
) -> Response[ProductTree]:
    """A product with variants, pictures and categories."""
    return with_etag(await service.get_product(ctx, product_id))


@patch(
    "/admin/v1/products/{product_id:uuid}",
    operation_id="UpdateProduct",
    tags=["products"],
    guards=[requires("products:write")],
    responses=_CHANGE_PROBLEMS,
)
async def update_product(
    ctx: NamedDependency[Context],
    product_id: FromPath[UUID],
    data: JSONBody[ProductChanges],
    if_match: IfMatch = None,
) -> Response[ProductTree]:
    """Change what is named and nothing else; each field is replaced as a whole."""
    version = expect_version(if_match)
    return with_etag(await service.update_product(ctx, product_id, data, version))


@delete(
    "/admin/v1/products/{product_id:uuid}",
    operation_id="DeleteProduct",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(errors.ProductNotFound, errors.StaleVersion),
)
async def delete_product(
    ctx: NamedDependency[Context], product_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Remove a product and its variants for good. To keep it for old orders, archive it."""
    await service.delete_product(ctx, product_id, expect_version(if_match))


@post(
    "/admin/v1/products/{product_id:uuid}/publish",
    operation_id="PublishProduct",
    tags=["products"],
    guards=[requires("products:write")],
    responses=_STATUS_PROBLEMS,
    status_code=200,
)
async def publish_product(
    ctx: NamedDependency[Context], product_id: FromPath[UUID], if_match: IfMatch = None
) -> Response[Product]:
    """Put a product on sale. Safe to repeat: a published product stays as it is."""
    version = expect_version(if_match)
    return with_etag(await service.publish_product(ctx, product_id, version))


@post(
    "/admin/v1/products/{product_id:uuid}/unpublish",
    operation_id="UnpublishProduct",
    tags=["products"],
    guards=[requires("products:write")],
    responses=_STATUS_PROBLEMS,
    status_code=200,
)
async def unpublish_product(
    ctx: NamedDependency[Context], product_id: FromPath[UUID], if_match: IfMatch = None
) -> Response[Product]:
    """Make a product a draft again, from sale or from the archive. Safe to repeat."""
    version = expect_version(if_match)
    return with_etag(await service.unpublish_product(ctx, product_id, version))


@post(
    "/admin/v1/products/{product_id:uuid}/archive",
    operation_id="ArchiveProduct",
    tags=["products"],
    guards=[requires("products:write")],
    responses=_STATUS_PROBLEMS,
    status_code=200,
)
async def archive_product(
    ctx: NamedDependency[Context], product_id: FromPath[UUID], if_match: IfMatch = None
) -> Response[Product]:
    """Put a product away: kept for old orders, in no list of the shop. Safe to repeat."""
    version = expect_version(if_match)
    return with_etag(await service.archive_product(ctx, product_id, version))


@post(
    "/admin/v1/products/bulk",
    operation_id="MergeProducts",
    tags=["products"],
    guards=[requires("products:write")],
    status_code=200,
    # 500 drafts with long descriptions.
    request_max_body_size=32_000_000,
)
async def merge_products(
    ctx: NamedDependency[Context],
    data: JSONBody[BulkProducts],
    is_preview: FromQuery[bool] = False,
) -> Page[Merged]:
    """Make or change up to 500 products; each is answered by itself, in the order sent.

    A refused one does not hinder the others. With `is_preview` nothing is written.
    """
    return Page(items=await service.merge_together(ctx, data.products, is_preview))


@post(
    "/admin/v1/products/bulk/status",
    operation_id="SetProductStatuses",
    tags=["products"],
    guards=[requires("products:write")],
    status_code=200,
)
async def set_statuses(
    ctx: NamedDependency[Context], data: JSONBody[BulkStatus]
) -> BulkStatusAnswer:
    """Publish, unpublish or archive up to 500 products; each is answered by itself."""
    items = await service.bulk_set_status(ctx, data.product_ids, data.status)
    return BulkStatusAnswer(items=items)


ROUTES = [
    list_products,
    count_products,
    create_product,
    get_product,
    update_product,
    delete_product,
    publish_product,
    unpublish_product,
    archive_product,
    merge_products,
    set_statuses,
]
