"""How far prices go among what may be searched."""

from uuid import UUID

import msgspec

from galleria.commerce import listings
from galleria.commerce.listings import Card, Window
from galleria.engines.context import Context
from galleria.engines.search_index import PriceBounds, SearchQuery, SearchResult, Sort
from galleria.growth.search.model.limits import Allowed
from galleria.growth.search.service import hot


async def bounds_told(
    ctx: Context, window: Window, query: SearchQuery, result: SearchResult, allowed: Allowed
) -> PriceBounds | None:
    """The lowest and highest price of what may be searched.

    The index leaves the price filter aside for them, as a shopper wants it. Where it is a limit,
    the dearest product within it is asked for; that costs one question more.
    """
    bounds, most = result.price_bounds, allowed.price_max
    if bounds is None or most is None or bounds.max_minor <= most.amount_minor:
        return bounds
    if bounds.min_minor > most.amount_minor:
        return None
    dearest = msgspec.structs.replace(
        query,
        price_min_minor=None,
        price_max_minor=most.amount_minor,
        wants_price_bounds=False,
        facets=(),
        sort=Sort.PRICE_DESC,
        limit=1,
        after=None,
    )
    found = await hot.answer_to(ctx, dearest)
    ids = [UUID(hit.product_id) for hit in found.hits]
    cards = await listings.cards_of(ctx, window, ids) if ids else {}
    for card in cards.values():
        price = msgspec.json.decode(card, type=Card).price_range.min
        return PriceBounds(bounds.min_minor, max(bounds.min_minor, price.amount_minor))
    return None
