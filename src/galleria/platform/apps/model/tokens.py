"""The token by which a page of an app knows who looks at it: a JWS of a few seconds' life.

Source: RFC 7515 (JWS, compact), RFC 7518 (HS256), RFC 7519 (claims).
"""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

SESSION_LIFE = timedelta(seconds=60)
PARAMETER = "session_token"


class PageSession(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at which page. `aud` is the app's client id, `sub` the person's id."""

    iss: str
    aud: str
    sub: str
    shop: str
    page: int
    locale: str
    iat: int
    exp: int
    jti: UUID


class ShownPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an app, ready to be shown. `source` holds the token; it is good for a minute."""

    title: str
    source: str
    origin: str


def session_times(now: datetime) -> tuple[int, int]:
    """When a token is made and when it ends, in seconds since 1970."""
    return int(now.timestamp()), int((now + SESSION_LIFE).timestamp())


def signed(session: PageSession, key: bytes) -> str:
    """The token, signed by HMAC-SHA256 with the app's signing secret."""
    head = _packed({"alg": "HS256", "typ": "JWT"})
    content = f"{head}.{_packed(session)}"
    signature = hmac.digest(key, content.encode(), "sha256")
    return f"{content}.{_base64(signature)}"


def with_token(url: str, token: str) -> str:
    """The address of a page with the token in its question."""
    plain, _, fragment = url.partition("#")
    joined = "&" if urlsplit(plain).query else "?"
    return f"{plain}{joined}{PARAMETER}={token}" + (f"#{fragment}" if fragment else "")


def _packed(value: Any) -> str:
    return _base64(msgspec.json.encode(value))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
