"""Values: renamed, ordered, merged, looked through."""

import asyncio
from typing import Any

import pytest

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    AttributeValueChanges,
    AttributeValueNotFound,
    AxisCondition,
    ForbidRule,
    ImplyRule,
    InvalidAttributeValue,
    NewAttributeValue,
    NewProductType,
    WordTaken,
)
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor
from tests.commerce.attributes.entries import added, interned


async def _word(ctx: Context, value_id: int) -> str:
    return (await attributes.words_of(ctx, [value_id]))[value_id].word


async def test_a_renamed_value_shows_at_once_and_is_still_found_by_its_old_word(
    ctx: Context,
) -> None:
    (navy,) = await interned(ctx, "color", "navy")
    assert await _word(ctx, navy) == "navy"
    await attributes.update_value(ctx, navy, AttributeValueChanges(word=" Navy   blue "))
    assert await _word(ctx, navy) == "Navy blue"
    assert await interned(ctx, "color", "NAVY", "navy BLUE") == [navy, navy]

    back = await attributes.update_value(ctx, navy, AttributeValueChanges(word="navy"))
    assert back.word == "navy"
    assert await interned(ctx, "color", "Navy", "navy blue") == [navy, navy]
    assert [each.value_id for each in (await attributes.list_values(ctx, "color")).items] == [navy]

    same = await attributes.update_value(
        ctx, navy, AttributeValueChanges(word="NAVY", labels={"de": "M"})
    )
    assert same.word == "NAVY"
    assert (await attributes.words_of(ctx, [navy], "de-AT"))[navy].label == "M"


async def test_a_word_belongs_to_one_value(ctx: Context) -> None:
    red, blue = await interned(ctx, "color", "Red", "Blue")
    with pytest.raises(WordTaken):
        await attributes.update_value(ctx, red, AttributeValueChanges(word="blue"))
    with pytest.raises(WordTaken):
        await attributes.add_value(ctx, "color", NewAttributeValue(word="RED"))
    await attributes.update_value(ctx, blue, AttributeValueChanges(word="Azure"))
    with pytest.raises(WordTaken):
        await attributes.update_value(ctx, red, AttributeValueChanges(word="blue"))


async def test_merged_values_are_one_everywhere(ctx: Context) -> None:
    grey, gray, silver, red = await interned(ctx, "color", "Grey", "Gray", "Silver", "Red")
    (xl,) = await interned(ctx, "size", "XL")
    snapshot = await attributes.dictionary(ctx)
    size, color = (snapshot.by_code[code].attribute_id for code in ("size", "color"))
    rules: list[attributes.Rule] = [
        ForbidRule(
            rule_id="r",
            when=[
                AxisCondition(attribute_id=size, values=[xl]),
                AxisCondition(attribute_id=color, values=[gray, red]),
            ],
        ),
        ImplyRule(
            rule_id="s",
            when=[AxisCondition(attribute_id=color, values=[silver])],
            then=AxisCondition(attribute_id=size, values=[xl]),
        ),
    ]
    made = await attributes.create_product_type(
        ctx, NewProductType(name="Shirt", axes=[size, color], rules=rules)
    )

    await attributes.merge_values(ctx, "color", [gray], silver)
    await attributes.merge_values(ctx, "color", [silver], grey)

    assert await interned(ctx, "color", "gray", "silver", "grey") == [grey] * 3
    views = await attributes.words_of(ctx, [grey, gray, silver, red])
    assert {asked: view.value_id for asked, view in views.items()} == {
        grey: grey,
        gray: grey,
        silver: grey,
        red: red,
    }
    assert [each.word for each in (await attributes.list_values(ctx, "color")).items] == [
        "Grey",
        "Red",
    ]
    after = await attributes.get_product_type(ctx, made.product_type_id)
    first, second = after.rules
    assert isinstance(first, ForbidRule)
    assert isinstance(second, ImplyRule)
    assert (first.when[1].values, second.when[0].values) == ([grey, red], [grey])
    assert after.version == 3
    with pytest.raises(AttributeValueNotFound):
        await attributes.update_value(ctx, gray, AttributeValueChanges(word="x"))


async def test_a_merge_that_cannot_be_is_refused(ctx: Context, another_ctx: Context) -> None:
    red, blue = await interned(ctx, "color", "Red", "Blue")
    (xl,) = await interned(ctx, "size", "XL")
    with pytest.raises(InvalidAttributeValue):
        await attributes.merge_values(ctx, "color", [red, blue], red)
    for wrong in (xl, 999):
        with pytest.raises(AttributeValueNotFound):
            await attributes.merge_values(ctx, "color", [wrong], red)
    await interned(another_ctx, "color", "One")
    with pytest.raises(AttributeValueNotFound):
        await attributes.merge_values(another_ctx, "color", [blue], 1)


async def test_two_merges_at_once_leave_no_ring(ctx: Context) -> None:
    red, blue = await interned(ctx, "color", "Red", "Blue")
    results = await asyncio.gather(
        attributes.merge_values(ctx, "color", [red], blue),
        attributes.merge_values(ctx, "color", [blue], red),
        return_exceptions=True,
    )
    outcomes = {type(each).__name__ for each in results}
    assert outcomes == {"AttributeValue", "AttributeValueNotFound"}
    first, second = await interned(ctx, "color", "Red", "Blue")
    assert first == second


async def test_values_come_in_the_order_they_are_put_in(ctx: Context) -> None:
    ids = await interned(ctx, "size", "L", "S", "XL", "M")
    large, small, extra, medium = ids
    await attributes.order_values(ctx, "size", [small, medium, large])
    order = [each.value_id for each in (await attributes.list_values(ctx, "size")).items]
    assert order == [small, medium, extra, large], "what is not named keeps its place"
    await attributes.update_value(ctx, extra, AttributeValueChanges(position=2**31 - 1))
    first = await attributes.list_values(ctx, "size", limit=3)
    assert [each.value_id for each in first.items] == [small, medium, large]
    last = await attributes.list_values(ctx, "size", cursor=first.next_cursor, limit=3)
    assert ([each.value_id for each in last.items], last.next_cursor) == ([extra], None)
    with pytest.raises(AttributeValueNotFound):
        await attributes.order_values(ctx, "size", [large, 999])


async def test_swatches_are_found_by_any_name_and_follow_changes(
    ctx: Context, another_ctx: Context
) -> None:
    hue = (await added(ctx, "hue", "swatch")).attribute_id
    known = await attributes.dictionary(ctx)
    assert await attributes.swatches_of(ctx, known, [hue]) == {hue: {}}
    labels = {"de": "Tiefes  Blau", "fr": "Bleu"}
    blue = NewAttributeValue(word="Blue", labels=labels, swatch="#0000ff")
    made = await attributes.add_value(ctx, "hue", blue)
    await attributes.add_value(ctx, "hue", NewAttributeValue(word="Plain"))
    known = await attributes.dictionary(ctx)
    names = ("tiefes blau", "bleu", "blue")
    assert await attributes.swatches_of(ctx, known, [hue]) == {hue: dict.fromkeys(names, "#0000ff")}
    await attributes.update_value(ctx, made.value_id, AttributeValueChanges(swatch="#00008b"))
    known = await attributes.dictionary(ctx)
    assert await attributes.swatches_of(ctx, known, [hue]) == {hue: dict.fromkeys(names, "#00008b")}
    other = await attributes.dictionary(another_ctx)
    assert await attributes.swatches_of(another_ctx, other, [hue]) == {hue: {}}


async def test_many_values_are_read_a_page_at_a_time(ctx: Context) -> None:
    words = [f"Shade {n}" for n in range(130)]
    await interned(ctx, "color", *words, "Other")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await attributes.list_values(ctx, "color", "shade 1", cursor, 7)
        seen += [each.word for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(each for each in words if each.startswith("Shade 1"))
    page = await attributes.list_values(ctx, "color", "shade", limit=1)
    with pytest.raises(InvalidCursor):
        await attributes.list_values(ctx, "color", "other", page.next_cursor)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("color", {"word": "x", "swatch": "red"}),
        ("color", {"word": "\u2003"}),
        ("note", {"word": "x"}),
    ],
)
async def test_what_is_no_value_is_refused(ctx: Context, code: str, fields: Any) -> None:
    await added(ctx, "color", "swatch")
    await added(ctx, "note", "rich_text")
    with pytest.raises(InvalidAttributeValue):
        await attributes.add_value(ctx, code, NewAttributeValue(**fields))


async def test_another_shop_has_none_of_them(ctx: Context, another_ctx: Context) -> None:
    (red,) = await interned(ctx, "color", "Red")
    assert await attributes.words_of(another_ctx, [red]) == {}
    with pytest.raises(AttributeValueNotFound):
        await attributes.update_value(another_ctx, red, AttributeValueChanges(word="x"))
    assert await another_ctx.read("SELECT 1 FROM attributes.value WHERE $1::int IS NOT NULL") == []
    assert await attributes.words_of(ctx, []) == {}
