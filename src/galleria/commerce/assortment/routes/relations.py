"""What goes together, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter

from galleria.commerce.assortment.errors import InvalidRelation, TooManyRelations
from galleria.commerce.assortment.schemas import (
    Kind,
    NamedProducts,
    RelationOutcome,
    RelationRows,
    RelationView,
)
from galleria.commerce.assortment.service import relations as service
from galleria.commerce.catalog import ProductNotFound
from galleria.engines.context import Context
from galleria.foundation.pagination import Page
from galleria.foundation.routing import problems, requires, within


@get(
    "/admin/v1/products/{product_id:uuid}/relations",
    operation_id="ListRelations",
    tags=["products"],
    guards=[requires("products:read")],
    responses=problems(ProductNotFound),
)
async def list_relations(
    ctx: NamedDependency[Context], product_id: FromPath[UUID]
) -> Page[RelationView]:
    """All products that a product names, by kind and in order; at most 250."""
    return Page(items=await service.list_relations(ctx, product_id))


@put(
    "/admin/v1/products/{product_id:uuid}/relations/{kind:str}",
    operation_id="SetRelations",
    tags=["products"],
    guards=[requires("products:write")],
    responses=problems(ProductNotFound, InvalidRelation, TooManyRelations),
)
async def set_relations(
    ctx: NamedDependency[Context],
    product_id: FromPath[UUID],
    kind: Annotated[str, within(PathParameter, Kind)],
    data: JSONBody[NamedProducts],
) -> Page[RelationView]:
    """Name just these products as accessory, cross_sell, up_sell, replacement or a kind of yours.

    With `is_mutual` each names the product back. Safe to repeat.
    """
    return Page(items=await service.set_relations(ctx, product_id, kind, data))


@post(
    "/admin/v1/relations/bulk",
    operation_id="SetManyRelations",
    tags=["products"],
    guards=[requires("products:write")],
    status_code=200,
)
async def set_many(
    ctx: NamedDependency[Context], data: JSONBody[RelationRows]
) -> Page[RelationOutcome]:
    """Say of up to 500 products, by handle or SKU, what they name; each is answered by itself."""
    return Page(items=await service.set_many(ctx, data.rows))


ROUTES = [list_relations, set_relations, set_many]
