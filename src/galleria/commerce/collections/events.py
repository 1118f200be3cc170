"""What the collections tell the other rooms."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event

MAX_IDS = 500  # an event stays small enough to be handled in one go


class CollectionChanged(Event, frozen=True, kw_only=True):
    """A collection was made or looks different, whatever its members are.

    `reason` is created, changed, renamed (pages of products show it otherwise), shown (shoppers
    see it now, or no longer), rule_changed (the members stay until the new rule has seen every
    product), rule_applied, removed or restored.
    """

    TAG: ClassVar[str] = "collections.collection_changed.v1"
    SUBJECT: ClassVar[str] = "collection_id"

    collection_id: UUID
    reason: str


class MembersChanged(Event, frozen=True, kw_only=True):
    """These products are in other collections than before, or stand elsewhere in one.

    `collection_id` names the collection when it is one. `reason` is filled, moved, rule, or
    sorted: the last means that whoever shows these products asked for it, and knows. `subject` is
    the collection when it is one, else "collections".
    """

    TAG: ClassVar[str] = "collections.members_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    collection_id: UUID | None
    product_ids: list[UUID]
    reason: str


def members_changed(
    product_ids: Sequence[UUID], reason: str, collection_id: UUID | None = None
) -> list[MembersChanged]:
    """One event for each 500 products, in the order given."""
    return [
        MembersChanged(
            subject="collections" if collection_id is None else str(collection_id),
            collection_id=collection_id,
            product_ids=list(product_ids[start : start + MAX_IDS]),
            reason=reason,
        )
        for start in range(0, len(product_ids), MAX_IDS)
    ]
