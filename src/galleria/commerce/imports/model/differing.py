"""What a file would change of a product, field by field, in words for a person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from galleria.commerce.catalog import ProductDraft, ProductTree, Variant, VariantDraft
from galleria.commerce.imports.model.line_of_product import draft_of
from galleria.commerce.imports.model.runs import Difference
from galleria.foundation.text import clean_html

MAX_DIFFERENCES = 20
MAX_TEXT = 200
_VARIANT_FIELDS = ("sku", "barcode", "weight_g", "is_shippable", "is_taxable", "image_url")


def differences(
    draft: ProductDraft, tree: ProductTree, collections: list[str]
) -> Iterator[Difference]:
    """Where the product, in these collections, is not what the draft says.

    Fields that a draft may leave out, and leaves out, stay as they are and differ in nothing.
    """
    now = draft_of(tree, collections)
    for name in ("handle", "title", "brand", "product_type", "tags", "external_ref"):
        yield from _differing(name, getattr(now, name), getattr(draft, name))
    yield from _differing(
        "description_html", now.description_html, clean_html(draft.description_html)
    )
    for name in ("status", "category_paths", "collections", "translations", "seo"):
        wanted = getattr(draft, name)
        if wanted is not None:
            yield from _differing(name, getattr(now, name), wanted)
    yield from _by_name("attributes", now.attributes, draft.attributes)
    if draft.metafields is not None:
        yield from _by_name("metafields", now.metafields or {}, draft.metafields)
    yield from _differing("options", now.options, draft.options)
    yield from _differing("images", _pictures(now), _pictures(draft))
    yield from _of_variants(draft, tree)


def paired(draft: ProductDraft, tree: ProductTree) -> list[Variant | None]:
    """For each variant of the draft the one of the product that it means: by SKU, by its option
    values, or since there is only one on either side."""
    if len(draft.variants) == len(tree.variants) == 1:
        return [tree.variants[0]]
    left = {each.variant_id: each for each in tree.variants}
    by_sku = {each.sku: each for each in tree.variants}
    found: list[Variant | None] = [
        None if each.sku is None else by_sku.get(each.sku) for each in draft.variants
    ]
    for each in found:
        if each is not None:
            left.pop(each.variant_id, None)
    by_values = {tuple(each.option_values): each for each in left.values()}
    return [
        known or by_values.pop(tuple(each.option_values), None)
        for known, each in zip(found, draft.variants, strict=True)
    ]


def name_of(variant: Variant | VariantDraft) -> str:
    """What a person calls the variant."""
    return variant.sku or " / ".join(variant.option_values) or "1"


def _of_variants(draft: ProductDraft, tree: ProductTree) -> Iterator[Difference]:
    pairs = paired(draft, tree)
    for wanted, known in zip(draft.variants, pairs, strict=True):
        path = f"variants[{name_of(wanted)}]"
        if known is None:
            yield from _differing(path, "", " / ".join(wanted.option_values) or name_of(wanted))
            continue
        for name in _VARIANT_FIELDS:
            yield from _differing(f"{path}.{name}", getattr(known, name), getattr(wanted, name))
        yield from _differing(f"{path}.option_values", known.option_values, wanted.option_values)
    kept = {each.variant_id for each in pairs if each is not None}
    for each in tree.variants:
        if each.variant_id not in kept:
            yield Difference(f"variants[{name_of(each)}]", name_of(each), "")


def _by_name(path: str, now: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys((*now, *wanted)):
        yield from _differing(f"{path}.{name}", now.get(name), wanted.get(name))


def _differing(path: str, now: object, wanted: object) -> Iterator[Difference]:
    if now != wanted and (now or wanted or isinstance(now, bool) or isinstance(wanted, bool)):
        before, after = text_of(now), text_of(wanted)
        if before != after:
            yield Difference(path, before[:MAX_TEXT], after[:MAX_TEXT])


def _pictures(draft: ProductDraft) -> list[str]:
    return [each.source_url or str(each.media_id) for each in draft.media]


def text_of(value: object) -> str:
    """A value in words; nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        # A path in a list of paths reads as one.
        return ", ".join(
            " > ".join(each) if isinstance(each, list) else text_of(each) for each in value
        )
    return msgspec.json.encode(value).decode()
