"""Who looks at the page: told by the back office for a minute, then by the app itself.

The back office shows the page in a frame that has no cookies, so the app's own session stands in
its forms. Both are JSON Web Tokens signed by HMAC-SHA256, each with a key of its own.
Source: RFC 7515 (JWS, compact), RFC 7518 (HS256), RFC 7519 (claims).
"""

import base64
import binascii
import hmac
import json
from collections.abc import Iterable
from typing import Any

SESSION_S = 3_600
HEAD = {"alg": "HS256", "typ": "JWT"}


class NoSession(Exception):
    """Nobody says who looks at the page, or nobody who is to be believed."""


def claims_of(token: str) -> dict[str, Any]:
    """What a token claims, true or not: enough to look up by which key it must be signed.

    Raises:
        NoSession: it is no token.
    """
    try:
        _, claims, _ = token.split(".")
        said = json.loads(_bytes_of(claims))
    except (ValueError, RecursionError):
        raise NoSession("this is no token") from None
    if not isinstance(said, dict):
        raise NoSession("this is no token")
    return said


def check_token(token: str, keys: Iterable[bytes], now: float) -> dict[str, Any]:
    """What the token says, which was signed with one of the keys and has not ended.

    Raises:
        NoSession: it was not, or has.
    """
    said = claims_of(token)
    content, _, signature = token.rpartition(".")
    # The token does not get to choose how it is checked: one algorithm, whatever its head says.
    made = (_text_of(hmac.digest(key, content.encode(), "sha256")) for key in keys)
    if not any(hmac.compare_digest(each.encode(), signature.encode()) for each in made):
        raise NoSession("the token is not signed by whom it should be")
    ends_at = said.get("exp")
    if not isinstance(ends_at, int) or ends_at <= now:
        raise NoSession("the token has ended; open the page anew")
    return said


def make_token(claims: dict[str, Any], key: bytes) -> str:
    """The claims as a token, signed with the key."""
    content = ".".join(_text_of(json.dumps(each).encode()) for each in (HEAD, claims))
    return f"{content}.{_text_of(hmac.digest(key, content.encode(), 'sha256'))}"


def _text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("this is no base64") from None
