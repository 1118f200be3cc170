"""What the categories of a product ask for before it goes on sale."""

from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes import NewAttribute, NewAttributeSet, NewProductType, SetItem
from galleria.commerce.catalog import (
    AttributeRequired,
    CategoryChanges,
    InvalidProduct,
    NewCategory,
    ProductChanges,
)
from galleria.commerce.catalog.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import audit
from tests.commerce.catalog.wares import made, merge, simple
from tests.platform.conftest import acting_with, client_of, later


async def asked_for(ctx: Context, name: str, **required: bool) -> UUID:
    """A set of the attributes named, each required or not."""
    known = (await attributes.dictionary(ctx)).by_code
    for code in required.keys() - known.keys():
        await attributes.create_attribute(ctx, NewAttribute(code=code, kind="text"))
    known = (await attributes.dictionary(ctx)).by_code
    items = [SetItem(known[code].attribute_id, must) for code, must in required.items()]
    wanted = NewAttributeSet(name=name, items=items)
    return (await attributes.create_attribute_set(ctx, wanted)).attribute_set_id


async def with_shoes(ctx: Context) -> UUID:
    """Clothes tell their fabric if they like; shoes in clothes must, and their sole as well."""
    fabric = await asked_for(ctx, "Clothes", fabric=False)
    both = await asked_for(ctx, "Shoes", fabric=True, sole=True)
    clothes = NewCategory(name="Clothes", attribute_set_id=fabric)
    top = await catalog.create_category(ctx, clothes)
    shoes = NewCategory(name="Shoes", parent_id=top.category_id, attribute_set_id=both)
    return (await catalog.create_category(ctx, shoes)).category_id


def boot(handle: str = "boot", **fields: Any) -> catalog.ProductDraft:
    return simple(handle, category_paths=[["Clothes", "Shoes"]], **fields)


def faults_in(error: AttributeRequired | InvalidProduct) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in error.errors]


LACKING = [
    ("attributes.fabric", "attribute_required"),
    ("attributes.sole", "attribute_required"),
]
WHOLE: dict[str, catalog.AttributeValue] = {"fabric": "Leather", "sole": "Rubber"}


async def test_a_category_asks_for_what_those_above_it_do(ctx: Context) -> None:
    shoes = await with_shoes(ctx)
    effective = await catalog.effective_attributes(ctx, shoes)
    assert [(each.code, each.is_required) for each in effective] == [
        ("fabric", True),
        ("sole", True),
    ]
    parent = (await catalog.get_category(ctx, shoes)).parent_id
    assert parent is not None
    (only,) = await catalog.effective_attributes(ctx, parent)
    assert (only.code, only.is_required) == ("fabric", False)
    await catalog.update_category(ctx, shoes, CategoryChanges(attribute_set_id=None))
    assert len(await catalog.effective_attributes(ctx, shoes)) == 1
    with pytest.raises(attributes.AttributeSetNotFound):
        await catalog.update_category(ctx, shoes, CategoryChanges(attribute_set_id=new_id()))


async def test_a_draft_may_lack_what_a_product_on_sale_may_not(ctx: Context) -> None:
    await with_shoes(ctx)
    product_id = await made(ctx, boot())
    with pytest.raises(AttributeRequired) as refusal:
        await catalog.publish_product(ctx, product_id)
    assert faults_in(refusal.value) == LACKING
    (change,) = await catalog.bulk_set_status(ctx, [product_id], "active")
    assert (change.outcome, change.code) == ("refused", "attribute_required")
    await catalog.update_product(ctx, product_id, ProductChanges(attributes=WHOLE))
    assert (await catalog.publish_product(ctx, product_id)).status == "active"
    with pytest.raises(InvalidProduct) as invalid:
        await catalog.update_product(ctx, product_id, ProductChanges(attributes={"sole": "x"}))
    assert faults_in(invalid.value) == LACKING[:1]
    await catalog.update_product(ctx, product_id, ProductChanges(title="Still on sale"))


async def test_a_file_puts_nothing_on_sale_that_lacks_something(ctx: Context) -> None:
    await with_shoes(ctx)
    drafts = [
        boot("bad", status="active"),
        boot("good", status="active", attributes=WHOLE),
        boot("later"),
    ]
    for outcomes in (await catalog.diff_products(ctx, drafts), await merge(ctx, *drafts)):
        assert [each.outcome for each in outcomes] == ["refused", "created", "created"]
        assert [(e.path, e.code) for e in outcomes[0].errors] == LACKING
    (emptied,) = await merge(ctx, simple("good"))
    assert emptied.outcome == "refused"
    inside = [["Clothes", "Shoes", "Boots"]]
    (fresh,) = await merge(ctx, simple("new", status="active", category_paths=inside))
    assert fresh.outcome == "refused"


async def test_a_product_type_asks_as_well(ctx: Context) -> None:
    kind = NewProductType(name="Shoe", attribute_set_id=await asked_for(ctx, "S", sole=True))
    await attributes.create_product_type(ctx, kind)
    product_id = await made(ctx, simple("boot", product_type="Shoe"))
    with pytest.raises(AttributeRequired) as refusal:
        await catalog.publish_product(ctx, product_id)
    assert faults_in(refusal.value) == LACKING[1:]


async def test_the_clock_puts_nothing_on_sale_that_lacks_something(ctx: Context) -> None:
    await with_shoes(ctx)
    product_id = await made(ctx, boot())
    await catalog.update_product(ctx, product_id, ProductChanges(publish_at=ctx.now))
    assert await catalog.apply_schedule(later(ctx, hours=1)) == 1
    after = await catalog.get_product(ctx, product_id)
    assert (after.status, after.publish_at) == ("draft", None)
    (told,) = [
        each
        for each in (await audit.list_entries(ctx)).items
        if each.action == "products.schedule_refused"
    ]
    assert told.detail == {"code": "attribute_required"}


async def test_what_a_category_asks_for_is_told_over_http(ctx: Context) -> None:
    shoes = await with_shoes(ctx)
    async with client_of(ROOM.routes, acting_with(ctx, "products:read")) as client:
        answer = await client.get(f"/admin/v1/categories/{shoes}/attributes")
        assert answer.status_code == 200, answer.text
        assert [each["code"] for each in answer.json()["items"]] == ["fabric", "sole"]
