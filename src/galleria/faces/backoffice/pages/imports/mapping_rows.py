"""The mapping editor's rows: a mapping as fields of a form, and back."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from galleria.commerce.imports import FileLook, MappingDocument, Rule
from galleria.faces.backoffice import forms
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

# So many rows, of nine fields each, fit into a form; what has more columns a program maps.
MOST_ROWS = 300
SPARE_ROWS = 3
OTHER = "other"
# Groups of fields as the editor lists them; the words stand in the template. What ends in a point
# wants a detail behind it.
FIELDS: dict[str, tuple[str, ...]] = {
    "product": (
        "title",
        "description",
        "description_html",
        "brand",
        "product_type",
        "tags",
        "categories",
        "collections",
        "status",
        "images",
        "handle",
        "external_ref",
    ),
    "variant": ("sku", "barcode", "option.", "image", "weight", "is_shippable", "is_taxable"),
    "offer": (
        "price",
        "compare_at",
        "currency",
        "price.",
        "compare_at.",
        "cost",
        "stock",
        "stock.",
        "is_tracked",
        "allows_backorder",
    ),
    "more": (
        "attribute.",
        "metafield.",
        "title.",
        "description_html.",
        "seo.title",
        "seo.description",
        OTHER,
    ),
}
_KNOWN = frozenset(name for names in FIELDS.values() for name in names)
_ROW = re.compile(r"rules\[([0-9]{1,4})\]\.field$")
_YES_NO = {"yes": True, "no": False}


class Row(msgspec.Struct, frozen=True):
    """A column beside the field it fills. `kind` is column, spare or fixed: one that is chosen, or
    a value that is the same for every product. `samples` are what the file says there."""

    at: int
    kind: str
    column: str
    samples: str = ""

    @property
    def key(self) -> str:
        """What the row's fields are called."""
        return f"rules[{self.at}]"


def rows_of(look: FileLook | None, document: MappingDocument | None) -> tuple[list[Row], Form[Any]]:
    """The editor's rows for a file, a mapping or both, and a form that says what the mapping says.

    Each column of the file has a row; columns that the mapping uses twice, or that only it knows,
    follow, then values that are the same for all, and room for more.
    """
    rules = list(document.rules) if document is not None else []
    header = [name for name in (look.header if look else []) if name.strip()]
    form = forms.empty(**_of_document(document))
    rows: list[Row] = []
    used: set[int] = set()
    for at, name in enumerate(look.header[:MOST_ROWS] if look else []):
        if not name.strip():
            continue
        found = next(
            (n for n, r in enumerate(rules) if n not in used and _same(r.column, name)), None
        )
        row = Row(len(rows), "column", name, _samples(look, at))
        rows.append(row)
        if found is not None:
            used.add(found)
            form.values |= _of_rule(row, rules[found])
    for number, rule in enumerate(rules):
        if number not in used:
            kind = "fixed" if rule.column is None else "spare" if header else "column"
            row = Row(len(rows), kind, rule.column or "")
            rows.append(row)
            form.values |= _of_rule(row, rule)
    for kind in ["spare"] * SPARE_ROWS + ["fixed"] * SPARE_ROWS:
        rows.append(Row(len(rows), kind, ""))
    rows.sort(key=lambda row: ("column", "spare", "fixed").index(row.kind))
    return rows, form


def sent_rows(look: FileLook | None, form: Form[Any]) -> list[Row]:
    """The rows of a form that was sent, to be shown again."""
    samples = {name: _samples(look, at) for at, name in enumerate(look.header)} if look else {}
    rows: list[Row] = []
    for name in form.values:
        match = _ROW.fullmatch(name)
        if match:
            kind = form.values.get(f"rules[{match[1]}].kind", "column")
            column = form.values.get(f"rules[{match[1]}].column", "")
            rows.append(Row(int(match[1]), kind, column, samples.get(column, "")))
    # A form comes in no order.
    rows.sort(key=lambda row: row.at)
    return rows[: MOST_ROWS + 4 * SPARE_ROWS]


def read_document(form: Form[Any]) -> MappingDocument | None:
    """What the form says; None when it does not fit, and then the form says why."""
    rules: list[Rule] = []
    is_sound = True
    for row in sent_rows(None, form):
        field = _field_of(form, row)
        if not field:
            continue
        rule = _rule_of(form, row, field)
        if rule is None:
            is_sound = False
        else:
            rules.append(rule)
    sent = form.values
    given = {
        "rules": [msgspec.to_builtins(rule) for rule in rules],
        "delimiter": sent.get("delimiter", "auto"),
        "encoding": sent.get("encoding", "auto"),
        "decimal_comma": _YES_NO.get(sent.get("decimal_comma", "")),
        "group_by": sent.get("group_by", "") or None,
        "keeps_space": "keeps_space" in sent,
    }
    if not rules:
        form.errors["rules.missing_title"] = "missing_title"
        form.message = form.message or "invalid_input"
        return None
    document = forms.convert(form, given, MappingDocument)
    return document if is_sound else None


def _field_of(form: Form[Any], row: Row) -> str:
    """The field's whole name, empty when the row fills none."""
    chosen = form.values.get(f"{row.key}.field", "")
    detail = form.values.get(f"{row.key}.detail", "").strip()
    if chosen == OTHER:
        return detail
    return f"{chosen}{detail}" if chosen.endswith(".") else chosen


def _rule_of(form: Form[Any], row: Row, field: str) -> Rule | None:
    sent = {name: form.values.get(f"{row.key}.{name}", "") for name in ("split", "unit", "column")}
    given: dict[str, Any] = {"field": field}
    if row.kind == "fixed":
        given["constant"] = form.values.get(f"{row.key}.constant", "").strip()
    else:
        given["column"] = sent["column"]
    given |= {name: sent[name] for name in ("split", "unit") if sent[name]}
    currency = form.values.get(f"{row.key}.currency", "").strip().upper()
    given |= {"currency": currency} if currency else {}
    for name, words in (("yes", "true_words"), ("no", "false_words")):
        given[words] = forms.listed(form.values.get(f"{row.key}.{name}", ""))
    own: Form[Any] = forms.empty()
    rule = forms.convert(own, given, Rule)
    if rule is None or (row.kind != "fixed" and not given["column"]):
        for path, code in own.errors.items():
            form.errors[f"{row.key}.{path.partition('[')[0]}"] = code
        if not own.errors:
            form.errors[f"{row.key}.column"] = "required"
        form.message = "invalid_input"
        return None
    return rule


def refuse(form: Form[Any], error: GalleriaError) -> None:
    """The form tells what the room said of each rule, and of the rules as a whole."""
    forms.refuse(form, error, _error_places(form))
    for each in error.errors:
        if each.path == "rules":
            form.errors[f"rules.{each.code}"] = each.code
    form.errors.pop("rules", None)


def _error_places(form: Form[Any]) -> dict[str, str]:
    places: dict[str, str] = {}
    count = 0
    for row in sent_rows(None, form):
        if _field_of(form, row):
            places[f"rules[{count}].field"] = f"{row.key}.field"
            places[f"rules[{count}]"] = f"{row.key}.field"
            count += 1
    return places


def _of_document(document: MappingDocument | None) -> dict[str, str]:
    if document is None:
        return {"delimiter": "auto", "encoding": "auto"}
    comma = {True: "yes", False: "no", None: ""}[document.decimal_comma]
    values = {
        "delimiter": document.delimiter,
        "encoding": document.encoding,
        "decimal_comma": comma,
        "group_by": document.group_by or "",
    }
    return values | ({"keeps_space": "true"} if document.keeps_space else {})


def _of_rule(row: Row, rule: Rule) -> dict[str, str]:
    chosen, detail = rule.field, ""
    if chosen not in _KNOWN:
        head, _, tail = chosen.partition(".")
        is_detailed = f"{head}." in _KNOWN
        chosen, detail = (f"{head}.", tail) if is_detailed else (OTHER, rule.field)
    values = {
        "field": chosen,
        "detail": detail,
        "split": rule.split or "",
        "unit": rule.unit or "",
        "currency": rule.currency or "",
        "yes": ", ".join(rule.true_words),
        "no": ", ".join(rule.false_words),
        "constant": rule.constant or "",
    }
    if row.kind == "spare":
        values["column"] = row.column
    return {f"{row.key}.{name}": text for name, text in values.items() if text}


def _same(column: str | None, name: str) -> bool:
    return column is not None and column.split() == name.split()


def _samples(look: FileLook | None, at: int) -> str:
    rows: Sequence[Sequence[str]] = look.rows if look else []
    found = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
    return " · ".join(text[:60] for text in list(dict.fromkeys(found))[:3])
