"""What a shopper asks and is answered."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import msgspec

from galleria.foundation.money import Money

MOST_FACETS_SHOWN = 8
# Facets that every shop has: their names at the door, and in the index.
FIXED = {"brand": "@brand", "category": "@category", "available": "@available"}

SortName: TypeAlias = Literal["relevance", "newest", "price_asc", "price_desc", "title"]
SORTS: tuple[SortName, ...] = get_args(SortName)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper wants to see. `filters` are values by facet code; prices in minor units.

    `may_be_unfinished`: where nothing has the words, the last one may begin a longer one.
    """

    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = {}
    category: str | None = None
    collection: str | None = None
    only_available: bool = False
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    sort: SortName = "relevance"
    limit: int = 20
    cursor: str | None = None
    with_facets: bool = True
    with_highlights: bool = False
    may_be_unfinished: bool = False


class ValueShown(msgspec.Struct, frozen=True):
    """A value to tick: how many products it would show, and whether it is ticked.

    `swatch` is a colour (#rrggbb) or the address of a picture, where the shop gave it one.
    """

    value: str
    label: str
    count: int
    is_chosen: bool
    swatch: str | None = None


class FacetShown(msgspec.Struct, frozen=True):
    """A group of values with its label in the reader's language."""

    code: str
    label: str
    values: list[ValueShown]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of cards (as JSON) with counts.

    `match` says how much the search had to give in (`unfinished`: nothing has the words, these have
    some that begin like the last one), `did_you_mean` how the words are spelled in
    what was found. `is_partial` when counts are missing, because time was up. `redirect_to` is the
    page that the merchant wants shown instead.
    """

    items: list[msgspec.Raw]
    total: int
    total_is_exact: bool
    match: str
    did_you_mean: str | None
    is_partial: bool
    facets: list[FacetShown]
    price_range: tuple[Money, Money] | None
    redirect_to: str | None
    next_cursor: str | None
    took_ms: float


def facets_worth_showing(counts: Sequence[tuple[str, int]], total: int) -> list[str]:
    """The codes that say something about these hits: most common first, at most eight.

    A code that fewer than a twentieth of the hits have would only ever hide most of them.
    """
    least = max(1, total // 20)
    return [code for code, count in counts if count >= least][:MOST_FACETS_SHOWN]
