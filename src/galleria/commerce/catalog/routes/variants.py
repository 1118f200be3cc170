"""Variants over HTTP. A variant's version is its product's."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from galleria.commerce.attributes import TooManyCombinations
from galleria.commerce.catalog import errors, service
from galleria.commerce.catalog.model.bulk_edits import BulkVariantChanges, BulkVariantsAnswer
from galleria.commerce.catalog.model.changes import VariantChanges
from galleria.commerce.catalog.model.drafts import VariantDraft
from galleria.commerce.catalog.model.generating import GeneratedVariants
from galleria.commerce.catalog.model.products import VariantView
from galleria.commerce.catalog.routes.versions import IfMatch
from galleria.commerce.catalog.schemas import GenerateVariants
from galleria.engines.context import Context
from galleria.foundation.http import Sku
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
    "/admin/v1/variants",
    operation_id="ListVariants",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_variants(
    ctx: NamedDependency[Context],
    product_id: Annotated[UUID | None, QueryParameter(name="filter[product_id]")] = None,
    sku: Annotated[str | None, within(QueryParameter, Sku, "filter[sku]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[VariantView]:
    """Variants in pages, of one product or with one SKU."""
    return await service.list_variants(ctx, product_id, sku, cursor, limit)


@get(
    "/admin/v1/variants/{variant_id:uuid}",
    operation_id="GetVariant",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(errors.VariantNotFound),
)
async def get_variant(ctx: NamedDependency[Context], variant_id: FromPath[UUID]) -> VariantView:
    """A variant with what a cart shows of its product."""
    return await service.get_variant(ctx, variant_id)


@post(
    "/admin/v1/products/{product_id:uuid}/variants",
    operation_id="AddVariant",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(
        errors.ProductNotFound,
        errors.StaleVersion,
        errors.InvalidProduct,
        errors.SkuTaken,
        errors.TooManyVariants,
    ),
)
async def add_variant(
    ctx: NamedDependency[Context],
    product_id: FromPath[UUID],
    data: JSONBody[VariantDraft],
    if_match: IfMatch = None,
) -> VariantView:
    """Add a variant behind the others."""
    return await service.add_variant(ctx, product_id, data, expect_version(if_match))


@post(
    "/admin/v1/products/{product_id:uuid}/variants/generate",
    operation_id="GenerateVariants",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(
        errors.ProductNotFound,
        errors.StaleVersion,
        errors.InvalidProduct,
        errors.SkuTaken,
        errors.TooManyVariants,
        TooManyCombinations,
    ),
    status_code=200,
)
async def generate_variants(
    ctx: NamedDependency[Context],
    product_id: FromPath[UUID],
    data: JSONBody[GenerateVariants],
    preview: FromQuery[bool] = False,
    if_match: IfMatch = None,
) -> GeneratedVariants:
    """Make all legal combinations that the product lacks; with `preview` only say which.

    The first 500 come back, and how many there are.
    """
    if preview:
        return await service.preview_variants(ctx, product_id, data.choices)
    version = expect_version(if_match)
    return await service.generate_variants(ctx, product_id, data.choices, version)


@patch(
    "/admin/v1/products/{product_id:uuid}/variants",
    operation_id="UpdateVariants",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(errors.ProductNotFound, errors.StaleVersion, errors.InvalidProduct),
)
async def update_variants(
    ctx: NamedDependency[Context],
    product_id: FromPath[UUID],
    data: JSONBody[BulkVariantChanges],
    if_match: IfMatch = None,
) -> BulkVariantsAnswer:
    """Change up to 500 variants each by a row of its own, or a selection of them alike.

    A selection names variants or option values; an empty one is all of them. Everything is
    changed, or nothing.
    """
    return await service.update_variants(ctx, product_id, data, expect_version(if_match))


@patch(
    "/admin/v1/variants/{variant_id:uuid}",
    operation_id="UpdateVariant",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(
        errors.VariantNotFound, errors.StaleVersion, errors.InvalidProduct, errors.SkuTaken
    ),
)
async def update_variant(
    ctx: NamedDependency[Context],
    variant_id: FromPath[UUID],
    data: JSONBody[VariantChanges],
    if_match: IfMatch = None,
) -> VariantView:
    """Change what is named and nothing else. `If-Match` takes the product's version."""
    return await service.update_variant(ctx, variant_id, data, expect_version(if_match))


@delete(
    "/admin/v1/variants/{variant_id:uuid}",
    operation_id="RemoveVariant",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(errors.VariantNotFound, errors.StaleVersion, errors.LastVariant),
)
async def remove_variant(
    ctx: NamedDependency[Context], variant_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Remove a variant for good; the last one of a product stays."""
    await service.remove_variant(ctx, variant_id, expect_version(if_match))


ROUTES = [
    list_variants,
    get_variant,
    add_variant,
    generate_variants,
    update_variants,
    update_variant,
    remove_variant,
]
