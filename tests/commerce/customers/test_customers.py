"""Customers of a shop: known by their address, found by its beginning, edited without loss."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import customers
from galleria.commerce.customers.model import MAX_ADDRESSES
from galleria.commerce.customers.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from tests.platform.conftest import acting_with, client_of

ADDRESS = customers.PostalAddress(
    name="Ana Müller", line1="Hauptstraße 1", city="Köln", country="DE", postal_code="50667"
)


async def customer(ctx: Context, email: str, name: str = "") -> customers.Customer:
    return await customers.create_customer(ctx, customers.NewCustomer(email=email, name=name))


async def test_the_same_address_is_the_same_customer_whatever_its_case(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        first = await customers.ensure_customer(tx, "Ana@Example.com", "Ana", "de")
        again = await customers.ensure_customer(tx, " ana@example.COM ", "Another name", "en")
    assert again == first
    assert again.name == "Ana"


async def test_twenty_orders_at_once_make_one_customer(ctx: Context) -> None:
    async def order() -> customers.Customer:
        mine = ctx.for_tenant(ctx.tenant)
        async with mine.transaction() as tx:
            return await customers.ensure_customer(tx, "race@example.com", "Ana", "en")

    found = await asyncio.gather(*(order() for _ in range(20)))
    assert len({each.customer_id for each in found}) == 1


async def test_an_address_belongs_to_one_customer_only(ctx: Context) -> None:
    await customer(ctx, "ana@example.com")
    other = await customer(ctx, "ben@example.com")
    with pytest.raises(customers.EmailTaken):
        await customer(ctx, "ANA@example.com")
    with pytest.raises(customers.EmailTaken):
        await customers.update_customer(
            ctx, other.customer_id, customers.CustomerChanges(email="Ana@example.com")
        )


async def test_an_edit_of_an_old_version_is_refused(ctx: Context) -> None:
    ana = await customer(ctx, "ana@example.com")
    edited = await customers.update_customer(
        ctx, ana.customer_id, customers.CustomerChanges(name="Ana M."), expected_version=1
    )
    assert (edited.name, edited.version, edited.email) == ("Ana M.", 2, "ana@example.com")
    with pytest.raises(customers.CustomerChanged):
        await customers.update_customer(
            ctx, ana.customer_id, customers.CustomerChanges(name="Lost"), expected_version=1
        )


async def test_a_list_is_turned_page_by_page_newest_first(ctx: Context) -> None:
    made = [await customer(ctx, f"c{number}@example.com") for number in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        page = await customers.list_customers(ctx, cursor=cursor, limit=2)
        seen += [each.email for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [each.email for each in reversed(made)]


async def test_customers_are_found_by_the_beginning_of_name_or_address(ctx: Context) -> None:
    await customer(ctx, "ana@example.com", "Ana Müller")
    await customer(ctx, "ben@example.com", "Änne Schmidt")
    await customer(ctx, "cleo@example.com", "Zoë")

    async def found(query: str) -> list[str]:
        page = await customers.list_customers(ctx, query)
        return [each.email for each in page.items]

    assert await found("AN") == ["ben@example.com", "ana@example.com"]
    assert await found("cleo@") == ["cleo@example.com"]
    assert await found("%") == []
    assert await found("nobody") == []


async def test_a_second_shop_sees_nothing_of_the_first(ctx: Context, another_ctx: Context) -> None:
    ana = await customer(ctx, "ana@example.com")
    await customer(ctx, "ben@example.com")
    with pytest.raises(customers.CustomerNotFound):
        await customers.get_customer(another_ctx, ana.customer_id)
    with pytest.raises(customers.CustomerNotFound):
        await customers.add_address(another_ctx, ana.customer_id, ADDRESS)
    assert (await customers.list_customers(another_ctx)).items == []
    assert await customers.customers_of(another_ctx, [ana.customer_id]) == {}
    same_address = await customer(another_ctx, "ana@example.com")
    assert same_address.customer_id != ana.customer_id
    first_page = await customers.list_customers(ctx, limit=1)
    with pytest.raises(InvalidCursor):
        await customers.list_customers(another_ctx, cursor=first_page.next_cursor)


async def test_one_address_is_the_default(ctx: Context) -> None:
    ana = await customer(ctx, "ana@example.com")
    old = await customers.add_address(ctx, ana.customer_id, ADDRESS, is_default=True)
    new = await customers.add_address(ctx, ana.customer_id, ADDRESS, is_default=True)
    detail = await customers.get_customer(ctx, ana.customer_id)
    assert [(each.address_id, each.is_default) for each in detail.addresses] == [
        (new.address_id, True),
        (old.address_id, False),
    ]
    await customers.remove_address(ctx, ana.customer_id, new.address_id)
    with pytest.raises(customers.AddressNotFound):
        await customers.remove_address(ctx, ana.customer_id, new.address_id)


async def test_an_address_book_is_bounded(ctx: Context) -> None:
    ana = await customer(ctx, "ana@example.com")
    for _ in range(MAX_ADDRESSES):
        await customers.add_address(ctx, ana.customer_id, ADDRESS)
    with pytest.raises(customers.TooManyAddresses):
        await customers.add_address(ctx, ana.customer_id, ADDRESS)
    assert len((await customers.get_customer(ctx, ana.customer_id)).addresses) == MAX_ADDRESSES


@given(st.emails())
def test_the_key_of_an_address_is_its_own_key(email: str) -> None:
    key = customers.email_key(email)
    assert customers.email_key(key) == key == customers.email_key(f" {email.upper().lower()} ")


async def test_customers_over_http(ctx: Context) -> None:
    manager = acting_with(ctx, "customers:read", "customers:write")
    async with client_of(ROOM.routes, manager) as client:
        made = await client.post("/admin/v1/customers", json={"email": "ana@example.com"})
        assert (made.status_code, made.headers["etag"]) == (201, '"v1"'), made.text
        path = f"/admin/v1/customers/{made.json()['customer_id']}"
        edited = await client.patch(path, json={"name": "Ana"}, headers={"If-Match": '"v1"'})
        assert (edited.status_code, edited.json()["name"]) == (200, "Ana"), edited.text
        stale = await client.patch(path, json={"name": "X"}, headers={"If-Match": '"v1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "customer_changed")
        address = {"name": "Ana", "line1": "A 1", "city": "Köln", "country": "DE"}
        added = await client.post(f"{path}/addresses", json={"address": address})
        assert added.status_code == 201, added.text
        read = await client.get(path)
        assert read.json()["addresses"][0]["address"]["city"] == "Köln"
        listed = await client.get("/admin/v1/customers", params={"filter[query]": "ana@"})
        assert [each["email"] for each in listed.json()["items"]] == ["ana@example.com"]
        assert (await client.get("/admin/v1/customers?limit=101")).status_code in (400, 422)
        gone = await client.delete(f"{path}/addresses/{added.json()['address_id']}")
        assert gone.status_code == 204
        missing = await client.get(f"/admin/v1/customers/{new_id()}")
        assert (missing.status_code, missing.json()["code"]) == (404, "customer_not_found")


@pytest.mark.parametrize(
    "body", [{}, {"email": "no-at"}, {"email": "a@b", "colour": "red"}, {"email": "a@b\u0000"}]
)
async def test_what_is_no_customer_is_refused(ctx: Context, body: dict[str, str]) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, "customers:write")) as client:
        response = await client.post("/admin/v1/customers", json=body)
    assert response.status_code == 422, response.text


async def test_customers_are_not_for_everybody(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, "customers:read")) as client:
        assert (await client.get("/admin/v1/customers")).status_code == 200
        refused = await client.post("/admin/v1/customers", json={"email": "a@example.com"})
        assert refused.status_code == 403
