"""What comes in over the wire, and what goes out where it is not the collection itself."""

from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from galleria.commerce.catalog import Media, Seo
from galleria.commerce.collections.model.collections import SortOrder
from galleria.commerce.collections.model.rules import Group, Instant
from galleria.foundation.http import Handle, LocaleCode, LongText, Name, ShortText, WireInput

MAX_BULK = 500
MAX_COLLECTIONS_A_PRODUCT = 200
Position: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000)]
Words: TypeAlias = dict[LocaleCode, ShortText]
ManyIds: TypeAlias = Annotated[list[UUID], Meta(max_length=MAX_BULK)]


class NewCollection(WireInput, frozen=True, kw_only=True):
    """A collection to be made; without a handle it gets one from its title.

    With a rule its members are chosen by it, else they are picked by hand.
    """

    title: Name
    handle: Handle | None = None
    translations: Words = field(default_factory=dict)
    position: Position = 0
    description_html: LongText = ""
    media_id: UUID | None = None
    seo: Seo = Seo()
    sort_order: SortOrder | None = None
    is_published: bool = True
    published_from: Instant | None = None
    published_until: Instant | None = None
    rule: Group | None = None


class CollectionChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a collection to be replaced. A rule of null lets its members be picked by hand."""

    title: Name | UnsetType = UNSET
    handle: Handle | UnsetType = UNSET
    translations: Words | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    description_html: LongText | UnsetType = UNSET
    media_id: UUID | UnsetType | None = UNSET
    seo: Seo | UnsetType = UNSET
    sort_order: SortOrder | UnsetType = UNSET
    is_published: bool | UnsetType = UNSET
    published_from: Instant | UnsetType | None = UNSET
    published_until: Instant | UnsetType | None = UNSET
    rule: Group | UnsetType | None = UNSET


class CollectionProducts(WireInput, frozen=True, kw_only=True):
    """Products to be put into a collection, and taken out of it."""

    add: ManyIds = field(default_factory=list)
    remove: ManyIds = field(default_factory=list)


class MemberMoves(WireInput, frozen=True, kw_only=True):
    """Members that are to stand in this order right behind `after`, or first of all without it."""

    product_ids: Annotated[list[UUID], Meta(min_length=1, max_length=MAX_BULK)]
    after: UUID | None = None


class RulePreview(WireInput, frozen=True, kw_only=True):
    """A rule to be tried out."""

    rule: Group


class ProductCollections(WireInput, frozen=True, kw_only=True):
    """All collections picked by hand that a product is to be in."""

    collection_ids: Annotated[list[UUID], Meta(max_length=MAX_COLLECTIONS_A_PRODUCT)]


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A member as a line of a list."""

    product_id: UUID
    handle: str
    title: str
    status: str
    image: Media | None
    position: int = 0


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would choose: how many, and the first of them.

    `is_estimate` says that `count` was reckoned from `looked_at` products spread over the shop.
    """

    count: int
    is_estimate: bool
    looked_at: int
    items: list[MemberView]
