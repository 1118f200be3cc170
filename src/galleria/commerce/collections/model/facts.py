"""What rules may know of a product: taken from catalog, prices and stock, once for all rules."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.catalog import ProductTree
from galleria.commerce.inventory import Availability
from galleria.commerce.pricing import ResolvedPrice

Key: TypeAlias = str | float
_WORD = re.compile(r"\w+")


class ProductFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A product as rules see it. Texts are folded: without case and outer spaces.

    `category_ids` holds those above its own as well. An attribute of several words has a key for
    each. Prices are what everybody pays for one piece, minor units of the shop's default channel,
    None without any; `discount_percent` is the largest of a variant. `stock` adds up the variants
    that are counted, None when none is. Times are seconds since 1970.
    """

    product_id: UUID
    status: str
    title_words: frozenset[str]
    brand: str
    product_type: str
    tags: frozenset[str]
    category_ids: frozenset[str]
    attributes: dict[str, frozenset[Key]]
    options: dict[str, frozenset[str]]
    price_min: int | None
    price_max: int | None
    discount_percent: float
    is_on_sale: bool
    is_in_stock: bool
    stock: int | None
    variant_count: int
    created_s: float
    published_s: float | None


def fold(text: str) -> str:
    """A text as it is compared."""
    return text.strip().casefold()


def words_of(text: str) -> frozenset[str]:
    """The words of a text as they are compared."""
    return frozenset(_WORD.findall(text.casefold()))


def key_of(value: object) -> Key:
    """A value of an attribute as it is compared; true and the number one stay two."""
    if isinstance(value, bool):
        return "\0true" if value else "\0false"
    return float(value) if isinstance(value, int | float) else fold(str(value))


def keys_of(value: object) -> frozenset[Key]:
    """The values an attribute has: several words of a list, else one."""
    return frozenset(map(key_of, value) if isinstance(value, list) else (key_of(value),))


def facts_of(
    product: ProductTree,
    prices: Mapping[UUID, ResolvedPrice],
    availability: Mapping[UUID, Availability],
) -> ProductFacts:
    """The product's facts.

    Args:
        product: as the catalog has it.
        prices: of one piece for everybody by variant, in the shop's default channel.
        availability: by variant.
    """
    ids = [variant.variant_id for variant in product.variants]
    asked = [prices[each] for each in ids if each in prices]
    there = [availability[each] for each in ids if each in availability]
    amounts = [price.amount_minor for price in asked]
    discounts = [_discount(price) for price in asked]
    counted = [each.available for each in there if each.is_tracked]
    published = product.published_at
    return ProductFacts(
        product_id=product.product_id,
        status=product.status,
        title_words=words_of(product.title),
        brand=fold(product.brand),
        product_type=fold(product.product_type),
        tags=frozenset(fold(tag) for tag in product.tags),
        category_ids=frozenset(str(each.category_id) for each in product.categories),
        attributes={code: keys_of(value) for code, value in product.attributes.items()},
        options=_options(product),
        price_min=min(amounts, default=None),
        price_max=max(amounts, default=None),
        discount_percent=max(discounts, default=0.0),
        is_on_sale=any(price.is_reduced for price in asked),
        is_in_stock=any(each.covers(1) for each in there),
        stock=sum(counted) if counted else None,
        variant_count=len(product.variants),
        created_s=product.created_at.timestamp(),
        published_s=None if published is None else published.timestamp(),
    )


def _discount(price: ResolvedPrice) -> float:
    before = price.compare_at_minor
    return (before - price.amount_minor) * 100 / before if before else 0.0


def _options(product: ProductTree) -> dict[str, frozenset[str]]:
    """The values each option really has among the variants."""
    return {
        fold(option.name): frozenset(
            fold(variant.option_values[axis])
            for variant in product.variants
            if axis < len(variant.option_values)
        )
        for axis, option in enumerate(product.options)
    }


def seconds(moment: datetime) -> float:
    """A moment as facts have it."""
    return moment.timestamp()
