"""What is kept of questions and of what shoppers do with the answers.

Source: User Behavior Insights 1.3 (o19s/ubi), whose names the fields of events have.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

from galleria.growth.search.model.questions import Question

KEPT_DAYS = 90
MAX_WORDS = 200  # characters of what was typed
MAX_HITS = 50  # of those shown, the first
CLICKS = ("click", "click_through", "add_to_cart")  # with any of them a question was of use
_SKEW = timedelta(days=1)  # a client's clock that is further off is not believed
_E_MAIL = re.compile(r"\S+@\S+")

AskedKind: TypeAlias = Literal["top", "slow", "empty"]
ASKED_KINDS: tuple[AskedKind, ...] = get_args(AskedKind)
AskedSort: TypeAlias = Literal["asked", "empty", "clicked", "mean", "slowest"]
ASKED_SORTS: tuple[AskedSort, ...] = get_args(AskedSort)
DAYS = (1, 7, 30)


class NotedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question and what came of it. `attributes` are filters, sort and the like.

    `is_continued` when it asked for a further page of an answer, which counts for no report.
    """

    query_id: UUID
    asked_at: datetime
    words: str
    key: str
    client_id: str | None
    channel_id: UUID
    locale: str
    attributes: dict[str, Any]
    hits: list[UUID]
    total: int
    match: str
    took_ms: float
    is_continued: bool


class NotedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did with an answer."""

    event_id: UUID
    query_id: UUID
    action_name: str
    happened_at: datetime
    taken_at: datetime
    client_id: str | None = None
    session_id: str | None = None
    message_type: str | None = None
    message: str | None = None
    object_id: str | None = None
    object_id_field: str | None = None
    ordinal: int | None = None


class AskedWords(msgspec.Struct, frozen=True, kw_only=True):
    """How some words have fared: how often they were asked, found nothing, led to a click.

    Times are of the search alone, in milliseconds.
    """

    words: str
    locale: str
    asked_count: int
    empty_count: int
    clicked_count: int
    mean_ms: float
    slowest_ms: float

    @property
    def click_rate(self) -> float:
        """The share of the questions whose answer was of use, 0 to 1."""
        return self.clicked_count / self.asked_count


class ClickedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """How a product fared in the answers to some words.

    `expected` is how many clicks the places it stood at get on average.
    """

    words: str
    product_id: UUID
    shown_count: int
    clicked_count: int
    expected: float


def kept_words(typed: str) -> str:
    """What is kept of what was typed: one line, bounded, no e-mail address in it."""
    line = " ".join(typed.replace("\x00", " ").split())
    return _E_MAIL.sub("[e-mail]", line)[:MAX_WORDS]


def folded(words: str) -> str:
    """What questions are added up by."""
    return " ".join(words.casefold().split())[:MAX_WORDS]


def attributes_of(question: Question) -> dict[str, Any]:
    """What was asked beside words, as far as it was."""
    asked: Mapping[str, Any] = {
        "filters": {code: list(values) for code, values in question.filters.items()},
        "ranges": {code: list(ends) for code, ends in question.ranges.items()},
        "category": question.category,
        "collection": question.collection,
        "only_available": question.only_available,
        "price_min_minor": question.price_min_minor,
        "price_max_minor": question.price_max_minor,
        "sort": question.sort,
    }
    return {name: value for name, value in asked.items() if value not in (None, {}, False)}


def believed(said: datetime | None, now: datetime) -> datetime:
    """When something happened, by the client's clock where that can be right."""
    return said if said is not None and abs(said - now) <= _SKEW else now


def days_before(days: int, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last of so many days (UTC) up to now."""
    return now - timedelta(days=days - 1), now
