"""Products in the form that agents read."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from galleria.commerce.listings import Detail, ShownVariant
from galleria.foundation.money import Money
from galleria.foundation.text import plain_text

Wire = dict[str, Any]
MAX_DESCRIPTION = 5_000
MAX_PICTURES = 10


def featured(
    detail: Detail, variant_id: UUID | None = None, selected: Mapping[str, str] | None = None
) -> list[ShownVariant]:
    """The variants with the one to be shown first in front: the one asked for, else the first that
    fits what is selected, among those one that can be bought."""
    wanted = selected or {}
    names = [option.name for option in detail.options]

    def rank(variant: ShownVariant) -> tuple[bool, bool, bool]:
        chosen = dict(zip(names, variant.options, strict=False))
        fits = all(chosen.get(name) == label for name, label in wanted.items())
        return variant.variant_id != variant_id, not fits, not variant.is_available

    return sorted(detail.variants, key=rank)


def wire_product(detail: Detail, variants: Sequence[ShownVariant], address: str) -> Wire:
    """A product with these of its variants."""
    text = plain_text(detail.description_html)[:MAX_DESCRIPTION] or detail.title
    told: Wire = {
        "id": str(detail.product_id),
        "handle": detail.handle,
        "title": detail.title,
        "description": {"plain": text},
        "url": f"{address}/products/{detail.handle}",
        "price_range": {
            "min": _price(detail.price_range.min),
            "max": _price(detail.price_range.max),
        },
        "media": [
            {"type": "image", "url": f"{address}{image.url}", "alt_text": image.alt}
            for image in detail.images[:MAX_PICTURES]
        ],
        "variants": [_variant(detail, each, address) for each in variants],
    }
    if detail.options:
        told["options"] = [
            {"name": option.name, "values": [{"label": value} for value in option.values]}
            for option in detail.options
        ]
    if detail.tags:
        told["tags"] = detail.tags
    return told


def selected_of(detail: Detail, variant: ShownVariant) -> list[Wire]:
    """What is chosen on each option when this variant is shown."""
    return [
        {"name": option.name, "label": label}
        for option, label in zip(detail.options, variant.options, strict=False)
    ]


def _variant(detail: Detail, each: ShownVariant, address: str) -> Wire:
    title = " / ".join(each.options) or detail.title
    told: Wire = {
        "id": str(each.variant_id),
        "title": title,
        "description": {"plain": title},
        "price": _price(each.price),
        "availability": {"available": each.is_available},
        "options": selected_of(detail, each),
    }
    if each.sku:
        told["sku"] = each.sku
    if each.compare_at is not None:
        told["list_price"] = _price(each.compare_at)
    if each.image_url:
        told["media"] = [{"type": "image", "url": f"{address}{each.image_url}"}]
    return told


def _price(money: Money) -> Wire:
    return {"amount": money.amount_minor, "currency": money.currency}
