"""Kept answers as they stand on the wire (RFC 9112), for a connection that sends them itself."""

from galleria.faces.gateway.response_cache import CachedResponse, Headers

OK = b"HTTP/1.1 200 OK\r\n"
UNCHANGED = b"HTTP/1.1 304 Not Modified\r\n"
OF_A_BODY = frozenset({b"content-length", b"content-type"})
# What would end a header, or the whole head, before its time.
_UNFIT = {*range(32), 127} - {9}
_FIT = bytes(each for each in range(256) if each not in _UNFIT)


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


def matches(if_none_match: str, etag: str) -> bool:
    """Whether one of the tags a client has is `etag`, compared weakly (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def _with_length(found: CachedResponse) -> Headers:
    others = [pair for pair in found.headers if pair[0] != b"content-length"]
    return [*others, (b"content-length", b"%d" % len(found.body))]


def _lines(headers: Headers) -> bytes:
    """Each header on its line.

    Raises:
        ValueError: one holds what would break the line.
    """
    lines = b"".join([b"%s: %s\r\n" % pair for pair in headers])
    if lines.translate(None, _FIT) != b"\r\n" * len(headers):
        unfit = next(name for name, value in headers if not _UNFIT.isdisjoint(name + value))
        raise ValueError(f"the header {unfit!r} cannot be sent")
    return lines


def _end(further: Headers, request_id: str) -> bytes:
    last = b"x-request-id: %s\r\n\r\n" % request_id.encode()
    return _lines(further) + last if further else last
