"""A product, its variants and pictures, and the rules by which it comes and goes on sale."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from galleria.commerce.attributes import Metafields
from galleria.commerce.catalog.errors import InvalidProduct, ProductNotPublishable
from galleria.foundation.errors import FieldError
from galleria.foundation.http import LongText, Name, ShortText

Status: TypeAlias = Literal["draft", "active", "archived"]
DRAFT: Status = "draft"
ACTIVE: Status = "active"
ARCHIVED: Status = "archived"
STATUSES: tuple[Status, ...] = (DRAFT, ACTIVE, ARCHIVED)

AttributeValue: TypeAlias = str | bool | int | float | list[str]

# As Shopify has them, so that every file of theirs fits.
MAX_OPTIONS = 3
# What one transaction reads and writes well within its time, with as much again beside it.
MAX_VARIANTS = 10_000


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An axis of choice: its name ("Size") and its values in the order they are shown."""

    name: Name
    values: list[Name]


class Translation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a product is called in another language; a missing text falls back to the product's.

    `options` maps option names and option values of the product to their words in this language.
    """

    title: ShortText | None = None
    description_html: LongText | None = None
    options: dict[ShortText, ShortText] = {}


class Seo(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What search engines are told, where it differs from title and description."""

    title: ShortText | None = None
    description: ShortText | None = None


class ProductFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know about a product beside its words. `version` grows by each edit.

    At `publish_at` it goes on sale by itself, at `unpublish_at` it is taken off.
    """

    product_id: UUID
    handle: str
    title: str
    description_html: str
    brand: str
    product_type_id: UUID | None
    status: Status
    published_at: datetime | None
    tags: list[str]
    translations: dict[str, Translation]
    seo: Seo
    external_ref: str | None
    variant_count: int
    version: int
    created_at: datetime
    updated_at: datetime
    publish_at: datetime | None = None
    unpublish_at: datetime | None = None
    metafields: Metafields | None = None


class Product(ProductFacts, frozen=True, kw_only=True):
    """One thing the shop sells, in one or many variants."""

    attributes: dict[str, AttributeValue]
    options: list[Option]


class VariantFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know about a variant beside its words.

    `weight_g` is grams. `image_url` is where its picture comes from, until `media_id` names it.
    """

    variant_id: UUID
    product_id: UUID
    position: int
    sku: str | None
    barcode: str | None
    weight_g: int | None
    is_shippable: bool
    is_taxable: bool
    media_id: UUID | None
    image_url: str | None
    external_ref: str | None
    metafields: Metafields | None = None


class Variant(VariantFacts, frozen=True, kw_only=True):
    """One sellable form of a product: one value for each of its options, in their order."""

    option_values: list[str]


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A picture's place on a product; the bytes live elsewhere, under `media_id`."""

    position: int
    media_id: UUID | None
    alt: str
    alts: dict[str, str]
    source_url: str | None


class NamedPicture(msgspec.Struct, frozen=True):
    """A picture that a product, or a variant of it, has by address only."""

    product_id: UUID
    source_url: str


class FetchedPicture(msgspec.Struct, frozen=True):
    """A picture that a product named by address, and where it is now."""

    product_id: UUID
    source_url: str
    media_id: UUID


class CategoryRef(msgspec.Struct, frozen=True, kw_only=True):
    """A category a product lies in; `is_direct` is false for those above it."""

    category_id: UUID
    handle: str
    name: str
    path: str
    translations: dict[str, str]
    is_direct: bool


class ProductTree(Product, frozen=True, kw_only=True):
    """A product with all that hangs on it.

    `labels` says by locale what its words are called there, of those the dictionary translates.
    """

    product_type: str
    variants: list[Variant]
    media: list[Media]
    categories: list[CategoryRef]
    labels: dict[str, dict[str, str]]


class ProductSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A product as a line of a list: no description, no attributes."""

    product_id: UUID
    handle: str
    title: str
    brand: str
    status: Status
    published_at: datetime | None
    tags: list[str]
    image: Media | None
    variant_count: int
    version: int
    created_at: datetime
    updated_at: datetime


class ProductOutline(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a product, without words of attributes and particulars of variants.

    `category_ids` are those it lies in itself. `product_type` is the type's name.
    """

    product_id: UUID
    title: str
    status: Status
    brand: str
    tags: list[str]
    updated_at: datetime
    category_ids: list[UUID]
    variant_ids: list[UUID]
    has_media: bool
    product_type: str


class VariantView(Variant, frozen=True, kw_only=True):
    """A variant with as much of its product as a cart or an order line shows.

    `title` is the product's, `media_id` the variant's own picture or the product's first.
    `translations` holds titles and option words by locale, without descriptions.
    """

    product_handle: str
    title: str
    product_status: Status
    brand: str
    option_names: list[str]
    translations: dict[str, Translation]

    @property
    def is_sellable(self) -> bool:
        """Its product is on sale."""
        return self.product_status == ACTIVE

    def title_in(self, locale: str) -> str:
        """The product's title in this language, or as the shop wrote it."""
        translation = self.translations.get(locale)
        return translation.title if translation and translation.title else self.title

    def options_in(self, locale: str) -> list[tuple[str, str]]:
        """Option name and value pairs in this language, word by word where there is one."""
        translation = self.translations.get(locale)
        words = translation.options if translation else {}
        return [
            (words.get(name, name), words.get(value, value))
            for name, value in zip(self.option_names, self.option_values, strict=True)
        ]


class ProductFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which products a list shows; None is any.

    `query` is the beginning of a title. `category_id` means the category and all below it.
    """

    status: Status | None = None
    query: str | None = None
    category_id: UUID | None = None
    brand: str | None = None


class ProductName(msgspec.Struct, frozen=True, kw_only=True):
    """As much of a product as another room needs to speak of it."""

    product_id: UUID
    handle: str
    title: str
    status: Status
    external_ref: str | None


class StatusChange(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one product of a bulk change; `code` says why it was refused."""

    product_id: UUID
    outcome: Literal["changed", "unchanged", "refused"]
    code: str | None = None


P = TypeVar("P", bound=ProductFacts)


def edited(product: P, now: datetime, **fields: Any) -> P:
    """The next version of a product, with these fields."""
    return msgspec.structs.replace(product, version=product.version + 1, updated_at=now, **fields)


def publish(product: P, now: datetime) -> P:
    """The product on sale; the very same one when it is already.

    It keeps the time it was first published at. What was to come at a later time is done.

    Raises:
        ProductNotPublishable: it is archived, or has no variant to sell.
    """
    if product.status == ACTIVE:
        return product
    if product.status == ARCHIVED:
        raise ProductNotPublishable("an archived product is unpublished before it can be sold")
    if product.variant_count < 1:
        raise ProductNotPublishable("there is no variant to sell")
    published_at = product.published_at or now
    return edited(product, now, status=ACTIVE, published_at=published_at, publish_at=None)


def unpublish(product: P, now: datetime) -> P:
    """The product as a draft again, from sale or from the archive."""
    if product.status == DRAFT:
        return product
    return edited(product, now, status=DRAFT, unpublish_at=None)


def archive(product: P, now: datetime) -> P:
    """The product put away: kept for old orders, in no list of the shop."""
    if product.status == ARCHIVED:
        return product
    return edited(product, now, status=ARCHIVED, publish_at=None, unpublish_at=None)


def with_status(product: P, status: Status, now: datetime) -> P:
    """The product in this status.

    Raises:
        ProductNotPublishable: see `publish`.
    """
    if status == ACTIVE:
        return publish(product, now)
    return unpublish(product, now) if status == DRAFT else archive(product, now)


def check_schedule(publish_at: datetime | None, unpublish_at: datetime | None) -> list[FieldError]:
    """Errors of the times at which a product comes and goes."""
    if publish_at is not None and publish_at == unpublish_at:
        message = "a product cannot come and go at once"
        return [FieldError("unpublish_at", "invalid_schedule", message)]
    return []


def as_scheduled(product: P, now: datetime) -> P:
    """The product after what was due by `now`: of two times that have passed, the later counts.

    An archived product stays as it is.

    Raises:
        ProductNotPublishable: see `publish`.
    """
    rests = _rests(product, now)
    if not rests:
        return product
    after = product
    if product.status != ARCHIVED:
        last = max(rests, key=lambda name: getattr(product, name))
        after = publish(product, now) if last == "publish_at" else unpublish(product, now)
    if after is product:
        return edited(product, now, **rests)
    return msgspec.structs.replace(after, **rests)


def without_due(product: P, now: datetime) -> P:
    """The product, with what was due by `now` and could not be done forgotten."""
    return edited(product, now, **_rests(product, now))


def _rests(product: ProductFacts, now: datetime) -> dict[str, None]:
    """The times that have passed, as they are from then on."""
    return {
        name: None
        for name in ("publish_at", "unpublish_at")
        if (due := getattr(product, name)) is not None and due <= now
    }


def fit_variants(options: Sequence[Option], variants: Sequence[Variant]) -> list[Variant]:
    """The variants as they stand under new options.

    A product of a single variant may gain or lose axes: the variant takes the first value of a
    new one. With several variants, axes may be renamed and values added, reordered, or removed
    when no variant has them.

    Raises:
        InvalidProduct: a variant would be left without a value, or with one that is none.
    """
    if len(variants) == 1 and len(variants[0].option_values) != len(options):
        only = variants[0]
        kept = only.option_values[: len(options)]
        values = [
            kept[axis] if axis < len(kept) and kept[axis] in option.values else option.values[0]
            for axis, option in enumerate(options)
        ]
        return [msgspec.structs.replace(only, option_values=values)]
    errors = [
        FieldError(f"options[{axis}].values", "option_value_in_use", f"{value!r} is in use")
        for axis, option in enumerate(options)
        for value in sorted(
            {v.option_values[axis] for v in variants if axis < len(v.option_values)}
            - set(option.values)
        )
    ]
    if any(len(variant.option_values) != len(options) for variant in variants):
        errors.append(
            FieldError("options", "option_count", "several variants keep the number of options")
        )
    if errors:
        raise InvalidProduct("the variants do not fit these options", errors=errors)
    return list(variants)
