"""The tree of categories in the back office, when it is small and when it is large."""

from collections.abc import Awaitable, Callable

from galleria.commerce import catalog
from galleria.commerce.catalog import NewCategory, ProductTree
from galleria.commerce.workbench.room import ROOM
from galleria.engines.context import Context
from galleria.faces.backoffice.pages.categories import MOST_FORMS
from tests.faces.backoffice.conftest import SignedIn

Drain = Callable[..., Awaitable[int]]


async def test_each_category_says_how_many_products_lie_in_it(
    shop: Context, at_work: SignedIn, a_mug: ProductTree, drain: Drain
) -> None:
    await catalog.create_category(shop, NewCategory(name="Outdoors"))
    await drain(*ROOM.subscriptions)

    page = await (await at_work(shop)).get("/categories")

    said = {
        name: page.text.partition(f"<summary>{name}")[2].partition("</summary>")[0]
        for name in ("Kitchen", "Mugs", "Outdoors")
    }
    assert "One product" in said["Kitchen"]
    assert "One product" in said["Mugs"]
    assert "0 products" in said["Outdoors"]


async def test_of_a_large_tree_the_category_that_is_asked_for_is_edited(
    shop: Context, at_work: SignedIn
) -> None:
    made = [
        await catalog.create_category(shop, NewCategory(name=f"Shelf {number:02d}"))
        for number in range(MOST_FORMS + 1)
    ]
    mia = await at_work(shop)
    wanted, other = (f"/categories/{made[at].category_id}" for at in (7, 8))
    page = await mia.get("/categories")
    assert not page.has_form(mia.base + wanted)
    opened = f"{mia.base}/categories?open={made[7].category_id}"
    assert f"{opened}#c{made[7].category_id}" in page.links

    page = await mia.browser.get(opened)

    assert page.has_form(mia.base + wanted) and not page.has_form(mia.base + other)
    refused = await mia.send(page, wanted, {"name": " "})
    assert refused.status == 422
    assert refused.has_form(mia.base + wanted), "it stays open when it is refused"
    await mia.send(refused, wanted, {"name": "Shelf of mugs"})
    assert (await catalog.get_category(shop, made[7].category_id)).name == "Shelf of mugs"
