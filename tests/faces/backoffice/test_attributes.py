"""The dictionary in the back office: properties, values, sets, product types, metafields."""

import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes import (
    AllowRule,
    Attribute,
    AxisCondition,
    ForbidRule,
    ImplyRule,
    NewAttribute,
    NewAttributeSet,
    NewAttributeValue,
    NewMetafieldDefinition,
    NewProductType,
    ProductType,
    RangeRule,
    Rule,
    SetItem,
)
from galleria.commerce.catalog import ProductTree
from galleria.engines.context import Context
from tests.faces.backoffice.conftest import NewShop, SignedIn


async def _colour(shop: Context, *words: str) -> Attribute:
    made = await attributes.create_attribute(
        shop, NewAttribute(code="colour", label="Colour", kind="swatch", is_axis=True)
    )
    for word in words:
        await attributes.add_value(shop, "colour", NewAttributeValue(word=word))
    return made


async def _words(shop: Context, code: str) -> list[str]:
    return [each.word for each in (await attributes.list_values(shop, code)).items]


async def _numbers(shop: Context, code: str) -> dict[str, int]:
    return {each.word: each.value_id for each in (await attributes.list_values(shop, code)).items}


async def test_a_property_is_made_found_described_and_archived(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    assert "No property yet" in (await mia.get("/attributes")).text
    page = await mia.get("/attributes/new?kind=decimal")
    refused = await mia.send(page, "/attributes/new", {"label": "Width", "unit": "ells"})
    assert refused.status == 422
    assert "This is no unit we know." in refused.text
    assert 'value="ells"' in refused.text
    page = await mia.send(
        refused,
        "/attributes/new",
        {
            "unit": "cm",
            "decimals": "1",
            "minimum": "0,5",
            "labels.de": "Breite",
            "is_axis": "true",
            "is_filterable": "true",
        },
    )
    assert page.path == f"{mia.base}/attributes/codes/width"
    made = await attributes.get_attribute(shop, "width")
    assert (made.kind, made.unit, made.decimals, made.minimum) == ("decimal", "cm", 1, 0.5)
    assert (made.labels, made.is_axis, made.is_filterable) == ({"de": "Breite"}, True, True)

    taken = await mia.submit(await mia.get("/attributes/new"), "/attributes/new", label="Width")
    assert taken.status == 409
    assert "Another property has this code." in taken.text
    unnamed = await mia.get("/attributes/new")
    assert (await mia.submit(unnamed, "/attributes/new", label=" ")).status == 422

    path = "/attributes/codes/width"
    page = await mia.send(page, path, {"label": "Breadth", "maximum": "90", "is_archived": "true"})
    assert "“Breadth” is saved." in page.text
    saved = await attributes.get_attribute(shop, "width")
    assert (saved.label, saved.maximum, saved.is_archived, saved.labels) == (
        "Breadth",
        90,
        True,
        {"de": "Breite"},
    )
    stale = await mia.send(page, path, {"version": "1", "label": "Mine"})
    assert stale.status == 412
    assert 'value="Mine"' in stale.text
    assert "“Mine” is saved." in (await mia.send(stale, path, {})).text
    wrong = await mia.send(await mia.get(path), path, {"minimum": "many"})
    assert "Write a number" in wrong.text

    assert "Mine" in (await mia.get("/attributes?q=MIN&kind=decimal")).text
    assert "Nothing fits" in (await mia.get("/attributes?q=mine&kind=date")).text
    assert "Mine" in (await mia.get("/attributes?cursor=odd")).text


async def test_every_kind_of_property_can_be_made(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/attributes/new")
    kinds = {"reference": {"reference_kind": "category"}, "integer": {"unit": "ml"}}
    for kind in (
        *("select", "multi_select", "text", "rich_text", "boolean", "integer", "decimal"),
        *("number", "date", "swatch", "file", "reference"),
    ):
        wanted = {"kind": kind, "label": f"A {kind}", "code": f"a_{kind}", **kinds.get(kind, {})}
        assert (await mia.send(page, "/attributes/new", wanted)).status == 200, kind
        assert (await attributes.get_attribute(shop, f"a_{kind}")).kind == kind
    refused = await mia.submit(page, "/attributes/new", kind="reference", label="To")
    assert refused.status == 422
    refused = await mia.submit(page, "/attributes/new", kind="date", label="X", is_axis="true")
    assert "Variants cannot differ by this property." in refused.text


async def test_ready_made_properties_are_taken_over_with_their_values(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    path = "/attributes/ready-made"
    page = await mia.get(path)
    assert "Nothing was chosen." in (await mia.submit(page, path)).text
    fields = [*page.form(mia.base + path), ("code", "color"), ("code", "season")]
    page = await mia.browser.post(mia.base + path, fields)
    assert "2 properties were taken over." in page.text
    assert len(await _words(shop, "season")) > 2


async def test_values_are_added_coloured_renamed_and_put_in_order(
    shop: Context, at_work: SignedIn
) -> None:
    await _colour(shop)
    mia = await at_work(shop)
    path = "/attributes/codes/colour"
    page = await mia.get(path)
    assert "No value yet." in page.text
    add = {"new.word": "Red", "new.look": "colour", "new.colour": "#cc2211", "new.labels.de": "Rot"}
    page = await mia.send(page, f"{path}/values", add)
    assert "“Red” is among the values." in page.text
    assert 'fill="#cc2211"' in page.text
    page = await mia.send(page, f"{path}/values", {"new.word": "Blue", "new.look": "none"})
    page = await mia.send(page, f"{path}/values", {"new.word": "Green", "new.look": "none"})
    red, blue, green = (await attributes.list_values(shop, "colour")).items
    assert (red.swatch, red.labels, blue.swatch) == ("#cc2211", {"de": "Rot"}, None)

    again = await mia.send(page, f"{path}/values", {"new.word": " RED"})
    assert again.status == 409
    assert "Another value is this word" in again.text
    bad = {"new.word": "Plaid", "new.look": "picture", "new.picture": "nothing"}
    wrong = await mia.send(page, f"{path}/values", bad)
    assert "Choose a colour, or write the id of a picture." in wrong.text

    place = f"{path}/values/{blue.value_id}"
    mine = f"values[{blue.value_id}]."
    page = await mia.send(page, place, {f"{mine}word": "Navy", f"{mine}labels.de": "Marine"})
    assert "“Navy” is saved." in page.text
    refused = await mia.send(page, place, {f"{mine}word": "green"})
    assert refused.status == 409
    assert "<details" in refused.text
    assert 'value="green"' in refused.text
    page = await mia.send(page, place, {"action": "up", "up": str(red.value_id)})
    assert await _words(shop, "colour") == ["Navy", "Red", "Green"]
    page = await mia.send(page, place, {"action": "down", "down": str(red.value_id)})
    assert await _words(shop, "colour") == ["Red", "Navy", "Green"]
    foreign = f"{path}/values/{green.value_id + 5}"
    token = {"form_token": page.token, "action": "remove"}
    assert (await mia.browser.post(mia.base + foreign, token)).status == 404
    beyond = f"{mia.base}{path}/values/99999999999"
    assert (await mia.browser.post(beyond, token)).status == 404
    odd = await mia.send(page, place, {"action": "sing"})
    assert odd.status == 422
    assert "Navy" in (await mia.get(f"{path}?v=na")).text


async def test_values_are_merged_and_removed_when_nothing_uses_them(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    code = (await attributes.dictionary(shop)).axes_by_label["colour"].code
    for word in ("Azure", "Pink"):
        await attributes.add_value(shop, code, NewAttributeValue(word=word))
    numbers = await _numbers(shop, code)
    path = f"/attributes/codes/{code}"
    page = await mia.get(path)
    used = await mia.send(page, f"{path}/values/{numbers['Blue']}", {"action": "remove"})
    assert used.status == 409
    assert "A product or a rule still uses this value." in used.text
    page = await mia.send(page, f"{path}/values/{numbers['Pink']}", {"action": "remove"})
    assert "The value is gone." in page.text

    wrong = await mia.submit(page, f"{path}/merge", merged="Azur", into="Blue")
    assert "This is none of the values of the property." in wrong.text
    same = await mia.submit(page, f"{path}/merge", merged="Blue", into="blue")
    assert "These are the same value already." in same.text
    page = await mia.submit(page, f"{path}/merge", merged="azure", into="Blue")
    assert "They are one now: “Blue”." in page.text
    assert await _words(shop, code) == ["Blue", "White"]
    assert (await catalog.get_product(shop, a_mug.product_id)).options


async def test_a_set_is_made_filled_put_in_order_and_removed(
    shop: Context, at_work: SignedIn
) -> None:
    for code in ("material", "care", "origin"):
        await attributes.create_attribute(shop, NewAttribute(code=code, kind="text"))
    mia = await at_work(shop)
    page = await mia.get("/attributes/sets")
    assert "No set yet" in page.text
    page = await mia.submit(page, "/attributes/sets", name="Clothes")
    path = page.path.removeprefix(mia.base)
    wrong = await mia.submit(page, path, action="add", add="colour")
    assert "There is no such property." in wrong.text
    page = await mia.submit(page, path, action="add", add="Material")
    twice = await mia.submit(page, path, action="add", add="material")
    assert "This property is in the list already." in twice.text
    page = await mia.submit(page, path, action="add", add="care")
    page = await mia.submit(page, path, action="up:1")
    known = (await attributes.dictionary(shop)).by_code
    care, material = known["care"].attribute_id, known["material"].attribute_id
    # What was typed and not added yet goes in with the rest.
    page = await mia.submit(page, path, action="save", add="origin", required=str(material))
    assert "“Clothes” is saved." in page.text
    (saved,) = (await attributes.list_attribute_sets(shop)).items
    assert saved.items == [
        SetItem(care),
        SetItem(material, True),
        SetItem(known["origin"].attribute_id),
    ]
    page = await mia.submit(page, path, action="drop:0")
    page = await mia.submit(page, path)
    (saved,) = (await attributes.list_attribute_sets(shop)).items
    assert [each.is_required for each in saved.items] == [True, False]
    assert (await mia.submit(page, path, version="1")).status == 412

    wanted = NewProductType(name="Shirt", attribute_set_id=saved.attribute_set_id)
    shirt = await attributes.create_product_type(shop, wanted)
    used = await mia.submit(page, f"{path}/remove")
    assert "A product type uses this set." in used.text
    await attributes.remove_product_type(shop, shirt.product_type_id)
    page = await mia.submit(page, f"{path}/remove")
    assert "Removed." in page.text


async def test_a_product_type_gets_axes_a_set_and_a_pattern(
    shop: Context, at_work: SignedIn
) -> None:
    await _colour(shop)
    await attributes.create_attribute(shop, NewAttribute(code="notes", kind="rich_text"))
    made = await attributes.create_attribute_set(shop, NewAttributeSet(name="Clothes"))
    mia = await at_work(shop)
    page = await mia.get("/attributes/types")
    page = await mia.submit(page, "/attributes/types", name="T-shirt")
    path = page.path.removeprefix(mia.base)
    page = await mia.submit(page, path, action="add", add="colour")
    wrong = await mia.submit(page, path, action="save", add="notes")
    assert "Variants cannot differ by this property." in wrong.text
    odd = await mia.submit(page, path, sku_pattern="{size}")
    assert "The pattern names something that is not there." in odd.text
    page = await mia.submit(
        page,
        path,
        sku_pattern="{handle}-{colour:2}",
        attribute_set_id=str(made.attribute_set_id),
        sending="digital",
    )
    (saved,) = (await attributes.list_product_types(shop)).items
    colour = (await attributes.dictionary(shop)).by_code["colour"].attribute_id
    assert (saved.axes, saved.attribute_set_id) == ([colour], made.attribute_set_id)
    assert (saved.is_digital, saved.requires_shipping) == (True, False)
    page = await mia.submit(page, f"{path}/remove")
    assert "No product type yet" in page.text


async def _shirt(shop: Context, *rules: Rule) -> ProductType:
    """Colour (red, blue), size (S, XL) and a length in mm."""
    colour = await _colour(shop, "Red", "Blue")
    size = await attributes.create_attribute(
        shop, NewAttribute(code="size", label="Size", kind="select", is_axis=True)
    )
    for word in ("S", "XL"):
        await attributes.add_value(shop, "size", NewAttributeValue(word=word))
    length = await attributes.create_attribute(
        shop, NewAttribute(code="length", label="Length", kind="integer", unit="mm", is_axis=True)
    )
    axes = [each.attribute_id for each in (colour, size, length)]
    return await attributes.create_product_type(
        shop, NewProductType(name="Shirt", axes=axes, rules=list(rules))
    )


# A rule of each kind, as somebody types them; and a choice that the first forbids.
ROWS = {
    "rules[0].when[0].axis": "colour",
    "rules[0].when[0].values": "red",
    "rules[0].when[1].axis": "size",
    "rules[0].when[1].values": "XL",
    "rules[0].rule_id": "No big red",
    "rules[0].words": "The dye bleeds",
    "rules[1].when[0].axis": "size",
    "rules[1].when[0].values": "S",
    "rules[1].then.axis": "length",
    "rules[1].then.maximum": "600",
    "rules[2].axes": "colour",
    "rules[2].combinations": "Red\r\nBlue",
    "rules[3].limit.axis": "length",
    "rules[3].limit.minimum": "100",
    "rules[3].limit.maximum": "900",
    "rules[3].step": "50",
    "rules[3].when[0].axis": "colour",
    "rules[3].when[0].values": "Blue",
    "try.colour": "Red",
    "try.size": "XL",
}


async def test_rules_are_written_row_by_row_tried_and_saved(
    shop: Context, at_work: SignedIn
) -> None:
    shirt = await _shirt(shop)
    mia = await at_work(shop)
    path = f"/attributes/types/{shirt.product_type_id}/rules"
    page = await mia.get(path)
    assert "Every combination is made." in page.text
    for kind in ("forbid", "imply", "allow", "range"):
        page = await mia.send(page, path, {"action": "add:0", "new_kind": kind})
    page = await mia.send(page, path, {"action": "more:3"})
    page = await mia.send(page, path, {"action": "more:1"})
    page = await mia.send(page, path, {"action": "less:1:1"})
    page = await mia.send(page, path, {**ROWS, "action": "try"})
    assert "This combination is not made." in page.text
    assert "Rule no-big-red" in page.text
    assert "The dye bleeds" in page.text
    assert "Made instead, for Size: S" in page.text
    assert (await attributes.get_product_type(shop, shirt.product_type_id)).rules == []

    page = await mia.send(page, path, {"action": "save"})
    assert "4 rules are saved." in page.text
    saved = (await attributes.get_product_type(shop, shirt.product_type_id)).rules
    colour, size, length = shirt.axes
    reds, sizes = await _numbers(shop, "colour"), await _numbers(shop, "size")
    assert saved == [
        ForbidRule(
            rule_id="no-big-red",
            words="The dye bleeds",
            when=[
                AxisCondition(attribute_id=colour, values=[reds["Red"]]),
                AxisCondition(attribute_id=size, values=[sizes["XL"]]),
            ],
        ),
        ImplyRule(
            rule_id="rule-2",
            when=[AxisCondition(attribute_id=size, values=[sizes["S"]])],
            then=AxisCondition(attribute_id=length, maximum=600),
        ),
        AllowRule(rule_id="rule-3", axes=[colour], combinations=[[reds["Red"]], [reds["Blue"]]]),
        RangeRule(
            rule_id="rule-4",
            attribute_id=length,
            minimum=100,
            maximum=900,
            step=50,
            when=[AxisCondition(attribute_id=colour, values=[reds["Blue"]])],
        ),
    ]
    unchanged = await mia.send(await mia.get(path), path, {"action": "save"})
    assert "4 rules are saved." in unchanged.text
    assert (await attributes.get_product_type(shop, shirt.product_type_id)).rules == saved
    page = await mia.send(unchanged, path, {"action": "up:1"})
    page = await mia.send(page, path, {"action": "drop:3"})
    page = await mia.send(page, path, {"action": "save"})
    after = (await attributes.get_product_type(shop, shirt.product_type_id)).rules
    assert [each.rule_id for each in after] == ["rule-2", "no-big-red", "rule-3"]


async def test_a_choice_is_tried_while_it_is_made(shop: Context, at_work: SignedIn) -> None:
    shirt = await _shirt(shop)
    colour, size, length = shirt.axes
    sizes = await _numbers(shop, "size")
    small = AxisCondition(attribute_id=size, values=[sizes["S"]])
    only_short = AxisCondition(attribute_id=length, maximum=200)
    bounds = RangeRule(rule_id="b", attribute_id=length, minimum=100, step=10)
    one = AllowRule(
        rule_id="c",
        axes=[colour, size],
        combinations=[[(await _numbers(shop, "colour"))["Red"], sizes["S"]]],
    )
    rules: list[Rule] = [
        ImplyRule(rule_id="a", when=[small], then=only_short),
        bounds,
        one,
    ]
    changes = attributes.ProductTypeChanges(rules=rules)
    await attributes.update_product_type(shop, shirt.product_type_id, changes)
    reader = await at_work(shop, "viewer")
    path = f"/attributes/types/{shirt.product_type_id}/rules"
    page = await reader.get(f"{path}?try.size=S&try.length=555")
    assert "Size: S goes only with Length:" in page.text
    assert "only Length: ≥ 100 mm is made, in steps of 10." in page.text
    page = await reader.get(f"{path}?try.size=XL")
    assert "Size: XL is not among the combinations that are made." in page.text
    assert "Made so far." in (await reader.get(f"{path}?try.size=S")).text
    whole = await reader.get(f"{path}?try.size=S&try.colour=Red&try.length=100")
    assert "This combination is made." in whole.text
    odd = await reader.get(f"{path}?try.length=many")
    assert "f-try-length-wrong" in odd.text

    mia = await at_work(shop)
    page = await mia.get(path)
    part = await mia.send(page, path, {"action": "try", "try.length": "101"})
    assert "Rule b" in part.text
    fields = [*page.form(mia.base + path), ("try.length", "101")]
    fields.remove(("try.length", ""))
    live = await mia.browser.post(f"{mia.base}{path}/try", fields)
    assert live.text.lstrip().startswith("<div")
    assert "Rule b" in live.text
    unready = [each for each in fields if each[0] != "rules[1].limit.minimum"]
    unready.append(("rules[1].limit.minimum", "x"))
    answer = await mia.browser.post(f"{mia.base}{path}/try", unready)
    assert "A rule or a choice is not complete yet." in answer.text


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"rules[0].when[0].values": "Pink"}, "This is none of the values of the property."),
        ({"rules[0].when[0].values": ""}, "f-rules-0--when-0--values-wrong"),
        ({"rules[0].when[0].axis": "fit"}, "Variants cannot differ by this property."),
        ({"rules[0].when[0].minimum": "5"}, "Only a number has this."),
        ({"rules[0].kind": "song"}, "This is none of the choices."),
        (
            {"rules[0].kind": "allow", "rules[0].axes": "colour"},
            "f-rules-0--combinations-wrong",
        ),
        (
            {
                "rules[0].kind": "allow",
                "rules[0].axes": "colour",
                "rules[0].combinations": "Red | S",
            },
            "Each line has a value for each of the ticked properties.",
        ),
        ({"rules[0].kind": "range", "rules[0].limit.axis": "size"}, "Only a number has this."),
        (
            {"rules[0].kind": "range", "rules[0].limit.axis": "length", "rules[0].step": "0"},
            "This number is too small.",
        ),
        (
            {
                "rules[0].kind": "range",
                "rules[0].limit.axis": "length",
                "rules[0].limit.minimum": "9",
                "rules[0].limit.maximum": "3",
            },
            "It ends before it begins.",
        ),
    ],
)
async def test_what_a_rule_cannot_say_is_marked_where_it_stands(
    shop: Context, at_work: SignedIn, row: dict[str, str], message: str
) -> None:
    shirt = await _shirt(shop)
    mia = await at_work(shop)
    path = f"/attributes/types/{shirt.product_type_id}/rules"
    page = await mia.send(await mia.get(path), path, {"action": "add:0", "new_kind": "forbid"})
    typed = {"rules[0].when[0].axis": "colour", "rules[0].when[0].values": "Red"}
    answer = await mia.send(page, path, {**typed, **row, "action": "save"})
    assert answer.status == 422
    assert message in answer.text
    assert (await attributes.get_product_type(shop, shirt.product_type_id)).rules == []


async def test_rules_that_do_not_fit_into_a_form_are_left_alone(
    shop: Context, at_work: SignedIn
) -> None:
    shirt = await _shirt(shop)
    red = (await _numbers(shop, "colour"))["Red"]
    many: list[Rule] = [
        ForbidRule(
            rule_id=f"r{number}",
            when=[AxisCondition(attribute_id=shirt.axes[0], values=[red])],
        )
        for number in range(61)
    ]
    changes = attributes.ProductTypeChanges(rules=many)
    await attributes.update_product_type(shop, shirt.product_type_id, changes)
    mia = await at_work(shop)
    path = f"/attributes/types/{shirt.product_type_id}/rules"
    page = await mia.get(path)
    assert "more than fit into a form" in page.text
    assert "Rule r0" in (await mia.get(f"{path}?try.colour=Red")).text
    token = {"form_token": page.token, "action": "save"}
    assert (await mia.browser.post(mia.base + path, token)).status == 422
    assert len((await attributes.get_product_type(shop, shirt.product_type_id)).rules) == 61


async def test_a_metafield_is_defined_changed_and_removed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/attributes/metafields")
    assert "No metafield yet" in page.text
    path = "/attributes/metafields/new"
    page = await mia.get(f"{path}?owner=customer")
    refused = await mia.submit(page, path, label="Size", kind="select")
    assert "Write each choice once" in refused.text
    page = await mia.submit(page, path, label="Shoe size", kind="select", choices="38\r\n39")
    assert "“Shoe size” is saved." in page.text
    (made,) = (await attributes.list_metafield_definitions(shop, "customer")).items
    assert (made.name, made.choices, made.storefront) == (
        "custom.shoe-size",
        ["38", "39"],
        "none",
    )
    taken = await mia.submit(await mia.get(f"{path}?owner=customer"), path, label="Shoe size")
    assert taken.status == 409
    place = f"/attributes/metafields/{made.definition_id}"
    page = await mia.get(place)
    page = await mia.send(
        page,
        place,
        {"choices": "38\n39\n40", "storefront": "public", "labels.de": "Schuhgröße"},
    )
    saved = await attributes.get_metafield_definition(shop, made.definition_id)
    assert (saved.choices[-1], saved.storefront, saved.labels) == (
        "40",
        "public",
        {"de": "Schuhgröße"},
    )
    assert (await mia.submit(page, place, version="1")).status == 412
    assert "Shoe size" in (await mia.get("/attributes/metafields?owner=customer")).text
    assert "No metafield yet" in (await mia.get("/attributes/metafields?owner=order")).text
    page = await mia.submit(await mia.get(place), f"{place}/remove")
    assert "Removed." in page.text


async def test_a_property_is_a_filter_until_it_is_switched_off(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/attributes/new")
    assert "neither a filter nor a range" in page.text
    page = await mia.submit(page, "/attributes/new", label="Voltage", kind="text")
    assert (await attributes.get_attribute(shop, "voltage")).is_filterable
    path = "/attributes/codes/voltage"
    assert "neither a filter nor a range" in page.text
    page = await mia.submit(page, path, is_filterable=None)
    assert not (await attributes.get_attribute(shop, "voltage")).is_filterable
    page = await mia.submit(page, path, label="Volts")
    assert not (await attributes.get_attribute(shop, "voltage")).is_filterable, "it stays off"


async def test_who_may_only_read_sees_no_button_and_another_shop_nothing(
    shop: Context, at_work: SignedIn, new_shop: NewShop
) -> None:
    shirt = await _shirt(shop)
    kept = await attributes.create_attribute_set(shop, NewAttributeSet(name="Clothes"))
    field = await attributes.create_metafield_definition(
        shop, NewMetafieldDefinition(owner_kind="order", namespace="a", code="b", kind="text")
    )
    reader, stranger = await at_work(shop, "viewer"), await at_work(await new_shop())
    for path in (
        "/attributes/codes/colour",
        f"/attributes/sets/{kept.attribute_set_id}",
        f"/attributes/types/{shirt.product_type_id}",
        f"/attributes/types/{shirt.product_type_id}/rules",
        f"/attributes/metafields/{field.definition_id}",
    ):
        page = await reader.get(path)
        assert page.status == 200
        assert ">Save<" not in page.text
        assert "Remove" not in page.text
        token = {"form_token": page.token}
        assert (await reader.browser.post(reader.base + path, token)).status == 403
        assert (await stranger.get(path)).status == 404
