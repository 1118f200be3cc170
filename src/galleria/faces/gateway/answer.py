"""What goes out: with the house's headers, and recorded when it may be kept or is made over."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from galleria.engines.context import Tenant
from galleria.faces.gateway.response_cache import MOST_BODY_BYTES, CachedResponse
from galleria.faces.gateway.wire import OF_A_BODY, matches, written
from galleria.platform.requests import HeardRequest

Send = Callable[[dict[str, Any]], Awaitable[None]]
Write = Callable[[bytes], bool]
"""Sends all bytes of an answer, head and body; False when it cannot, and has sent none."""
Headers = list[tuple[bytes, bytes]]

SECURITY_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]
# No inline script or style anywhere: pages carry theirs as files of their own host.
PAGE_POLICY = (
    b"content-security-policy",
    b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    b"frame-ancestors 'none'; form-action 'self'",
)


class Answer:
    """Watches what goes out to a client, and adds the headers every answer has."""

    __slots__ = (
        "_is_bare",
        "_is_head",
        "_request_id",
        "_send",
        "extra",
        "has_started",
        "heard",
        "is_personal",
        "shop",
        "status",
        "until",
        "write",
    )

    def __init__(
        self, send: Send, request_id: str, *, is_head: bool, is_bare: bool = False
    ) -> None:
        """Answer by `send`; a HEAD gets the headers alone, `is_bare` adds none to the rooms'."""
        self._send = send
        self._is_head = is_head
        self._is_bare = is_bare
        self.until: asyncio.Timeout | None = None
        """The time limit, which ends once the answer begins: a long one may take its time."""
        self._request_id = request_id.encode()
        self.has_started = False
        self.status = 0
        self.is_personal = False
        """True when it is kept for nobody, whatever the room says."""
        self.extra: Headers = []
        """Headers that this answer gets besides."""
        self.heard: HeardRequest | None = None
        """What is heard of the request and this answer; None when nothing is."""
        self.write: Write | None = None
        """Writes a whole answer to the connection at once, if that is to be had."""
        self.shop: Tenant | None = None
        """The shop that was asked, once it is known."""

    async def send(self, message: dict[str, Any]) -> None:
        """Pass a message of the application on."""
        if message["type"] == "http.response.start":
            self.has_started = True
            self.status = message["status"]
            if self.heard is not None:
                self.heard.begin_answer(self.status, message["headers"])
            if self.until is not None:
                self.until.reschedule(None)
                self.until = None
            if self._is_bare:
                await self._send(message)
                return
            headers = with_house_headers(message["headers"])
            if self.is_personal:
                headers = [pair for pair in headers if pair[0] != b"cache-control"]
                headers.append((b"cache-control", b"private, no-store"))
            headers += self.extra
            headers.append((b"x-request-id", self._request_id))
            message = {**message, "headers": headers}
        elif self._is_head:
            message = {**message, "body": b""}
        elif self.heard is not None and (chunk := message.get("body")):
            self.heard.answered.add(chunk)
        await self._send(message)

    async def send_whole(self, status: int, headers: Headers, body: bytes) -> None:
        """An answer made here."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    async def send_kept(self, found: CachedResponse, if_none_match: str | None) -> None:
        """A kept answer, which has the house's headers already; 304 when the client has it."""
        if self.write is not None and not self._is_head:
            request_id = self._request_id.decode()
            status, whole = written(found, self.extra, request_id, if_none_match)
            if self.write(whole):
                self.has_started, self.status = True, status
                return
        headers, body = found.headers, b"" if self._is_head else found.body
        self.has_started, self.status = True, 200
        if if_none_match is not None and matches(if_none_match, found.etag.decode()):
            headers = [pair for pair in headers if pair[0] not in OF_A_BODY]
            self.status, body = 304, b""
        headers = [*headers, *self.extra, (b"x-request-id", self._request_id)]
        start = {"type": "http.response.start", "status": self.status, "headers": headers}
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def with_house_headers(headers: Headers) -> Headers:
    """An answer's headers with those that every answer of the house has."""
    whole = [*headers, *SECURITY_HEADERS]
    if PAGE_POLICY[0] not in [name for name, _ in headers]:
        whole.append(PAGE_POLICY)
    return whole


class Recorder:
    """Holds an answer back until it is whole; one too large to keep is passed on as it comes."""

    __slots__ = (
        "_most_bytes",
        "_pass_on",
        "_size_bytes",
        "body",
        "headers",
        "is_whole",
        "status",
    )

    def __init__(self, pass_on: Send | None, most_bytes: float = MOST_BODY_BYTES) -> None:
        """Record up to `most_bytes`; `pass_on` gets what is larger, None drops it."""
        self._pass_on = pass_on
        self._most_bytes = most_bytes
        self._size_bytes = 0
        self.status = 0
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.is_whole = False
        """False when it was passed on, or never came."""

    async def send(self, message: dict[str, Any]) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
            return
        if message["type"] != "http.response.body":
            return
        chunk = message.get("body", b"")
        if self._size_bytes <= self._most_bytes:
            self.body.append(chunk)
            self._size_bytes += len(chunk)
            if self._size_bytes <= self._most_bytes:
                self.is_whole = not message.get("more_body")
                return
            if self._pass_on is not None:
                start = {"status": self.status, "headers": self.headers}
                await self._pass_on({"type": "http.response.start", **start})
            chunk, self.body = b"".join(self.body), []
        if self._pass_on is not None:
            await self._pass_on({**message, "body": chunk})
