"""Sessions of shoppers."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from galleria.commerce.accounts.model.accounts import AccountSettings

TOKEN_KIND = "shopper"  # noqa: S105 - the kind, not a token
SEEN_EVERY = timedelta(minutes=10)  # one write in ten minutes, not one a request
# As with keys: a session that was ended is dead within 5 s in processes that do not hear of it.
KEPT_FOR_S = 4.0
MOST_SESSIONS = 30  # more devices than a person has; the oldest makes room
MAX_CLIENT_NAME = 200

How = Literal["password", "link", "passkey"]


class KnownSession(msgspec.Struct, frozen=True, kw_only=True):
    """What checking a request needs of a session; this is what is kept in the cache."""

    session_id: UUID
    customer_id: UUID
    authenticated_at: datetime
    seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime

    def is_alive(self, now: datetime) -> bool:
        """True until the very instant of its end."""
        return now < self.idle_expires_at and now < self.expires_at

    def is_touch_due(self, now: datetime) -> bool:
        """True when its last use should be written down again."""
        return now - self.seen_at >= SEEN_EVERY

    def is_fresh(self, now: datetime, settings: AccountSettings) -> bool:
        """True while who signed in is taken to be still there."""
        return now - self.authenticated_at < timedelta(minutes=settings.fresh_minutes)


class StoredSession(KnownSession, frozen=True, kw_only=True):
    """A session as its row keeps it, the hash of its token apart."""

    how: How
    client_address: str
    client_name: str
    created_at: datetime


class ListedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session as its shopper sees it."""

    session_id: UUID
    how: How
    client_address: str
    client_name: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A new session. `session_token` is told this once; `cart_token` is the shopper's cart."""

    session_token: str
    expires_at: datetime
    customer_id: UUID
    is_new_account: bool
    cart_token: str | None


def idle_end(now: datetime, expires_at: datetime, settings: AccountSettings) -> datetime:
    """When a session that is used now ends if it is not used again."""
    return min(now + timedelta(days=settings.idle_days), expires_at)


def listed(session: StoredSession, current: UUID | None) -> ListedSession:
    """The session as its shopper sees it, beside the one they ask with."""
    shown = {
        name: getattr(session, name)
        for name in ListedSession.__struct_fields__
        if name != "is_current"
    }
    return ListedSession(**shown, is_current=session.session_id == current)
