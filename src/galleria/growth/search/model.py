"""What a shopper asks and is answered, and how a listing becomes a document of the index."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

import msgspec

from galleria.commerce.listings import Detail
from galleria.engines.search_index import SearchDocument, Sort
from galleria.foundation.money import Money
from galleria.foundation.text import plain_text

# A facet of every document that lists which facets it has: asked first, it tells which facets are
# worth counting for these very hits, so a shop with 5,000 attributes shows the fitting eight.
FACET_CODES = "~codes"
MOST_FACETS_SHOWN = 8
LONGEST_FACET_VALUE = 60  # longer values are prose; nobody ticks them
MOST_TEXT = 20_000  # characters of a description that can be found by


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper wants to see. `filters` are values by facet code; prices in minor units."""

    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = {}
    category: str | None = None
    collection: str | None = None
    only_available: bool = False
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    cursor: str | None = None
    with_facets: bool = True


class ValueShown(msgspec.Struct, frozen=True):
    """A value to tick: how many products it would show, and whether it is ticked."""

    value: str
    label: str
    count: int
    is_chosen: bool


class FacetShown(msgspec.Struct, frozen=True):
    """A group of values with its label in the reader's language."""

    code: str
    label: str
    values: list[ValueShown]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of cards (as JSON) with counts; `match` says how much the search had to give in."""

    items: list[msgspec.Raw]
    total: int
    total_is_exact: bool
    match: str
    facets: list[FacetShown]
    price_range: tuple[Money, Money] | None
    next_cursor: str | None
    took_ms: float


def document_of(channel_id: UUID, locale: str, detail: Detail) -> SearchDocument:
    """The listing as the index takes it in."""
    facets = _facets(detail)
    if facets:
        facets[FACET_CODES] = tuple(facets)
    return SearchDocument(
        product_id=str(detail.product_id),
        channel=str(channel_id),
        locale=locale,
        title=detail.title,
        handle=detail.handle,
        text=_text(detail),
        brand=detail.brand,
        category_paths=tuple(category.path for category in detail.categories),
        collections=tuple(collection.handle for collection in detail.collections),
        tags=tuple(detail.tags),
        facets=facets,
        prices=(detail.price_range.min,),
        is_available=detail.is_available,
        published_at=detail.published_at,
    )


def _facets(detail: Detail) -> dict[str, tuple[str, ...]]:
    facets: dict[str, tuple[str, ...]] = {}
    for option in detail.options:
        if len(option.values) > 1 or len(detail.variants) > 1:
            facets[_code(option.name)] = tuple(option.values)
    for attribute in detail.attributes:
        text = _facet_text(attribute.value)
        if attribute.unit:
            text = f"{text} {attribute.unit}"
        if 0 < len(text) <= LONGEST_FACET_VALUE:
            facets.setdefault(_code(attribute.code), (text,))
    return facets


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


def facets_worth_showing(counts: Sequence[tuple[str, int]], total: int) -> list[str]:
    """The codes that say something about these hits: most common first, at most eight.

    A code that fewer than a twentieth of the hits have would only ever hide most of them.
    """
    least = max(1, total // 20)
    return [code for code, count in counts if count >= least][:MOST_FACETS_SHOWN]
