"""Values that nothing uses go for good; attributes are found by what they are called."""

import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes import (
    AttributeValueInUse,
    AttributeValueNotFound,
    AttributeValueUseUnknown,
    AxisCondition,
    ForbidRule,
    InvalidProductType,
    NewProductType,
)
from galleria.commerce.catalog import Option, ProductDraft, VariantDraft
from galleria.engines.context import Context
from tests.commerce.attributes.entries import added, interned

# As the roof does.
attributes.answers.bind(is_value_used=catalog.is_value_used)


async def test_what_nothing_uses_is_removed_with_its_old_words_and_its_number_is_never_given_again(
    ctx: Context,
) -> None:
    red, crimson = await interned(ctx, "color", "Red", "Crimson")
    await attributes.merge_values(ctx, "color", [crimson], red)
    await attributes.remove_value(ctx, red)
    assert (await attributes.list_values(ctx, "color")).items == []
    assert await attributes.words_of(ctx, [red, crimson]) == {}
    with pytest.raises(AttributeValueNotFound):
        await attributes.remove_value(ctx, red)
    (again,) = await interned(ctx, "color", "Crimson")
    assert again > max(red, crimson)


async def test_what_a_product_says_or_offers_stays(ctx: Context, another_ctx: Context) -> None:
    draft = ProductDraft(
        handle="cup",
        title="Cup",
        attributes={"material": ["clay", "glass"], "maker": "Ann"},
        options=[Option("Colour", ["Blue", "White"])],
        variants=[VariantDraft(sku="c-b", option_values=["Blue"])],
    )
    async with ctx.transaction() as tx:
        await catalog.merge_products(tx, [draft])
    colour = (await attributes.dictionary(ctx)).axes_by_label["colour"]
    for code in ("material", "maker", colour.code):
        for value in (await attributes.list_values(ctx, code)).items:
            with pytest.raises(AttributeValueInUse):
                await attributes.remove_value(ctx, value.value_id)
    (elsewhere,) = await interned(another_ctx, "material", "clay")
    await attributes.remove_value(another_ctx, elsewhere)


async def test_a_product_that_still_has_the_number_of_a_merged_value_keeps_it(ctx: Context) -> None:
    draft = ProductDraft(handle="cup", title="Cup", attributes={"material": "clay"})
    async with ctx.transaction() as tx:
        await catalog.merge_products(tx, [draft])
    clay, stoneware = await interned(ctx, "material", "clay", "stoneware")
    await attributes.merge_values(ctx, "material", [clay], stoneware)
    with pytest.raises(AttributeValueInUse):
        await attributes.remove_value(ctx, stoneware)


async def test_what_a_rule_names_stays_and_so_does_what_nobody_had_time_to_look_for(
    ctx: Context,
) -> None:
    red, blue = await interned(ctx, "color", "Red", "Blue")
    color = (await attributes.dictionary(ctx)).by_code["color"].attribute_id
    rule = ForbidRule(rule_id="r", when=[AxisCondition(attribute_id=color, values=[red])])
    wanted = NewProductType(name="Shirt", axes=[color], rules=[rule])
    await attributes.create_product_type(ctx, wanted)
    with pytest.raises(AttributeValueInUse):
        await attributes.remove_value(ctx, red)
    with pytest.raises(AttributeValueUseUnknown):
        await attributes.remove_value(ctx, blue, time_limit_s=0)
    await attributes.remove_value(ctx, blue)


async def test_attributes_are_found_by_kind_and_by_what_stands_in_code_or_label(
    ctx: Context,
) -> None:
    await added(ctx, "frame_width", "integer", unit="mm", labels={"de": "Rahmenbreite"})
    await added(ctx, "frame_color", "swatch", label="Colour of the frame")
    await added(ctx, "weight", "integer", unit="g")

    async def found(**asked: object) -> list[str]:
        page = await attributes.list_attributes(ctx, **asked)  # type: ignore[arg-type]
        return [each.code for each in page.items]

    assert await found(kind="integer") == ["frame_width", "weight"]
    assert await found(query="FRAME") == ["frame_color", "frame_width"]
    assert await found(query="frame", kind="swatch") == ["frame_color"]
    assert await found(query="breite") == ["frame_width"]
    first = await attributes.list_attributes(ctx, limit=1, query="frame")
    assert first.next_cursor is not None
    assert await found(query="frame", cursor=first.next_cursor) == ["frame_width"]


async def test_rules_are_tried_before_they_are_saved(ctx: Context) -> None:
    red, blue = await interned(ctx, "color", "Red", "Blue")
    color = (await attributes.dictionary(ctx)).by_code["color"].attribute_id
    made = await attributes.create_product_type(ctx, NewProductType(name="Shirt", axes=[color]))
    rule = ForbidRule(rule_id="r", when=[AxisCondition(attribute_id=color, values=[red])])
    type_id = made.product_type_id
    assert (await attributes.check_selection(ctx, type_id, {"color": "Red"})).is_legal
    answer = await attributes.check_selection(ctx, type_id, {"color": "Red"}, [rule])
    assert [each.rule_id for each in answer.violations] == ["r"]
    assert (await attributes.check_selection(ctx, type_id, {"color": "Blue"}, [rule])).is_legal
    wrong = ForbidRule(rule_id="r", when=[AxisCondition(attribute_id=99, values=[blue])])
    with pytest.raises(InvalidProductType):
        await attributes.check_selection(ctx, type_id, {"color": "Red"}, [wrong])
