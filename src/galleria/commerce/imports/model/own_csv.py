"""Our own CSV as an export writes it: a row for each variant, all else in a product's first row."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from galleria.commerce.catalog import ProductTree
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.imports.model.bundle_cells import bundle_cells
from galleria.commerce.imports.model.cells import join_list
from galleria.commerce.imports.model.digital_cells import digital_cell
from galleria.commerce.imports.model.line_of_product import cell_of
from galleria.commerce.imports.model.product_lines import ProductLine, VariantLine
from galleria.commerce.imports.model.table_mapping import EMPTY_TEXT
from galleria.foundation.money import Money, decimal_text

# What a spreadsheet takes for a formula when a cell begins with it; the apostrophe is taken off
# again on the way in.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_NUMBERS = frozenset("0123456789.,")
# A cell may have 131,072 characters, and an address 2,000.
_PICTURES_A_ROW = 25
_FIRST = (
    *("handle", "external_ref", "title", "description_html", "brand", "product_type", "tags"),
    *("status", "categories", "collections", "seo.title", "seo.description"),
)
_OPTIONS = [f"option{at}.{part}" for at in (1, 2, 3) for part in ("name", "value", "values")]
_VARIANT = (
    *("sku", "barcode", "weight_g", "is_shippable", "is_taxable", "is_tracked"),
    *("allows_backorder", "image", "variant_ref", "bundle", "bundle_price", "digital"),
)


class Columns:
    """The columns that the products of a shop need; `look_at` each of them first."""

    def __init__(self, shop: str, channels: Mapping[str, str], locations: Iterable[str]) -> None:
        """`channels` are the codes of the shop's sales channels with their currencies."""
        self._shop = shop
        self._channels = dict(sorted(channels.items()))
        self._locations = sorted(locations)
        self._attributes: set[str] = set()
        self._metafields: set[str] = set()
        self._locales: set[str] = set()
        self._picture_locales: set[str] = set()

    def look_at(self, tree: ProductTree) -> None:
        """There are columns for this product too."""
        self._attributes.update(tree.attributes)
        self._metafields.update(tree.metafields or ())
        self._locales.update(tree.translations)
        for each in tree.media:
            self._picture_locales.update(each.alts)

    def names(self) -> list[str]:
        """The header."""
        names = [f"product_id@{self._shop}", *_FIRST, *_OPTIONS, *_VARIANT]
        for code, currency in self._channels.items():
            names += (f"price.{code}.{currency}", f"compare_at.{code}.{currency}")
        names += [f"cost.{each}" for each in sorted(set(self._channels.values()))]
        names += [f"stock.{code}" for code in self._locations]
        names += ["images", "image_ids", "image_alts"]
        names += [f"image_alts.{locale}" for locale in sorted(self._picture_locales)]
        names += [f"attribute.{code}" for code in sorted(self._attributes)]
        names += [f"metafield.{name}" for name in sorted(self._metafields)]
        for locale in sorted(self._locales):
            names += (f"title.{locale}", f"description_html.{locale}", f"options.{locale}")
        return names


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows in UTF-8, each ended as RFC 4180 says."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def rows_of(line: ProductLine, names: Sequence[str]) -> list[list[str]]:
    """The rows of a product under the header."""
    variants = line.variants or []
    rows: list[dict[str, str]] = [_variant_cells(each) for each in variants] or [{}]
    rows[0] = _product_cells(line) | rows[0]
    for row in rows:
        row |= {names[0]: str(line.product_id), "handle": line.handle or ""}
    size = max(_PICTURES_A_ROW, -(-len(line.media) // len(rows)))
    for at, row in enumerate(rows):
        row.update(_picture_cells(line, slice(at * size, (at + 1) * size)))
    return [[_guarded(row.get(name, "")) for name in names] for row in rows]


def _product_cells(line: ProductLine) -> dict[str, str]:
    paths = [path for path in line.category_paths or () if isinstance(path, list)]
    seo = line.seo
    cells = {
        "external_ref": line.external_ref or "",
        "title": line.title,
        "description_html": line.description_html or "",
        "brand": line.brand or "",
        "product_type": line.product_type or "",
        "tags": join_list(line.tags),
        "status": line.status or "",
        "categories": "|".join(join_list(path, ">|") for path in paths),
        "collections": join_list(line.collections or ()),
        "seo.title": (seo.title if seo else None) or "",
        "seo.description": (seo.description if seo else None) or "",
    }
    for place, option in enumerate(line.options, 1):
        cells[f"option{place}.name"] = option.name
        seen = dict.fromkeys(v.option_values[place - 1] for v in line.variants or ())  # type: ignore[index]
        # Only where the rows do not tell: in another order, or with values nobody has.
        if [*seen] != option.values:
            cells[f"option{place}.values"] = join_list(option.values)
    for code, value in line.attributes.items():
        cells[f"attribute.{code}"] = _attribute_text(value)
    for name, value in (line.metafields or {}).items():
        cells[f"metafield.{name}"] = cell_of(value)
    for locale, words in (line.translations or {}).items():
        cells[f"title.{locale}"] = words.title or ""
        cells[f"description_html.{locale}"] = words.description_html or ""
        pairs = (join_list(pair, "=|") for pair in words.options.items())
        cells[f"options.{locale}"] = "|".join(pairs)
    return cells


def _attribute_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return EMPTY_TEXT if value == "" else str(value)


def _variant_cells(variant: VariantLine) -> dict[str, str]:
    def fact(value: bool | None) -> str:
        return "" if value is None else "true" if value else "false"

    cells = {
        "sku": variant.sku or "",
        "barcode": variant.barcode or "",
        "weight_g": "" if variant.weight_g is None else str(variant.weight_g),
        "is_shippable": fact(variant.is_shippable),
        "is_taxable": fact(variant.is_taxable),
        "is_tracked": fact(variant.is_tracked),
        "allows_backorder": fact(variant.allows_backorder),
        "image": variant.image_url or "",
        "variant_ref": variant.external_ref or "",
    }
    if variant.bundle is not None:
        cells["bundle"], cells["bundle_price"] = bundle_cells(variant.bundle)
    if isinstance(variant.digital, NewDigitalGood):
        cells["digital"] = digital_cell(variant.digital)
    for place, value in enumerate(variant.option_values, 1):
        cells[f"option{place}.value"] = value
    for price in variant.prices or ():
        tail = f"{price.channel}.{price.currency}"
        currency = price.currency or ""
        cells[f"price.{tail}"] = decimal_text(Money(price.amount_minor, currency))
        if price.compare_at_minor is not None:
            cells[f"compare_at.{tail}"] = decimal_text(Money(price.compare_at_minor, currency))
    for cost in variant.costs or ():
        currency = cost.currency or ""
        cells[f"cost.{currency}"] = decimal_text(Money(cost.amount_minor, currency))
    for level in variant.stock if isinstance(variant.stock, list) else ():
        cells[f"stock.{level.location}"] = str(level.on_hand)
    return cells


def _picture_cells(line: ProductLine, some: slice) -> dict[str, str]:
    media = line.media[some]
    if not media:
        return {}
    cells = {
        "images": join_list([each.source_url or "" for each in media]),
        "image_ids": join_list([str(each.media_id or "") for each in media]),
        "image_alts": join_list([each.alt for each in media]),
    }
    for locale in {locale for each in media for locale in each.alts}:
        cells[f"image_alts.{locale}"] = join_list([each.alts.get(locale, "") for each in media])
    return cells


def _guarded(text: str) -> str:
    if not text.startswith(_FORMULA):
        return text
    # A number below zero is none.
    is_number = text[0] == "-" and len(text) > 1 and _NUMBERS.issuperset(text[1:])
    return text if is_number else f"'{text}"
