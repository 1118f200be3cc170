"""What a demo shop is and sells, in the shapes that the rooms take: no ids, no clock.

A `DemoProduct` has the fields of the catalog's `ProductDraft` under the same names; prices, stock
and pictures stand beside them, by channel, location and picture name.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

AttributeValue: TypeAlias = str | bool | int | float
AttributeKind: TypeAlias = Literal["text", "number", "boolean", "select"]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in both languages of the demo."""

    en: str
    de: str


class DemoTheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shop's colours, "#rrggbb": the shop's setting `theme`. White text on both reads well."""

    accent: str
    accent_dark: str


class DemoChannel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place to sell: its currency, its languages, the countries it delivers to (none: all)."""

    code: str
    name: str
    currency: str
    locale: str
    locales: tuple[str, ...]
    countries: tuple[str, ...] = ()
    tax_inclusive: bool
    is_default: bool = False


class DemoLocation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place where goods lie. `share` (0..1) is its part of what the shop has."""

    code: str
    name: str
    country: str
    share: float


class DemoCategory(msgspec.Struct, frozen=True, kw_only=True):
    """A category by its names from the root, as `ProductDraft.category_paths` has them."""

    path: tuple[str, ...]
    name: Words


class DemoCollection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of products with a name."""

    handle: str
    title: Words


class DemoAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """A name of the dictionary. `choices` are its values in English, with their German; `colours`
    are theirs (#rrggbb), of what variants differ by."""

    code: str
    kind: AttributeKind
    label: Words
    unit: str | None
    is_filterable: bool
    choices: tuple[Words, ...]
    colours: tuple[str | None, ...] = ()


class DemoShop(msgspec.Struct, frozen=True, kw_only=True):
    """A shop before it opens. `locales` begin with the default one."""

    slug: str
    name: Words
    tagline: Words
    story: Words
    currency: str
    locales: tuple[str, ...]
    country: str
    theme: DemoTheme
    channels: tuple[DemoChannel, ...]
    locations: tuple[DemoLocation, ...]
    categories: tuple[DemoCategory, ...]
    collections: tuple[DemoCollection, ...]
    attributes: tuple[DemoAttribute, ...]


class DemoPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A variant's price in one channel, in minor units of the channel's currency."""

    channel: str
    currency: str
    amount_minor: int
    compare_at_minor: int | None


class DemoStock(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a variant lie at a location."""

    location: str
    on_hand: int


class DemoPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture by the name `galleria.demo.pictures.draw` knows, and what it shows."""

    picture_id: str
    alt: Words


class DemoOption(msgspec.Struct, frozen=True, kw_only=True):
    """An axis of choice and its values in the order they are shown."""

    name: str
    values: tuple[str, ...]


class DemoVariant(msgspec.Struct, frozen=True, kw_only=True):
    """One sellable form. Made to order means not tracked: it has no stock and never runs out."""

    sku: str
    barcode: str
    option_values: tuple[str, ...]
    weight_g: int
    is_shippable: bool
    is_taxable: bool
    is_tracked: bool
    allows_backorder: bool
    picture_id: str
    prices: tuple[DemoPrice, ...]
    stock: tuple[DemoStock, ...]


class DemoSeo(msgspec.Struct, frozen=True, kw_only=True):
    """What search engines are told."""

    title: str
    description: str


class DemoTranslation(msgspec.Struct, frozen=True, kw_only=True):
    """A product in another language; `options` maps option names and values to their words."""

    title: str
    description_html: str
    options: dict[str, str]


class DemoProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product with all its variants. The first picture is the one shown first."""

    handle: str
    title: str
    description_html: str
    brand: str
    product_type: str
    tags: tuple[str, ...]
    status: Literal["draft", "active"]
    attributes: dict[str, AttributeValue]
    options: tuple[DemoOption, ...]
    variants: tuple[DemoVariant, ...]
    pictures: tuple[DemoPicture, ...]
    category_paths: tuple[tuple[str, ...], ...]
    collections: tuple[str, ...]
    translations: dict[str, DemoTranslation]
    seo: DemoSeo
    external_ref: str
