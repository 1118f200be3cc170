"""Carts and checkout by GraphQL: once for a key, and what is wrong told as data."""

from typing import Any

from galleria.foundation.ids import new_id
from tests.faces.gateway.door import ADDRESS, ShopScene, fill_cart
from tests.faces.graphql.asking import ask, data
from tests.faces.graphql.test_storefront import camelled

ERRORS = "errors { code message reason path status }"
CART = (
    "cart { token version itemCount subtotal { amountMinor currency } isReadyForCheckout"
    " lines { lineId variantId quantity unavailableReason } }"
)
OPEN = f"mutation($input: NewCartInput!) {{ openCart(input: $input) {{ {CART} {ERRORS} }} }}"
ADD = (
    "mutation($token: String!, $input: NewLineInput!, $at: Int) {"
    f" addCartLine(token: $token, input: $input, expectedVersion: $at) {{ {CART} {ERRORS} }} }}"
)
CHECKOUT = (
    "mutation($token: String!, $key: String!, $input: CheckoutInput!) {"
    " checkOutCart(token: $token, idempotencyKey: $key, input: $input) {"
    f" order {{ orderId token number status total {{ amountMinor }} }} {ERRORS} }} }}"
)


def purchase(card: str = "tok_approve") -> dict[str, Any]:
    return {
        "email": "ana@example.com",
        "shippingAddress": camelled(ADDRESS),
        "shippingMethod": "standard",
        "payment": {"method": "test", "token": card},
    }


async def test_a_shopper_buys(shop: ShopScene) -> None:
    variant_id = shop.variant_ids[0]
    async with shop.shopper() as shopper:
        opened = await data(shopper, OPEN, input={"lines": [{"variantId": variant_id}]})
        token = opened["openCart"]["cart"]["token"]
        line = {"variantId": variant_id, "quantity": 2}
        added = (await data(shopper, ADD, token=token, input=line))["addCartLine"]
        assert added["errors"] == []
        assert added["cart"]["itemCount"] == 3
        rest = camelled(await shopper.json("GET", f"/store/v1/carts/{token}"))
        assert {name: rest[name] for name in ("version", "subtotal", "itemCount")} == {
            name: added["cart"][name] for name in ("version", "subtotal", "itemCount")
        }

        key = str(new_id())
        first = await data(shopper, CHECKOUT, token=token, key=key, input=purchase())
        again = await data(shopper, CHECKOUT, token=token, key=key, input=purchase())
        assert first["checkOutCart"]["errors"] == []
        assert first == again
        order = first["checkOutCart"]["order"]
        assert order["status"] == "placed"
        told = await data(
            shopper, "query($t: String!) { order(token: $t) { orderId } }", t=order["token"]
        )
        assert told["order"]["orderId"] == order["orderId"]


async def test_what_is_wrong_is_told_as_data_with_the_codes_of_rest(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        cart = await fill_cart(shopper, (shop.variant_ids[0], 1))
        line = {"variantId": shop.variant_ids[0], "quantity": 2_000}
        refused = (await data(shopper, ADD, token=cart["token"], input=line))["addCartLine"]
        assert refused["cart"] is None
        (error,) = refused["errors"]
        assert (error["code"], error["path"], error["reason"], error["status"]) == (
            "invalid_input",
            "input.quantity",
            "too_large",
            422,
        )
        line["quantity"] = 1
        stale = await data(shopper, ADD, token=cart["token"], input=line, at=99)
        assert stale["addCartLine"]["errors"][0]["code"] == "cart_changed"
        declined = await data(
            shopper, CHECKOUT, token=cart["token"], key="k-1", input=purchase("tok_decline")
        )
        assert declined["checkOutCart"]["order"] is None
        assert declined["checkOutCart"]["errors"][0]["code"] == "payment_declined"
        keyless = await data(shopper, CHECKOUT, token=cart["token"], key="", input=purchase())
        assert keyless["checkOutCart"]["errors"][0]["code"] == "idempotency_key_required"


async def test_mutations_are_done_in_their_order(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        cart = await fill_cart(shopper, (shop.variant_ids[0], 1))
        line_id = cart["lines"][0]["line_id"]
        found = await data(
            shopper,
            "mutation($t: String!, $l: ID!) {"
            " a: setCartLineQuantity(token: $t, lineId: $l, quantity: 5) { cart { itemCount } }"
            " b: removeCartLine(token: $t, lineId: $l) { cart { itemCount } }"
            " c: removeCartLine(token: $t, lineId: $l) { errors { code } } }",
            t=cart["token"],
            l=line_id,
        )
        assert found["a"]["cart"]["itemCount"] == 5
        assert found["b"]["cart"]["itemCount"] == 0
        assert found["c"]["errors"] == [{"code": "cart_line_not_found"}]


async def test_a_second_shop_knows_nothing_of_carts_orders_and_products(
    shop: ShopScene, other_shop: ShopScene
) -> None:
    async with shop.shopper() as shopper, other_shop.shopper() as stranger:
        cart = await fill_cart(shopper, (shop.variant_ids[0], 1))
        query = "query($t: String!) { cart(token: $t) { token } }"
        assert (await ask(stranger, query, t=cart["token"]))["data"] == {"cart": None}
        line = {"variantId": shop.variant_ids[0]}
        opened = await data(stranger, OPEN, input={"lines": [line]})
        assert opened["openCart"]["errors"][0]["code"] == "variant_not_for_sale"
        own = await data(shopper, '{ product(handle: "mug") { productId } }')
        by_id = "query($p: ID!) { product(productId: $p) { title } }"
        answer = await ask(stranger, by_id, p=own["product"]["productId"])
        assert answer["data"] == {"product": None}
