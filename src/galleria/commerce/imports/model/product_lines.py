"""Product lines: one product as one JSON object on one line (JSON Lines, UTF-8).

The form in which feeds come in, and in which a shop's own export goes out: then the first line
says so, and each product names its `product_id`. `docs/reference/product-files.md` documents it.
"""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta, field

from galleria.commerce.assortment import BundleTerms
from galleria.commerce.attributes import NewMetafields
from galleria.commerce.catalog import Option, Seo, Translation
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.imports.model.attribute_names import AttributeValue
from galleria.foundation.http import MAX_INT53, WireInput

EXPORT_VERSION = 1

Amount: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_INT53)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Grams: TypeAlias = Annotated[int, Meta(ge=0, le=2_000_000_000)]


class ExportHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of an export of ours; `galleria_export` is the version of the form."""

    galleria_export: int
    shop: str = ""
    currency: str = ""
    exported_at: str = ""


class MediaLine(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """A picture: where it is fetched from, or the id it has in this shop."""

    source_url: str | None = None
    media_id: UUID | None = None
    alt: str = ""
    alts: dict[str, str] = field(default_factory=dict)


class PriceLine(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """A price in one channel. Without a channel or currency it is the shop's own."""

    amount_minor: Amount
    compare_at_minor: Amount | None = None
    currency: str | None = None
    channel: str | None = None


class CostLine(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """What a piece costs the merchant. Without a currency it is the shop's own."""

    amount_minor: Amount
    currency: str | None = None


class LevelLine(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """How many there are at one stock location; without one, at the shop's first."""

    on_hand: Count
    location: str | None = None


class Sellable(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """What a variant says; a product of a single variant may say it itself.

    `price_minor` and `cost_minor`, what a piece costs the merchant, are in the shop's currency
    unless `currency` names one. Without `stock` the variant is sold without being counted, unless
    `is_tracked` says that it is. `digital` are the terms on
    which it is had without a parcel, true for the usual ones, false for none.
    """

    sku: str | None = None
    barcode: str | None = None
    gtin: str | list[str] | None = None
    price_minor: Amount | None = None
    compare_at_minor: Amount | None = None
    currency: str | None = None
    prices: list[PriceLine] | None = None
    cost_minor: Amount | None = None
    costs: list[CostLine] | None = None
    stock: Count | list[LevelLine] | None = None
    is_tracked: bool | None = None
    allows_backorder: bool | None = None
    weight_g: Grams | None = None
    is_shippable: bool = True
    is_taxable: bool = True
    bundle: BundleTerms | None = None
    digital: NewDigitalGood | bool | None = None


# `gc=False`: a line has no cycles, and there are millions of these.
class VariantLine(Sellable, omit_defaults=True, frozen=True, kw_only=True, gc=False):
    """One variant, with a value for each option of the product, by name or in their order."""

    option_values: list[str] | dict[str, str] = field(default_factory=list)
    image_url: str | None = None
    external_ref: str | None = None
    metafields: NewMetafields | None = None


class ProductLine(Sellable, omit_defaults=True, frozen=True, kw_only=True):
    """One product.

    `id`, or `external_ref`, is whatever the source calls it, and finds it again next time.
    `images` are addresses, for those who have nothing to say about them.
    """

    title: str
    id: str | int | None = None
    external_ref: str | None = None
    product_id: UUID | None = None
    handle: str | None = None
    description: str | None = None
    description_html: str | None = None
    brand: str | None = None
    product_type: str | None = None
    tags: list[str] = field(default_factory=list)
    status: Literal["draft", "active", "archived"] | None = None
    released_at: str | None = None
    attributes: dict[str, AttributeValue | None] = field(default_factory=dict)
    options: list[Option] = field(default_factory=list)
    variants: list[VariantLine] | None = None
    images: list[str] = field(default_factory=list)
    media: list[MediaLine] = field(default_factory=list)
    category_paths: list[str | list[str]] | None = None
    collections: list[str] | None = None
    translations: dict[str, Translation] | None = None
    seo: Seo | None = None
    metafields: NewMetafields | None = None
