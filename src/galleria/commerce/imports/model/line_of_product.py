"""A product of the shop as a line of its export, and as the draft that such a line is read as."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.assortment import BundleTerms
from galleria.commerce.catalog import (
    MediaDraft,
    ProductDraft,
    ProductTree,
    Variant,
    VariantDraft,
)
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.imports.model.product_lines import (
    CostLine,
    LevelLine,
    MediaLine,
    PriceLine,
    ProductLine,
    VariantLine,
)


def draft_of(tree: ProductTree, collections: list[str]) -> ProductDraft:
    """What a file would have to say for the product, in these collections, to be as it is."""
    return ProductDraft(
        handle=tree.handle,
        title=tree.title,
        description_html=tree.description_html,
        brand=tree.brand,
        product_type=tree.product_type,
        tags=tree.tags,
        status=tree.status,
        attributes=tree.attributes,
        options=tree.options,
        variants=[_variant_draft(each) for each in tree.variants],
        media=[
            MediaDraft(
                source_url=each.source_url, media_id=each.media_id, alt=each.alt, alts=each.alts
            )
            for each in tree.media
        ],
        category_paths=_category_paths(tree),
        collections=collections,
        translations=tree.translations,
        seo=tree.seo,
        external_ref=tree.external_ref,
        metafields=tree.metafields,
    )


def is_said_by(draft: ProductDraft, tree: ProductTree, collections: list[str]) -> bool:
    """The draft says what the shop has; of metafields it may say nothing, or as text."""
    variants = draft.variants
    if len(variants) == len(tree.variants):
        variants = [
            msgspec.structs.replace(each, metafields=_said(each.metafields, kept.metafields))
            for each, kept in zip(variants, tree.variants, strict=True)
        ]
    metafields = _said(draft.metafields, tree.metafields)
    said = msgspec.structs.replace(draft, metafields=metafields, variants=variants)
    return said == draft_of(tree, collections)


def _said(said: dict[str, Any] | None, kept: dict[str, Any] | None) -> dict[str, Any] | None:
    if said is None or kept is None:
        return kept if said is None else said or None
    return {
        name: kept[name] if name in kept and cell_of(kept[name]) == value else value
        for name, value in said.items()
    }


def cell_of(value: object) -> str:
    """A metafield's value as a cell of a table has it."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _variant_draft(variant: Variant) -> VariantDraft:
    return VariantDraft(
        sku=variant.sku,
        barcode=variant.barcode,
        option_values=variant.option_values,
        weight_g=variant.weight_g,
        is_shippable=variant.is_shippable,
        is_taxable=variant.is_taxable,
        image_url=variant.image_url,
        external_ref=variant.external_ref,
        metafields=variant.metafields,
    )


def _category_paths(tree: ProductTree) -> list[list[str]]:
    """The names from the root of each category the product lies in directly."""
    names = {each.path: each.name for each in tree.categories}
    paths = [each.path.split("/") for each in tree.categories if each.is_direct]
    return [[names["/".join(path[: depth + 1])] for depth in range(len(path))] for path in paths]


class Offer:
    """What is known about a variant beside the catalog: prices, and what it costs the merchant;
    stock, whether it is counted, and what it contains."""

    __slots__ = ("allows_backorder", "bundle", "costs", "digital", "is_tracked", "levels", "prices")

    def __init__(
        self,
        prices: tuple[list[PriceLine], list[CostLine]],
        levels: list[LevelLine],
        is_tracked: bool,
        allows_backorder: bool,
        bundle: BundleTerms | None = None,
        digital: NewDigitalGood | None = None,
    ) -> None:
        self.prices, self.costs = prices
        self.levels = levels
        self.is_tracked = is_tracked
        self.allows_backorder = allows_backorder
        self.bundle = bundle
        self.digital = digital


def line_of(tree: ProductTree, collections: list[str], offers: Mapping[UUID, Offer]) -> ProductLine:
    """The product as a line, with its collections and the offer of each of its variants."""
    draft = draft_of(tree, collections)
    return ProductLine(
        product_id=tree.product_id,
        external_ref=draft.external_ref,
        handle=draft.handle,
        title=draft.title,
        description_html=draft.description_html,
        brand=draft.brand,
        product_type=draft.product_type,
        tags=draft.tags,
        status=draft.status,
        attributes=dict(draft.attributes),
        options=draft.options,
        variants=_variant_lines(tree.variants, offers),
        media=[
            MediaLine(
                source_url=each.source_url, media_id=each.media_id, alt=each.alt, alts=each.alts
            )
            for each in draft.media
        ],
        category_paths=[*(draft.category_paths or ())],
        collections=draft.collections,
        translations=draft.translations,
        seo=draft.seo,
        metafields=tree.metafields,
    )


def _variant_lines(variants: Sequence[Variant], offers: Mapping[UUID, Offer]) -> list[VariantLine]:
    lines: list[VariantLine] = []
    for variant in variants:
        offer = offers[variant.variant_id]
        lines.append(
            VariantLine(
                sku=variant.sku,
                barcode=variant.barcode,
                option_values=variant.option_values,
                weight_g=variant.weight_g,
                is_shippable=variant.is_shippable,
                is_taxable=variant.is_taxable,
                image_url=variant.image_url,
                external_ref=variant.external_ref,
                metafields=variant.metafields,
                prices=offer.prices,
                costs=offer.costs or None,
                stock=offer.levels,
                is_tracked=offer.is_tracked,
                allows_backorder=offer.allows_backorder,
                bundle=offer.bundle,
                digital=offer.digital,
            )
        )
    return lines
