"""What a shopper asks and is answered."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

from galleria.foundation.money import Money

MOST_FACETS_SHOWN = 8
# Facets that every shop has: their names at the door, and in the index.
FIXED = {"brand": "@brand", "category": "@category", "available": "@available"}

SortName: TypeAlias = Literal["relevance", "newest", "price_asc", "price_desc", "title"]
SORTS: tuple[SortName, ...] = get_args(SortName)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper wants to see. `filters` are values by facet code; prices in minor units.

    `query_id` is the client's own name for the question; without one the answer brings one.
    `profile` names the weights to rank by, one of `profiles`; None for those that shoppers get.
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
    query_id: UUID | None = None
    profile: str | None = None


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
    """A page of cards (as JSON) with counts.

    `match` says how much the search had to give in, `did_you_mean` how the words are spelled in
    what was found. `is_partial` when counts are missing, because time was up. `redirect_to` is the
    page that the merchant wants shown instead. `query_id` names the question to those who tell what
    came of it.
    """

    query_id: UUID
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
