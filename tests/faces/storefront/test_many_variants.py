"""The page of a product with hundreds of variants: chosen by a form, with no script at all."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.commerce.listings.wares import boots
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene
from tests.faces.storefront.test_pages import field, open_page


@pytest.fixture(scope="module")
async def bootery(door: Door) -> ShopScene:
    """A shop that sells boots in two hundred variants."""
    return await open_shop_scene(door, boots())


def chosen(**options: str) -> str:
    return "/products/boots?" + urlencode({f"option[{k}]": v for k, v in options.items()})


async def put_into_basket(shopper: httpx.AsyncClient, shop: ShopScene, page: str) -> None:
    answer = await shopper.post(
        "/cart/lines",
        data={
            "form_token": field(page, "form_token"),
            "variant_id": field(page, "variant_id"),
            "quantity": "1",
        },
        headers={"origin": f"http://{shop.host}"},
    )
    assert answer.status_code == 303, answer.text


async def test_the_page_shows_choices_and_no_variant(bootery: ShopScene) -> None:
    async with bootery.shopper() as shopper:
        page = await open_page(shopper, "/products/boots")
    assert "200 variants fit your choice" in page
    assert 'name="option[Colour]" value="Navy"' in page, "ten colours stand side by side"
    assert '<select id="option1" name="option[Size]">' in page, "twenty sizes are a list"
    assert 'name="variant_id"' not in page
    assert "boots-Navy-19" not in page
    assert " style=" not in page


async def test_a_choice_narrows_the_rest_and_a_complete_one_can_be_bought(
    bootery: ShopScene,
) -> None:
    async with bootery.shopper() as shopper:
        page = await open_page(shopper, chosen(Colour="Navy"))
        assert "20 variants fit your choice" in page
        assert 'value="Navy" checked' in page
        page = await open_page(shopper, chosen(Colour="Navy", Size="19"))
        assert "€11.99" in page
        assert "boots-Navy-19" in page
        await put_into_basket(shopper, bootery, page)
        assert "Boots" in await open_page(shopper, "/cart")


async def test_what_is_sold_out_says_so_and_cannot_be_put_into_the_basket(
    bootery: ShopScene,
) -> None:
    async with bootery.shopper() as shopper:
        page = await open_page(shopper, chosen(Colour="Blue", Size="0"))
    assert "<strong>Sold out</strong>" in page
    assert "disabled data-add" in page


async def test_odd_choices_count_as_none(bootery: ShopScene) -> None:
    async with bootery.shopper() as shopper:
        page = await open_page(shopper, chosen(Colour="Pinkish", Shape="Round"))
    assert "200 variants fit your choice" in page


async def test_a_choice_in_german_is_made_in_german_words(bootery: ShopScene) -> None:
    async with bootery.shopper(accept_language="de") as shopper:
        page = await open_page(shopper, chosen(Farbe="Blau"))
    assert "20 Varianten passen zu Ihrer Auswahl" in page


async def test_the_store_answers_choices_and_pages_over_http(bootery: ShopScene) -> None:
    async with bootery.shopper() as shopper:
        picker = await shopper.json(
            "GET", "/store/v1" + chosen(Colour="Navy", Size="19").replace("?", "/picker?")
        )
        assert picker["variant"]["sku"] == "boots-Navy-19"
        first = await shopper.json("GET", "/store/v1/products/boots/variants?limit=100")
        assert len(first["items"]) == 100
        rest = await shopper.json(
            "GET",
            f"/store/v1/products/boots/variants?limit=100&cursor={first['next_cursor']}",
        )
        assert rest["items"][-1]["sku"] == "boots-Navy-19"
        assert rest["next_cursor"] is None
        refused = await shopper.get("/store/v1/products/boots/picker?option[Shape]=Round")
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_choice")
        nodes = await shopper.json("GET", "/store/v1/categories")
        assert [node["product_count"] for node in nodes["items"]] == [1, 1]


async def test_a_page_that_has_not_changed_is_not_sent_again(bootery: ShopScene) -> None:
    async with bootery.shopper() as shopper:
        first = await shopper.get("/store/v1/products/boots")
        again = await shopper.get(
            "/store/v1/products/boots", headers={"if-none-match": first.headers["etag"]}
        )
    assert again.status_code == 304
