"""Passes: what the holder of a key gives away for a while, made and signed without asking us.

A pass reads `gal_pass_<tenant>_<key id>.<says>.<signature>`. What it says is JSON in base64url
without padding: `expires_at`, and limits that narrow the key. The signature is the HMAC-SHA256
(RFC 2104) of all that stands before its dot, in base64url; its key is the SHA-256 of the key's
text, the one thing of a secret that both sides have.
"""

import base64
import binascii
import hmac
import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import decode_json
from galleria.platform.access.errors import PassExpired, PassUnreadable

MOST_CHARACTERS = (
    4_096  # of a pass: servers and proxies take 8 KB of headers, and others come along
)
_MAX_TENANT_ID = 2**31 - 1
_PASS = re.compile(
    r"gal_pass_(?P<tenant>0|[1-9a-z][0-9a-z]{0,5})"
    r"_(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"\.(?P<says>[A-Za-z0-9_-]+)\.(?P<signature>[A-Za-z0-9_-]{43})"
)


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """A pass as it was sent; nothing of it is to be believed before `is_signed_with`."""

    tenant_id: int
    key_id: UUID
    signed: str
    says: str
    signature: str

    def is_signed_with(self, key_hash: bytes) -> bool:
        """True when whoever made it has the key of this hash."""
        digest = hmac.digest(key_hash, self.signed.encode(), "sha256")
        wanted = base64.urlsafe_b64encode(digest).rstrip(b"=")
        return hmac.compare_digest(wanted, self.signature.encode())


class _Ends(msgspec.Struct, frozen=True):
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)]


def read_pass(text: str) -> Pass | None:
    """What `text` is as a pass; None when it is none. Asks no database."""
    match = _PASS.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if match is None or (tenant_id := int(match["tenant"], 36)) > _MAX_TENANT_ID:
        return None
    return Pass(
        tenant_id=tenant_id,
        key_id=UUID(match["key"]),
        signed=text.rpartition(".")[0],
        says=match["says"],
        signature=match["signature"],
    )


def what_it_says(given: Pass, now: datetime) -> bytes:
    """The JSON of a pass that is signed.

    Raises:
        PassUnreadable: it is none, or does not say when it ends.
        PassExpired: it has ended.
    """
    try:
        said = base64.urlsafe_b64decode(given.says + "=" * (-len(given.says) % 4))
        ends = decode_json(said, _Ends)
    except (binascii.Error, InvalidInput) as error:
        raise PassUnreadable(f"a pass is JSON with `expires_at`: {error}") from None
    if ends.expires_at <= now:
        raise PassExpired(f"the pass was good until {ends.expires_at.isoformat()}")
    return said
