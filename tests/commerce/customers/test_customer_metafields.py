"""What a shop keeps beside its customers, as it defined it."""

import pytest

from galleria.commerce import attributes, customers
from galleria.commerce.attributes import InvalidMetafields, NewMetafieldDefinition
from galleria.commerce.customers import CustomerChanged
from galleria.commerce.customers.room import ROOM
from galleria.engines.context import Context
from tests.commerce.customers.test_customers import customer
from tests.platform.conftest import acting_with, client_of


async def with_points(ctx: Context) -> None:
    wanted = NewMetafieldDefinition(
        owner_kind="customer", namespace="club", code="points", kind="integer", minimum=0
    )
    await attributes.create_metafield_definition(ctx, wanted)


async def test_values_are_changed_by_name_and_stay_when_the_customer_is_edited(
    ctx: Context,
) -> None:
    await with_points(ctx)
    ana = await customer(ctx, "ana@example.com")
    kept = await customers.change_metafields(ctx, ana.customer_id, {"club.points": 7}, 1)
    assert (kept.metafields, kept.version) == ({"club.points": 7}, 2)
    changes = customers.CustomerChanges(name="Ana")
    await customers.update_customer(ctx, ana.customer_id, changes, 2)
    detail = await customers.get_customer(ctx, ana.customer_id)
    assert (detail.name, detail.metafields) == ("Ana", {"club.points": 7})
    same = await customers.change_metafields(ctx, ana.customer_id, {"club.points": 7})
    assert same.version == 3
    gone = await customers.change_metafields(ctx, ana.customer_id, {"club.points": None})
    assert gone.metafields is None


async def test_what_does_not_fit_or_comes_too_late_is_refused(ctx: Context) -> None:
    await with_points(ctx)
    ana = await customer(ctx, "ana@example.com")
    for values, code in (({"club.points": -1}, "out_of_range"), ({"x.y": 1}, "unknown_metafield")):
        with pytest.raises(InvalidMetafields) as refusal:
            await customers.change_metafields(ctx, ana.customer_id, values)
        assert [error.code for error in refusal.value.errors] == [code]
    with pytest.raises(CustomerChanged):
        await customers.change_metafields(ctx, ana.customer_id, {"club.points": 1}, 9)


async def test_values_are_changed_over_http(ctx: Context) -> None:
    await with_points(ctx)
    ana = await customer(ctx, "ana@example.com")
    acting = acting_with(ctx, "customers:read", "customers:write")
    async with client_of(ROOM.routes, acting) as client:
        where = f"/admin/v1/customers/{ana.customer_id}"
        body = {"metafields": {"club.points": 3}}
        done = await client.patch(f"{where}/metafields", json=body)
        assert (done.status_code, done.headers["etag"]) == (200, '"v2"'), done.text
        assert (await client.get(where)).json()["metafields"] == {"club.points": 3}
