"""Orders in the back office: sent, given back, cancelled, noted."""

from uuid import UUID

from galleria.commerce import orders
from galleria.commerce.catalog import ProductTree
from galleria.commerce.orders import OrderDetail
from galleria.engines.context import Context
from tests.commerce.orders.buying import buy
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import Person, SignedIn
from tests.faces.backoffice.test_products import on_hand


async def bought(shop: Context, a_mug: ProductTree, pieces: int = 2) -> OrderDetail:
    """A paid order of so many blue mugs, at 24.00 each and 5.00 for shipping."""
    order = await buy(shop, (a_mug.variants[0].variant_id, pieces))
    return await orders.get_order(shop, order.order_id)


async def now(shop: Context, order_id: UUID) -> OrderDetail:
    return await orders.get_order(shop, order_id)


async def test_orders_are_listed_found_and_counted_on_the_overview(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await bought(shop, a_mug)
    mia = await at_work(shop, "clerk")
    page = await mia.get("")
    assert "orders to send" in page.text
    assert f"#{order.number}" in page.text
    for question, is_there in (
        ("", True),
        ("?view=to_send", True),
        ("?view=sent", False),
        ("?view=cancelled", False),
        (f"?q=%23{order.number}", True),
        ("?q=ana%40", True),
        ("?q=nobody", False),
        ("?view=nonsense", True),
        ("?cursor=bent", True),
    ):
        page = await mia.get("/orders" + question)
        assert page.status == 200, question
        assert (f"#{order.number}" in page.text) == is_there, question


async def test_an_order_is_sent_in_parts_and_then_whole(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await bought(shop, a_mug, 3)
    line = order.lines[0]
    mia = await at_work(shop, "clerk")
    path = f"/orders/{order.order_id}"
    page = await mia.get(path)

    nothing = await mia.send(page, path + "/fulfil", {"which": "part"})
    assert nothing.status == 422
    assert "Nothing was chosen." in nothing.text
    assert (await now(shop, order.order_id)).fulfillments == [], "an empty form sends nothing"

    page = await mia.send(
        page,
        path + "/fulfil",
        {
            "which": "part",
            f"send[{line.line_id}]": "1",
            "carrier": "DHL",
            "tracking_number": "00340",
            "tracking_url": "https://track.example/00340",
        },
    )
    assert "The parcel is noted." in page.text
    assert "https://track.example/00340" in page.links
    sent = await now(shop, order.order_id)
    assert sent.fulfillment_status == "partly_fulfilled"
    assert sent.fulfillments[0].quantities == {line.line_id: 1}

    page = await mia.send(page, path + "/fulfil", {"which": "all"})
    assert (await now(shop, order.order_id)).fulfillment_status == "fulfilled"
    assert not page.has_form(f"{mia.base}{path}/fulfil")


async def test_an_order_somebody_else_worked_on_is_looked_at_again(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await bought(shop, a_mug)
    mia = await at_work(shop)
    path = f"/orders/{order.order_id}"
    page = await mia.get(path)
    await orders.fulfil_order(shop, order.order_id, orders.NewFulfillment())
    refused = await mia.send(page, path + "/fulfil", {"which": "all"})
    assert refused.status == 412
    assert "Somebody else worked on this order" in refused.text
    assert len((await now(shop, order.order_id)).fulfillments) == 1


async def test_money_goes_back_for_pieces_an_amount_and_all_of_it(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await bought(shop, a_mug, 3)
    blue, line = a_mug.variants[0].variant_id, order.lines[0]
    mia = await at_work(shop)
    path = f"/orders/{order.order_id}"
    page = await mia.get(path)

    empty = await mia.send(page, path + "/refund", {"way": "pieces"})
    assert empty.status == 422
    assert (await now(shop, order.order_id)).refunds == [], "an empty form gives nothing back"

    pieces: dict[str, str | None] = {
        "way": "pieces",
        f"refund[{line.line_id}]": "1",
        "shipping_amount": "2.50",
        "restock": "true",
        "reason": "Chipped",
    }
    page = await mia.send(page, path + "/refund", pieces)
    assert "The money went back." in page.text
    assert "€26.50" in page.text
    assert "Chipped" in page.text
    assert (await now(shop, order.order_id)).refunded.amount_minor == 2650
    assert await on_hand(shop, blue) == 1

    page = await amount(mia, path, "10")
    assert (await now(shop, order.order_id)).refunded.amount_minor == 3650
    too_much = await amount(mia, path, "1000")
    assert too_much.status == 409
    assert "more than is left" in too_much.text

    token = {"form_token": page.token, "attempt": "all-of-it", "way": "all"}
    await mia.browser.post(f"{mia.base}{path}/refund", token)
    again = await mia.browser.post(f"{mia.base}{path}/refund", token)
    assert again.status == 200, "the same press twice is one refund"
    given = await now(shop, order.order_id)
    assert given.refunded == given.total
    assert given.payment_status == "refunded"


async def amount(mia: Person, path: str, text: str) -> Page:
    page = await mia.get(path)
    fields = {"form_token": page.token, "way": "amount", "amount": text}
    return await mia.browser.post(f"{mia.base}{path}/refund", fields)


async def test_an_order_is_cancelled_and_the_goods_are_back(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await bought(shop, a_mug)
    mia = await at_work(shop)
    path = f"/orders/{order.order_id}"
    page = await mia.get(path)
    page = await mia.submit(page, path + "/cancel", reason="Changed her mind")
    assert "The order is cancelled." in page.text
    assert "Changed her mind" in page.text
    cancelled = await now(shop, order.order_id)
    assert cancelled.status == "cancelled"
    assert cancelled.refunded == cancelled.total
    assert await on_hand(shop, a_mug.variants[0].variant_id) == 3
    assert not page.has_form(f"{mia.base}{path}/cancel")


async def test_notes_stand_in_the_history_with_who_wrote_them(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await bought(shop, a_mug)
    mia = await at_work(shop, "clerk")
    path = f"/orders/{order.order_id}"
    page = await mia.get(path)
    empty = await mia.submit(page, path + "/notes", note="  ")
    assert empty.status == 422
    page = await mia.submit(page, path + "/notes", note="Wrap it\nas a <gift>")
    assert "as a &lt;gift&gt;" in page.text
    assert "· Mia" in page.text


async def test_a_customer_shows_addresses_and_orders(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await bought(shop, a_mug)
    mia = await at_work(shop)
    page = await mia.get("/customers?q=ana")
    assert f"{mia.base}/customers/{order.customer_id}" in page.links
    page = await mia.get(f"/customers/{order.customer_id}")
    assert f"#{order.number}" in page.text
    assert "Nobody fits" in (await mia.get("/customers?q=zoe")).text
