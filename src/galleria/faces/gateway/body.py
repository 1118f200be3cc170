"""Reads what a client sends before a room does: bounded in size and depth, of the type expected."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from galleria.faces.gateway.errors import BodyTooLarge, MalformedRequest, NotJson
from galleria.faces.gateway.request import Request
from galleria.foundation.http import refuse_unsafe_json

Receive = Callable[[], Awaitable[dict[str, Any]]]

MOST_JSON_BYTES = 1_000_000
MOST_FORM_BYTES = 2_000_000
MOST_UPLOAD_BYTES = 20 * 1024**3  # a product file of 20 GB is streamed, never held
WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
API_PATHS = ("/store/v1/", "/admin/v1/", "/ucp/", "/mcp", "/keys/", "/secret-scanning")
UPLOAD_PATHS = (
    "/admin/v1/imports/files",
    "/admin/v1/images",
    "/admin/v1/download-files",
    "/admin/v1/search/judgment-files",
    "/uploads/",
)
_NUL_IN_QUERY = b"%00"


def refuse_odd_address(request: Request) -> None:
    """Pass when path and query can be stored and compared as text.

    Raises:
        MalformedRequest: a NUL character, or bytes that are not UTF-8.
    """
    query: bytes = request.scope.get("query_string", b"")
    if "\x00" in request.path or _NUL_IN_QUERY in query or b"\x00" in query:
        raise MalformedRequest("an address may not hold the character NUL")
    if "\ufffd" in request.path or not _is_text(query):
        raise MalformedRequest("an address is UTF-8, percent-encoded")


def _is_text(query: bytes) -> bool:
    if b"%" not in query:
        return query.isascii()
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return query.isascii()


async def checked_body(request: Request, receive: Receive) -> Receive:
    """A `receive` for the rooms: the checked body of an API call, or a counted stream.

    Raises:
        NotJson, BodyTooLarge, InvalidInput: before any room was asked.
    """
    if request.method not in WITH_BODY:
        return receive
    if request.path.startswith(UPLOAD_PATHS):
        return _counted(receive, MOST_UPLOAD_BYTES)
    if not request.path.startswith(API_PATHS):
        return _counted(receive, MOST_FORM_BYTES)
    _refuse_by_length(request, MOST_JSON_BYTES)
    body = await _read(receive, MOST_JSON_BYTES)
    if body:
        media_type = (request.header(b"content-type") or "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise NotJson(f"send application/json, not {media_type[:60] or 'an untyped body'}")
        refuse_unsafe_json(body)
    return replay(body, receive)


def is_upload(request: Request) -> bool:
    """Whether files are sent here, which may take as long as the line needs."""
    return request.method in WITH_BODY and request.path.startswith(UPLOAD_PATHS)


def _refuse_by_length(request: Request, most_bytes: int) -> None:
    length = request.header(b"content-length")
    if length is not None and length.isdigit() and int(length) > most_bytes:
        raise BodyTooLarge(f"at most {most_bytes} bytes")


async def _read(receive: Receive, most_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise MalformedRequest("the client went away")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most_bytes:
            raise BodyTooLarge(f"at most {most_bytes} bytes")
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body`, whole, and then what `receive` has."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> dict[str, Any]:
        return messages.pop() if messages else await receive()

    return replay


def _counted(receive: Receive, most_bytes: int) -> Receive:
    size = 0
    is_whole = False

    async def count() -> dict[str, Any]:
        nonlocal size, is_whole
        message = await receive()
        if message["type"] != "http.request":
            if not is_whole:
                raise MalformedRequest("the client went away")
            return message
        is_whole = not message.get("more_body")
        size += len(message.get("body", b""))
        if size > most_bytes:
            raise BodyTooLarge(f"at most {most_bytes} bytes")
        return message

    return count
