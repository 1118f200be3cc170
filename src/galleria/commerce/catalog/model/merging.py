"""How a draft meets the product that is already there: which variant is which, what differs."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from galleria.commerce.catalog.model.drafts import MediaDraft, ProductDraft, VariantDraft
from galleria.commerce.catalog.model.products import Media
from galleria.commerce.catalog.model.wording import KeptVariant


class VariantMatch(msgspec.Struct, frozen=True):
    """What a merge does to a product's variants, and their ids in the draft's order after it.

    Those in `new` are added, those in `changed` differ, `removed` are no longer in the draft.
    """

    variant_ids: list[UUID]
    new: list[KeptVariant]
    changed: list[KeptVariant]
    removed: list[UUID]


def match_variants(
    product_id: UUID,
    existing: Sequence[KeptVariant],
    wanted: Sequence[tuple[VariantDraft, list[int]]],
    new_id: Callable[[], UUID],
) -> VariantMatch:
    """The variants of a product as its draft wants them, keeping ids wherever they can be kept.

    A variant is recognised by its SKU, else by its selection, else by being the only one on both
    sides. O(n).

    Args:
        product_id: whose.
        existing: what is there.
        wanted: each variant of the draft with its selection on the axes of the product.
        new_id: makes the id of a variant that is new.
    """
    match = VariantMatch([], [], [], [])
    pairs = _pair(existing, wanted)
    for position, (each, old) in enumerate(zip(wanted, pairs, strict=True)):
        variant = _variant_of(product_id, position, each, old, new_id)
        match.variant_ids.append(variant.variant_id)
        if old is None:
            match.new.append(variant)
        elif variant != old:
            match.changed.append(variant)
    if existing:
        kept = set(match.variant_ids)
        match.removed.extend(v.variant_id for v in existing if v.variant_id not in kept)
    return match


def _pair(
    existing: Sequence[KeptVariant], wanted: Sequence[tuple[VariantDraft, list[int]]]
) -> list[KeptVariant | None]:
    """For each variant wanted the one it means, each at most once."""
    if not existing:
        return [None] * len(wanted)
    left = {variant.variant_id: variant for variant in existing}
    by_sku = {variant.sku: variant for variant in existing if variant.sku is not None}
    pairs: list[KeptVariant | None] = [
        by_sku.get(draft.sku) if draft.sku is not None else None for draft, _ in wanted
    ]
    for variant in pairs:
        if variant is not None:
            left.pop(variant.variant_id, None)
    by_selection = {tuple(variant.selection): variant for variant in left.values()}
    for at, (_, selection) in enumerate(wanted):
        if pairs[at] is None:
            pairs[at] = by_selection.pop(tuple(selection), None)
    if len(existing) == len(wanted) == 1:
        pairs[0] = existing[0]
    return pairs


def _variant_of(
    product_id: UUID,
    position: int,
    wanted: tuple[VariantDraft, list[int]],
    old: KeptVariant | None,
    new_id: Callable[[], UUID],
) -> KeptVariant:
    draft, selection = wanted
    # A picture that was fetched stays, as long as the variant still asks for the same address.
    keeps_media = old is not None and old.image_url == draft.image_url
    return KeptVariant(
        variant_id=old.variant_id if old else new_id(),
        product_id=product_id,
        position=position,
        sku=draft.sku,
        barcode=draft.barcode,
        selection=selection,
        weight_g=draft.weight_g,
        is_shippable=draft.is_shippable,
        is_taxable=draft.is_taxable,
        media_id=old.media_id if old and keeps_media else None,
        image_url=draft.image_url,
        external_ref=draft.external_ref,
        metafields=(old.metafields if old else None)
        if draft.metafields is None
        else draft.metafields or None,
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
