"""Search over HTTP, for anyone or for keys."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, QueryParameter

from galleria.commerce.listings import Card, PriceRange
from galleria.engines.context import Context
from galleria.engines.search_index import (
    Hit,
    InvalidSearchQuery,
    SearchOverloaded,
    SearchPageTooDeep,
    SearchTimeout,
    SearchUnavailable,
)
from galleria.foundation.http import AmountMinor, Handle, ShortText
from galleria.foundation.pagination import InvalidCursor
from galleria.foundation.routing import (
    SHAPE,
    CursorQuery,
    LimitQuery,
    ReadyJson,
    problems,
    within,
)
from galleria.growth.search.errors import InvalidRange, SearchKeyRequired, SearchNotAllowed
from galleria.growth.search.model.questions import (
    Completeness,
    FacetShown,
    GroupName,
    Question,
    SortName,
)
from galleria.growth.search.model.ranges import Range, RangeShown, range_of
from galleria.growth.search.service import keys, noting, suggesting
from galleria.growth.search.service.highlighting import FoundCard
from galleria.growth.search.service.suggesting import CategorySuggested
from galleria.platform.tenants import ChannelNotFound

_FAILURES = (
    InvalidCursor,
    InvalidSearchQuery,
    InvalidRange,
    SearchPageTooDeep,
    SearchOverloaded,
    SearchTimeout,
    SearchUnavailable,
    ChannelNotFound,
    SearchKeyRequired,
    SearchNotAllowed,
)
_KEEP = [
    (
        b"cache-control",
        b"public, max-age=0, s-maxage=2, stale-while-revalidate=2, stale-if-error=60",
    ),
    (b"vary", b"accept-language, authorization, cookie"),
]
_KEEP_NOT = [(b"cache-control", b"private, no-store")]
PREFIX = "filter["
RANGE_PREFIX = "range["
Words = Annotated[str, within(QueryParameter, ShortText)]
Place = Annotated[str | None, within(QueryParameter, ShortText)]
Amount = Annotated[int | None, within(QueryParameter, AmountMinor)]
ClientId = Annotated[str | None, QueryParameter(max_length=100, pattern=r"^[^\x00]*$")]
ChannelQuery = Annotated[str | None, within(QueryParameter, Handle)]


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it goes over the wire."""

    query_id: UUID
    items: list[FoundCard]
    total: int
    total_is_exact: bool
    match: str
    did_you_mean: str | None
    is_partial: bool
    facets: list[FacetShown]
    price_range: PriceRange | None
    redirect_to: str | None
    next_cursor: str | None
    took_ms: float
    ranges: list[RangeShown]
    previous_cursor: str | None
    begins_at: int
    total_variants: int | None
    completeness: Completeness


class SuggestPage(msgspec.Struct, frozen=True, kw_only=True):
    """Suggestions as they go over the wire."""

    completions: list[str]
    hits: list[Hit]
    categories: list[CategorySuggested]
    products: list[Card]


def filters_of(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """`filter[code]=value` pairs of an address as values by code; a code may come repeatedly."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.startswith(PREFIX) and name.endswith("]") and value:
            found.setdefault(name[len(PREFIX) : -1], []).append(value)
    return {code: tuple(dict.fromkeys(values)) for code, values in found.items()}


def ranges_of(pairs: Iterable[tuple[str, str]]) -> dict[str, Range]:
    """`range[code]=13..15` pairs of an address by code.

    Raises:
        InvalidRange: one of them is no range, or a code comes repeatedly.
    """
    found: dict[str, Range] = {}
    for name, text in pairs:
        if name.startswith(RANGE_PREFIX) and name.endswith("]") and text:
            code = name[len(RANGE_PREFIX) : -1]
            if code in found:
                raise InvalidRange(f"range[{code[:60]}] is there twice")
            found[code] = range_of(code, text)
    return found


@get(
    "/store/v1/search",
    operation_id="SearchStoreProducts",
    opt={SHAPE: "search"},
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
    group: FromQuery[GroupName] = "product",
    highlight: FromQuery[bool] = False,
    unfinished: FromQuery[bool] = False,
    query_id: FromQuery[UUID | None] = None,
    client_id: ClientId = None,
) -> Response[bytes]:
    """Products that match `q` and every `filter[code]=value`, with counts to filter further by.

    Values of one code are alternatives; `brand`, `category` and `available` are codes every shop
    has, others are option names and attribute codes as the counts give them. A number is narrowed
    by `range[code]=13..15`, `13..` or `..15`. With `group=variant` products come with the variants
    that the filters mean, and counts are told in variants as well. With `highlight` each item says
    which words of its title and description answer `q`; with `unfinished` its last word may begin a
    longer one, where nothing has it as it is. The
    question is noted under the client's `query_id` or a new one, to which events can be sent;
    `client_id` is whatever the client calls itself, and nobody's name. With a key that has limits,
    or a pass made of one, only what these leave is found, counted and told of.
    """
    allowed = await keys.allowed_to(ctx, "search")
    window = await keys.window_for(ctx, allowed, channel)
    pairs = list(request.query_params.multi_items())
    question = Question(
        words=q,
        filters=filters_of(pairs),
        ranges=ranges_of(pairs),
        category=category,
        collection=collection,
        only_available=only_available,
        price_min_minor=price_min,
        price_max_minor=price_max,
        sort=sort,
        limit=limit,
        cursor=cursor,
        with_facets=facets,
        group=group,
        with_highlights=highlight,
        may_be_unfinished=unfinished,
        allowed=allowed,
        query_id=query_id,
    )
    answer = await noting.answer(ctx, window, question, client_id)
    return _answered(ctx, msgspec.json.encode(answer))


@get(
    "/store/v1/search/suggest",
    operation_id="SuggestStoreProducts",
    opt={SHAPE: "suggestions"},
    tags=["storefront"],
    responses={
        200: ResponseSpec(SuggestPage, generate_examples=False),
        **problems(*_FAILURES),
    },
)
async def suggest_products(
    ctx: NamedDependency[Context],
    q: Words,
    channel: ChannelQuery = None,
) -> Response[bytes]:
    """How the words typed so far may go on, categories called so, and the first products.

    `hits` are ids and titles of products, `products` those that are shown as cards. With a key
    whose limits leave out products, `completions` is empty."""
    allowed = await keys.allowed_to(ctx, "suggest")
    window = await keys.window_for(ctx, allowed, channel)
    found = await suggesting.suggest(ctx, window, q, allowed=allowed)
    return _answered(ctx, msgspec.json.encode(found))


def _answered(ctx: Context, body: bytes) -> Response[bytes]:
    """What a key is answered is kept for nobody else."""
    ctx.note_shown("listing-page")  # whatever changes may be found now, or no longer
    return ReadyJson(body, _KEEP_NOT if ctx.actor.kind == "key" else _KEEP)


ROUTES = [search_products, suggest_products]
