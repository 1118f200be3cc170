"""Attributes, sets, product types and metafields, kept."""

from typing import Any

import pytest
from msgspec.structs import replace

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    AttributeChanges,
    AttributeCodeTaken,
    AttributeNotFound,
    AttributeSetChanges,
    AttributeSetInUse,
    AttributeSetNotFound,
    AxisCondition,
    BaseAttributeNotFound,
    DictionaryEntryChanged,
    DictionaryFull,
    DictionaryHandleTaken,
    ForbidRule,
    InvalidAttribute,
    InvalidAttributeSet,
    InvalidAttributeValue,
    InvalidMetafieldDefinition,
    InvalidProductType,
    MetafieldDefinitionChanges,
    MetafieldDefinitionNotFound,
    NewAttributeSet,
    NewMetafieldDefinition,
    NewProductType,
    ProductTypeChanges,
    ProductTypeNotFound,
    RangeRule,
    SetItem,
)
from galleria.commerce.attributes.model.attributes import MAX_ATTRIBUTES, fresh_attribute
from galleria.commerce.attributes.model.metafields import MAX_DEFINITIONS
from galleria.commerce.attributes.repository import entries, versions
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import audit
from tests.commerce.attributes.entries import added, interned


async def test_an_attribute_is_kept_as_it_is_described(ctx: Context, another_ctx: Context) -> None:
    made = await added(
        ctx,
        "width",
        "decimal",
        decimals=2,
        unit="cm",
        minimum=0.5,
        labels={"de": "Breite"},
        is_axis=True,
        position=3,
    )
    assert await attributes.get_attribute(ctx, "width") == made
    snapshot = await attributes.dictionary(ctx)
    assert (snapshot.attributes, snapshot.by_code) == ({1: made}, {"width": made})
    assert (await attributes.dictionary(another_ctx)).attributes == {}
    with pytest.raises(AttributeNotFound):
        await attributes.get_attribute(another_ctx, "width")
    with pytest.raises(AttributeCodeTaken):
        await added(ctx, "width", "text")
    with pytest.raises(InvalidAttribute):
        await added(ctx, "depth", "text", unit="cm")
    entry = (await audit.list_entries(ctx)).items[0]
    assert (entry.action, entry.subject) == ("attributes.attribute_created", "attribute:1")


async def test_what_products_hold_goes_on_meaning_the_same(ctx: Context) -> None:
    await added(ctx, "width", "decimal", decimals=1)
    changed = await attributes.update_attribute(ctx, "width", AttributeChanges(unit="cm"), 1)
    assert (changed.unit, changed.version) == ("cm", 2)
    with pytest.raises(InvalidAttribute):
        await attributes.update_attribute(ctx, "width", AttributeChanges(unit="mm"))
    with pytest.raises(InvalidAttribute):
        await attributes.update_attribute(ctx, "width", AttributeChanges(kind="swatch"))
    with pytest.raises(DictionaryEntryChanged):
        await attributes.update_attribute(ctx, "width", AttributeChanges(label="W"), 1)
    with pytest.raises(AttributeNotFound):
        await attributes.update_attribute(ctx, "depth", AttributeChanges(label="W"))

    await interned(ctx, "color", "Red")
    swatch = await attributes.update_attribute(ctx, "color", AttributeChanges(kind="swatch"))
    archived = await attributes.update_attribute(ctx, "color", AttributeChanges(is_archived=True))
    assert (swatch.kind, archived.is_archived) == ("swatch", True)


async def test_a_dictionary_has_an_end(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        await entries.add(tx, entries.ATTRIBUTES, fresh_attribute(MAX_ATTRIBUTES, "last", "text"))
        await versions.renew_dictionary(tx)
    with pytest.raises(DictionaryFull):
        await added(ctx, "more", "text")
    with pytest.raises(DictionaryFull):
        await interned(ctx, "more", "x")


async def test_a_shop_takes_over_base_attributes_and_keeps_its_own(ctx: Context) -> None:
    own = await added(ctx, "material", "text")
    first = await attributes.adopt_base(ctx, ["color", "material", "weight", "color"])
    assert [(each.code, each.kind) for each in first] == [
        ("color", "swatch"),
        ("material", "text"),
        ("weight", "decimal"),
    ]
    assert first[1] == own
    colours = (await attributes.list_values(ctx, "color", limit=100)).items
    assert (colours[0].word, colours[0].swatch) == ("Black", "#000000")
    assert colours[0].labels == {"de": "Schwarz", "fr": "Noir"}
    assert await attributes.adopt_base(ctx, ["color", "weight"]) == [first[0], first[2]]
    assert len((await attributes.list_values(ctx, "color", limit=100)).items) == len(colours)
    with pytest.raises(BaseAttributeNotFound):
        await attributes.adopt_base(ctx, ["nonsense"])
    assert len(attributes.base_attributes()) >= 40


async def test_sets_name_attributes_that_are_there(ctx: Context) -> None:
    color = await added(ctx, "color", "select")
    items = [SetItem(color.attribute_id, True)]
    made = await attributes.create_attribute_set(ctx, NewAttributeSet(name="Wear", items=items))
    assert made.handle == "wear"
    assert (await attributes.dictionary(ctx)).sets == {made.attribute_set_id: made}
    second = await attributes.create_attribute_set(ctx, NewAttributeSet(name="Wear"))
    assert second.handle == "wear-2"
    with pytest.raises(InvalidAttributeSet):
        await attributes.create_attribute_set(ctx, NewAttributeSet(name="x", items=[SetItem(9)]))
    changes = AttributeSetChanges(handle="wear")
    with pytest.raises(DictionaryHandleTaken):
        await attributes.update_attribute_set(ctx, second.attribute_set_id, changes)
    changes = AttributeSetChanges(name="Worn", handle="worn")
    after = await attributes.update_attribute_set(ctx, second.attribute_set_id, changes, 1)
    assert (after.name, after.version) == ("Worn", 2)
    with pytest.raises(DictionaryEntryChanged):
        await attributes.update_attribute_set(ctx, second.attribute_set_id, changes, 1)


async def test_a_set_in_use_is_not_removed(ctx: Context) -> None:
    used = await attributes.create_attribute_set(ctx, NewAttributeSet(name="A"))
    free = await attributes.create_attribute_set(ctx, NewAttributeSet(name="B"))
    wanted = NewProductType(name="Shirt", attribute_set_id=used.attribute_set_id)
    await attributes.create_product_type(ctx, wanted)
    with pytest.raises(AttributeSetInUse):
        await attributes.remove_attribute_set(ctx, used.attribute_set_id)
    await attributes.remove_attribute_set(ctx, free.attribute_set_id)
    with pytest.raises(AttributeSetNotFound):
        await attributes.get_attribute_set(ctx, free.attribute_set_id)
    gone = ProductTypeChanges(attribute_set_id=free.attribute_set_id)
    shirt = (await attributes.list_product_types(ctx)).items[0]
    with pytest.raises(AttributeSetNotFound):
        await attributes.update_product_type(ctx, shirt.product_type_id, gone)


async def _shirt(ctx: Context) -> tuple[attributes.ProductType, dict[str, int]]:
    """A shirt in sizes, colours and lengths: no white XXL, lengths in steps of 5 cm."""
    xl, xxl = await interned(ctx, "size", "XL", "XXL")
    black, white = await interned(ctx, "color", "Black", "White")
    length = await added(ctx, "length", "decimal", decimals=1, unit="cm", is_axis=True)
    by_code = (await attributes.dictionary(ctx)).by_code
    size, color = by_code["size"].attribute_id, by_code["color"].attribute_id
    rules: list[attributes.Rule] = [
        ForbidRule(
            rule_id="no-white-xxl",
            when=[
                AxisCondition(attribute_id=size, values=[xxl]),
                AxisCondition(attribute_id=color, values=[white]),
            ],
        ),
        RangeRule(
            rule_id="lengths",
            attribute_id=length.attribute_id,
            minimum=60.0,
            maximum=80.0,
            step=5.0,
        ),
    ]
    made = await attributes.create_product_type(
        ctx,
        NewProductType(
            name="Shirt",
            axes=[size, color, length.attribute_id],
            sku_pattern="{handle}-{color}-{size}",
            rules=rules,
        ),
    )
    ids = {"XL": xl, "XXL": xxl, "Black": black, "White": white, "size": size, "color": color}
    return made, ids


async def test_a_product_type_says_what_is_made(ctx: Context) -> None:
    shirt, _ = await _shirt(ctx)
    assert (await attributes.product_types_of(ctx, [shirt.product_type_id, new_id()])) == {
        shirt.product_type_id: shirt
    }

    async def ask(**selection: Any) -> attributes.CombinationAnswer:
        return await attributes.check_selection(ctx, shirt.product_type_id, selection)

    assert (await ask(size="xl", color="White", length="0.7 m")).is_legal
    assert (await ask(size="XXL")).is_legal
    refused = await ask(size="XXL", color="white", length=62)
    assert not refused.is_legal
    assert [each.text for each in refused.violations] == [
        "XXL is not made in White",
        "Length runs from 60 cm up to 80 cm in steps of 5 cm",
    ]
    assert [each.value for each in refused.violations[1].alternatives] == [60, 65, 80]
    for wrong in ({"size": "XXXL"}, {"weight": 1}, {"length": "1 kg"}):
        with pytest.raises(InvalidAttributeValue):
            await ask(**wrong)


async def test_a_choice_that_is_no_axis_is_refused(ctx: Context) -> None:
    shirt, _ = await _shirt(ctx)
    await added(ctx, "note", "text")
    with pytest.raises(InvalidAttributeValue) as refused:
        await attributes.check_selection(ctx, shirt.product_type_id, {"note": "x"})
    assert [each.code for each in refused.value.errors] == ["not_an_axis"]


async def test_a_grammar_is_compiled_once_until_something_changes(ctx: Context) -> None:
    shirt, ids = await _shirt(ctx)
    tenant_id = ctx.tenant.tenant_id
    first = attributes.grammar_of(tenant_id, await attributes.dictionary(ctx), shirt)
    assert attributes.grammar_of(tenant_id, await attributes.dictionary(ctx), shirt) is first
    selection = {ids["size"]: ids["XXL"], ids["color"]: ids["White"]}
    assert not attributes.is_legal(first, selection)
    after = await attributes.update_product_type(
        ctx, shirt.product_type_id, ProductTypeChanges(rules=[])
    )
    free = attributes.grammar_of(tenant_id, await attributes.dictionary(ctx), after)
    assert attributes.is_legal(free, selection)


async def test_a_rule_names_axes_and_values_that_are_there(ctx: Context) -> None:
    shirt, ids = await _shirt(ctx)
    wrong_values = [
        AxisCondition(attribute_id=ids["size"], values=[ids["White"]]),
        AxisCondition(attribute_id=ids["size"], values=[2**40]),
        AxisCondition(attribute_id=999, values=[1]),
    ]
    for condition in wrong_values:
        changes = ProductTypeChanges(rules=[ForbidRule(rule_id="r", when=[condition])])
        with pytest.raises(InvalidProductType):
            await attributes.update_product_type(ctx, shirt.product_type_id, changes)
    for changes in (ProductTypeChanges(axes=[]), ProductTypeChanges(sku_pattern="{fit}")):
        with pytest.raises(InvalidProductType):
            await attributes.update_product_type(ctx, shirt.product_type_id, changes)
    with pytest.raises(InvalidAttribute):
        await attributes.update_attribute(ctx, "size", AttributeChanges(is_axis=False))
    kept = await attributes.get_product_type(ctx, shirt.product_type_id)
    assert kept == shirt


async def test_product_types_are_named_removed_and_made_by_name(ctx: Context) -> None:
    shirt, _ = await _shirt(ctx)
    mug = await attributes.create_product_type(ctx, NewProductType(name="Mug"))
    with pytest.raises(DictionaryHandleTaken):
        await attributes.create_product_type(ctx, NewProductType(name="x", handle="mug"))
    with pytest.raises(DictionaryHandleTaken):
        changes = ProductTypeChanges(handle="shirt")
        await attributes.update_product_type(ctx, mug.product_type_id, changes)
    renamed = ProductTypeChanges(handle="cup")
    await attributes.update_product_type(ctx, mug.product_type_id, renamed, 1)
    with pytest.raises(DictionaryEntryChanged):
        await attributes.update_product_type(ctx, mug.product_type_id, renamed, 1)
    async with ctx.transaction() as tx:
        names = {"shirt": "Shirt", "plate": " Plate "}
        found = await attributes.ensure_product_types(tx, names)
        assert found["shirt"] == shirt.product_type_id
        assert await attributes.ensure_product_types(tx, names) == found
    assert (await attributes.get_product_type(ctx, found["plate"])).name == "Plate"
    await attributes.remove_product_type(ctx, found["plate"])
    with pytest.raises(ProductTypeNotFound):
        await attributes.remove_product_type(ctx, found["plate"])
    handles = [each.handle for each in (await attributes.list_product_types(ctx)).items]
    assert handles == ["cup", "shirt"]


async def test_metafields_are_defined_for_each_kind_of_owner(
    ctx: Context, another_ctx: Context
) -> None:
    care = NewMetafieldDefinition(
        owner_kind="product", namespace="care", code="wash", kind="select", choices=["30", "60"]
    )
    made = await attributes.create_metafield_definition(ctx, care)
    assert (made.name, made.label) == ("care.wash", "Wash")
    snapshot = await attributes.dictionary(ctx)
    assert snapshot.definitions == {"product": {"care.wash": made}}
    assert attributes.check_metafields(snapshot.definitions["product"], {"care.wash": "30"}) == (
        {"care.wash": "30"},
        [],
    )
    with pytest.raises(DictionaryHandleTaken):
        await attributes.create_metafield_definition(ctx, care)
    await attributes.create_metafield_definition(ctx, replace(care, owner_kind="order"))
    only = await attributes.list_metafield_definitions(ctx, "product", limit=1)
    assert (only.items, only.next_cursor) == ([made], None)
    every = await attributes.list_metafield_definitions(ctx, limit=1)
    assert every.next_cursor is not None
    rest = await attributes.list_metafield_definitions(ctx, cursor=every.next_cursor)
    assert [each.owner_kind for each in every.items + rest.items] == ["order", "product"]

    with pytest.raises(InvalidMetafieldDefinition):
        await attributes.create_metafield_definition(ctx, replace(care, code="x", choices=[]))
    changes = MetafieldDefinitionChanges(choices=["40"], storefront="public")
    after = await attributes.update_metafield_definition(ctx, made.definition_id, changes, 1)
    assert (after.choices, after.storefront, after.version) == (["40"], "public", 2)
    with pytest.raises(DictionaryEntryChanged):
        await attributes.update_metafield_definition(ctx, made.definition_id, changes, 1)
    for shop in (another_ctx, ctx):
        if shop is ctx:
            await attributes.remove_metafield_definition(ctx, made.definition_id)
        with pytest.raises(MetafieldDefinitionNotFound):
            await attributes.remove_metafield_definition(shop, made.definition_id)


async def test_an_owner_carries_so_many_metafields(ctx: Context) -> None:
    wanted = NewMetafieldDefinition(owner_kind="order", namespace="n", code="c", kind="text")
    made = await attributes.create_metafield_definition(ctx, wanted)
    async with ctx.transaction() as tx:
        for n in range(1, MAX_DEFINITIONS):
            copy = replace(made, definition_id=new_id(), code=f"c{n}")
            await entries.add(tx, entries.DEFINITIONS, copy)
        await versions.renew_dictionary(tx)
    with pytest.raises(DictionaryFull):
        await attributes.create_metafield_definition(ctx, replace(wanted, code="more"))
