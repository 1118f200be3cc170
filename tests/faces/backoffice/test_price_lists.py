"""Price lists, formulas and the reason of a price in the back office."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from galleria.commerce import customers, pricing
from galleria.commerce.catalog import ProductTree
from galleria.commerce.customers import NewCustomerGroup
from galleria.commerce.pricing import AskedPrice, NewPriceList, Price, PriceList, SetPrice
from galleria.engines.context import Context
from tests.faces.backoffice.conftest import NewShop, Person, SignedIn


async def _sale(shop: Context, **changes: object) -> PriceList:
    fields: dict[str, object] = {"code": "summer", "name": "Summer", "kind": "sale", **changes}
    return await pricing.create_list(shop, NewPriceList(**fields))  # type: ignore[arg-type]


async def _prices(shop: Context, price_list: PriceList) -> list[Price]:
    page = await pricing.list_prices(shop, None, None, None, 100, price_list.price_list_id)
    return page.items


async def test_a_list_is_made_for_a_group_and_a_time_and_its_terms_change(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    group = await customers.create_group(shop, NewCustomerGroup(code="trade", name="Trade"))
    mia = await at_work(shop)
    path = "/prices/lists/new"
    page = await mia.get(path)
    wrong = await mia.submit(
        page, path, name="June", valid_from="2026-06-01T00:00", valid_until="2026-05-01T00:00"
    )
    assert wrong.status == 422
    assert "It ends before it begins." in wrong.text
    assert "Without one" in wrong.text
    page = await mia.submit(
        wrong,
        path,
        kind="contract",
        valid_until="2026-07-01T00:00",
        customer_group_id=str(group.customer_group_id),
        priority="5",
    )
    assert "No price in it yet" in page.text
    june = (await pricing.list_price_lists(shop)).items[-1]
    assert (june.code, june.kind, june.priority, june.currency) == ("june", "contract", 5, "EUR")
    assert (june.customer_group_id, june.channel_id) == (group.customer_group_id, None)
    assert june.valid_from == datetime(2026, 6, 1, tzinfo=UTC)
    taken = await mia.submit(await mia.get(path), path, name="June")
    assert "Another price list has this code." in taken.text

    place = f"/prices/lists/{june.price_list_id}"
    page = await mia.submit(page, place, name="Trade prices", valid_until="", is_active=None)
    saved = await pricing.get_list(shop, june.price_list_id)
    assert (saved.name, saved.valid_until, saved.is_active) == ("Trade prices", None, False)
    stale = await mia.submit(page, place, version="1", name="Mine")
    assert stale.status == 412
    assert 'value="Mine"' in stale.text
    listed = await mia.get("/prices/lists")
    assert "Trade prices" in listed.text
    assert "switched off" in listed.text
    assert "Base prices" in listed.text
    base = (await pricing.list_price_lists(shop)).items[0]
    place = f"/prices/lists/{base.price_list_id}"
    page = await mia.submit(await mia.get(place), place, name="Ours")
    assert (await pricing.get_list(shop, base.price_list_id)).name == "Ours"
    assert (await mia.get("/prices/lists/99")).status == 404
    assert (await mia.get("/prices/lists/99999999999")).status == 404


async def test_prices_of_a_list_are_added_with_tiers_typed_over_and_taken_out(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    sale = await _sale(shop)
    blue, white = (each.variant_id for each in a_mug.variants)
    mia = await at_work(shop)
    path = f"/prices/lists/{sale.price_list_id}"
    page = await mia.get(f"{path}?q=Stone")
    new = f"new[{blue}]"
    page = await mia.send(
        page, f"{path}/prices", {f"{new}.price": "19,90", f"{new}.compare_at": "24"}
    )
    assert "One price was changed." in page.text
    more = {f"{new}.price": "15", f"{new}.pieces": "10", f"new[{white}].price": "20"}
    page = await mia.send(page, f"{path}/prices", more)
    found = {(each.variant_id, each.min_quantity): each for each in await _prices(shop, sale)}
    assert {key: each.amount_minor for key, each in found.items()} == {
        (blue, 1): 1990,
        (blue, 10): 1500,
        (white, 1): 2000,
    }
    assert found[blue, 1].compare_at_minor == 2400
    twice = await mia.send(page, f"{path}/prices", {f"{new}.price": "3", f"{new}.pieces": "10"})
    assert "There is a price from this number of pieces on already." in twice.text
    assert 'value="3"' in twice.text
    odd = await mia.send(page, f"{path}/prices", {f"{new}.price": "3", f"{new}.pieces": "0"})
    assert odd.status == 422

    page = await mia.get(path)
    mine = f"prices[{blue}/1]"
    emptied = await mia.send(page, f"{path}/prices", {f"{mine}.price": ""})
    assert "A price cannot be emptied." in emptied.text
    changes = {f"{mine}.price": "18.50", f"prices[{blue}/10].remove": "true"}
    page = await mia.send(page, f"{path}/prices", changes)
    left = {(each.variant_id, each.min_quantity) for each in await _prices(shop, sale)}
    assert left == {(blue, 1), (white, 1)}
    page = await mia.send(page, f"{path}/prices", {f"prices[{white}/1].remove": "true"})
    assert "One price is out of the list." in page.text
    (last,) = await _prices(shop, sale)
    assert last.amount_minor == 1850


async def _formula(mia: Person, fields: dict[str, str], count: int) -> tuple[str, dict[str, str]]:
    """The address of the form and its fields, with so many steps."""
    path = "/prices/edits/new"
    page = await mia.get(path)
    for _ in range(count - 1):
        page = await mia.send(page, path, {"action": "add:0"})
    return path, {**dict(page.form(mia.base + path)), **fields}


async def test_a_formula_is_looked_at_done_and_taken_back(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (each.variant_id for each in a_mug.variants)
    mia = await at_work(shop)
    assert "No change by formula yet" in (await mia.get("/prices/edits")).text
    steps = {
        "steps[0].do": "percent",
        "steps[0].value": "10 %",
        "steps[1].do": "end_in",
        "steps[1].value": ",99",
        "steps[1].direction": "down",
        "steps[2].do": "keep_as_compare_at",
        "brand": "Kiln & Co",
    }
    path, fields = await _formula(mia, steps, 3)
    page = await mia.browser.post(mia.base + path, {**fields, "action": "preview"})
    assert "2 prices would change" in page.text
    assert "€25.99" in page.text
    assert "€27.99" in page.text
    prices = await pricing.prices_of(shop, [blue, white], *(await _place(shop)))
    assert prices[blue].amount_minor == 2400

    page = await mia.send(page, path, {"action": "start"})
    (edit,) = (await pricing.list_edits(shop)).items
    place = f"/prices/edits/{edit.edit_id}"
    assert page.path == mia.base + place
    assert "waits" in page.text
    progress = await mia.get(f"{place}/progress.json")
    assert progress.response.json()["has_ended"] is False
    early = await mia.browser.post(f"{mia.base}{place}/undo", {"form_token": fields["form_token"]})
    assert early.status == 409
    await pricing.run_edit(shop, edit.edit_id)
    page = await mia.get(place)
    assert "10 percent more, rounded to end in .99 (down)" in page.text
    assert "€25.99" in page.text
    prices = await pricing.prices_of(shop, [blue, white], *(await _place(shop)))
    assert prices[blue].amount_minor == 2599

    page = await mia.submit(page, f"{place}/undo")
    assert "The change is being taken back." in page.text
    await pricing.run_edit(shop, edit.edit_id)
    prices = await pricing.prices_of(shop, [blue, white], *(await _place(shop)))
    assert (prices[blue].amount_minor, prices[white].amount_minor) == (2400, 2600)
    assert "taken back" in (await mia.get(place)).text
    assert "10 percent more" in (await mia.get("/prices/edits")).text


async def _place(shop: Context) -> tuple[UUID, str]:
    (base, *_) = (await pricing.list_price_lists(shop)).items
    assert base.channel_id is not None
    return base.channel_id, base.currency


async def test_every_step_can_be_typed_moved_and_left_out(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    steps = {
        "steps[0].do": "set",
        "steps[0].value": "40",
        "steps[1].do": "add",
        "steps[1].value": "\u22122,05",
        "steps[2].do": "round",
        "steps[2].value": "0.50",
        "steps[2].direction": "up",
        "steps[3].do": "percent",
        "steps[3].value": "",
        "steps[4].do": "take_compare_at",
    }
    path, fields = await _formula(mia, steps, 5)
    page = await mia.browser.post(mia.base + path, {**fields, "action": "start"})
    (edit,) = (await pricing.list_edits(shop)).items
    assert "all cost €40.00, €2.05 less, rounded to multiples of €0.50 (up)" in " ".join(
        page.text.split()
    )
    assert [type(each).__name__ for each in edit.formula.steps] == [
        "SetAmount",
        "AddAmount",
        "RoundTo",
        "TakeCompareAt",
    ]
    page = await mia.browser.post(mia.base + path, {**fields, "action": "down:0"})
    page = await mia.send(page, path, {"action": "drop:3"})
    again = dict(page.form(mia.base + path))
    assert [again[f"steps[{at}].do"] for at in range(4)] == [
        "add",
        "set",
        "round",
        "take_compare_at",
    ]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"steps[0].value": ""}, "Add at least one step."),
        ({"steps[0].value": "half"}, "f-steps-0--value-wrong"),
        ({"steps[0].value": "-120"}, "This number is too small."),
        ({"steps[0].do": "sing"}, "f-steps-0--do"),
        ({"steps[0].do": "round", "steps[0].value": "0"}, "This number is too small."),
        ({"steps[0].do": "end_in", "steps[0].value": ".9x"}, "Write digits that a price may end"),
        ({"steps[0].do": "end_in", "steps[0].value": ".999"}, "Write digits that a price may end"),
        ({"steps[0].value": "5", "status": "lost"}, "This is none of the choices."),
    ],
)
async def test_what_a_formula_cannot_say_is_marked_where_it_stands(
    shop: Context, at_work: SignedIn, a_mug: ProductTree, step: dict[str, str], message: str
) -> None:
    mia = await at_work(shop)
    path, fields = await _formula(mia, step, 1)
    for action in ("preview", "start"):
        answer = await mia.browser.post(mia.base + path, {**fields, "action": action})
        assert answer.status == 422
        assert message in answer.text
    assert (await pricing.list_edits(shop)).items == []


async def test_a_page_says_why_a_price_counts_and_what_was_before(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue = a_mug.variants[0].variant_id
    sale = await _sale(shop)
    base = (await pricing.list_price_lists(shop)).items[0]
    numbers = {"tier": sale.price_list_id}
    later = Context(shop.engines, shop.tenant, shop.actor, request_id="later")
    await pricing.set_prices(
        later,
        [
            SetPrice(variant_id=blue, amount_minor=2500, price_list_id=base.price_list_id),
            SetPrice(variant_id=blue, amount_minor=1900, price_list_id=numbers["tier"]),
            SetPrice(
                variant_id=blue, amount_minor=1500, price_list_id=numbers["tier"], min_quantity=10
            ),
        ],
    )
    mia = await at_work(shop)
    assert f"/prices/variants/{blue}" in (await mia.get("/prices")).text
    path = f"/prices/variants/{blue}"
    page = await mia.get(path)
    assert "It costs €19.00" in page.text
    assert "A contract goes before a sale, and a sale before base prices." in page.text
    assert "The price is for more pieces." in page.text
    assert "Lowest price of the 30 days before this reduction: €24.00" in page.text
    assert "by hand" in page.text
    more = await mia.get(f"{path}?quantity=12")
    assert "It costs €15.00" in more.text
    assert "The same list has a price for more pieces that is reached." in more.text
    past = await mia.get(f"{path}?at=2020-01-01T00:00")
    assert past.status == 200
    assert (await mia.get(f"{path}?quantity=many")).status == 422
    assert (await mia.get(f"{path}?at=noon")).status == 422
    assert (await mia.get(f"{path}?channel=moon")).status == 404
    expected = await pricing.explain_price(shop, blue, AskedPrice())
    assert expected.amount_minor == 1900
    other = a_mug.product_id
    assert (await mia.get(f"/prices/variants/{other}")).status == 404


async def test_who_may_only_read_changes_no_price_and_another_shop_sees_none(
    shop: Context, at_work: SignedIn, new_shop: NewShop, a_mug: ProductTree
) -> None:
    sale = await _sale(shop)
    reader, stranger = await at_work(shop, "viewer"), await at_work(await new_shop())
    place = f"/prices/lists/{sale.price_list_id}"
    for path in ("/prices/lists", place, "/prices/edits"):
        page = await reader.get(path)
        assert page.status == 200
        assert ">Save" not in page.text
        assert "/prices/edits/new" not in page.text
    token = {"form_token": page.token}
    for path in (place, f"{place}/prices", "/prices/edits/new", "/prices/lists/new"):
        assert (await reader.browser.post(reader.base + path, token)).status == 403
    assert (await stranger.get(place)).status == 404
    blue = a_mug.variants[0].variant_id
    assert (await stranger.get(f"/prices/variants/{blue}")).status == 404
