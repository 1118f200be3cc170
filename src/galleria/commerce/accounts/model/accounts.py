"""An account: what lets a customer in."""

from datetime import datetime
from uuid import UUID

import msgspec


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What signing in checks. Never leaves the room."""

    customer_id: UUID
    password_hash: str | None
    verified_email_key: str
    is_blocked: bool
    created_at: datetime
    signed_in_at: datetime | None


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long sessions and links last."""

    session_days: int = 180
    """A session ends after so many days, however much it is used."""
    idle_days: int = 30
    """A session ends after so many days without use."""
    link_minutes: int = 20
    """A link in a mail is good for so long."""
    fresh_minutes: int = 30
    """Passwords, passkeys, the e-mail address and the account itself are changed only by someone
    who has signed in within so many minutes."""


class Client(msgspec.Struct, frozen=True):
    """Where somebody signs in from: the network address, and what their program calls itself."""

    address: str
    name: str = ""


class AccountStanding(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the shop's own people see it."""

    customer_id: UUID
    email_verified: bool
    has_password: bool
    passkeys: int
    sessions: int
    is_blocked: bool
    created_at: datetime
    signed_in_at: datetime | None
