"""Stock and prices in the back office."""

from uuid import UUID

from galleria.commerce import inventory, pricing
from galleria.commerce.catalog import ProductTree
from galleria.engines.context import Context
from galleria.platform import tenants
from tests.commerce.selling import mug, put_on_sale
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import SignedIn
from tests.faces.backoffice.test_products import on_hand, price_of


def row(page: Page, path: str, variant_id: UUID) -> str:
    """How the fields of a variant's first row are called."""
    return next(
        name.removesuffix(".was")
        for name, _ in page.form(path)
        if str(variant_id) in name and name.endswith(".was")
    )


async def test_stock_is_counted_and_moved_with_a_reason(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (variant.variant_id for variant in a_mug.variants)
    mia = await at_work(shop)
    page = await mia.get("/stock")
    blues, whites = (row(page, f"{mia.base}/stock", each) for each in (blue, white))
    page = await mia.send(
        page,
        "/stock",
        {
            f"{blues}.on_hand": "10",
            f"{blues}.safety": "2",
            f"{whites}.delta": "+4",
            "reason": "received",
            "reference": "Note 17",
        },
    )
    assert "2 rows were changed." in page.text
    assert (await on_hand(shop, blue), await on_hand(shop, white)) == (10, 4)
    there = await inventory.availability(shop, [blue])
    assert there[blue].available == 8
    movements = (await inventory.list_movements(shop)).items[:2]
    assert {(m.delta, m.reason, m.reference) for m in movements} == {
        (7, "received", "Note 17"),
        (4, "received", "Note 17"),
    }
    assert {m.actor for m in movements} == {f"person:{mia.person.person_id}"}
    page = await mia.get(f"/stock/movements?variant={blue}")
    assert "Note 17" in page.text
    assert "+7" in page.text


async def test_stock_with_one_mistake_is_not_changed_at_all(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (variant.variant_id for variant in a_mug.variants)
    mia = await at_work(shop)
    page = await mia.get("/stock")
    blues, whites = (row(page, f"{mia.base}/stock", each) for each in (blue, white))
    for changes, told in (
        ({f"{whites}.delta": "-1"}, "Fewer would be there than nothing"),
        ({f"{whites}.on_hand": "some"}, "Write a number"),
        ({f"{whites}.on_hand": "5", f"{whites}.delta": "5"}, "not both in one row"),
    ):
        refused = await mia.send(page, "/stock", {f"{blues}.on_hand": "50", **changes})
        assert refused.status in {409, 422}
        assert told in refused.text
        assert dict(refused.form(f"{mia.base}/stock"))[f"{blues}.on_hand"] == "50"
    assert await on_hand(shop, blue) == 3


async def test_stock_is_found_by_sku_title_and_place(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    await put_on_sale(shop, mug("bowl", title="Wide Bowl"))
    wanted = inventory.NewLocation(code="barn", name="The barn")
    barn = await inventory.create_location(shop, wanted)
    bowl = (await inventory.list_stock(shop)).items[-1].variant_id
    level = inventory.SetStock(variant_id=bowl, on_hand=6, location_id=barn.location_id)
    await inventory.set_stock(shop, [level])
    mia = await at_work(shop, "clerk")
    for question, count in (("", 5), ("?q=mug-b", 1), ("?q=wide", 3), ("?place=barn", 1)):
        page = await mia.get("/stock" + question)
        fields = page.form(f"{mia.base}/stock")
        assert sum(name.endswith(".was") for name, _ in fields) == count, question
    assert "Nothing fits" in (await mia.get("/stock?q=nothing-like-it")).text


async def test_a_row_of_another_shop_cannot_be_sent(
    shop: Context, another_ctx: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    token = (await mia.get("/stock")).token
    foreign = "01932f3c-0000-7000-8000-000000000009"
    key = f"levels[{foreign}/1]"
    fields = {"form_token": token, f"{key}.was": "0", f"{key}.on_hand": "5", "reason": "counted"}
    page = await mia.browser.post(f"{mia.base}/stock", fields)
    assert page.status == 404
    key = f"prices[{foreign}]"
    fields = {"form_token": token, f"{key}.price": "5"}
    page = await mia.browser.post(f"{mia.base}/prices", fields)
    assert page.status == 404


async def test_prices_of_a_page_are_changed_together(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (variant.variant_id for variant in a_mug.variants)
    mia = await at_work(shop)
    page = await mia.get("/prices?q=stone")
    page = await mia.send(
        page, "/prices", {f"prices[{blue}].price": "19,90", f"prices[{blue}].compare_at": "24"}
    )
    assert "One price was changed." in page.text
    assert await price_of(shop, blue) == (1990, 2400)
    assert await price_of(shop, white) == (2600, None)

    refused = await mia.send(
        page, "/prices", {f"prices[{blue}].price": "1", f"prices[{white}].price": "two"}
    )
    assert refused.status == 422
    assert "Write an amount" in refused.text
    assert await price_of(shop, blue) == (1990, 2400)


async def test_raising_by_percent_is_shown_before_it_is_saved(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (variant.variant_id for variant in a_mug.variants)
    mia = await at_work(shop)
    page = await mia.get("/prices")
    changes: dict[str, str | None] = {"percent": "5", "rounds": "true", "action": "preview"}
    page = await mia.send(page, "/prices", changes)
    assert "These prices are not saved yet." in page.text
    form = dict(page.form(f"{mia.base}/prices"))
    assert (form[f"prices[{blue}].price"], form[f"prices[{white}].price"]) == ("25.20", "27.30")
    assert await price_of(shop, blue) == (2400, None)
    await mia.send(page, "/prices", {"action": "save"})
    assert await price_of(shop, blue) == (2520, None)
    assert await price_of(shop, white) == (2730, None)


async def test_each_channel_has_prices_of_its_own(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue = a_mug.variants[0].variant_id
    swiss = await tenants.create_channel(
        shop, tenants.NewChannel(code="swiss", name="Swiss", currency="CHF", locale="de")
    )
    mia = await at_work(shop)
    page = await mia.get("/prices?channel=swiss")
    assert dict(page.form(f"{mia.base}/prices"))[f"prices[{blue}].price"] == ""
    page = await mia.send(page, "/prices", {f"prices[{blue}].price": "30"})
    assert page.address.endswith("channel=swiss")
    prices = await pricing.prices_of(shop, [blue], swiss.channel_id, "CHF")
    assert prices[blue].amount_minor == 3000
    assert await price_of(shop, blue) == (2400, None)


async def test_costs_stand_beside_prices_with_what_is_left(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (variant.variant_id for variant in a_mug.variants)
    mia = await at_work(shop)
    page = await mia.get("/prices")
    assert "%</td>" not in page.text, "no cost is known"
    page = await mia.send(page, "/prices", {f"prices[{blue}].cost": "6,00"})
    assert "One cost was changed." in page.text
    assert ">75 %</td>" in page.text
    assert await price_of(shop, blue) == (2400, None)
    both = {f"prices[{blue}].price": "5", f"prices[{white}].cost": "13"}
    page = await mia.send(page, "/prices", both)
    assert ">-20 %</td>" in page.text and ">50 %</td>" in page.text
    known = await pricing.costs_of(shop, [blue, white])
    assert {key: each.amount_minor for key, each in known.items()} == {
        (blue, "EUR"): 600,
        (white, "EUR"): 1300,
    }
    # What raising would give shows what it would leave.
    raised: dict[str, str | None] = {"percent": "140", "action": "preview"}
    assert ">50 %</td>" in (await mia.send(page, "/prices", raised)).text
    refused = await mia.send(page, "/prices", {f"prices[{blue}].cost": "nothing much"})
    assert refused.status == 422 and "Write an amount" in refused.text
    table = await mia.get("/export/products.csv")
    cells = [row.split(",") for row in table.text.splitlines()]
    at = cells[0].index("Cost per item")
    assert sorted(row[at] for row in cells[1:] if len(row) > at)[-2:] == ["13.00", "6.00"]
    await mia.send(await mia.get("/prices"), "/prices", {f"prices[{blue}].cost": ""})
    assert list(await pricing.costs_of(shop, [blue, white])) == [(white, "EUR")]
