"""What a shopper asks and is answered."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

from galleria.commerce.listings import PriceRange
from galleria.foundation.money import Money
from galleria.growth.search.model.limits import EVERYTHING, Allowed
from galleria.growth.search.model.ranges import Range, RangeShown

MOST_FACETS_SHOWN = 8
# Facets that every shop has: their names at the door, and in the index.
FIXED = {"brand": "@brand", "category": "@category", "available": "@available"}

SortName: TypeAlias = Literal["relevance", "newest", "price_asc", "price_desc", "title"]
SORTS: tuple[SortName, ...] = get_args(SortName)
GroupName: TypeAlias = Literal["product", "variant"]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper wants to see.

    Args:
        filters: values by facet code.
        ranges: the least and the most by the code of a number, in its unit.
        told_ranges: codes of numbers whose range the answer tells, whatever else it tells.
        price_min_minor, price_max_minor: in minor units.
        group: by "variant", each product comes with those of its variants that the filters mean,
            and all counts are told in variants as well. It costs as much again.
        ranking: the name of the one to go by, for the shop's own people; None for its default.
        may_be_unfinished: where nothing has the words, the last one may begin a longer one.
        allowed: what whoever asks may search; the answer tells of nothing else.
        query_id: the client's own name for the question; without one the answer brings one.
    """

    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = {}
    ranges: Mapping[str, Range] = {}
    told_ranges: tuple[str, ...] = ()
    category: str | None = None
    collection: str | None = None
    only_available: bool = False
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    sort: SortName = "relevance"
    limit: int = 20
    cursor: str | None = None
    with_facets: bool = True
    group: GroupName = "product"
    ranking: str | None = None
    with_highlights: bool = False
    may_be_unfinished: bool = False
    allowed: Allowed = EVERYTHING
    query_id: UUID | None = None


class ValueShown(msgspec.Struct, frozen=True):
    """A value to tick: how many products it would show, and whether it is ticked.

    `variants` is how many variants, when asked for; `parent` the category above this one; `swatch`
    a colour (#rrggbb) or the address of a picture.
    """

    value: str
    label: str
    count: int
    is_chosen: bool
    variants: int | None = None
    parent: str | None = None
    swatch: str | None = None


class FacetShown(msgspec.Struct, frozen=True):
    """A group of values with its label in the reader's language.

    Counts may be off by `error_bound`; an estimate is further off in one case of twenty.
    """

    code: str
    label: str
    values: list[ValueShown]
    error_bound: int = 0
    is_estimate: bool = False


class VariantShown(msgspec.Struct, frozen=True):
    """A variant that the filters mean, with its values by the names of its options."""

    variant_id: UUID
    sku: str | None
    options: dict[str, str]
    price: Money
    is_available: bool


class Completeness(msgspec.Struct, frozen=True):
    """How much of the index an answer comes from: parts asked, parts that answered in time, and
    documents that were looked at (None when nobody counted)."""

    parts: int = 1
    parts_answered: int = 1
    examined: int | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of cards (as JSON) with counts.

    `match` says how much the search had to give in (`unfinished`: nothing has the words, these have
    some that begin like the last one), `did_you_mean` how the words are spelled in what was found.
    `is_partial` when counts are missing, because time was up; `completeness` is how much of the
    index was asked. `total_variants` is there when they are asked for. `redirect_to` is the page
    that the merchant wants shown instead. `query_id` names the question to
    those who tell what came of it. `begins_at` is how many products come before the first item;
    `previous_cursor` leads to as many before it as were asked for, and is None on the first page.
    """

    query_id: UUID
    items: list[msgspec.Raw]
    total: int
    total_is_exact: bool
    match: str
    did_you_mean: str | None
    is_partial: bool
    facets: list[FacetShown]
    price_range: PriceRange | None
    redirect_to: str | None
    next_cursor: str | None
    took_ms: float
    ranges: list[RangeShown] = []
    previous_cursor: str | None = None
    begins_at: int = 0
    total_variants: int | None = None
    completeness: Completeness = Completeness()


def facets_worth_showing(counts: Sequence[tuple[str, int]], total: int) -> list[str]:
    """The codes that say something about these hits: most common first, at most eight.

    A code that fewer than a twentieth of the hits have would only ever hide most of them.
    """
    least = max(1, total // 20)
    return [code for code, count in counts if count >= least][:MOST_FACETS_SHOWN]
