"""Sessions of people in the back office, and the tokens that go with them."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

TOKEN_KIND = "session"  # noqa: S105 - the kind, not a token
# A working day at the longest, two hours of silence at the longest (OWASP ASVS 5, 7.3).
LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
# Long enough to find the phone; such a session can do nothing but take the code.
PENDING_LIFETIME = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)  # one write a minute, not one a request

# More devices than a person has; the oldest session makes room. Waiting ones are counted apart, so
# that whoever knows just the password cannot push anyone out.
MOST_SESSIONS = 20

SecondFactor = Literal["none", "pending", "passed"]


class StoredSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session as its row keeps it, the hash of its token apart."""

    session_id: UUID
    person_id: UUID
    second_factor: SecondFactor
    created_at: datetime
    seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime


class Session(StoredSession, frozen=True, kw_only=True):
    """Someone is signed in. `second_factor` is none when the person has none switched on."""

    email: str
    name: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a new session, told once. With `needs_second_factor` it opens nothing yet."""

    session_token: str
    csrf_token: str
    needs_second_factor: bool
    expires_at: datetime


def deadlines(second_factor: SecondFactor, now: datetime) -> tuple[datetime, datetime]:
    """When a session that starts now ends if unused, and when it ends at the latest."""
    if second_factor == "pending":
        return now + PENDING_LIFETIME, now + PENDING_LIFETIME
    return now + IDLE, now + LIFETIME


def is_touch_due(session: StoredSession, now: datetime) -> bool:
    """True when the session's last use should be written down again."""
    return now - session.seen_at >= SEEN_EVERY


def csrf_token_of(session_token: str) -> str:
    """The token that forms of this session carry: a page of another site cannot know it.

    Derived, so that any page can be rendered from the cookie alone and nothing more is stored;
    it does not give the session token away. 43 characters, base64url.
    """
    digest = hmac.digest(session_token.encode(), b"galleria.csrf.v1", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def csrf_matches(session_token: str, csrf_token: str) -> bool:
    """True when a form's token belongs to the session. Takes the same time either way."""
    return hmac.compare_digest(csrf_token_of(session_token).encode(), csrf_token.encode())
