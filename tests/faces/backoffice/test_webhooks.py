"""Webhooks in the back office: made, edited, tried, watched."""

from galleria.engines.context import Context
from galleria.platform import webhooks
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import Person, SignedIn

PLACE = "/webhooks"
# An address of the internet by its number: no name is looked up, and nothing is sent in tests.
URL = "https://93.184.216.34/hook"
PLACED = "orders.order_placed.v1"
STOCK = "inventory.stock_changed.v1"


async def make(mia: Person, **wanted: str) -> Page:
    """The page after the form for a new webhook was sent; `tags` by commas."""
    page = await mia.get(f"{PLACE}/new")
    action = f"{mia.base}{PLACE}/new"
    tags = wanted.pop("tags", PLACED).split(",")
    filled = {"name": "ERP", "url": URL, **wanted}
    fields = [(name, value) for name, value in page.form(action) if name not in filled]
    fields += [*filled.items(), *(("tags", tag) for tag in tags)]
    return await mia.browser.post(page.action(action), fields)


async def test_a_webhook_is_made_edited_and_removed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    assert "No webhook yet" in (await mia.get(PLACE)).text
    page = await mia.get(f"{PLACE}/new")
    assert PLACED in page.text
    page = await make(
        mia,
        name="Warehouse",
        tags=f"{PLACED},{STOCK}",
        conditions=f"{PLACED}: total.amount_minor at_least 10000",
        fields=f"{PLACED}: number, total",
    )
    assert "Warehouse" in page.text and "nothing sent yet" in page.text
    (made,) = await webhooks.list_webhooks(shop)
    placed, stock = made.endpoint.subscriptions
    assert placed.conditions[0].values == [10000] and placed.fields == ["number", "total"]
    assert stock.tag == STOCK and not stock.fields
    here = f"{PLACE}/{made.endpoint.endpoint_id}"
    page = await mia.get(f"{here}/edit")
    assert f"{PLACED}: total.amount_minor at_least 10000" in page.text
    page = await mia.submit(page, f"{here}/edit", name="Depot")
    assert "Depot" in page.text
    page = await mia.submit(page, f"{here}/pause")
    assert "paused" in page.text
    page = await mia.submit(page, f"{here}/enable")
    page = await mia.submit(page, f"{here}/remove")
    assert "No webhook yet" in page.text


async def test_the_thing_itself_is_asked_for_by_a_tick(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/new")
    assert f"{PLACED} with the order itself beside it" in page.text
    assert f'name="expanded" value="{STOCK}"' not in page.text, "nothing is known to stand there"
    await make(mia, tags=f"{PLACED},{STOCK}", expanded=PLACED)
    (made,) = await webhooks.list_webhooks(shop)
    assert [each.is_expanded for each in made.endpoint.subscriptions] == [True, False]
    here = f"{PLACE}/{made.endpoint.endpoint_id}"
    page = await mia.get(f"{here}/edit")
    assert f'name="expanded" value="{PLACED}" checked' in page.text
    await mia.submit(page, f"{here}/edit", name="Depot")
    (after,) = await webhooks.list_webhooks(shop)
    asked = {each.tag: each.is_expanded for each in after.endpoint.subscriptions}
    assert asked == {PLACED: True, STOCK: False}
    page = await mia.submit(await mia.get(here), f"{here}/test", tag=PLACED)
    assert "read anew at each try" in page.text
    page = await mia.submit(await mia.get(here), f"{here}/test", tag=STOCK)
    assert "read anew at each try" not in page.text


async def test_what_cannot_be_is_told_at_its_field(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    for wrong, told in (
        ({"url": "http://shop.example/hook"}, "starts with https://"),
        ({"url": "https://10.0.0.1/hook"}, "on the internet"),
        ({"conditions": "nonsense"}, "A line cannot be read."),
        ({"fields": f"{STOCK}: reason"}, "A line cannot be read."),
        ({"fields": f"{PLACED}: nope"}, "look"),
    ):
        refused = await make(mia, **wrong)
        assert refused.status == 422, wrong
        assert told in refused.text, wrong
    assert await webhooks.list_webhooks(shop) == []


async def test_secrets_are_shown_when_asked_for_and_rotated(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    await make(mia)
    (made,) = await webhooks.list_webhooks(shop)
    here = f"{PLACE}/{made.endpoint.endpoint_id}"
    page = await mia.get(here)
    assert "whsec_" not in page.text
    page = await mia.submit(page, f"{here}/secrets")
    assert page.text.count('class="secret"') == 1
    page = await mia.submit(page, f"{here}/rotate", grace_hours="24")
    assert page.text.count('class="secret"') == 2


async def test_a_sample_stands_in_the_log_and_a_stretch_is_sent_again(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    await make(mia)
    (made,) = await webhooks.list_webhooks(shop)
    here = f"{PLACE}/{made.endpoint.endpoint_id}"
    page = await mia.submit(await mia.get(here), f"{here}/test", tag=PLACED)
    assert "A sample is on its way." in page.text
    assert "It was not tried yet." in page.text
    assert "amount_minor" in page.text
    page = await mia.get(here)
    assert "sample" in page.text
    assert "Nothing fits" in (await mia.get(f"{here}?state=failed")).text
    page = await mia.submit(page, f"{here}/replay", what="all")
    assert "deliveries on their way" in page.text
    await webhooks.remove_webhook(shop, made.endpoint.endpoint_id)


async def test_who_may_not_see_webhooks_is_not_led_there(shop: Context, at_work: SignedIn) -> None:
    clerk = await at_work(shop, "clerk")
    assert PLACE not in (await clerk.get("")).text
    assert (await clerk.get(PLACE)).status == 403
