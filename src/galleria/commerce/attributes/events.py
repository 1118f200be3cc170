"""What the dictionary tells the other rooms."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event

MAX_IDS = 500  # an event stays small enough to be handled in one go


class DictionaryChanged(Event, frozen=True, kw_only=True):
    """These entries were made, changed or removed.

    `kind` is attribute, value, attribute_set, product_type or metafield_definition; `ids` names
    those concerned as text: attributes and values by number. `action` says what was done: `learnt`
    from a file, created, adopted, added, changed, ordered, merged or removed.
    """

    TAG: ClassVar[str] = "attributes.dictionary_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str = "dictionary"
    kind: str
    action: str
    ids: list[str]


class ValuesMerged(Event, frozen=True, kw_only=True):
    """These values are `value_id` from now on: who keeps their numbers puts that in their place."""

    TAG: ClassVar[str] = "attributes.values_merged.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str = "dictionary"
    attribute_id: int
    merged_ids: list[int]
    value_id: int


def dictionary_changed(
    kind: str, action: str, ids: Sequence[int | UUID]
) -> list[DictionaryChanged]:
    """One event for each 500 of the entries changed, in the order given."""
    texts = [str(each) for each in ids]
    return [
        DictionaryChanged(kind=kind, action=action, ids=texts[start : start + MAX_IDS])
        for start in range(0, len(texts), MAX_IDS)
    ]
