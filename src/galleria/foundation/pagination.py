"""Turning the pages of a long list: a page, and the cursor that leads to the next one.

A cursor holds the sort values of the last row shown, so a page costs the same wherever it lies and
rows that come or go do not shift it. It is signed and bound to its tenant and its list: one that
was made up, altered, or taken from another shop or another list is refused.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Generic, TypeAlias, TypeVar

import msgspec

from galleria.foundation.errors import FieldError, InvalidInput

T = TypeVar("T")
CursorKey: TypeAlias = str | int | None

_MAC_LENGTH = 16  # 128 bits: a forger has one guess a request


class InvalidCursor(InvalidInput):
    """This cursor was not issued by this shop for this list."""

    code = "invalid_cursor"
    title = "This cursor does not belong to this list"


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items of a list in its order; `next_cursor` is None on the last page."""

    items: list[T]
    next_cursor: str | None = None


class CursorCodec:
    """Writes cursors and reads back its own, and only its own."""

    def __init__(self, secret: bytes) -> None:
        """Sign with `secret`, at least 16 bytes; processes that share a list share the secret."""
        assert len(secret) >= 16, "a short secret can be guessed"
        self._secret = secret

    def encode(self, tenant_id: int, scope: str, keys: Sequence[CursorKey]) -> str:
        """The cursor that stands after the row whose sort values are `keys`.

        Args:
            tenant_id: whose list it is; stands in the cursor in clear.
            scope: which list, with its sort and filters ("products:name:asc"); without NUL.
            keys: the last row's sort values, its unique id last.
        """
        payload = msgspec.json.encode((tenant_id, *keys))
        return _as_text(self._mac(scope, payload) + payload)

    def decode(self, text: str, tenant_id: int, scope: str) -> list[CursorKey]:
        """The sort values inside `text`.

        Raises:
            InvalidCursor: `encode` never returned it for this tenant and scope.
        """
        signed = _from_text(text)
        mac, payload = signed[:_MAC_LENGTH], signed[_MAC_LENGTH:]
        if not hmac.compare_digest(mac, self._mac(scope, payload)):
            raise _refused()
        owner, *keys = msgspec.json.decode(payload, type=list[CursorKey])
        if owner != tenant_id:
            raise _refused()
        return keys

    def _mac(self, scope: str, payload: bytes) -> bytes:
        assert "\0" not in scope, "NUL parts the scope from the payload"
        message = b"galleria.cursor.v1\0" + scope.encode() + b"\0" + payload
        return hmac.digest(self._secret, message, hashlib.sha256)[:_MAC_LENGTH]


def _as_text(signed: bytes) -> str:
    return urlsafe_b64encode(signed).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    try:
        signed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise _refused() from None
    # The decoder skips what is no base64 and ignores spare bits: one cursor has one spelling.
    if _as_text(signed) != text:
        raise _refused()
    return signed


def _refused() -> InvalidCursor:
    message = "start again from the first page"
    return InvalidCursor(message, errors=[FieldError("cursor", InvalidCursor.code, message)])
