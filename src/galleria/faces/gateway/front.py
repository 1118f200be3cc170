"""The ASGI application in front of all others. See `docs/architecture.md` for a request's way."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from galleria.engines.context import HOUSE, Context, Engines
from galleria.faces.gateway.body import Receive, checked_body, refuse_odd_address
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

SHARED_PATHS = ("/store/v1/", "/admin/v1/", "/media/")
HOUSE_PATHS = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs")
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._apps.api(scope, receive, send)
            return
        started = time.perf_counter()
        try:
            request = Request(scope, self._hosts.trusted_proxies)
        except GalleriaError as error:
            await _send_problem(send, error, "")
            return
        answer = _Answer(send, request.request_id)
        with bind(request_id=request.request_id):
            try:
                side = await self._serve(request, receive, answer)
            except GalleriaError as error:
                side = "refused"
                if answer.has_started:
                    raise
                await _send_problem(answer.send, error, request.request_id)
        _latency.labels(side, str(answer.status)).observe(time.perf_counter() - started)

    async def _serve(self, request: Request, receive: Receive, answer: "_Answer") -> str:
        resolved = await resolve(self._engines, self._hosts, request)
        refuse_odd_address(request)
        app, needs_shop = self._choose(resolved, request)
        key = self._cache_key(resolved, request)
        if key is not None:
            found = self.cache.get(key)
            if found is not None:
                await _send_cached(answer, request, found)
                return "cache"
            answer.record(self.cache.generation(key[0]))
        receive = await checked_body(request, receive)
        ctx = self._context(resolved, request, needs_shop)
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

    def _choose(self, resolved: Resolved, request: Request) -> tuple[AsgiApp, bool]:
        """The application for an address, and whether it needs to know a shop."""
        if request.path.startswith(HOUSE_PATHS):
            return self._apps.api, False
        if request.path.startswith(SHARED_PATHS) or resolved.side is Side.API:
            return self._apps.api, request.path.startswith(SHARED_PATHS)
        if resolved.side is Side.ADMIN:
            return self._apps.backoffice, False
        return self._apps.storefront, True

    def _context(self, resolved: Resolved, request: Request, needs_shop: bool) -> Context:
        tenant = named_tenant(resolved) if needs_shop else resolved.tenant or HOUSE
        return Context(self._engines, tenant, resolved.actor, request.request_id, request.locale())

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
        "_request_id",
        "_send",
        "generation",
        "has_started",
        "headers",
        "recorded",
        "status",
    )

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
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
        elif self.recorded is not None:
            self.recorded.append(message.get("body", b""))
        await self._send(message)

    async def send_whole(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


async def _send_cached(answer: _Answer, request: Request, found: CachedResponse) -> None:
    if found.etag is not None and request.header(b"if-none-match") == found.etag.decode():
        await answer.send_whole(304, [(b"etag", found.etag)], b"")
        return
    await answer.send_whole(200, found.headers, found.body)


async def _send_problem(send: Send, error: GalleriaError, request_id: str) -> None:
    status, body, headers = problem_bytes(error)
    headers.append((b"content-length", str(len(body)).encode()))
    if request_id:
        headers.append((b"x-request-id", request_id.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
