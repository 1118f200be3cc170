"""Numbers are narrowed to ranges, in the units that the shop gave them."""

from typing import Any

import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes import AttributeChanges, NewAttribute
from galleria.commerce.catalog import ProductChanges
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.growth.search import Answer, InvalidRange, RangeShown, range_of
from galleria.growth.search.routes.storefront import ranges_of
from tests.commerce.selling import mug, open_shop, put_on_sale, show
from tests.growth.search.test_metafields import defined
from tests.growth.search.test_search import ask, titles


@pytest.fixture
async def screens(house_ctx: Context) -> Context:
    """A shop with twelve screens of 10 to 21 inches, some with a weight, and a cable."""
    _, ctx = await open_shop(house_ctx)
    await attributes.create_attribute(
        ctx,
        NewAttribute(
            code="diagonal",
            label="Diagonal",
            labels={"de": "Diagonale"},
            kind="decimal",
            decimals=1,
            unit="in",
        ),
    )
    goods = [
        mug(f"s{size}", title=f"Screen {size}", attributes=_said(size), category_paths=[["Tech"]])
        for size in range(10, 22)
    ]
    await put_on_sale(ctx, *goods, mug("cable", title="Cable", attributes={}))
    await show(ctx)
    return ctx


def _said(size: int) -> dict[str, Any]:
    ports = {"ports": size % 3} if size < 16 else {}
    return {"diagonal": size + 0.5, "slim": size > 12, **ports}


def range_in(answer: Answer, code: str) -> RangeShown:
    (found,) = [each for each in answer.ranges if each.code == code]
    return found


async def test_a_range_leaves_what_lies_within_it(screens: Context) -> None:
    answer = await ask(screens, ranges={"diagonal": (13.0, 15.5)}, sort="title")
    assert titles(answer) == ["Screen 13", "Screen 14", "Screen 15"]
    assert (await ask(screens, ranges={"diagonal": (20.5, None)})).total == 2
    assert (await ask(screens, ranges={"diagonal": (None, 10.4)})).total == 0
    both = {"diagonal": (None, 13.0), "ports": (1.0, 1.0)}
    assert titles(await ask(screens, ranges=both)) == ["Screen 10"]
    assert (await ask(screens, ranges={"no-such": (1.0, None)})).total == 0


async def test_ranges_are_offered_with_label_unit_and_how_far_they_go(screens: Context) -> None:
    answer = await ask(screens)
    assert range_in(answer, "diagonal") == RangeShown(
        code="diagonal",
        label="Diagonal",
        unit="in",
        least=10.5,
        most=21.5,
        chosen_least=None,
        chosen_most=None,
    )
    assert (range_in(answer, "ports").least, range_in(answer, "ports").most) == (0.0, 2.0)
    assert {each.code for each in answer.ranges} == {"diagonal", "ports"}, "a yes is no number"
    narrowed = await ask(screens, ranges={"diagonal": (13.0, 15.5)})
    shown = range_in(narrowed, "diagonal")
    assert (shown.least, shown.most) == (10.5, 21.5), "its own range does not narrow it"
    assert (shown.chosen_least, shown.chosen_most) == (13.0, 15.5)
    empty = await ask(screens, words="cable", ranges={"diagonal": (13.0, None)})
    shown = range_in(empty, "diagonal")
    assert (empty.total, shown.least, shown.chosen_least) == (0, None, 13.0)


async def test_a_number_of_many_values_is_no_list_to_tick(screens: Context) -> None:
    codes = {each.code for each in (await ask(screens)).facets}
    assert "diagonal" not in codes and "ports" in codes and "slim" in codes
    few = await ask(screens, ranges={"diagonal": (10.0, 13.0)})
    assert "diagonal" not in {each.code for each in few.facets}, "it is narrowed by its range"
    ticked = await ask(screens, filters={"diagonal": ("13.5 in",)})
    (shown,) = [each for each in ticked.facets if each.code == "diagonal"]
    assert [each.value for each in shown.values if each.is_chosen] == ["13.5 in"]


async def test_numbers_of_metafields_are_ranges_when_they_are_filterable(
    screens: Context,
) -> None:
    await defined(screens, "product", "hours", kind="integer", unit="h", is_filterable=True)
    await defined(screens, "product", "secret", kind="integer")
    for handle, hours in (("s10", 5), ("s11", 9)):
        tree = await catalog.get_product_by_handle(screens, handle)
        values = ProductChanges(metafields={"care.hours": hours, "care.secret": hours})
        await catalog.update_product(screens, tree.product_id, values)
    await show(screens)
    answer = await ask(screens, ranges={"care.hours": (6.0, None)})
    assert titles(answer) == ["Screen 11"]
    shown = range_in(answer, "care.hours")
    assert (shown.label, shown.unit, shown.least, shown.most) == ("Hours", "h", 5.0, 9.0)
    assert (await ask(screens, ranges={"care.secret": (1.0, None)})).total == 0


async def test_labels_are_in_the_language_of_the_reader(screens: Context) -> None:
    named = AttributeChanges(labels={"de": "Anschlüsse"})
    await attributes.update_attribute(screens, "ports", named)
    german = Context(
        screens.engines, screens.tenant, screens.actor, screens.request_id, locale="de"
    )
    answer = await ask(german)
    assert range_in(answer, "diagonal").label == "Diagonale"
    assert range_in(answer, "ports").label == "Anschlüsse"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("13..15", (13.0, 15.0)),
        ("13..", (13.0, None)),
        ("..15.25", (None, 15.25)),
        ("-4..-1.5", (-4.0, -1.5)),
        ("7..7", (7.0, 7.0)),
    ],
)
def test_an_address_says_a_range_with_open_ends(text: str, read: tuple[object, object]) -> None:
    assert range_of("x", text) == read
    assert ranges_of([("range[x]", text), ("q", "y"), ("range[z]", "")]) == {"x": read}


@pytest.mark.parametrize(
    "text", ["..", "15..13", "1,5..2", "a..b", "13", "1...2", "nan..", "1e9..", "..inf", "1..2\n"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidRange):
        range_of("x", text)
    assert issubclass(InvalidRange, InvalidInput)


def test_a_range_is_said_once() -> None:
    with pytest.raises(InvalidRange):
        ranges_of([("range[x]", "1.."), ("range[x]", "..2")])


async def test_a_range_that_is_asked_for_is_told_and_narrows_nothing(screens: Context) -> None:
    answer = await ask(screens, words="cable", told_ranges=("diagonal", "nobody"))
    assert answer.total == 1
    told = range_in(answer, "diagonal")
    assert (told.label, told.unit, told.least, told.chosen_least) == ("Diagonal", "in", None, None)
    assert range_in(answer, "nobody").label == "nobody"


async def test_an_answer_says_where_it_begins_and_leads_one_page_back(screens: Context) -> None:
    first = await ask(screens, sort="title", limit=5)
    assert (first.begins_at, first.previous_cursor) == (0, None)
    second = await ask(screens, sort="title", limit=5, cursor=first.next_cursor)
    third = await ask(screens, sort="title", limit=5, cursor=second.next_cursor)
    assert (second.begins_at, third.begins_at, len(third.items)) == (5, 10, 3)
    back = await ask(screens, sort="title", limit=5, cursor=third.previous_cursor)
    assert titles(back) == titles(second) and back.next_cursor == second.next_cursor
    start = await ask(screens, sort="title", limit=5, cursor=second.previous_cursor)
    assert titles(start) == titles(first) and start.previous_cursor is None
    longer = await ask(screens, sort="title", limit=20, cursor=second.next_cursor)
    before = await ask(screens, sort="title", limit=20, cursor=longer.previous_cursor)
    assert before.begins_at == 0, "there are not so many before it"
