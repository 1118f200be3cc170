"""Makes products of the entries of a Google Merchant Center feed; an item group is one product."""

import re
from collections.abc import Sequence
from typing import Any

from galleria.commerce.catalog import Option
from galleria.commerce.imports.model.cells import (
    Home,
    Reading,
    RowPlaces,
    split_addresses,
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

# What may tell the entries of a group apart, in the order a shopper chooses.
_AXES = {
    "color": "Colour",
    "size": "Size",
    "material": "Material",
    "pattern": "Pattern",
    "gender": "Gender",
    "age_group": "Age group",
    "size_type": "Size type",
    "size_system": "Size system",
}
_MAX_OPTIONS = 3
# What else is kept, as attributes; what is not named here is about advertising.
_ATTRIBUTES = (
    *_AXES,
    *[
        "condition",
        "mpn",
        "adult",
        "is_bundle",
        "multipack",
        "energy_efficiency_class",
        "certification",
    ],
    *(f"custom_label_{at}" for at in range(5)),
)
_CURRENCY = re.compile(r"\b([A-Z]{3})\b")
_NAMES = {
    "title": "title",
    "description_html": "description",
    "category_paths": "product_type",
    "media": "image_link",
    "image_url": "image_link",
    "sku": "id",
    "barcode": "gtin",
    "weight_g": "shipping_weight",
    "brand": "brand",
    "external_ref": "item_group_id",
}
# availability -> counted, and whether it may be ordered although none is there.
_AVAILABILITY = {
    "in_stock": (False, False),
    "out_of_stock": (True, False),
    "preorder": (True, True),
    "backorder": (True, True),
    "available_for_order": (True, True),
    "discontinued": (True, False),
}


class FeedMapper:
    """See the module."""

    def __init__(self, home: Home, mapper: LineMapper) -> None:
        """Read prices that name no currency in that of `home`."""
        self._home = home
        self._mapper = mapper

    def parsed(self, records: Sequence[Record]) -> tuple[ParsedProduct | None, list[Problem]]:
        """The product, or None, and what there is to say about it."""
        reading = Reading()
        entries = [_Entry(each) for each in records]
        first = entries[0]
        places = RowPlaces(first.record.line, _NAMES)
        options, values = _options_of(entries)
        variants: list[VariantLine] = []
        for entry, chosen in zip(entries, values, strict=True):
            places.add_variant(entry.record.line)
            variants.append(self._variant_of(reading, entry, chosen))
        line = ProductLine(
            title=_title_of(entries),
            id=first.said("item_group_id") or first.said("id"),
            description=first.said("description"),
            brand=first.said("brand"),
            product_type=_last_of(first.said("product_type")),
            attributes=self._attributes_of(entries, options),
            options=options,
            variants=variants,
            media=[MediaLine(source_url=url) for url in _pictures_of(entries)],
            category_paths=_paths_of(first),
        )
        if any(each.is_refusal for each in reading.problems):
            return None, reading.problems
        parsed, more = self._mapper.parsed(line, places, first.record.raw)
        return parsed, reading.problems + more

    def _attributes_of(
        self, entries: Sequence["_Entry"], options: Sequence[Option]
    ) -> dict[str, Any]:
        chosen = {option.name for option in options}
        found: dict[str, Any] = {}
        for name in _ATTRIBUTES:
            if _AXES.get(name) not in chosen:
                text = next((e.said(name) for e in entries if e.said(name)), "")
                found[name] = typed(name, text, self._home.kinds)
        category = entries[0].said("google_product_category")
        found["google_product_category"] = typed(
            "google_product_category", category, self._home.kinds
        )
        return found

    def _variant_of(self, reading: Reading, entry: "_Entry", chosen: list[str]) -> VariantLine:
        record = entry.record
        is_tracked, may_wait = self._availability_of(reading, entry)
        quantity = reading.on_hand(record, "quantity", entry.said("quantity"))
        if quantity is not None:
            is_tracked = True
        pictures = split_addresses(entry.said("image_link"))
        return VariantLine(
            sku=entry.said("id") or None,
            barcode=entry.said("gtin") or None,
            option_values=chosen,
            prices=self._prices_of(reading, entry),
            stock=[LevelLine(on_hand=quantity or 0)] if is_tracked else None,
            is_tracked=is_tracked,
            allows_backorder=may_wait,
            weight_g=reading.grams(
                record, "shipping_weight", entry.said("shipping_weight"), unit="kg"
            ),
            image_url=pictures[0] if pictures and chosen else None,
            external_ref=entry.said("id") or None,
        )

    def _availability_of(self, reading: Reading, entry: "_Entry") -> tuple[bool, bool]:
        text = entry.said("availability").lower().replace(" ", "_").replace("-", "_")
        if not text:
            return False, False
        # Older feeds write addresses: http://schema.org/InStock.
        word = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", entry.said("availability").rpartition("/")[2])
        known = _AVAILABILITY.get(text) or _AVAILABILITY.get(word.lower())
        if known is None:
            reason = f"{text[:50]!r} is no availability"
            reading.refuse(entry.record, "availability", "invalid_availability", reason)
            return False, False
        return known

    def _prices_of(self, reading: Reading, entry: "_Entry") -> list[PriceLine]:
        regular, currency = self._amount_of(reading, entry, "price")
        sale, other = self._amount_of(reading, entry, "sale_price")
        if regular is None:
            if not entry.said("price"):
                reading.note(entry.record, "price", "missing_price", "the entry has no price")
            return []
        if sale is not None and entry.said("sale_price_effective_date"):
            reason = "the sale price holds for some days only; the regular price was taken"
            reading.note(entry.record, "sale_price", "sale_dates_not_kept", reason)
            sale = None
        if sale is None or sale >= regular or other != currency:
            return [PriceLine(amount_minor=regular, currency=currency)]
        return [PriceLine(amount_minor=sale, compare_at_minor=regular, currency=currency)]

    def _amount_of(self, reading: Reading, entry: "_Entry", name: str) -> tuple[int | None, str]:
        text = entry.said(name)
        named = _CURRENCY.search(text)
        currency = named[1] if named else self._home.currency
        return reading.amount(entry.record, name, text, currency), currency


class _Entry:
    """An entry by names, each with all it says."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.values: dict[str, list[str]] = {}
        for name, text in zip(record.cells[::2], record.cells[1::2], strict=True):
            self.values.setdefault(name, []).append(text)

    def said(self, name: str) -> str:
        """The first that the entry says of this name."""
        return self.values.get(name, [""])[0]


def _options_of(entries: Sequence[_Entry]) -> tuple[list[Option], list[list[str]]]:
    """The axes in which the group's entries differ, and each entry's values."""
    if len(entries) == 1:
        return [], [[]]
    names = [name for name in _AXES if len({entry.said(name) for entry in entries}) > 1]
    names = names[:_MAX_OPTIONS]
    values = [[entry.said(name) or "-" for name in names] for entry in entries]
    if len({tuple(each) for each in values}) < len(entries):
        # Nothing a shopper knows tells them apart.
        names = [*names[: _MAX_OPTIONS - 1], "id"]
        values = [[entry.said(name) or "-" for name in names] for entry in entries]
    listed = zip(*values, strict=True)
    return [
        Option(_AXES.get(name, "Variant"), list(dict.fromkeys(own)))
        for name, own in zip(names, listed, strict=True)
    ], values


def _title_of(entries: Sequence[_Entry]) -> str:
    """The title the entries share, without what only tells them apart."""
    titles = [entry.said("title") for entry in entries]
    if len(set(titles)) == 1:
        return titles[0]
    first, last = min(titles), max(titles)
    same = (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    shared = first[: next(same, min(len(first), len(last)))]
    if any(title[len(shared) : len(shared) + 1].isalnum() for title in titles):
        # Not in the middle of a word.
        shared = re.sub(r"\w+$", "", shared)
    shared = shared.rstrip(" -\u2013\u2014,;:/|([")
    return shared if len(shared) > 2 else titles[0]


def _pictures_of(entries: Sequence[_Entry]) -> list[str]:
    found: dict[str, None] = {}
    for entry in entries:
        for name in ("image_link", "additional_image_link"):
            for text in entry.values.get(name, ()):
                found |= dict.fromkeys(split_addresses(text))
    return list(found)


def _paths_of(entry: _Entry) -> list[str | list[str]] | None:
    """The shop's own categories, else Google's when they are named and not numbered."""
    own = entry.values.get("product_type", [])
    google = entry.said("google_product_category")
    paths = own or ([google] if google and not google.isdecimal() else [])
    found = [[name.strip() for name in path.split(">") if name.strip()] for path in paths]
    return [path for path in found if path] or None


def _last_of(path: str) -> str:
    return path.rpartition(">")[2].strip()
