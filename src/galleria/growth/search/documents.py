"""How a listing of the shop window becomes a document of the index."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple
from uuid import UUID

from galleria.commerce import pricing
from galleria.commerce.attributes import MetafieldDefinition
from galleria.commerce.listings import Detail, ShownVariant
from galleria.commerce.pricing import Cost
from galleria.engines.search_index import SearchDocument, SearchVariant
from galleria.engines.search_index.model import MAX_NUMBERS, facet_value
from galleria.foundation.text import plain_text

LONGEST_FACET_VALUE = 60  # longer values are prose; nobody ticks them
MOST_TEXT = 20_000  # characters of a description that can be found by


class Standing(NamedTuple):
    """How a product does in the shop, each from 0 to 1: how much it is wanted, what it earns."""

    popularity: float = 0.0
    margin: float = 0.0


UNKNOWN = Standing()


def margin_of(detail: Detail, costs: Mapping[tuple[UUID, str], Cost]) -> float:
    """The share of the lowest price that the shop earns, 0 where no cost is known or it earns none.

    Of several variants at that price the first counts whose cost is known.

    Args:
        detail: the product with all its variants, in one channel.
        costs: what variants cost the merchant, by variant and currency.
    """
    price = detail.price_range.min
    for each in detail.variants:
        if each.price == price and (cost := costs.get((each.variant_id, price.currency))):
            return max(0.0, pricing.margin_of(price.amount_minor, cost.amount_minor) or 0.0)
    return 0.0


def document_of(
    channel_id: UUID,
    locale: str,
    detail: Detail,
    definitions: Mapping[str, MetafieldDefinition],
    barcodes: Sequence[str] = (),
    standing: Standing = UNKNOWN,
) -> SearchDocument:
    """The listing as the index takes it in, found by its SKUs and barcodes as well.

    Of metafields that shoppers may read, those defined as searchable are found by their words,
    those defined as filterable are facets. What is a number is one to narrow to a range of, too.
    """
    facets = _facets(detail)
    for name, values in _filterable(detail, definitions):
        facets.setdefault(_code(name), values)
    return SearchDocument(
        product_id=str(detail.product_id),
        channel=str(channel_id),
        locale=locale,
        title=detail.title,
        handle=detail.handle,
        text=" ".join([_text(detail), *_searchable(detail, definitions)]),
        brand=detail.brand,
        category_paths=tuple(category.path for category in detail.categories),
        collections=tuple(collection.handle for collection in detail.collections),
        tags=tuple(detail.tags),
        facets=facets,
        variants=_variants(detail),
        codes=(*(each.sku for each in detail.variants if each.sku), *barcodes),
        prices=(detail.price_range.min,),
        is_available=detail.is_available,
        published_at=detail.published_at,
        numbers=_numbers(detail, definitions),
        popularity=standing.popularity,
        margin=standing.margin,
    )


def variants_meant(
    detail: Detail, filters: Mapping[str, Collection[str]], *, only_available: bool
) -> list[ShownVariant]:
    """The variants that have any of the values of every filter on an option, as the index holds
    products to them; filters on anything else are the product's.

    Args:
        detail: the product with all its variants, in the language of the filters.
        filters: values by facet code.
        only_available: leave out those that cannot be had.
    """
    axes = [_code(option.name) for option in detail.options] if _has_choice(detail) else []
    wanted = [
        (at, set(map(facet_value, filters[code])))
        for at, code in enumerate(axes)
        if code in filters
    ]
    return [
        each
        for each in detail.variants
        if (each.is_available or not only_available)
        and all(facet_value(each.options[at]) in values for at, values in wanted)
    ]


def _facets(detail: Detail) -> dict[str, tuple[str, ...]]:
    facets: dict[str, tuple[str, ...]] = {}
    for attribute in detail.attributes:
        text = _facet_text(attribute.value)
        if attribute.unit:
            text = f"{text} {attribute.unit}"
        if 0 < len(text) <= LONGEST_FACET_VALUE:
            facets.setdefault(_code(attribute.code), (text,))
    return facets


def _numbers(
    detail: Detail, definitions: Mapping[str, MetafieldDefinition]
) -> dict[str, tuple[float, ...]]:
    """Numbers by the codes of their facets, in the units of attributes and metafields."""
    said: list[tuple[str, Any]] = [(each.code, each.value) for each in detail.attributes]
    said += [
        (each.name, each.value)
        for each in detail.metafields
        if (known := definitions.get(each.name)) is not None and known.is_filterable
    ]
    numbers: dict[str, tuple[float, ...]] = {}
    for name, value in said:
        found = tuple(
            float(each)
            for each in _plain(value)
            if isinstance(each, int | float) and not isinstance(each, bool) and isfinite(each)
        )
        if found:
            numbers.setdefault(_code(name), found[:MAX_NUMBERS])
    return numbers


def _has_choice(detail: Detail) -> bool:
    """A product that is to be had in one way only is not narrowed to by that."""
    return len(detail.variants) > 1 or any(len(each.values) > 1 for each in detail.options)


def _variants(detail: Detail) -> tuple[SearchVariant, ...]:
    """What tells the variants apart; each axis is a facet."""
    if not (detail.options and _has_choice(detail)):
        return ()
    codes = [_code(option.name) for option in detail.options]
    return tuple(
        SearchVariant(dict(zip(codes, each.options, strict=True)), each.is_available)
        for each in detail.variants
    )


def _filterable(
    detail: Detail, definitions: Mapping[str, MetafieldDefinition]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in detail.metafields:
        known = definitions.get(each.name)
        if known is not None and known.is_filterable:
            texts = [_facet_text(value) for value in _plain(each.value)]
            texts = [f"{text} {each.unit}" if each.unit else text for text in texts]
            values = tuple(text for text in texts if 0 < len(text) <= LONGEST_FACET_VALUE)
            if values:
                yield each.name, values


def _searchable(detail: Detail, definitions: Mapping[str, MetafieldDefinition]) -> Iterator[str]:
    for each in detail.metafields:
        known = definitions.get(each.name)
        if known is not None and known.is_searchable:
            yield from (
                plain_text(value) if known.kind == "rich_text" else value
                for value in _plain(each.value)
                if isinstance(value, str)
            )


def _plain(value: Any) -> list[str | bool | float]:
    """The value, or the values of a list, as far as they are plain."""
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str | bool | int | float)]


@lru_cache(maxsize=20_000)
def _code(name: str) -> str:
    """A facet's code: the name without what a code may not hold."""
    cleaned = " ".join(name.split())[:120].lstrip("@~")
    return cleaned or "other"


def _facet_text(value: str | bool | float) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}"


def _text(detail: Detail) -> str:
    parts: list[str] = [plain_text(detail.description_html)[:MOST_TEXT], detail.product_type]
    parts += [variant.sku for variant in detail.variants if variant.sku]
    parts += [value for option in detail.options for value in option.values]
    parts += [str(a.value) for a in detail.attributes if isinstance(a.value, str)]
    parts += detail.tags
    parts += [category.name for category in detail.categories]
    return " ".join(parts)
