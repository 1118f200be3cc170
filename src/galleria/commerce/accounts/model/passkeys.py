"""Passkeys: what is kept of them. Source: Web Authentication Level 3."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

MAX_PASSKEYS = 20
CHALLENGE_LIVES = timedelta(minutes=5)
CHALLENGE_BYTES = 32


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as its shopper sees it. It opens the account at the host `rp_id` alone."""

    passkey_id: UUID
    name: str
    rp_id: str
    is_backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


class StoredPasskey(Passkey, frozen=True, kw_only=True):
    """The same with what a signature is checked by."""

    customer_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What a passkey is asked to sign, and where; without a customer: to sign in."""

    challenge_id: UUID
    challenge: bytes
    rp_id: str
    origin: str
    customer_id: UUID | None
    expires_at: datetime


class Ceremony(msgspec.Struct, frozen=True, kw_only=True):
    """`options` go to `navigator.credentials` as they are; what comes back names the challenge."""

    challenge_id: UUID
    options: dict[str, Any]


def shown(passkey: StoredPasskey) -> Passkey:
    """The passkey without what only the room needs."""
    return Passkey(**{name: getattr(passkey, name) for name in Passkey.__struct_fields__})
