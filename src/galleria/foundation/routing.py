"""What every route says about itself: who may call it, how it can fail, which version is edited."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Protocol, TypeVar, get_args

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import ParameterKwarg, QueryParameter
from msgspec import Meta

from galleria.foundation.errors import (
    Forbidden,
    GalleriaError,
    PreconditionFailed,
    Problem,
    Unauthenticated,
)
from galleria.foundation.http import PageLimit

P = TypeVar("P", bound=ParameterKwarg)

PROBLEM_MEDIA_TYPE = "application/problem+json"
CONTEXT_KEY = "galleria.context"
"""Where the door leaves the request's context in the ASGI scope."""
REPEATS_ITSELF = "repeats_itself"
"""True in the `opt` of a route that keeps its answers by `Idempotency-Key` itself."""
SHAPE = "shape"
"""What a route says in its `opt` about what its answer is made of, for those who shape answers by
the client: `product`, `cards`, `search`, `suggestions`, `variants` or `methods`."""
STRAIGHT = "straight"
"""True in the `opt` of a route that may be asked without the framework, see the gateway's
`shortcut`: it reads, for anyone, and its answers are `ReadyJson`."""
ASK_AGAIN_KEY = "galleria.ask_again"
"""Where it leaves a way to let a request in once more, as a key; see `platform.requests`."""
CLIENT_KEY = "galleria.client_address"
"""Where it leaves the address the request came from, behind the proxies it trusts."""


def client_address(scope: Mapping[str, Any]) -> str:
    """Where a request came from, as the door has found out; empty when it does not know."""
    return str(scope.get(CLIENT_KEY) or "")


def header_of(scope: Mapping[str, Any], name: bytes) -> str | None:
    """What a request's header says, the first of several. For the few routes asked most often: the
    framework would sort all headers to find one."""
    found = next((value for each, value in scope["headers"] if each == name), None)
    return None if found is None else found.decode("latin-1")


class ReadyJson(Response[bytes]):
    """JSON that is bytes already, with headers that are too: the framework makes nothing of it.

    For the few routes asked most often. What a route would add to any answer (headers, cookies,
    tasks) is not added to this one.
    """

    __slots__ = ("_body", "_headers", "_status")

    def __init__(
        self, body: bytes, headers: Iterable[tuple[bytes, bytes]], status: int = 200
    ) -> None:
        """A success with this body; `headers` besides type and length of the content, of which a
        304 says nothing.
        """
        self._body = body
        self._status = status
        self._headers = [*headers]
        if status != 304:
            self._headers += [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
            ]

    def to_asgi_response(self, *_: object, **__: object) -> "ReadyJson":  # type: ignore[override]
        """The answer sends itself."""
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send head and body."""
        await send(
            {"type": "http.response.start", "status": self._status, "headers": self._headers}
        )
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


class _Actor(Protocol):
    """What a guard asks of whoever calls."""

    @property
    def kind(self) -> str: ...

    def may(self, scope: str, /) -> bool: ...


class ScopeGuard:
    """A Litestar guard that lets an actor pass who holds all of `scopes`."""

    def __init__(self, scopes: tuple[str, ...]) -> None:
        """Guard with `scopes`, each `<things>:<read or write>`; none means: anyone known."""
        self.scopes = scopes

    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        """Return when the actor may call.

        Raises:
            Unauthenticated: nobody is known to be asking.
            Forbidden: a scope is missing; the detail names it.
        """
        actor: _Actor = connection.scope[CONTEXT_KEY].actor  # type: ignore[literal-required]
        missing = [scope for scope in self.scopes if not actor.may(scope)]
        if actor.kind == "anonymous" and (missing or not self.scopes):
            raise Unauthenticated("this needs a key or a session")
        if missing:
            raise Forbidden(f"this needs the scope {' and '.join(missing)}")


def requires(*scopes: str) -> ScopeGuard:
    """A guard for `guards=[...]`: 401 for nobody, 403 without every one of `scopes`."""
    return ScopeGuard(scopes)


def problems(*error_types: type[GalleriaError]) -> dict[int, ResponseSpec]:
    """A route's documented failures, for `responses=`: one entry a status, naming its codes."""
    by_status: dict[int, list[type[GalleriaError]]] = {}
    for error_type in sorted(set(error_types), key=lambda each: (each.status, each.code)):
        by_status.setdefault(error_type.status, []).append(error_type)
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            description=_codes_and_titles(same_status),
            media_type=PROBLEM_MEDIA_TYPE,
        )
        for status, same_status in by_status.items()
    }


def unchanged() -> ResponseSpec:
    """The documented answer 304, for a client whose `If-None-Match` names what it would get."""
    return ResponseSpec(
        data_container=None, generate_examples=False, description="The client has it already."
    )


def accepted(content: type[Any], why: str) -> ResponseSpec:
    """The documented answer 202 of a route that mostly answers at once: the same, not yet done."""
    return ResponseSpec(data_container=content, generate_examples=False, description=why)


def _codes_and_titles(error_types: Iterable[type[GalleriaError]]) -> str:
    return "; ".join(f"`{each.code}`: {each.title}" for each in error_types)


def within(marker: type[P], wire_type: Any, name: str | None = None) -> P:
    """A parameter marker that holds a value to the bounds of one of `foundation.http`'s types.

    Litestar (2.25) drops a type's own bounds from query, path and header parameters, silently:
    `FromQuery[Handle]` takes any text. Say `Annotated[str, within(QueryParameter, Handle)]`.

    Args:
        marker: `QueryParameter`, `PathParameter` or `HeaderParameter`.
        wire_type: a type with bounds, `Annotated[…, Meta(…)]`.
        name: as it is called on the wire, when not as the argument is.
    """
    (meta,) = (each for each in get_args(wire_type) if isinstance(each, Meta))
    bounds = {bound: getattr(meta, bound) for bound in _BOUNDS}
    return marker(name=name, **bounds)


_BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")

LimitQuery = Annotated[int, within(QueryParameter, PageLimit)]
"""`limit: LimitQuery = 50`: how many items a page shows, 1 to 100."""
# A sort key of 200 characters takes up to 800 bytes, and base64 makes them a third longer.
CursorQuery = Annotated[str | None, QueryParameter(max_length=2_000)]
"""`cursor: CursorQuery = None`: where the page before ended."""


# A proxy that compresses marks a strong tag as weak (RFC 9110, 8.8.3). Ours counts edits, not
# bytes, so the weakened form still means the same version.
_ETAG = re.compile(r'\s*(?:W/)?"v(0|[1-9][0-9]{0,17})"\s*')


def etag_of(version: int) -> str:
    """The `ETag` of a thing at its `version`, a number >= 0 that grows by each edit."""
    return f'"v{version}"'


def expect_version(if_match: str | None) -> int | None:
    """The version a caller's `If-Match` insists on; None when any will do (no header, or `*`).

    Raises:
        PreconditionFailed: the header is none of our tags, so it cannot be the present one.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match)
    if match is None:
        raise PreconditionFailed('If-Match takes one tag as our ETag gave it, like "v7"')
    return int(match[1])
