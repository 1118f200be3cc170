"""Makes a product of the rows of a table whose cells are bound to fields, one row a variant."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast
from uuid import UUID

from galleria.commerce.assortment import BundleTerms
from galleria.commerce.catalog import Option, Seo, Translation
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.imports.model.bindings import Binding, Bindings
from galleria.commerce.imports.model.bundle_cells import bundle_of
from galleria.commerce.imports.model.cells import (
    Home,
    Reading,
    RowPlaces,
    split_exact,
    split_list,
    split_raw,
    typed,
)
from galleria.commerce.imports.model.digital_cells import digital_of
from galleria.commerce.imports.model.line_mapping import LineMapper
from galleria.commerce.imports.model.parsed import ParsedProduct
from galleria.commerce.imports.model.product_lines import (
    CostLine,
    LevelLine,
    MediaLine,
    PriceLine,
    ProductLine,
    VariantLine,
)
from galleria.commerce.imports.model.records import Record
from galleria.commerce.imports.model.runs import Problem
from galleria.foundation.errors import InvalidInput

_STATUSES = ("draft", "active", "archived")
EMPTY_TEXT = '""'  # an attribute that is there and says nothing
_MOST_OPTIONS = 3
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


class TableMapper:
    """See the module."""

    def __init__(self, bindings: Bindings, home: Home, mapper: LineMapper) -> None:
        """Read cells by `bindings`, prices in the currencies of `home`."""
        self._bindings = bindings
        self._home = home
        self._mapper = mapper
        self._by_name: dict[str, list[Binding]] = {}
        for each in bindings.bound:
            self._by_name.setdefault(each.field.name, []).append(each)
        self._columns = bindings.columns

    def parsed(self, records: Sequence[Record]) -> tuple[ParsedProduct | None, list[Problem]]:
        """The product, or None, and what there is to say about it."""
        reading, first = Reading(), records[0]
        places = RowPlaces(first.line, self._columns)
        options, variants = self._variants_of(reading, records, places)
        line = ProductLine(
            title=self._said(records, "title"),
            external_ref=self._reference_of(records, variants),
            product_id=self._product_id_of(reading, records),
            handle=self._said(records, "handle") or None,
            description=self._said(records, "description") or None,
            description_html=self._description_of(records),
            brand=self._said(records, "brand"),
            product_type=self._said(records, "product_type"),
            tags=self._list_of(records, "tags") or [],
            status=self._status_of(reading, records),
            released_at=self._said(records, "released_at") or None,
            attributes=self._attributes_of(records),
            options=options,
            variants=variants,
            media=self._media_of(reading, records),
            category_paths=self._categories_of(records),
            collections=self._list_of(records, "collections"),
            translations=self._translations_of(records),
            seo=self._seo_of(records),
            metafields=self._metafields_of(records),
        )
        if any(each.is_refusal for each in reading.problems):
            return None, reading.problems
        parsed, more = self._mapper.parsed(line, places, first.raw)
        return parsed, reading.problems + more

    def _text(self, record: Record, binding: Binding) -> str:
        text = binding.text_of(record.cells)
        if self._bindings.is_exact:
            # So spreadsheets do not take it for a formula.
            return text[1:] if text.startswith("'") else text
        text = text if self._bindings.keeps_space else text.strip()
        return text[1:] if text[:1] == "'" and text[1:2] in {*_FORMULA, *"0123456789"} else text

    def _said(self, records: Sequence[Record], name: str, detail: str = "") -> str:
        """What the first row says that says anything."""
        for binding in self._by_name.get(name, ()):
            if binding.field.detail == detail:
                for record in records:
                    text = self._text(record, binding)
                    if text:
                        return text
        return ""

    def _description_of(self, records: Sequence[Record]) -> str | None:
        if not any(not each.field.detail for each in self._by_name.get("description_html", ())):
            return None
        text = self._said(records, "description_html")
        return text or (None if self._said(records, "description") else "")

    def _reference_of(
        self, records: Sequence[Record], variants: Sequence[VariantLine]
    ) -> str | None:
        """What finds the product next time, when it has no handle to be found by."""
        reference = self._said(records, "external_ref")
        if reference:
            return reference
        if self._said(records, "handle"):
            return None
        return records[0].key.partition(":")[2] or variants[0].sku

    def _product_id_of(self, reading: Reading, records: Sequence[Record]) -> UUID | None:
        text = self._said(records, "product_id")
        if not text:
            return None
        return self._uuid(reading, records[0], "product_id", text)

    def _uuid(self, reading: Reading, record: Record, name: str, text: str) -> UUID | None:
        try:
            return UUID(text)
        except ValueError:
            reading.refuse(record, name, "wrong_type", f"{text[:50]!r} is no id")
            return None

    def _status_of(
        self, reading: Reading, records: Sequence[Record]
    ) -> Literal["draft", "active", "archived"] | None:
        text = self._said(records, "status").lower()
        if text and text not in _STATUSES:
            column = self._columns.get("status", "status")
            reading.refuse(records[0], column, "invalid_status", f"{text[:50]!r} is no status")
            return None
        return cast("Literal['draft', 'active', 'archived']", text) if text else None

    def _list_of(self, records: Sequence[Record], name: str) -> list[str] | None:
        """The parts of a list; None when there is no such column, or it says nothing."""
        found = self._by_name.get(name)
        if not found:
            return None
        text = self._said(records, name)
        if not text:
            return [] if self._bindings.is_exact else None
        split = split_exact if self._bindings.is_exact else split_list
        return list(dict.fromkeys(split(text, found[0].separator)))

    def _categories_of(self, records: Sequence[Record]) -> list[str | list[str]] | None:
        found = self._by_name.get("categories")
        if not found:
            return None
        text = self._said(records, "categories")
        if not text:
            return [] if self._bindings.is_exact else None
        paths = split_raw(text, found[0].separator)
        return [split_list(path, ">") for path in paths if path.strip()]

    def _attributes_of(self, records: Sequence[Record]) -> dict[str, Any]:
        attributes: dict[str, Any] = {}
        for binding in self._by_name.get("attribute", ()):
            name = binding.field.detail
            text = self._said(records, "attribute", name)
            value = "" if text == EMPTY_TEXT else typed(name, text, self._home.kinds)
            if value is not None:
                attributes[name] = value
        return attributes

    def _metafields_of(self, records: Sequence[Record]) -> dict[str, Any] | None:
        """Text by name, read by whoever knows the definitions; None without such columns."""
        found = self._by_name.get("metafield")
        if not found:
            return None
        said = {
            each.field.detail: self._said(records, "metafield", each.field.detail) for each in found
        }
        return {name: text for name, text in said.items() if text}

    def _seo_of(self, records: Sequence[Record]) -> Seo | None:
        title, words = self._said(records, "seo.title"), self._said(records, "seo.description")
        has_column = "seo.title" in self._by_name or "seo.description" in self._by_name
        if not (title or words) and not (has_column and self._bindings.is_exact):
            return None
        return Seo(title=title or None, description=words or None)

    def _translations_of(self, records: Sequence[Record]) -> dict[str, Translation] | None:
        locales = {
            each.field.detail: None
            for name in ("title", "description_html", "options")
            for each in self._by_name.get(name, ())
            if each.field.detail
        }
        found: dict[str, Translation] = {}
        for locale in locales:
            title = self._said(records, "title", locale)
            text = self._said(records, "description_html", locale)
            words = self._words_of(records, locale)
            if title or text or words:
                found[locale] = Translation(title or None, text or None, words)
        return found if found or self._bindings.is_exact else None

    def _words_of(self, records: Sequence[Record], locale: str) -> dict[str, str]:
        text = self._said(records, "options", locale)
        pairs = (split_exact(each, "=") for each in split_raw(text, "|") if each)
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}

    def _media_of(self, reading: Reading, records: Sequence[Record]) -> list[MediaLine]:
        media: list[MediaLine] = []
        for record in records:
            urls = self._parts(record, "images")
            ids = self._parts(record, "image_ids")
            alts = self._parts(record, "image_alts")
            words = {
                each.field.detail: split_exact(self._text(record, each), each.separator)
                for each in self._by_name.get("image_alts", ())
                if each.field.detail
            }
            for at in range(max(len(urls), len(ids))):
                url, own = _nth(urls, at), _nth(ids, at)
                if not url and not own:
                    continue
                media.append(
                    MediaLine(
                        source_url=url or None,
                        media_id=self._uuid(reading, record, "image_ids", own) if own else None,
                        alt=_nth(alts, at),
                        alts={locale: _nth(w, at) for locale, w in words.items() if _nth(w, at)},
                    )
                )
        return media if self._bindings.is_exact else _each_once(media)

    def _parts(self, record: Record, name: str) -> list[str]:
        for binding in self._by_name.get(name, ()):
            if not binding.field.detail:
                parts = split_exact(self._text(record, binding), binding.separator)
                return parts if self._bindings.is_exact else [each.strip() for each in parts]
        return []

    def _variants_of(
        self, reading: Reading, records: Sequence[Record], places: RowPlaces
    ) -> tuple[list[Option], list[VariantLine]]:
        names = self._option_names(records)
        if len(names) > _MOST_OPTIONS:
            reason = f"the options are {', '.join(names)[:200]}: a product has at most three"
            reading.refuse(records[0], "", "option_not_supported", reason)
        chosen_of = {name: dict.fromkeys(self._listed(records, name)) for name in names}
        variants: list[VariantLine] = []
        for record in records:
            chosen = [self._choice(record, names, name) for name in names]
            if variants and not any(chosen) and not self._has_variant(record):
                continue
            places.add_variant(record.line)
            for name, value in zip(names, chosen, strict=True):
                if value:
                    chosen_of[name].setdefault(value)
            variants.append(self._variant_of(reading, record, chosen))
        return [Option(name, list(values)) for name, values in chosen_of.items()], variants

    def _option_names(self, records: Sequence[Record]) -> dict[str, Binding]:
        """The options of the product by name, each with the cell that chooses its value."""
        numbered = {each.field.detail: each for each in self._by_name.get("option.value", ())}
        names: dict[str, Binding] = {}
        for place, binding in sorted(numbered.items()):
            name = self._said(records, "option.name", place)
            if name:
                names[name] = binding
        for binding in self._by_name.get("option", ()):
            # An option that no row chooses a value of is none of this product.
            if any(self._text(record, binding) for record in records):
                names[binding.field.detail] = binding
        return names

    def _listed(self, records: Sequence[Record], name: str) -> list[str]:
        for place in ("1", "2", "3"):
            if self._said(records, "option.name", place) == name:
                return split_exact(self._said(records, "option.values", place), "|")
        return []

    def _choice(self, record: Record, names: dict[str, Binding], name: str) -> str:
        return self._text(record, names[name])

    def _has_variant(self, record: Record) -> bool:
        return any(
            self._text(record, each)
            for each in self._bindings.bound
            if each.at is not None and each.field.is_of_variant
        )

    def _variant_of(self, reading: Reading, record: Record, chosen: list[str]) -> VariantLine:
        def text(name: str) -> str:
            return next(
                (t for b in self._by_name.get(name, ()) if (t := self._text(record, b))), ""
            )

        def fact(name: str) -> bool | None:
            for each in self._by_name.get(name, ()):
                return reading.boolean(
                    record, each.column, self._text(record, each), each.yes, each.no
                )
            return None

        weight = next(iter(self._by_name.get("weight", ())), None)
        return VariantLine(
            sku=text("sku") or None,
            barcode=text("barcode") or None,
            option_values=chosen,
            prices=self._prices_of(reading, record),
            costs=self._costs_of(reading, record),
            stock=self._levels_of(reading, record),
            is_tracked=fact("is_tracked"),
            allows_backorder=fact("allows_backorder"),
            weight_g=None
            if weight is None
            else reading.grams(record, weight.column, self._text(record, weight), weight.unit),
            is_shippable=fact("is_shippable") is not False,
            is_taxable=fact("is_taxable") is not False,
            image_url=text("image") or None,
            external_ref=text("variant_ref") or None,
            bundle=self._bundle_of(reading, record, text("bundle"), text("bundle_price")),
            digital=self._digital_of(reading, record, text("digital")),
        )

    def _digital_of(
        self, reading: Reading, record: Record, text: str
    ) -> NewDigitalGood | bool | None:
        """What the cell says; an export of ours says by an empty one that there is a parcel."""
        if not text:
            return False if self._bindings.is_exact and "digital" in self._by_name else None
        try:
            return digital_of(text)
        except InvalidInput as error:
            column = self._columns.get("digital", "digital")
            reading.refuse(record, column, "invalid_digital_good", error.detail[:200])
            return None

    def _bundle_of(
        self, reading: Reading, record: Record, parts: str, price: str
    ) -> BundleTerms | None:
        """What the cells say; an export of ours says by an empty cell that it is no bundle."""
        if not parts and not (self._bindings.is_exact and "bundle" in self._by_name):
            return None
        try:
            return bundle_of(parts, price)
        except InvalidInput as error:
            column = self._columns.get("bundle", "bundle")
            reading.refuse(record, column, "invalid_bundle", error.detail[:200])
            return None

    def _prices_of(self, reading: Reading, record: Record) -> list[PriceLine] | None:
        """A price for each channel that has one; None when the table has no prices at all."""
        before: dict[str, int] = {}
        for each, amount in self._amounts(reading, record, "compare_at"):
            before[each.field.detail] = amount
        prices = [
            PriceLine(
                amount_minor=amount,
                compare_at_minor=before.get(each.field.detail),
                currency=self._named_currency(record, each),
                channel=each.field.detail or None,
            )
            for each, amount in self._amounts(reading, record, "price")
        ]
        return prices if "price" in self._by_name else None

    def _costs_of(self, reading: Reading, record: Record) -> list[CostLine] | None:
        """What a piece costs the merchant; None where the row does not say."""
        return [
            CostLine(amount_minor=amount, currency=self._named_currency(record, each))
            for each, amount in self._amounts(reading, record, "cost")
        ] or None

    def _amounts(
        self, reading: Reading, record: Record, name: str
    ) -> Iterable[tuple[Binding, int]]:
        for each in self._by_name.get(name, ()):
            named = self._named_currency(record, each)
            currency = named or self._home.channels.get(each.field.detail, self._home.currency)
            amount = reading.amount(
                record, each.column, self._text(record, each), currency, self._bindings.has_comma
            )
            if amount is not None:
                yield each, amount

    def _named_currency(self, record: Record, binding: Binding) -> str | None:
        if binding.currency:
            return binding.currency
        for each in self._by_name.get("currency", ()):
            return self._text(record, each).upper() or None
        return None

    def _levels_of(self, reading: Reading, record: Record) -> list[LevelLine] | None:
        found = [
            LevelLine(on_hand=on_hand, location=each.field.detail or None)
            for each in self._by_name.get("stock", ())
            if (on_hand := reading.on_hand(record, each.column, self._text(record, each)))
            is not None
        ]
        return found or None


def _nth(parts: Sequence[str], at: int) -> str:
    return parts[at] if at < len(parts) else ""


def _each_once(media: Sequence[MediaLine]) -> list[MediaLine]:
    seen: dict[str, MediaLine] = {}
    for each in media:
        seen.setdefault(each.source_url or str(each.media_id), each)
    return list(seen.values())
