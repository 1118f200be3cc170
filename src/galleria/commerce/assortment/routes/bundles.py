"""Bundles over HTTP."""

from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.assortment.errors import BundleNotFound, InvalidBundle
from galleria.commerce.assortment.schemas import (
    BundleOutcome,
    BundleRows,
    BundleView,
    NewBundle,
)
from galleria.commerce.assortment.service import bundling as service
from galleria.commerce.catalog import ProductNotFound, VariantNotFound
from galleria.engines.context import Context
from galleria.foundation.pagination import Page
from galleria.foundation.routing import problems, requires


@get(
    "/admin/v1/products/{product_id:uuid}/bundles",
    operation_id="ListBundles",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(ProductNotFound),
)
async def list_bundles(
    ctx: NamedDependency[Context], product_id: FromPath[UUID]
) -> Page[BundleView]:
    """The bundles among the variants of a product; the first hundred."""
    return Page(items=await service.list_bundles(ctx, product_id))


@get(
    "/admin/v1/variants/{variant_id:uuid}/bundle",
    operation_id="GetBundle",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(BundleNotFound),
)
async def get_bundle(ctx: NamedDependency[Context], variant_id: FromPath[UUID]) -> BundleView:
    """What the variant consists of, how many can be had, and why none can."""
    return await service.get_bundle(ctx, variant_id)


@put(
    "/admin/v1/variants/{variant_id:uuid}/bundle",
    operation_id="SetBundle",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(VariantNotFound, InvalidBundle),
)
async def set_bundle(
    ctx: NamedDependency[Context], variant_id: FromPath[UUID], data: JSONBody[NewBundle]
) -> BundleView:
    """Sell the variant as a set of others: it has their stock, and their prices if you like.

    Safe to repeat. A bundle contains no other bundle.
    """
    return await service.set_bundle(ctx, variant_id, data)


@delete(
    "/admin/v1/variants/{variant_id:uuid}/bundle",
    operation_id="RemoveBundle",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(VariantNotFound),
)
async def remove_bundle(ctx: NamedDependency[Context], variant_id: FromPath[UUID]) -> None:
    """Sell the variant as itself again, with the stock and the price it has of its own."""
    await service.remove_bundle(ctx, variant_id)


@post(
    "/admin/v1/bundles/bulk",
    operation_id="SetManyBundles",
    tags=["products"],
    guards=[requires("products:write")],
    status_code=200,
)
async def set_many(
    ctx: NamedDependency[Context], data: JSONBody[BundleRows]
) -> Page[BundleOutcome]:
    """Say of up to 500 variants, by SKU, what they consist of; each is answered by itself."""
    return Page(items=await service.set_many_bundles(ctx, data.rows))


ROUTES = [list_bundles, get_bundle, set_bundle, remove_bundle, set_many]
