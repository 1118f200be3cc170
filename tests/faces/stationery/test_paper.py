"""Forms come from our own page, cookies stay with their host, money reads as people write it."""

from typing import Annotated, Any

import pytest
from litestar import Request
from msgspec import Meta

from galleria.faces.stationery import Assets, CookieJar, Form, FormGuard, FormRefused, Press
from galleria.faces.stationery.printing import money_text, safe_json
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.http import WireInput
from galleria.foundation.money import Money


def request(**headers: str) -> Request[Any, Any, Any]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})  # type: ignore[arg-type]


def test_a_form_of_our_own_page_passes() -> None:
    guard = FormGuard(b"k" * 32)
    guard.check(
        request(host="shop.example", origin="https://shop.example"), "visit", guard.token("visit")
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "shop.example", "origin": "https://evil.example"},
        {"host": "shop.example", "origin": "null"},
        {"host": "shop.example"},
        {"host": "shop.example", "sec_fetch_site": "cross-site"},
        {"host": "shop.example", "origin": "https://shop.example.evil.example"},
    ],
)
def test_a_form_of_another_site_is_refused(headers: dict[str, str]) -> None:
    guard = FormGuard(b"k" * 32)
    with pytest.raises(FormRefused):
        guard.check(request(**headers), "visit", guard.token("visit"))


@pytest.mark.parametrize("bound_to", ["another visit", None])
def test_a_token_of_another_browser_is_refused(bound_to: str | None) -> None:
    guard = FormGuard(b"k" * 32)
    with pytest.raises(FormRefused):
        guard.check(
            request(host="shop.example", origin="https://shop.example"),
            bound_to,
            guard.token("visit"),
        )
    assert FormGuard(b"other key" * 4).token("visit") != guard.token("visit")


def test_cookies_are_out_of_reach_of_scripts_and_of_other_hosts() -> None:
    plain, secure = CookieJar(is_secure=False), CookieJar(is_secure=True)
    cookie = secure.make("cart", "x", 60)
    assert cookie.key == "__Host-galleria_cart"
    assert (cookie.httponly, cookie.secure, cookie.samesite, cookie.domain, cookie.path) == (
        True,
        True,
        "lax",
        None,
        "/",
    )
    assert plain.make("cart", "x").key == "galleria_cart"
    assert plain.forget("cart").max_age == 0


class Wanted(WireInput):
    name: Annotated[str, Meta(min_length=1)]
    quantity: Annotated[int, Meta(ge=1)] = 1


def form(**values: str) -> Form[Wanted]:
    return Form(values=values, many={}, errors={})


def test_a_form_becomes_a_struct_and_its_group_is_found_by_prefix() -> None:
    sent = form(shipping_name=" Ann ", shipping_quantity="3", other="x")
    assert sent.read(Wanted, "shipping_") == Wanted(name="Ann", quantity=3)


def test_what_does_not_fit_is_said_by_field() -> None:
    sent = form(shipping_quantity="0", shipping_name="Ann")
    assert sent.read(Wanted, "shipping_") is None
    assert sent.errors == {"shipping_quantity": "too_small"}
    empty = form()
    assert empty.read(Wanted) is None
    assert empty.errors == {"name": "required"}


def test_what_a_room_refuses_is_shown_beside_the_field() -> None:
    sent = form()
    error = InvalidInput("no such thing", errors=[FieldError("a.b", "unknown_value", "no")])
    sent.refuse(error, {"a.b": "field"})
    assert (sent.message, sent.errors) == ("no such thing", {"field": "unknown_value"})


@pytest.mark.parametrize(
    ("locale", "expected"), [("en", "€1,234.50"), ("de", "1.234,50\N{NO-BREAK SPACE}€")]
)
def test_money_reads_as_people_write_it(locale: str, expected: str) -> None:
    assert money_text(Money(123_450, "EUR"), locale) == expected


def test_json_in_a_page_cannot_end_its_script() -> None:
    assert "</script>" not in safe_json('["</script><script>alert(1)</script>"]')


def test_an_assets_address_changes_with_its_content_and_pages_are_translated() -> None:
    assets = Assets("galleria.faces.storefront")
    assert assets.url("store.css") == f"/assets/{assets.version}/store.css"
    press = Press("galleria.faces.storefront", {"asset": assets.url, "token_field": "t"})
    assert "Please try again" in press.print("errors/bare.html", "en", status=500)
    assert "Bitte versuchen" in press.print("errors/bare.html", "de", status=500)
    assert "Please try again" in press.print("errors/bare.html", "fr", status=500)
