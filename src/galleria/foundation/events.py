"""Facts that happened in a shop, in the form in which rooms tell one another.

A room declares its events as structs here derived; the event log carries each in an envelope. A
published version (`.v1`) never loses or retypes a field: a subscriber reads just the fields it
needs, and fields it does not know are skipped.
"""

import re
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform
from uuid import UUID

import msgspec

T = TypeVar("T")

_TAG = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.v[1-9][0-9]*")


# Tells type checkers what msgspec does: what derives from it is frozen too.
@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, named by `TAG`; events of one subject are handled in the order they happened."""

    TAG: ClassVar[str]
    """`<room>.<noun>_<past verb>.v<n>`, as in `catalog.product_published.v1`."""
    SUBJECT: ClassVar[str]
    """The name of the field that says which thing this happened to, as in `product_id`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a tag that does not read as one, where it is written."""
        super().__init_subclass__(**kwargs)
        tag = cls.__dict__.get("TAG")
        assert tag is None or _TAG.fullmatch(tag), f"{cls.__name__}: {tag!r} is no event tag"

    @property
    def subject_id(self) -> str:
        """The subject as text: what the log orders by."""
        return str(getattr(self, self.SUBJECT))


class Envelope(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An event as the log delivers it: what, whose, when, by whom, and what led to it."""

    event_id: UUID
    tag: str
    tenant_id: int
    subject_id: str
    occurred_at: datetime
    actor: str
    request_id: str
    caused_by: UUID | None = None
    payload: T


def encode_event(event: Event) -> bytes:
    """The event's fields as JSON, without tag or envelope."""
    return msgspec.json.encode(event)
