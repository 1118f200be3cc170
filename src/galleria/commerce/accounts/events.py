"""What the accounts room tells the other rooms. Nothing of it names a person or holds a secret."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class LetterRequested(Event, frozen=True, kw_only=True):
    """A mail about an account is to be sent, if there is anything to say."""

    TAG: ClassVar[str] = "accounts.letter_requested.v1"
    SUBJECT: ClassVar[str] = "letter_id"

    letter_id: UUID


class AccountOpened(Event, frozen=True, kw_only=True):
    """A customer has proven their mailbox and may sign in."""

    TAG: ClassVar[str] = "accounts.account_opened.v1"
    SUBJECT: ClassVar[str] = "customer_id"

    customer_id: UUID


class AccountClosed(Event, frozen=True, kw_only=True):
    """A shopper has left: the customer has no name any more, orders stay."""

    TAG: ClassVar[str] = "accounts.account_closed.v1"
    SUBJECT: ClassVar[str] = "customer_id"

    customer_id: UUID


class AccountBlockChanged(Event, frozen=True, kw_only=True):
    """The shop has blocked an account, or lets it in again."""

    TAG: ClassVar[str] = "accounts.account_block_changed.v1"
    SUBJECT: ClassVar[str] = "customer_id"

    customer_id: UUID
    is_blocked: bool


class EmailChanged(Event, frozen=True, kw_only=True):
    """A shopper signs in by another e-mail address now."""

    TAG: ClassVar[str] = "accounts.email_changed.v1"
    SUBJECT: ClassVar[str] = "customer_id"

    customer_id: UUID
