"""How a draft meets the product that is already there: which variant is which, what differs."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from galleria.commerce.catalog.model.drafts import MediaDraft, ProductDraft, VariantDraft
from galleria.commerce.catalog.model.products import Media, Variant


class VariantMatch(msgspec.Struct, frozen=True):
    """What a merge does to a product's variants, and their ids in the draft's order after it.

    Those in `new` are added, those in `changed` differ, `removed` are no longer in the draft.
    """

    variant_ids: list[UUID]
    new: list[Variant]
    changed: list[Variant]
    removed: list[UUID]


def match_variants(
    product_id: UUID,
    existing: Sequence[Variant],
    drafts: Sequence[VariantDraft],
    new_id: Callable[[], UUID],
) -> VariantMatch:
    """The variants of a product as its draft wants them, keeping ids wherever they can be kept.

    A variant is recognised by its SKU, else by its option values, else by being the only one on
    both sides. O(n).
    """
    match = VariantMatch([], [], [], [])
    pairs = _pair(existing, drafts)
    for position, (draft, old) in enumerate(zip(drafts, pairs, strict=True)):
        variant = _variant_of(product_id, position, draft, old, new_id)
        match.variant_ids.append(variant.variant_id)
        if old is None:
            match.new.append(variant)
        elif variant != old:
            match.changed.append(variant)
    if existing:
        kept = set(match.variant_ids)
        match.removed.extend(v.variant_id for v in existing if v.variant_id not in kept)
    return match


def _pair(existing: Sequence[Variant], drafts: Sequence[VariantDraft]) -> list[Variant | None]:
    """For each draft the variant it means, each variant at most once."""
    if not existing:
        return [None] * len(drafts)
    left = {variant.variant_id: variant for variant in existing}
    by_sku = {variant.sku: variant for variant in existing if variant.sku is not None}
    pairs: list[Variant | None] = [
        by_sku.get(draft.sku) if draft.sku is not None else None for draft in drafts
    ]
    for variant in pairs:
        if variant is not None:
            left.pop(variant.variant_id, None)
    by_values = {tuple(variant.option_values): variant for variant in left.values()}
    for at, draft in enumerate(drafts):
        if pairs[at] is None:
            pairs[at] = by_values.pop(tuple(draft.option_values), None)
    if len(existing) == len(drafts) == 1:
        pairs[0] = existing[0]
    return pairs


def _variant_of(
    product_id: UUID,
    position: int,
    draft: VariantDraft,
    old: Variant | None,
    new_id: Callable[[], UUID],
) -> Variant:
    # A picture that was fetched stays, as long as the variant still asks for the same address.
    keeps_media = old is not None and old.image_url == draft.image_url
    return Variant(
        variant_id=old.variant_id if old else new_id(),
        product_id=product_id,
        position=position,
        sku=draft.sku,
        barcode=draft.barcode,
        option_values=draft.option_values,
        weight_g=draft.weight_g,
        is_shippable=draft.is_shippable,
        is_taxable=draft.is_taxable,
        media_id=old.media_id if old and keeps_media else None,
        image_url=draft.image_url,
        external_ref=draft.external_ref,
    )


def pictures_of(draft: ProductDraft) -> list[MediaDraft]:
    """The draft's pictures, and behind them those that only a variant names."""
    variant_urls = [v.image_url for v in draft.variants if v.image_url is not None]
    if not variant_urls:
        return draft.media
    known = {picture.source_url for picture in draft.media}
    extra = [url for url in dict.fromkeys(variant_urls) if url not in known]
    return [*draft.media, *(MediaDraft(source_url=url) for url in extra)]


def place_media(pictures: Sequence[MediaDraft], existing: Sequence[Media]) -> list[Media]:
    """The pictures in their places; one fetched before keeps its id, wherever it now stands."""
    fetched = {old.source_url: old.media_id for old in existing if old.source_url is not None}
    return [
        Media(
            position=position,
            media_id=picture.media_id or fetched.get(picture.source_url or ""),
            alt=picture.alt,
            alts=picture.alts,
            source_url=picture.source_url,
        )
        for position, picture in enumerate(pictures)
    ]
