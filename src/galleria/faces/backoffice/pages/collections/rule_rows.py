"""A rule as rows of a form, and back: each row one condition, in groups of all or any."""

from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import msgspec

from galleria.commerce.attributes import Attribute
from galleria.commerce.catalog import Category
from galleria.commerce.collections import Condition, Group
from galleria.faces.backoffice import forms
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

MOST_ROWS = 50
MOST_GROUPS = 10
NUMBERS = ("integer", "decimal", "number")
Takes: TypeAlias = Literal["list", "words", "amounts", "numbers", "days", "dates", "nothing"]


class Kind(msgspec.Struct, frozen=True):
    """What a row can ask: a field with an operator, and what is typed beside it."""

    key: str
    field: str
    operator: str
    takes: Takes
    value: str | bool | None = None
    has_code: bool = False


# In the order people are offered them; their words stand in `collections/rule.html`.
KINDS: dict[str, Kind] = {
    each.key: each
    for each in (
        Kind("tag", "tag", "in", "list"),
        Kind("category", "category", "in", "list"),
        Kind("brand", "brand", "in", "list"),
        Kind("product_type", "product_type", "in", "list"),
        Kind("title", "title", "contains", "words"),
        Kind("attribute", "attribute", "in", "list", has_code=True),
        Kind("attribute_between", "attribute", "between", "numbers", has_code=True),
        Kind("attribute_exists", "attribute", "exists", "nothing", has_code=True),
        Kind("option", "option", "in", "list", has_code=True),
        Kind("price_min", "price_min", "between", "amounts"),
        Kind("price_max", "price_max", "between", "amounts"),
        Kind("on_sale", "on_sale", "is", "nothing", True),
        Kind("not_on_sale", "on_sale", "is", "nothing", False),
        Kind("discount", "discount_percent", "between", "numbers"),
        Kind("in_stock", "in_stock", "is", "nothing", True),
        Kind("sold_out", "in_stock", "is", "nothing", False),
        Kind("stock", "stock", "between", "numbers"),
        Kind("variant_count", "variant_count", "between", "numbers"),
        Kind("published_days", "published", "within_days", "days"),
        Kind("published", "published", "between", "dates"),
        Kind("created_days", "created", "within_days", "days"),
        Kind("created", "created", "between", "dates"),
        Kind("active", "status", "is", "nothing", "active"),
        Kind("draft", "status", "is", "nothing", "draft"),
        Kind("archived", "status", "is", "nothing", "archived"),
    )
}


class Facts(msgspec.Struct, frozen=True):
    """What reading a row needs of the shop."""

    currency: str
    categories: list[Category]
    attributes: dict[str, Attribute]


def fits(rule: Group) -> bool:
    """The form has room for the rule: no group inside a group, and not too many."""
    return len(rule.groups) <= MOST_GROUPS and not any(each.groups for each in rule.groups)


def rows_of(rule: Group, facts: Facts) -> Form[Any]:
    """The rule as a form nobody has touched."""
    form = forms.empty(match=rule.match, groups=str(len(rule.groups)))
    placed = [(0, each) for each in rule.conditions]
    for number, group in enumerate(rule.groups, 1):
        form.values[f"match[{number}]"] = group.match
        placed += [(number, each) for each in group.conditions]
    for at, (group_number, condition) in enumerate(placed):
        _fill_row(form, at, condition, facts)
        form.values[f"rows[{at}].group"] = str(group_number)
    form.values["rows"] = str(len(placed))
    return form


def _fill_row(form: Form[Any], at: int, condition: Condition, facts: Facts) -> None:
    kind = _kind_of(condition)
    texts: list[Any] = ["", ""]
    if kind.takes == "list":
        given = condition.values if condition.operator == "in" else [condition.value]
        texts[0] = "\n".join(_value_text(each, kind, facts) for each in given)
    elif kind.takes == "words":
        texts[0] = str(condition.value)
    elif kind.takes == "days":
        texts[0] = str(condition.days)
    elif kind.takes == "dates":
        texts = [_date_text(condition.since), _date_text(condition.until)]
    elif kind.takes == "amounts":
        ends = [None if end is None else int(end) for end in (condition.low, condition.high)]
        texts = [forms.amount_text(end, facts.currency) for end in ends]
    elif kind.takes == "numbers":
        texts = ["" if end is None else f"{end:g}" for end in (condition.low, condition.high)]
    form.values[f"rows[{at}].kind"] = kind.key
    form.values[f"rows[{at}].code"] = condition.code or ""
    form.values[f"rows[{at}].value"], form.values[f"rows[{at}].high"] = texts


def _kind_of(condition: Condition) -> Kind:
    for kind in KINDS.values():
        operators = {"in", "is"} if kind.takes == "list" else {kind.operator}
        is_it = kind.field == condition.field and condition.operator in operators
        if is_it and (kind.value is None or kind.value == condition.value):
            return kind
    raise AssertionError("every condition has its row")


def _value_text(value: Any, kind: Kind, facts: Facts) -> str:
    if kind.field == "category":
        paths = {str(each.category_id): each.path for each in facts.categories}
        return paths.get(str(value), str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _date_text(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d")


def count_of(form: Form[Any], name: str, most: int) -> int:
    """How many rows, or groups, the form says it has."""
    text = form.values.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def drop_row(form: Form[Any], dropped: int) -> None:
    """The row is gone and those behind it have moved up."""
    count = count_of(form, "rows", MOST_ROWS)
    for at in range(dropped, count):
        for part in ("kind", "code", "value", "high", "group"):
            form.values[f"rows[{at}].{part}"] = form.values.get(f"rows[{at + 1}].{part}", "")
    form.values["rows"] = str(max(0, count - 1))


def add_row(form: Form[Any], group: int) -> None:
    """There is an empty row more in a group."""
    count = count_of(form, "rows", MOST_ROWS)
    if count < MOST_ROWS:
        form.values[f"rows[{count}].group"] = str(group)
        form.values[f"rows[{count}].kind"] = next(iter(KINDS))
        form.values["rows"] = str(count + 1)


def rule_of(form: Form[Any], facts: Facts) -> tuple[Group, dict[str, str]]:
    """The rule that the rows say, and the name of the field that each path of it stands in.

    Rows where nothing is typed are left out, and so are groups without a row.

    Raises:
        InvalidInput: a row cannot be read; the error names its field.
    """
    inside: dict[int, list[tuple[int, Condition]]] = {}
    groups = count_of(form, "groups", MOST_GROUPS)
    for at in range(count_of(form, "rows", MOST_ROWS)):
        condition = _condition_of(form, at, facts)
        if condition is not None:
            number = min(count_of(form, f"rows[{at}].group", MOST_GROUPS), groups)
            inside.setdefault(number, []).append((at, condition))
    names: dict[str, str] = {}
    made: list[Group] = []
    for number in range(1, groups + 1):
        if number in inside:
            _name(names, f"groups[{len(made)}].", inside[number])
            made.append(_group(form, f"match[{number}]", inside[number], []))
    own = inside.get(0, [])
    _name(names, "", own)
    return _group(form, "match", own, made), names


def _group(
    form: Form[Any], name: str, inside: list[tuple[int, Condition]], groups: list[Group]
) -> Group:
    match: Literal["all", "any"] = "any" if form.values.get(name) == "any" else "all"
    return Group(match=match, conditions=[each for _, each in inside], groups=groups)


def _name(names: dict[str, str], path: str, inside: list[tuple[int, Condition]]) -> None:
    for number, (at, condition) in enumerate(inside):
        here = f"{path}conditions[{number}]"
        names[here] = f"rows[{at}].value"
        names[f"{here}.code"] = f"rows[{at}].code"
        for part in ("value", "values", "low", "since", "days"):
            names[f"{here}.{part}"] = f"rows[{at}].value"
        names[f"{here}.high"] = f"rows[{at}].high"
        for value in range(len(condition.values)):
            names[f"{here}.values[{value}]"] = f"rows[{at}].value"


def _condition_of(form: Form[Any], at: int, facts: Facts) -> Condition | None:
    name = f"rows[{at}]"
    kind = KINDS.get(form.values.get(f"{name}.kind", ""))
    if kind is None:
        raise forms.refused(f"{name}.kind", "unknown_value")
    texts = [form.values.get(f"{name}.{part}", "").strip() for part in ("value", "high")]
    code = form.values.get(f"{name}.code", "").strip()
    if kind.takes != "nothing" and not any((*texts, code)):
        return None
    fields: dict[str, Any] = {"field": kind.field, "operator": kind.operator}
    if kind.has_code:
        if not code:
            raise forms.refused(f"{name}.code", "required")
        fields["code"] = code
    if kind.value is not None:
        fields["value"] = kind.value
    fields |= _typed(kind, name, texts, code, facts)
    try:
        return msgspec.convert(fields, Condition)
    except msgspec.ValidationError:
        raise forms.refused(f"{name}.value", "invalid_value") from None


def _typed(kind: Kind, name: str, texts: list[str], code: str, facts: Facts) -> dict[str, Any]:
    """What was typed beside a condition, as its fields."""
    value, high = f"{name}.value", f"{name}.high"
    if kind.takes in ("amounts", "numbers", "dates"):
        low, end = (
            _end(kind, text, field, facts) for text, field in zip(texts, (value, high), strict=True)
        )
        first, last = ("since", "until") if kind.takes == "dates" else ("low", "high")
        return {first: low, last: end}
    if kind.takes == "list":
        given = forms.listed(texts[0].replace("\r\n", "\n"), "\n")
        return {"values": [_value_of(text, kind, code, facts, value) for text in given]}
    if kind.takes == "days":
        return {"days": forms.read_whole(texts[0], value, 1, 3_650)}
    return {"value": texts[0]} if kind.takes == "words" else {}


def _end(kind: Kind, text: str, name: str, facts: Facts) -> datetime | float | None:
    """An end of a range, None where nothing was typed."""
    if kind.takes == "amounts":
        return forms.read_amount(text, facts.currency, name)
    return _date(text, name) if kind.takes == "dates" else _number(text, name)


def _value_of(text: str, kind: Kind, code: str, facts: Facts, name: str) -> str | bool | float:
    if kind.field == "category":
        for each in facts.categories:
            if text.casefold() in (each.path, each.handle, str(each.category_id)):
                return str(each.category_id)
        raise forms.refused(name, "category_not_found")
    known = facts.attributes.get(code) if kind.field == "attribute" else None
    if known is not None and known.kind in NUMBERS:
        return _number(text, name) or 0.0
    if known is not None and known.kind == "boolean":
        if text not in ("true", "false"):
            raise forms.refused(name, "invalid_boolean")
        return text == "true"
    return text


def _number(text: str, name: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise forms.refused(name, "invalid_number") from None


def _date(text: str, name: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise forms.refused(name, "invalid_format") from None


def refuse(form: Form[Any], error: GalleriaError, names: dict[str, str]) -> None:
    """The form tells what the room said of the rule, beside the rows concerned."""
    forms.refuse(form, error, names)
    for each in error.errors:
        if not each.path or each.path not in names:
            form.message = each.code
