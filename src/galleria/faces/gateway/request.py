"""A request as the gateway reads it: straight from the ASGI scope, without a framework."""

import re
from typing import Any

from galleria.faces.gateway.errors import MalformedRequest
from galleria.foundation.ids import new_id

Scope = dict[str, Any]

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_HOST = re.compile(
    r"(?P<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?"
)
LOCALES = ("en", "de")  # the languages the house's own words are written in
MOST_LANGUAGES = 10
MOST_PROXIES = 10  # between a client and us
# Two of one of these say two things, and those who read a request on its way (proxies, the gateway,
# a room) may each believe another one.
SAID_ONCE = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"x-forwarded-host",
        b"x-galleria-shop",
    }
)


class Request:
    """The few things the gateway asks of a request; each is worked out once."""

    __slots__ = ("_headers", "client_address", "host", "request_id", "scope")

    def __init__(self, scope: Scope) -> None:
        """Read the request's id from `scope`, or give it one. Its host is read by `find_host`."""
        self.scope = scope
        self._headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.host = ""
        self.client_address = ""
        given_id = self._raw(b"x-request-id")
        self.request_id = (
            given_id.decode() if given_id and _REQUEST_ID.fullmatch(given_id) else str(new_id())
        )

    def find_host(self, trusted_proxies: frozenset[str]) -> None:
        """`host` is known, without a port, and the client's address; what is forwarded counts from
        trusted proxies only.

        Raises:
            MalformedRequest: no host, one that is none, or a header twice that is said once.
        """
        names = [name for name, _ in self._headers if name in SAID_ONCE]
        if len(names) != len(set(names)):
            twice = next(name for name in names if names.count(name) > 1)
            raise MalformedRequest(f"the header {twice.decode()} may come only once")
        client = self.scope.get("client")
        given = None
        self.client_address = client[0] if client else ""
        if client and client[0] in trusted_proxies:
            given = self._raw(b"x-forwarded-host")
            self.client_address = self._forwarded_for(trusted_proxies) or client[0]
        text = (given or self._raw(b"host") or b"").decode("latin-1").strip().lower()
        match = _HOST.fullmatch(text)
        if match is None:
            raise MalformedRequest("the Host header is missing or is no host name")
        self.host = match["name"].rstrip(".")

    def _forwarded_for(self, trusted_proxies: frozenset[str]) -> str:
        """The last address that our own proxies have not written of each other, from the end:
        what stands before it anybody could have said."""
        lines = [value for name, value in self._headers if name == b"x-forwarded-for"]
        addresses = b",".join(lines).decode("latin-1").split(",")
        for address in reversed(addresses[-MOST_PROXIES:]):
            if address.strip() not in trusted_proxies:
                return address.strip()
        return ""

    @property
    def method(self) -> str:
        """GET, POST …"""
        method: str = self.scope["method"]
        return method

    @property
    def path(self) -> str:
        """The decoded path."""
        path: str = self.scope["path"]
        return path

    def header(self, name: bytes) -> str | None:
        """A header's value, the first of several; None when it is absent."""
        raw = self._raw(name)
        return None if raw is None else raw.decode("latin-1")

    def bearer(self) -> str | None:
        """The bearer token, None without one.

        Raises:
            MalformedRequest: another scheme than Bearer.
        """
        value = self.header(b"authorization")
        if value is None:
            return None
        scheme, _, text = value.partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise MalformedRequest("send the key as `Authorization: Bearer gal_…`")
        return text.strip()

    def cookie(self, name: str) -> str | None:
        """A cookie's value, None when it is absent."""
        for part in (self.header(b"cookie") or "").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return None

    def locale(self) -> str:
        """The reader's language among ours: the cookie, then Accept-Language, then English."""
        chosen = self.cookie("__Host-galleria_locale") or self.cookie("galleria_locale")
        if chosen in LOCALES:
            return chosen or LOCALES[0]
        best, best_weight = LOCALES[0], 0.0
        for part in (self.header(b"accept-language") or "").split(",")[:MOST_LANGUAGES]:
            tag, _, parameter = part.strip().partition(";")
            language = tag.strip().lower()[:2]
            if language in LOCALES and (weight := _weight(parameter)) > best_weight:
                best, best_weight = language, weight
        return best

    def _raw(self, name: bytes) -> bytes | None:
        for key, value in self._headers:
            if key == name:
                return value
        return None


def _weight(parameter: str) -> float:
    """`q=0.8` as 0.8; 1 without one, 0 for what is no number."""
    text = parameter.strip().removeprefix("q=")
    if not text:
        return 1.0
    try:
        return float(text)
    except ValueError:
        return 0.0
