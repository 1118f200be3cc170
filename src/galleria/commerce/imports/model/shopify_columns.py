"""The columns of Shopify's product files, under the names they have and have had.

Source: Shopify help, "Using CSV files to import and export products", both the columns of the
export and those of the newer template.
"""

import re
from collections.abc import Sequence

# Field -> its names in lower case. The first is the one to name in a complaint.
_NAMES: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "description": ("body (html)", "body html", "body", "description"),
    "vendor": ("vendor",),
    "category": ("product category", "standard product type"),
    "type": ("type", "custom product type", "product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "collection": ("collection",),
    "option1_name": ("option1 name",),
    "option1_value": ("option1 value",),
    "option2_name": ("option2 name",),
    "option2_value": ("option2 value",),
    "option3_name": ("option3 name",),
    "option3_value": ("option3 value",),
    "sku": ("variant sku", "sku"),
    "barcode": ("variant barcode", "barcode"),
    "grams": ("variant grams", "weight value (grams)"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price", "compare at price"),
    "cost": ("cost per item",),
    "requires_shipping": ("variant requires shipping", "requires shipping"),
    "taxable": ("variant taxable", "charge tax"),
    "variant_image": ("variant image", "variant image url"),
    "image": ("image src", "product image url"),
    "image_position": ("image position",),
    "image_alt": ("image alt text",),
    "gift_card": ("gift card",),
    "seo_title": ("seo title",),
    "seo_description": ("seo description",),
    "gender": ("google shopping / gender",),
    "age_group": ("google shopping / age group", "google shopping / agegroup"),
    "mpn": ("google shopping / mpn",),
    "condition": ("google shopping / condition",),
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}
# They say something a shop here does not keep, so nobody need hear that they were not read.
_IGNORED = re.compile(
    r"google shopping / .*|included / .*|price / .*|compare[ -]at price / .*|image (width|height)|"
    r"variant (fulfillment service|weight unit|weight|tax code|id)|fulfillment service|"
    r"weight unit for display|tax code|option[123] linked to|id|"
    r"unit price .*|variant unit price .*",
)
_METAFIELD = re.compile(r".*\((?:product\.)?metafields\.[a-z0-9_-]+\.([a-z0-9_-]+)\)")
_FURTHER_OPTION = re.compile(r"option([4-9]|[1-9][0-9]+) (name|value)")
ATTRIBUTE_FIELDS = ("gender", "age_group", "mpn", "condition")
REQUIRED = ("handle", "title")


class Columns:
    """Which cell of a row holds which field."""

    def __init__(self, header: Sequence[str]) -> None:
        """Read the names of the first row."""
        self.header = [name.strip() for name in header]
        self.place_of: dict[str, int] = {}
        self.metafields: dict[str, int] = {}
        self.further_options: list[int] = []
        self.unknown: list[str] = []
        for at, name in enumerate(self.header):
            self._place(at, name.lower())

    def _place(self, at: int, name: str) -> None:
        field = _FIELD_OF.get(name)
        metafield = _METAFIELD.fullmatch(name)
        if field is not None:
            self.place_of.setdefault(field, at)
        elif metafield is not None:
            self.metafields.setdefault(metafield[1], at)
        elif _FURTHER_OPTION.fullmatch(name):
            self.further_options.append(at)
        elif name and not _IGNORED.fullmatch(name):
            self.unknown.append(self.header[at])

    @property
    def missing(self) -> list[str]:
        """Names of the columns without which there are no products."""
        return [_NAMES[field][0].title() for field in REQUIRED if field not in self.place_of]

    def name_of(self, field: str) -> str:
        """What this file calls the field, or what it usually is called."""
        at = self.place_of.get(field)
        return _NAMES[field][0].title() if at is None else self.header[at]

    def cell(self, cells: Sequence[str], field: str) -> str:
        """What the row says in this field, without space around; empty when it says nothing."""
        at = self.place_of.get(field)
        return "" if at is None else cells[at].strip()
