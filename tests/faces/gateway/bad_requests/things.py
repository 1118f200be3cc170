"""Things that are not there, are another shop's, or cannot be had."""

from dataclasses import replace

from tests.faces.gateway.bad_requests.asking import (
    Bad,
    add_line,
    admin,
    checkout,
    store,
)
from tests.faces.gateway.door import purchase

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
        "a range that is none",
        422,
        "invalid_range",
        lambda s: store(s, "GET", "/store/v1/search?range[width]=15..13"),
    ),
    Bad(
        "a group that is none",
        422,
        "invalid_input",
        lambda s: store(s, "GET", "/store/v1/search?group=brand"),
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
        "invalid_idempotency_key",
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
