"""Which cell of a row fills which field: told by the header of our own CSV, or by a mapping."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from galleria.commerce.imports.model.cells import FALSE_WORDS, TRUE_WORDS
from galleria.commerce.imports.model.fields import PRICED, Field, field_of
from galleria.commerce.imports.model.mappings import MappingDocument, Rule

# What tells our own CSV from Shopify's, which has columns handle, title and price as well.
_OURS_ALONE = re.compile(
    r"product_id(@.*)?|external_ref|variant_ref|description_html|product_type|is_tracked"
    r"|allows_backorder|is_shippable|is_taxable|weight_(g|kg|lb|oz)|compare_at|cost|categories"
    r"|collections|images|stock|bundle|bundle_price|digital|[a-z_]+[123]?\..+"
)
_PRODUCT_ID = re.compile(r"product_id(?:@([a-z0-9-]*))?")


class Binding(NamedTuple):
    """A field with the place of its cell, or with its `constant`, and how the cell is written."""

    field: Field
    column: str
    at: int | None
    constant: str = ""
    separator: str = "|"
    currency: str = ""
    unit: str = "g"
    yes: frozenset[str] = TRUE_WORDS
    no: frozenset[str] = FALSE_WORDS

    def text_of(self, cells: Sequence[str]) -> str:
        """What a row says."""
        return self.constant if self.at is None else cells[self.at]


class Bindings(NamedTuple):
    """All fields of a table.

    `key_at` are the places of the cells that name the product, the first that is not empty
    counts. With `is_exact` cells are taken as they are, since we wrote them ourselves for the
    shop called `shop`.
    """

    bound: Sequence[Binding]
    key_at: Sequence[int]
    key_name: str
    unknown: Sequence[str]
    is_exact: bool = False
    keeps_space: bool = False
    shop: str = ""
    has_comma: bool | None = None

    def key_of(self, cells: Sequence[str]) -> str:
        """The name of the product a row belongs to."""
        for at in self.key_at:
            name = cells[at] if self.is_exact else cells[at].strip()
            if name:
                return f"{at}:{name}"
        return ""

    @property
    def columns(self) -> dict[str, str]:
        """The name of the column that fills each field, as the catalog calls the field."""
        named: dict[str, str] = {}
        for each in self.bound:
            for path in _PATHS.get(each.field.name, (each.field.name,)):
                named.setdefault(path, each.column)
        return named


_PATHS: dict[str, tuple[str, ...]] = {
    "weight": ("weight_g",),
    "categories": ("category_paths",),
    "images": ("media",),
    "image": ("image_url",),
    "attribute": ("attributes",),
    "metafield": ("metafields",),
    "option": ("options", "option_values"),
    "option.name": ("options",),
    "option.value": ("option_values",),
    "price": ("prices",),
    "cost": ("costs",),
}


def own_bindings(header: Sequence[str]) -> Bindings | None:
    """What the header of our own CSV binds; None when it is not ours."""
    names = [name.strip() for name in header]
    if "title" not in names or not {"handle", "external_ref"} & set(names):
        return None
    if not any(_OURS_ALONE.fullmatch(name) for name in names):
        return None
    shop, is_exact = "", False
    bound: list[Binding] = []
    unknown: list[str] = []
    for at, name in enumerate(names):
        marked = _PRODUCT_ID.fullmatch(name)
        if marked is not None and marked[1]:
            shop, is_exact = marked[1], True
        field = Field("product_id") if marked is not None else field_of(name)
        if field is not None:
            unit = field.measure if field.name == "weight" else ""
            bound.append(Binding(field, name, at, currency=field.measure, unit=unit or "g"))
        elif name:
            unknown.append(name)
    # A product written by hand has a handle or a reference; ours has its id.
    keys = ("product_id", "handle", "external_ref") if is_exact else ("external_ref", "handle")
    key_at = [b.at for k in keys for b in bound if b.field.name == k and b.at is not None]
    return Bindings(bound, key_at, "handle", unknown, is_exact, is_exact, shop)


def mapped_bindings(document: MappingDocument, header: Sequence[str]) -> tuple[Bindings, list[str]]:
    """What the mapping binds in a file with this header, and the columns it misses there.

    A column is found by its name whatever its case and the space around it.
    """
    places: dict[str, int] = {}
    for at, name in enumerate(header):
        places.setdefault(_plain(name), at)
    missing = [
        name
        for name in [rule.column for rule in document.rules] + [document.group_by]
        if name is not None and _plain(name) not in places
    ]
    bound = [
        _bound(rule, places.get(_plain(rule.column)) if rule.column else None)
        for rule in document.rules
        if rule.constant is not None or _plain(rule.column or "") in places
    ]
    by_field = {each.field.name: each for each in reversed(bound)}
    keys = [by_field[k] for k in ("external_ref", "handle", "sku") if k in by_field]
    key_at = [each.at for each in keys if each.at is not None]
    key_name = keys[0].column if keys else "name"
    if document.group_by is not None:
        # A row that belongs to no group is a product of its own.
        group_at = places.get(_plain(document.group_by))
        key_at = [at for at in (group_at, *key_at) if at is not None]
        key_name = document.group_by
    read = {each.at for each in bound} | set(key_at)
    unknown = [name for at, name in enumerate(header) if at not in read and name.strip()]
    bindings = Bindings(
        bound,
        key_at,
        key_name,
        unknown,
        keeps_space=document.keeps_space,
        has_comma=document.decimal_comma,
    )
    return bindings, missing


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _bound(rule: Rule, at: int | None) -> Binding:
    field = field_of(rule.field)
    assert field is not None, "checked when the mapping was kept"
    measure = field.measure
    default = "," if field.name in ("tags", "images") else "|"
    return Binding(
        field,
        rule.column or rule.field,
        at,
        rule.constant or "",
        rule.split or default,
        rule.currency or (measure if field.name in PRICED else ""),
        rule.unit or (measure if field.name == "weight" else "") or "g",
        frozenset(map(str.casefold, rule.true_words)) or TRUE_WORDS,
        frozenset(map(str.casefold, rule.false_words)) or FALSE_WORDS,
    )
