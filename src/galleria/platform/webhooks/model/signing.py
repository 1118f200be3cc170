"""Signs messages so that a receiver knows who sent them, and when.

Source: Standard Webhooks, https://www.standardwebhooks.com: HMAC-SHA256 over id, time and body.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from galleria.foundation import rotation
from galleria.foundation.errors import FieldError
from galleria.foundation.rotation import Life
from galleria.platform.webhooks.errors import InvalidWebhook

PREFIX = "whsec_"
LEAST_BYTES = 24  # of the standard, as is the most
MOST_BYTES = 64
SECRET_BYTES = 32
MOST_ALIVE = 5  # each adds a signature to every message
DEFAULT_GRACE_HOURS = 24
MOST_GRACE_HOURS = 24 * 7


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """What a message is signed with, as it is stored; alive until `ends_at`, None for no end."""

    secret_id: UUID
    sealed: bytes
    made_at: datetime
    ends_at: datetime | None


class ShownSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret in clear, for whoever sets a receiver up."""

    secret_id: UUID
    secret: str
    made_at: datetime
    ends_at: datetime | None


def secret_text(key: bytes) -> str:
    """The secret as people copy it."""
    return PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """The bytes a secret stands for.

    Raises:
        InvalidWebhook: it is none, or of a length the standard does not allow.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= MOST_BYTES:
        said = f"a secret is {PREFIX} and {LEAST_BYTES} to {MOST_BYTES} bytes in base64"
        raise InvalidWebhook(said, errors=[FieldError("secret", "invalid_secret", said)])
    return key


def signed_headers(
    message_id: str, sent_at: datetime, body: bytes, keys: Sequence[bytes]
) -> dict[str, str]:
    """The three headers of the standard, with a signature by each of `keys`, newest first."""
    timestamp = str(int(sent_at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (
        base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def end_of_grace(grace_hours: int, now: datetime) -> datetime:
    """Until when an old secret signs beside a new one; one that ends sooner anyway still does."""
    return rotation.grace_end(Life(), now, timedelta(hours=grace_hours))
