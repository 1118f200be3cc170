"""API keys: what is kept of them, and what is told once."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.platform.access.errors import KeyExpiryInPast

TOKEN_KIND = "key"  # noqa: S105 - the kind, not a token
SHOWN_SECRET_CHARACTERS = 4  # of 32 random ones: tells keys apart, and 142 bits stay unknown
USED_EVERY = timedelta(minutes=1)  # one write a minute and key, not one a request
# An answer is kept for this long; with the reading itself a revoked key is dead within 5 s in
# processes that do not hear of the revocation.
KEPT_FOR_S = 4.0

KeyStatus = Literal["active", "expired", "revoked"]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key as its shop sees it afterwards: never the key itself."""

    key_id: UUID
    name: str
    prefix: str
    last4: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def status_at(self, now: datetime) -> KeyStatus:
        """Whether the key opens anything at this instant, and if not, why."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "active"


class ListedKey(Key, frozen=True, kw_only=True):
    """A key with its status at the time of asking."""

    status: KeyStatus


class CreatedKey(ListedKey, frozen=True, kw_only=True):
    """A new key. `key` is its text, told this once and kept nowhere."""

    key: str


class KnownKey(msgspec.Struct, frozen=True, kw_only=True):
    """What checking a request needs of a key; this is what is kept in the cache."""

    key_id: UUID
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None

    def is_alive(self, now: datetime) -> bool:
        """True until the very instant of its expiry."""
        return self.expires_at is None or now < self.expires_at

    def is_touch_due(self, now: datetime) -> bool:
        """True when its last use should be written down again."""
        return self.last_used_at is None or now - self.last_used_at >= USED_EVERY


class SigningKey(KnownKey, frozen=True, kw_only=True):
    """The same with what passes of the key are signed by: the SHA-256 of its text."""

    key_hash: bytes


def shown_parts(token: str) -> tuple[str, str]:
    """The beginning and the end of a key that may be shown: `gal_key_5_8fKq` and `x0Zt`."""
    head, _, secret = token.rpartition("_")
    return f"{head}_{secret[:SHOWN_SECRET_CHARACTERS]}", token[-4:]


def listed(key: Key, now: datetime) -> ListedKey:
    """The key with its status."""
    return ListedKey(**msgspec.structs.asdict(key), status=key.status_at(now))


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    """Pass when the key would live for a while, or for good (None).

    Raises:
        KeyExpiryInPast: it would be dead already.
    """
    if expires_at is not None and expires_at <= now:
        message = "expires_at lies in the past"
        raise KeyExpiryInPast(
            message, errors=[FieldError("expires_at", KeyExpiryInPast.code, message)]
        )
