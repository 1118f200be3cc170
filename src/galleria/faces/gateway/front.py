"""The ASGI application in front of all others. See `docs/architecture.md` for a request's way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from math import inf
from typing import Any
from uuid import UUID

from galleria.engines.context import ANONYMOUS, HOUSE, Context, Engines, Tenant
from galleria.faces.gateway.answer import Answer, Headers, Recorder, Send
from galleria.faces.gateway.body import (
    Receive,
    checked_body,
    is_upload,
    refuse_odd_address,
    replay,
)
from galleria.faces.gateway.changes import VERSIONS
from galleria.faces.gateway.errors import KeyNotAccepted, RequestTimedOut
from galleria.faces.gateway.hearing import (
    API_PATHS,
    REPLAYED_WITHIN_S,
    Hearing,
    drop,
    heard_while,
    scope_of,
)
from galleria.faces.gateway.keeping import IF_NONE_MATCH, Keeper, Question
from galleria.faces.gateway.limits import Limiter, network_of
from galleria.faces.gateway.model import UPLOAD_SECONDS, GatewaySettings, class_of, patience_s
from galleria.faces.gateway.news import forget_on_news
from galleria.faces.gateway.origins import Origins, is_preflight
from galleria.faces.gateway.problems import problem_bytes
from galleria.faces.gateway.request import Request, Scope
from galleria.faces.gateway.resolution import Hosts, Resolved, Side, named_tenant, resolve
from galleria.faces.gateway.response_cache import CachedResponse, Key, ResponseCache
from galleria.faces.gateway.signposts import Signposts
from galleria.faces.gateway.versions import HEADER, Version, Versions, headers_of
from galleria.faces.gateway.wire import written
from galleria.faces.profiles import PROFILE_KEY, Profile, ProfileMemory, bound, wish_of
from galleria.foundation.errors import GalleriaError
from galleria.foundation.routing import ASK_AGAIN_KEY, CLIENT_KEY, CONTEXT_KEY
from galleria.foundation.telemetry import bind, logger, metrics
from galleria.platform import access
from galleria.platform.requests import Asked, HeardRequest

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

# What software that buys asks a shop: its profile, its protocol, and its tools.
AGENT_PATHS = ("/.well-known/ucp", "/ucp/", "/mcp")
STORE_PATHS = ("/store/v1/", "/media/", *AGENT_PATHS)
SHARED_PATHS = (*STORE_PATHS, "/admin/v1/")
# Asked by whoever watches this process, under whatever name they know it.
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
DESCRIPTION_PATHS = frozenset({"/openapi.json", "/docs", "/docs/manual.css", "/docs/manual.js"})
TRY_AGAIN_S = 5
WRITE_KEY = "galleria.write"
"""Where a connection leaves its `answer.Write` in the ASGI scope, if it has one."""
_READ_KEY = "galleria.read"  # where `at_once` leaves a request that it could not answer
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

    def __init__(
        self, engines: Engines, hosts: Hosts, apps: Apps, versions: Versions = VERSIONS
    ) -> None:
        """Stand in front of `apps`.

        Raises:
            InvalidInput: a setting of the gateway does not fit.
        """
        self._engines = engines
        self._hosts = hosts
        self._apps = apps
        self._versions = versions
        self._settings = engines.settings_of(GatewaySettings)
        self._limiter = Limiter(engines.cache, self._settings)
        self._origins = Origins(engines)
        self.cache = ResponseCache()
        self._keeper = Keeper(self.cache)
        self._profiles = ProfileMemory()
        self.signposts = Signposts(engines.sql.directory)
        self._hearing = Hearing(engines)

    async def keep_current(self) -> None:
        """What is kept is forgotten when a shop changes, in whatever process. Until cancelled."""
        realtime = self._engines.realtime
        async with asyncio.TaskGroup() as listening:
            listening.create_task(forget_on_news(realtime, self.cache, self._profiles))
            listening.create_task(access.keep_keys_current(self._engines))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._apps.api(scope, receive, send)
            return
        started = time.perf_counter()
        is_head = scope["method"] == "HEAD"
        request: Request | None = scope.pop(_READ_KEY, None)
        if request is None:
            # No room answers HEAD: it is a GET of which only the headers are sent.
            whole = {**scope, "method": "GET"} if is_head else scope
            request = Request(whole, self._hosts.trusted_proxies)
            known = self._known(request)
        else:
            request.path, known = scope["path"], None
        answer = Answer(send, request.request_id, is_head=is_head)
        # Taken out of the scope, to which it leads back: all that a request makes would be left to
        # the collector, which stands in everybody's way.
        answer.write = scope.pop(WRITE_KEY, None)
        if known is not None:
            found, answer.extra = known
            await answer.send_kept(found, request.header(IF_NONE_MATCH))
            _observe("cache", answer.status, started)
            return
        side = await self._answer(request, receive, answer, started)
        _observe(side, answer.status, started)

    def at_once(self, scope: Scope) -> bytes | None:
        """The whole answer to a GET without a body, when it is kept for all who ask alike; else
        None, and the request goes the usual way, on which it is not read and looked for again. Of
        the scope it needs no more than headers, method, raw path, query and client.
        """
        started = time.perf_counter()
        request = Request(scope, self._hosts.trusted_proxies)
        if request.has_body:
            return None
        if (known := self._known(request)) is None:
            scope[_READ_KEY] = request
            return None
        found, budget = known
        unless = request.header(IF_NONE_MATCH)
        status, whole = written(found, budget, request.request_id, unless)
        _observe("cache", status, started)
        return whole

    async def ask_again(
        self, address: str, ctx: Context, key_id: UUID, asked: Asked
    ) -> HeardRequest:
        """A request was let in once more, as the key, for somebody at `address`; how it went.

        Raises:
            KeyNotFound, KeyRefused: see `access.admit_again`.
            RequestTimedOut: it took too long.
        """
        admitted = await access.admit_again(ctx, key_id)
        resolved = Resolved(Side.API, ctx.tenant, admitted.actor, admitted.headers)
        request = Request(scope_of(asked, address))
        answer = Answer(drop, request.request_id, is_head=False)
        answer.heard = heard = self._hearing.begin(resolved, request, asked)
        assert heard is not None, "only what was heard is asked again"
        try:
            async with asyncio.timeout(REPLAYED_WITHIN_S):
                body = replay(asked.body, _never)
                await self._answer(request, body, answer, time.perf_counter(), resolved)
        except TimeoutError:
            raise RequestTimedOut(
                f"it took more than {REPLAYED_WITHIN_S:g} s and was given up",
                retry_after_s=TRY_AGAIN_S,
            ) from None
        return heard

    async def _answer(
        self,
        request: Request,
        receive: Receive,
        answer: Answer,
        started: float,
        known: Resolved | None = None,
    ) -> str:
        """The request is answered, if by a problem; the side it was for. See `_serve`."""
        with bind(request_id=request.request_id):
            try:
                side = await self._serve(request, receive, answer, known)
            except Exception as error:
                side = "refused"
                if answer.has_started:
                    raise
                if isinstance(error, access.KeyInBrownOut):
                    answer.extra = [*answer.extra, *error.headers]
                await _send_problem(answer, _as_problem(error, request))
        if answer.heard is not None and answer.shop is not None:
            self._hearing.end(answer.shop, answer.heard, time.perf_counter() - started)
        return side

    def _known(self, request: Request) -> tuple[CachedResponse, Headers] | None:
        """What is kept for requests that look like this one, and what the caller's budget says."""
        signpost = self.signposts.follow(request)
        found = None if signpost is None else self._keeper.fresh(signpost.key)
        if signpost is None or found is None:
            return None
        try:
            request.refuse_odd_headers()
            address = network_of(request.address)
            return found, self._limiter.admit_kept(signpost.tenant, address)
        except GalleriaError:
            return None  # who goes the usual way is refused there, and told why

    async def _serve(
        self, request: Request, receive: Receive, answer: Answer, known: Resolved | None
    ) -> str:
        """The request went its way; `known` is who asks when it comes from inside."""
        if request.path in HEALTH_PATHS:
            request.scope[CONTEXT_KEY] = Context(
                self._engines, HOUSE, ANONYMOUS, request.request_id
            )
            await self._apps.api(request.scope, receive, answer.send)
            return "house"
        told = self.signposts.told
        request.find_host()
        request.scope[CLIENT_KEY] = request.address
        refuse_odd_address(request)
        resolved = known or await self._resolve(request)
        if answer.heard is None:
            answer.heard = self._hearing.begin(resolved, request)
        answer.shop = resolved.tenant
        receive = heard_while(receive, answer.heard)
        if resolved.side is Side.ADMIN or request.path.startswith("/admin/v1/"):
            request.scope[ASK_AGAIN_KEY] = partial(self.ask_again, request.address)
        answer.is_personal = _is_personal(resolved, request)
        if is_preflight(request):
            headers = await self._origins.preflight(request, resolved.tenant)
            await answer.send_whole(204, headers, b"")
            return "preflight"
        address = network_of(request.address)
        answer.extra = extra = [*resolved.headers, *_sandbox_headers(resolved)]
        version = self._versions.newest
        if request.path.startswith(API_PATHS):
            answer.extra = extra = [*extra, *await self._origins.admit(request, resolved.tenant)]
            version = self._version(request, resolved)
            if answer.heard is not None:
                answer.heard.api_version = version.name
            await self._choose_profile(resolved, request)
        key = self._cache_key(resolved, request, version, told)
        if key is not None and (found := self._keeper.fresh(key)) is not None:
            answer.extra = self._limiter.admit_kept(resolved.tenant or HOUSE, address)
            await answer.send_kept(found, request.header(IF_NONE_MATCH))
            return "cache"
        if request.path.startswith(API_PATHS):
            answer.extra = extra = _and_not_twice(extra, headers_of(version))
        if key is None:
            answer.extra = [*extra, *await self._admit(resolved, request)]
            await self._pass(resolved, request, receive, answer, version)
            return resolved.side.value
        question = Question(
            key,
            request,
            partial(self._work_out, resolved, request, receive, version),
            partial(self._admit, resolved, request),
            partial(self._limiter.admit_kept, resolved.tenant or HOUSE, address),
            extra,
        )
        where = await self._keeper.answer(question, answer)
        return "cache" if where == "cache" else resolved.side.value

    async def _resolve(self, request: Request) -> Resolved:
        try:
            return await resolve(self._engines, self._hosts, request)
        except KeyNotAccepted:
            await self._limiter.charge_stranger(network_of(request.address))
            raise

    def _version(self, request: Request, resolved: Resolved) -> Version:
        today = self._engines.clock.now().date()
        pinned = getattr(resolved.actor, "api_version", None) or None
        return self._versions.chosen(request.header(HEADER), pinned, today)

    async def _admit(self, resolved: Resolved, request: Request) -> Headers:
        kind = class_of(request.method, request.path, is_office=resolved.side is Side.ADMIN)
        address = network_of(request.address)
        return await self._limiter.admit(kind, resolved.tenant or HOUSE, resolved.actor, address)

    async def _work_out(
        self,
        resolved: Resolved,
        request: Request,
        receive: Receive,
        version: Version,
        send: Send,
        is_behind: bool,
    ) -> list[str]:
        """The rooms answer a question that others may ask too; what the answer shows comes back.

        `is_behind`: whoever asked has been answered already, and may go away.
        """
        whole = request.without(IF_NONE_MATCH)  # what is kept must be whole
        ended = asyncio.Event()

        async def tell(message: dict[str, Any]) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended.set()

        answer = Answer(tell, request.request_id, is_head=False, is_bare=True)
        heard = replay(b"", _never) if is_behind else receive
        ctx = await self._pass(resolved, whole, _until(ended, heard), answer, version)
        return ctx.shown

    async def _pass(
        self,
        resolved: Resolved,
        request: Request,
        receive: Receive,
        answer: Answer,
        version: Version,
    ) -> Context:
        """The application behind the door has answered, in the shape of the version."""
        kind = class_of(request.method, request.path, is_office=resolved.side is Side.ADMIN)
        patience = UPLOAD_SECONDS if is_upload(request) else patience_s(self._settings, kind)
        try:
            async with asyncio.timeout(UPLOAD_SECONDS if is_upload(request) else patience) as until:
                answer.until = until
                receive = await checked_body(request, receive)
                app, tenant = self._choose(resolved, request)
                ctx = Context(
                    self._engines, tenant, resolved.actor, request.request_id, request.locale()
                )
                request.scope[CONTEXT_KEY] = ctx
                if (profile := _profile_in(request)) is not None:
                    ctx.channel = profile.channel
                with bind(tenant=ctx.tenant.slug):
                    await self._in_shape(app, request, receive, answer, version)
        except TimeoutError:
            if not until.expired():
                raise
            raise RequestTimedOut(
                f"it took more than {patience:g} s and was given up", retry_after_s=TRY_AGAIN_S
            ) from None
        finally:
            answer.until = None
        return ctx

    async def _in_shape(
        self, app: AsgiApp, request: Request, receive: Receive, answer: Answer, version: Version
    ) -> None:
        plan = self._versions.plan(version, request.method, request.path)
        profile = _profile_in(request)
        # What a profile has cut is answered in the newest shape alone.
        if plan is None or not (profile is None or profile.changes_nothing):
            await app(request.scope, receive, answer.send)
            return
        if plan.reads_request:
            receive = await _reshaped(receive, plan.newer_request, request)
        recorder = Recorder(None, most_bytes=inf)
        await app(request.scope, receive, recorder.send)
        body, headers = b"".join(recorder.body), recorder.headers
        if recorder.status < 300 and body:
            body = plan.former_answer(body)
            headers = [pair for pair in headers if pair[0] not in (b"content-length", b"etag")]
            headers.append((b"content-length", str(len(body)).encode()))
        await answer.send_whole(recorder.status, headers, body)

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

    async def _choose_profile(self, resolved: Resolved, request: Request) -> None:
        """By which profile a storefront's question is answered is in the request's scope."""
        if resolved.tenant is None or not request.path.startswith("/store/v1/"):
            return
        actor = resolved.actor
        wish = bound(wish_of(request.scope["headers"]), actor.profile, actor.profile_is_fixed)
        profile = self._profiles.remembered(resolved.tenant.tenant_id, wish)
        if profile is None:
            ctx = Context(self._engines, resolved.tenant, actor, request.request_id)
            profile = await self._profiles.wished(ctx, wish)
        request.scope[PROFILE_KEY] = profile

    def _cache_key(
        self, resolved: Resolved, request: Request, version: Version, told: int
    ) -> Key | None:
        """Under what an anonymous GET of a shop may be kept; None for all else. The next one that
        looks alike is led there at once, unless the directory is `told` something more.
        """
        profile = _profile_in(request)
        if (
            request.method != "GET"
            or profile is None
            or resolved.tenant is None
            or resolved.tenant == HOUSE
            or resolved.side is Side.ADMIN
            or resolved.actor.kind != "anonymous"
        ):
            return None
        scope = request.scope
        key = Key(
            resolved.tenant.tenant_id,
            profile.tag,
            version.name,
            request.locale(),
            scope["raw_path"],
            scope["query_string"],
        )
        self.signposts.put(request, told, key, resolved.tenant)
        return key


@lru_cache(maxsize=200)
def _latency_of(side: str, status: int) -> Any:
    return _latency.labels(side, str(status))


def _observe(side: str, status: int, started: float) -> None:
    _latency_of(side, status).observe(time.perf_counter() - started)


def _and_not_twice(headers: Headers, further: Headers) -> Headers:
    """Both, but of what is said twice the first alone: a key ends before a version does."""
    said = {name for name, _ in headers}
    return [*headers, *(pair for pair in further if pair[0] not in said)]


def _sandbox_headers(resolved: Resolved) -> Headers:
    """What each answer of a sandbox says: nothing here is real, and no search engine wants it."""
    is_sandbox = resolved.tenant is not None and resolved.tenant.is_sandbox
    return [(b"galleria-sandbox", b"true"), (b"x-robots-tag", b"noindex")] if is_sandbox else []


def _profile_in(request: Request) -> Profile | None:
    profile: Profile | None = request.scope.get(PROFILE_KEY)
    return profile


def _is_personal(resolved: Resolved, request: Request) -> bool:
    """Whether the answer is for a shopper's own eyes: prices may be those of their groups."""
    return resolved.actor.kind == "shopper" and request.path.startswith("/store/v1/")


def _until(ended: asyncio.Event, receive: Receive) -> Receive:
    """A `receive` that tells of the client's going once the answer has ended.

    A stream waits for that, and the client itself gets nothing before the answer is whole.
    """

    async def hear() -> dict[str, Any]:
        heard = asyncio.ensure_future(receive())
        waiting = {heard, asyncio.ensure_future(ended.wait())}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return heard.result() if heard.done() else {"type": "http.disconnect"}
        finally:
            for each in waiting:
                each.cancel()

    return hear


async def _never() -> dict[str, Any]:
    """What is received of a client who does not matter any more."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError("nobody sets it")


async def _reshaped(receive: Receive, newer: Callable[[bytes], bytes], request: Request) -> Receive:
    """A `receive` with the body made over, its length told anew."""
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    body = newer(b"".join(chunks))
    headers = [pair for pair in request.scope["headers"] if pair[0] != b"content-length"]
    request.scope["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
    return replay(body, receive)


def _as_problem(error: Exception, request: Request) -> GalleriaError:
    """The error itself when it was to be expected; else one that says nothing about the inside."""
    if isinstance(error, GalleriaError):
        if error.status >= 500:
            _log.error("request_failed", code=error.code, detail=error.detail)
        return error
    _log.exception("request_crashed", path=request.path, reason=repr(error))
    return GalleriaError("the failure has been logged under the request's id")


async def _send_problem(answer: Answer, error: GalleriaError) -> None:
    status, body, headers = problem_bytes(error)
    headers.append((b"content-length", str(len(body)).encode()))
    await answer.send_whole(status, headers, body)
