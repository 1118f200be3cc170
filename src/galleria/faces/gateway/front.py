"""The ASGI application in front of all others. See `docs/architecture.md` for a request's way."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from galleria.engines.context import ANONYMOUS, HOUSE, Context, Engines, Tenant
from galleria.faces.gateway.body import Receive, checked_body, refuse_odd_address
from galleria.faces.gateway.news import forget_on_news
from galleria.faces.gateway.problems import problem_bytes
from galleria.faces.gateway.request import Request, Scope
from galleria.faces.gateway.resolution import Hosts, Resolved, Side, named_tenant, resolve
from galleria.faces.gateway.response_cache import (
    CachedResponse,
    Key,
    ResponseCache,
    public_ttl_s,
)
from galleria.foundation.errors import GalleriaError
from galleria.foundation.routing import CONTEXT_KEY
from galleria.foundation.telemetry import bind, logger, metrics

Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

STORE_PATHS = ("/store/v1/", "/media/")
SHARED_PATHS = (*STORE_PATHS, "/admin/v1/")
# Asked by whoever watches this process, under whatever name they know it.
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
DESCRIPTION_PATHS = frozenset({"/openapi.json", "/docs", "/docs/manual.css", "/docs/manual.js"})
SECURITY_HEADERS = [
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
_log = logger(__name__)
_latency = metrics.histogram(
    "galleria_http_request_seconds", "Time from request to answer", ("side", "status")
)


@dataclass(frozen=True)
class Apps:
    """The applications behind the door: the API of all rooms, and the two faces with pages."""

    api: AsgiApp
    storefront: AsgiApp
    backoffice: AsgiApp


class Gateway:
    """See the module."""

    def __init__(self, engines: Engines, hosts: Hosts, apps: Apps) -> None:
        """Stand in front of `apps`."""
        self._engines = engines
        self._hosts = hosts
        self._apps = apps
        self.cache = ResponseCache()

    async def keep_current(self) -> None:
        """What is kept is forgotten when a shop changes, in whatever process. Until cancelled."""
        await forget_on_news(self._engines.realtime, self.cache)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._apps.api(scope, receive, send)
            return
        started = time.perf_counter()
        is_head = scope["method"] == "HEAD"
        # No room answers HEAD: it is a GET of which only the headers are sent.
        request = Request({**scope, "method": "GET"} if is_head else scope)
        answer = _Answer(send, request.request_id, is_head=is_head)
        with bind(request_id=request.request_id):
            try:
                side = await self._serve(request, receive, answer)
            except Exception as error:
                side = "refused"
                if answer.has_started:
                    raise
                await _send_problem(answer, _as_problem(error, request))
        _latency.labels(side, str(answer.status)).observe(time.perf_counter() - started)

    async def _serve(self, request: Request, receive: Receive, answer: "_Answer") -> str:
        if request.path in HEALTH_PATHS:
            request.scope[CONTEXT_KEY] = self._house_context(request)
            await self._apps.api(request.scope, receive, answer.send)
            return "house"
        request.find_host(self._hosts.trusted_proxies)
        refuse_odd_address(request)
        resolved = await resolve(self._engines, self._hosts, request)
        key = self._cache_key(resolved, request)
        if key is not None:
            found = self.cache.get(key)
            if found is not None:
                await _send_cached(answer, request, found)
                return "cache"
            answer.record(self.cache.generation(key[0]))
        receive = await checked_body(request, receive)
        app, tenant = self._choose(resolved, request)
        ctx = Context(self._engines, tenant, resolved.actor, request.request_id, request.locale())
        request.scope[CONTEXT_KEY] = ctx
        with bind(tenant=ctx.tenant.slug):
            await app(request.scope, receive, answer.send)
        if key is not None and answer.recorded is not None and answer.status == 200:
            ttl_s = public_ttl_s(answer.headers)
            if ttl_s > 0:
                self.cache.keep(
                    key, answer.generation, answer.headers, b"".join(answer.recorded), ttl_s
                )
        return resolved.side.value

    def _choose(self, resolved: Resolved, request: Request) -> tuple[AsgiApp, Tenant]:
        """The application for an address, and the tenant it is asked about."""
        path, side = request.path, resolved.side
        if path.startswith(SHARED_PATHS):
            may_be_house = not path.startswith(STORE_PATHS)
            return self._apps.api, named_tenant(resolved, may_be_house=may_be_house)
        if side is Side.API or path in DESCRIPTION_PATHS:
            return self._apps.api, resolved.tenant or HOUSE
        if side is Side.ADMIN:
            return self._apps.backoffice, HOUSE
        return self._apps.storefront, named_tenant(resolved, may_be_house=False)

    def _house_context(self, request: Request) -> Context:
        return Context(self._engines, HOUSE, ANONYMOUS, request.request_id)

    def _cache_key(self, resolved: Resolved, request: Request) -> Key | None:
        """Under what an anonymous GET of a shop may be kept; None for all else."""
        if (
            request.method != "GET"
            or resolved.tenant is None
            or resolved.side is Side.ADMIN
            or resolved.actor.kind != "anonymous"
            or not request.path.startswith("/store/v1/")
        ):
            return None
        scope = request.scope
        return resolved.tenant.tenant_id, scope["raw_path"], scope["query_string"], request.locale()


class _Answer:
    """Watches what goes out: adds the house's headers, and keeps a copy when asked to."""

    __slots__ = (
        "_is_head",
        "_request_id",
        "_send",
        "generation",
        "has_started",
        "headers",
        "recorded",
        "status",
    )

    def __init__(self, send: Send, request_id: str, *, is_head: bool) -> None:
        self._send = send
        self._is_head = is_head
        self._request_id = request_id.encode()
        self.has_started = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.recorded: list[bytes] | None = None
        self.generation = 0

    def record(self, generation: int) -> None:
        self.recorded = []
        self.generation = generation

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            self.status = message["status"]
            self.headers = list(message["headers"])
            headers = [*self.headers, *SECURITY_HEADERS, (b"x-request-id", self._request_id)]
            if not any(name == b"content-security-policy" for name, _ in self.headers):
                headers.append(PAGE_POLICY)
            message = {**message, "headers": headers}
        else:
            if self.recorded is not None:
                self.recorded.append(message.get("body", b""))
            if self._is_head:
                message = {**message, "body": b""}
        await self._send(message)

    async def send_whole(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


async def _send_cached(answer: _Answer, request: Request, found: CachedResponse) -> None:
    if found.etag is not None and _matches(request.header(b"if-none-match"), found.etag.decode()):
        headers = [pair for pair in found.headers if pair[0] not in _OF_A_BODY]
        await answer.send_whole(304, headers, b"")
        return
    await answer.send_whole(200, found.headers, found.body)


_OF_A_BODY = frozenset({b"content-length", b"content-type"})


def _matches(if_none_match: str | None, etag: str) -> bool:
    """Whether one of the tags a client has is `etag`, compared weakly (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def _as_problem(error: Exception, request: Request) -> GalleriaError:
    """The error itself when it was to be expected; else one that says nothing about the inside."""
    if isinstance(error, GalleriaError):
        if error.status >= 500:
            _log.error("request_failed", code=error.code, detail=error.detail)
        return error
    _log.exception("request_crashed", path=request.path, reason=repr(error))
    return GalleriaError("the failure has been logged under the request's id")


async def _send_problem(answer: _Answer, error: GalleriaError) -> None:
    status, body, headers = problem_bytes(error)
    headers.append((b"content-length", str(len(body)).encode()))
    await answer.send_whole(status, headers, body)
