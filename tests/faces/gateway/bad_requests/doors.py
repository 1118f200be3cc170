"""Requests at the wrong door, and with headers nobody should send."""

from tests.faces.gateway.bad_requests.asking import (
    JSON_TYPE,
    MOST_INT4,
    Bad,
    Sent,
    add_line,
    admin,
    bearer,
    forged_key,
    json_body,
    new_cart,
    store,
)
from tests.faces.gateway.door import PROXY, purchase

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
