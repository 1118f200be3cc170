"""The stockroom: deliveries, stocktaking, transfers, what runs low, and a variant's terms."""

from datetime import date
from uuid import UUID

import pytest

from galleria.commerce import inventory
from galleria.commerce.catalog import ProductTree
from galleria.commerce.inventory import NewIncoming, NewLocation
from galleria.engines.context import Context
from galleria.faces.backoffice.pages.stock.lines import packed, read_lines, unpacked
from galleria.foundation.ids import new_id
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import Person, SignedIn
from tests.faces.backoffice.test_products import on_hand


async def locations(shop: Context) -> tuple[int, int]:
    """The shop's first location and a second one, called far."""
    (near,) = await inventory.list_locations(shop)
    far = await inventory.create_location(shop, NewLocation(code="far", name="Far away"))
    return near.location_id, far.location_id


async def levels(shop: Context, variant_id: UUID) -> dict[int, int]:
    page = await inventory.list_stock(shop, [variant_id])
    return {each.location_id: each.on_hand for each in page.items}


def sku_of(tree: ProductTree, at: int = 0) -> str:
    sku = tree.variants[at].sku
    assert sku is not None
    return sku


async def test_a_delivery_is_noted_comes_in_part_and_is_waited_for_no_more(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    blue = a_mug.variants[0].variant_id
    path = "/stock/deliveries"
    page = await mia.get(path)
    page = await mia.submit(
        page, path, sku=sku_of(a_mug), quantity="10", expected_on="2020-02-01", reference="PO 7"
    )
    assert "The delivery is noted." in page.text
    assert "0 of 10" in page.text
    assert ">late<" in page.text
    (delivery,) = (await inventory.list_incoming(shop)).items
    assert (delivery.expected_on, delivery.reference) == (date(2020, 2, 1), "PO 7")

    row = f"{path}/{delivery.incoming_id}"
    page = await mia.submit(page, f"{row}/receive", quantity="4")
    assert "4 of 10" in page.text
    assert ">in part<" in page.text
    assert await on_hand(shop, blue) == 7
    page = await mia.submit(page, f"{row}/receive", quantity="7")
    assert page.status == 409
    assert "More came than was expected." in page.text
    page = await mia.browser.post(f"{mia.base}{row}/cancel", [("form_token", page.token)])
    assert "The rest is waited for no more." in page.text
    assert "4 of 10" in (await mia.get(f"{path}?state=cancelled")).text
    assert await on_hand(shop, blue) == 7


async def test_a_delivery_of_nothing_we_have_is_refused(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/stock/deliveries")
    page = await mia.submit(page, "/stock/deliveries", sku="no-such", quantity="1")
    assert (page.status, "Nothing here has this SKU." in page.text) == (422, True)
    page = await mia.submit(page, "/stock/deliveries", sku=sku_of(a_mug), quantity="some")
    assert (page.status, "Write a number" in page.text) == (422, True)
    assert (await inventory.list_incoming(shop)).items == []


async def test_a_sheet_is_filled_in_looked_at_and_kept(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    (near,) = await inventory.list_locations(shop)
    blue = a_mug.variants[0].variant_id
    page = await mia.get("/stock/counts")
    field = f"counted[{blue}/{near.location_id}]"
    page = await mia.send(page, "/stock/counts", {field: "5", "reason": "lost"})
    assert "+2" in page.text
    assert await on_hand(shop, blue) == 3, "only looked at"
    # Somebody buys one meanwhile.
    await inventory.adjust_stock(shop, blue, inventory.AdjustStock(delta=-1))
    page = await mia.submit(page, "/stock/counts/keep")
    assert "One shelf was put right." in page.text
    assert await on_hand(shop, blue) == 4, "what was sold is not put back"
    newest = (await inventory.list_movements(shop, blue)).items[0]
    assert (newest.delta, newest.reason) == (2, "lost")


async def send_list(mia: Person, content: bytes | None, **fields: str) -> Page:
    page = await mia.get("/stock/counts")
    address = f"/uploads/{mia.base.removeprefix('/s/')}/stock-counts"
    files = [("file", ("count.csv" if content is not None else "", content or b""))]
    return await mia.browser.upload(page, address, files, **fields)


async def test_a_list_is_sent_and_what_it_says_wrongly_is_told(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    _, far = await locations(shop)
    blue, white = sku_of(a_mug), sku_of(a_mug, 1)
    content = (
        f"SKU;Location;Counted\n{blue};;9\n{white};far;2\nghost;;1\n{blue};nowhere;1\n{white};;x"
    )
    page = await send_list(mia, content.encode())
    assert page.status == 200
    assert "+6" in page.text
    assert "Far away" in page.text
    assert "ghost" in page.text
    assert page.text.count("Line ") == 2, "one names no location, one no number"
    page = await mia.submit(page, "/stock/counts/keep")
    assert "2 shelves were put right." in page.text
    assert await levels(shop, a_mug.variants[1].variant_id) == {far: 2} | {
        each: count
        for each, count in (await levels(shop, a_mug.variants[1].variant_id)).items()
        if each != far
    }
    assert await on_hand(shop, a_mug.variants[0].variant_id) == 9


async def test_a_list_may_be_typed_and_an_empty_one_is_none(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await send_list(mia, None, typed=f"{sku_of(a_mug)}; 3\n")
    assert "Nothing differs" in page.text
    page = await send_list(mia, None)
    assert (page.status, "Choose a file first." in page.text) == (422, True)
    sheet = await mia.browser.client.get(f"{mia.base}/stock/counts/sheet.csv")
    assert sku_of(a_mug) in sheet.text
    page = await send_list(mia, sheet.content)
    assert "Nothing differs" in page.text, "our own sheet, as it is"


@pytest.mark.parametrize(
    ("text", "lines", "faults"),
    [
        ("A;1\nB;2", [("A", 1), ("B", 2)], []),
        ("A\t+1\n\nB\t\u22122\n", [("A", 1), ("B", -2)], []),
        ("sku,counted,on_hand\nA,5,7\nB,,7\n", [("A", 5)], []),
        ("Artikelnummer;Menge\nA;5\n;6\n", [("A", 5)], [(3, "required")]),
        ("", [], []),
    ],
)
def test_lists_are_read_as_people_write_them(
    text: str, lines: list[tuple[str, int]], faults: list[tuple[int, str]]
) -> None:
    read = read_lines(text, {})
    assert [(each.sku, each.quantity) for each in read.lines] == lines
    assert read.faults == faults


def test_what_a_form_carries_comes_back_and_nothing_else() -> None:
    changes = [(new_id(), 1, delta) for delta in range(-2_000, 2_000)]
    read = unpacked([*packed(changes), "nonsense\n;;\nx;1;2", f"{new_id()};9{'9' * 40};1"])
    assert [(each.variant_id, each.location_id, each.quantity) for each in read] == changes


async def test_goods_are_carried_over_all_or_none(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    assert "There is one location only" in (await mia.get("/stock/transfers")).text
    near, far = await locations(shop)
    blue = a_mug.variants[0].variant_id
    page = await mia.get("/stock/transfers?q=Stoneware&to=far")
    page = await mia.send(page, "/stock/transfers", {f"pieces[{blue}]": "2", "reference": "Van"})
    assert "2 pieces were carried over." in page.text
    assert await levels(shop, blue) == {near: 1, far: 2}
    page = await mia.submit(page, "/stock/transfers", listed=f"{sku_of(a_mug)}; 5")
    assert page.status == 409
    page = await mia.submit(page, "/stock/transfers", listed="ghost; 1")
    assert "Nothing here has this SKU." in page.text
    assert await levels(shop, blue) == {near: 1, far: 2}


async def test_what_runs_low_is_listed_and_exported(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/stock/low")
    assert "Nothing runs low" in page.text
    page = await mia.submit(page, "/stock/low", low_at="3")
    assert "Stoneware Mug" in page.text
    assert await inventory.low_stock_at(shop) == 3
    table = await mia.browser.client.get(f"{mia.base}/stock/low.csv")
    assert sku_of(a_mug) in table.text
    page = await mia.submit(page, "/stock/low", low_at="")
    assert await inventory.low_stock_at(shop) is None


async def test_a_variant_is_sold_on_terms_of_its_own(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    (near,) = await inventory.list_locations(shop)
    blue = a_mug.variants[0].variant_id
    path = f"/stock/variants/{blue}"
    page = await mia.get(path)
    page = await mia.send(
        page,
        path,
        {
            "selling": "preorder",
            "available_on": "2031-05-01",
            "promise_limit": "20",
            "low_at": "2",
            f"safety[{near.location_id}]": "1",
        },
    )
    assert "Saved." in page.text
    terms = (await inventory.terms_of(shop, [blue]))[blue]
    assert (terms.selling, terms.available_on) == ("preorder", date(2031, 5, 1))
    assert (terms.promise_limit, terms.low_at, terms.is_tracked) == (20, 2, True)
    assert (await inventory.availability(shop, [blue]))[blue].available == 2

    page = await mia.send(page, path, {"selling": "deny", "is_tracked": None})
    terms = (await inventory.terms_of(shop, [blue]))[blue]
    assert (terms.selling, terms.promise_limit, terms.is_tracked) == ("deny", None, False)
    page = await mia.send(page, path, {"low_at": "few"})
    assert page.status == 422
    assert (await mia.get(f"/stock/variants/{new_id()}")).status == 404


async def test_the_books_of_a_variant_are_narrowed_down(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    blue = a_mug.variants[0].variant_id
    await inventory.adjust_stock(shop, blue, inventory.AdjustStock(delta=8, reason="received"))
    path = f"/stock/variants/{blue}"
    assert "+8" in (await mia.get(path)).text
    assert "+8" not in (await mia.get(f"{path}?reason=damaged")).text
    assert "+8" in (await mia.get(f"{path}?reason=received&since=2020-01-01")).text
    assert "+8" not in (await mia.get(f"{path}?until=2020-01-01")).text
    assert "+8" in (await mia.get(f"{path}?since=nonsense")).text


async def test_who_may_only_read_finds_no_form(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    ann = await at_work(shop, "viewer")
    blue = a_mug.variants[0].variant_id
    await inventory.expect_incoming(shop, NewIncoming(variant_id=blue, quantity=1))
    for path in ("/stock/deliveries", "/stock/counts", "/stock/transfers", "/stock/low"):
        page = await ann.get(path)
        assert page.status == 200
        assert not page.has_form(ann.base + path)
    page = await ann.get(f"/stock/variants/{blue}")
    answer = await ann.browser.post(
        f"{ann.base}/stock/low", [("form_token", page.token), ("low_at", "1")]
    )
    assert answer.status == 403


async def test_goods_of_another_shop_are_nobodys(
    shop: Context, another_ctx: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue = a_mug.variants[0].variant_id
    noted = await inventory.expect_incoming(shop, NewIncoming(variant_id=blue, quantity=1))
    assert (await inventory.list_incoming(another_ctx)).items == []
    mia = await at_work(shop)
    page = await mia.get("/stock/deliveries")
    token = [("form_token", page.token)]
    gone = f"{mia.base}/stock/deliveries/{new_id()}/receive"
    assert (await mia.browser.post(gone, token)).status == 404
    assert (await inventory.list_incoming(shop)).items == [noted]
