"""Kept answers as they stand on the wire (RFC 9112), for a connection that sends them itself."""

import re

from galleria.faces.gateway.answer import OF_A_BODY, Headers, matches
from galleria.faces.gateway.response_cache import CachedResponse

OK = b"HTTP/1.1 200 OK\r\n"
UNCHANGED = b"HTTP/1.1 304 Not Modified\r\n"
# What would end a header, or the whole head, before its time.
_UNFIT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def written(
    found: CachedResponse, further: Headers, request_id: str, if_none_match: str | None
) -> tuple[int, bytes]:
    """The status and every byte of the answer to a GET: 304 when the client has it."""
    if if_none_match is not None and matches(if_none_match, found.etag.decode()):
        headers = [pair for pair in found.headers if pair[0] not in OF_A_BODY]
        return 304, b"".join((UNCHANGED, _lines(headers), _end(further, request_id)))
    if not found.head:
        found.head = OK + _lines(_with_length(found))
    return 200, b"".join((found.head, _end(further, request_id), found.body))


def _with_length(found: CachedResponse) -> Headers:
    others = [pair for pair in found.headers if pair[0] != b"content-length"]
    return [*others, (b"content-length", b"%d" % len(found.body))]


def _lines(headers: Headers) -> bytes:
    """Each header on its line.

    Raises:
        ValueError: one holds what would break the line.
    """
    for name, value in headers:
        if _UNFIT.search(name) or _UNFIT.search(value):
            raise ValueError(f"the header {name!r} cannot be sent")
    return b"".join(b"%s: %s\r\n" % pair for pair in headers)


def _end(further: Headers, request_id: str) -> bytes:
    last = b"x-request-id: %s\r\n\r\n" % request_id.encode()
    return _lines(further) + last if further else last
