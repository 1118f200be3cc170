"""What the order of a shop's answers is made of, as the shop wants it."""

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from galleria.foundation.errors import FieldError
from galleria.growth.search.errors import InvalidRanking

MAX_RANKINGS = 20  # of a shop
MAX_NAME = 60
MAX_WEIGHT = 10.0
MAX_FRESH_DAYS = 3650
MOST_OF_A_BRAND = 10
STANDARD = "standard"
"""What every shop has, and what holds until it chooses another."""
# Names that addresses have a meaning of their own for.
_RESERVED = frozenset({STANDARD, "default", "preview", "new"})
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WEIGHTS = ("title", "brand", "popularity", "margin", "freshness", "availability", "kinds")
_WHOLE = {"fresh_days": (1, MAX_FRESH_DAYS), "most_of_a_brand": (0, MOST_OF_A_BRAND)}


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What counts how much, from 0 to 10; as it stands here it is the built-in ranking.

    Args:
        title, brand: what a word that stands in them counts besides.
        popularity, margin, freshness, availability: by how much each lifts a product, 1 being as
            much again as its words.
        fresh_days: after so many days a product is half as fresh.
        kinds: how far products of other kinds stand back; 0 not at all.
        most_of_a_brand: of ten products; 0 for any number.
    """

    title: float = 2.0
    brand: float = 0.0
    popularity: float = 0.5
    margin: float = 0.0
    freshness: float = 0.0
    fresh_days: int = 30
    availability: float = 0.0
    kinds: float = 1.0
    most_of_a_brand: int = 0


class RankingDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking by a name of small letters, digits and hyphens, as it stands in addresses."""

    name: str
    weights: Weights = Weights()


class RankingProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking as a shop keeps it. The default one holds for all who do not ask for another."""

    name: str
    weights: Weights
    is_default: bool
    updated_at: datetime


def check(draft: RankingDraft) -> None:
    """Pass when this can be a ranking.

    Raises:
        InvalidRanking: with a problem for each field that cannot be.
    """
    _refuse([*_about_name(draft.name), *_about(draft.weights)])


def check_weights(weights: Weights) -> None:
    """The same of weights without a name."""
    _refuse(list(_about(weights)))


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidRanking("this cannot be a ranking", errors=errors)


def _about_name(name: str) -> Iterator[FieldError]:
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        told = f"at most {MAX_NAME} small letters and digits, joined by hyphens"
        yield FieldError("name", "invalid_handle", told)
    elif name in _RESERVED:
        yield FieldError("name", "name_reserved", "this name is taken by the system")


def _about(weights: Weights) -> Iterator[FieldError]:
    for name in WEIGHTS:
        if not 0.0 <= getattr(weights, name) <= MAX_WEIGHT:
            yield FieldError(f"weights.{name}", "out_of_range", f"0 to {MAX_WEIGHT:g}")
    for name, (least, most) in _WHOLE.items():
        if not least <= getattr(weights, name) <= most:
            yield FieldError(f"weights.{name}", "out_of_range", f"{least} to {most}")
