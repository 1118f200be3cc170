"""What access announces. Never a secret, nor anything a secret could be guessed from."""

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
