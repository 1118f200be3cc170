"""What a shop keeps beside its orders, as it defined it."""

from uuid import UUID

import pytest

from galleria.commerce import attributes, orders
from galleria.commerce.attributes import InvalidMetafields, NewMetafieldDefinition
from galleria.commerce.orders.room import ROOM
from galleria.engines.context import Context
from tests.commerce.orders.buying import buy
from tests.platform.conftest import acting_with, client_of


async def test_an_order_keeps_what_was_defined(shop: Context) -> None:
    wanted = NewMetafieldDefinition(
        owner_kind="order", namespace="erp", code="number", kind="text", max_length=20
    )
    await attributes.create_metafield_definition(shop, wanted)
    order = await buy(shop)
    order_id = UUID(str(order.order_id))
    before = await orders.get_order(shop, order_id)
    acting = acting_with(shop, "orders:read", "orders:write")
    async with client_of(ROOM.routes, acting) as client:
        body = {"metafields": {"erp.number": "A-17"}}
        done = await client.patch(f"/admin/v1/orders/{order_id}/metafields", json=body)
        assert (done.status_code, done.json()["version"]) == (200, before.version + 1), done.text
        read = await client.get(f"/admin/v1/orders/{order_id}")
        assert read.json()["metafields"] == {"erp.number": "A-17"}
    with pytest.raises(InvalidMetafields):
        await orders.change_metafields(shop, order_id, {"erp.number": "x" * 21})
    with pytest.raises(orders.OrderChanged):
        await orders.change_metafields(shop, order_id, None, before.version)
