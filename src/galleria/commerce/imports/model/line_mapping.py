"""Makes a draft of the catalog, with prices and stock, from a product line."""

import html
import re
from collections.abc import Sequence

from galleria.commerce.catalog import MediaDraft, Option, ProductDraft, VariantDraft
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.imports.model.attribute_names import AttributeNames, AttributeValue
from galleria.commerce.imports.model.naming import derived_handle
from galleria.commerce.imports.model.parsed import (
    BundleWish,
    CostWish,
    DigitalWish,
    LevelWish,
    ParsedProduct,
    Places,
    PolicyWish,
    PriceWish,
)
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.product_lines import ProductLine, Sellable, VariantLine
from galleria.commerce.imports.model.runs import Problem
from galleria.foundation.text import slugify

_HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_HANDLE = 120


class LineMapper:
    """See the module. In an export of ours names are codes already and nothing is guessed."""

    def __init__(
        self, names: AttributeNames, *, is_export: bool = False, is_foreign: bool = False
    ) -> None:
        """Code properties by `names`. Pictures of a foreign shop's export have no ids here."""
        self._names = names
        self._is_export = is_export
        self._is_foreign = is_foreign

    def parsed(
        self, line: ProductLine, places: Places, raw: bytes
    ) -> tuple[ParsedProduct, list[Problem]]:
        """The product, and what there is to say about it.

        When a problem is a refusal, the product is not to be used.
        """
        problems: list[Problem] = []
        variants: Sequence[Sellable] = (line,) if line.variants is None else line.variants
        options, values = _options_of(line, places, raw, problems)
        reference = _reference_of(line)
        media = _media_of(line)
        if self._is_foreign:
            media = _fetchable(media, places, raw, problems)
        parsed = ParsedProduct(
            draft=ProductDraft(
                handle=_handle_of(line, reference),
                title=line.title,
                description_html=_description_of(line),
                brand=line.brand or "",
                product_type=line.product_type or "",
                tags=line.tags,
                status=line.status,
                attributes=self._attributes_of(line),
                options=options,
                variants=[
                    _variant_of(each, own) for each, own in zip(variants, values, strict=True)
                ],
                media=media,
                category_paths=_categories_of(line),
                collections=line.collections,
                translations=line.translations,
                seo=line.seo,
                external_ref=reference,
                metafields=line.metafields,
            ),
            places=places,
            excerpt=raw,
            product_id=line.product_id if self._is_export else None,
        )
        for at, variant in enumerate(variants):
            _add_prices(parsed, at, variant, line)
            _add_costs(parsed, at, variant, line)
            _add_stock(parsed, at, variant)
            if variant.bundle is not None:
                parsed.bundles.append(BundleWish(at, variant.bundle))
            if variant.digital is not None:
                parsed.digitals.append(DigitalWish(at, _digital_of(variant)))
        return parsed, problems

    def _attributes_of(self, line: ProductLine) -> dict[str, AttributeValue]:
        attributes = self._names.coded(line.attributes)
        if line.released_at and "released_at" not in attributes:
            attributes["released_at"] = line.released_at.removesuffix("T00:00:00Z")
        if isinstance(line.gtin, list) and len(line.gtin) > 1 and "gtin" not in attributes:
            attributes["gtin"] = ", ".join(line.gtin)
        return attributes


def _reference_of(line: ProductLine) -> str | None:
    if line.external_ref is not None or line.id is not None:
        return line.external_ref if line.external_ref is not None else str(line.id)
    # What else would find the product again when its title, and so its handle, has changed?
    return line.sku if line.handle is None and line.variants is None else None


def _handle_of(line: ProductLine, reference: str | None) -> str:
    if line.handle is None:
        return derived_handle(line.title, reference)
    if len(line.handle) <= _MAX_HANDLE and _HANDLE.fullmatch(line.handle):
        return line.handle
    return slugify(line.handle)


def _description_of(line: ProductLine) -> str:
    if line.description_html is not None or not line.description:
        return line.description_html or ""
    text = line.description
    if "\n" not in text or "<" in text:
        return text
    paragraphs = (html.escape(part.strip(), quote=False) for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{part}</p>".replace("\n", "<br>") for part in paragraphs if part)


def _media_of(line: ProductLine) -> list[MediaDraft]:
    media = [
        MediaDraft(source_url=each.source_url, media_id=each.media_id, alt=each.alt, alts=each.alts)
        for each in line.media
    ]
    return media + [MediaDraft(source_url=url) for url in dict.fromkeys(line.images)]


def _fetchable(
    media: list[MediaDraft], places: Places, raw: bytes, problems: list[Problem]
) -> list[MediaDraft]:
    """The pictures by their addresses; those without one stay behind, which is noted."""
    for at, each in enumerate(media):
        if each.source_url is None:
            reason = "this picture was uploaded to the other shop and has no address"
            path = f"media[{at}]"
            problems.append(note(places.line, path, "picture_left_out", reason, raw))
    return [
        MediaDraft(source_url=each.source_url, alt=each.alt, alts=each.alts)
        for each in media
        if each.source_url is not None
    ]


def _categories_of(line: ProductLine) -> list[list[str]] | None:
    if line.category_paths is None:
        return None
    return [
        [name.strip() for name in path.split(">")] if isinstance(path, str) else path
        for path in line.category_paths
    ]


def _options_of(
    line: ProductLine, places: Places, raw: bytes, faults: list[Problem]
) -> tuple[list[Option], list[list[str]]]:
    """The axes of the product, and each variant's values in their order."""
    if line.variants is None:
        return line.options, [[]]
    if not line.options:
        return _guessed_options(line.variants, places, raw, faults)
    names = [option.name for option in line.options]
    return line.options, [
        [each.option_values.get(name, "") for name in names]
        if isinstance(each.option_values, dict)
        else each.option_values
        for each in line.variants
    ]


def _guessed_options(
    variants: Sequence[VariantLine], places: Places, raw: bytes, faults: list[Problem]
) -> tuple[list[Option], list[list[str]]]:
    """Options nobody listed, from variants that name theirs, in the order they come."""
    found: dict[str, dict[str, None]] = {}
    for at, variant in enumerate(variants):
        if isinstance(variant.option_values, dict):
            for name, value in variant.option_values.items():
                found.setdefault(name, {})[value] = None
        elif variant.option_values:
            path = f"variants[{at}].option_values"
            reason = "the product has no options, so these values have no names"
            faults.append(problem(places.line, path, "option_values_missing", reason, raw))
    values = [
        [each.option_values.get(name, "") for name in found]
        if isinstance(each.option_values, dict)
        else []
        for each in variants
    ]
    return [Option(name, list(words)) for name, words in found.items()], values


def _variant_of(variant: Sellable, option_values: list[str]) -> VariantDraft:
    barcode = variant.barcode
    if barcode is None and variant.gtin:
        barcode = variant.gtin if isinstance(variant.gtin, str) else variant.gtin[0]
    own = variant if isinstance(variant, VariantLine) else None
    return VariantDraft(
        sku=variant.sku or None,
        barcode=barcode or None,
        option_values=option_values,
        weight_g=variant.weight_g,
        # What is had without a parcel is not shipped, whether the line says so or not.
        is_shippable=variant.is_shippable and not variant.digital,
        is_taxable=variant.is_taxable,
        image_url=own.image_url if own else None,
        external_ref=own.external_ref if own else None,
        metafields=own.metafields if own else None,
    )


def _digital_of(variant: Sellable) -> NewDigitalGood | None:
    if isinstance(variant.digital, bool):
        return NewDigitalGood() if variant.digital else None
    return variant.digital


def _add_prices(parsed: ParsedProduct, at: int, variant: Sellable, line: ProductLine) -> None:
    if variant.prices is not None:
        parsed.prices += [
            PriceWish(at, each.amount_minor, each.compare_at_minor, each.currency, each.channel)
            for each in variant.prices
        ]
    # A variant without a price of its own costs what the product says.
    source = variant if variant.price_minor is not None else line
    if source.price_minor is not None and variant.prices is None:
        parsed.prices.append(
            PriceWish(at, source.price_minor, source.compare_at_minor, source.currency)
        )


def _add_costs(parsed: ParsedProduct, at: int, variant: Sellable, line: ProductLine) -> None:
    if variant.costs is not None:
        parsed.costs += [CostWish(at, each.amount_minor, each.currency) for each in variant.costs]
        return
    source = variant if variant.cost_minor is not None else line
    if source.cost_minor is not None:
        parsed.costs.append(CostWish(at, source.cost_minor, source.currency))


def _add_stock(parsed: ParsedProduct, at: int, variant: Sellable) -> None:
    stock = variant.stock
    if isinstance(stock, int):
        parsed.levels.append(LevelWish(at, stock))
    elif stock is not None:
        parsed.levels += [LevelWish(at, each.on_hand, each.location) for each in stock]
    is_counted = stock is not None or variant.allows_backorder is not None
    if variant.is_tracked is not None or is_counted:
        is_tracked = is_counted if variant.is_tracked is None else variant.is_tracked
        parsed.policies.append(PolicyWish(at, is_tracked, bool(variant.allows_backorder)))
