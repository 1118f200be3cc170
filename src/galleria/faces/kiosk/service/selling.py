"""What kiosks sold without a network becomes orders, each once.

1. One transaction keeps the sale under its key, with the cart that it is put into.
2. The cart is checked out by the orders' own checkout, under the same key.
3. One transaction keeps which order it became, and that its goods have left with the buyer.

Whatever breaks off between these goes on when the sale is sent again: its key leads to its cart,
and a cart becomes one order.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from galleria.commerce import carts, orders
from galleria.commerce.carts import NewCart, NewLine
from galleria.commerce.orders import (
    Checkout,
    CounterSale,
    NewFulfillment,
    Order,
    PaymentChoice,
    StoreOrder,
)
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict
from galleria.faces.kiosk.model import sales
from galleria.faces.kiosk.model.sales import Sale, Sold, WaitingSale
from galleria.faces.kiosk.repository import sales as repository
from galleria.faces.kiosk.schemas import OfflineAnswer, OfflineOrder, TakenOrder, refusal_of
from galleria.faces.kiosk.service import keys
from galleria.faces.kiosk.service.standing import Stand, stand_of
from galleria.faces.profiles import Profile
from galleria.foundation.errors import GalleriaError
from galleria.foundation.money import Money

_PURPOSE = "kiosk cart"
A_STEP = 5_000


class _KeptMeanwhile(Exception):
    """Undoes a cart: another request has kept this sale since."""


class Till(msgspec.Struct, frozen=True):
    """A kiosk that hands in, and the keys by which its prices are known again."""

    stand: Stand
    code_keys: list[bytes]


async def take_in(
    ctx: Context, profile: Profile, handed_in: Sequence[OfflineOrder]
) -> list[OfflineAnswer]:
    """What became of each sale, in their order; one that is refused stops none behind it.

    Raises:
        KioskPlaceGone, ChannelNotFound: see `stand_of`; then nothing was taken in.
    """
    till = Till(await stand_of(ctx, profile), await keys.believed_code_keys(ctx))
    answers = []
    for wanted in handed_in:
        try:
            answers.append(await _take_in(ctx, till, wanted))
        except GalleriaError as refusal:
            await _note_refused(ctx, till, wanted, refusal)
            answers.append(
                OfflineAnswer(
                    idempotency_key=wanted.idempotency_key,
                    outcome="refused",
                    problem=refusal_of(refusal),
                )
            )
    return answers


async def _take_in(ctx: Context, till: Till, wanted: OfflineOrder) -> OfflineAnswer:
    sale = await _sale_of(ctx, wanted)
    if sale is not None and sale.order_id is not None:
        return _answer(wanted, "already_placed", await orders.order_of(ctx, sale.order_id))
    sold = [
        Sold(
            variant_id=line.variant_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            price_code=line.price_code,
        )
        for line in wanted.lines
    ]
    sales.check_lines(sold)
    sales.check_time(wanted.taken_at, ctx.now)
    channel = till.stand.window.code
    agreed = sales.honoured(sold, till.code_keys, channel, wanted.taken_at)
    token = await cart_of(ctx, till, wanted)
    priced = await carts.get_cart(ctx, token)
    if priced.cart.status == "open":  # else it was broken off behind its checkout
        today = {each.variant_id: each.unit_price for each in priced.lines}
        sales.check_prices(sold, agreed, today)
        off_today = sales.off_today(sold, today)
        if off_today is not None:
            today_minor = wanted.total.amount_minor + off_today
            async with ctx.transaction() as tx:
                await repository.note_price(tx, wanted.idempotency_key, today_minor)
    placed = await check_out(ctx, till, wanted, token, agreed)
    return await _end(ctx, till, wanted, placed.order_id)


async def _note_refused(
    ctx: Context, till: Till, wanted: OfflineOrder, refusal: GalleriaError
) -> None:
    """The shop's people see that the sale waits, and why."""
    told = "; ".join(each.message for each in refusal.errors) or refusal.detail
    refused = WaitingSale(
        sale_key=wanted.idempotency_key,
        fingerprint=_fingerprint_of(wanted),
        sold_by=_seller_of(ctx),
        location=till.stand.location.code,
        taken_at=wanted.taken_at,
        total_minor=wanted.total.amount_minor,
        currency=wanted.total.currency,
        receipt=_receipt_of(wanted),
        code=refusal.code,
        detail=told[:500],
        first_refused_at=ctx.now,
        refused_at=ctx.now,
    )
    async with ctx.transaction() as tx:
        await repository.note_refused(tx, refused)


def _seller_of(ctx: Context) -> str:
    return f"{ctx.actor.kind}:{ctx.actor.actor_id}"


def _receipt_of(wanted: OfflineOrder) -> str:
    return f"{wanted.payment.method} {wanted.payment.reference}"


async def _sale_of(ctx: Context, wanted: OfflineOrder) -> Sale | None:
    """The sale as it was handed in before.

    Raises:
        IdempotencyConflict: its key was another sale's.
    """
    sale = await repository.find(ctx, wanted.idempotency_key)
    if sale is not None and sale.fingerprint != _fingerprint_of(wanted):
        raise IdempotencyConflict("another sale was handed in with this key")
    return sale


def _fingerprint_of(wanted: OfflineOrder) -> bytes:
    return hashlib.sha256(msgspec.json.encode(wanted)).digest()


async def cart_of(ctx: Context, till: Till, wanted: OfflineOrder) -> str:
    """Step 1: the token of the cart that the sale is in, whoever has put it there.

    Raises:
        VariantNotForSale: the shop sells such a thing no more.
        IdempotencyConflict: another sale came with this key meanwhile.
    """
    while True:
        sale = await _sale_of(ctx, wanted)
        if sale is not None:
            secrets = ctx.engines.secrets
            token = await secrets.decrypt(ctx.tenant.tenant_id, sale.cart_sealed, _PURPOSE)
            return token.decode()
        try:
            return await _begin(ctx, till, wanted)
        except _KeptMeanwhile:
            continue


async def check_out(
    ctx: Context, till: Till, wanted: OfflineOrder, token: str, agreed: Mapping[UUID, Money]
) -> StoreOrder:
    """Step 2: the order of the cart, at the prices agreed and else at today's.

    Raises:
        As `orders.check_out`.
    """
    sale = CounterSale(
        unit_prices=agreed,
        is_handed_over=wanted.is_handed_over,
        location_id=till.stand.location.location_id,
    )
    key = f"kiosk:{wanted.idempotency_key}"
    return await orders.check_out(ctx, token, _checkout_of(ctx, wanted), key, sale)


async def _begin(ctx: Context, till: Till, wanted: OfflineOrder) -> str:
    window = till.stand.window
    lines = tuple(
        NewLine(variant_id=each.variant_id, quantity=each.quantity) for each in wanted.lines
    )
    cart = NewCart(channel=window.code, locale=window.locale, email=wanted.email, lines=lines)
    async with ctx.transaction() as tx:
        opened = await carts.open_cart(ctx, cart)
        secrets, tenant_id = ctx.engines.secrets, ctx.tenant.tenant_id
        sale = Sale(
            sale_key=wanted.idempotency_key,
            fingerprint=_fingerprint_of(wanted),
            cart_sealed=await secrets.encrypt(tenant_id, opened.token.encode(), _PURPOSE),
            sold_by=_seller_of(ctx),
            location=till.stand.location.code,
            taken_at=wanted.taken_at,
            handed_in_at=ctx.now,
            total_minor=wanted.total.amount_minor,
            currency=wanted.total.currency,
            receipt=_receipt_of(wanted),
        )
        if not await repository.begin(tx, sale):
            raise _KeptMeanwhile
    return opened.token


def _checkout_of(ctx: Context, wanted: OfflineOrder) -> Checkout:
    return Checkout(
        # Whoever buys at a counter need not say who they are; no mail goes there (RFC 2606).
        email=wanted.email or f"counter@{ctx.tenant.slug}.invalid",
        payment=PaymentChoice(method=wanted.payment.method, token=wanted.payment.reference),
        shipping_address=wanted.shipping_address,
        shipping_method=wanted.shipping_method,
        expected_total=wanted.total,
    )


async def _end(ctx: Context, till: Till, wanted: OfflineOrder, order_id: UUID) -> OfflineAnswer:
    """Step 3: the order's history says where it came from; what was handed over is sent."""
    async with ctx.transaction() as tx:
        sale = await repository.lock(tx, wanted.idempotency_key)
        assert sale is not None, "it was kept before its cart was checked out"
        order = await orders.order_of(tx, order_id)
        if sale.order_id is not None:
            return _answer(wanted, "already_placed", order)
        await repository.end(tx, sale, order.order_id, order.number)
        place, taken_at = till.stand.location.code, wanted.taken_at.isoformat()
        told = f"sold at {place}, {taken_at}, {_receipt_of(wanted)}"
        await orders.add_note(ctx, order.order_id, told)
        if wanted.is_handed_over and any(line.open_quantity for line in order.lines):
            await orders.fulfil_order(ctx, order.order_id, NewFulfillment())
    return _answer(wanted, "placed", order)


def _answer(
    wanted: OfflineOrder, outcome: Literal["placed", "already_placed"], order: Order
) -> OfflineAnswer:
    return OfflineAnswer(
        idempotency_key=wanted.idempotency_key,
        outcome=outcome,
        order=TakenOrder(
            order_id=order.order_id, number=order.number, status=order.status, total=order.total
        ),
    )


async def forget_old(ctx: Context) -> None:
    """Sales that cannot come again any more are forgotten, step by step; their orders stay."""
    gone = A_STEP
    while gone >= A_STEP:
        async with ctx.transaction() as tx:
            gone = await repository.forget(tx, ctx.now - sales.KEPT, A_STEP)
            gone += await repository.forget_waiting(tx, ctx.now - sales.KEPT, A_STEP)
