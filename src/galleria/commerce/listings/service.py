"""Filling the shop window and reading it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce import assortment, attributes, catalog, inventory, pricing
from galleria.commerce.listings import model, repository
from galleria.commerce.listings.errors import CategoryNotShown, ListingNotFound, UnknownSort
from galleria.commerce.listings.events import ListingsChanged
from galleria.commerce.listings.model import Beside, Listing, Stock
from galleria.commerce.listings.repository import ORDERS, SortName
from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import tenants
from galleria.platform.tenants import Channel

AT_ONCE = 1_000  # products made into listings together; bounds memory to some 20 MB
IDS_AN_EVENT = 500
WINDOW_KEPT_S = 5.0
CURSOR_SCOPE = "listings"


class Window(msgspec.Struct, frozen=True):
    """Through which channel and in which language a shopper looks at the shop."""

    channel_id: UUID
    code: str
    locale: str
    locales: list[str]
    currency: str

    def in_language(self, locale: str) -> "Window":
        """The same window in this language, if the channel speaks it."""
        if locale == self.locale or locale not in self.locales:
            return self
        return msgspec.structs.replace(self, locale=locale)


class CategoryNode(msgspec.Struct, frozen=True):
    """A category of the shop; `path` is the handles from the root joined by `/`."""

    category_id: UUID
    handle: str
    name: str
    path: str
    parent_id: UUID | None
    metafields: list[model.ShownMetafield] = []


async def window_of(ctx: Context, channel_code: str | None = None) -> Window:
    """The channel asked for, or the default one, in the language of the context if it speaks it.

    Raises:
        ChannelNotFound: the shop has no such channel.
    """
    key = CacheKey(ctx.tenant.tenant_id, "listings-window", channel_code or "")
    kept = await ctx.engines.cache.get(key)
    if kept is None:
        channel = await tenants.channel_of(ctx, channel_code)
        locales = channel.locales or [channel.locale]
        window = Window(channel.channel_id, channel.code, channel.locale, locales, channel.currency)
        await ctx.engines.cache.set(key, msgspec.json.encode(window), WINDOW_KEPT_S)
    else:
        window = msgspec.json.decode(kept, type=Window)
    return window.in_language(ctx.locale)


async def refresh(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """The shop window shows these products as they are now; what changed is announced."""
    channels = await tenants.list_channels(tx)
    unique = list(dict.fromkeys(product_ids))
    for chunk in await catalog.in_portions(tx, unique, AT_ONCE):
        changed = await _refresh_chunk(tx, channels, chunk)
        _announce(tx, sorted(changed))


async def products_of(reader: Reader, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The products these variants belong to, each once."""
    return await catalog.products_of_variants(reader, variant_ids) if variant_ids else []


async def remove(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """These products are shown no longer."""
    changed = await repository.replace_listings(tx, product_ids, [], [])
    _announce(tx, sorted(changed))


async def _refresh_chunk(
    tx: Transaction, channels: Sequence[Channel], product_ids: Sequence[UUID]
) -> set[UUID]:
    products = await catalog.products_for_listing(tx, product_ids)
    shown = [product for product in products if product.status == "active"]
    variant_ids = [v.variant_id for product in shown for v in product.variants]
    beside = Beside(
        await attributes.dictionary(tx),
        await assortment.relations_of(tx, [product.product_id for product in shown]),
    )
    availability = await inventory.availability(tx, variant_ids)
    listings: list[Listing] = []
    for channel in channels:
        prices, lowest = await _prices(tx, channel, variant_ids)
        stock = Stock(prices, availability, lowest)
        for locale in channel.locales or [channel.locale]:
            made = (
                model.make_listing(product, channel, locale, stock, beside) for product in shown
            )
            listings += [listing for listing in made if listing is not None]
    listed = {listing.product_id for listing in listings}
    placements = {
        (place_id, product.product_id)
        for product in shown
        if product.product_id in listed
        for place_id in [
            *(category.category_id for category in product.categories),
            *(collection.collection_id for collection in product.collections),
        ]
    }
    return await repository.replace_listings(tx, product_ids, listings, sorted(placements))


async def _prices(
    tx: Transaction, channel: Channel, variant_ids: Sequence[UUID]
) -> tuple[dict[UUID, pricing.ResolvedPrice], dict[UUID, int]]:
    """What everybody pays for one piece; and of what is reduced, the lowest of 30 days before."""
    place = (channel.channel_id, channel.currency)
    quantities = dict.fromkeys(variant_ids, 1)
    prices = await pricing.prices_for(tx, quantities, *place, at=tx.now)
    starts = {each: price.since for each, price in prices.items() if price.is_reduced}
    if not starts:
        return prices, {}
    return prices, await pricing.lowest_in_days(tx, list(starts), *place, before=starts)


def _announce(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    for start in range(0, len(product_ids), IDS_AN_EVENT):
        part = list(product_ids[start : start + IDS_AN_EVENT])
        subject = str(part[0]) if len(part) == 1 else "listings"
        tx.publish(ListingsChanged(subject=subject, product_ids=part))


async def detail_of(reader: Reader, window: Window, handle: str) -> tuple[str, datetime]:
    """The product page's document as JSON, and when it last changed.

    Raises:
        ListingNotFound: the shop shows no product with this handle.
    """
    row = await repository.find_detail(reader, window.channel_id, window.locale, handle)
    if row is None:
        raise ListingNotFound(f"no product {handle[:120]!r}")
    return row["detail"], row["updated_at"]


async def page_of_cards(
    ctx: Context,
    window: Window,
    *,
    sort: str = "newest",
    category: str | None = None,
    collection: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> tuple[list[str], str | None]:
    """A page of cards as JSON texts and the cursor of the next page.

    Raises:
        UnknownSort, CategoryNotShown, InvalidCursor: what was asked for does not exist.
    """
    if sort not in ORDERS:
        raise UnknownSort(f"sort is one of {', '.join(ORDERS)}")
    order: SortName = sort
    places = await _places(ctx, category, collection)
    scope = ":".join([CURSOR_SCOPE, window.code, window.locale, sort, *map(str, places)])
    after = None
    if cursor is not None:
        keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
        after = _position(keys, order)
    rows = await repository.page_of_cards(
        ctx,
        window.channel_id,
        window.locale,
        sort=order,
        after=after,
        places=places,
        limit=limit + 1,
    )
    cards = [row["card"] for row in rows[:limit]]
    if len(rows) <= limit:
        return cards, None
    last = rows[limit - 1]
    value = last["sort_value"]
    key = value.isoformat() if isinstance(value, datetime) else value
    next_cursor = ctx.engines.cursors.encode(
        ctx.tenant.tenant_id, scope, [key, str(last["product_id"])]
    )
    return cards, next_cursor


def _position(keys: Sequence[str | int | None], order: SortName) -> tuple[object, UUID]:
    try:
        value, product_id = keys
        if order == "newest":
            return datetime.fromisoformat(str(value)), UUID(str(product_id))
        return value, UUID(str(product_id))
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None


async def _places(ctx: Context, category: str | None, collection: str | None) -> list[UUID]:
    places: list[UUID] = []
    if category is not None:
        node = next((c for c in await categories_of(ctx) if category in (c.handle, c.path)), None)
        if node is None:
            raise CategoryNotShown(f"no category {category[:120]!r}")
        places.append(node.category_id)
    if collection is not None:
        found = await catalog.find_collection(ctx, collection)
        if found is None:
            raise CategoryNotShown(f"no collection {collection[:120]!r}")
        places.append(found.collection_id)
    return places


async def cards_of(reader: Reader, window: Window, product_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The cards of these products as JSON, by id; what is not shown is missing."""
    return await repository.cards_of(reader, window.channel_id, window.locale, product_ids)


async def details_for_search(
    reader: Reader, product_ids: Sequence[UUID]
) -> Iterable[tuple[UUID, UUID, str, model.Detail]]:
    """(product_id, channel_id, locale, document) of every listing of these products."""
    rows = await repository.details_of(reader, product_ids)
    decoder = msgspec.json.Decoder(model.Detail)
    return (
        (row["product_id"], row["channel_id"], row["locale"], decoder.decode(row["detail"]))
        for row in rows
    )


async def listed_ids(reader: Reader, after: UUID, limit: int) -> list[UUID]:
    """Ids of shown products after an id, in order."""
    return await repository.listed_ids(reader, after, limit)


async def categories_of(ctx: Context) -> list[CategoryNode]:
    """The shop's categories in the context's language: parents before children, as arranged."""
    key = CacheKey(ctx.tenant.tenant_id, "listings-categories", ctx.locale)
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=list[CategoryNode])
    definitions = (await attributes.dictionary(ctx)).definitions.get("category", {})
    nodes = [
        CategoryNode(
            each.category_id,
            each.handle,
            each.translations.get(ctx.locale) or each.name,
            each.path,
            each.parent_id,
            model.shown_metafields(definitions, each.metafields, ctx.locale),
        )
        for each in await catalog.all_categories(ctx)
    ]
    await ctx.engines.cache.set(key, msgspec.json.encode(nodes), WINDOW_KEPT_S)
    return nodes
