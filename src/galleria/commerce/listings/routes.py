"""The shop window over HTTP, for anyone."""

from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from litestar.types import Scope

from galleria.commerce.listings import service
from galleria.commerce.listings.errors import (
    CategoryNotShown,
    ListingNotFound,
    UnknownChoice,
    UnknownSort,
)
from galleria.commerce.listings.model.making import Card, Detail, ShownVariant
from galleria.commerce.listings.model.picking import Picker, chosen_in
from galleria.commerce.listings.service import CategoryNode
from galleria.engines.context import Context
from galleria.foundation.http import Handle, ShortText
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    SHAPE,
    STRAIGHT,
    CursorQuery,
    LimitQuery,
    ReadyJson,
    header_of,
    problems,
    unchanged,
    within,
)
from galleria.platform.tenants import ChannelNotFound

# Answers may be kept by whatever stands between for some seconds; the window follows the shop by
# events anyway, so nobody can tell.
KEEP = {
    "cache-control": ("public, max-age=0, s-maxage=5, stale-while-revalidate=5, stale-if-error=60"),
    "vary": "accept-language, cookie",
}
JSON = "application/json"
KEEP_READY = [(name.encode(), value.encode()) for name, value in KEEP.items()]
CategoryFilter = Annotated[str | None, within(QueryParameter, ShortText, "filter[category]")]
CollectionFilter = Annotated[str | None, within(QueryParameter, ShortText, "filter[collection]")]
ChannelQuery = Annotated[str | None, within(QueryParameter, Handle)]


def _documented(kind: Any, *errors: Any) -> dict[int, ResponseSpec]:
    return {200: ResponseSpec(kind, generate_examples=False), **problems(*errors)}


@get(
    "/store/v1/products",
    operation_id="ListStoreProducts",
    opt={SHAPE: "cards", STRAIGHT: True},
    tags=["storefront"],
    responses=_documented(
        Page[Card], UnknownSort, CategoryNotShown, InvalidCursor, ChannelNotFound
    ),
)
async def list_products(
    ctx: NamedDependency[Context],
    sort: Annotated[str | None, within(QueryParameter, ShortText)] = None,
    category: CategoryFilter = None,
    collection: CollectionFilter = None,
    channel: ChannelQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 20,
) -> Response[bytes]:
    """Products on sale: `sort` is newest, title, -title, price or -price.

    Without it a collection is shown in its own order; `manual` is that of its making.
    """
    window = await service.window_of(ctx, channel)
    cards, next_cursor = await service.page_of_cards(
        ctx,
        window,
        sort=sort,
        category=category,
        collection=collection,
        cursor=cursor,
        limit=limit,
    )
    body = (
        f'{{"items":[{",".join(cards)}],"next_cursor":{msgspec.json.encode(next_cursor).decode()}}}'
    )
    return ReadyJson(body.encode(), KEEP_READY)


@get(
    "/store/v1/products/{handle:str}",
    operation_id="ShowStoreProduct",
    opt={SHAPE: "product", STRAIGHT: True},
    tags=["storefront"],
    responses={304: unchanged(), **_documented(Detail, ListingNotFound, ChannelNotFound)},
)
async def show_product(
    ctx: NamedDependency[Context],
    scope: Scope,
    handle: Annotated[str, within(PathParameter, ShortText)],
    channel: ChannelQuery = None,
) -> Response[bytes]:
    """One product with its variants, prices, pictures and properties."""
    window = await service.window_of(ctx, channel)
    detail, _ = await service.detail_of(ctx, window, handle)
    body = detail.encode()
    # Of what is sent: names of categories change without the listing.
    etag = f'"l{blake2b(body, digest_size=12).hexdigest()}"'
    headers = [*KEEP_READY, (b"etag", etag.encode())]
    if header_of(scope, b"if-none-match") == etag:
        return ReadyJson(b"", headers, status=304)
    return ReadyJson(body, headers)


@get(
    "/store/v1/products/{handle:str}/picker",
    operation_id="PickStoreVariant",
    tags=["storefront"],
    responses=_documented(Picker, ListingNotFound, UnknownChoice, ChannelNotFound),
)
async def show_picker(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    handle: Annotated[str, within(PathParameter, ShortText)],
    channel: ChannelQuery = None,
) -> Response[bytes]:
    """Which values of each option still go with those chosen, as `option[Size]=M`, one an option.

    `variant` is there once a value is chosen for every option and such a variant exists.
    """
    window = await service.window_of(ctx, channel)
    choices = chosen_in(request.query_params.multi_items())
    picker = await service.picker_of(ctx, window, handle, choices)
    return Response(msgspec.json.encode(picker), media_type=JSON, headers=KEEP)


@get(
    "/store/v1/products/{handle:str}/variants",
    operation_id="ListStoreVariants",
    opt={SHAPE: "variants"},
    tags=["storefront"],
    responses=_documented(Page[ShownVariant], ListingNotFound, InvalidCursor, ChannelNotFound),
)
async def list_variants(
    ctx: NamedDependency[Context],
    handle: Annotated[str, within(PathParameter, ShortText)],
    channel: ChannelQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Response[bytes]:
    """All variants of a product in their order, a page at a time."""
    window = await service.window_of(ctx, channel)
    page = await service.page_of_variants(ctx, window, handle, cursor, limit)
    return Response(msgspec.json.encode(page), media_type=JSON, headers=KEEP)


@get(
    "/store/v1/categories",
    operation_id="ListStoreCategories",
    tags=["storefront"],
    responses=problems(ChannelNotFound),
)
async def list_categories(
    ctx: NamedDependency[Context], channel: ChannelQuery = None
) -> Response[Page[CategoryNode]]:
    """All categories of the shop, parents before children, and how many products each shows."""
    window = await service.window_of(ctx, channel)
    return Response(Page(await service.categories_of(ctx, window), None), headers=KEEP)


ROUTES = [list_products, show_product, show_picker, list_variants, list_categories]
