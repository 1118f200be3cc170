"""What can be done with a cart: fill it, look at it at today's prices, hand it to an order."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

import msgspec

from galleria.commerce import assortment, catalog, customers, inventory, pricing
from galleria.commerce.carts import model, repository
from galleria.commerce.carts.errors import (
    CartChanged,
    CartNotFound,
    CartNotOpen,
    VariantNotForSale,
)
from galleria.commerce.carts.model import (
    Cart,
    CartLine,
    LineComponent,
    PricedCart,
    PricedLine,
    SelectedOption,
)
from galleria.commerce.carts.schemas import NewCart, NewLine
from galleria.engines.context import Actor, Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import mint_token, new_id, read_token, token_hash
from galleria.foundation.money import Money
from galleria.platform import tenants

CART = "cart"  # the kind of its tokens
NO_PRICES: Mapping[UUID, Money] = MappingProxyType({})
EXPIRED_AT_ONCE = 1_000  # carts removed in one transaction: short enough to wait behind


class OpenedCart(msgspec.Struct, frozen=True):
    """A new cart and the token that opens it, told this once."""

    token: str
    priced: PricedCart


async def open_cart(ctx: Context, wanted: NewCart) -> OpenedCart:
    """A new cart in a channel, with what it shall hold.

    Raises:
        VariantNotForSale: one of the variants is not on sale in the channel.
        QuantityTooLarge: the lines of one variant add up to too many pieces.
    """
    channel = await tenants.channel_of(ctx, wanted.channel or ctx.channel)
    token = mint_token(CART, ctx.tenant.tenant_id)
    cart = Cart(
        cart_id=new_id(),
        channel_id=channel.channel_id,
        channel_code=channel.code,
        currency=channel.currency,
        locale=wanted.locale or channel.locale,
        email=wanted.email,
        status="open",
        order_id=None,
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
        expires_at=ctx.now + model.TIME_TO_LIVE,
    )
    for line in wanted.lines:
        cart = model.with_line(cart, model.joined(cart, _line(ctx, line)))
    model.check_limits(cart)
    async with ctx.transaction() as tx:
        priced = await price_cart(tx, cart)
        _refuse_unknown(priced, [line.variant_id for line in wanted.lines])
        await repository.insert(tx, cart, token_hash(token))
    return OpenedCart(token, priced)


async def get_cart(ctx: Context, token: str) -> PricedCart:
    """The cart at today's prices and stock. Lines that cannot be bought say why.

    Raises:
        CartNotFound: this shop has no such cart, or it has expired.
    """
    cart = await repository.read(ctx, _hash_of(ctx, token), ctx.now)
    if cart is None:
        raise CartNotFound("no such cart")
    return await price_cart(ctx, cart)


async def add_line(
    ctx: Context, token: str, wanted: NewLine, expected_version: int | None = None
) -> PricedCart:
    """The cart with the pieces in it; those of a variant it holds already join that line.

    Raises:
        CartNotFound, CartNotOpen, CartChanged: see `_open_cart`.
        CartFull, QuantityTooLarge: see `model.check_limits`.
        VariantNotForSale: nothing of the kind is on sale in the cart's channel.
    """
    async with ctx.transaction() as tx:
        hashed, fresh = _hash_of(ctx, token), _line(ctx, wanted)
        put = await repository.put_line(tx, hashed, ctx.now + model.TIME_TO_LIVE, fresh)
        cart, line = put or (None, fresh)
        cart = model.with_line(await _checked(tx, hashed, cart, expected_version), line)
        model.check_limits(cart)
        priced = await price_cart(tx, cart)
        _refuse_unknown(priced, [wanted.variant_id])
    return priced


async def set_quantity(
    ctx: Context, token: str, line_id: UUID, quantity: int, expected_version: int | None = None
) -> PricedCart:
    """The cart with exactly `quantity` pieces in the line.

    Raises:
        CartNotFound, CartNotOpen, CartChanged: see `_open_cart`.
        CartLineNotFound: the cart has no such line.
    """
    async with ctx.transaction() as tx:
        cart = await _open_cart(tx, token, expected_version)
        line = msgspec.structs.replace(model.line_of(cart, line_id), quantity=quantity)
        cart = model.with_line(cart, line)
        model.check_limits(cart)
        await repository.save_quantity(tx, cart.cart_id, line)
        return await price_cart(tx, cart)


async def replace_lines(ctx: Context, token: str, wanted: Sequence[NewLine]) -> PricedCart:
    """The cart with these pieces and no others; a variant it held already keeps its line.

    Raises:
        CartNotFound, CartNotOpen: see `_open_cart`.
        CartFull, QuantityTooLarge: see `model.check_limits`.
        VariantNotForSale: something that was not in the cart is not on sale in its channel.
    """
    async with ctx.transaction() as tx:
        before = await _open_cart(tx, token, None)
        kept = {line.variant_id: line for line in before.lines}
        cart = model.with_lines(before, [])
        for line in wanted:
            fresh = msgspec.structs.replace(
                kept.get(line.variant_id, _line(ctx, line)), quantity=line.quantity
            )
            cart = model.with_line(cart, model.joined(cart, fresh))
        # A line's place is the order in which it was added.
        cart = model.with_lines(cart, sorted(cart.lines, key=lambda line: line.line_id))
        model.check_limits(cart)
        priced = await price_cart(tx, cart)
        _refuse_unknown(priced, [line.variant_id for line in wanted if line.variant_id not in kept])
        await repository.save_lines(tx, cart)
    return priced


async def remove_line(
    ctx: Context, token: str, line_id: UUID, expected_version: int | None = None
) -> PricedCart:
    """The cart without the line.

    Raises:
        CartNotFound, CartNotOpen, CartChanged: see `_open_cart`.
        CartLineNotFound: the cart has no such line.
    """
    async with ctx.transaction() as tx:
        cart = await _open_cart(tx, token, expected_version)
        smaller = model.without_line(cart, line_id)
        await repository.delete_line(tx, cart.cart_id, line_id)
        return await price_cart(tx, smaller)


async def discard_cart(ctx: Context, token: str) -> None:
    """The cart is gone. Safe to repeat; a cart that was ordered stays.

    Raises:
        CartNotOpen: it has become an order.
        CartNotFound: the token is none of this shop's.
    """
    hashed = _hash_of(ctx, token)
    async with ctx.transaction() as tx:
        if not await repository.delete(tx, hashed):
            cart = await repository.read(tx, hashed, ctx.now)
            if cart is not None:
                raise CartNotOpen("this cart has been ordered")


async def take_cart(tx: Transaction, token: str, order_id: UUID) -> Cart:
    """The cart, taken for this order and closed to changes; or as it is, when another took it.

    The caller tells the two apart by the cart's `order_id`. The cart is locked in the first case.

    Raises:
        CartNotFound: this shop has no such cart, or it has expired.
    """
    hashed = _hash_of(tx.ctx, token)
    while True:
        taken = await repository.lock_open(tx, hashed, tx.now + model.TIME_TO_LIVE, order_id)
        cart = taken or await repository.read(tx, hashed, tx.now)
        if cart is None:
            raise CartNotFound("no such cart")
        # Between the two statements a declined payment may have opened it again: then once more.
        if cart.order_id is not None:
            return cart


async def join_carts(tx: Transaction, own: str | None, brought: str | None) -> str | None:
    """The token of the one cart that goes on, of a shopper's own and one they brought along.

    What was brought joins their own: of a variant that is in both, the larger number of pieces
    stays, since somebody who filled a basket twice wants one of each. What no longer fits is left
    out, and the cart that was brought is gone. When the two are of different channels, the one that
    was brought goes on as it is: it is what the shopper looks at. None when neither is open.
    """
    tokens = [each for each in (own, brought) if each is not None]
    found: dict[str, Cart] = {}
    # In one order everywhere, so that two who join carts wait for each other, not for ever.
    for token in sorted(set(tokens), key=token_hash):
        parts = read_token(token, CART)
        if parts is None or parts.tenant_id != tx.tenant.tenant_id:
            continue
        cart = await repository.lock_open(tx, token_hash(token), tx.now + model.TIME_TO_LIVE)
        if cart is not None:
            found[token] = cart
    kept = found.get(own or "")
    added = found.get(brought or "")
    if added is None or own == brought:
        return own if kept else None
    if kept is None or kept.channel_id != added.channel_id or kept.currency != added.currency:
        return brought
    await repository.join(tx, kept.cart_id, added.cart_id)
    return own


async def reopen_cart(tx: Transaction, cart_id: UUID, order_id: UUID) -> bool:
    """True when the cart was taken for this order and is open again; safe to repeat."""
    return await repository.reopen(tx, cart_id, order_id, tx.now + model.TIME_TO_LIVE)


async def price_cart(
    reader: Context | Transaction,
    cart: Cart,
    *,
    with_stock: bool = True,
    agreed: Mapping[UUID, Money] = NO_PRICES,
) -> PricedCart:
    """The cart at today's prices: three statements, four with stock, none when it is empty; one
    more for a customer who is signed in, since prices may be for their groups, and two for bundles.

    A checkout leaves the stock out, since reserving it answers that question for good. What was
    sold before, at a price the shop has vouched for, costs what was `agreed`, by variant.
    """
    if not cart.lines:
        return model.priced_cart(cart, [])
    variant_ids = [line.variant_id for line in cart.lines]
    variants = {
        variant.variant_id: variant for variant in await catalog.variants_of(reader, variant_ids)
    }
    quantities = {line.variant_id: line.quantity for line in cart.lines}
    ctx = reader.ctx if isinstance(reader, Transaction) else reader
    groups = await _groups_of(ctx.actor, reader)
    bundles = await assortment.load_bundles(reader, variant_ids)
    prices = await assortment.prices_for(
        reader,
        bundles,
        quantities,
        cart.channel_id,
        cart.currency,
        at=ctx.now,
        customer_group_ids=groups,
    )
    stock: dict[UUID, inventory.Availability] = {}
    if with_stock:
        stock = await assortment.availability(reader, bundles, variant_ids)
    lines = [
        _priced_line(
            cart,
            line,
            variants.get(line.variant_id),
            prices.get(line.variant_id),
            stock.get(line.variant_id),
            bundles,
        )
        for line in cart.lines
    ]
    return model.priced_cart(cart, [model.at_agreed(line, agreed) for line in lines])


async def _groups_of(actor: Actor, reader: Reader) -> list[UUID]:
    """The customer groups of whoever shops; none for those who have not signed in."""
    customer_id = customers.shopper_of(actor)
    if customer_id is None:
        return []
    return await customers.groups_of(reader, customer_id)


async def forget_expired_carts(ctx: Context) -> int:
    """Carts that nobody touched for 30 days are gone; how many comes back."""
    gone = 0
    while True:
        async with ctx.transaction() as tx:
            removed = await repository.delete_expired(tx, EXPIRED_AT_ONCE)
        gone += removed
        if removed < EXPIRED_AT_ONCE:
            return gone


def _priced_line(
    cart: Cart,
    line: CartLine,
    variant: catalog.VariantView | None,
    price: pricing.ResolvedPrice | None,
    stock: inventory.Availability | None,
    bundles: assortment.Bundles,
) -> PricedLine:
    unit_price = None if price is None else Money(price.amount_minor, cart.currency)
    compare_minor = None if price is None else price.compare_at_minor
    sellable = stock.sellable if stock else None
    reason = _reason(line, variant, unit_price, sellable)
    if bundles.fault_of(line.variant_id) and reason != "not_for_sale":
        reason = "component_unavailable"
    components = _components(line.variant_id, bundles, cart.locale)
    return PricedLine(
        line_id=line.line_id,
        variant_id=line.variant_id,
        quantity=line.quantity,
        product_id=variant.product_id if variant else None,
        product_handle=variant.product_handle if variant else None,
        title=variant.title_in(cart.locale) if variant else None,
        options=_options(variant, cart.locale),
        sku=variant.sku if variant else None,
        media_id=variant.media_id if variant else None,
        is_shippable=_is_shippable(variant, components),
        unit_price=unit_price,
        compare_at=None if compare_minor is None else Money(compare_minor, cart.currency),
        total=model.line_total(unit_price, line.quantity),
        available_quantity=sellable,
        unavailable_reason=reason,
        components=components,
    )


def _components(variant_id: UUID, bundles: assortment.Bundles, locale: str) -> list[LineComponent]:
    """What the variant contains when it is a bundle, but what is gone."""
    bundle = bundles.by_variant.get(variant_id)
    return [
        LineComponent(
            variant_id=view.variant_id,
            product_id=view.product_id,
            product_handle=view.product_handle,
            title=view.title_in(locale),
            options=_options(view, locale),
            sku=view.sku,
            is_shippable=view.is_shippable,
            quantity=each.quantity,
        )
        for each in (bundle.components if bundle else ())
        if (view := bundles.components.get(each.variant_id)) is not None
    ]


def _is_shippable(variant: catalog.VariantView | None, components: Sequence[LineComponent]) -> bool:
    """A bundle is sent when something in it is."""
    if components:
        return any(each.is_shippable for each in components)
    return variant.is_shippable if variant else True


def _options(variant: catalog.VariantView | None, locale: str) -> list[SelectedOption]:
    if variant is None:
        return []
    return [SelectedOption(name, value) for name, value in variant.options_in(locale)]


def _reason(
    line: CartLine,
    variant: catalog.VariantView | None,
    unit_price: Money | None,
    sellable: int | None,
) -> model.UnavailableReason | None:
    if variant is None or not variant.is_sellable:
        return "not_for_sale"
    if unit_price is None:
        return "no_price"
    if sellable is None or sellable >= line.quantity:
        return None
    return "not_enough_stock" if sellable > 0 else "sold_out"


def _refuse_unknown(priced: PricedCart, variant_ids: Sequence[UUID]) -> None:
    """What is merely sold out may wait in a cart; what is not on sale may not enter it."""
    for line in priced.lines:
        if line.variant_id in variant_ids and line.unavailable_reason in (
            "not_for_sale",
            "no_price",
            "component_unavailable",
        ):
            raise VariantNotForSale(f"variant {line.variant_id} is not for sale here")


async def _open_cart(tx: Transaction, token: str, expected_version: int | None) -> Cart:
    """The open cart, locked until the commit and one version on.

    Raises:
        CartNotFound: this shop has no such cart, or it has expired.
        CartNotOpen: it has become an order.
        CartChanged: it was not at `expected_version`.
    """
    hashed = _hash_of(tx.ctx, token)
    cart = await repository.lock_open(tx, hashed, tx.now + model.TIME_TO_LIVE)
    return await _checked(tx, hashed, cart, expected_version)


async def _checked(
    tx: Transaction, hashed: bytes, cart: Cart | None, expected_version: int | None
) -> Cart:
    """The locked cart; see `_open_cart` for what is refused."""
    if cart is None:
        if await repository.read(tx, hashed, tx.now) is None:
            raise CartNotFound("no such cart")
        raise CartNotOpen("this cart has been ordered; open a new one")
    if expected_version not in (None, cart.version - 1):
        raise CartChanged(f"the cart is at version {cart.version - 1}")
    return cart


def _line(ctx: Context, wanted: NewLine) -> CartLine:
    return CartLine(
        line_id=new_id(),
        variant_id=wanted.variant_id,
        quantity=wanted.quantity,
        added_at=ctx.now,
    )


def _hash_of(ctx: Context, token: str) -> bytes:
    parts = read_token(token, CART)
    if parts is None or parts.tenant_id != ctx.tenant.tenant_id:
        raise CartNotFound("no such cart")
    return token_hash(token)
