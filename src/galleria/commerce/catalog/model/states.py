"""A product as its history tells it: all that somebody decided about it, in words.

What follows by itself is left out (when it was edited, how often it was counted, what its words are
called elsewhere), and so is what happens without an edit: which picture was fetched under which id.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.attributes import Metafields
from galleria.commerce.catalog.model.drafts import MediaDraft, ProductDraft, VariantDraft
from galleria.commerce.catalog.model.products import (
    AttributeValue,
    Media,
    Option,
    Seo,
    Status,
    Translation,
)
from galleria.commerce.catalog.model.wording import KeptProduct, KeptVariant, Wording


class VariantState(msgspec.Struct, frozen=True, kw_only=True):
    """A variant at a version of its product; `media_id` when no address leads to its picture."""

    variant_id: UUID
    sku: str | None
    barcode: str | None
    option_values: list[str]
    weight_g: int | None
    is_shippable: bool
    is_taxable: bool
    media_id: UUID | None
    image_url: str | None
    external_ref: str | None
    metafields: Metafields | None = None


class MediaState(msgspec.Struct, frozen=True, kw_only=True):
    """A picture at a version of its product; `key` is its address, or its id when it has none."""

    key: str
    alt: str
    alts: dict[str, str]


class ProductState(msgspec.Struct, frozen=True, kw_only=True):
    """A product at one of its versions. Variants and pictures stand in their order.

    Categories are told by id: their names are not the product's. Nor are the collections it is in.
    """

    version: int
    handle: str
    title: str
    description_html: str
    brand: str
    product_type: str
    status: Status
    tags: list[str]
    attributes: dict[str, AttributeValue]
    options: list[Option]
    variants: list[VariantState]
    media: list[MediaState]
    category_ids: list[UUID]
    translations: dict[str, Translation]
    seo: Seo
    external_ref: str | None
    publish_at: datetime | None = None
    unpublish_at: datetime | None = None
    metafields: Metafields | None = None


_OWN = (
    *("version", "handle", "title", "description_html", "brand", "status", "tags"),
    *("translations", "seo", "external_ref", "publish_at", "unpublish_at", "metafields"),
)
_OF_VARIANT = tuple(
    name
    for name in VariantState.__struct_fields__
    if name not in ("option_values", "media_id", "image_url")
)


def state_of(
    wording: Wording,
    product: KeptProduct,
    variants: Sequence[KeptVariant],
    media: Sequence[Media],
    category_ids: Sequence[UUID],
) -> ProductState:
    """The product as its history tells it."""
    return ProductState(
        **{name: getattr(product, name) for name in _OWN},
        **wording.words_of(product),
        product_type=wording.type_of(product),
        variants=[
            VariantState(
                **{name: getattr(each, name) for name in _OF_VARIANT},
                option_values=wording.option_values(product.axes, each.selection),
                media_id=each.media_id if each.image_url is None else None,
                image_url=each.image_url,
            )
            for each in variants
        ],
        media=[
            MediaState(key=each.source_url or str(each.media_id), alt=each.alt, alts=each.alts)
            for each in media
        ],
        category_ids=sorted(category_ids),
    )


def draft_of_state(state: ProductState) -> ProductDraft:
    """A draft that says what the state says, but for the places it lies in."""
    return ProductDraft(
        handle=state.handle,
        title=state.title,
        description_html=state.description_html,
        brand=state.brand,
        product_type=state.product_type,
        tags=state.tags,
        status=state.status,
        attributes=state.attributes,
        options=state.options,
        variants=[
            VariantDraft(
                sku=each.sku,
                barcode=each.barcode,
                option_values=each.option_values,
                weight_g=each.weight_g,
                is_shippable=each.is_shippable,
                is_taxable=each.is_taxable,
                image_url=each.image_url,
                external_ref=each.external_ref,
            )
            for each in state.variants
        ],
        media=[_picture(each) for each in state.media],
        translations=state.translations,
        seo=state.seo,
        external_ref=state.external_ref,
    )


def _picture(media: MediaState) -> MediaDraft:
    try:
        return MediaDraft(media_id=UUID(media.key), alt=media.alt, alts=media.alts)
    except ValueError:
        return MediaDraft(source_url=media.key, alt=media.alt, alts=media.alts)


def variants_of_state(
    product_id: UUID,
    state: ProductState,
    selections: Sequence[list[int]],
    fetched: dict[str, UUID],
) -> list[KeptVariant]:
    """The variants of a state as they are kept, with the ids they had.

    Args:
        product_id: whose.
        state: what they are to be.
        selections: each one's values on the axes of the product, in their order.
        fetched: the ids of pictures by the address they came from.
    """
    return [
        KeptVariant(
            **{name: getattr(each, name) for name in _OF_VARIANT},
            product_id=product_id,
            position=position,
            selection=selection,
            media_id=each.media_id if each.image_url is None else fetched.get(each.image_url),
            image_url=each.image_url,
        )
        for position, (each, selection) in enumerate(zip(state.variants, selections, strict=True))
    ]
