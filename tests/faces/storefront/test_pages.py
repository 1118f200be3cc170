"""The shop's pages over HTTP: what they show, what they refuse, what they never do."""

import re

import httpx
import pytest

from galleria.faces.storefront.pages.browsing.choices import choices_of
from galleria.faces.storefront.pages.home import readable_on
from tests.faces.gateway.door import ShopScene


def field(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match is not None, f"no field {name}"
    return match[1]


async def open_page(shopper: httpx.AsyncClient, path: str) -> str:
    answer = await shopper.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


async def put_into_basket(shopper: httpx.AsyncClient, shop: ShopScene, **more: str) -> None:
    page = await open_page(shopper, f"/products/{shop.handle}")
    answer = await shopper.post(
        "/cart/lines",
        data={
            "form_token": field(page, "form_token"),
            "variant_id": shop.variant_ids[0],
            "quantity": "1",
            **more,
        },
        headers={"origin": f"http://{shop.host}"},
    )
    assert answer.status_code == 303, answer.text


async def test_pages_show_goods_and_nothing_that_runs_inline(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for path in ("/", "/search", "/categories/kitchen", f"/products/{shop.handle}", "/cart"):
            page = await open_page(shopper, path)
            assert "<script>" not in page
            assert " style=" not in page
            assert "onclick" not in page
        assert "Stoneware <mark>Mug</mark>" in await open_page(shopper, "/search?q=mug")


async def test_a_page_without_a_form_sets_no_cookie(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for path in ("/", "/search", "/categories/kitchen"):
            assert "set-cookie" not in (await shopper.get(path)).headers


async def test_the_language_follows_the_reader(shop: ShopScene) -> None:
    async with shop.shopper(accept_language="de-CH,de;q=0.9") as shopper:
        page = await open_page(shopper, f"/products/{shop.handle}")
        assert '<html lang="de"' in page
        assert "In den Warenkorb" in page


async def test_a_form_of_another_site_puts_nothing_into_the_basket(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        page = await open_page(shopper, f"/products/{shop.handle}")
        for origin in ("http://evil.example", "null"):
            answer = await shopper.post(
                "/cart/lines",
                data={
                    "form_token": field(page, "form_token"),
                    "variant_id": shop.variant_ids[0],
                },
                headers={"origin": origin},
            )
            assert answer.status_code == 403
        assert "Your basket is empty" in await open_page(shopper, "/cart")


async def test_a_form_without_its_token_is_refused(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await open_page(shopper, f"/products/{shop.handle}")
        answer = await shopper.post(
            "/cart/lines",
            data={"variant_id": shop.variant_ids[0]},
            headers={"origin": f"http://{shop.host}"},
        )
        assert answer.status_code == 403


async def test_the_same_checkout_sent_twice_is_one_order(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await put_into_basket(shopper, shop)
        page = await open_page(shopper, "/checkout")
        sent = {
            "form_token": field(page, "form_token"),
            "attempt": field(page, "attempt"),
            "total_minor": field(page, "total_minor"),
            "email": "ann@example.com",
            "shipping_name": "Ann",
            "shipping_line1": "Street 1",
            "shipping_city": "Berlin",
            "shipping_country": "DE",
            "shipping_method": "standard",
            "card": "tok_approve",
        }
        cart = shopper.cookies.get("galleria_cart")
        assert cart is not None
        first = await shopper.post(
            "/checkout", data=sent, headers={"origin": f"http://{shop.host}"}
        )
        assert first.status_code == 303
        shopper.cookies.set("galleria_cart", cart, domain=shop.host)
        second = await shopper.post(
            "/checkout", data=sent, headers={"origin": f"http://{shop.host}"}
        )
        assert second.headers["location"] == first.headers["location"]
        assert "Thank you" in await open_page(shopper, first.headers["location"])


async def test_what_is_missing_is_a_page_of_the_shop(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for path in ("/products/nothing", "/categories/nowhere", "/orders/gal_order_x", "/no/page"):
            answer = await shopper.get(path)
            assert answer.status_code == 404, path
            assert "Test Shop" in answer.text


async def test_preferences_lead_nowhere_but_back(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for back in ("https://evil.example", "//evil.example", "/\\evil.example"):
            answer = await shopper.post(
                "/preferences",
                data={"theme": "dark", "back": back},
                headers={"origin": f"http://{shop.host}"},
            )
            assert answer.headers["location"] == "/"
            assert "galleria_theme=dark" in answer.headers["set-cookie"]


async def test_odd_addresses_are_read_as_nothing_chosen(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await open_page(shopper, "/search?sort=nonsense&price_min=abc&filter[]=x&filter[a]=")
        answer = await shopper.get("/search?cursor=nonsense")
        assert answer.status_code == 422


async def test_machines_find_what_they_ask_for(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        assert "Disallow: /checkout" in (await shopper.get("/robots.txt")).text
        assert f"/products/{shop.handle}<" in (await shopper.get("/sitemap.xml")).text
        assert "--accent-light" in (await shopper.get("/theme.css")).text
        assert (await shopper.get("/suggest?q=sto")).json()["hits"]


def test_choices_survive_their_own_address() -> None:
    choices = choices_of([("q", "mug"), ("filter[brand]", "A"), ("filter[brand]", "B & C")])
    assert choices.filters == {"brand": ("A", "B & C")}
    assert choices.without_value("brand", "A").address("/search") == (
        "/search?q=mug&filter%5Bbrand%5D=B+%26+C"
    )
    assert choices.has_any


@pytest.mark.parametrize(
    ("color", "expected"), [("#000000", "#ffffff"), ("#ffffff", "#1b1512"), ("#e0a57f", "#1b1512")]
)
def test_words_on_an_accent_can_be_read(color: str, expected: str) -> None:
    assert readable_on(color) == expected
