"""Apps of the shop have a say before an order is made; what they said stands in its history."""

from uuid import UUID

import msgspec

from galleria.commerce import carts
from galleria.commerce.orders.errors import CartNotReady, CheckoutRefused
from galleria.commerce.orders.model import Order
from galleria.commerce.orders.repository import writing
from galleria.commerce.orders.schemas import Checkout
from galleria.commerce.orders.service.history import entry_of
from galleria.engines.context import SYSTEM, Context
from galleria.engines.sql import Transaction
from galleria.foundation.money import Money
from galleria.platform import apps


class Ruling(msgspec.Struct, frozen=True):
    """What apps have said of which pieces at which subtotal; None when no app is asked."""

    answers: list[apps.RuleAnswer] = []
    pieces: dict[UUID, int] | None = None
    subtotal: Money | None = None


async def ask_apps(ctx: Context, cart_token: str, wanted: Checkout) -> Ruling:
    """What the shop's apps say to an order of this cart. Not inside a transaction.

    A cart that is an order already was asked about then.

    Raises:
        CartNotFound: this shop has no such cart, or it has expired.
        CheckoutRefused: an app refuses, with its message.
    """
    rules = await apps.rules_of(ctx)
    if not rules.asked:
        return Ruling()
    priced = await carts.get_cart(ctx, cart_token)
    if priced.cart.order_id is not None:
        return Ruling()
    lines = [
        apps.RuleLine(
            variant_id=line.variant_id,
            product_id=line.product_id,
            sku=line.sku,
            title=line.title or "",
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.total,
        )
        for line in priced.lines
        if line.unit_price is not None and line.total is not None
    ]
    address = wanted.shipping_address
    question = apps.RuleQuestion(
        cart_id=priced.cart.cart_id,
        channel=priced.cart.channel_code,
        locale=priced.cart.locale,
        country=address.country if address else None,
        subtotal=priced.subtotal,
        lines=lines,
    )
    answers = await apps.ask_rules(ctx, rules, question)
    for answer in answers:
        if answer.decision == "refuse":
            said = answer.message or "this cannot be ordered at present; try again later"
            raise CheckoutRefused(said)
    pieces = {line.variant_id: line.quantity for line in lines}
    return Ruling(answers, pieces, priced.subtotal)


def check_same(order: Order, ruling: Ruling) -> None:
    """Pass when the order is what the apps were asked about.

    Raises:
        CartNotReady: the cart has changed since.
    """
    if ruling.pieces is None:
        return
    pieces = {line.variant_id: line.quantity for line in order.lines}
    if pieces != ruling.pieces or order.subtotal != ruling.subtotal:
        raise CartNotReady("the cart has changed while it was checked; try again")


async def note_answers(tx: Transaction, order: Order, ruling: Ruling) -> None:
    """The order's history says what each app has said, or that it did not."""
    house = tx.ctx.as_actor(SYSTEM)
    for answer in ruling.answers:
        kind = "rule_unanswered" if answer.unanswered else "rule_allowed"
        note = f"{answer.name} ({answer.unanswered})" if answer.unanswered else answer.name
        await writing.insert_entry(tx, order.order_id, entry_of(house, kind, note))
