"""A shop with goods on sale, for the tests of rooms that show or sell them."""

import secrets
from dataclasses import replace

import msgspec

from galleria.commerce import catalog, inventory, listings, pricing
from galleria.commerce.catalog import Option, ProductDraft, Translation, VariantDraft
from galleria.commerce.inventory import Level
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.commerce.pricing import PriceRow
from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import HOUSE, Context, Tenant
from galleria.engines.event_log import Relay
from galleria.growth.search.room import ROOM as SEARCH
from galleria.platform import tenants
from galleria.platform.tenants import OpenShop, Shop


class Sold(msgspec.Struct, frozen=True):
    """A product put on sale: its draft, and price and stock of each variant (None: untracked)."""

    draft: ProductDraft
    prices: list[int]
    stock: list[int | None]


async def open_shop(ctx: Context, **changes: object) -> tuple[Shop, Context]:
    """A shop with one channel in EUR, English and German; and a context in it."""
    fields: dict[str, object] = {
        "slug": f"s{secrets.token_hex(5)}",
        "name": "Test Shop",
        "currency": "EUR",
        "locale": "en",
        "locales": ["en", "de"],
        "country": "DE",
    }
    shop = await tenants.open_shop(ctx.for_tenant(HOUSE), OpenShop(**{**fields, **changes}))  # type: ignore[arg-type]
    inside = ctx.for_tenant(Tenant(shop.tenant_id, shop.slug))
    async with inside.transaction() as tx:
        await inventory.ensure_location(tx)
    return shop, inside


def mug(handle: str = "mug", *, stock: int | None = 3, **changes: object) -> Sold:
    """A mug in two colours with a German title."""
    fields: dict[str, object] = {
        "handle": handle,
        "title": "Stoneware Mug",
        "description_html": "<p>Holds a good morning.</p>",
        "brand": "Kiln & Co",
        "status": "active",
        "tags": ["kitchen"],
        "attributes": {"capacity_ml": 350, "dishwasher_safe": True, "material": "stoneware"},
        "options": [Option("Colour", ["Blue", "White"])],
        "variants": [
            VariantDraft(sku=f"{handle}-b", option_values=["Blue"]),
            VariantDraft(sku=f"{handle}-w", option_values=["White"]),
        ],
        "category_paths": [["Kitchen", "Mugs"]],
        "translations": {
            "de": Translation(title="Steinzeugbecher", options={"Colour": "Farbe", "Blue": "Blau"})
        },
    }
    return Sold(ProductDraft(**{**fields, **changes}), [2400, 2600], [stock, 0])  # type: ignore[arg-type]


async def put_on_sale(ctx: Context, *goods: Sold) -> list[catalog.Merged]:
    """The goods are in catalog, prices and stock."""
    async with ctx.transaction() as tx:
        merged = await catalog.merge_products(tx, [each.draft for each in goods])
        assert not [error for each in merged for error in each.errors]
        channel = await tenants.channel_of(tx)
        location = await inventory.default_location(tx)
        prices, levels = [], []
        for sold, made in zip(goods, merged, strict=True):
            for variant_id, price, stock in zip(
                made.variant_ids, sold.prices, sold.stock, strict=True
            ):
                prices.append(
                    PriceRow(
                        variant_id=variant_id,
                        channel_id=channel.channel_id,
                        currency=channel.currency,
                        amount_minor=price,
                    )
                )
                if stock is not None:
                    levels.append(
                        Level(
                            variant_id=variant_id,
                            location_id=location.location_id,
                            on_hand=stock,
                            reason="count",
                        )
                    )
        await pricing.merge_prices(tx, prices)
        await inventory.set_stock_levels(tx, levels)
    return merged


async def show(ctx: Context) -> None:
    """All events so far have reached shop window and index."""
    relay = Relay(ctx.engines, [*LISTINGS.subscriptions, *SEARCH.subscriptions])
    while await relay.drain():
        pass
    await ctx.engines.search.refresh()


def elsewhere(ctx: Context) -> Context:
    """The same shop in a process that has kept nothing yet."""
    engines = replace(ctx.engines, cache=MemoryCache())
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


async def window(ctx: Context, locale: str = "en") -> listings.Window:
    """The default channel, in a language."""
    return (await listings.window_of(ctx)).in_language(locale)
