"""What access announces. Never a secret, nor anything a secret could be guessed from."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class KeyCreated(Event):
    """A credential exists that did not."""

    TAG: ClassVar[str] = "access.key_created.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    name: str
    scopes: list[str]


class KeyRevoked(Event):
    """A credential opens nothing any more."""

    TAG: ClassVar[str] = "access.key_revoked.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    reason: str | None = None


class KeyChanged(Event):
    """A key is named, bound, bounded or switched otherwise; `fields` says what of it."""

    TAG: ClassVar[str] = "access.key_changed.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    fields: list[str]


class KeyRotated(Event):
    """A key has a successor, and both are good until `grace_ends_at`."""

    TAG: ClassVar[str] = "access.key_rotated.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    successor_id: UUID
    grace_ends_at: datetime


class KeyRotationFinished(Event):
    """The old key of a rotation opens nothing any more, before its time was over."""

    TAG: ClassVar[str] = "access.key_rotation_finished.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    successor_id: UUID | None


class KeyRotationCancelled(Event):
    """A key stays as it was, and its successor opens nothing."""

    TAG: ClassVar[str] = "access.key_rotation_cancelled.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    successor_id: UUID | None


class KeyEnding(Event):
    """A key ends within so many days, said once for each of 14, 3 and 1."""

    TAG: ClassVar[str] = "access.key_ending.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    name: str
    ends_at: datetime
    within_days: int


class KeyLeaked(Event):
    """The text of a key was found where others can read it; `outcome` says what was done."""

    TAG: ClassVar[str] = "access.key_leaked.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    name: str
    outcome: str
    url: str
    source: str


class CanaryUsed(Event):
    """Somebody has tried a key that was laid out as a trap: whoever has it is a thief."""

    TAG: ClassVar[str] = "access.canary_used.v1"
    SUBJECT: ClassVar[str] = "key_id"
    key_id: UUID
    name: str
    client_address: str
    agent: str
    uses: int


class MembershipGranted(Event):
    """A person works in this shop, in this role."""

    TAG: ClassVar[str] = "access.membership_granted.v1"
    SUBJECT: ClassVar[str] = "person_id"
    person_id: UUID
    role: str


class MembershipEnded(Event):
    """A person works in this shop no more."""

    TAG: ClassVar[str] = "access.membership_ended.v1"
    SUBJECT: ClassVar[str] = "person_id"
    person_id: UUID
