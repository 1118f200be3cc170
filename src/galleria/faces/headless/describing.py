"""Completes the OpenAPI document by what no route says of itself: who may call, and how the door,
the framework and the house may refuse.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from galleria.engines.sql import DatabaseUnavailable
from galleria.faces.headless.naming import clear_names, first_sentence
from galleria.foundation.errors import (
    Forbidden,
    GalleriaError,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from galleria.foundation.routing import PROBLEM_MEDIA_TYPE, ScopeGuard

REFUSALS = "refusals"
"""Where the roof leaves, in the application's state, what the gateway may answer by itself."""
RAW_BODY = "raw_body"
"""A route's option: the media type of a body that is not JSON."""
METHODS = ("get", "put", "post", "delete", "patch")
SHARED_PATHS = ("/store/", "/admin/", "/media/")
_PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what the client has.",
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Names the request, so that repeating it within a day repeats its answer and"
    " nothing else. Without a key of the shop's, 16 characters at least, such as a UUID.",
    "schema": {"type": "string", "minLength": 16, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_NEEDS_KEY = "`idempotency_key_required`"
_CODE = re.compile(r"`(\w+)`: ")

Operation = dict[str, Any]
Errors = tuple[type[GalleriaError], ...]


class Refusals(msgspec.Struct, frozen=True):
    """How a request can fail before it reaches a room: any, with a body, with a JSON body, and a
    write that may be repeated."""

    of_any: Errors = ()
    of_bodies: Errors = ()
    of_json: Errors = ()
    of_repeated: Errors = ()


@lru_cache(maxsize=1)
def document_of(app: Litestar) -> dict[str, Any]:
    """The whole document; made once, since the API does not change while it runs."""
    # Plain JSON values throughout: a default is a struct until then.
    document: dict[str, Any] = clear_names(msgspec.to_builtins(app.openapi_schema.to_schema()))
    _say_any_of(document)
    refusals = app.state.get(REFUSALS) or Refusals()
    handlers = {handler.operation_id: handler for handler in _handlers(app)}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                handler = handlers[operation["operationId"]]
                operation["summary"] = first_sentence(operation.get("description", ""))
                _say_who_may_call(operation, handler)
                _say_what_may_come(operation, handler)
                _say_what_may_repeat(operation, method, path)
                _say_how_it_fails(operation, path, refusals)
                _say_which_headers_count(operation)
                _say_it_once(operation["responses"], document["components"])
    return document


def _say_any_of(part: Any) -> None:
    """The framework says `oneOf` of a union, which an integer that is a number too would break."""
    if isinstance(part, dict):
        if "oneOf" in part:
            part["anyOf"] = part.pop("oneOf")
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            _say_any_of(each)


def _handlers(app: Litestar) -> Iterator[HTTPRouteHandler]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            yield from route.route_handlers


def _scopes(handler: HTTPRouteHandler) -> list[str] | None:
    """The scopes a caller needs, None when anyone may call."""
    guards = [guard for guard in handler.guards or () if isinstance(guard, ScopeGuard)]
    return [scope for guard in guards for scope in guard.scopes] if guards else None


def _say_who_may_call(operation: Operation, handler: HTTPRouteHandler) -> None:
    scopes = _scopes(handler)
    if scopes is not None:
        # OpenAPI 3.1 lets a bearer scheme list the roles that are needed.
        operation["security"] = [{"key": scopes}]
        operation["x-scopes"] = scopes


def _say_what_may_come(operation: Operation, handler: HTTPRouteHandler) -> None:
    media_type = handler.opt.get(RAW_BODY)
    if media_type is not None:
        schema = {"type": "string", "format": "binary"}
        operation["requestBody"] = {"content": {media_type: {"schema": schema}}, "required": True}


def _say_what_may_repeat(operation: Operation, method: str, path: str) -> None:
    """A write over the API takes a key to be repeated by, unless it is too large to be compared."""
    is_raw = "requestBody" in operation and "application/json" not in str(operation["requestBody"])
    parameters = operation.setdefault("parameters", [])
    is_known = any(each["name"] == _IDEMPOTENCY_KEY["name"] for each in parameters)
    if method != "get" and path.startswith(("/store/v1/", "/admin/v1/")) and not is_raw | is_known:
        parameters.append(_IDEMPOTENCY_KEY)


def _say_which_headers_count(operation: Operation) -> None:
    """What an answer tells of the headers it comes from, which no signature of a route does."""
    responses = operation["responses"]
    parameters = operation.setdefault("parameters", [])
    if "304" in responses:
        parameters.append(_IF_NONE_MATCH)
    # A missing one is refused with a code of its own, so the route itself lets it be missing.
    if any(_NEEDS_KEY in response["description"] for response in responses.values()):
        for parameter in parameters:
            if parameter["name"] == "Idempotency-Key":
                parameter |= {"required": True, "schema": {"type": "string"}}


def _say_how_it_fails(operation: Operation, path: str, refusals: Refusals) -> None:
    responses = operation["responses"]
    # The framework announces a 400 in its own form; ours has another status and form.
    if "application/json" in responses.get("400", {}).get("content", {}):
        del responses["400"]
    for error in _failures(operation, path, refusals):
        _add(responses, error)
    operation["responses"] = dict(sorted(responses.items()))


def _say_it_once(responses: dict[str, Any], components: dict[str, Any]) -> None:
    """Failures lie under `components`, by their codes, and operations point to them."""
    kept = components.setdefault("responses", {})
    for status, response in responses.items():
        if [*response.get("content", {})] == [PROBLEM_MEDIA_TYPE]:
            name = ".".join(_CODE.findall(response["description"]))
            assert name, f"an answer names its codes: {response['description']}"
            kept[name] = response
            responses[status] = {"$ref": f"#/components/responses/{name}"}


def _failures(operation: Operation, path: str, refusals: Refusals) -> Iterable[type[GalleriaError]]:
    yield GalleriaError
    if path == "/healthz":
        return
    yield DatabaseUnavailable
    parameters = operation.get("parameters", ())
    body = operation.get("requestBody", {}).get("content", {})
    if body:
        yield from refusals.of_bodies
    if "application/json" in body:
        yield from refusals.of_json
    if not path.startswith(SHARED_PATHS):
        return
    yield from refusals.of_any
    if operation.get("security"):
        yield from (Unauthenticated, Forbidden)
    if "{" in path:
        yield NotFound  # an id in another form than an id's
    if "application/json" in body or any(each["in"] != "path" for each in parameters):
        yield InvalidInput
    if any(each["name"] == _IDEMPOTENCY_KEY["name"] for each in parameters):
        yield from refusals.of_repeated


def _add(responses: dict[str, Any], error: type[GalleriaError]) -> None:
    """The answer is named with the others of its status."""
    said = f"`{error.code}`: {error.title}"
    present = responses.get(str(error.status))
    if present is None:
        responses[str(error.status)] = {
            "description": said,
            "content": {PROBLEM_MEDIA_TYPE: {"schema": _PROBLEM_SCHEMA}},
        }
    else:
        present.setdefault("content", {}).setdefault(
            PROBLEM_MEDIA_TYPE, {"schema": _PROBLEM_SCHEMA}
        )
        if f"`{error.code}`" not in present["description"]:
            present["description"] += f"; {said}"
