"""A cart and a dictionary of quantities agree, whatever is put in and taken out."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from galleria.commerce import carts
from galleria.commerce.carts import model
from galleria.commerce.carts.model import MAX_LINES, MAX_QUANTITY, Cart, CartLine
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from tests.commerce.carts.shop import cart_with, sell

AT = datetime(2026, 11, 20, tzinfo=UTC)
VARIANTS = [new_id() for _ in range(MAX_LINES + 2)]
QUANTITIES = st.integers(1, MAX_QUANTITY)


def empty_cart() -> Cart:
    return Cart(
        cart_id=new_id(),
        channel_id=new_id(),
        channel_code="web",
        currency="EUR",
        locale="en",
        email=None,
        status="open",
        order_id=None,
        version=1,
        created_at=AT,
        updated_at=AT,
        expires_at=AT,
    )


def line_for(variant_id: UUID, quantity: int) -> CartLine:
    return CartLine(line_id=new_id(), variant_id=variant_id, quantity=quantity, added_at=AT)


class CartLife(RuleBasedStateMachine):
    """Puts in, sets and removes at random, beside a plain dictionary that does the same."""

    def __init__(self) -> None:
        super().__init__()
        self.cart = empty_cart()
        self.expected: dict[UUID, int] = {}

    @rule(variant_id=st.sampled_from(VARIANTS), quantity=QUANTITIES)
    def put(self, variant_id: UUID, quantity: int) -> None:
        total = self.expected.get(variant_id, 0) + quantity
        larger = model.with_line(self.cart, model.joined(self.cart, line_for(variant_id, quantity)))
        if total > MAX_QUANTITY:
            with pytest.raises(carts.QuantityTooLarge):
                model.check_limits(larger)
        elif variant_id not in self.expected and len(self.expected) == MAX_LINES:
            with pytest.raises(carts.CartFull):
                model.check_limits(larger)
        else:
            model.check_limits(larger)
            self.cart = larger
            self.expected[variant_id] = total

    @rule()
    def fill_up(self) -> None:
        for variant_id in VARIANTS:
            if len(self.expected) < MAX_LINES and variant_id not in self.expected:
                self.put(variant_id, 1)

    @rule(data=st.data(), quantity=QUANTITIES)
    def set_quantity(self, data: st.DataObject, quantity: int) -> None:
        if not self.cart.lines:
            return
        line = data.draw(st.sampled_from(self.cart.lines))
        changed = msgspec.structs.replace(line, quantity=quantity)
        self.cart = model.with_line(self.cart, changed)
        model.check_limits(self.cart)
        self.expected[line.variant_id] = quantity

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        if not self.cart.lines:
            return
        line = data.draw(st.sampled_from(self.cart.lines))
        self.cart = model.without_line(self.cart, line.line_id)
        del self.expected[line.variant_id]
        with pytest.raises(carts.CartLineNotFound):
            model.line_of(self.cart, line.line_id)

    @invariant()
    def cart_and_dictionary_agree_in_order(self) -> None:
        assert [(line.variant_id, line.quantity) for line in self.cart.lines] == list(
            self.expected.items()
        )
        assert len({line.line_id for line in self.cart.lines}) == len(self.cart.lines)


CartLife.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCartLife = CartLife.TestCase


def priced_line(quantity: int, price: int | None, reason: str | None) -> carts.PricedLine:
    unit_price = None if price is None else Money(price, "EUR")
    return carts.PricedLine(
        line_id=new_id(),
        variant_id=new_id(),
        quantity=quantity,
        product_id=None,
        product_handle=None,
        title=None,
        options=[],
        sku=None,
        media_id=None,
        is_shippable=True,
        unit_price=unit_price,
        compare_at=None,
        total=model.line_total(unit_price, quantity),
        available_quantity=None,
        unavailable_reason=reason,  # type: ignore[arg-type]
    )


@given(
    st.lists(
        st.tuples(
            QUANTITIES,
            st.none() | st.integers(0, 10**9),
            st.sampled_from([None, "sold_out", "not_for_sale"]),
        ),
        max_size=20,
    )
)
def test_the_subtotal_is_what_can_be_bought_and_nothing_else(
    lines: list[tuple[int, int | None, str | None]],
) -> None:
    priced = [priced_line(*line) for line in lines]
    cart = model.with_lines(
        empty_cart(),
        [
            CartLine(
                line_id=line.line_id,
                variant_id=line.variant_id,
                quantity=line.quantity,
                added_at=AT,
            )
            for line in priced
        ],
    )
    expected = sum(
        quantity * price for quantity, price, reason in lines if price is not None and not reason
    )
    assert model.priced_cart(cart, priced).subtotal == Money(expected, "EUR")


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["add", "set", "remove"]), st.integers(0, 3), st.integers(1, 400)),
    max_size=12,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(operations=OPERATIONS)
async def test_the_kept_cart_does_as_the_dictionary_does(
    shop: Context, operations: list[tuple[str, int, int]]
) -> None:
    variants = [await sell(shop, on_hand=None) for _ in range(4)]
    token, expected = await cart_with(shop), dict[UUID, int]()
    for name, position, quantity in operations:
        variant_id = variants[position]
        held = {line.variant_id: line for line in (await carts.get_cart(shop, token)).lines}
        if name == "add":
            if expected.get(variant_id, 0) + quantity > MAX_QUANTITY:
                continue
            line = carts.NewLine(variant_id=variant_id, quantity=quantity)
            await carts.add_line(shop, token, line)
            expected[variant_id] = expected.get(variant_id, 0) + quantity
        elif variant_id in held and name == "set":
            await carts.set_quantity(shop, token, held[variant_id].line_id, quantity)
            expected[variant_id] = quantity
        elif variant_id in held:
            await carts.remove_line(shop, token, held[variant_id].line_id)
            del expected[variant_id]
    priced = await carts.get_cart(shop, token)
    assert [(line.variant_id, line.quantity) for line in priced.lines] == list(expected.items())
    assert priced.subtotal == Money(1000 * sum(expected.values()), "EUR")
