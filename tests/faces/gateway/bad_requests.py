"""Requests nobody should send, and what each is answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from galleria.foundation.ids import mint_token, new_id
from tests.faces.gateway.door import API_HOST, PROXY, STRANGER, ShopScene, purchase

MOST_INT4 = 2**31 - 1
DEEP = 50_000


@dataclass(frozen=True)
class Scene:
    """Two shops, and things of each to name in a request."""

    shop: ShopScene
    other: ShopScene
    cart: dict[str, Any]
    rare: ShopScene
    emptied_cart: dict[str, Any]
    order: dict[str, Any]
    other_cart: dict[str, Any]
    other_order: dict[str, Any]
    product_id: str
    other_product_id: str
    reader_key: str
    closed: ShopScene

    @property
    def variant_id(self) -> str:
        return self.shop.variant_ids[0]

    @property
    def other_variant_id(self) -> str:
        return self.other.variant_ids[0]


@dataclass(frozen=True)
class Sent:
    """One request: where from, where to, and what."""

    method: str
    path: str
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    host: str = API_HOST
    peer: str = STRANGER
    chunked: bool = False


@dataclass(frozen=True)
class Bad:
    """A request that is refused with a problem of this status and code, and changes nothing."""

    name: str
    status: int
    code: str
    make: Callable[[Scene], Sent]
    field_code: str | None = field(default=None)


JSON_TYPE = ("Content-Type", "application/json")


def json_body(value: object) -> bytes:
    return msgspec.json.encode(value)


def bearer(key: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {key}")


def admin(
    scene: Scene, method: str, path: str, body: object = None, *headers: tuple[str, str]
) -> Sent:
    """A call with the shop's own key; bytes are sent as they are."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json_body(body)
    typed = [JSON_TYPE] if raw else []
    return Sent(method, path, raw, [bearer(scene.shop.key), *typed, *headers])


def store(
    scene: Scene, method: str, path: str, body: object = None, *headers: tuple[str, str]
) -> Sent:
    """A call of somebody unknown on the shop's own host."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json_body(body)
    typed = [JSON_TYPE] if raw else []
    return Sent(method, path, raw, [*typed, *headers], host=scene.shop.host)


def new_cart(scene: Scene, body: object, *headers: tuple[str, str]) -> Sent:
    return store(scene, "POST", "/store/v1/carts", body, *headers)


def add_line(scene: Scene, body: object, *headers: tuple[str, str]) -> Sent:
    return store(scene, "POST", f"/store/v1/carts/{scene.cart['token']}/lines", body, *headers)


def checkout(scene: Scene, cart: dict[str, Any], body: object, key: str | None = "new") -> Sent:
    headers = [] if key is None else [("Idempotency-Key", str(new_id()) if key == "new" else key)]
    return store(scene, "POST", f"/store/v1/carts/{cart['token']}/checkout", body, *headers)


def forged_key(tenant_id: int) -> str:
    """A key that is well formed, names a tenant, and was never given out."""
    return mint_token("key", tenant_id)


WHERE = [
    Bad(
        "a host nobody has",
        404,
        "unknown_host",
        lambda s: Sent("GET", "/store/v1/products", host="nowhere.example"),
    ),
    Bad(
        "a host nobody has, for a page",
        404,
        "unknown_host",
        lambda s: Sent("GET", "/", host="nowhere.example"),
    ),
    Bad(
        "a shop nobody has in the header",
        404,
        "unknown_host",
        lambda s: Sent("GET", "/store/v1/products", headers=[("X-Galleria-Shop", "nobody")]),
    ),
    Bad(
        "NUL in the shop's header",
        404,
        "unknown_host",
        lambda s: Sent("GET", "/store/v1/products", headers=[("X-Galleria-Shop", "a\x00b")]),
    ),
    Bad(
        "no shop at all",
        404,
        "shop_not_named",
        lambda s: Sent("GET", "/store/v1/products"),
    ),
    Bad(
        "host and key of two shops",
        421,
        "shop_mismatch",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[bearer(s.other.key)], host=s.shop.host),
    ),
    Bad(
        "header and key of two shops",
        421,
        "shop_mismatch",
        lambda s: Sent(
            "GET",
            "/admin/v1/orders",
            headers=[bearer(s.other.key), ("X-Galleria-Shop", s.shop.ctx.tenant.slug)],
        ),
    ),
    Bad(
        "host and header of two shops",
        421,
        "shop_mismatch",
        lambda s: Sent(
            "GET",
            "/store/v1/products",
            headers=[("X-Galleria-Shop", s.other.ctx.tenant.slug)],
            host=s.shop.host,
        ),
    ),
    Bad(
        "a shop's key at the back office",
        421,
        "shop_mismatch",
        lambda s: Sent(
            "GET", "/admin/v1/orders", headers=[bearer(s.shop.key)], host="admin.shops.example"
        ),
    ),
    Bad(
        "a cart opened at the back office",
        404,
        "shop_not_named",
        lambda s: Sent("POST", "/store/v1/carts", b"{}", [JSON_TYPE], host="admin.shops.example"),
    ),
    Bad(
        "a cart opened in the house itself",
        404,
        "shop_not_named",
        lambda s: Sent("POST", "/store/v1/carts", b"{}", [JSON_TYPE, ("X-Galleria-Shop", "house")]),
    ),
    Bad(
        "a closed shop's host",
        410,
        "shop_closed",
        lambda s: Sent("GET", "/store/v1/products", host=s.closed.host),
    ),
    Bad(
        "a closed shop's page",
        410,
        "shop_closed",
        lambda s: Sent("GET", "/", host=s.closed.host),
    ),
    Bad(
        "a closed shop's key",
        410,
        "shop_closed",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[bearer(s.closed.key)]),
    ),
    Bad(
        "an order in a closed shop",
        410,
        "shop_closed",
        lambda s: Sent("POST", "/store/v1/carts", b"{}", [JSON_TYPE], host=s.closed.host),
    ),
    Bad(
        "a forwarded host from a stranger",
        404,
        "shop_not_named",
        lambda s: Sent("GET", "/store/v1/products", headers=[("X-Forwarded-Host", s.shop.host)]),
    ),
    Bad(
        "a forwarded host nobody has",
        404,
        "unknown_host",
        lambda s: Sent(
            "GET",
            "/store/v1/products",
            headers=[("X-Forwarded-Host", "nowhere.example")],
            host=s.shop.host,
            peer=PROXY,
        ),
    ),
    Bad(
        "two forwarded hosts",
        400,
        "malformed_request",
        lambda s: Sent(
            "GET",
            "/store/v1/products",
            headers=[("X-Forwarded-Host", f"{s.shop.host}, {s.other.host}")],
            peer=PROXY,
        ),
    ),
]

BAD_HOSTS = [
    "",
    " ",
    "-",
    "a b",
    "shop/evil",
    "shop\\evil",
    "user@shop",
    "shop:port",
    "shop:99999999",
    "shop:80:80",
    "..",
    "[::1",
    "[::1]x",
    "shop%00",
    "shöp",
    "a" * 300,
    "shop\nx",
    "<script>",
]

HEADERS = [
    *(
        Bad(
            f"the host {host[:20]!r}",
            400,
            "malformed_request",
            lambda s, host=host: Sent("GET", "/store/v1/products", host=host),  # type: ignore[misc]
        )
        for host in BAD_HOSTS
    ),
    Bad(
        "two hosts",
        400,
        "malformed_request",
        lambda s: Sent(
            "GET", "/store/v1/products", headers=[("Host", s.other.host)], host=s.shop.host
        ),
    ),
    Bad(
        "two keys",
        400,
        "malformed_request",
        lambda s: Sent(
            "GET", "/admin/v1/orders", headers=[bearer(s.shop.key), bearer(s.other.key)]
        ),
    ),
    Bad(
        "two shops in two headers",
        400,
        "malformed_request",
        lambda s: Sent(
            "GET",
            "/store/v1/products",
            headers=[
                ("X-Galleria-Shop", s.shop.ctx.tenant.slug),
                ("X-Galleria-Shop", s.other.ctx.tenant.slug),
            ],
        ),
    ),
    Bad(
        "two media types",
        400,
        "malformed_request",
        lambda s: new_cart(s, b"{}", ("Content-Type", "text/plain")),
    ),
    Bad(
        "two versions to match",
        400,
        "malformed_request",
        lambda s: add_line(
            s, {"variant_id": s.variant_id}, ("If-Match", '"v1"'), ("If-Match", '"v2"')
        ),
    ),
    Bad(
        "two idempotency keys",
        400,
        "malformed_request",
        lambda s: store(
            s,
            "POST",
            f"/store/v1/carts/{s.cart['token']}/checkout",
            purchase(),
            ("Idempotency-Key", "first-key-of-two"),
            ("Idempotency-Key", "second-key-of-two"),
        ),
    ),
    Bad(
        "another scheme than Bearer",
        400,
        "malformed_request",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[("Authorization", "Basic YTpi")]),
    ),
    Bad(
        "an empty key",
        400,
        "malformed_request",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[("Authorization", "Bearer ")]),
    ),
    Bad(
        "a key that is none",
        401,
        "key_not_accepted",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[bearer("gal_key_1_nonsense")]),
    ),
    Bad(
        "a key in another alphabet",
        401,
        "key_not_accepted",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[("Authorization", "Bearer gal_kéy_ü")]),
    ),
    Bad(
        "a key nobody gave out",
        401,
        "key_not_accepted",
        lambda s: Sent(
            "GET", "/admin/v1/orders", headers=[bearer(forged_key(s.shop.ctx.tenant.tenant_id))]
        ),
    ),
    Bad(
        "a key of a shop nobody has",
        401,
        "key_not_accepted",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[bearer(forged_key(MOST_INT4))]),
    ),
    Bad(
        "a key of the house nobody gave out",
        401,
        "key_not_accepted",
        lambda s: Sent("GET", "/admin/v1/shops", headers=[bearer(forged_key(0))]),
    ),
    Bad(
        "a cart's token as a key",
        401,
        "key_not_accepted",
        lambda s: Sent("GET", "/admin/v1/orders", headers=[bearer(s.cart["token"])]),
    ),
    Bad(
        "no key",
        401,
        "unauthenticated",
        lambda s: Sent("GET", "/admin/v1/orders", host=s.shop.host),
    ),
    Bad(
        "a key that may only read",
        403,
        "forbidden",
        lambda s: Sent(
            "POST",
            "/admin/v1/products",
            json_body({"title": "Print"}),
            [bearer(s.reader_key), JSON_TYPE],
        ),
    ),
    Bad(
        "a shop's key for the list of shops",
        403,
        "house_only",
        lambda s: admin(s, "GET", "/admin/v1/shops"),
    ),
]

BODIES = [
    Bad(
        "an unfinished body",
        422,
        "invalid_input",
        lambda s: new_cart(s, b'{"lines": ['),
        "malformed_json",
    ),
    Bad("two bodies in one", 422, "invalid_input", lambda s: new_cart(s, b"{}{}")),
    Bad("no UTF-8", 422, "invalid_input", lambda s: new_cart(s, b'{"email": "\xff\xfe"}')),
    Bad("a list for an object", 422, "invalid_input", lambda s: new_cart(s, b"[]")),
    Bad("null for an object", 422, "invalid_input", lambda s: new_cart(s, b"null")),
    Bad("no body at all", 422, "invalid_input", lambda s: new_cart(s, b"")),
    Bad("NaN", 422, "invalid_input", lambda s: new_cart(s, b'{"lines": NaN}')),
    Bad(
        "ten megabytes",
        413,
        "body_too_large",
        lambda s: new_cart(s, b'{"email": "' + b"a" * 10_000_000 + b'"}'),
    ),
    Bad(
        "ten megabytes without a length",
        413,
        "body_too_large",
        lambda s: Sent(
            "POST",
            "/store/v1/carts",
            b"[" * 10_000_000,
            [JSON_TYPE],
            host=s.shop.host,
            chunked=True,
        ),
    ),
    Bad(
        "a length that is a lie",
        413,
        "body_too_large",
        lambda s: new_cart(s, b"{}", ("Content-Length", "10000000")),
    ),
    Bad(
        "lists fifty thousand deep",
        422,
        "invalid_input",
        lambda s: new_cart(s, b"[" * DEEP + b"]" * DEEP),
        "too_deep",
    ),
    Bad(
        "objects fifty thousand deep",
        422,
        "invalid_input",
        lambda s: new_cart(s, b'{"a":' * DEEP + b"1" + b"}" * DEEP),
        "too_deep",
    ),
    Bad(
        "brackets that never close",
        422,
        "invalid_input",
        lambda s: new_cart(s, b"[" * DEEP),
        "too_deep",
    ),
    Bad(
        "NUL in a body",
        422,
        "invalid_input",
        lambda s: new_cart(s, b'{"email": "a\x00@example.com"}'),
        "nul_character",
    ),
    Bad(
        "an escaped NUL in a body",
        422,
        "invalid_input",
        lambda s: new_cart(s, b'{"email": "a\\u0000@example.com"}'),
        "nul_character",
    ),
    Bad(
        "2^64 for a quantity",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": s.variant_id, "quantity": 2**64}),
        "integer_too_large",
    ),
    Bad(
        "2^53 for a price",
        422,
        "invalid_input",
        lambda s: admin(
            s,
            "PUT",
            "/admin/v1/prices",
            {"prices": [{"variant_id": s.variant_id, "amount_minor": 2**53}]},
        ),
        "integer_too_large",
    ),
    Bad(
        "1e400 for a quantity",
        422,
        "invalid_input",
        lambda s: add_line(s, b'{"variant_id": "%s", "quantity": 1e400}' % s.variant_id.encode()),
    ),
    Bad(
        "a text for a number",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": s.variant_id, "quantity": "2"}),
        "wrong_type",
    ),
    Bad(
        "a number for an id",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": 7}),
        "wrong_type",
    ),
    Bad(
        "a text that is no id",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": "seven"}),
        "invalid_format",
    ),
    Bad(
        "half a piece",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": s.variant_id, "quantity": 1.5}),
        "wrong_type",
    ),
    Bad(
        "true for a number",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": s.variant_id, "quantity": True}),
        "wrong_type",
    ),
    Bad(
        "a field we do not know",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": s.variant_id, "price": 1}),
        "unknown_field",
    ),
    Bad(
        "a field that is missing",
        422,
        "invalid_input",
        lambda s: add_line(s, {"quantity": 1}),
        "required",
    ),
    Bad(
        "minus one piece",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": s.variant_id, "quantity": -1}),
        "too_small",
    ),
    Bad(
        "no piece",
        422,
        "invalid_input",
        lambda s: add_line(s, {"variant_id": s.variant_id, "quantity": 0}),
        "too_small",
    ),
    Bad(
        "a negative price",
        422,
        "invalid_input",
        lambda s: admin(
            s,
            "PUT",
            "/admin/v1/prices",
            {"prices": [{"variant_id": s.variant_id, "amount_minor": -1}]},
        ),
        "too_small",
    ),
    Bad(
        "a negative stock",
        422,
        "invalid_input",
        lambda s: admin(
            s,
            "PUT",
            "/admin/v1/stock",
            {"levels": [{"variant_id": s.variant_id, "on_hand": -1, "reason": "count"}]},
        ),
        "too_small",
    ),
    Bad(
        "a lone surrogate",
        422,
        "invalid_input",
        lambda s: admin(s, "POST", "/admin/v1/products", b'{"title": "\\ud800"}'),
    ),
    *(
        Bad(
            f"JSON sent as {media_type or 'nothing'}",
            415,
            "json_expected",
            lambda s, media_type=media_type: Sent(  # type: ignore[misc]
                "POST",
                "/store/v1/carts",
                b"{}",
                [("Content-Type", media_type)] if media_type else [],
                host=s.shop.host,
            ),
        )
        for media_type in (
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/msgpack",
            "",
        )
    ),
]

ADDRESSES = [
    Bad(
        "NUL in a path",
        400,
        "malformed_request",
        lambda s: store(s, "GET", "/store/v1/products/a%00b"),
    ),
    Bad(
        "NUL in a query",
        400,
        "malformed_request",
        lambda s: store(s, "GET", "/store/v1/search?q=a%00b"),
    ),
    Bad(
        "a path that is no UTF-8",
        400,
        "malformed_request",
        lambda s: store(s, "GET", "/store/v1/products/%ff%fe"),
    ),
    Bad(
        "a query that is no UTF-8",
        400,
        "malformed_request",
        lambda s: store(s, "GET", "/store/v1/search?q=%ff%fe"),
    ),
    Bad(
        "2^64 for a limit",
        422,
        "invalid_input",
        lambda s: store(s, "GET", f"/store/v1/products?limit={2**64}"),
    ),
    Bad(
        "minus one for a limit",
        422,
        "invalid_input",
        lambda s: store(s, "GET", "/store/v1/products?limit=-1"),
    ),
    Bad(
        "a thousand for a limit",
        422,
        "invalid_input",
        lambda s: admin(s, "GET", "/admin/v1/products?limit=1000"),
    ),
    Bad(
        "a word for a limit",
        422,
        "invalid_input",
        lambda s: store(s, "GET", "/store/v1/products?limit=many"),
    ),
    Bad(
        "a sort nobody has",
        422,
        "unknown_sort",
        lambda s: store(s, "GET", "/store/v1/products?sort=luck"),
    ),
    Bad(
        "a cursor that is none",
        422,
        "invalid_cursor",
        lambda s: store(s, "GET", "/store/v1/products?cursor=abc"),
    ),
    Bad(
        "no id in the path",
        404,
        "not_found",
        lambda s: admin(s, "GET", "/admin/v1/products/seven"),
    ),
    Bad(
        "an address nobody has",
        404,
        "not_found",
        lambda s: store(s, "GET", "/store/v1/nothing"),
    ),
    Bad(
        "another method",
        405,
        "method_not_allowed",
        lambda s: store(s, "PUT", "/store/v1/products", {}),
    ),
    Bad(
        "a method nobody has",
        405,
        "method_not_allowed",
        lambda s: store(s, "BREW", "/store/v1/products"),
    ),
    Bad(
        "a very long address",
        422,
        "invalid_input",
        lambda s: store(s, "GET", "/store/v1/search?q=" + "a" * 20_000),
    ),
]

GOODS = [
    Bad(
        "another shop's product",
        404,
        "product_not_found",
        lambda s: admin(s, "GET", f"/admin/v1/products/{s.other_product_id}"),
    ),
    Bad(
        "another shop's product, to change it",
        404,
        "product_not_found",
        lambda s: admin(
            s,
            "PATCH",
            f"/admin/v1/products/{s.other_product_id}",
            {"title": "Mine"},
            ("If-Match", "*"),
        ),
    ),
    Bad(
        "another shop's product, to remove it",
        404,
        "product_not_found",
        lambda s: admin(s, "DELETE", f"/admin/v1/products/{s.other_product_id}"),
    ),
    Bad(
        "another shop's order",
        404,
        "order_not_found",
        lambda s: admin(s, "GET", f"/admin/v1/orders/{s.other_order['order_id']}"),
    ),
    Bad(
        "another shop's order, to refund it",
        404,
        "order_not_found",
        lambda s: admin(
            s,
            "POST",
            f"/admin/v1/orders/{s.other_order['order_id']}/refunds",
            {"reason": "mine"},
            ("Idempotency-Key", "a-refund-of-theirs"),
        ),
    ),
    Bad(
        "another shop's order by its token",
        404,
        "order_not_found",
        lambda s: store(s, "GET", f"/store/v1/orders/{s.other_order['token']}"),
    ),
    Bad(
        "another shop's cart",
        404,
        "cart_not_found",
        lambda s: store(s, "GET", f"/store/v1/carts/{s.other_cart['token']}"),
    ),
    Bad(
        "another shop's cart, to buy it",
        404,
        "cart_not_found",
        lambda s: checkout(s, s.other_cart, purchase()),
    ),
    Bad(
        "another shop's variant in a cart",
        422,
        "variant_not_for_sale",
        lambda s: add_line(s, {"variant_id": s.other_variant_id}),
    ),
    Bad(
        "another shop's variant at a price",
        404,
        "variant_not_found",
        lambda s: admin(
            s,
            "PUT",
            "/admin/v1/prices",
            {"prices": [{"variant_id": s.other_variant_id, "amount_minor": 1}]},
        ),
    ),
    Bad(
        "another shop's variant on the shelf",
        404,
        "variant_not_found",
        lambda s: admin(
            s,
            "PUT",
            "/admin/v1/stock",
            {"levels": [{"variant_id": s.other_variant_id, "on_hand": 1, "reason": "count"}]},
        ),
    ),
    Bad(
        "a cart that has changed",
        412,
        "cart_changed",
        lambda s: add_line(s, {"variant_id": s.variant_id}, ("If-Match", '"v999"')),
    ),
    Bad(
        "a version that is none",
        412,
        "precondition_failed",
        lambda s: add_line(s, {"variant_id": s.variant_id}, ("If-Match", "yesterday")),
    ),
    Bad(
        "a version beyond all numbers",
        412,
        "precondition_failed",
        lambda s: add_line(
            s, {"variant_id": s.variant_id}, ("If-Match", '"v18446744073709551616"')
        ),
    ),
    Bad(
        "a product that has changed",
        412,
        "stale_version",
        lambda s: admin(
            s,
            "PATCH",
            f"/admin/v1/products/{s.product_id}",
            {"title": "Other"},
            ("If-Match", '"v999"'),
        ),
    ),
    Bad(
        "a checkout without an idempotency key",
        422,
        "idempotency_key_required",
        lambda s: checkout(s, s.cart, purchase(), None),
    ),
    Bad(
        "an idempotency key without end",
        422,
        "idempotency_key_required",
        lambda s: checkout(s, s.cart, purchase(), "k" * 10_000),
    ),
    Bad(
        "a line that is sold out",
        409,
        "out_of_stock",
        lambda s: replace(checkout(s, s.emptied_cart, purchase()), host=s.rare.host),
    ),
    Bad(
        "a total in another currency",
        409,
        "total_changed",
        lambda s: checkout(
            s,
            s.cart,
            purchase(expected_total={"amount_minor": 2900, "currency": "USD"}),
        ),
    ),
    Bad(
        "a price in another currency",
        422,
        "invalid_price",
        lambda s: admin(
            s,
            "PUT",
            "/admin/v1/prices",
            {"prices": [{"variant_id": s.variant_id, "amount_minor": 1, "currency": "ZZZ"}]},
        ),
    ),
    Bad(
        "a refund in another currency",
        409,
        "order_not_refundable",
        lambda s: admin(
            s,
            "POST",
            f"/admin/v1/orders/{s.order['order_id']}/refunds",
            {"amount": {"amount_minor": 100, "currency": "USD"}},
            ("Idempotency-Key", "a-refund-in-dollars"),
        ),
    ),
    Bad(
        "a way to pay nobody has",
        422,
        "payment_method_unknown",
        lambda s: checkout(
            s, s.cart, purchase(payment={"method": "shells", "token": "tok_approve"})
        ),
    ),
    Bad(
        "a way to send nobody has",
        422,
        "shipping_method_unavailable",
        lambda s: checkout(s, s.cart, purchase(shipping_method="pigeon")),
    ),
    Bad(
        "a callback nobody signed",
        422,
        "callback_not_genuine",
        lambda s: store(
            s,
            "POST",
            "/store/v1/payments/test/callback",
            {"token": f"{s.shop.ctx.tenant.tenant_id}.bm90aGluZw=="},
        ),
    ),
]

ALL = [*WHERE, *HEADERS, *BODIES, *ADDRESSES, *GOODS]
