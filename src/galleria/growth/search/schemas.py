"""What the back office sends about search, and what shoppers' clients tell of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.http import AmountMinor, CurrencyCode, Handle, Name, ShortText, WireInput
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.growth.search.model.curations import (
    MAX_BY,
    MAX_HIDDEN,
    MAX_LIFTS,
    MAX_PINNED,
    Applies,
    CurationDraft,
    LiftDraft,
)
from galleria.growth.search.model.curations import MAX_WORDS as MAX_CURATED_WORDS
from galleria.growth.search.model.limits import (
    FEATURES,
    MAX_CODES,
    MAX_PLACES,
    MAX_VALUES,
    Feature,
    SearchLimits,
    SearchSettings,
)
from galleria.growth.search.model.noting import NotedEvent, believed
from galleria.growth.search.model.rankings import (
    MAX_FRESH_DAYS,
    MAX_WEIGHT,
    MOST_OF_A_BRAND,
    RankingDraft,
    Weights,
)
from galleria.growth.search.model.synonyms import MAX_WORDS, SynonymDraft

Phrases = Annotated[list[ShortText], Meta(max_length=MAX_WORDS)]
Weight = Annotated[float, Meta(ge=0.0, le=MAX_WEIGHT)]
Instant = Annotated[datetime, Meta(tz=True)]
Language = Annotated[str, Meta(max_length=20, pattern=r"^[A-Za-z-]*$(?!\n)")]


class NewSynonyms(WireInput):
    """Words that mean each other; with `means`, these will do for any of `words`, and not the other
    way round. In every language unless one is named."""

    words: Phrases
    means: Phrases = msgspec.field(default_factory=list)
    language: Language | None = None

    def draft(self) -> SynonymDraft:
        """The set that is wanted."""
        return SynonymDraft(**msgspec.structs.asdict(self))


class NewLift(WireInput):
    """Products with any of the values come earlier, or later with `by` below 0."""

    code: Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*$(?!\n)")]
    values: Annotated[list[ShortText], Meta(min_length=1, max_length=50)]
    by: Annotated[int, Meta(ge=-MAX_BY, le=MAX_BY)]


class NewCuration(WireInput):
    """What is to hold for some questions: see `docs/systems/07-search.md`."""

    name: Name
    applies: Applies
    words: Annotated[list[ShortText], Meta(max_length=MAX_CURATED_WORDS)] = msgspec.field(
        default_factory=list
    )
    place: ShortText | None = None
    language: Language | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    is_active: bool = True
    priority: Annotated[int, Meta(ge=0, le=1000)] = 100
    pinned: Annotated[list[UUID], Meta(max_length=MAX_PINNED)] = msgspec.field(default_factory=list)
    hidden: Annotated[list[UUID], Meta(max_length=MAX_HIDDEN)] = msgspec.field(default_factory=list)
    lifts: Annotated[list[NewLift], Meta(max_length=MAX_LIFTS)] = msgspec.field(
        default_factory=list
    )
    redirect_to: ShortText | None = None

    def draft(self) -> CurationDraft:
        """The curation that is wanted."""
        fields = msgspec.structs.asdict(self)
        fields["lifts"] = [LiftDraft(each.code, each.values, each.by) for each in self.lifts]
        return CurationDraft(**fields)


class PreviewQuestion(WireInput):
    """A question to look at as it would be answered with the curation, beside today's answer.

    `curation_id` names the one that it is to replace.
    """

    curation: NewCuration
    words: ShortText = ""
    category: ShortText | None = None
    collection: ShortText | None = None
    curation_id: UUID | None = None


_STANDARD = Weights()


class NewWeights(WireInput):
    """What counts how much; what is not said is as in the built-in ranking.

    `title` and `brand` are what words add that stand in them. `popularity`, `margin`, `freshness`
    (half of it every `fresh_days`) and `availability` are what these add to the score, 1 being as
    much as all words. `kinds` is how far products of other kinds stand back. Of ten products at
    most `most_of_a_brand` are of one brand, 0 for any number.
    """

    title: Weight = _STANDARD.title
    brand: Weight = _STANDARD.brand
    popularity: Weight = _STANDARD.popularity
    margin: Weight = _STANDARD.margin
    freshness: Weight = _STANDARD.freshness
    fresh_days: Annotated[int, Meta(ge=1, le=MAX_FRESH_DAYS)] = _STANDARD.fresh_days
    availability: Weight = _STANDARD.availability
    kinds: Weight = _STANDARD.kinds
    most_of_a_brand: Annotated[int, Meta(ge=0, le=MOST_OF_A_BRAND)] = _STANDARD.most_of_a_brand

    def draft(self) -> Weights:
        """The weights that are wanted."""
        return Weights(**msgspec.structs.asdict(self))


class NewRanking(WireInput):
    """What the order of answers is made of, by a name for addresses."""

    name: Handle
    weights: NewWeights

    def draft(self) -> RankingDraft:
        """The ranking that is wanted."""
        return RankingDraft(name=self.name, weights=self.weights.draft())


class RankingChanges(WireInput):
    """What a ranking is made of from now on."""

    weights: NewWeights


class DefaultRanking(WireInput):
    """The ranking that is to hold; "standard" is the built-in one."""

    name: Handle


class RankingQuestion(WireInput):
    """A question to look at as it would be answered by these weights, beside today's answer; or
    beside that of the ranking `instead_of`."""

    weights: NewWeights
    words: ShortText = ""
    category: ShortText | None = None
    collection: ShortText | None = None
    instead_of: Handle | None = None


EventText = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")]


class EventObject(WireInput):
    """What an event is about, as a rule a product: then its id, and `product_id`."""

    object_id: EventText
    object_id_field: EventText = "product_id"


class EventPosition(WireInput):
    """Where it stood in the answer, from 1 on."""

    ordinal: Annotated[int, Meta(ge=1, le=10_000)]


class EventAttributes(WireInput):
    """Particulars of an event."""

    object: EventObject | None = None
    position: EventPosition | None = None


class SearchEvent(WireInput):
    """What somebody did with an answer; the names are those of User Behavior Insights 1.3.

    `action_name` is one of click, click_through, add_to_cart, purchase, view, watch and impression,
    or a name of the client's own. `timestamp` is when it happened, if not just now.
    """

    action_name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z_]+$(?!\n)")]
    query_id: UUID
    event_id: UUID | None = None
    client_id: EventText | None = None
    session_id: EventText | None = None
    timestamp: Instant | None = None
    message_type: EventText | None = None
    message: ShortText | None = None
    event_attributes: EventAttributes = EventAttributes()


class SearchEvents(WireInput):
    """Some events."""

    events: Annotated[list[SearchEvent], Meta(max_length=100)]

    def noted(self, now: datetime) -> list[NotedEvent]:
        """The events as they are kept, taken in now."""
        return [
            NotedEvent(
                event_id=each.event_id or new_id(),
                query_id=each.query_id,
                action_name=each.action_name,
                happened_at=believed(each.timestamp, now),
                taken_at=now,
                client_id=each.client_id,
                session_id=each.session_id,
                message_type=each.message_type,
                message=each.message,
                object_id=about.object_id if (about := each.event_attributes.object) else None,
                object_id_field=about.object_id_field if about else None,
                ordinal=place.ordinal if (place := each.event_attributes.position) else None,
            )
            for each in self.events
        ]


Code = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*$(?!\n)")]
Value = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$(?!\n)")]
Path = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*[^\x00/\s][^\x00]*$(?!\n)")
]
Values = Annotated[list[Value], Meta(min_length=1, max_length=MAX_VALUES)]


class PriceLimit(WireInput):
    """An amount in a currency."""

    amount_minor: AmountMinor
    currency: CurrencyCode


class NewSearchLimits(WireInput):
    """What may be searched; all of it holds at once, and what is not said is not limited.

    `categories` are paths and include what lies below them, `collections` handles, `filters` values
    by facet code: products with any of them. A product may cost `price_max` at most, counted from
    its cheapest variant. `features` are the questions that may be asked, all if none is named.
    """

    channel: Handle | None = None
    locale: Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z0-9-]+$(?!\n)")] | None = None
    categories: Annotated[list[Path], Meta(max_length=MAX_PLACES)] = msgspec.field(
        default_factory=list
    )
    collections: Annotated[list[Handle], Meta(max_length=MAX_PLACES)] = msgspec.field(
        default_factory=list
    )
    filters: Annotated[dict[Code, Values], Meta(max_length=MAX_CODES)] = msgspec.field(
        default_factory=dict
    )
    only_available: bool = False
    price_max: PriceLimit | None = None
    most_per_page: Annotated[int, Meta(ge=1, le=100)] | None = None
    features: Annotated[list[Feature], Meta(max_length=len(FEATURES))] = msgspec.field(
        default_factory=list
    )

    def limits(self) -> SearchLimits:
        """The limits that are wanted."""
        fields = {name: getattr(self, name) for name in SearchLimits.__struct_fields__}
        if self.price_max is not None:
            fields["price_max"] = Money(self.price_max.amount_minor, self.price_max.currency)
        return SearchLimits(**fields)


class PassLimits(NewSearchLimits, kw_only=True):
    """What a pass says: limits, and when it ends."""

    expires_at: Instant


class NewSearchKey(WireInput):
    """A key that may search what its limits leave, and nothing else. Without `expires_at` it lives
    until it is revoked."""

    name: Name
    limits: NewSearchLimits = msgspec.field(default_factory=NewSearchLimits)
    expires_at: Instant | None = None


class NewSearchSettings(WireInput):
    """With `is_open` anyone may ask the search over the API; without it, who has a key for it."""

    is_open: bool

    def settings(self) -> SearchSettings:
        """What is wanted."""
        return SearchSettings(self.is_open)
