"""Orders and products beside their events: told as the admin API tells them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from galleria.commerce import catalog, orders
from galleria.commerce.catalog.room import ROOM as CATALOG
from galleria.commerce.orders.room import ROOM
from galleria.engines.context import Context, Engines
from galleria.engines.event_log import Relay
from galleria.engines.outbound import Outbound, parse_allowances
from galleria.foundation.ids import new_id
from galleria.platform import webhooks
from galleria.platform.webhooks import NewWebhook, WebhooksSettings, WireChoice
from galleria.platform.webhooks.jobs import SUBSCRIPTIONS
from tests.commerce.carts.shop import sell
from tests.commerce.orders.buying import buy
from tests.platform.conftest import client_of
from tests.platform.webhooks.receivers import receiving


@pytest.fixture
async def engines(engines: Engines) -> AsyncIterator[Engines]:
    """The run's engines, with a way out to the loopback."""
    outbound = Outbound(parse_allowances("127.0.0.0/8"))
    settings = WebhooksSettings(allow_http=True)
    yield replace(engines, outbound=outbound, room_settings={WebhooksSettings: settings})
    await outbound.close()


async def test_orders_and_products_stand_beside_events_as_the_api_tells_them(
    shop: Context, other_shop: Context
) -> None:
    tags = ("orders.order_placed.v1", "catalog.products_changed.v1")
    async with receiving() as receiver:
        for ctx in (shop, other_shop):
            choices = [WireChoice(tag=tag, is_expanded=True) for tag in tags]
            wanted = NewWebhook(name="ERP", url=receiver.url, subscriptions=choices)
            await webhooks.create_webhook(ctx, wanted)
        variant_id = await sell(shop)
        bought = await buy(shop, (variant_id, 2))
        (product_id,) = await catalog.products_of_variants(shop, [variant_id])
        # Somebody notes something before the message goes out: it is in what is sent.
        (summary,) = (await orders.list_orders(shop, orders.OrderFilter())).items
        await orders.add_note(shop, summary.order_id, "Ring twice")
        await Relay(shop.engines, SUBSCRIPTIONS).drain()
        await webhooks.Sender(shop.engines).drain()
        bodies = receiver.bodies()
    present = Context(shop.engines, shop.tenant, shop.actor, f"test-{new_id()}")
    async with client_of([*ROOM.routes, *CATALOG.routes], present) as client:
        order = (await client.get(f"/admin/v1/orders/{summary.order_id}")).json()
        product = (await client.get(f"/admin/v1/products/{product_id}")).json()

    (placed,) = (body for body in bodies if body["type"] == tags[0])
    (thing,) = placed["expanded"]["things"]
    assert (thing["kind"], thing["value"]) == ("order", order)
    assert (thing["version"], thing["updated_at"]) == (order["version"], order["updated_at"])
    assert order["number"] == bought.number
    assert "Ring twice" in {entry["note"] for entry in order["entries"]}
    changed = [body for body in bodies if body["type"] == tags[1]]
    assert changed
    for body in changed:
        (thing,) = body["expanded"]["things"]
        assert (thing["kind"], thing["id"], thing["value"]) == ("product", str(product_id), product)
