"""What a merchant switches off is neither a facet nor a range, from the next question on."""

from typing import Any

import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes import (
    AttributeChanges,
    MetafieldDefinitionChanges,
    NewAttribute,
)
from galleria.commerce.catalog import ProductChanges
from galleria.engines.context import Context
from galleria.growth import search
from galleria.growth.search import Answer, Question
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_metafields import defined
from tests.growth.search.test_search import ask, titles


@pytest.fixture
async def lamps(house_ctx: Context) -> Context:
    """A shop with twelve lamps from a file, which says of each a power, a room and a colour."""
    _, ctx = await open_shop(house_ctx)
    goods = [
        mug(
            f"lamp-{at}",
            title=f"Lamp {at:02}",
            attributes={"power": 10 + at, "room": "Hall" if at % 2 else "Attic"},
        )
        for at in range(12)
    ]
    await put_on_sale(ctx, *goods)
    await show(ctx)
    return ctx


async def switch(ctx: Context, code: str, is_on: bool) -> None:
    await attributes.update_attribute(ctx, code, AttributeChanges(is_filterable=is_on))


def told(answer: Answer) -> tuple[set[str], set[str]]:
    """Codes of facets beside those that every shop has, and of ranges."""
    fixed = {"brand", "category", "available"}
    return {each.code for each in answer.facets} - fixed, {each.code for each in answer.ranges}


async def test_what_a_file_brings_is_offered_until_it_is_switched_off(lamps: Context) -> None:
    known = (await attributes.dictionary(lamps)).by_code
    assert known["power"].is_filterable and known["room"].is_filterable
    assert told(await ask(lamps)) == ({"Colour", "room"}, {"power"})
    await switch(lamps, "power", False)
    assert told(await ask(lamps)) == ({"Colour", "room"}, set())
    await switch(lamps, "room", False)
    assert told(await ask(lamps)) == ({"Colour"}, set())
    await switch(lamps, "power", True)
    await switch(lamps, "room", True)
    assert told(await ask(lamps)) == ({"Colour", "room"}, {"power"}), "nothing was indexed anew"


async def test_an_option_is_switched_off_by_its_attribute(lamps: Context) -> None:
    option = next(
        each
        for each in (await attributes.dictionary(lamps)).by_code.values()
        if each.is_axis and each.label == "Colour"
    )
    await switch(lamps, option.code, False)
    assert "Colour" not in told(await ask(lamps))[0]
    await attributes.create_attribute(
        lamps, NewAttribute(code="paint", label="Colour", kind="select", is_axis=True)
    )
    assert "Colour" in told(await ask(lamps))[0], "another of this name is offered"


async def test_old_addresses_go_on_narrowing_by_it(lamps: Context) -> None:
    for code in ("power", "room"):
        await switch(lamps, code, False)
    asked: dict[str, Any] = {
        "filters": {"room": ("Hall",), "Colour": ("Blue",)},
        "ranges": {"power": (12.0, 15.0)},
        "told_ranges": ("power",),
    }
    answer = await ask(lamps, sort="title", **asked)
    assert titles(answer) == ["Lamp 03", "Lamp 05"]
    assert told(answer) == ({"Colour"}, set())


async def test_a_metafield_is_switched_off_before_anything_is_indexed(lamps: Context) -> None:
    await defined(lamps, "product", "hours", kind="integer", is_filterable=True)
    for at in range(12):
        tree = await catalog.get_product_by_handle(lamps, f"lamp-{at}")
        hours = ProductChanges(metafields={"care.hours": at % 3})
        await catalog.update_product(lamps, tree.product_id, hours)
    await show(lamps)
    facets, ranges = told(await ask(lamps))
    assert "care.hours" in facets and "care.hours" in ranges
    definition = (await attributes.dictionary(lamps)).definitions["product"]["care.hours"]
    await attributes.update_metafield_definition(
        lamps, definition.definition_id, MetafieldDefinitionChanges(is_filterable=False)
    )
    facets, ranges = told(await ask(lamps))
    assert "care.hours" not in facets | ranges


async def test_the_fitting_eight_are_those_that_are_offered(house_ctx: Context) -> None:
    _, ctx = await open_shop(house_ctx)
    codes = [f"trait-{at}" for at in range(10)]
    goods = [mug(f"m{at}", attributes={code: f"v{at % 2}" for code in codes}) for at in range(4)]
    await put_on_sale(ctx, *goods)
    await show(ctx)
    before, _ = told(await ask(ctx))
    hidden = sorted(before & set(codes))[:2]
    for code in hidden:
        await switch(ctx, code, False)
    after, _ = told(await ask(ctx))
    assert len(after) == len(before) and not after & set(hidden)
    plain = await search.ask(ctx, await window(ctx), Question(with_facets=False))
    assert plain.total == 4 and not plain.facets
