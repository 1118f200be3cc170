"""A shop with goods to sell, for the tests of carts and orders."""

from uuid import UUID

from galleria.commerce import carts, catalog, inventory, pricing
from galleria.engines.context import HOUSE, SYSTEM, Context, Engines, Tenant
from galleria.foundation.ids import new_id
from galleria.platform import tenants


async def open_shop(engines: Engines) -> Context:
    """A fresh shop in euros, acting as the system."""
    slug = f"shop-{new_id().hex[-12:]}"
    house = Context(engines, HOUSE, SYSTEM, request_id="open")
    opening = tenants.OpenShop(slug=slug, name="Klee", currency="EUR", locale="en", country="DE")
    shop = await tenants.open_shop(house, opening)
    return Context(engines, Tenant(shop.tenant_id, slug), SYSTEM, request_id="test")


async def sell(ctx: Context, price_minor: int | None = 1000, on_hand: int | None = 100) -> UUID:
    """The id of a new variant on sale, in a size, at a price, with so many on the shelf.

    Without a price it has none; without `on_hand` nobody counts it.
    """
    draft = catalog.ProductDraft(
        title="Print",
        options=[catalog.Option(name="Size", values=["A3"])],
        variants=[catalog.VariantDraft(sku=f"P-{new_id().hex[-8:]}", option_values=["A3"])],
        translations={
            "de": catalog.Translation(title="Druck", options={"Size": "Größe"}),
        },
    )
    tree = await catalog.create_product(ctx, draft)
    await catalog.publish_product(ctx, tree.product_id)
    variant_id = tree.variants[0].variant_id
    if price_minor is not None:
        await set_price(ctx, variant_id, price_minor)
    if on_hand is None:
        policy = inventory.StockPolicy(is_tracked=False, allows_backorder=False)
        await inventory.set_policy(ctx, variant_id, policy)
    else:
        await set_on_hand(ctx, variant_id, on_hand)
    return variant_id


async def set_price(ctx: Context, variant_id: UUID, price_minor: int) -> None:
    """The variant costs so much from now on."""
    price = pricing.SetPrice(variant_id=variant_id, amount_minor=price_minor)
    await pricing.set_prices(ctx, [price])


async def set_on_hand(ctx: Context, variant_id: UUID, on_hand: int) -> None:
    """So many are on the shelf."""
    await inventory.set_stock(
        ctx, [inventory.SetStock(variant_id=variant_id, on_hand=on_hand, reason="count")]
    )


async def take_off_sale(ctx: Context, variant_id: UUID) -> None:
    """The variant's product is no longer on sale."""
    (variant,) = await catalog.variants_of(ctx, [variant_id])
    await catalog.unpublish_product(ctx, variant.product_id)


async def on_hand(ctx: Context, variant_id: UUID) -> int:
    """How many can be sold."""
    return (await inventory.availability(ctx, [variant_id]))[variant_id].available


async def cart_with(ctx: Context, *lines: tuple[UUID, int]) -> str:
    """The token of a new cart with these pieces."""
    wanted = carts.NewCart(
        lines=tuple(carts.NewLine(variant_id=each, quantity=count) for each, count in lines)
    )
    return (await carts.open_cart(ctx, wanted)).token
