"""What is no rule is refused, with the place and a code."""

from typing import Any

import msgspec
import pytest

from galleria.commerce.collections import Condition, Group, check_rule, fields, operators_of
from galleria.commerce.collections.model.collections import positions_between
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import decode_json


@pytest.mark.parametrize(
    ("condition", "path", "code"),
    [
        ({"field": "brand", "operator": "between", "low": 1}, "operator", "unknown_operator"),
        ({"field": "brand", "operator": "is"}, "value", "required"),
        ({"field": "brand", "operator": "is", "value": " "}, "value", "required"),
        ({"field": "brand", "operator": "is", "value": 3}, "value", "wrong_type"),
        ({"field": "brand", "operator": "is", "value": "a\0b"}, "value", "nul_character"),
        ({"field": "brand", "operator": "is", "value": "x" * 501}, "value", "too_long"),
        ({"field": "title", "operator": "contains", "value": "!?"}, "value", "required"),
        ({"field": "tag", "operator": "in"}, "values", "required"),
        ({"field": "tag", "operator": "in", "values": ["a", ""]}, "values[1]", "required"),
        ({"field": "category", "operator": "is", "value": "mugs"}, "value", "invalid_format"),
        ({"field": "attribute", "operator": "exists"}, "code", "required"),
        ({"field": "on_sale", "operator": "is", "value": "yes"}, "value", "wrong_type"),
        ({"field": "on_sale", "operator": "is", "value": 1}, "value", "wrong_type"),
        ({"field": "status", "operator": "is", "value": "gone"}, "value", "unknown_value"),
        ({"field": "stock", "operator": "between"}, "low", "required"),
        ({"field": "stock", "operator": "between", "low": 3, "high": 2}, "low", "empty_range"),
        ({"field": "stock", "operator": "between", "low": 2**54}, "low", "out_of_range"),
        ({"field": "created", "operator": "within_days", "days": 0}, "days", "out_of_range"),
        ({"field": "created", "operator": "within_days"}, "days", "out_of_range"),
        ({"field": "created", "operator": "between"}, "since", "required"),
        (
            {"field": "attribute", "operator": "is", "code": "a", "value": 2.0**60},
            "value",
            "out_of_range",
        ),
    ],
)
def test_a_condition_nobody_could_meet_is_refused(
    condition: dict[str, Any], path: str, code: str
) -> None:
    rule = Group(groups=[Group(conditions=[Condition(**condition)])])
    (error,) = check_rule(rule)
    assert (error.path, error.code) == (f"groups[0].conditions[0].{path}", code)


def test_a_rule_is_at_most_three_deep_and_fifty_long_and_never_empty() -> None:
    one = Condition(field="on_sale", operator="is", value=True)
    deep = Group(conditions=[one])
    for _ in range(2):
        deep = Group(groups=[deep])
    assert check_rule(deep) == []
    (error,) = check_rule(Group(groups=[deep]))
    assert (error.path, error.code) == ("groups[0].groups[0].groups[0]", "too_deep")

    assert check_rule(Group(conditions=[one] * 50)) == []
    many = Group(conditions=[one] * 26, groups=[Group(conditions=[one] * 25)])
    assert [each.code for each in check_rule(many)] == ["too_many_conditions"]
    (error,) = check_rule(Group(conditions=[one], groups=[Group()]))
    assert (error.path, error.code) == ("groups[0]", "empty_group")


def test_every_field_takes_what_it_says() -> None:
    value: dict[str, Any] = {"on_sale": True, "in_stock": False, "status": "draft"}
    value["category"] = "0192c3e6-0000-7000-8000-000000000000"
    for field in fields():
        for operator in operators_of(field):
            given = {
                "is": {"value": value.get(field, "a")},
                "in": {"values": [value.get(field, "a")]},
                "contains": {"value": "a word"},
                "between": {"low": 1, "since": "2026-01-01T00:00:00Z"},
                "exists": {},
                "within_days": {"days": 30},
            }[operator]
            code = {"code": "size"} if field in ("attribute", "option") else {}
            body = {"conditions": [{"field": field, "operator": operator, **given, **code}]}
            rule = decode_json(msgspec.json.encode(body), Group)
            assert check_rule(rule) == [], (field, operator)


def test_an_unknown_field_never_becomes_a_rule() -> None:
    with pytest.raises(InvalidInput):
        decode_json(b'{"conditions": [{"field": "colour", "operator": "is"}]}', Group)


def test_places_between_neighbours_run_out_and_say_so() -> None:
    assert positions_between(10, 20, 1) == [15]
    assert positions_between(0, 4, 3) == [1, 2, 3]
    assert positions_between(0, 3, 3) is None
    assert positions_between(5, None, 2) == [5 + 2**20, 5 + 2 * 2**20]
