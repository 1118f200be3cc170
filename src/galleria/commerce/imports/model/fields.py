"""The fields a table may fill: columns of our own CSV, and what a mapping leads to.

A field is a name, and with some a detail behind a point: `attribute.material`, `stock.leipzig`,
`price.us.USD`, `cost.USD`, `title.de`. `docs/imports.md` lists them.
"""

import re
from typing import NamedTuple

# Said once about a product, in its first row that says it.
PRODUCT_FIELDS = frozenset(
    [
        "handle",
        "product_id",
        "external_ref",
        "title",
        "description",
        "description_html",
        "brand",
        "product_type",
        "tags",
        "status",
        "released_at",
        "categories",
        "collections",
        "seo.title",
        "seo.description",
    ]
)
# Said by each row about its variant.
VARIANT_FIELDS = frozenset(
    [
        "sku",
        "barcode",
        "price",
        "compare_at",
        "cost",
        "currency",
        "stock",
        "is_tracked",
        "allows_backorder",
        "weight",
        "is_shippable",
        "is_taxable",
        "image",
        "variant_ref",
        "bundle",
        "bundle_price",
        "digital",
    ]
)
# Said by any row, and added up.
PICTURE_FIELDS = frozenset(("images", "image_ids", "image_alts"))
# With a detail behind the point.
_DETAILED = {
    "attribute": re.compile(r".{1,100}"),
    "metafield": re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\.[a-z0-9][a-z0-9_-]{0,59}"),
    "option": re.compile(r".{1,100}"),
    "stock": re.compile(r".{1,100}"),
    "price": re.compile(r".{1,100}"),
    "compare_at": re.compile(r".{1,100}"),
    "cost": re.compile(r"[A-Z]{3}"),
    "title": re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,4}){0,2}"),
    "description_html": re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,4}){0,2}"),
    "options": re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,4}){0,2}"),
    "image_alts": re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,4}){0,2}"),
}
_OPTION_PART = re.compile(r"option([123])\.(name|value|values)")
_WEIGHT = re.compile(r"weight_(g|kg|lb|oz)")
_WITH_CURRENCY = re.compile(r"(.+)\.([A-Z]{3})")
_CURRENCY = re.compile(r"[A-Z]{3}")

# Amounts, whose columns may name a currency.
PRICED = frozenset(("price", "compare_at", "cost"))
VARIANT_NAMES = frozenset(("option", "option.value", "stock", "price", "compare_at", "cost"))


class Field(NamedTuple):
    """Where a cell goes: `name`, with its detail; of a price also the currency, of a weight the
    unit, of an option's part its place from 1.
    """

    name: str
    detail: str = ""
    measure: str = ""

    @property
    def is_of_variant(self) -> bool:
        """Each row says it for its own variant."""
        return self.name in VARIANT_FIELDS or self.name in VARIANT_NAMES


def field_of(text: str) -> Field | None:
    """The field that a column of our own CSV, or a rule of a mapping, names; None if none."""
    if text in PRODUCT_FIELDS or text in VARIANT_FIELDS or text in PICTURE_FIELDS:
        return Field(text)
    weight = _WEIGHT.fullmatch(text)
    if weight is not None:
        return Field("weight", measure=weight[1])
    part = _OPTION_PART.fullmatch(text)
    if part is not None:
        return Field(f"option.{part[2]}", part[1])
    name, point, detail = text.partition(".")
    pattern = _DETAILED.get(name)
    if not point or pattern is None or not pattern.fullmatch(detail):
        return None
    if name in ("price", "compare_at"):
        return _price_of(name, detail)
    return Field(name, "", detail) if name == "cost" else Field(name, detail)


def _price_of(name: str, detail: str) -> Field:
    if _CURRENCY.fullmatch(detail):
        return Field(name, "", detail)
    match = _WITH_CURRENCY.fullmatch(detail)
    return Field(name, match[1], match[2]) if match else Field(name, detail)
