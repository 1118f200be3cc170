"""A shopper's account on the pages: in and out without scripts, and what nobody else gets."""

import re

import httpx
import pytest

from galleria.commerce import accounts
from galleria.engines.mail.outbox import Letter, OutboxMail
from tests.faces.gateway.door import Client, Door, ShopScene, buy, open_shop_scene
from tests.faces.storefront.test_pages import field, open_page, put_into_basket

ANA = "ana@example.com"
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of the test's own: attempts and mails are counted."""
    return await open_shop_scene(door)


async def send(
    shopper: httpx.AsyncClient, shop: ShopScene, on: str, path: str, **fields: str
) -> httpx.Response:
    """A form of a page, as a browser sends it."""
    sent = {"form_token": field(await open_page(shopper, on), "form_token"), **fields}
    return await shopper.post(path, data=sent, headers={"origin": f"http://{shop.host}"})


async def newest_letter(shop: ShopScene, email: str = ANA) -> Letter:
    """The newest mail to an address, after all that waited has gone out."""
    ctx = shop.ctx.for_tenant(shop.ctx.tenant)
    rows = await ctx.read(
        "SELECT letter_id FROM accounts.letter WHERE tenant_id = $1 AND sent_at IS NULL"
    )
    await accounts.send_letters(ctx, [row["letter_id"] for row in rows])
    mail = ctx.engines.mail
    assert isinstance(mail, OutboxMail)
    letters = await mail.letters(ctx.tenant.tenant_id)
    return next(each for each in letters if each.to == email)


async def link_path(shop: ShopScene, email: str = ANA) -> str:
    """The path of the link in the newest mail."""
    found = re.search(r"/account/link/\S+", (await newest_letter(shop, email)).text)
    assert found is not None
    return found[0]


async def enter(shopper: httpx.AsyncClient, shop: ShopScene, email: str = ANA) -> None:
    """Somebody asks for a link and follows it, with a password to be."""
    answer = await send(
        shopper,
        shop,
        "/account/register",
        "/account/link",
        email=email,
        name="Ana",
        page="register",
    )
    assert answer.headers["location"] == "/account/sent"
    path = await link_path(shop, email)
    answer = await send(shopper, shop, path, path, password=PASSWORD)
    assert answer.headers["location"] == "/account", answer.text


async def test_an_account_is_opened_by_its_mail_and_by_pressing_a_button(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        page = await open_page(shopper, "/account")
        assert "Hello, Ana" in page
        assert 'href="/account"' in await open_page(shopper, "/")
        for path in ("/account/orders", "/account/addresses", "/account/security"):
            page = await open_page(shopper, path)
            assert "<script>" not in page
            assert " style=" not in page
            assert page.count("<h1") == 1


async def test_the_link_of_a_mail_does_nothing_by_being_opened(shop: ShopScene) -> None:
    async with shop.shopper() as shopper, shop.shopper() as scanner:
        await send(shopper, shop, "/account/sign-in", "/account/link", email=ANA)
        path = await link_path(shop)
        for _ in range(3):
            page = await open_page(scanner, path)
            assert "Open my account" in page
            # The address is a secret; with "no-referrer" a browser says of a form: from nowhere.
            assert '<meta name="referrer" content="same-origin">' in page
        assert "galleria_shopper" not in scanner.cookies
        # On another device than the one that asked.
        async with shop.shopper() as phone:
            answer = await send(phone, shop, path, path)
            assert answer.status_code == 303
            assert "galleria_shopper" in phone.cookies
        assert "galleria_shopper" not in shopper.cookies
        assert (await scanner.get(path)).status_code == 410


async def test_a_prepared_session_is_not_taken_over(shop: ShopScene) -> None:
    async with shop.shopper() as shopper, shop.shopper() as other:
        await enter(other, shop, "eve@example.com")
        planted = other.cookies["galleria_shopper"]
        visit = other.cookies["galleria_visit"]
        shopper.cookies.set("galleria_shopper", "gal_shopper_planted", domain=shop.host)
        shopper.cookies.set("galleria_visit", visit, domain=shop.host)
        await enter(shopper, shop)
        assert shopper.cookies["galleria_shopper"] not in ("gal_shopper_planted", planted)
        assert shopper.cookies["galleria_visit"] != visit, "a prepared form fits no more"


async def test_signing_in_by_password_and_out_again(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        token = shopper.cookies["galleria_shopper"]
        answer = await send(shopper, shop, "/account", "/account/sign-out")
        assert answer.headers["location"] == "/"
        assert "galleria_shopper" not in shopper.cookies
        shopper.cookies.set("galleria_shopper", token, domain=shop.host)
        answer = await shopper.get("/account")
        assert answer.headers["location"] == "/account/sign-in?back=/account"
    async with shop.shopper() as shopper:
        wrong = await send(
            shopper, shop, "/account/sign-in", "/account/sign-in", email=ANA, password="wrong one"
        )
        assert wrong.status_code == 401
        assert "E-mail or password is not right." in wrong.text
        assert "wrong one" not in wrong.text
        answer = await send(
            shopper,
            shop,
            "/account/sign-in",
            "/account/sign-in",
            email=ANA,
            password=PASSWORD,
            back="/checkout",
        )
        assert answer.headers["location"] == "/checkout"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil", "x"])
async def test_nobody_is_led_to_another_site(shop: ShopScene, back: str) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        answer = await send(
            shopper,
            shop,
            "/account/sign-in?again=1",
            "/account/sign-in",
            email=ANA,
            password=PASSWORD,
            back=back,
        )
        assert answer.headers["location"] == "/account"


async def test_a_form_of_another_site_does_nothing(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        page = await open_page(shopper, "/account/security")
        data = {"form_token": field(page, "form_token"), "sure": "1"}
        evil = {"origin": "http://evil.example"}
        assert (await shopper.post("/account/close", data=data, headers=evil)).status_code == 403
        own = {"origin": f"http://{shop.host}"}
        unsigned = await shopper.post("/account/close", data={"sure": "1"}, headers=own)
        assert unsigned.status_code == 403
        assert "Hello, Ana" in await open_page(shopper, "/account")


async def test_the_cookie_opens_pages_and_no_address_of_the_api(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        assert (await shopper.get("/store/v1/account")).status_code == 401
        token = shopper.cookies["galleria_shopper"]
        bearer = {"authorization": f"Bearer {token}"}
        answer = await shopper.get("/store/v1/account", headers=bearer)
        assert answer.json()["email"] == ANA
        assert answer.headers["cache-control"] == "private, no-store"


async def test_a_shoppers_answers_are_never_kept_in_common(shop: ShopScene) -> None:
    path = f"/store/v1/products/{shop.handle}"
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        bearer = {"authorization": f"Bearer {shopper.cookies['galleria_shopper']}"}
        for _ in range(2):
            own = await shopper.get(path, headers=bearer)
            assert own.headers.get_list("cache-control") == ["private, no-store"]
        assert "public" in (await shopper.get(path)).headers["cache-control"]


async def test_a_session_of_another_shop_opens_nothing(shop: ShopScene, door: Door) -> None:
    other = await open_shop_scene(door)
    async with shop.shopper() as shopper, other.shopper() as stranger:
        await enter(shopper, shop)
        token = shopper.cookies["galleria_shopper"]
        stranger.cookies.set("galleria_shopper", token, domain=other.host)
        assert (await stranger.get("/account")).status_code == 303
        bearer = {"authorization": f"Bearer {token}"}
        assert (await stranger.get("/store/v1/account", headers=bearer)).status_code == 421
        async with shop.clerk(token) as program:
            assert (await program.get("/store/v1/account")).status_code == 200
            assert (await program.get("/admin/v1/customers")).status_code == 403
        async with shop.clerk() as program:
            answer = await program.get("/store/v1/account")
            assert (answer.status_code, answer.json()["code"]) == (403, "shopper_required")
        broken = {"authorization": f"Bearer {token[:-1]}x"}
        answer = await shopper.get("/store/v1/account", headers=broken)
        assert answer.status_code == 401


async def test_the_basket_of_a_guest_comes_along_and_goes_when_signing_out(
    shop: ShopScene,
) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        await send(shopper, shop, "/account", "/account/sign-out")
        await put_into_basket(shopper, shop)
        guest = shopper.cookies["galleria_cart"]
        await send(
            shopper, shop, "/account/sign-in", "/account/sign-in", email=ANA, password=PASSWORD
        )
        assert shopper.cookies["galleria_cart"] == guest
        async with shop.shopper() as phone:
            await send(
                phone, shop, "/account/sign-in", "/account/sign-in", email=ANA, password=PASSWORD
            )
            assert phone.cookies["galleria_cart"] == guest
            assert 'data-count aria-live="polite">1<' in await open_page(phone, "/")
        await send(shopper, shop, "/account", "/account/sign-out")
        assert "galleria_cart" not in shopper.cookies
        assert "Your basket is empty" in await open_page(shopper, "/cart")


async def test_the_checkout_knows_address_and_order_of_whoever_signed_in(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        address = {"name": "Ana", "line1": "Long Street 1", "city": "Berlin", "country": "DE"}
        answer = await send(shopper, shop, "/account/addresses", "/account/addresses", **address)
        assert answer.status_code == 303, answer.text
        await put_into_basket(shopper, shop)
        page = await open_page(shopper, "/checkout")
        assert field(page, "form_token")
        for value in (ANA, "Long Street 1", "Berlin"):
            assert f'value="{value}"' in page
        sent = {
            "form_token": field(page, "form_token"),
            "attempt": field(page, "attempt"),
            "total_minor": field(page, "total_minor"),
            "email": ANA,
            **{f"shipping_{name}": value for name, value in address.items()},
            "shipping_line1": "Other Street 2",
            "shipping_method": "standard",
            "card": "tok_approve",
            "keep_address": "true",
        }
        own = {"origin": f"http://{shop.host}"}
        answer = await shopper.post("/checkout", data=sent, headers=own)
        assert answer.status_code == 303, answer.text
        page = await open_page(shopper, "/account/orders")
        path = re.search(r'href="(/account/orders/[0-9a-f-]{36})"', page)
        assert path is not None
        assert "Thank you for your order" in await open_page(shopper, path[1])
        assert "Other Street 2" in await open_page(shopper, "/account/addresses")
    async with shop.shopper() as stranger:
        await enter(stranger, shop, "ben@example.com")
        assert (await stranger.get(path[1])).status_code == 404


async def test_orders_of_a_guest_are_in_the_account_of_the_mailbox(shop: ShopScene) -> None:
    async with shop.shopper() as guest:
        order = await buy(guest, (shop.variant_ids[0], 1))
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        assert f"/account/orders/{order['order_id']}" in await open_page(shopper, "/account")


async def test_an_account_is_deleted_and_its_data_taken_along(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        taken = (await shopper.get("/account/export")).json()
        assert taken["account"]["email"] == ANA
        unsure = await send(shopper, shop, "/account/security", "/account/close")
        assert unsure.status_code == 422
        answer = await send(shopper, shop, "/account/security", "/account/close", sure="1")
        assert answer.headers["location"] == "/account/closed"
        assert "galleria_shopper" not in shopper.cookies
        assert "deleted" in await open_page(shopper, "/account/closed")


async def test_pages_of_the_account_speak_german(shop: ShopScene) -> None:
    async with shop.shopper(accept_language="de") as shopper:
        assert "Mit einem Link per E-Mail" in await open_page(shopper, "/account/sign-in")
        await enter(shopper, shop)
        assert "Wo Sie angemeldet sind" in await open_page(shopper, "/account/security")
        assert (await newest_letter(shop)).subject.startswith("Ihr Konto")


async def test_repeating_an_address_with_one_key_adds_it_once(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await enter(shopper, shop)
        own = Client(
            transport=shopper._transport,
            base_url=shopper.base_url,
            headers={"authorization": f"Bearer {shopper.cookies['galleria_shopper']}"},
        )
        body = {"address": {"name": "A", "line1": "B", "city": "C", "country": "DE"}}
        key = {"Idempotency-Key": "one"}
        first = await own.json("POST", "/store/v1/account/addresses", json=body, headers=key)
        again = await own.json("POST", "/store/v1/account/addresses", json=body, headers=key)
        assert first == again
        assert len((await own.json("GET", "/store/v1/account/addresses"))["items"]) == 1
        other = {**body, "is_default": True}
        answer = await own.post("/store/v1/account/addresses", json=other, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
