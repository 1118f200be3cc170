"""What is asked of the outside, and what comes back."""

from collections.abc import AsyncIterator

import msgspec

DEFAULT_DEADLINE_S = 10.0
MAX_DEADLINE_S = 3600.0
DEFAULT_LIMIT_BYTES = 8 * 1024 * 1024
DEFAULT_REDIRECTS = 5


class OutboundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a host outside.

    `tenant_id` is on whose behalf: failures and places in the queue are counted for each tenant
    alone. `deadline_s` covers everything from the look-up of the name to the last byte, redirects
    and the caller's own work on a stream included. `limit_bytes` bounds the answer as unpacked.
    Redirects are followed for GET and HEAD only; any other answer comes back as it is.

    Calls of one `lane` wait in line behind each other only; it is for who calls several hosts for a
    tenant and lets none of them hold up the others. `has_breaker` is False for who keeps a
    breaker of its own: a host's failures are then not counted, and it is never paused.
    """

    tenant_id: int
    url: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: bytes = b""
    deadline_s: float = DEFAULT_DEADLINE_S
    limit_bytes: int = DEFAULT_LIMIT_BYTES
    max_redirects: int = DEFAULT_REDIRECTS
    lane: str = ""
    has_breaker: bool = True


class OutboundResponse(msgspec.Struct, frozen=True):
    """An answer, whole. Header names are in lower case; equal ones are joined by ", ".

    `url` is the last one called, after redirects. A status of 400 or more is an answer too.
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes


class OutboundStream:
    """An answer whose body is still to come: iterate once, inside the block that opened it."""

    def __init__(
        self, status: int, url: str, headers: dict[str, str], chunks: AsyncIterator[bytes]
    ) -> None:
        """Status, last URL and headers as in `OutboundResponse`; `chunks` are unpacked bytes."""
        self.status = status
        self.url = url
        self.headers = headers
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks
