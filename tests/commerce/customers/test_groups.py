"""Groups of customers: named once, filled and emptied, seen by their own shop only."""

import pytest

from galleria.commerce import customers
from galleria.commerce.customers import CustomerGroupChanges, NewCustomerGroup
from galleria.commerce.customers.model import MAX_GROUPS_A_CUSTOMER
from galleria.commerce.customers.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.customers.test_customers import customer
from tests.platform.conftest import acting_with, client_of


async def group(ctx: Context, code: str = "wholesale") -> customers.CustomerGroup:
    return await customers.create_group(ctx, NewCustomerGroup(code=code, name=code.title()))


async def test_customers_join_a_group_and_leave_it(ctx: Context) -> None:
    trade = await group(ctx)
    ana, ben = await customer(ctx, "ana@example.com"), await customer(ctx, "ben@example.com")
    both = [ana.customer_id, ben.customer_id]
    assert await customers.add_members(ctx, trade.customer_group_id, both) == both
    assert await customers.add_members(ctx, trade.customer_group_id, both) == []
    assert await customers.groups_of(ctx, ana.customer_id) == [trade.customer_group_id]
    page = await customers.list_members(ctx, trade.customer_group_id, limit=1)
    rest = await customers.list_members(ctx, trade.customer_group_id, page.next_cursor, limit=1)
    assert [each.customer_id for each in [*page.items, *rest.items]] == both
    assert rest.next_cursor is None
    gone = await customers.remove_members(ctx, trade.customer_group_id, [ana.customer_id])
    assert gone == [ana.customer_id]
    assert await customers.groups_of(ctx, ana.customer_id) == []


async def test_who_joins_and_leaves_is_announced(ctx: Context) -> None:
    trade = await group(ctx)
    ana = await customer(ctx, "ana@example.com")
    async with ctx.transaction() as tx:
        await customers.add_members(ctx, trade.customer_group_id, [ana.customer_id])
        (told,) = tx._events
    assert told == customers.GroupsChanged(
        customer_group_id=trade.customer_group_id, customer_ids=[ana.customer_id]
    )


async def test_a_code_belongs_to_one_group_only(ctx: Context) -> None:
    await group(ctx)
    staff = await group(ctx, "staff")
    with pytest.raises(customers.GroupCodeTaken):
        await group(ctx)
    with pytest.raises(customers.GroupCodeTaken):
        await customers.update_group(
            ctx, staff.customer_group_id, CustomerGroupChanges(code="wholesale")
        )
    assert [each.code for each in await customers.list_groups(ctx)] == ["staff", "wholesale"]


async def test_an_edit_of_an_old_version_of_a_group_is_refused(ctx: Context) -> None:
    trade = await group(ctx)
    edited = await customers.update_group(
        ctx, trade.customer_group_id, CustomerGroupChanges(name="Trade"), expected_version=1
    )
    assert (edited.name, edited.code, edited.version) == ("Trade", "wholesale", 2)
    with pytest.raises(customers.GroupChanged):
        await customers.update_group(
            ctx, trade.customer_group_id, CustomerGroupChanges(name="Lost"), expected_version=1
        )


async def test_nobody_is_in_a_group_that_is_gone(ctx: Context) -> None:
    trade = await group(ctx)
    ana = await customer(ctx, "ana@example.com")
    await customers.add_members(ctx, trade.customer_group_id, [ana.customer_id])
    await customers.remove_group(ctx, trade.customer_group_id)
    assert await customers.groups_of(ctx, ana.customer_id) == []
    with pytest.raises(customers.GroupNotFound):
        await customers.remove_group(ctx, trade.customer_group_id)
    with pytest.raises(customers.GroupNotFound):
        await customers.list_members(ctx, trade.customer_group_id)


async def test_strangers_cannot_join_and_a_second_shop_sees_no_group(
    ctx: Context, another_ctx: Context
) -> None:
    trade = await group(ctx)
    ana = await customer(ctx, "ana@example.com")
    stranger = await customer(another_ctx, "eve@example.com")
    with pytest.raises(customers.CustomerNotFound):
        await customers.add_members(
            ctx, trade.customer_group_id, [ana.customer_id, stranger.customer_id]
        )
    assert await customers.groups_of(ctx, ana.customer_id) == []
    assert await customers.list_groups(another_ctx) == []
    with pytest.raises(customers.GroupNotFound):
        await customers.add_members(another_ctx, trade.customer_group_id, [stranger.customer_id])


async def test_a_customer_is_in_a_bounded_number_of_groups(ctx: Context) -> None:
    ana = await customer(ctx, "ana@example.com")
    for number in range(MAX_GROUPS_A_CUSTOMER):
        made = await group(ctx, f"g{number}")
        await customers.add_members(ctx, made.customer_group_id, [ana.customer_id])
    one_more = await group(ctx, "one-more")
    with pytest.raises(customers.TooManyGroups):
        await customers.add_members(ctx, one_more.customer_group_id, [ana.customer_id])
    assert len(await customers.groups_of(ctx, ana.customer_id)) == MAX_GROUPS_A_CUSTOMER


async def test_groups_over_http(ctx: Context) -> None:
    ana = await customer(ctx, "ana@example.com")
    writer = acting_with(ctx, "customers:read", "customers:write")
    async with client_of(ROOM.routes, writer) as client:
        made = await client.post(
            "/admin/v1/customer-groups", json={"code": "trade", "name": "Trade"}
        )
        assert (made.status_code, made.headers["etag"]) == (201, '"v1"'), made.text
        path = f"/admin/v1/customer-groups/{made.json()['customer_group_id']}"
        members = {"customer_ids": [str(ana.customer_id)]}
        joined = await client.post(f"{path}/members", json=members)
        assert (joined.status_code, joined.json()) == (200, members["customer_ids"]), joined.text
        listed = (await client.get(f"{path}/members")).json()["items"]
        assert [each["email"] for each in listed] == ["ana@example.com"]
        left = await client.post(f"{path}/members/remove", json=members)
        assert (left.status_code, left.json()) == (200, members["customer_ids"])
        renamed = await client.patch(path, json={"name": "B2B"}, headers={"If-Match": '"v1"'})
        assert (renamed.status_code, renamed.json()["name"]) == (200, "B2B")
        assert (await client.get(path)).json()["version"] == 2
        stale = await client.patch(path, json={"name": "X"}, headers={"If-Match": '"v1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "customer_group_changed")
        assert (await client.delete(path)).status_code == 204
        assert (await client.get("/admin/v1/customer-groups")).json()["items"] == []
        missing = await client.get(f"/admin/v1/customer-groups/{new_id()}")
        assert (missing.status_code, missing.json()["code"]) == (404, "customer_group_not_found")
    async with client_of(ROOM.routes, acting_with(ctx, "customers:read")) as client:
        body = {"code": "x", "name": "X"}
        assert (await client.post("/admin/v1/customer-groups", json=body)).status_code == 403


async def test_customers_are_found_by_their_addresses_however_those_are_written(
    ctx: Context, another_ctx: Context
) -> None:
    ana = await customer(ctx, "Ana@Example.com")
    await customer(another_ctx, "ben@example.com")
    found = await customers.customers_by_email(ctx, [" ana@example.COM", "ben@example.com"])
    assert {email: each.customer_id for email, each in found.items()} == {
        " ana@example.COM": ana.customer_id
    }
