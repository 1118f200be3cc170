"""Makes products of WooCommerce's rows: a simple product, or one with the variations it has."""

import re
from collections.abc import Sequence
from itertools import islice, product
from typing import Any, Literal

from msgspec.structs import replace

from galleria.commerce.catalog import Option, Seo
from galleria.commerce.imports.model.cells import (
    Home,
    Reading,
    RowPlaces,
    split_addresses,
    split_list,
    typed,
)
from galleria.commerce.imports.model.line_mapping import LineMapper
from galleria.commerce.imports.model.parsed import ParsedProduct
from galleria.commerce.imports.model.product_lines import (
    LevelLine,
    MediaLine,
    PriceLine,
    ProductLine,
    VariantLine,
)
from galleria.commerce.imports.model.records import Record
from galleria.commerce.imports.model.runs import Problem
from galleria.commerce.imports.model.woo_columns import WooColumns
from galleria.foundation.text import plain_text

_FIELDS = {
    "title": "name",
    "description_html": "description",
    "tags": "tags",
    "category_paths": "categories",
    "media": "images",
    "sku": "sku",
    "barcode": "gtin",
    "weight_g": "weight",
    "status": "published",
    "brand": "brand",
    "external_ref": "id",
}
_MAX_VARIANTS = 10_000
_MAX_SEO = 500
_MAX_OPTIONS = 3


class WooMapper:
    """See the module."""

    def __init__(self, columns: WooColumns, home: Home, mapper: LineMapper) -> None:
        """Read prices in the currency of `home`."""
        self._columns = columns
        self._home = home
        self._mapper = mapper
        self._names = {path: columns.name_of(field) for path, field in _FIELDS.items()}

    def parsed(self, records: Sequence[Record]) -> tuple[ParsedProduct | None, list[Problem]]:
        """The product, or None, and what there is to say about it."""
        reading = Reading()
        parent = self._parent_of(reading, records)
        if parent is None:
            return None, reading.problems
        places = RowPlaces(parent.line, self._names)
        options, variants = self._variants_of(reading, records, parent, places)
        short, text = self._cell(parent, "short"), self._cell(parent, "description")
        line = ProductLine(
            title=self._cell(parent, "name"),
            id=self._cell(parent, "id") or self._cell(parent, "sku"),
            description_html=_unfolded(text or short),
            brand=self._cell(parent, "brand"),
            tags=_listed(self._cell(parent, "tags")),
            status=self._status_of(reading, parent),
            attributes=self._attributes_of(parent, {option.name for option in options}),
            options=options,
            variants=variants,
            media=[
                MediaLine(source_url=url) for url in split_addresses(self._cell(parent, "images"))
            ],
            category_paths=self._categories_of(parent),
            seo=Seo(description=" ".join(plain_text(_unfolded(short)).split())[:_MAX_SEO])
            if short and text
            else None,
        )
        if any(each.is_refusal for each in reading.problems):
            return None, reading.problems
        parsed, more = self._mapper.parsed(line, places, parent.raw)
        return parsed, reading.problems + more

    def _cell(self, record: Record, field: str) -> str:
        return self._columns.cell(record.cells, field)

    def _refuse(self, reading: Reading, record: Record, field: str, code: str, why: str) -> None:
        reading.refuse(record, self._columns.name_of(field), code, why)

    def _is_variation(self, record: Record) -> bool:
        return "variation" in self._cell(record, "type").lower()

    def _parent_of(self, reading: Reading, records: Sequence[Record]) -> Record | None:
        """The row of the product itself; None, with the reason, when it cannot be sold here."""
        own = [each for each in records if not self._is_variation(each)]
        if not own:
            reason = f"no row of this file is the parent {self._cell(records[0], 'parent')[:80]!r}"
            self._refuse(reading, records[0], "parent", "missing_parent", reason)
            return None
        for again in own[1:]:
            reason = f"line {own[0].line} is this product as well"
            self._refuse(reading, again, "sku", "duplicate_product", reason)
        kinds = {each.strip() for each in self._cell(own[0], "type").lower().split(",")}
        if "grouped" in kinds:
            reason = "a grouped product is not sold by itself"
            self._refuse(reading, own[0], "type", "grouped_product", reason)
        elif "external" in kinds:
            reason = "an external product is sold by another shop"
            self._refuse(reading, own[0], "type", "external_product", reason)
        elif not kinds & {"simple", "variable", "subscription", "variable-subscription"}:
            reason = f"{self._cell(own[0], 'type')[:50]!r} is no kind of product"
            self._refuse(reading, own[0], "type", "unknown_product_kind", reason)
        elif "variable" in kinds and len(own) == len(records):
            reason = "the product is to have variations, and no row of this file is one"
            self._refuse(reading, own[0], "type", "missing_variations", reason)
        return None if reading.problems else own[0]

    def _status_of(self, reading: Reading, record: Record) -> Literal["draft", "active"] | None:
        text = self._cell(record, "published")
        if text in ("", "1"):
            return "active" if text else None
        # 0 is private, -1 a draft.
        if text not in ("0", "-1"):
            reason = f"{text[:50]!r} is neither 1, 0 nor -1"
            self._refuse(reading, record, "published", "invalid_status", reason)
        return "draft"

    def _categories_of(self, record: Record) -> list[str | list[str]] | None:
        text = self._cell(record, "categories")
        if not text:
            return None
        return [[name.strip() for name in path.split(">")] for path in _listed(text)]

    def _attributes_of(self, record: Record, options: set[str]) -> dict[str, Any]:
        said: dict[str, str] = {
            name: record.cells[at].strip() for name, at in self._columns.metas.items()
        }
        for number in self._columns.attributes:
            name, text = self._columns.attribute(record.cells, number)
            if name and name not in options:
                said[name] = ", ".join(_listed(text))
        return {name: typed(name, text, self._home.kinds) for name, text in said.items()}

    def _variants_of(
        self, reading: Reading, records: Sequence[Record], parent: Record, places: RowPlaces
    ) -> tuple[list[Option], list[VariantLine]]:
        rows = [each for each in records if self._is_variation(each)]
        if not rows:
            places.add_variant(parent.line)
            return [], [self._variant_of(reading, parent, parent, [])]
        rows.sort(key=lambda each: (self._position_of(each), each.line))
        options = self._options_of(parent, rows)
        if len(options) > _MAX_OPTIONS:
            named = ", ".join(option.name for option in options)[:200]
            reason = f"the variations differ by {named}: a product has at most three options"
            reading.refuse(parent, "", "option_not_supported", reason)
            return [], []
        variants: dict[tuple[str, ...], VariantLine] = {}
        # What names all its values comes before what leaves some open.
        names = [option.name for option in options]
        rows.sort(key=lambda row: not all(self._choices_of(row).get(name) for name in names))
        for row in rows:
            self._add_choices(reading, variants, parent, row, options, places)
        return options, list(variants.values())

    def _position_of(self, record: Record) -> int:
        text = self._cell(record, "position")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0

    def _options_of(self, parent: Record, rows: Sequence[Record]) -> list[Option]:
        """The attributes that a variation chooses by, with the values the parent lists first."""
        listed: dict[str, dict[str, None]] = {}
        for number in self._columns.attributes:
            name, text = self._columns.attribute(parent.cells, number)
            if name:
                listed[name] = dict.fromkeys(_listed(text))
        found: dict[str, dict[str, None]] = {}
        for row in rows:
            for name, value in self._choices_of(row).items():
                values = found.setdefault(name, listed.get(name, {}))
                if value:
                    values.setdefault(value)
        return [Option(name, list(values)) for name, values in found.items() if values]

    def _choices_of(self, row: Record) -> dict[str, str]:
        pairs = (self._columns.attribute(row.cells, number) for number in self._columns.attributes)
        return {name: _unescaped(value) for name, value in pairs if name}

    def _add_choices(
        self,
        reading: Reading,
        variants: dict[tuple[str, ...], VariantLine],
        parent: Record,
        row: Record,
        options: Sequence[Option],
        places: RowPlaces,
    ) -> None:
        """The row's variant; of one that fits any value of an option, one for each still free."""
        chosen = self._choices_of(row)
        axes = [[chosen[o.name]] if chosen.get(o.name) else o.values for o in options]
        variant = self._variant_of(reading, row, parent, [])
        is_open = any(len(axis) > 1 for axis in axes)
        if is_open:
            name = next(o.name for o, axis in zip(options, axes, strict=True) if len(axis) > 1)
            reason = (
                f"this variation is for any {name[:80]}; each value became a variant of its own"
            )
            reading.note(row, name, "any_value_expanded", reason)
        for values in islice(product(*axes), _MAX_VARIANTS + 1):
            if is_open and values in variants:
                continue
            key = values if values not in variants else (*values, f"line {row.line}")
            variants[key] = replace(variant, option_values=list(values))
            places.add_variant(row.line)
            # An SKU is that of one variant.
            variant = replace(variant, sku=None, barcode=None, external_ref=None)

    def _variant_of(
        self, reading: Reading, row: Record, parent: Record, chosen: list[str]
    ) -> VariantLine:
        kinds = self._cell(row, "type").lower()
        stock = self._stock_of(reading, row, parent)
        # A variation without a weight has its parent's.
        weight = self._cell(row, "weight") or self._cell(parent, "weight")
        grams = reading.grams(
            row, self._columns.name_of("weight"), weight, self._columns.weight_unit
        )
        images = split_addresses(self._cell(row, "images")) if row is not parent else []
        tax = (self._cell(row, "tax_status") or self._cell(parent, "tax_status")).lower()
        return VariantLine(
            sku=self._cell(row, "sku") or None,
            barcode=self._cell(row, "gtin").removeprefix("'") or None,
            option_values=chosen,
            prices=self._prices_of(reading, row),
            weight_g=grams or None,
            is_shippable="virtual" not in kinds and "downloadable" not in kinds,
            is_taxable=tax not in ("none", "shipping"),
            image_url=images[0] if images else None,
            external_ref=self._cell(row, "id") or None if row is not parent else None,
            stock=stock[0],
            is_tracked=stock[1],
            allows_backorder=stock[2],
        )

    def _prices_of(self, reading: Reading, row: Record) -> list[PriceLine]:
        currency = self._home.currency
        regular, sale = (
            reading.amount(row, self._columns.name_of(name), self._cell(row, name), currency)
            for name in ("price", "sale_price")
        )
        if regular is None and sale is None:
            if not self._cell(row, "price"):
                name = self._columns.name_of("price")
                reading.note(row, name, "missing_price", "the product has no price")
            return []
        if sale is not None and (self._cell(row, "sale_from") or self._cell(row, "sale_until")):
            reason = "the sale price holds for some days only; the regular price was taken"
            name = self._columns.name_of("sale_price")
            reading.note(row, name, "sale_dates_not_kept", reason)
            sale = None if regular is not None else sale
        if sale is None or regular is None or sale >= regular:
            return [PriceLine(amount_minor=sale if regular is None else regular)]  # type: ignore[arg-type]
        return [PriceLine(amount_minor=sale, compare_at_minor=regular)]

    def _stock_of(
        self, reading: Reading, row: Record, parent: Record
    ) -> tuple[list[LevelLine] | None, bool, bool]:
        """Levels, whether they are counted, and whether more may be sold."""
        text = self._cell(row, "stock")
        if text.lower() == "parent":  # the stock of all variations together
            text = self._cell(parent, "stock")
        state = (self._cell(row, "in_stock") or self._cell(parent, "in_stock")).lower()
        backorders = self._cell(row, "backorders") or self._cell(parent, "backorders")
        may_wait = backorders.lower() not in ("", "0", "no") or state == "backorder"
        on_hand = reading.on_hand(row, self._columns.name_of("stock"), text)
        if on_hand is not None:
            return [LevelLine(on_hand=on_hand)], True, may_wait
        # Not counted there: sold as long as somebody says it is in stock.
        if state in ("0", "no", "outofstock", "backorder"):
            return [LevelLine(on_hand=0)], True, may_wait
        return None, False, may_wait


def _listed(text: str) -> list[str]:
    """A list as WooCommerce writes it: by commas, those inside a value behind a backslash."""
    return list(dict.fromkeys(split_list(text, ",")))


def _unescaped(text: str) -> str:
    return text.replace("\\,", ",")


def _unfolded(text: str) -> str:
    r"""Line breaks, which the export writes as \n in two letters, as such."""
    return text.replace("\\n", "\n").replace("\\r", "")
