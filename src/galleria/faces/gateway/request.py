"""A request as the gateway reads it: straight from the ASGI scope, without a framework."""

import re
from copy import copy
from functools import lru_cache
from typing import Any

from galleria.faces.gateway.errors import HeadersTooLarge, MalformedRequest
from galleria.foundation.ids import new_id

Scope = dict[str, Any]

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_HOST = re.compile(
    r"(?P<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?"
)
LOCALES = ("en", "de")  # the languages the house's own words are written in
MOST_LANGUAGES = 10
# Two of one of these say two things, and those who read a request on its way (proxies, the gateway,
# a room) may each believe another one.
SAID_ONCE = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"cookie",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"galleria-version",
        b"origin",
        b"transfer-encoding",
        b"x-forwarded-host",
        b"x-galleria-shop",
    }
)
# Some servers read `x_galleria_shop` as `x-galleria-shop`: with one in front, two would be said.
_CONFUSABLE = frozenset(name.replace(b"-", b"_") for name in SAID_ONCE if b"-" in name)
MOST_HEADERS = 100
MOST_HEADER_BYTES = 32 * 1024
_OUR_COOKIES = b"galleria_"


class Request:
    """The few things the gateway asks of a request; each is worked out once."""

    __slots__ = (
        "_headers",
        "_is_from_proxy",
        "address",
        "host",
        "method",
        "path",
        "request_id",
        "scope",
    )

    def __init__(self, scope: Scope, trusted_proxies: frozenset[str] = frozenset()) -> None:
        """Read where `scope` comes from and its id. Its host is read by `find_host`.

        What a request says of its own way counts when one of `trusted_proxies` brought it.
        """
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope.get("path", "")
        """Decoded. Not known yet where an answer from memory is looked for by a head alone."""
        # The first of several of one name counts.
        self._headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        self.host = ""
        client = scope.get("client")
        peer = client[0] if client else ""
        self._is_from_proxy = peer in trusted_proxies
        self.address = self._forwarded(peer, trusted_proxies) if self._is_from_proxy else peer
        """The network address that asks."""
        given_id = self._raw(b"x-request-id") if self._is_from_proxy else None
        self.request_id = (
            given_id.decode() if given_id and _REQUEST_ID.fullmatch(given_id) else str(new_id())
        )

    def without(self, name: bytes) -> "Request":
        """The same request without a header; this one itself when it says nothing of the kind."""
        if name not in self._headers:
            return self
        other = copy(self)
        other.scope = {
            **self.scope,
            "headers": [pair for pair in self.scope["headers"] if pair[0] != name],
        }
        other._headers = {each: value for each, value in self._headers.items() if each != name}
        return other

    def find_host(self) -> None:
        """`host` is known, without a port; a forwarded one counts from trusted proxies only.

        Raises:
            HeadersTooLarge: too many or too long.
            MalformedRequest: no host, one that is none, or a header twice that is said once.
        """
        self.refuse_odd_headers()
        given = self._raw(b"x-forwarded-host") if self._is_from_proxy else None
        text = (given or self._raw(b"host") or b"").decode("latin-1").strip().lower()
        match = _HOST.fullmatch(text)
        if match is None:
            raise MalformedRequest("the Host header is missing or is no host name")
        self.host = match["name"].rstrip(".")

    def refuse_odd_headers(self) -> None:
        """Pass when no reader of the headers can take them for something else.

        Raises:
            HeadersTooLarge, MalformedRequest: see `find_host`.
        """
        every, found = self.scope["headers"], self._headers
        size = sum(map(len, found)) + sum(map(len, found.values()))
        if len(every) != len(found):
            names = [name for name, _ in every if name in SAID_ONCE]
            if len(names) != len(set(names)):
                twice = next(name for name in names if names.count(name) > 1)
                raise MalformedRequest(f"the header {twice.decode()} may come only once")
            size = sum(len(name) + len(value) for name, value in every)
        if size > MOST_HEADER_BYTES or len(every) > MOST_HEADERS:
            raise HeadersTooLarge(
                f"at most {MOST_HEADERS} headers and {MOST_HEADER_BYTES} bytes, cookies among them"
            )
        if not _CONFUSABLE.isdisjoint(found):
            raise MalformedRequest("names of headers are spelled with hyphens")
        cookies = found.get(b"cookie")
        if cookies is not None and cookies.count(_OUR_COOKIES) > 1:
            _refuse_doubled(cookies)
        if b"transfer-encoding" in found and b"content-length" in found:
            raise MalformedRequest("a body has a Content-Length or a Transfer-Encoding, not both")

    def _forwarded(self, peer: str, trusted_proxies: frozenset[str]) -> str:
        """Who the nearest proxy that is not ours says it is; each proxy adds itself at the end."""
        every = self.scope["headers"]
        said = b",".join(value for name, value in every if name == b"x-forwarded-for")
        hops = said.decode("latin-1").split(",")
        while peer in trusted_proxies and hops and hops[-1].strip():
            peer = hops.pop().strip()
        return peer[:100]

    @property
    def has_body(self) -> bool:
        """Whether something follows the headers."""
        return b"content-length" in self._headers or b"transfer-encoding" in self._headers

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
            raise MalformedRequest("send the key as `Authorization: Bearer gal_key_…`")
        return text.strip()

    def cookie(self, name: str) -> str | None:
        """A cookie's value, None when it is absent."""
        for part in (self.header(b"cookie") or "").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return None

    def said_openly(self, names: tuple[bytes, ...]) -> tuple[bytes | None, ...] | None:
        """What these headers say; None for a request that shows a key or a cookie, that a proxy
        speaks for, or that says anything twice.
        """
        found = self._headers
        if self._is_from_proxy and b"x-forwarded-host" in found:
            return None
        if b"authorization" in found or b"cookie" in found:
            return None
        if len(found) != len(self.scope["headers"]):
            return None
        return tuple(map(found.get, names))

    def locale(self) -> str:
        """The reader's language among ours: the cookie, then Accept-Language, then English."""
        if b"cookie" in self._headers:
            chosen = self.cookie("__Host-galleria_locale") or self.cookie("galleria_locale")
            if chosen in LOCALES:
                return chosen or LOCALES[0]
        accepted = self._headers.get(b"accept-language")
        return LOCALES[0] if accepted is None else _best_of(accepted)

    def _raw(self, name: bytes) -> bytes | None:
        return self._headers.get(name)


@lru_cache(maxsize=1_024)
def _best_of(accepted: bytes) -> str:
    """The language of ours that an Accept-Language likes best."""
    best, best_weight = LOCALES[0], 0.0
    for part in accepted.decode("latin-1").split(",")[:MOST_LANGUAGES]:
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().lower()[:2]
        if language in LOCALES and (weight := _weight(parameter)) > best_weight:
            best, best_weight = language, weight
    return best


def _refuse_doubled(cookies: bytes) -> None:
    """Pass when no cookie of ours comes twice: another site of the domain may have set the second,
    and one reader takes the first for a session, another the last.
    """
    names = [part.partition(b"=")[0].strip() for part in cookies.split(b";")]
    ours = [name for name in names if _OUR_COOKIES in name]
    if len(ours) != len(set(ours)):
        raise MalformedRequest("a cookie of this house came twice; delete this site's cookies")


def _weight(parameter: str) -> float:
    """`q=0.8` as 0.8; 1 without one, 0 for what is no number."""
    text = parameter.strip().removeprefix("q=")
    if not text:
        return 1.0
    try:
        return float(text)
    except ValueError:
        return 0.0
