"""What a key may search, and what keys and passes together leave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

from galleria.foundation.money import Money

Feature: TypeAlias = Literal["search", "suggest"]
FEATURES: tuple[Feature, ...] = get_args(Feature)
MAX_PLACES = 50  # categories or collections of one key
MAX_CODES = 10
MAX_VALUES = 50  # of one code
MAX_LIMITS_BYTES = 16_000  # as JSON: an entry of the diary holds no more


class SearchLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a key may search; all of it at once.

    Args:
        channel: the code of the one channel.
        locale: the one language, as the channel writes it.
        categories: paths; products in any of them, or below it.
        collections: handles; products in any of them.
        filters: by facet code; products with any of the values of each.
        price_max: the most a product may cost from, in its channel's currency.
        most_per_page: hits in one answer.
        features: which questions may be asked; none named: all.
    """

    channel: str | None = None
    locale: str | None = None
    categories: list[str] = []
    collections: list[str] = []
    filters: dict[str, list[str]] = {}
    only_available: bool = False
    price_max: Money | None = None
    most_per_page: int | None = None
    features: list[Feature] = []


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """What may be searched, ready to be held against a question.

    Args:
        values: by facet code as the index has them; none left of a code: nothing is found.
        is_nothing: limits contradict each other.
    """

    channel: str | None = None
    locale: str | None = None
    values: Mapping[str, tuple[str, ...]] = {}
    only_available: bool = False
    price_max: Money | None = None
    most_per_page: int | None = None
    features: frozenset[Feature] = frozenset(FEATURES)
    is_nothing: bool = False

    @property
    def hides_products(self) -> bool:
        """Some products may not be told of, and neither may their words."""
        narrows = self.values or self.only_available or self.price_max is not None
        return bool(narrows) or self.is_nothing


EVERYTHING = Allowed()


class SearchSettings(msgspec.Struct, frozen=True):
    """Whether anyone may ask the search over the API, or only who has a key for it."""

    is_open: bool = True


class KeyLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a key as they are kept."""

    key_id: UUID
    limits: SearchLimits
    created_at: datetime
