"""Whoever comes by an old address is led to where the page is now; pages that are there stay."""

from typing import Any

from galleria.commerce import catalog, listings
from galleria.content import redirects
from galleria.content.redirects import Move, RedirectDraft
from galleria.foundation.ids import new_id
from tests.faces.gateway.door import ShopScene


async def lead(shop: ShopScene, from_path: str, to: str = "", **more: Any) -> None:
    draft = RedirectDraft(from_path=from_path, to=to, **more)
    await redirects.create_redirect(shop.ctx, draft)


async def asked(shop: ShopScene, path: str, method: str = "GET") -> tuple[int, str | None]:
    async with shop.shopper() as shopper:
        answer = await shopper.request(method, path, follow_redirects=False)
    return answer.status_code, answer.headers.get("location")


def fresh(name: str) -> str:
    return f"/{name}-{new_id().hex[-8:]}"


async def test_an_old_address_leads_on_with_its_question(shop: ShopScene) -> None:
    old, left = fresh("old"), fresh("left")
    await lead(shop, old, "/search?q=mug")
    await lead(shop, left, "/search", is_permanent=False)
    assert await asked(shop, f"{old}?utm=1") == (301, "/search?q=mug")
    assert await asked(shop, f"{left}/?q=bowl&x=%C3%BC") == (302, "/search?q=bowl&x=%C3%BC")
    assert await asked(shop, old, "HEAD") == (301, "/search?q=mug")
    async with shop.shopper() as shopper:
        assert (await shopper.get(old, follow_redirects=True)).status_code == 200


async def test_browsers_keep_a_redirect_for_minutes_only(shop: ShopScene) -> None:
    old = fresh("old")
    await lead(shop, old, "/cart")
    async with shop.shopper() as shopper:
        answer = await shopper.get(old)
        assert answer.headers["cache-control"] == "private, max-age=300"


async def test_a_product_is_found_by_its_former_address(shop: ShopScene) -> None:
    product = await catalog.get_product_by_handle(shop.ctx, shop.handle)
    old = f"/products{fresh('mug')}"
    async with shop.ctx.transaction() as tx:
        await redirects.moved(tx, [Move("product", product.product_id, old)])
    assert await asked(shop, old) == (301, f"/products/{shop.handle}")


async def test_a_category_is_found_by_its_former_address(shop: ShopScene) -> None:
    nodes = await listings.categories_of(shop.ctx)
    old = f"/categories{fresh('pots')}/deep"
    async with shop.ctx.transaction() as tx:
        await redirects.moved(tx, [Move("category", nodes[0].category_id, old)])
    assert await asked(shop, old) == (301, f"/categories/{nodes[0].path}")


async def test_what_is_not_shown_is_not_found_by_an_old_address(shop: ShopScene) -> None:
    for kind in ("product", "category", "collection"):
        old = fresh(kind)
        await lead(shop, old, target_kind=kind, target_id=new_id())
        assert await asked(shop, old) == (404, None)


async def test_a_page_that_is_there_is_shown_whatever_redirects_say(shop: ShopScene) -> None:
    await lead(shop, f"/products/{shop.handle}", "/cart")
    assert await asked(shop, f"/products/{shop.handle}") == (200, None)


async def test_another_site_gets_no_question_of_the_shopper(shop: ShopScene) -> None:
    old = fresh("blog")
    await lead(shop, old, "https://blog.example.com/x")
    assert await asked(shop, f"{old}?secret=1") == (301, "https://blog.example.com/x")


async def test_nothing_is_led_on_but_what_is_asked_for_and_not_found(shop: ShopScene) -> None:
    old = fresh("old")
    await lead(shop, old, "/cart")
    assert (await asked(shop, old, "POST"))[0] in {404, 405}
    assert await asked(shop, fresh("none")) == (404, None)


async def test_a_redirect_of_one_shop_is_none_of_another(
    shop: ShopScene, other_shop: ShopScene
) -> None:
    old = fresh("old")
    await lead(shop, old, "/cart")
    assert await asked(other_shop, old) == (404, None)


async def test_who_was_led_on_is_counted(shop: ShopScene) -> None:
    old = fresh("counted")
    await lead(shop, old, "/cart")
    for _ in range(3):
        await asked(shop, old)
    before = (await redirects.list_redirects(shop.ctx, old)).items[0].hits
    assert before == 0, "hits are written together, some seconds later"
    storefront: Any = shop.door.gateway._apps.storefront
    await storefront._shell.hits.write(shop.ctx.engines)
    assert (await redirects.list_redirects(shop.ctx, old)).items[0].hits == 3
