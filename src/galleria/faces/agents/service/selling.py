"""Checkouts for agents: the shop's own cart and checkout, with what the agent chose beside them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import carts, orders
from galleria.commerce.carts import (
    CartNotFound,
    CartNotOpen,
    NewCart,
    PricedCart,
    VariantNotForSale,
)
from galleria.commerce.inventory import OutOfStock
from galleria.commerce.orders import Checkout, OfferedMethod, Order
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.faces.agents import repository
from galleria.faces.agents.errors import CheckoutClosed, CheckoutNotFound, CheckoutNotReady
from galleria.faces.agents.model import shapes
from galleria.faces.agents.model.choices import Choices, address_of, lacks_of
from galleria.faces.agents.model.discovery import head_of
from galleria.faces.agents.model.protocol import FULFILLMENT, is_first
from galleria.faces.agents.repository import KeptCheckout
from galleria.faces.agents.schemas import (
    CheckoutBody,
    CompleteBody,
    Instrument,
    WantedFulfillment,
    lines_of,
)
from galleria.faces.agents.service.calling import (
    Call,
    Reply,
    address_of_shop,
    handlers_at,
    lacking,
    read_body,
)
from galleria.faces.agents.service.carting import new_lines
from galleria.foundation.errors import FieldError
from galleria.foundation.ids import mint_token, new_id, read_token, token_hash
from galleria.foundation.money import Money

CHECKOUT = "checkout"  # the kinds of tokens
ORDER = "agentorder"
KEPT_FOR = timedelta(days=35)  # a cart lives for 30 days after the last change
_PURPOSE = "agents.tokens"
_GONE = frozenset({"sold_out", "not_for_sale", "no_price", "component_unavailable"})


class Tokens(msgspec.Struct, frozen=True):
    """What opens a checkout, its order and its cart."""

    checkout: str
    order: str
    cart: str


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """A checkout with what the rooms say of it: its cart while it is one, its order once it is."""

    kept: KeptCheckout
    tokens: Tokens
    cart: PricedCart | None
    order: Order | None
    options: list[OfferedMethod]
    lines: list[shapes.ShownLine]

    @property
    def is_shipped(self) -> bool:
        """Whether something in it goes by parcel."""
        return any(line.is_shipped for line in self.lines)

    @property
    def subtotal(self) -> Money:
        """What the goods come to."""
        if self.order is not None:
            return self.order.subtotal
        assert self.cart is not None, "it is a cart or an order"
        return self.cart.subtotal

    @property
    def shipping_minor(self) -> int | None:
        """What sending them costs, None while that is open or nothing is sent."""
        if self.order is not None:
            return self.order.shipping.amount_minor if self.order.shipping_method else None
        for each in self.options:
            if each.code == self.kept.choices.option and self.is_shipped:
                return shapes.fee_of(each, self.subtotal)
        return None

    def messages(self) -> list[shapes.Wire]:
        """What stands in the way of completing it."""
        if self.order is not None or self.kept.canceled_at is not None:
            return []
        codes = [each.code for each in self.options]
        lacks = lacks_of(self.kept.choices, is_shipped=self.is_shipped, options=codes)
        return shapes.messages_of(self.lines, lacks)

    def status(self) -> str:
        """Where it stands, in the protocol's six words."""
        if self.kept.canceled_at is not None:
            return "canceled"
        if self.order is not None:
            return "complete_in_progress" if self.order.status == "pending_payment" else "completed"
        return "incomplete" if self.messages() or not self.lines else "ready_for_complete"


async def create_checkout(ctx: Context, call: Call) -> Reply:
    """A new checkout of these things, or of a cart; of a cart that has one already, that one."""
    body = read_body(call, CheckoutBody)
    if body.cart_id is not None and not is_first(call.version):
        cart_token = body.cart_id
        priced = await carts.get_cart(ctx, cart_token)
        under_way = await repository.open_of_cart(ctx, priced.cart.cart_id)
        if under_way is not None:
            return Reply(200, await _answer(ctx, call, await _situation(ctx, under_way)))
        if priced.cart.status != "open":
            raise CartNotOpen("this cart has been ordered")
    elif body.line_items:
        opened = await carts.open_cart(ctx, NewCart(lines=new_lines(lines_of(body.line_items))))
        cart_token, priced = opened.token, opened.priced
        _refuse_unavailable(call, priced)
    else:
        raise lacking("line_items", "say what is to be bought, in line_items")
    async with ctx.transaction() as tx:
        kept = await _begin(tx, call, cart_token, priced, _chosen(body))
    return Reply(201, await _answer(ctx, call, await _situation(ctx, kept)))


async def get_checkout(ctx: Context, call: Call) -> Reply:
    """The checkout as it stands."""
    return Reply(200, await _answer(ctx, call, await situation_of(ctx, call.thing_id)))


async def update_checkout(ctx: Context, call: Call) -> Reply:
    """The checkout is what was sent, whole; nothing has changed when it is refused."""
    body = read_body(call, CheckoutBody)
    if is_first(call.version) and body.id != call.thing_id:
        raise lacking("id", "an update names the checkout's id, the same as its address")
    if not body.line_items:
        raise lacking("line_items", "an update is the whole checkout, line_items too")
    async with ctx.transaction() as tx:
        before = await _situation(ctx, await _locked(tx, call.thing_id))
        if before.status() == "complete_in_progress" and not is_first(call.version):
            said = shapes.error_message("complete_in_progress", "It is being paid at this moment")
            return Reply(200, {**await _answer(ctx, call, before), "messages": [said]})
        _refuse_closed(before)
        wanted = new_lines(lines_of(body.line_items))
        priced = await carts.replace_lines(ctx, before.tokens.cart, wanted)
        _refuse_unavailable(call, priced)
        url = call.agent.url if call.agent else None
        await repository.save_choices(tx, before.kept.checkout_id, _chosen(body), url)
        after = await _situation(ctx, await _locked(tx, call.thing_id))
        return Reply(200, await _answer(ctx, call, after))


async def cancel_checkout(ctx: Context, call: Call) -> Reply:
    """The checkout is canceled. Its cart holds no stock, and expires by itself."""
    async with ctx.transaction() as tx:
        before = await _situation(ctx, await _locked(tx, call.thing_id))
        _refuse_closed(before)
        await repository.cancel(tx, before.kept.checkout_id)
        after = await _situation(ctx, await _locked(tx, call.thing_id))
    return Reply(200, await _answer(ctx, call, after))


async def complete_checkout(ctx: Context, call: Call) -> Reply:
    """The order is placed, once for a key, by the same checkout that shoppers go through."""
    body = read_body(call, CompleteBody)
    instrument = _instrument_of(call, body)
    found = await situation_of(ctx, call.thing_id)
    if found.kept.canceled_at is not None:
        raise CheckoutClosed("this checkout is canceled")
    if found.order is None:
        found = await _with_last_changes(ctx, call, found, body)
        if found.messages():
            if is_first(call.version):
                raise _not_ready(found)
            return Reply(200, await _answer(ctx, call, found))
    elif call.key is None:
        raise CheckoutClosed("this checkout is completed")
    wanted = _purchase(found, instrument)
    placed = await orders.check_out(ctx, found.tokens.cart, wanted, call.key or str(new_id()))
    if placed.placed_at is not None:
        async with ctx.transaction() as tx:
            await repository.note_order(tx, found.kept.cart_id, placed.order_id)
    return Reply(200, await _answer(ctx, call, await situation_of(ctx, call.thing_id)))


async def situation_of(ctx: Context, token: str) -> Situation:
    """The checkout behind a token, as it stands.

    Raises:
        CheckoutNotFound: this shop has no such checkout, or it has expired.
    """
    kept = await repository.by_token(ctx, hash_of(ctx, token, CHECKOUT))
    if kept is None:
        raise CheckoutNotFound("no such checkout")
    return await _situation(ctx, kept)


def hash_of(ctx: Context, token: str, kind: str) -> bytes:
    """The hash under which a token of this shop is kept.

    Raises:
        CheckoutNotFound: it is no such token, or another shop's.
    """
    parts = read_token(token, kind)
    if parts is None or parts.tenant_id != ctx.tenant.tenant_id:
        raise CheckoutNotFound(f"no such {'order' if kind == ORDER else 'checkout'}")
    return token_hash(token)


async def tokens_of(ctx: Context, kept: KeptCheckout) -> Tokens:
    """The tokens of a checkout."""
    plain = await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, kept.tokens_sealed, _PURPOSE)
    return msgspec.json.decode(plain, type=Tokens)


async def _begin(
    tx: Transaction, call: Call, cart_token: str, priced: PricedCart, choices: Choices
) -> KeptCheckout:
    ctx = tx.ctx
    tenant_id = ctx.tenant.tenant_id
    tokens = Tokens(mint_token(CHECKOUT, tenant_id), mint_token(ORDER, tenant_id), cart_token)
    sealed = await ctx.engines.secrets.encrypt(tenant_id, msgspec.json.encode(tokens), _PURPOSE)
    kept = KeptCheckout(
        checkout_id=new_id(),
        tokens_sealed=sealed,
        cart_id=priced.cart.cart_id,
        order_id=None,
        protocol=call.version,
        profile_url=call.agent.url if call.agent else None,
        choices=choices,
        canceled_at=None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await repository.insert_checkout(
        tx, kept, token_hash(tokens.checkout), token_hash(tokens.order)
    )
    return kept


async def _locked(tx: Transaction, token: str) -> KeptCheckout:
    kept = await repository.lock(tx, hash_of(tx.ctx, token, CHECKOUT))
    if kept is None:
        raise CheckoutNotFound("no such checkout")
    return kept


async def _situation(ctx: Context, kept: KeptCheckout) -> Situation:
    tokens = await tokens_of(ctx, kept)
    address = await address_of_shop(ctx)
    cart: PricedCart | None = None
    order_id: UUID | None = kept.order_id
    if order_id is None:
        try:
            cart = await carts.get_cart(ctx, tokens.cart)
        except CartNotFound:
            raise CheckoutNotFound("this checkout has expired") from None
        order_id = cart.cart.order_id
    if order_id is not None and kept.canceled_at is None:
        order = await orders.order_of(ctx, order_id)
        lines = [shapes.line_of_order(line, address) for line in order.lines]
        return Situation(kept=kept, tokens=tokens, cart=None, order=order, options=[], lines=lines)
    assert cart is not None, "without an order it is a cart"
    lines = [shapes.line_of_cart(line, address) for line in cart.lines]
    options: list[OfferedMethod] = []
    if any(line.is_shipped for line in lines):
        place = kept.choices.place
        country = place.address_country if place else None
        options = await orders.offered_methods(ctx, cart.cart.channel_code, country)
    return Situation(kept=kept, tokens=tokens, cart=cart, order=None, options=options, lines=lines)


async def _answer(ctx: Context, call: Call, found: Situation) -> shapes.Wire:
    """The checkout as the agent reads it."""
    address = await address_of_shop(ctx)
    handlers = handlers_at(address)
    choices, order = found.kept.choices, found.order
    cart = found.cart.cart if found.cart is not None else None
    told: shapes.Wire = {
        "ucp": head_of(call.version, call.names, handlers),
        "id": found.tokens.checkout,
        "line_items": [shapes.wire_line(line) for line in found.lines],
        "status": found.status(),
        "currency": found.subtotal.currency,
        "totals": shapes.totals_of(found.subtotal.amount_minor, found.shipping_minor),
        "links": [],
        **shapes.payment_of(call.version, handlers),
    }
    if choices.buyer is not None:
        told["buyer"] = msgspec.to_builtins(choices.buyer)
    if found.is_shipped and order is None and FULFILLMENT in call.names:
        told["fulfillment"] = shapes.fulfillment_of(
            call.version, found.lines, choices, found.options, found.subtotal
        )
    if messages := found.messages():
        told["messages"] = messages
    if cart is not None and found.kept.canceled_at is None:
        told["expires_at"] = shapes.instant(cart.expires_at)
    if order is not None and order.placed_at is not None:
        page = f"{address}/orders/{await orders.token_of(ctx, order.order_id)}"
        told["order"] = {"id": found.tokens.order, "permalink_url": page}
    return told


def _chosen(body: CheckoutBody) -> Choices:
    place, option = _way(body.fulfillment)
    return Choices(buyer=body.buyer, place=place, option=option)


def _way(wanted: WantedFulfillment | None) -> tuple[Any, str | None]:
    """Where it goes and how: the address that is selected, else the only one."""
    methods = wanted.methods if wanted is not None and wanted.methods else []
    for method in methods:
        if method.type != "shipping":
            continue
        places = method.destinations or []
        selected = method.selected_destination_id
        chosen = [each for each in places if each.id == selected] if selected else places[:1]
        codes = [each.selected_option_id for each in method.groups or []]
        option = next((code for code in codes if code), None)
        chosen = chosen or places[:1]
        return (chosen[0] if chosen else None), option
    return None, None


async def _with_last_changes(
    ctx: Context, call: Call, found: Situation, body: CompleteBody
) -> Situation:
    """The checkout with what came along when it was to be completed."""
    if body.buyer is None and body.fulfillment is None:
        return found
    choices = found.kept.choices
    place, option = _way(body.fulfillment)
    changed = Choices(
        buyer=body.buyer or choices.buyer,
        place=place or choices.place,
        option=option or choices.option,
    )
    async with ctx.transaction() as tx:
        locked = await _locked(tx, call.thing_id)
        await repository.save_choices(tx, locked.checkout_id, changed, None)
        return await _situation(ctx, await _locked(tx, call.thing_id))


def _instrument_of(call: Call, body: CompleteBody) -> Instrument:
    """The one instrument to pay with.

    Raises:
        InvalidRequest: there is none, or more than one that counts, or it has no token.
    """
    told = body.payment.instruments if body.payment else []
    if body.payment_data is not None and is_first(call.version):
        told = [body.payment_data]
    if len(told) > 1:
        told = [each for each in told if each.selected]
    if len(told) != 1 or told[0].credential is None:
        raise lacking("payment.instruments", "send one instrument with its credential's token")
    return told[0]


def _purchase(found: Situation, instrument: Instrument) -> Checkout:
    """What the shop's checkout is asked, the same each time it is repeated."""
    choices = found.kept.choices
    total_minor = found.subtotal.amount_minor + (found.shipping_minor or 0)
    told: dict[str, Any] = {
        "email": choices.buyer.email if choices.buyer else "",
        "payment": {
            "method": instrument.handler_id,
            "token": instrument.credential.token if instrument.credential else "",
        },
        "expected_total": {"amount_minor": total_minor, "currency": found.subtotal.currency},
    }
    address = address_of(choices)
    if found.is_shipped and address is not None:
        told["shipping_address"] = msgspec.to_builtins(address)
        told["shipping_method"] = choices.option
    try:
        return msgspec.convert(told, Checkout)
    except msgspec.ValidationError as error:
        raise lacking("payment", str(error)[:200]) from None


def _refuse_closed(found: Situation) -> None:
    if found.kept.canceled_at is not None or found.order is not None:
        raise CheckoutClosed(f"this checkout is {found.status()}")


def _refuse_unavailable(call: Call, priced: PricedCart) -> None:
    """The first version refuses what is not there at once; the newest only when nothing is left."""
    reasons = [line.unavailable_reason for line in priced.lines]
    if is_first(call.version):
        short = [line for line in priced.lines if line.unavailable_reason is not None]
        if short:
            raise OutOfStock(f"{short[0].title} is not there in this number")
    elif reasons and all(reason in _GONE for reason in reasons):
        if "sold_out" in reasons:
            raise OutOfStock("everything that is wanted is sold out")
        raise VariantNotForSale("nothing that is wanted is for sale")


def _not_ready(found: Situation) -> CheckoutNotReady:
    errors = [
        FieldError(each.get("path", ""), each["code"], each["content"]) for each in found.messages()
    ]
    return CheckoutNotReady(errors[0].message, errors=errors)
