"""Customer groups, and metafields of categories, customers and orders."""

from typing import Any

from galleria.commerce import attributes, catalog, customers, orders, pricing
from galleria.commerce.attributes import NewMetafieldDefinition
from galleria.commerce.catalog import NewCategory, ProductTree
from galleria.commerce.customers import NewCustomer, NewCustomerGroup
from galleria.commerce.pricing import NewPriceList
from galleria.engines.context import Context
from tests.commerce.orders.buying import buy
from tests.faces.backoffice.conftest import SignedIn


async def customer(shop: Context, name: str) -> customers.Customer:
    return await customers.create_customer(
        shop, NewCustomer(email=f"{name}@example.com", name=name.title())
    )


async def test_a_group_is_made_named_filled_and_emptied(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    ana, ben = await customer(shop, "ana"), await customer(shop, "ben")
    page = await mia.get("/customers/groups")
    assert "No group yet" in page.text
    page = await mia.submit(page, "/customers/groups", name="Wholesale, North")
    (group,) = await customers.list_groups(shop)
    assert group.code == "wholesale-north"
    path = f"/customers/groups/{group.customer_group_id}"

    page = await mia.submit(page, f"{path}/join", emails="Ana <ANA@example.com>; ben@example.com")
    assert "2 customers joined." in page.text
    assert await customers.groups_of(shop, ana.customer_id) == [group.customer_group_id]
    page = await mia.submit(page, f"{path}/join", emails="ana@example.com, eve@example.com")
    assert page.status == 422
    assert "eve@example.com" in page.text
    assert "no customers of the shop yet" in page.text

    page = await mia.submit(page, path, name="Wholesale", code="wholesale")
    assert (await customers.get_group(shop, group.customer_group_id)).name == "Wholesale"
    page = await mia.submit(page, f"{path}/leave", customer_id=str(ben.customer_id))
    assert "One customer left." in page.text
    assert await customers.groups_of(shop, ben.customer_id) == []
    page = await mia.submit(page, f"{path}/leave")
    assert "Nobody was chosen." in page.text
    assert "Wholesale" in (await mia.get(f"/customers/{ana.customer_id}")).text
    await mia.submit(page, f"{path}/remove")
    assert await customers.list_groups(shop) == []


async def test_ticked_customers_join_a_group(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    await customer(shop, "ana")
    ben = await customer(shop, "ben")
    staff = await customers.create_group(shop, NewCustomerGroup(code="staff", name="Staff"))
    page = await mia.get("/customers?q=ben&select=all")
    page = await mia.submit(page, "/customers/join", group_id=str(staff.customer_group_id))
    assert "One customer joined." in page.text
    members = await customers.list_members(shop, staff.customer_group_id)
    assert [each.customer_id for each in members.items] == [ben.customer_id]


async def test_a_group_shows_the_price_lists_for_it(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    staff = await customers.create_group(shop, NewCustomerGroup(code="staff", name="Staff"))
    wanted = NewPriceList(
        code="ours",
        name="Our own people",
        kind="contract",
        customer_group_id=staff.customer_group_id,
    )
    made = await pricing.create_list(shop, wanted)
    await pricing.create_list(shop, NewPriceList(code="all", name="For all", kind="sale"))
    page = await mia.get(f"/customers/groups/{staff.customer_group_id}")
    assert f"{mia.base}/prices/lists/{made.price_list_id}" in page.links
    assert "For all" not in page.text


async def test_a_stale_group_and_a_taken_code_are_told(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    staff = await customers.create_group(shop, NewCustomerGroup(code="staff", name="Staff"))
    page = await mia.submit(
        await mia.get("/customers/groups"), "/customers/groups", name="Other", code="staff"
    )
    assert (page.status, "Another group has this code." in page.text) == (409, True)
    path = f"/customers/groups/{staff.customer_group_id}"
    stale = await mia.get(path)
    await mia.submit(await mia.get(path), path, name="Crew")
    page = await mia.submit(stale, path, name="Team")
    assert page.status == 412
    await mia.submit(page, path, name="Team")
    assert (await customers.get_group(shop, staff.customer_group_id)).name == "Team"


async def defined(shop: Context, owner: str) -> None:
    """One metafield of each form that a page shows otherwise."""
    kinds: dict[str, dict[str, Any]] = {
        "note": {"kind": "text", "max_length": 50},
        "story": {"kind": "rich_text"},
        "score": {"kind": "decimal", "decimals": 1, "unit": "kg"},
        "count": {"kind": "integer", "maximum": 9},
        "is_vip": {"kind": "boolean"},
        "size": {"kind": "select", "choices": ["S", "M"]},
        "since": {"kind": "date"},
        "codes": {"kind": "integer", "is_list": True},
    }
    for code, fields in kinds.items():
        wanted = NewMetafieldDefinition(owner_kind=owner, namespace="x", code=code, **fields)  # type: ignore[arg-type]
        await attributes.create_metafield_definition(shop, wanted)


FILLED: dict[str, str | None] = {
    "metafields.x.note": "Rings twice",
    "metafields.x.story": "<p>Long</p>",
    "metafields.x.score": "2,5",
    "metafields.x.count": "7",
    "metafields.x.is_vip": "true",
    "metafields.x.size": "M",
    "metafields.x.since": "2026-01-31",
    "metafields.x.codes": "1\r\n2\r\n",
}
KEPT = {
    "x.note": "Rings twice",
    "x.story": "<p>Long</p>",
    "x.score": 2.5,
    "x.count": 7,
    "x.is_vip": True,
    "x.size": "M",
    "x.since": "2026-01-31",
    "x.codes": [1, 2],
}


async def test_what_is_kept_beside_a_customer_is_edited(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    ana = await customer(shop, "ana")
    path = f"/customers/{ana.customer_id}"
    assert not (await mia.get(path)).has_form(f"{mia.base}{path}/metafields")
    await defined(shop, "customer")
    page = await mia.send(await mia.get(path), f"{path}/metafields", FILLED)
    assert "Saved." in page.text
    assert (await customers.get_customer(shop, ana.customer_id)).metafields == KEPT

    page = await mia.send(page, f"{path}/metafields", {"metafields.x.count": "11"})
    assert page.status == 422
    assert 'value="11"' in page.text, "what was typed is still there"
    page = await mia.send(
        page, f"{path}/metafields", {"metafields.x.count": "", "metafields.x.note": " "}
    )
    left = (await customers.get_customer(shop, ana.customer_id)).metafields
    assert left == {k: v for k, v in KEPT.items() if k not in ("x.count", "x.note")}


async def test_what_is_kept_beside_a_category_is_edited(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    made = await catalog.create_category(shop, NewCategory(name="Cups"))
    path = f"/categories/{made.category_id}/metafields"
    assert "Nothing is kept beside categories" in (await mia.get(path)).text
    await defined(shop, "category")
    assert mia.base + path in (await mia.get("/categories")).links
    stale = await mia.get(path)
    page = await mia.send(stale, path, FILLED)
    assert "Saved." in page.text
    assert (await catalog.get_category(shop, made.category_id)).metafields == KEPT
    page = await mia.send(stale, path, {"metafields.x.note": "Mine"})
    assert page.status == 412
    await mia.send(page, path, {})
    kept = (await catalog.get_category(shop, made.category_id)).metafields
    assert kept is not None
    assert kept["x.note"] == "Mine"


async def test_what_is_kept_beside_an_order_is_edited(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    order = await buy(shop, (a_mug.variants[0].variant_id, 1))
    await defined(shop, "order")
    path = f"/orders/{order.order_id}"
    page = await mia.send(await mia.get(path), f"{path}/metafields", FILLED)
    assert "Saved." in page.text
    assert (await orders.get_order(shop, order.order_id)).metafields == KEPT
    page = await mia.send(page, f"{path}/metafields", {"metafields.x.size": "XL"})
    assert page.status == 422
    page = await mia.submit(page, f"{path}/notes", note="Called")
    assert (await orders.get_order(shop, order.order_id)).metafields == KEPT
