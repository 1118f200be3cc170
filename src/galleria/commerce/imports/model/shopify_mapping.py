"""Makes a draft of the catalog, with prices and stock, from the rows of one Shopify product."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias

import msgspec

from galleria.commerce.catalog import MediaDraft, Option, ProductDraft, Seo, VariantDraft
from galleria.commerce.imports.model.attribute_names import AttributeNames, AttributeValue
from galleria.commerce.imports.model.csv_rows import Row
from galleria.commerce.imports.model.parsed import (
    CostWish,
    LevelWish,
    ParsedProduct,
    Places,
    PolicyWish,
    PriceWish,
)
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.runs import Problem
from galleria.commerce.imports.model.shopify_columns import ATTRIBUTE_FIELDS, Columns
from galleria.foundation.errors import InvalidInput
from galleria.foundation.money import parse_amount
from galleria.foundation.text import slugify

Status: TypeAlias = Literal["draft", "active", "archived"]

MAX_ON_HAND = 2**31 - 1
_HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_HANDLE = 120
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_STATUSES: dict[str, Status] = {"active": "active", "draft": "draft", "archived": "archived"}
_WHOLE = re.compile(r"-?[0-9]{1,10}(?:\.0+)?")
# Shopify's mark of a product without options.
_NO_OPTION = ("title", "default title")
# Where the catalog's complaint about a path belongs.
_FIELD_OF_PATH = {
    "handle": "handle",
    "external_ref": "handle",
    "title": "title",
    "description_html": "description",
    "brand": "vendor",
    "product_type": "type",
    "tags": "tags",
    "status": "status",
    "seo": "seo_title",
    "category_paths": "category",
    "collections": "collection",
    "options": "option1_name",
}
_FIELD_OF_VARIANT = {
    "sku": "sku",
    "barcode": "barcode",
    "weight_g": "grams",
    "image_url": "variant_image",
    "costs": "cost",
}
_PATH = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?(?:\[(\d+)\])?")


class ShopifyPlaces(Places):
    """Where in the rows the fields of a product stand."""

    __slots__ = ("_columns", "_media_lines", "_variant_lines")

    def __init__(self, columns: Columns, line: int) -> None:
        super().__init__(line)
        self._columns = columns
        self._variant_lines: list[int] = []
        self._media_lines: list[int] = []

    def add_variant(self, line: int) -> None:
        """The next variant stands on this line."""
        self._variant_lines.append(line)

    def add_media(self, line: int) -> None:
        """The next picture stands on this line."""
        self._media_lines.append(line)

    def place_of(self, path: str) -> tuple[int, str]:
        """Line and column of the field that the catalog calls `path`."""
        match = _PATH.match(path)
        if match is None:
            return self.line, ""
        head, index, name, axis = match.groups()
        at = int(index) if index else 0
        if head == "variants" and name is not None:
            line = self._variant_lines[at] if at < len(self._variant_lines) else self.line
            if name == "option_values":
                return line, self._columns.name_of(f"option{min(int(axis or 0), 2) + 1}_value")
            return line, self._columns.name_of(_FIELD_OF_VARIANT.get(name, "sku"))
        if head == "media":
            line = self._media_lines[at] if at < len(self._media_lines) else self.line
            return line, self._columns.name_of("image")
        if head == "options" and name == "values":
            return self.line, self._columns.name_of(f"option{min(at, 2) + 1}_value")
        known = _FIELD_OF_PATH.get(head)
        return self.line, self._columns.name_of(known) if known else path


@dataclass
class Reading:
    """The rows of one product while they are read, with what was found wrong so far."""

    columns: Columns
    currency: str
    rows: Sequence[Row]
    places: ShopifyPlaces
    problems: list[Problem] = field(default_factory=list)

    def cell(self, row: Row, name: str) -> str:
        """What the row says in this field."""
        return self.columns.cell(row.cells, name)

    def refuse(self, row: Row, name: str, code: str, reason: str) -> None:
        """The product stays out, because of this cell."""
        column = self.columns.name_of(name)
        self.problems.append(problem(row.line, column, code, reason, row.raw))

    def note(self, row: Row, name: str, code: str, reason: str) -> None:
        """This should be known about the cell."""
        self.problems.append(note(row.line, self.columns.name_of(name), code, reason, row.raw))

    def boolean(self, row: Row, name: str, otherwise: bool) -> bool:
        """The cell as true or false."""
        text = self.cell(row, name)
        value = _BOOLEANS.get(text.lower()) if text else otherwise
        if value is None:
            self.refuse(row, name, "invalid_boolean", f"{text[:50]!r} is neither true nor false")
            return otherwise
        return value

    def amount(self, row: Row, name: str) -> int | None:
        """The cell as minor units of the shop's currency."""
        text = self.cell(row, name)
        if not text:
            return None
        try:
            money = parse_amount(text, self.currency)
        except InvalidInput as error:
            self.refuse(row, name, "invalid_price", error.detail[:200])
            return None
        if money.amount_minor < 0:
            self.refuse(row, name, "invalid_price", f"{text!r} is below zero")
            return None
        return money.amount_minor


class ShopifyMapper:
    """See the module."""

    def __init__(self, columns: Columns, names: AttributeNames, currency: str) -> None:
        """Read prices in `currency`, the shop's."""
        self._columns = columns
        self._names = names
        self._currency = currency

    def parsed(self, rows: Sequence[Row]) -> tuple[ParsedProduct, list[Problem]]:
        """The product, and what there is to say about it.

        When a problem is a refusal, the product is not to be used.
        """
        first = rows[0]
        reading = Reading(
            self._columns, self._currency, rows, ShopifyPlaces(self._columns, first.line)
        )
        handle = reading.cell(first, "handle")
        parsed = ParsedProduct(
            draft=ProductDraft(
                handle=_checked_handle(handle),
                title=reading.cell(first, "title"),
                description_html=reading.cell(first, "description"),
                brand=reading.cell(first, "vendor"),
                product_type=reading.cell(first, "type"),
                tags=_tags_of(reading.cell(first, "tags")),
                status=_status_of(reading, first),
                attributes=self._attributes_of(first),
                category_paths=_category_of(reading.cell(first, "category")),
                collections=_collection_of(reading.cell(first, "collection")),
                seo=_seo_of(reading, first),
                external_ref=handle,
            ),
            places=reading.places,
            excerpt=first.raw,
        )
        _refuse_further_options(reading)
        if reading.boolean(first, "gift_card", False):
            reading.note(first, "gift_card", "invalid_gift_card", "this is a gift card")
        options, variants = _variants_of(reading, parsed)
        draft = msgspec.structs.replace(
            parsed.draft, options=options, variants=variants, media=_media_of(reading)
        )
        return msgspec.structs.replace(parsed, draft=draft), reading.problems

    def _attributes_of(self, row: Row) -> dict[str, AttributeValue]:
        found: dict[str, AttributeValue | None] = {
            name: row.cells[at].strip() or None for name, at in self._columns.metafields.items()
        }
        for name in ATTRIBUTE_FIELDS:
            found.setdefault(name, self._columns.cell(row.cells, name) or None)
        return self._names.coded(found)


def _checked_handle(handle: str) -> str:
    if len(handle) <= _MAX_HANDLE and _HANDLE.fullmatch(handle):
        return handle
    return slugify(handle)


def _tags_of(text: str) -> list[str]:
    return list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


def _category_of(text: str) -> list[list[str]] | None:
    return [[name.strip() for name in text.split(">")]] if text else None


def _collection_of(text: str) -> list[str] | None:
    return [text] if text else None


def _seo_of(reading: Reading, row: Row) -> Seo | None:
    title, words = reading.cell(row, "seo_title"), reading.cell(row, "seo_description")
    return Seo(title=title or None, description=words or None) if title or words else None


def _status_of(reading: Reading, row: Row) -> Status | None:
    """On sale means both: active, and published where the file has that column."""
    text = reading.cell(row, "status")
    status = _STATUSES.get(text.lower())
    if text and status is None:
        reading.refuse(row, "status", "invalid_status", f"{text[:50]!r} is no status")
    if not reading.cell(row, "published") or status == "archived":
        return status
    is_published = reading.boolean(row, "published", True)
    return status or "active" if is_published else "draft"


def _refuse_further_options(reading: Reading) -> None:
    for row in reading.rows:
        for at in reading.columns.further_options:
            if row.cells[at].strip():
                name, reason = reading.columns.header[at], "a product has at most three options"
                reading.problems.append(
                    problem(row.line, name, "option_not_supported", reason, row.raw)
                )


def _variants_of(
    reading: Reading, parsed: ParsedProduct
) -> tuple[list[Option], list[VariantDraft]]:
    names = _option_names(reading)
    values: list[dict[str, None]] = [{} for _ in names]
    variants: list[VariantDraft] = []
    for at, row in enumerate(reading.rows):
        chosen = [reading.cell(row, f"option{axis}_value") for axis in (1, 2, 3)]
        if at and not any(chosen) and not _has_variant(reading, row):
            continue
        reading.places.add_variant(row.line)
        _add_wishes(reading, row, parsed, len(variants))
        variants.append(_variant_of(reading, row, chosen[: len(names)]))
        for axis, value in enumerate(chosen):
            if axis < len(names):
                values[axis][value] = None
            elif value and not _is_default(names, chosen):
                name = f"option{axis + 1}_name"
                reading.refuse(row, name, "missing_option_name", f"{value[:50]!r} has no option")
    options = [Option(name, [v for v in own if v]) for name, own in zip(names, values, strict=True)]
    return options, variants


def _option_names(reading: Reading) -> list[str]:
    first = reading.rows[0]
    names = [reading.cell(first, f"option{axis}_name") for axis in (1, 2, 3)]
    value = reading.cell(first, "option1_value")
    if (names[0].lower(), value.lower()) == _NO_OPTION and not any(names[1:]):
        return []
    # A gap ends the list: a value under it is complained about with its variant.
    return names[: names.index("")] if "" in names else names


def _is_default(names: Sequence[str], chosen: Sequence[str]) -> bool:
    return not names and chosen[0].lower() == _NO_OPTION[1] and not any(chosen[1:])


def _has_variant(reading: Reading, row: Row) -> bool:
    return any(reading.cell(row, name) for name in ("sku", "price", "barcode"))


def _variant_of(reading: Reading, row: Row, option_values: list[str]) -> VariantDraft:
    return VariantDraft(
        # Spreadsheets put an apostrophe before digits that are no number.
        sku=reading.cell(row, "sku").removeprefix("'") or None,
        barcode=reading.cell(row, "barcode").removeprefix("'") or None,
        option_values=option_values,
        weight_g=_grams_of(reading, row),
        is_shippable=reading.boolean(row, "requires_shipping", True),
        is_taxable=reading.boolean(row, "taxable", True),
        image_url=reading.cell(row, "variant_image") or None,
    )


def _grams_of(reading: Reading, row: Row) -> int | None:
    text = reading.cell(row, "grams")
    if not text:
        return None
    try:
        grams = Decimal(text)
    except InvalidOperation:
        grams = Decimal("NaN")
    if not grams.is_finite() or not 0 <= grams <= 2_000_000_000:
        reading.refuse(row, "grams", "invalid_number", f"{text[:50]!r} is no weight in grams")
        return None
    # Zero is what the export writes for a weight nobody entered.
    return round(grams) or None


def _add_wishes(reading: Reading, row: Row, parsed: ParsedProduct, variant: int) -> None:
    amount = reading.amount(row, "price")
    compare_at = reading.amount(row, "compare_at")
    if amount is not None:
        parsed.prices.append(PriceWish(variant, amount, compare_at))
    elif "price" in reading.columns.place_of and not reading.cell(row, "price"):
        reading.note(row, "price", "missing_price", "the variant has no price")
    cost = reading.amount(row, "cost")
    if cost is not None:
        parsed.costs.append(CostWish(variant, cost))
    if "tracker" not in reading.columns.place_of and "quantity" not in reading.columns.place_of:
        return
    is_tracked = _is_tracked(reading, row)
    allows_backorder = reading.cell(row, "policy").lower() in ("continue", "true", "yes", "1")
    parsed.policies.append(PolicyWish(variant, is_tracked, allows_backorder))
    if is_tracked:
        _add_level(reading, row, parsed, variant)


def _is_tracked(reading: Reading, row: Row) -> bool:
    """Some tracker is named; a file without that column counts what it gives a quantity for."""
    has_column = "tracker" in reading.columns.place_of
    return bool(reading.cell(row, "tracker" if has_column else "quantity"))


def _add_level(reading: Reading, row: Row, parsed: ParsedProduct, variant: int) -> None:
    text = reading.cell(row, "quantity")
    if not text:
        return
    on_hand = int(Decimal(text)) if _WHOLE.fullmatch(text) else None
    if on_hand is None or on_hand > MAX_ON_HAND:
        reading.refuse(row, "quantity", "invalid_quantity", f"{text[:50]!r} is no quantity")
        return
    # An oversold variant has a quantity below zero there; on a shelf lie none.
    parsed.levels.append(LevelWish(variant, max(0, on_hand)))


def _media_of(reading: Reading) -> list[MediaDraft]:
    """The pictures by their positions, each address once."""
    found: dict[str, tuple[int, int, MediaDraft, int]] = {}
    for order, row in enumerate(reading.rows):
        url = reading.cell(row, "image")
        if url and url not in found:
            text = reading.cell(row, "image_position")
            position = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 10**9
            picture = MediaDraft(source_url=url, alt=reading.cell(row, "image_alt"))
            found[url] = (position, order, picture, row.line)
    media = sorted(found.values(), key=lambda each: each[:2])
    for *_, line in media:
        reading.places.add_media(line)
    return [picture for _, _, picture, _ in media]
