"""The read documents of the shop window, and how one is made from what the other rooms know.

A pure function of product, prices and stock: the same three always make the same bytes, so a
change that no shopper can see writes nothing. Documents refer to nothing that refers back, so the
garbage collector need not look at them (`gc=False`): they are made by the hundred thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.assortment import Bundles, Relation
from galleria.commerce.attributes import Attribute, Dictionary, MetafieldDefinition, Visibility
from galleria.commerce.catalog import AttributeValue, Media, ProductTree, Variant, VariantView
from galleria.commerce.inventory import Availability, Offer
from galleria.commerce.pricing import ResolvedPrice
from galleria.foundation.money import Money
from galleria.foundation.text import sort_key
from galleria.platform.tenants import Channel

FEW_LEFT = 5  # at this many or fewer the window says how many there are
# A page's document holds so many variants itself; the others are read in chunks of as many.
INLINE_VARIANTS = 100
# Lists are sorted by so much of a title: the index of all titles is the widest there is.
SORTED_TITLE_LENGTH = 40


class ShownImage(msgspec.Struct, frozen=True, gc=False):
    """A picture's address in the shop and what it shows, in words."""

    url: str
    alt: str


class ShownOption(msgspec.Struct, frozen=True, gc=False):
    """An axis of choice in the reader's language."""

    name: str
    values: list[str]


class ShownAttribute(msgspec.Struct, frozen=True, gc=False):
    """A property with its label in the reader's language."""

    code: str
    label: str
    value: str | bool | int | float
    unit: str | None


class ShownMetafield(msgspec.Struct, frozen=True, gc=False):
    """What the merchant keeps beside the thing for shoppers to read, by `namespace.code`."""

    name: str
    label: str
    value: Any
    unit: str | None


class ShownRelation(msgspec.Struct, frozen=True, gc=False):
    """Another product on sale that this one names: accessory, cross_sell, up_sell and the like."""

    kind: str
    product_id: UUID
    handle: str


class ShownComponent(msgspec.Struct, frozen=True, gc=False):
    """What a bundle contains so many of; without a handle it has no page of its own."""

    quantity: int
    title: str
    options: list[str]
    handle: str | None


class ShownVariant(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What can be bought. `few_left` says how many there are when there are few.

    `offer` is whether it is there or sold ahead of stock, and `available_on` the day from which a
    preorder is to be had. `lowest_30d_minor` is there when the price is a reduced one: the lowest
    of the 30 days before. `components` are what a bundle contains.
    """

    variant_id: UUID
    sku: str | None
    options: list[str]
    price: Money
    compare_at: Money | None
    is_available: bool
    few_left: int | None
    image_url: str | None
    offer: Offer = "in_stock"
    available_on: date | None = None
    lowest_30d_minor: int | None = None
    metafields: list[ShownMetafield] = []
    components: list[ShownComponent] = []


class PriceRange(msgspec.Struct, frozen=True, gc=False):
    """Lowest and highest price among the variants on sale."""

    min: Money
    max: Money


class ShownCategory(msgspec.Struct, frozen=True, gc=False):
    """A category the product lies in; `path` is the handles from the root, joined by `/`."""

    handle: str
    name: str
    path: str


class Card(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A product as a list shows it. Of a reduction it says what its cheapest variant does."""

    product_id: UUID
    handle: str
    title: str
    brand: str
    image: ShownImage | None
    price_range: PriceRange
    compare_at: Money | None
    is_available: bool
    variant_count: int
    only_variant_id: UUID | None
    published_at: datetime
    lowest_30d_minor: int | None = None


class Detail(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A product as its own page shows it.

    `variants` are the first hundred of `variant_count`; the others are read page by page.
    """

    product_id: UUID
    handle: str
    title: str
    description_html: str
    brand: str
    product_type: str
    tags: list[str]
    images: list[ShownImage]
    options: list[ShownOption]
    variants: list[ShownVariant]
    price_range: PriceRange
    is_available: bool
    attributes: list[ShownAttribute]
    categories: list[ShownCategory]
    collections: list[ShownCategory]
    seo_title: str
    seo_description: str
    published_at: datetime
    variant_count: int = 0
    metafields: list[ShownMetafield] = []
    relations: list[ShownRelation] = []


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A product as one channel shows it in one language, before it is packed.

    `detail` holds all variants and names no place: categories and collections are ids, the
    direct ones only, and get their names when somebody reads.
    """

    channel_id: UUID
    locale: str
    title_sort: str
    card: Card
    detail: Detail
    category_ids: list[UUID]
    collection_ids: list[UUID]


class Stock(msgspec.Struct, frozen=True):
    """Prices in one channel and availability, both by variant; what is missing is not for sale.

    `lowest` is what the law has shown beside a reduced price: the lowest of the days before it.
    """

    prices: Mapping[UUID, ResolvedPrice]
    availability: Mapping[UUID, Availability]
    lowest: Mapping[UUID, int]


class Beside(msgspec.Struct, frozen=True):
    """What the shop knows beside product, prices and stock: its dictionary, by product what it
    names and all collections it is in, and what bundles contain."""

    dictionary: Dictionary
    relations: Mapping[UUID, Sequence[Relation]]
    collections: Mapping[UUID, Iterable[UUID]]
    bundles: Bundles


def media_url(media_id: UUID) -> str:
    """Where a shop shows a picture."""
    return f"/media/{media_id}"


def make_listing(
    product: ProductTree,
    channel: Channel,
    locale: str,
    stock: Stock,
    beside: Beside,
) -> Listing | None:
    """The product as this channel shows it in this language; None when it shows nothing.

    A product is shown when it is active and at least one variant has a price in the channel.
    Which of its collections are shown is decided when somebody reads.
    """
    if product.status != "active" or product.published_at is None:
        return None
    words = _Words(product, locale)
    variants = _variants(product, words, channel, stock, beside)
    if not variants:
        return None
    card = _card(product, words, variants, _images(product.media, locale))
    detail = _detail(product, words, variants, beside, card)
    return Listing(
        channel_id=channel.channel_id,
        locale=locale,
        title_sort=sort_key(card.title, locale)[:SORTED_TITLE_LENGTH],
        card=card,
        detail=detail,
        category_ids=[each.category_id for each in product.categories if each.is_direct],
        collection_ids=sorted(beside.collections.get(product.product_id, ())),
    )


def _card(
    product: ProductTree,
    words: "_Words",
    variants: list[ShownVariant],
    images: list[ShownImage],
) -> Card:
    assert product.published_at is not None, "what is active was published"
    cheapest = min(variants, key=lambda variant: variant.price.amount_minor)
    dearest = max(variants, key=lambda variant: variant.price.amount_minor)
    return Card(
        product_id=product.product_id,
        handle=product.handle,
        title=words.title,
        brand=product.brand,
        image=images[0] if images else None,
        price_range=PriceRange(cheapest.price, dearest.price),
        compare_at=cheapest.compare_at,
        is_available=any(variant.is_available for variant in variants),
        variant_count=len(variants),
        only_variant_id=variants[0].variant_id if len(variants) == 1 else None,
        published_at=product.published_at,
        lowest_30d_minor=cheapest.lowest_30d_minor,
    )


def _detail(
    product: ProductTree,
    words: "_Words",
    variants: list[ShownVariant],
    beside: Beside,
    card: Card,
) -> Detail:
    locale = words.locale
    return Detail(
        product_id=product.product_id,
        handle=product.handle,
        title=words.title,
        description_html=words.description_html,
        brand=product.brand,
        product_type=product.product_type,
        tags=product.tags,
        images=_images(product.media, locale),
        options=[
            ShownOption(words.of(option.name), [words.of(value) for value in option.values])
            for option in product.options
        ],
        variants=variants,
        price_range=card.price_range,
        is_available=card.is_available,
        attributes=_attributes(product, beside.dictionary.by_code, words),
        categories=[],
        collections=[],
        seo_title=product.seo.title or words.title,
        seo_description=product.seo.description or "",
        published_at=card.published_at,
        variant_count=len(variants),
        metafields=shown_metafields(
            beside.dictionary.definitions.get("product", {}), product.metafields, locale
        ),
        relations=[
            ShownRelation(each.kind, each.related_id, each.related_handle)
            for each in beside.relations.get(product.product_id, ())
            if each.related_handle is not None
        ],
    )


def shown_metafields(
    definitions: Mapping[str, MetafieldDefinition],
    values: Mapping[str, Any] | None,
    locale: str,
    reader: Visibility = "public",
) -> list[ShownMetafield]:
    """Those of the values that are meant for the reader, in the order of their definitions."""
    if not values:
        return []
    shown = [
        definition
        for name, definition in definitions.items()
        if name in values and definition.storefront == reader
    ]
    shown.sort(key=lambda each: (each.position, each.name))
    return [
        ShownMetafield(
            each.name, each.labels.get(locale) or each.label, values[each.name], each.unit
        )
        for each in shown
    ]


class _Words:
    """The product's texts in one language, each falling back to what the shop wrote first."""

    def __init__(self, product: ProductTree, locale: str) -> None:
        self.locale = locale
        translation = product.translations.get(locale)
        # What the product says of itself counts before what the dictionary says of the word.
        self._words = {
            **product.labels.get(locale, {}),
            **(translation.options if translation else {}),
        }
        self.title = (translation and translation.title) or product.title
        self.description_html = (
            translation and translation.description_html
        ) or product.description_html

    def of(self, word: str) -> str:
        return self._words.get(word, word)


def _variants(
    product: ProductTree,
    words: _Words,
    channel: Channel,
    stock: Stock,
    beside: Beside,
) -> list[ShownVariant]:
    definitions = beside.dictionary.definitions.get("variant", {})
    shown = []
    for variant in product.variants:
        price = stock.prices.get(variant.variant_id)
        if price is not None:
            metafields = shown_metafields(definitions, variant.metafields, words.locale)
            made = _variant(variant, words, channel, price, stock)
            if metafields:
                made = msgspec.structs.replace(made, metafields=metafields)
            if variant.variant_id in beside.bundles.by_variant:
                parts = _components(variant.variant_id, beside.bundles, words.locale)
                made = msgspec.structs.replace(made, components=parts)
            shown.append(made)
    return shown


def _components(variant_id: UUID, bundles: Bundles, locale: str) -> list[ShownComponent]:
    """What the bundle contains, but what is gone: that is why it cannot be had."""
    return [
        _component(bundles.components[each.variant_id], each.quantity, locale)
        for each in bundles.by_variant[variant_id].components
        if each.variant_id in bundles.components
    ]


def _component(view: VariantView, quantity: int, locale: str) -> ShownComponent:
    return ShownComponent(
        quantity=quantity,
        title=view.title_in(locale),
        options=[value for _, value in view.options_in(locale)],
        handle=view.product_handle if view.is_sellable else None,
    )


def _variant(
    variant: Variant, words: _Words, channel: Channel, price: ResolvedPrice, stock: Stock
) -> ShownVariant:
    there = stock.availability.get(variant.variant_id)
    is_available = there is None or there.covers(1)
    compare_at = price.compare_at_minor
    is_counted = there is not None and there.is_tracked and not there.allows_backorder
    few_left = there.available if there and is_counted and 0 < there.available <= FEW_LEFT else None
    return ShownVariant(
        variant_id=variant.variant_id,
        sku=variant.sku,
        options=[words.of(value) for value in variant.option_values],
        price=Money(price.amount_minor, channel.currency),
        compare_at=(
            Money(compare_at, channel.currency)
            if compare_at is not None and compare_at > price.amount_minor
            else None
        ),
        is_available=is_available,
        few_left=few_left,
        image_url=media_url(variant.media_id) if variant.media_id else None,
        offer="in_stock" if there is None else there.offer,
        available_on=there.available_on if there and there.offer == "preorder" else None,
        lowest_30d_minor=stock.lowest.get(variant.variant_id),
    )


def _images(media: Sequence[Media], locale: str) -> list[ShownImage]:
    return [
        ShownImage(media_url(each.media_id), each.alts.get(locale) or each.alt)
        for each in media
        if each.media_id is not None
    ]


def _attributes(
    product: ProductTree, dictionary: Mapping[str, Attribute], words: _Words
) -> list[ShownAttribute]:
    shown = []
    for code, value in product.attributes.items():
        known = dictionary.get(code)
        label = known.labels.get(words.locale) or known.label if known else code
        unit = known.unit if known else None
        shown.append(ShownAttribute(code, label, _said(value, words), unit))
    return shown


def _said(value: AttributeValue, words: _Words) -> str | bool | int | float:
    """The value in the reader's language; several words are one text."""
    if isinstance(value, list):
        return ", ".join(words.of(each) for each in value)
    return words.of(value) if isinstance(value, str) else value
