"""Products in the back office: found, made, rewritten, many changed at once."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from galleria.commerce import catalog, collections, inventory, pricing
from galleria.commerce.catalog import Option, ProductChanges, ProductDraft, ProductTree
from galleria.commerce.workbench.room import ROOM as WORKBENCH
from galleria.content import images
from galleria.engines.context import Context
from galleria.faces.backoffice.pages.products.places import fitting
from galleria.platform import tenants
from tests.faces.backoffice.conftest import SignedIn

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\xa6\x1e?W\x00"
    b"\x00\x00\x00IEND\xaeB`\x82"
)


async def make(shop: Context, *titles: str, status: str = "active") -> list[ProductTree]:
    """Products with these titles."""
    return [
        await catalog.create_product(shop, ProductDraft(title=title, status=status))  # type: ignore[arg-type]
        for title in titles
    ]


async def price_of(shop: Context, variant_id: UUID) -> tuple[int, int | None]:
    """What it costs, and is said to have cost."""
    channel = await tenants.channel_of(shop)
    prices = await pricing.prices_of(shop, [variant_id], channel.channel_id, channel.currency)
    return prices[variant_id].amount_minor, prices[variant_id].compare_at_minor


async def on_hand(shop: Context, variant_id: UUID) -> int:
    """How many are there."""
    page = await inventory.list_stock(shop, [variant_id])
    return sum(level.on_hand for level in page.items)


async def test_an_empty_shop_says_how_to_begin(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/products")
    assert "No product yet" in page.text
    assert f"{mia.base}/products/new" in page.links


async def test_products_are_found_by_title_status_category_and_brand(
    shop: Context,
    at_work: SignedIn,
    a_mug: ProductTree,
    drain: Callable[..., Awaitable[int]],
) -> None:
    await make(shop, "Linen Towel", "Linen Apron", status="draft")
    await drain(*WORKBENCH.subscriptions)  # which knows what lies in a category
    mia = await at_work(shop)
    for question, there, not_there in (
        ("?q=linen", ["Linen Towel", "Linen Apron"], ["Stoneware Mug"]),
        ("?status=active", ["Stoneware Mug"], ["Linen Towel"]),
        ("?status=draft&q=linen+t", ["Linen Towel"], ["Linen Apron", "Stoneware Mug"]),
        ("?brand=Kiln+%26+Co", ["Stoneware Mug"], ["Linen Towel"]),
        (f"?category={a_mug.categories[0].category_id}", ["Stoneware Mug"], ["Linen Apron"]),
        ("?category=nonsense", ["Nothing fits"], ["Stoneware Mug"]),
        ("?q=%3Cscript%3E", ["Nothing fits", "&lt;script&gt;"], ["<script>alert"]),
    ):
        page = await mia.get("/products" + question)
        assert page.status == 200, question
        for text in there:
            assert text in page.text, (question, text)
        for text in not_there:
            assert f">{text}<" not in page.text, (question, text)


async def test_a_long_list_is_turned_page_by_page_without_a_gap(
    shop: Context, at_work: SignedIn
) -> None:
    async with shop.transaction() as tx:
        drafts = [ProductDraft(handle=f"p-{n}", title=f"Print {n:03}") for n in range(120)]
        await catalog.merge_products(tx, drafts)
    mia = await at_work(shop)
    seen: list[str] = []
    address: str | None = "/products?sort=title"
    while address:
        page = await mia.get(address)
        seen += [f"Print {n:03}" for n in range(120) if f">Print {n:03}<" in page.text]
        following = [link for link in page.links if "cursor=" in link]
        address = following[0].removeprefix(mia.base) if following else None
    assert seen == [f"Print {n:03}" for n in range(120)]
    bent = await mia.get("/products?cursor=bent")
    assert bent.status == 200, "a cursor that is none leads to the first page"


async def test_many_products_are_archived_together_and_it_is_taken_back(
    shop: Context, at_work: SignedIn
) -> None:
    first, second = await make(shop, "One", "Two")
    (third,) = await make(shop, "Three", status="draft")
    mia = await at_work(shop)
    page = await mia.get("/products?select=all")
    ids = [str(each.product_id) for each in (first, second, third)]
    ticked = [
        value for name, value in page.form(f"{mia.base}/products/bulk") if name == "product_id"
    ]
    assert sorted(ticked) == sorted(ids), "all on the page are ticked without a script"

    fields = [*page.form(f"{mia.base}/products/bulk"), ("action", "archive")]
    page = await mia.browser.post(f"{mia.base}/products/bulk", fields)
    assert "3 products are archived." in page.text
    assert await statuses(shop, ids) == ["archived"] * 3

    page = await mia.submit(page, "/products/undo")
    assert "3 products are as they were" in page.text
    assert await statuses(shop, ids) == ["active", "active", "draft"]
    page = await mia.browser.post(f"{mia.base}/products/undo", {"form_token": page.token})
    assert "nothing to take back" in page.text


async def statuses(shop: Context, ids: list[str]) -> list[str]:
    return [(await catalog.get_product(shop, UUID(each))).status for each in ids]


async def test_what_cannot_be_published_is_counted_and_left_as_it_was(
    shop: Context, at_work: SignedIn
) -> None:
    (draft,) = await make(shop, "Draft", status="draft")
    (archived,) = await make(shop, "Archived", status="archived")
    mia = await at_work(shop)
    page = await mia.get("/products")
    fields = [
        ("form_token", page.token),
        ("action", "publish"),
        ("product_id", str(draft.product_id)),
        ("product_id", str(archived.product_id)),
        ("product_id", "no id at all"),
    ]
    page = await mia.browser.post(f"{mia.base}/products/bulk", fields)
    assert "One product is on sale." in page.text
    assert "One could not be changed." in page.text
    ids = [str(draft.product_id), str(archived.product_id)]
    assert await statuses(shop, ids) == ["active", "archived"]


async def test_a_new_product_comes_with_variants_prices_and_stock(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/products/new")
    page = await mia.send(
        page,
        "/products/new",
        {
            "title": "Poster",
            "description_html": "First.\r\n\r\nSecond <3",
            "price": "1.234,50 €",
            "compare_at": "2000",
            "sku": "P",
            "on_hand": "7",
            "tags": "wall, paper, wall",
            "options[0].name": "Size",
            "options[0].values": "A3\r\nA2",
            "options[1].name": "Frame",
            "options[1].values": "Oak\r\nNone",
        },
    )
    assert "is there, as a draft" in page.text
    product = await catalog.get_product_by_handle(shop, "poster")
    assert product.status == "draft"
    assert product.tags == ["wall", "paper"]
    assert [variant.sku for variant in product.variants] == [
        "P-a3-oak",
        "P-a3-none",
        "P-a2-oak",
        "P-a2-none",
    ]
    for variant in product.variants:
        assert await price_of(shop, variant.variant_id) == (123450, 200000)
        assert await on_hand(shop, variant.variant_id) == 7


async def test_a_new_product_with_mistakes_is_not_made_and_nothing_typed_is_lost(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/products/new")
    for changes, told in (
        ({"title": ""}, "Please fill this in."),
        ({"title": "Plate", "price": "cheap"}, "Write an amount, such as 12.90."),
        ({"title": "Plate", "sku": "mug-b"}, "Another variant has this SKU."),
        ({"title": "Plate", "options[0].name": "Size"}, "Please fill this in."),
        ({"title": "Plate", "on_hand": "-1"}, "This number is too large or too small."),
    ):
        refused = await mia.send(page, "/products/new", {"brand": "Kept & shown", **changes})
        assert refused.status in {409, 422}, changes
        assert told in refused.text, changes
        assert 'value="Kept &amp; shown"' in refused.text
    assert (await catalog.count_products(shop))["draft"] == 0


async def test_a_product_is_rewritten_by_its_form(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}"
    page = await mia.get(path)
    same = await mia.submit(page, path)
    assert (await catalog.get_product(shop, a_mug.product_id)).title == a_mug.title
    assert same.status == 200

    page = await mia.get(path)
    page = await mia.send(
        page,
        path,
        {
            "title": "Big <Mug>",
            "brand": "Kiln",
            "tags": "kitchen, gift",
            "seo.title": "The mug",
            "attributes.capacity_ml": "400",
            "attributes.dishwasher_safe": "false",
            "attributes.material": "",
            "new_attributes[0].code": "height_cm",
            "new_attributes[0].kind": "number",
            "new_attributes[0].value": "9,5",
            "translations.de.title": "Großer Becher",
            "translations.de.options": "Colour = Farbe\r\nBlue = Blau\r\nWhite = Weiß",
            "options[0].values": "Blue\r\nWhite\r\nGreen",
        },
    )
    assert "is saved" in page.text
    saved = await catalog.get_product(shop, a_mug.product_id)
    assert saved.title == "Big <Mug>"
    assert saved.tags == ["kitchen", "gift"]
    assert saved.seo.title == "The mug"
    assert saved.attributes == {"capacity_ml": 400, "dishwasher_safe": False, "height_cm": 9.5}
    assert saved.translations["de"].title == "Großer Becher"
    assert saved.translations["de"].options == {
        "Colour": "Farbe",
        "Blue": "Blau",
        "White": "Weiß",
    }
    assert saved.options == [Option("Colour", ["Blue", "White", "Green"])]
    assert saved.description_html == a_mug.description_html
    assert saved.categories == a_mug.categories
    assert "Big &lt;Mug&gt;" in page.text


async def test_a_product_changed_by_somebody_else_is_not_written_over(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}"
    page = await mia.get(path)
    theirs = ProductChanges(title="Theirs", product_type="Their type")
    await catalog.update_product(shop, a_mug.product_id, theirs)
    page = await mia.submit(page, path, title="Mine", brand="Mine too")
    assert page.status == 412
    assert "Somebody else has changed this product" in page.text
    assert "<del>Theirs</del>" in page.text
    assert "<ins>Mine</ins>" in page.text
    assert dict(page.form(mia.base + path))["title"] == "Mine"
    assert (await catalog.get_product(shop, a_mug.product_id)).title == "Theirs"

    page = await mia.submit(page, path)
    assert page.status == 200
    saved = await catalog.get_product(shop, a_mug.product_id)
    assert (saved.title, saved.brand) == ("Mine", "Mine too")
    assert saved.product_type == "Their type", "what was not touched here is left as they have it"


async def test_what_the_catalog_refuses_is_told_at_the_field(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    await make(shop, "Plate")
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}"
    page = await mia.get(path)
    for changes, told in (
        ({"handle": "plate"}, "Another page has this address."),
        ({"handle": "No Handle"}, "letters a-z"),
        ({"title": "  "}, "Please fill this in."),
        ({"options[0].values": "Blue"}, "A variant still has a value you are removing."),
        ({"attributes.capacity_ml": "large"}, "Write a number"),
    ):
        refused = await mia.send(page, path, changes)
        assert refused.status in {409, 422}, changes
        assert told in refused.text, changes
        assert 'aria-invalid="true"' in refused.text, changes


async def test_variants_prices_and_stock_are_saved_as_one_table(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (variant.variant_id for variant in a_mug.variants)
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}/variants"
    page = await mia.get(path)
    form = dict(page.form(mia.base + path))
    assert form[f"variants[{blue}].price"] == "24.00"
    assert form[f"variants[{blue}].stock.main"] == "3"
    page = await mia.send(
        page,
        path,
        {
            f"variants[{blue}].sku": "MUG-BLUE",
            f"variants[{blue}].price": "30",
            f"variants[{blue}].compare_at": "35,50",
            f"variants[{blue}].stock.main": "10",
            f"variants[{white}].weight_g": "420",
            f"variants[{white}].policy": "uncounted",
        },
    )
    assert "is saved" in page.text
    saved = await catalog.get_product(shop, a_mug.product_id)
    assert [variant.sku for variant in saved.variants] == ["MUG-BLUE", "mug-w"]
    assert saved.variants[1].weight_g == 420
    assert await price_of(shop, blue) == (3000, 3550)
    assert await price_of(shop, white) == (2600, None)
    assert await on_hand(shop, blue) == 10
    assert not (await inventory.availability(shop, [white]))[white].is_tracked


async def test_a_count_typed_while_pieces_were_sold_keeps_the_sale(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue = a_mug.variants[0].variant_id
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}/variants"
    page = await mia.get(path)
    await inventory.adjust_stock(shop, blue, inventory.AdjustStock(delta=-1, reason="sold"))
    await mia.send(page, path, {f"variants[{blue}].stock.main": "5"})
    assert await on_hand(shop, blue) == 4, "two more than the three shown, less the one sold"


async def test_a_table_with_one_mistake_is_not_saved_at_all(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (variant.variant_id for variant in a_mug.variants)
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}/variants"
    page = await mia.get(path)
    for name, text, told in (
        (f"variants[{white}].sku", "mug-b", "Another variant has this SKU."),
        (f"variants[{white}].price", "", "A price cannot be emptied."),
        (f"variants[{white}].stock.main", "many", "Write a number"),
    ):
        changes: dict[str, str | None] = {f"variants[{blue}].price": "99", name: text}
        refused = await mia.send(page, path, changes)
        assert refused.status in {409, 422}, name
        assert told in refused.text, name
        assert dict(refused.form(mia.base + path))[f"variants[{blue}].price"] == "99"
    assert await price_of(shop, blue) == (2400, None)


async def test_one_row_fills_all_the_others(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}/variants"
    page = await mia.get(path)
    await mia.send(page, path, {"all.price": "12.90", "all.stock.main": "8"})
    for variant in a_mug.variants:
        assert await price_of(shop, variant.variant_id) == (1290, None)
        assert await on_hand(shop, variant.variant_id) == 8


async def test_variants_are_added_for_missing_combinations_and_removed(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    options = [Option("Colour", ["Blue", "White", "Green"])]
    await catalog.update_product(shop, a_mug.product_id, ProductChanges(options=options))
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}/variants"
    page = await mia.get(path)
    page = await mia.submit(page, path + "/complete")
    assert "One variant was added." in page.text
    product = await catalog.get_product(shop, a_mug.product_id)
    assert [variant.option_values for variant in product.variants] == [
        ["Blue"],
        ["White"],
        ["Green"],
    ]
    for variant in product.variants:
        address = f"{mia.base}{path}/{variant.variant_id}/remove"
        page = await mia.browser.post(address, {"form_token": page.token})
    assert page.status == 409
    assert "keeps at least one variant" in page.text


async def test_pictures_are_sent_described_ordered_and_taken_away(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}/pictures"
    send = f"/uploads/{shop.tenant.slug}{path}"
    page = await mia.get(path)
    files = [
        ("pictures", ("blue_mug-front.png", PIXEL)),
        ("pictures", ("C:\\pictures\\back.png", PIXEL + b" ")),
    ]
    page = await mia.browser.upload(page, send, files)
    assert "2 pictures were added." in page.text
    product = await catalog.get_product(shop, a_mug.product_id)
    assert [picture.alt for picture in product.media] == ["blue mug front", "back"]

    media_id = product.media[0].media_id
    shown = await mia.get(f"/media/{media_id}")
    assert shown.response.content == PIXEL
    assert shown.response.headers["content-type"] == "image/png"

    changes: dict[str, str | None] = {"media[0].place": "9", "media[1].alt": "The back"}
    page = await mia.send(page, path, changes)
    product = await catalog.get_product(shop, a_mug.product_id)
    assert [picture.alt for picture in product.media] == ["The back", "blue mug front"]
    await mia.send(page, path, {"media[0].remove": "true"})
    product = await catalog.get_product(shop, a_mug.product_id)
    assert [picture.alt for picture in product.media] == ["blue mug front"]


async def test_what_is_no_picture_is_refused_with_a_remedy(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}/pictures"
    send = f"/uploads/{shop.tenant.slug}{path}"
    page = await mia.get(path)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    refused = await mia.browser.upload(page, send, [("pictures", ("logo.png", svg))])
    assert refused.status == 415
    assert "Send a PNG, JPEG, GIF, WebP or AVIF file." in refused.text
    stolen = await mia.browser.upload(
        page, send, [("pictures", ("a.png", PIXEL))], form_token="x" * 43
    )
    assert stolen.status == 403
    assert (await catalog.get_product(shop, a_mug.product_id)).media == []


async def test_a_picture_of_another_shop_is_not_shown(
    shop: Context, another_ctx: Context, at_work: SignedIn
) -> None:
    foreign = await images.store_image(another_ctx, PIXEL)
    mia = await at_work(shop)
    assert (await mia.get(f"/media/{foreign.media_id}")).status == 404


async def test_two_people_who_publish_at_once_both_succeed(
    shop: Context, at_work: SignedIn
) -> None:
    (draft,) = await make(shop, "Draft", status="draft")
    people = [await at_work(shop), await at_work(shop, "manager")]
    path = f"/products/{draft.product_id}"
    pages = [await each.get(path) for each in people]
    fields = [{"form_token": page.token, "action": "publish"} for page in pages]
    answers = await asyncio.gather(
        *(
            each.browser.post(f"{each.base}{path}/status", sent)
            for each, sent in zip(people, fields, strict=True)
        )
    )
    assert [answer.status for answer in answers] == [200, 200]
    assert (await catalog.get_product(shop, draft.product_id)).status == "active"


async def test_a_product_is_deleted_for_good(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}"
    page = await mia.get(path)
    page = await mia.submit(page, path + "/delete")
    assert "is deleted" in page.text
    assert (await mia.get(path)).status == 404


async def _held(shop: Context, product_id: UUID) -> list[UUID]:
    held = (await collections.collections_of(shop, [product_id]))[product_id]
    return [each.collection_id for each in held]


async def test_a_product_stays_in_places_that_its_form_has_no_room_for(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    last = ""
    async with shop.transaction():
        for number in range(105):
            wanted = collections.NewCollection(title=f"List {number}", position=number)
            last = str((await collections.create_collection(shop, wanted)).collection_id)
        await collections.fill_collection(shop, UUID(last), [a_mug.product_id], [])
    mia = await at_work(shop)
    path = f"/products/{a_mug.product_id}"
    page = await mia.get(path)
    assert ("collection_ids", last) in page.form(mia.base + path)
    await mia.browser.post(mia.base + path, [*page.form(mia.base + path)])
    assert [str(each) for each in await _held(shop, a_mug.product_id)] == [last]


def test_a_very_large_tree_is_shown_without_its_deepest_levels() -> None:
    def category(number: int, depth: int) -> catalog.Category:
        lineage = [UUID(int=number)] * depth
        return catalog.Category(
            category_id=UUID(int=number),
            parent_id=None,
            handle="",
            name="",
            translations={},
            path="",
            lineage=lineage,
            position=0,
            version=1,
        )

    tree = [category(number, 1 if number < 50 else 3) for number in range(1_000)]
    shown = fitting(tree, {UUID(int=900)})
    assert [each.category_id.int for each in shown] == [*range(50), 900]
    assert len(fitting(tree[:300], ())) == 300


async def test_categories_are_made_named_and_removed_and_a_product_joins_a_collection(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/categories")
    kitchen = next(each for each in a_mug.categories if not each.is_direct)
    page = await mia.submit(page, "/categories", name="Bowls", parent_id=str(kitchen.category_id))
    tree = {each.path: each for each in await catalog.all_categories(shop)}
    assert set(tree) == {"kitchen", "kitchen/mugs", "kitchen/bowls"}
    refused = await mia.submit(
        page, "/categories", name="Bowls", parent_id=str(kitchen.category_id)
    )
    assert refused.status == 409
    bowls = f"/categories/{tree['kitchen/bowls'].category_id}"
    page = await mia.send(page, bowls, {"name": "Bowls", "translations.de": "Schalen"})
    named = await catalog.get_category(shop, tree["kitchen/bowls"].category_id)
    assert named.translations == {"de": "Schalen"}
    token = {"form_token": page.token}
    full = await mia.browser.post(f"{mia.base}/categories/{kitchen.category_id}/remove", token)
    assert "Other categories lie in it." in full.text
    page = await mia.browser.post(f"{mia.base}{bowls}/remove", token)
    assert "Removed." in page.text

    summer = await collections.create_collection(shop, collections.NewCollection(title="Summer"))
    page = await mia.get(f"/products/{a_mug.product_id}")
    fields = [*page.form(f"{mia.base}/products/{a_mug.product_id}")]
    fields.append(("collection_ids", str(summer.collection_id)))
    await mia.browser.post(f"{mia.base}/products/{a_mug.product_id}", fields)
    saved = await catalog.get_product(shop, a_mug.product_id)
    assert await _held(shop, a_mug.product_id) == [summer.collection_id]
    assert saved.categories == a_mug.categories
