"""Search over HTTP, for anyone."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, QueryParameter

from galleria.commerce import listings
from galleria.commerce.listings import Card
from galleria.engines.context import Context
from galleria.engines.search_index import (
    InvalidSearchQuery,
    SearchOverloaded,
    SearchPageTooDeep,
    SearchTimeout,
    SearchUnavailable,
    Suggestions,
)
from galleria.foundation.http import AmountMinor, Handle, ShortText
from galleria.foundation.money import Money
from galleria.foundation.pagination import InvalidCursor
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, within
from galleria.growth.search.model.questions import FacetShown, Question, SortName
from galleria.growth.search.service import asking, noting
from galleria.platform.tenants import ChannelNotFound

_FAILURES = (
    InvalidCursor,
    InvalidSearchQuery,
    SearchPageTooDeep,
    SearchOverloaded,
    SearchTimeout,
    SearchUnavailable,
    ChannelNotFound,
)
KEEP = {"cache-control": "public, max-age=0, s-maxage=2", "vary": "accept-language, cookie"}
PREFIX = "filter["
Words = Annotated[str, within(QueryParameter, ShortText)]
Place = Annotated[str | None, within(QueryParameter, ShortText)]
Amount = Annotated[int | None, within(QueryParameter, AmountMinor)]
ClientId = Annotated[str | None, QueryParameter(max_length=100, pattern=r"^[^\x00]*$")]
ChannelQuery = Annotated[str | None, within(QueryParameter, Handle)]


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it goes over the wire."""

    query_id: UUID
    items: list[Card]
    total: int
    total_is_exact: bool
    match: str
    did_you_mean: str | None
    is_partial: bool
    facets: list[FacetShown]
    price_range: tuple[Money, Money] | None
    redirect_to: str | None
    next_cursor: str | None
    took_ms: float


def filters_of(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """`filter[code]=value` pairs of an address as values by code; a code may come repeatedly."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.startswith(PREFIX) and name.endswith("]") and value:
            found.setdefault(name[len(PREFIX) : -1], []).append(value)
    return {code: tuple(dict.fromkeys(values)) for code, values in found.items()}


@get(
    "/store/v1/search",
    operation_id="SearchStoreProducts",
    tags=["storefront"],
    responses={
        200: ResponseSpec(SearchPage, generate_examples=False),
        **problems(*_FAILURES),
    },
)
async def search_products(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    q: Words = "",
    sort: FromQuery[SortName] = "relevance",
    category: Place = None,
    collection: Place = None,
    only_available: FromQuery[bool] = False,
    price_min: Amount = None,
    price_max: Amount = None,
    channel: ChannelQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 20,
    facets: FromQuery[bool] = True,
    query_id: FromQuery[UUID | None] = None,
    client_id: ClientId = None,
) -> Response[bytes]:
    """Products that match `q` and every `filter[code]=value`, with counts to filter further by.

    Values of one code are alternatives; `brand`, `category` and `available` are codes every shop
    has, others are option names and attribute codes as the counts give them. The question is noted
    under the client's `query_id` or a new one, to which events can be sent; `client_id` is whatever
    the client calls itself, and nobody's name.
    """
    window = await listings.window_of(ctx, channel)
    question = Question(
        words=q,
        filters=filters_of(request.query_params.multi_items()),
        category=category,
        collection=collection,
        only_available=only_available,
        price_min_minor=price_min,
        price_max_minor=price_max,
        sort=sort,
        limit=limit,
        cursor=cursor,
        with_facets=facets,
        query_id=query_id,
    )
    answer = await noting.answer(ctx, window, question, client_id)
    return Response(msgspec.json.encode(answer), media_type="application/json", headers=KEEP)


@get(
    "/store/v1/search/suggest",
    operation_id="SuggestStoreProducts",
    tags=["storefront"],
    responses=problems(*_FAILURES),
)
async def suggest_products(
    ctx: NamedDependency[Context],
    q: Words,
    channel: ChannelQuery = None,
) -> Response[Suggestions]:
    """How the words typed so far may go on, and the first products for them."""
    window = await listings.window_of(ctx, channel)
    return Response(await asking.suggest(ctx, window, q), headers=KEEP)


ROUTES = [search_products, suggest_products]
