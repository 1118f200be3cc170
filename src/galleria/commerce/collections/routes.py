"""Collections over HTTP, for the back office."""

from typing import Annotated, TypeAlias
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from galleria.commerce.catalog import HandleTaken, ProductNotFound, StaleVersion
from galleria.commerce.collections import errors, service
from galleria.commerce.collections.model.collections import Collection, CollectionRef
from galleria.commerce.collections.schemas import (
    CollectionChanges,
    CollectionProducts,
    MemberMoves,
    MemberView,
    NewCollection,
    Preview,
    ProductCollections,
    RulePreview,
)
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    CursorQuery,
    LimitQuery,
    etag_of,
    expect_version,
    problems,
    requires,
)

IfMatch: TypeAlias = Annotated[str | None, HeaderParameter(name="If-Match")]
_WRONG = (errors.InvalidRule, errors.InvalidCollection, errors.TooManyRules)


def _with_etag(collection: Collection, status_code: int = 200) -> Response[Collection]:
    headers = {"ETag": etag_of(collection.version)}
    return Response(collection, status_code=status_code, headers=headers)


@get(
    "/admin/v1/collections",
    operation_id="ListCollections",
    tags=["collections"],
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_collections(
    ctx: NamedDependency[Context],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Collection]:
    """Collections by position."""
    return await service.list_collections(ctx, cursor, limit)


@post(
    "/admin/v1/collections",
    operation_id="CreateCollection",
    tags=["collections"],
    guards=[requires("products:write")],
    responses=problems(HandleTaken, *_WRONG),
)
async def create_collection(
    ctx: NamedDependency[Context], data: JSONBody[NewCollection]
) -> Response[Collection]:
    """Make an empty collection; one with a rule is filled by it soon after."""
    return _with_etag(await service.create_collection(ctx, data), status_code=201)


@post(
    "/admin/v1/collections/preview",
    operation_id="PreviewRule",
    tags=["collections"],
    guards=[requires("products:read")],
    responses=problems(errors.InvalidRule),
    status_code=200,
)
async def preview_rule(ctx: NamedDependency[Context], data: JSONBody[RulePreview]) -> Preview:
    """How many products a rule would choose, and the first twenty. Nothing is kept."""
    return await service.preview_rule(ctx, data.rule)


@get(
    "/admin/v1/collections/{collection_id:uuid}",
    operation_id="GetCollection",
    tags=["collections"],
    guards=[requires("products:read")],
    responses=problems(errors.CollectionNotFound),
)
async def get_collection(
    ctx: NamedDependency[Context], collection_id: FromPath[UUID]
) -> Response[Collection]:
    """A collection; its products have a list of their own."""
    return _with_etag(await service.get_collection(ctx, collection_id))


@patch(
    "/admin/v1/collections/{collection_id:uuid}",
    operation_id="UpdateCollection",
    tags=["collections"],
    guards=[requires("products:write")],
    responses=problems(errors.CollectionNotFound, StaleVersion, HandleTaken, *_WRONG),
)
async def update_collection(
    ctx: NamedDependency[Context],
    collection_id: FromPath[UUID],
    data: JSONBody[CollectionChanges],
    if_match: IfMatch = None,
) -> Response[Collection]:
    """Describe a collection anew. Under a new rule its members stay until that has been applied."""
    version = expect_version(if_match)
    return _with_etag(await service.update_collection(ctx, collection_id, data, version))


@get(
    "/admin/v1/collections/{collection_id:uuid}/products",
    operation_id="ListCollectionProducts",
    tags=["collections"],
    guards=[requires("products:read")],
    responses=problems(errors.CollectionNotFound, InvalidCursor),
)
async def list_members(
    ctx: NamedDependency[Context],
    collection_id: FromPath[UUID],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[MemberView]:
    """The products of a collection, in the order they were put."""
    return await service.list_members(ctx, collection_id, cursor, limit)


@post(
    "/admin/v1/collections/{collection_id:uuid}/products",
    operation_id="FillCollection",
    tags=["collections"],
    guards=[requires("products:write")],
    responses=problems(errors.CollectionNotFound, ProductNotFound, errors.CollectionByRule),
    status_code=204,
)
async def fill_collection(
    ctx: NamedDependency[Context],
    collection_id: FromPath[UUID],
    data: JSONBody[CollectionProducts],
) -> None:
    """Put products into a collection and take others out. Safe to repeat."""
    await service.fill_collection(ctx, collection_id, data.add, data.remove)


@put(
    "/admin/v1/collections/{collection_id:uuid}/order",
    operation_id="MoveCollectionProducts",
    tags=["collections"],
    guards=[requires("products:write")],
    responses=problems(
        errors.CollectionNotFound,
        errors.CollectionByRule,
        errors.NoMember,
        errors.TooManyMembers,
    ),
    status_code=204,
)
async def move_members(
    ctx: NamedDependency[Context],
    collection_id: FromPath[UUID],
    data: JSONBody[MemberMoves],
) -> None:
    """Put up to 500 products in this order behind another, or first of all. Safe to repeat."""
    await service.move_members(ctx, collection_id, data.product_ids, data.after)


@delete(
    "/admin/v1/collections/{collection_id:uuid}",
    operation_id="RemoveCollection",
    tags=["collections"],
    guards=[requires("products:write")],
    responses=problems(errors.CollectionNotFound),
)
async def remove_collection(ctx: NamedDependency[Context], collection_id: FromPath[UUID]) -> None:
    """Remove a collection; its products stay. For a day it can be restored."""
    await service.remove_collection(ctx, collection_id)


@post(
    "/admin/v1/collections/{collection_id:uuid}/restore",
    operation_id="RestoreCollection",
    tags=["collections"],
    guards=[requires("products:write")],
    responses=problems(errors.CollectionNotFound, errors.TooManyRules),
    status_code=200,
)
async def restore_collection(
    ctx: NamedDependency[Context], collection_id: FromPath[UUID]
) -> Response[Collection]:
    """Take back the removal of a collection. Safe to repeat."""
    return _with_etag(await service.restore_collection(ctx, collection_id))


@get(
    "/admin/v1/products/{product_id:uuid}/collections",
    operation_id="ListProductCollections",
    tags=["collections"],
    guards=[requires("products:read")],
    responses=problems(ProductNotFound),
)
async def list_collections_of(
    ctx: NamedDependency[Context], product_id: FromPath[UUID]
) -> list[CollectionRef]:
    """All collections a product is in, picked by hand or chosen by a rule."""
    return await service.collections_of_product(ctx, product_id)


@put(
    "/admin/v1/products/{product_id:uuid}/collections",
    operation_id="SetProductCollections",
    tags=["collections"],
    guards=[requires("products:write")],
    responses=problems(errors.CollectionNotFound, ProductNotFound),
)
async def set_collections_of(
    ctx: NamedDependency[Context], product_id: FromPath[UUID], data: JSONBody[ProductCollections]
) -> list[CollectionRef]:
    """Put a product into these collections picked by hand, and out of all others."""
    return await service.set_collections_of(ctx, product_id, data.collection_ids)


ROUTES = [
    list_collections,
    create_collection,
    preview_rule,
    get_collection,
    update_collection,
    list_members,
    fill_collection,
    move_members,
    remove_collection,
    restore_collection,
    list_collections_of,
    set_collections_of,
]
