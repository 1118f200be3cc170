"""Turns whatever a room raised into an RFC 9457 problem; the one place where 500s are made."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from galleria.faces.gateway.errors import (
    BodyTooLarge,
    MalformedRequest,
    MethodNotAllowed,
    RateLimitExceeded,
)
from galleria.foundation.errors import (
    FieldError,
    Forbidden,
    GalleriaError,
    InvalidInput,
    NotFound,
    Problem,
    RateLimited,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
    problem_of,
)
from galleria.foundation.http import field_error
from galleria.foundation.routing import PROBLEM_MEDIA_TYPE
from galleria.foundation.telemetry import logger

# A database that is started again is back after some seconds; whoever knows better says so.
TRY_AGAIN_S = 2
_log = logger(__name__)
# What the framework refuses by itself, as the problem that a caller knows it by.
_BY_STATUS: dict[int, type[GalleriaError]] = {
    error.status: error
    for error in (
        MalformedRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        BodyTooLarge,
        UnsupportedMedia,
        RateLimited,
        Unavailable,
    )
}


def problem_bytes(error: GalleriaError) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """Status, JSON body and headers of an error's problem."""
    headers = [(b"content-type", PROBLEM_MEDIA_TYPE.encode())]
    retry_after_s = error.retry_after_s
    if retry_after_s is None and error.status == Unavailable.status:
        retry_after_s = TRY_AGAIN_S
    if retry_after_s is not None:
        headers.append((b"retry-after", str(retry_after_s).encode()))
    if isinstance(error, RateLimitExceeded):
        headers += error.headers
    if error.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return error.status, msgspec.json.encode(problem_of(error)), headers


def _respond(problem: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=headers or {},
    )


def _galleria_error(request: Request[Any, Any, Any], error: GalleriaError) -> Response[bytes]:
    status, body, headers = problem_bytes(error)
    if status >= 500:
        _log.error("request_failed", code=error.code, detail=error.detail)
    return Response(
        body,
        status_code=status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers={key.decode(): value.decode() for key, value in headers[1:]},
    )


def _validation_error(
    request: Request[Any, Any, Any], error: ValidationException
) -> Response[bytes]:
    """A parameter or body that did not fit: 422 with the field's path and a stable code."""
    found: list[FieldError] = []
    for entry in error.extra if isinstance(error.extra, list) else []:
        if isinstance(entry, dict):
            found.append(field_error(str(entry.get("message", "")), str(entry.get("key", ""))))
    detail = "; ".join(f"{each.path}: {each.message}" for each in found) or error.detail
    return _respond(problem_of(InvalidInput(detail[:2000], errors=found)))


def _http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refused, as a problem of ours; what it does not refuse is a failure."""
    known = _BY_STATUS.get(error.status_code)
    if known is None:
        return _unexpected(request, error)
    return _respond(problem_of(known(error.detail)), error.headers)


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _log.exception("request_crashed", path=request.scope["path"], reason=repr(error))
    return _respond(problem_of(GalleriaError("the failure has been logged under the request's id")))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    GalleriaError: _galleria_error,
    ValidationException: _validation_error,
    HTTPException: _http_error,
    Exception: _unexpected,
}
