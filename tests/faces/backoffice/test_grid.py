"""The list of products as a tool: narrowed by anything, kept as a view, typed into."""

from collections.abc import Awaitable, Callable

from galleria.commerce import catalog, inventory, pricing, workbench
from galleria.commerce.catalog import ProductDraft, ProductTree, VariantDraft
from galleria.commerce.inventory import SetStock
from galleria.commerce.pricing import SetPrice
from galleria.commerce.workbench.room import ROOM
from galleria.engines.context import Actor, Context
from tests.faces.backoffice.conftest import Person, SignedIn
from tests.faces.backoffice.test_products import make, on_hand, price_of

Drain = Callable[..., Awaitable[int]]


async def a_print(shop: Context, title: str = "Wood Print") -> ProductTree:
    """A product with a single variant, at 12.00, four of them there."""
    made = await catalog.create_product(
        shop, ProductDraft(title=title, variants=[VariantDraft(sku="wp-1")], tags=["wall"])
    )
    variant_id = made.variants[0].variant_id
    await pricing.set_prices(shop, [SetPrice(variant_id=variant_id, amount_minor=1200)])
    await inventory.set_stock(shop, [SetStock(variant_id=variant_id, on_hand=4)])
    return made


async def test_what_the_catalog_does_not_keep_in_order_is_found_by_the_work_bench(
    shop: Context, at_work: SignedIn, a_mug: ProductTree, drain: Drain
) -> None:
    await a_print(shop)
    await drain(*ROOM.subscriptions)
    mia = await at_work(shop)
    for question, there, not_there in (
        ("?tag=wall", "Wood Print", "Stoneware Mug"),
        ("?price_from=20,00", "Stoneware Mug", "Wood Print"),
        ("?price_until=12", "Wood Print", "Stoneware Mug"),
        ("?pictures=no&sort=-on_hand", "Wood Print", "no such"),
        ("?shelf=out", "Nothing fits", "Wood Print"),
        ("?q=print", "Wood Print", "Stoneware Mug"),
        ("?q=wp-1", "Wood Print", "Stoneware Mug"),
        ("?since=2100-01-01", "Nothing fits", "Wood Print"),
        ("?price_from=abc", "Nothing fits", "Wood Print"),
    ):
        page = await mia.get("/products" + question)
        assert page.status == 200, question
        assert there in page.text, question
        assert f">{not_there}<" not in page.text, question
    page = await mia.get("/products?tag=wall")
    assert "One product" in page.text
    assert "as of moments ago" in page.text


async def test_a_list_is_turned_back_as_well(shop: Context, at_work: SignedIn) -> None:
    async with shop.transaction() as tx:
        drafts = [ProductDraft(handle=f"p-{n}", title=f"Print {n:03}") for n in range(120)]
        await catalog.merge_products(tx, drafts)
    mia = await at_work(shop)

    def shown(text: str) -> list[int]:
        return [n for n in range(120) if f">Print {n:03}<" in text]

    page = await mia.get("/products?sort=title")
    assert not [link for link in page.links if "turn=" in link]
    second = await mia.get(following(mia, page.links, "cursor="))
    third = await mia.get(following(mia, second.links, "cursor="))
    assert shown(third.text) == list(range(100, 120))
    back = await mia.get(following(mia, third.links, "turn="))
    assert shown(back.text) == shown(second.text) == list(range(50, 100))
    first = await mia.get(following(mia, back.links, "turn="))
    assert shown(first.text) == list(range(50))
    assert not [link for link in first.links if "turn=" in link]
    again = await mia.get(following(mia, first.links, "cursor="))
    assert shown(again.text) == shown(second.text)


def following(mia: Person, links: list[str], name: str) -> str:
    """The first link with such a parameter, inside the shop."""
    return next(link for link in links if name in link).removeprefix(mia.base)


async def test_columns_are_chosen_and_stay_so(shop: Context, at_work: SignedIn) -> None:
    await make(shop, "Linen Towel")
    mia = await at_work(shop)
    page = await mia.get("/products?cols=tags&cols=created")
    assert 'data-label="Tags"' in page.text
    assert 'data-label="Status"' not in page.text
    assert any("cols=tags.created" in link for link in page.links)


async def test_a_view_is_kept_renamed_shared_begun_with_and_dropped(
    shop: Context, at_work: SignedIn
) -> None:
    await make(shop, "Linen Towel")
    await make(shop, "Linen Apron", status="draft")
    mia, ben = await at_work(shop), await at_work(shop)
    page = await mia.get("/products?status=draft&sort=title&cursor=bent&edit=1")
    page = await mia.get("/products?status=draft&sort=title")
    page = await mia.submit(page, "/products/views", name="Drafts by title")
    assert "The view “Drafts by title” is kept." in page.text
    assert "Linen Apron" in page.text
    assert ">Linen Towel<" not in page.text
    (view,) = await workbench.list_views(shop.as_actor(person_of(mia)))
    assert "Drafts by title" not in (await ben.get("/products")).text

    path = f"/products/views/{view.view_id}"
    page = await mia.submit(page, path, name="Ours", is_shared="true", is_default="true")
    assert "Ours" in (await ben.get("/products")).text
    assert not (await ben.get(f"/products?view={view.view_id}")).has_form(ben.base + path)
    begun = await mia.get("/products")
    assert ">Linen Towel<" not in begun.text, "the list begins with the view"
    assert ">Linen Towel<" in (await mia.get("/products?view=none")).text

    refused = await ben.browser.post(
        ben.base + path, {"form_token": (await ben.get("/products")).token, "action": "remove"}
    )
    assert refused.status == 404
    page = await mia.submit(begun, path, action="remove")
    assert "The view is gone." in page.text
    assert "Ours" not in (await ben.get("/products")).text


def person_of(person: Person) -> Actor:
    """They as an actor."""
    return Actor("person", str(person.person.person_id))


async def test_a_row_is_typed_over_without_scripts(shop: Context, at_work: SignedIn) -> None:
    made = await a_print(shop)
    mia = await at_work(shop)
    page = await mia.get("/products?edit=1")
    path = f"/products/{made.product_id}/cells"
    page = await mia.submit(page, path, title="Oak Print", price="13,50", on_hand="6")
    assert "“Oak Print” is saved." in page.text
    assert await price_of(shop, made.variants[0].variant_id) == (1350, None)
    assert await on_hand(shop, made.variants[0].variant_id) == 6
    page = await mia.submit(page, path, status="active")
    assert (await catalog.get_product(shop, made.product_id)).status == "active"
    page = await mia.submit(page, path, price="abc")
    assert "The row was not saved." in page.text


async def test_a_cell_left_says_what_stands_there_and_a_stale_one_is_refused(
    shop: Context, at_work: SignedIn
) -> None:
    made = await a_print(shop)
    mia = await at_work(shop)
    page = await mia.get("/products?edit=1")
    path = f"{mia.base}/products/{made.product_id}/cells"
    fields = dict(page.form(path))
    answer = await mia.browser.post(path + ".json", {**fields, "title": "Oak Print"})
    kept = answer.response.json()
    assert answer.status == 200
    assert kept["cells"]["title"] == "Oak Print"
    assert kept["version"] == int(fields["version"]) + 1

    answer = await mia.browser.post(path + ".json", {**fields, "title": "Elm Print"})
    assert (answer.status, answer.response.json()["code"]) == (412, "stale_version")
    assert (await catalog.get_product(shop, made.product_id)).title == "Oak Print"

    # Meanwhile one was sold: what was typed is what came, not what is there.
    await inventory.set_stock(shop, [SetStock(variant_id=made.variants[0].variant_id, on_hand=3)])
    fields |= {"title": "Oak Print", "version": str(kept["version"]), "on_hand": "10"}
    answer = await mia.browser.post(path + ".json", fields)
    assert answer.response.json()["cells"]["on_hand"] == "9"


async def test_who_may_only_look_finds_nothing_to_type_in(shop: Context, at_work: SignedIn) -> None:
    made = await a_print(shop)
    ben = await at_work(shop, "viewer")
    page = await ben.get("/products?edit=1")
    assert 'name="title"' not in page.text
    assert "Change many" not in page.text
    path = f"{ben.base}/products/{made.product_id}/cells.json"
    answer = await ben.browser.post(path, {"form_token": page.token, "title": "No"})
    assert answer.status == 403
