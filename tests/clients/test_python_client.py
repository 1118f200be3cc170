"""The Python client against a running Galleria, and against a server that stumbles."""

import ast
import inspect
from itertools import islice
from typing import Any
from uuid import uuid4

import httpx
import pytest

from galleria.app.http import api_app
from galleria.faces.headless.describing import METHODS, document_of
from galleria.faces.headless.snippets import asked_of, python_of
from tests.clients.conftest import Stumbler
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.clients

SHOP = "prints"
LATER = (503, {"retry-after": "0"})


def storefront(package: Any, demo: Demo) -> Any:
    return package.Storefront(demo.ready["api"], shop=SHOP)


def admin(package: Any, demo: Demo) -> Any:
    (key,) = (shop["key"] for shop in demo.ready["shops"] if shop["slug"] == SHOP)
    return package.Admin(demo.ready["api"], key=key)


def checkout_with(token: str) -> Any:
    from galleria_client.generated import models  # noqa: PLC0415

    address = models.PostalAddress(
        name="Ann Buyer", line1="Long Street 1", city="Berlin", country="DE", postal_code="10115"
    )
    return models.Checkout(
        email="client@example.com",
        payment=models.PaymentChoice(method="test", token=token),
        shipping_address=address,
        shipping_method="standard",
    )


def filled_cart(shop: Any) -> Any:
    """A cart with one piece of something of which there is enough."""
    variants = (
        variant
        for card in shop.products()
        for variant in shop.product(card.handle).variants
        if variant.is_available and variant.few_left is None
    )
    return shop.open_cart({next(variants).variant_id: 1})


def test_a_list_is_walked_page_after_page(package: Any, demo: Demo) -> None:
    with storefront(package, demo) as shop:
        whole = [each.product_id for each in shop.products()]
        in_twos = [each.product_id for each in shop.products(page_size=2)]
        first = [each.product_id for each in islice(shop.products(page_size=2), 3)]
    assert len(whole) > 5
    assert in_twos == whole
    assert first == whole[:3]


def test_a_search_takes_filters_by_facet(package: Any, demo: Demo) -> None:
    with storefront(package, demo) as shop:
        facet = shop.search("").facets[0]
        value = facet.values[0]
        found = shop.search("", filters={facet.code: [value.value]})
        walked = list(shop.found("", filters={facet.code: [value.value]}))
    assert found.total == value.count == len(walked)


def test_a_cart_is_bought_once_however_often_it_is_sent(package: Any, demo: Demo) -> None:
    with storefront(package, demo) as shop:
        cart = filled_cart(shop)
        key = str(uuid4())
        order = shop.check_out(cart.token, checkout_with("tok_approve"), idempotency_key=key)
        again = shop.check_out(cart.token, checkout_with("tok_approve"), idempotency_key=key)
        seen = shop.order(order.token)
    assert order.order_id == again.order_id == seen.order_id
    assert seen.status == "placed"
    with admin(package, demo) as office:
        assert order.order_id in {each.order_id for each in islice(office.orders(), 20)}
        assert office.order(order.order_id).email == "client@example.com"


def test_failures_are_told_apart_by_class_and_code(package: Any, demo: Demo) -> None:
    with storefront(package, demo) as shop:
        with pytest.raises(package.NotFound) as missing:
            shop.product("no-such-thing")
        assert missing.value.code == "product_not_found"
        assert missing.value.request_id
        with pytest.raises(package.InvalidInput) as refused:
            shop.open_cart({uuid4(): -1})
        assert refused.value.errors
        with pytest.raises(package.Problem) as declined:
            shop.check_out(filled_cart(shop).token, checkout_with("tok_decline"))
        assert declined.value.code == "payment_declined"
    with (
        package.Admin(demo.ready["api"], shop=SHOP) as nobody,
        pytest.raises(package.Unauthenticated),
    ):
        next(nobody.products())


def test_any_operation_can_be_called(package: Any, demo: Demo) -> None:
    from galleria_client.generated.api.stock import (  # noqa: PLC0415
        get_stock_settings,
        list_stock_locations,
    )

    with admin(package, demo) as office:
        assert office.call(get_stock_settings.sync) is not None
        assert list(office.each(list_stock_locations.sync))


def test_the_calls_that_the_manual_writes_out_exist(package: Any) -> None:
    """Each line that imports is run, and each argument that is named is one of the function's."""
    document = document_of(api_app())
    count = 0
    for path, item in document["paths"].items():
        for method in set(item) & set(METHODS):
            asked = asked_of(document, path, method, item[method])
            if not path.startswith(("/store/", "/admin/")):
                continue
            imports, _, call = python_of(asked).partition("\n\n")
            scope: dict[str, Any] = {}
            exec(imports, scope)  # noqa: S102
            given = next(
                each
                for each in ast.walk(ast.parse(call))
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
            )
            operation = eval(ast.unparse(given.args[0]), scope)  # noqa: S307
            named = {each.arg: None for each in given.keywords if each.arg}
            if asked.needs_idempotency_key:
                named["idempotency_key"] = None
            inspect.signature(operation).bind(*given.args[1:], client=None, **named)
            count += 1
    assert count > 250


def test_a_read_is_sent_again_until_it_is_answered(package: Any, stumbler: Stumbler) -> None:
    stumbler.failures = [LATER, (502, {}), (429, {"retry-after": "0"})]
    with package.Storefront(stumbler.url, retries=3) as shop:
        assert list(shop.products()) == []
    assert len(stumbler.asked) == 4


def test_patience_ends(package: Any, stumbler: Stumbler) -> None:
    stumbler.failures = [LATER] * 5
    with (
        package.Storefront(stumbler.url, retries=1) as shop,
        pytest.raises(package.Unavailable) as refused,
    ):
        list(shop.products())
    assert refused.value.code == "http_503"
    assert len(stumbler.asked) == 2


def test_a_wait_longer_than_patience_is_told_at_once(package: Any, stumbler: Stumbler) -> None:
    stumbler.failures = [(429, {"retry-after": "600"})]
    with (
        package.Storefront(stumbler.url) as shop,
        pytest.raises(package.TooManyRequests) as refused,
    ):
        list(shop.products())
    assert refused.value.retry_after_s == 600
    assert len(stumbler.asked) == 1


def test_a_write_is_sent_again_under_a_key_and_under_the_same(
    package: Any, stumbler: Stumbler
) -> None:
    with package.Storefront(stumbler.url) as shop:
        for write in (
            shop.open_cart,
            lambda: shop.check_out("a-cart", checkout_with("tok_approve")),
        ):
            stumbler.failures = [LATER]
            # What it answers is neither cart nor order; what was sent is what counts here.
            with pytest.raises(TypeError):
                write()
    keys = [each["Idempotency-Key"] for each in stumbler.asked]
    assert keys[0] == keys[1] and keys[2] == keys[3] and keys[0] != keys[2]


def test_no_answer_is_waited_for_for_ever(package: Any, stumbler: Stumbler) -> None:
    stumbler.delay_s = 20
    with (
        package.Storefront(stumbler.url, timeout_s=0.2, retries=0) as shop,
        pytest.raises(httpx.ReadTimeout),
    ):
        list(shop.products())


def test_a_request_says_who_asks_and_in_which_version(package: Any, stumbler: Stumbler) -> None:
    with package.Storefront(
        stumbler.url, shop=SHOP, key="gal_pass_x", api_version="2026-11", user_agent="kiosk/3"
    ) as shop:
        list(shop.products())
    (asked,) = stumbler.asked
    assert asked["User-Agent"].startswith(f"kiosk/3 galleria-client-python/{package.__version__}")
    assert asked["X-Galleria-Shop"] == SHOP
    assert asked[package.API_VERSION_HEADER] == "2026-11"
    assert asked["Authorization"] == "Bearer gal_pass_x"
