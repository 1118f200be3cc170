"""A cart becomes an order, once: claimed and written, charged, placed, in three separate steps.

Before the first, apps of the shop are asked, where it has such apps: see `ruling`.

1. One transaction takes the cart, checks and prices its lines, reserves the stock, and keeps an
   order that waits for its payment, with the payment that is about to be made.
2. The gateway is asked for the money, with no transaction open, by the id of that attempt.
3. One transaction writes its answer: the order is placed and numbered, or closed and the cart is
   open again.

The cart can be taken by one order, and an order is bound to the client's key. A crash before the
first commit leaves nothing. After it, the same request again finds the order and goes on where it
stopped; so does the schedule of the payments room, by asking the gateway. Neither charges twice,
since the gateway acts on an attempt's id once.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce import carts, customers, payments
from galleria.commerce.orders.errors import (
    CartAlreadyOrdered,
    CartNotReady,
    ShippingAddressRequired,
    ShippingMethodUnavailable,
    TotalChanged,
)
from galleria.commerce.orders.model import CounterSale, Order, OrderLine, ShippingMethod
from galleria.commerce.orders.repository import reading, shipping, writing
from galleria.commerce.orders.repository.reading import PriorCheckout
from galleria.commerce.orders.repository.writing import CheckoutClaim
from galleria.commerce.orders.schemas import Checkout, StoreOrder, store_order
from galleria.commerce.orders.service.goods import reserve_goods
from galleria.commerce.orders.service.reading import (
    ORDER,
    bought_downloads,
    seal_token,
    unseal_token,
)
from galleria.commerce.orders.service.ruling import Ruling, ask_apps, check_same, note_answers
from galleria.commerce.orders.service.settling import pay_order, settle_order
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.http import MAX_INT53
from galleria.foundation.ids import mint_token, new_id, token_hash
from galleria.foundation.money import Money, add

# The order itself gives its stock back when it is given up. This is the net below, wide enough
# for a gateway that takes days to say what it did.
STOCK_HELD_FOR = timedelta(days=7)
MAX_VARIANTS = 500  # what the stockroom reserves at once; large bundles may come to more


class _Accepted(msgspec.Struct, frozen=True):
    """An order that waits for its payment; without an attempt there was nothing to pay."""

    order: Order
    attempt: payments.Attempt | None


class _KeyUsedBefore(Exception):
    """Undoes the first step: the cart came with this key before, and was opened again."""

    def __init__(self, cart_id: UUID) -> None:
        super().__init__(cart_id)
        self.cart_id = cart_id


async def check_out(
    ctx: Context, cart_token: str, wanted: Checkout, key: str, sale: CounterSale | None = None
) -> StoreOrder:
    """The order of this cart: placed, or `pending_payment` while the gateway gives no answer.

    The same cart, key and request again give the same order and token. With a `sale` it is what the
    shop's own device has sold and taken the money for: whoever passes one has checked that.

    Raises:
        CartNotFound: this shop has no such cart, or it has expired.
        CartAlreadyOrdered: another request made an order of it.
        CartNotReady: something in it cannot be bought, or it is empty.
        CheckoutRefused: an app of the shop refuses it.
        OutOfStock: somebody else was faster.
        ShippingAddressRequired: something in it is sent, and it is not said where to or how.
        ShippingMethodUnavailable, PaymentMethodUnknown: what was chosen is not offered.
        TotalChanged: the total is not the expected one.
        PaymentDeclined: the gateway refused; the cart is open again.
        IdempotencyConflict: the key came before with another request.
    """
    payments.check_method(wanted.payment.method, is_at_counter=sale is not None)
    token = mint_token(ORDER, ctx.tenant.tenant_id)
    claim = CheckoutClaim(
        key=key,
        fingerprint=hashlib.sha256(msgspec.json.encode(wanted)).digest(),
        token_hash=token_hash(token),
        token_sealed=await seal_token(ctx, token),
    )
    # What a kiosk reports has left the shop: no app has a say any more.
    ruling = Ruling() if sale else await ask_apps(ctx, cart_token, wanted)
    accepted = await _accept(ctx, cart_token, wanted, claim, sale, ruling)
    if isinstance(accepted, PriorCheckout):
        order = await _resume(ctx, accepted, wanted, claim)
        token = await unseal_token(ctx, accepted.token_sealed)
    else:
        order = await _pay(ctx, accepted, wanted)
    if order.status == "cancelled" and order.placed_at is None:
        raise payments.PaymentDeclined("the payment was declined; the cart is open again")
    return store_order(order, token, [], await bought_downloads(ctx, order))


async def _accept(
    ctx: Context,
    cart_token: str,
    wanted: Checkout,
    claim: CheckoutClaim,
    sale: CounterSale | None,
    ruling: Ruling,
) -> _Accepted | PriorCheckout:
    """Step 1: the order that waits for its payment, or the checkout that came before this one."""
    order_id = new_id()
    try:
        async with ctx.transaction() as tx:
            cart = await carts.take_cart(tx, cart_token, order_id)
            if cart.order_id != order_id:
                prior = await reading.checkout_of(tx, cart.cart_id, order_id=cart.order_id)
                assert prior is not None, "the order that took the cart was kept with it"
                return prior
            return await _write_order(tx, cart, wanted, claim, sale, ruling)
    except _KeyUsedBefore as used:
        prior = await reading.checkout_of(ctx, used.cart_id, key=claim.key)
        assert prior is not None, "its row is what stopped the insert"
        return prior


async def _write_order(
    tx: Transaction,
    cart: carts.Cart,
    wanted: Checkout,
    claim: CheckoutClaim,
    sale: CounterSale | None,
    ruling: Ruling,
) -> _Accepted:
    """The order, its payment and its stock. The stock comes last: others wait for its rows."""
    order = await _draft(tx, cart, wanted, sale)
    check_same(order, ruling)
    attempt = None
    if order.total.amount_minor:
        method = wanted.payment.method
        attempt = await payments.open_payment(tx, order.order_id, order.total, method)
        order = msgspec.structs.replace(order, payment_id=attempt.payment_id)
    if not await writing.insert_order(tx, order, claim):
        raise _KeyUsedBefore(cart.cart_id)
    await note_answers(tx, order, ruling)
    first_at = sale.location_id if sale else None
    await reserve_goods(tx, order, tx.now + STOCK_HELD_FOR, first_at)
    if attempt is None:
        order = await pay_order(tx, order)
    return _Accepted(order, attempt)


async def _draft(
    tx: Transaction, cart: carts.Cart, wanted: Checkout, sale: CounterSale | None
) -> Order:
    """The order as it would be: lines and totals at this instant's prices, or at those agreed.

    Raises:
        CartNotReady, ShippingAddressRequired, ShippingMethodUnavailable, TotalChanged: see
            `check_out`.
    """
    agreed = sale.unit_prices if sale else {}
    priced = await carts.price_cart(tx, cart, with_stock=False, agreed=agreed)
    _refuse_unready(priced)
    is_handed_over = sale is not None and sale.is_handed_over
    method = None if is_handed_over else await _method_for(tx, priced, wanted)
    fee = Money(0, cart.currency) if method is None else method.price_for(priced.subtotal)
    total = add(priced.subtotal, fee)
    if total.amount_minor > MAX_INT53:
        raise CartNotReady("the total is more than an amount can hold")
    if wanted.expected_total not in (None, total):
        raise TotalChanged(f"the total is {total.amount_minor} {total.currency} (minor units)")
    customer_id = await _buyer(tx, wanted, cart.locale)
    assert cart.order_id is not None, "the cart was taken for this order"
    nothing = Money(0, cart.currency)
    return Order(
        order_id=cart.order_id,
        number=None,
        status="pending_payment",
        payment_status="pending",
        fulfillment_status="unfulfilled",
        customer_id=customer_id,
        email=wanted.email,
        locale=cart.locale,
        channel_id=cart.channel_id,
        channel_code=cart.channel_code,
        currency=cart.currency,
        lines=[_order_line(line) for line in priced.lines],
        subtotal=priced.subtotal,
        shipping=fee,
        total=total,
        captured=nothing,
        refunding=nothing,
        refunded=nothing,
        shipping_address=wanted.shipping_address,
        billing_address=wanted.billing_address,
        shipping_method=method.code if method else "",
        shipping_method_name=method.name_in(cart.locale) if method else "",
        payment_id=None,
        cart_id=cart.cart_id,
        cancel_reason=None,
        version=1,
        created_at=tx.now,
        updated_at=tx.now,
        placed_at=None,
        cancelled_at=None,
    )


async def _buyer(tx: Transaction, wanted: Checkout, locale: str) -> UUID:
    """Whoever has signed in, whatever address they gave; else the customer with that address."""
    signed_in = customers.shopper_of(tx.ctx.actor)
    if signed_in is not None:
        return signed_in
    place = wanted.shipping_address or wanted.billing_address
    name = place.name if place else ""
    return (await customers.ensure_customer(tx, wanted.email, name, locale)).customer_id


async def _method_for(
    tx: Transaction, priced: carts.PricedCart, wanted: Checkout
) -> ShippingMethod | None:
    """How the parcel goes; None when nothing in the cart is sent.

    Raises:
        ShippingAddressRequired, ShippingMethodUnavailable: see `check_out`.
    """
    if not any(line.is_shippable for line in priced.lines):
        return None
    address, code = wanted.shipping_address, wanted.shipping_method
    if address is None or code is None:
        lacking = "shipping_address" if address is None else "shipping_method"
        raise ShippingAddressRequired(
            "something in the cart is sent",
            errors=[FieldError(lacking, "required", "say where to and how")],
        )
    method = await shipping.method_by_code(tx, code, priced.cart.currency)
    if method is None or not method.delivers_to(address.country):
        raise ShippingMethodUnavailable(f"{code} does not deliver to {address.country}")
    return method


def _order_line(line: carts.PricedLine) -> OrderLine:
    assert line.product_id and line.unit_price and line.total, "an unready line was refused"
    return OrderLine(
        line_id=new_id(),
        variant_id=line.variant_id,
        product_id=line.product_id,
        title=line.title or "",
        sku=line.sku,
        options=line.options,
        media_id=line.media_id,
        is_shippable=line.is_shippable,
        unit_price=line.unit_price,
        quantity=line.quantity,
        total=line.total,
        components=line.components,
    )


def _refuse_unready(priced: carts.PricedCart) -> None:
    if not priced.lines:
        raise CartNotReady("the cart is empty")
    variants = {part.variant_id for line in priced.lines for part in line.components}
    variants |= {line.variant_id for line in priced.lines if not line.components}
    if len(variants) > MAX_VARIANTS:
        raise CartNotReady(f"an order takes at most {MAX_VARIANTS} different things from the stock")
    errors = [
        FieldError(f"lines[{position}]", line.unavailable_reason, f"{line.title} cannot be bought")
        for position, line in enumerate(priced.lines)
        if line.unavailable_reason is not None
    ]
    if errors:
        raise CartNotReady("something in the cart cannot be bought", errors=errors)


async def _pay(ctx: Context, accepted: _Accepted, wanted: Checkout) -> Order:
    """Steps 2 and 3."""
    if accepted.attempt is None:
        return accepted.order
    outcome = await payments.authorize(ctx, accepted.attempt, wanted.payment.token)
    return await _settle(ctx, accepted.order, accepted.attempt, outcome)


async def _settle(
    ctx: Context, order: Order, attempt: payments.Attempt, outcome: payments.Outcome
) -> Order:
    """Step 3: the answer is written, and with it what becomes of the order."""
    async with ctx.transaction() as tx:
        payment = await payments.record_outcome(tx, attempt, outcome)
        return await settle_order(tx, order, payment)


async def _resume(
    ctx: Context, prior: PriorCheckout, wanted: Checkout, claim: CheckoutClaim
) -> Order:
    """What became of the checkout that came before this one, brought to its end if it hangs.

    Raises:
        CartAlreadyOrdered: it was another request's.
        IdempotencyConflict: it was another request with the same key.
    """
    order = prior.order
    if prior.key != claim.key:
        raise CartAlreadyOrdered("this cart has been ordered; its Idempotency-Key is another")
    if prior.fingerprint != claim.fingerprint:
        raise IdempotencyConflict("use a new Idempotency-Key for a different checkout")
    if order.status != "pending_payment" or order.payment_id is None:
        return order
    attempt = await payments.resume_attempt(ctx, order.payment_id)
    if attempt is None:
        async with ctx.transaction() as tx:
            payment = await payments.payment_of(tx, order.payment_id)
            return await settle_order(tx, order, payment)
    outcome = await payments.look_up(ctx, attempt)
    if outcome.answer == "not_received":
        outcome = await payments.authorize(ctx, attempt, wanted.payment.token)
    return await _settle(ctx, order, attempt, outcome)
