"""The first page of a shop: what waits to be done, and how things stand."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from galleria.commerce import catalog, imports, inventory, listings, orders
from galleria.commerce.catalog import VariantView
from galleria.commerce.imports import Run
from galleria.commerce.inventory import Availability
from galleria.commerce.listings import Card
from galleria.commerce.orders import OrderFilter, OrderSummary
from galleria.content import images
from galleria.engines.context import Context
from galleria.engines.search_index import SearchUnavailable
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.pagination import Page
from galleria.growth import search
from galleria.growth.search import Question

LINES = 6  # of each list; the pages behind them show all
SCARCE = 5  # as shoppers are told "only 5 left"
# Stock runs low by moving, so the latest movements are where to look; their number bounds the work.
MOVEMENTS = 100
_KEPT = "max-age=86400, immutable"
_KEPT_FOR_NOW = "max-age=60"


class SoldOut(msgspec.Struct, frozen=True):
    """What the shop shows and cannot sell: how many products, and the newest of them."""

    total: int
    is_exact: bool
    cards: list[Card]


class RunningLow(msgspec.Struct, frozen=True):
    """A variant that moved lately and of which few are left."""

    view: VariantView
    available: int


@get("/s/{slug:str}", scope="")
async def show_overview(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The shop at a glance, as far as the person's role goes."""
    shown: dict[str, Any] = {
        "to_send": None,
        "latest": None,
        "counts": None,
        "sold_out": None,
        "low": None,
        "runs": None,
    }
    if desk.may("orders:read"):
        shown["to_send"] = await _to_send(desk.ctx)
        ours = OrderFilter(is_past=False)
        shown["latest"] = (await orders.list_orders(desk.ctx, ours, None, LINES)).items
    if desk.may("products:read"):
        shown["counts"] = await catalog.count_products(desk.ctx)
        shown["sold_out"] = await _sold_out(desk.ctx)
    if desk.may("stock:read"):
        shown["low"] = await _running_low(desk.ctx)
    if desk.may("imports:read"):
        shown["runs"] = await _open_runs(desk.ctx)
    return desk.show("overview/overview.html", **shown)


async def _to_send(ctx: Context) -> Page[OrderSummary]:
    """Paid orders of which nothing was sent yet, and those of which something was."""
    fresh = await orders.list_orders(
        ctx, OrderFilter(status="placed", fulfillment_status="unfulfilled"), None, LINES
    )
    begun = await orders.list_orders(
        ctx, OrderFilter(status="placed", fulfillment_status="partly_fulfilled"), None, LINES
    )
    items = [*begun.items, *fresh.items]
    has_more = len(items) > LINES or fresh.next_cursor or begun.next_cursor
    return Page(items=items[:LINES], next_cursor="more" if has_more else None)


async def _sold_out(ctx: Context) -> SoldOut | None:
    """Asked of the search index, which counts them in a millisecond; None while it is away."""
    window = await listings.window_of(ctx)
    question = Question(filters={"available": ("no",)}, limit=LINES, with_facets=False)
    try:
        answer = await search.ask(ctx, window, question)
    except SearchUnavailable:
        return None
    decoder = msgspec.json.Decoder(Card)
    return SoldOut(
        answer.total, answer.total_is_exact, [decoder.decode(item) for item in answer.items]
    )


async def _running_low(ctx: Context) -> list[RunningLow]:
    movements = await inventory.list_movements(ctx, None, None, MOVEMENTS)
    moved = list(dict.fromkeys(movement.variant_id for movement in movements.items))
    if not moved:
        return []
    there = await inventory.availability(ctx, moved)
    low = [variant_id for variant_id in moved if _is_low(there[variant_id])][:LINES]
    views = {view.variant_id: view for view in await catalog.variants_of(ctx, low)}
    return [
        RunningLow(views[variant_id], there[variant_id].available)
        for variant_id in low
        if variant_id in views
    ]


def _is_low(there: Availability) -> bool:
    return there.is_tracked and not there.allows_backorder and there.available <= SCARCE


async def _open_runs(ctx: Context) -> list[Run]:
    page = await imports.list_runs(ctx, None, LINES)
    return [run for run in page.items if not run.has_ended]


@get("/s/{slug:str}/media/{media_id:uuid}", scope="")
async def show_media(
    desk: NamedDependency[Desk],
    request: Request[Any, Any, Any],
    media_id: FromPath[UUID],
    width: Annotated[int | None, QueryParameter(name="w", ge=1, le=images.MOST_WIDTH)] = None,
) -> Response[bytes]:
    """A picture of the shop, for its own people also while the product is a draft."""
    wish = images.Wish(width=width, accept=request.headers.get("accept", ""))
    shown = await images.show_image(desk.ctx, media_id, wish)
    headers = {
        "vary": "accept",
        "cache-control": f"private, {_KEPT if shown.is_lasting else _KEPT_FOR_NOW}",
        # A drawing opened by itself must not run anything, whatever is in it.
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return Response(shown.content, media_type=shown.content_type, headers=headers)


ROUTES = [show_overview, show_media]
