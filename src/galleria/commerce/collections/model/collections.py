"""A collection: a list of products with a name, picked by hand or chosen by a rule."""

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.catalog import Seo
from galleria.commerce.collections.errors import InvalidCollection
from galleria.commerce.collections.model.rules import Group
from galleria.foundation.errors import FieldError

SortOrder: TypeAlias = Literal["manual", "newest", "title", "-title", "price", "-price"]
SORT_ORDERS: tuple[SortOrder, ...] = ("manual", "newest", "title", "-title", "price", "-price")

MAX_HANDLE_LENGTH = 120
MAX_RULES = 2_000  # collections of a shop with a rule: a book of so many takes some 20 MB
# Beyond this nobody has looked at each; a move that finds no gap renumbers them all.
MAX_PICKED = 20_000
# Between neighbours: twenty can be put into the same gap before a list is numbered anew.
GAP = 2**20


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A list of products with a name.

    `rule` chooses its members, None when they are picked by hand. `is_sorting` is true while a
    changed rule has not seen all products yet: until then the members are those of before.
    `sort_order` is how shoppers see the list unless they choose otherwise.
    """

    collection_id: UUID
    handle: str
    title: str
    translations: dict[str, str]
    position: int
    version: int
    description_html: str = ""
    media_id: UUID | None = None
    seo: Seo = Seo()
    sort_order: SortOrder = "manual"
    is_published: bool = True
    published_from: datetime | None = None
    published_until: datetime | None = None
    rule: Group | None = None
    is_sorting: bool = False

    def is_shown_at(self, moment: datetime) -> bool:
        """Shoppers see it at that moment."""
        begins, ends = self.published_from, self.published_until
        has_begun = begins is None or begins <= moment
        return self.is_published and has_begun and (ends is None or moment < ends)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a collection's members are: the generation that counts, and the one being gathered.

    `is_untold` is true while not all who came with the present generation have been announced.
    """

    generation: int = 0
    last_generation: int = 0
    live_rule: Group | None = None
    pending_generation: int | None = None
    walked_to: UUID | None = None
    is_untold: bool = False


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A collection as its row keeps it."""

    collection: Collection
    standing: Standing
    is_shown: bool = True
    removed_at: datetime | None = None


class CollectionRef(msgspec.Struct, frozen=True, kw_only=True):
    """A collection as a product's page names it."""

    collection_id: UUID
    handle: str
    title: str
    translations: dict[str, str]
    position: int = 0
    is_by_rule: bool = False


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A product's place in a collection."""

    product_id: UUID
    position: int


def check_window(collection: Collection) -> None:
    """Pass when it is shown at some time.

    Raises:
        InvalidCollection: its window closes before it opens.
    """
    begins, ends = collection.published_from, collection.published_until
    if begins is not None and ends is not None and ends <= begins:
        raise InvalidCollection(
            "the window closes before it opens",
            errors=[FieldError("published_until", "ends_before_start", "ends before it begins")],
        )


def with_rule(kept: Kept, rule: Group | None) -> Kept:
    """The collection under another rule, or none.

    A new rule begins to gather a generation of its own. Without a rule the members stay as they
    are and are picked by hand from there on.
    """
    standing = kept.standing
    if rule is None:
        after = msgspec.structs.replace(
            standing, live_rule=None, pending_generation=None, walked_to=None
        )
    else:
        number = standing.last_generation + 1
        after = msgspec.structs.replace(
            standing, last_generation=number, pending_generation=number, walked_to=None
        )
    collection = msgspec.structs.replace(
        kept.collection, rule=rule, is_sorting=after.pending_generation is not None
    )
    return msgspec.structs.replace(kept, collection=collection, standing=after)


def settled(kept: Kept) -> Kept:
    """The collection once its pending rule has seen every product: its members are those now."""
    pending = kept.standing.pending_generation
    assert pending is not None, "its caller has looked"
    standing = msgspec.structs.replace(
        kept.standing,
        generation=pending,
        live_rule=kept.collection.rule,
        pending_generation=None,
        walked_to=None,
        is_untold=True,
    )
    collection = msgspec.structs.replace(kept.collection, is_sorting=False)
    return msgspec.structs.replace(kept, collection=collection, standing=standing)


def free_handle(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first number behind it that is free. At most 120 characters."""
    base = wanted[:MAX_HANDLE_LENGTH].strip("-")
    handle, number = base, 2
    while handle in taken:
        ending = f"-{number}"
        handle = base[: MAX_HANDLE_LENGTH - len(ending)].rstrip("-") + ending
        number += 1
    return handle


def positions_between(low: int, high: int | None, count: int) -> list[int] | None:
    """`count` rising positions above `low` and below `high`; None when the gap is too narrow."""
    if high is None:
        return [low + GAP * (step + 1) for step in range(count)]
    step = (high - low) // (count + 1)
    return [low + step * (at + 1) for at in range(count)] if step else None
