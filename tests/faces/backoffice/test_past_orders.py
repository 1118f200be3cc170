"""Orders of another system in the back office: listed with the others, read, and left alone."""

from datetime import UTC, datetime

from galleria.commerce import orders
from galleria.commerce.catalog import ProductTree
from galleria.commerce.orders import OrderFilter, OrderSummary, PastLineDraft, PastOrderDraft
from galleria.engines.context import Context
from tests.commerce.orders.buying import buy
from tests.faces.backoffice.conftest import SignedIn


async def a_past_order(shop: Context, number: str = "#77") -> OrderSummary:
    """An order of three old cups, kept."""
    draft = PastOrderDraft(
        number=number,
        email="ana@example.com",
        currency="EUR",
        placed_at=datetime(2024, 3, 1, tzinfo=UTC),
        financial_status="refunded",
        total_minor=3000,
        refunded_minor=3000,
        lines=[PastLineDraft(title="Old Cup", quantity=3, price_minor=1000, sku="OC-1")],
    )
    async with shop.transaction() as tx:
        await orders.merge_past_orders(tx, "shopify", [draft])
    (listed,) = (await orders.list_orders(shop, OrderFilter(is_past=True))).items
    return listed


async def test_past_orders_stand_in_the_lists_and_have_a_page(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    own = await buy(shop, (a_mug.variants[0].variant_id, 1))
    past = await a_past_order(shop)
    mia = await at_work(shop)
    page = await mia.get("/orders")
    assert f"#{own.number}" in page.text and "#77" in page.text and "Shopify" in page.text
    address = f"{mia.base}/orders/past/{past.order_id}"
    assert address in page.links
    only_past = await mia.get("/orders?view=past")
    assert "#77" in only_past.text and f"#{own.number}<" not in only_past.text
    found = await mia.get("/orders?q=%2377")
    assert address in found.links

    page = await mia.get(f"/orders/past/{past.order_id}")
    assert "Old Cup" in page.text and "OC-1" in page.text and "Refunded" in page.text
    assert "before the shop moved in" in page.text
    customer = await mia.get(f"/customers/{past.customer_id}")
    assert address in customer.links
    assert (await mia.get(f"/orders/past/{own.number}")).status == 404


async def test_the_overview_shows_our_own_orders(shop: Context, at_work: SignedIn) -> None:
    await a_past_order(shop)
    mia = await at_work(shop)
    assert "#77" not in (await mia.get("")).text
