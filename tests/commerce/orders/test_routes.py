"""Buying and order work over HTTP: what is answered, what is refused, and to whom."""

from typing import Any

import msgspec
import pytest

from galleria.commerce import orders
from galleria.commerce.orders.room import ROOM
from galleria.engines.context import ANONYMOUS, Context
from galleria.foundation.ids import new_id
from tests.commerce.carts.shop import cart_with, sell
from tests.commerce.orders.buying import buy, wanted
from tests.platform.conftest import acting_with, client_of


def body(card: str = "tok_approve", **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(wanted(card))
    return {**fields, **changes}


async def test_a_shopper_buys_and_looks_at_the_order(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop, 1290), 2))
    async with client_of(ROOM.routes, shop.as_actor(ANONYMOUS)) as client:
        offered = await client.get("/store/v1/shipping-methods", params={"country": "DE"})
        (method,) = offered.json()["items"]
        assert method["code"] == "standard"
        sent = body(
            shipping_method=method["code"],
            expected_total={"amount_minor": 3080, "currency": "EUR"},
        )
        path, key = f"/store/v1/carts/{token}/checkout", {"Idempotency-Key": "k1"}
        bought = await client.post(path, json=sent, headers=key)
        assert bought.status_code == 201, bought.text
        order = bought.json()
        assert (order["number"], order["status"]) == ("1001", "placed")
        assert order["total"] == {"amount_minor": 3080, "currency": "EUR"}
        again = await client.post(path, json=sent, headers=key)
        assert (again.status_code, again.json()) == (201, order)
        read = await client.get(f"/store/v1/orders/{order['token']}")
        assert (read.status_code, read.json()) == (200, order)
        assert read.headers["cache-control"] == bought.headers["cache-control"] == "no-store"
        assert "entries" not in order


@pytest.mark.parametrize(
    ("card", "status", "code"),
    [("tok_decline", 402, "payment_declined"), ("tok_timeout", 202, None)],
)
async def test_other_cards_are_answered_otherwise(
    shop: Context, card: str, status: int, code: str | None
) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    async with client_of(ROOM.routes, shop.as_actor(ANONYMOUS)) as client:
        answer = await client.post(
            f"/store/v1/carts/{token}/checkout",
            json=body(card),
            headers={"Idempotency-Key": "k1"},
        )
    assert answer.status_code == status, answer.text
    assert answer.json().get("code") == code
    if code is None:
        assert answer.json()["payment_status"] == "pending"


@pytest.mark.parametrize("key", [None, "", "x" * 256, "tab\there"])
async def test_a_checkout_without_a_key_is_refused(shop: Context, key: str | None) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    headers = {} if key is None else {"Idempotency-Key": key}
    async with client_of(ROOM.routes, shop) as client:
        answer = await client.post(
            f"/store/v1/carts/{token}/checkout", json=body(), headers=headers
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_required")


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody"},
        {"shipping_address": {"name": "Ana"}},
        {"shipping_address": {"name": "A", "line1": "1", "city": "K", "country": "Germany"}},
        {"payment": {"method": "test", "token": "with space"}},
        {"discount": 100},
        {"expected_total": {"amount_minor": 1}},
    ],
)
async def test_what_is_no_checkout_is_refused(shop: Context, changes: dict[str, Any]) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    async with client_of(ROOM.routes, shop) as client:
        answer = await client.post(
            f"/store/v1/carts/{token}/checkout",
            json=body(**changes),
            headers={"Idempotency-Key": "k"},
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), answer.text


async def test_a_clerk_works_on_an_order(shop: Context) -> None:
    order = await buy(shop, (await sell(shop), 2))
    path = f"/admin/v1/orders/{order.order_id}"
    clerk = acting_with(shop, "orders:read", "orders:write")
    async with client_of(ROOM.routes, clerk) as client:
        listed = await client.get("/admin/v1/orders", params={"filter[number]": "10"})
        assert [each["number"] for each in listed.json()["items"]] == ["1001"], listed.text
        read = await client.get(path)
        etag = read.headers["etag"]
        pieces = [{"line_id": read.json()["lines"][0]["line_id"], "quantity": 1}]
        parcel = {"lines": pieces, "tracking": {"carrier": "DHL", "tracking_number": "1"}}
        sent = await client.post(f"{path}/fulfillments", json=parcel, headers={"If-Match": etag})
        assert sent.status_code == 201, sent.text
        stale = await client.post(f"{path}/fulfillments", json=parcel, headers={"If-Match": etag})
        assert (stale.status_code, stale.json()["code"]) == (412, "order_changed")
        refused = await client.post(f"{path}/cancel", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "order_not_cancellable")
        no_key = await client.post(f"{path}/refunds", json={"lines": pieces})
        assert no_key.json()["code"] == "idempotency_key_required"
        refund = await client.post(
            f"{path}/refunds", json={"lines": pieces}, headers={"Idempotency-Key": "r1"}
        )
        assert (refund.status_code, refund.json()["state"]) == (201, "succeeded"), refund.text
        noted = await client.post(f"{path}/notes", json={"note": "Rings twice"})
        assert noted.status_code == 201
        detail = (await client.get(path)).json()
        assert [each["kind"] for each in detail["entries"]] == [
            "placed",
            "fulfilled",
            "refund_requested",
            "refund_succeeded",
            "note",
        ]
        missing = await client.get(f"/admin/v1/orders/{new_id()}")
        assert (missing.status_code, missing.json()["code"]) == (404, "order_not_found")
        odd = await client.get("/admin/v1/orders", params={"filter[status]": "lost"})
        assert odd.status_code in (400, 422)


async def test_a_cancelled_order_is_answered_as_it_is_now(shop: Context) -> None:
    order = await buy(shop)
    async with client_of(ROOM.routes, acting_with(shop, "orders:write")) as client:
        answer = await client.post(
            f"/admin/v1/orders/{order.order_id}/cancel", json={"reason": "no time"}
        )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["payment_status"]) == ("cancelled", "refunded")


async def test_shipping_methods_over_http(shop: Context) -> None:
    async with client_of(
        ROOM.routes, acting_with(shop, "settings:read", "settings:write")
    ) as client:
        price = {"amount_minor": 900, "currency": "EUR"}
        made = await client.post(
            "/admin/v1/shipping-methods", json={"code": "express", "name": "X", "price": price}
        )
        assert (made.status_code, made.headers["etag"]) == (201, '"v1"'), made.text
        path = f"/admin/v1/shipping-methods/{made.json()['method_id']}"
        edited = await client.patch(path, json={"is_active": False}, headers={"If-Match": '"v1"'})
        assert (edited.status_code, edited.json()["is_active"]) == (200, False), edited.text
        stale = await client.patch(path, json={"name": "Y"}, headers={"If-Match": '"v1"'})
        assert stale.status_code == 412
        negative = {"amount_minor": -1, "currency": "EUR"}
        refused = await client.post(
            "/admin/v1/shipping-methods", json={"code": "x", "name": "X", "price": negative}
        )
        assert refused.status_code == 422
        listed = await client.get("/admin/v1/shipping-methods")
        assert len(listed.json()["items"]) == 2
        assert (await client.delete(path)).status_code == 204


async def test_orders_are_not_for_everybody(shop: Context) -> None:
    order = await buy(shop)
    admin = [route for route in ROOM.routes if any("/admin/" in path for path in route.paths)]
    assert len(admin) == 14
    async with client_of(ROOM.routes, shop.as_actor(ANONYMOUS)) as client:
        past = f"/admin/v1/past-orders/{order.order_id}"
        for path in ("/admin/v1/orders", f"/admin/v1/orders/{order.order_id}", past):
            assert (await client.get(path)).status_code == 401
    async with client_of(ROOM.routes, acting_with(shop, "orders:read")) as client:
        for action in ("cancel", "refunds", "fulfillments", "notes"):
            answer = await client.post(f"/admin/v1/orders/{order.order_id}/{action}", json={})
            assert answer.status_code == 403
    assert (await orders.get_order(shop, order.order_id)).status == "placed"
