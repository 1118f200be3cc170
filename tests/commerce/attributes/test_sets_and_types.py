"""Sets with what they hand down, product types, SKUs, and metafields."""

from typing import Any

import pytest

from galleria.commerce.attributes.errors import InvalidSku
from galleria.commerce.attributes.model.metafields import (
    MetafieldDefinition,
    check_definition,
    check_metafields,
)
from galleria.commerce.attributes.model.product_types import (
    ProductType,
    check_product_type,
    sku_from,
)
from galleria.commerce.attributes.model.sets import (
    AttributeSet,
    SetItem,
    check_set,
    effective_set,
    missing_required,
)
from galleria.foundation.ids import new_id
from tests.commerce.attributes.entries import COLOR, SIZE, attribute, axes


def set_of(*items: SetItem) -> AttributeSet:
    return AttributeSet(
        attribute_set_id=new_id(), handle="s", name="S", labels={}, items=list(items)
    )


def test_a_set_adds_to_what_it_inherits_and_only_tightens_it() -> None:
    root = set_of(SetItem(1, True), SetItem(2))
    leaf = set_of(SetItem(3), SetItem(2, True), SetItem(1))
    assert effective_set([root, leaf]) == [SetItem(1, True), SetItem(2, True), SetItem(3)]
    assert effective_set([]) == []


def test_what_is_required_and_missing_is_named() -> None:
    items = [SetItem(1, True), SetItem(2, True), SetItem(3), SetItem(9, True)]
    codes = {1: "color", 2: "size", 3: "fit"}
    missing = missing_required(items, {2: 5}, codes)
    assert [(each.path, each.code) for each in missing] == [("attributes.color", "required")]


def test_a_set_names_each_attribute_once_and_none_that_is_not_there() -> None:
    items = [SetItem(1), SetItem(1), SetItem(2)]
    assert [(each.path, each.code) for each in check_set(items, [1])] == [
        ("items[1].attribute_id", "repeated_attribute"),
        ("items[2].attribute_id", "unknown_attribute"),
    ]
    many = [SetItem(n) for n in range(251)]
    assert [each.code for each in check_set(many, range(251))] == ["too_long"]


def type_of(**fields: Any) -> ProductType:
    whole = {"product_type_id": new_id(), "handle": "t", "name": "T", "labels": {}, "axes": []}
    return ProductType(**{**whole, **fields})


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"axes": [SIZE, SIZE]}, "repeated_axis"),
        ({"axes": [99]}, "unknown_attribute"),
        ({"axes": [50]}, "not_an_axis"),
        ({"axes": list(range(60, 69))}, "too_long"),
        ({"is_digital": True}, "not_shippable"),
        ({"sku_pattern": "{color}"}, "unknown_fact"),
        ({"sku_pattern": "{handle"}, "unbalanced_braces"),
        ({"sku_pattern": "x" * 101}, "too_long"),
    ],
)
def test_what_can_be_no_product_type_is_named(fields: dict[str, Any], problem: str) -> None:
    more = {n: attribute(n, f"a{n}", "select", is_axis=True) for n in range(60, 69)}
    known = {**axes(), 50: attribute(50, "text", "text"), **more}
    assert [each.code for each in check_product_type(type_of(**fields), known)] == [problem]


def test_what_can_be_one_is_not_refused() -> None:
    good = type_of(axes=[SIZE, COLOR], sku_pattern="{handle}-{color}-{size:1}-{number}")
    assert check_product_type(good, axes()) == []


def test_a_sku_is_made_of_facts() -> None:
    facts = {"handle": "crew-shirt", "color": "Deep  Red", "size": "XXL"}
    assert sku_from("{handle}-{color}-{size:1}", facts) == "crew-shirt-Deep-Red-X"
    with pytest.raises(InvalidSku) as missing:
        sku_from("{handle}-{length}-{fit}", {"handle": "x", "fit": ""})
    assert [each.path for each in missing.value.errors] == ["facts.fit", "facts.length"]
    for pattern, facts in (("", {}), ("{a}", {"a": "x" * 101})):
        with pytest.raises(InvalidSku):
            sku_from(pattern, facts)


def defined(code: str, kind: Any, **fields: Any) -> MetafieldDefinition:
    whole = {"definition_id": new_id(), "owner_kind": "product", "namespace": "care"}
    return MetafieldDefinition(
        **{**whole, "code": code, "label": code, "labels": {}, "kind": kind, **fields}
    )


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        (defined("Code", "text"), "invalid_code"),
        (defined("c" * 61, "text"), "invalid_code"),
        (defined("c", "text", namespace="a.b"), "invalid_code"),
        (defined("c", "select"), "invalid_choices"),
        (defined("c", "text", choices=["a"]), "invalid_choices"),
        (defined("c", "select", choices=["a", "a"]), "invalid_choices"),
        (defined("c", "integer", max_length=5), "not_a_text"),
        (defined("c", "text", max_items=5), "not_a_list"),
        (defined("c", "text", unit="cm"), "not_a_number"),
        (defined("c", "reference"), "invalid_reference"),
    ],
)
def test_what_can_define_no_metafield_is_named(
    definition: MetafieldDefinition, problem: str
) -> None:
    assert [each.code for each in check_definition(definition)] == [problem]


def test_metafields_are_kept_as_defined() -> None:
    every = [
        defined("short", "text", max_length=5),
        defined("wash", "select", choices=["30", "60"]),
        defined("width", "decimal", decimals=1, unit="cm", minimum=1.0),
        defined("tags", "text", is_list=True, max_items=2),
        defined("ids", "integer", is_list=True),
        defined("must", "boolean", is_required=True),
    ]
    definitions = {each.name: each for each in every}
    assert all(check_definition(each) == [] for each in every)
    good = {
        "care.short": "hello",
        "care.wash": "30",
        "care.width": "20 mm",
        "care.tags": ["a", "b"],
        "care.ids": [1, "2"],
        "care.must": True,
    }
    assert check_metafields(definitions, good) == (
        {**good, "care.width": 2, "care.ids": [1, 2]},
        [],
    )
    bad = {
        "care.short": "longer",
        "care.wash": "40",
        "care.width": 0.5,
        "care.tags": ["a", "b", "c"],
        "care.ids": 1,
        "care.must": None,
        "care.other": 1,
    }
    clean, errors = check_metafields(definitions, bad)
    assert clean == {}
    assert [(each.path.removeprefix("metafields.care."), each.code) for each in errors] == [
        ("short", "too_long"),
        ("wash", "unknown_choice"),
        ("width", "out_of_range"),
        ("tags", "too_long"),
        ("ids", "wrong_type"),
        ("other", "unknown_metafield"),
        ("must", "required"),
    ]
