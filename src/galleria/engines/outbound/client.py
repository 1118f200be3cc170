"""The only way out of the house: HTTP calls to hosts that tenants or operators name."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore
import msgspec

from galleria.engines.outbound.addresses import Allowance
from galleria.engines.outbound.breaker import Breakers
from galleria.engines.outbound.decoding import unpacked
from galleria.engines.outbound.errors import (
    OutboundRefused,
    OutboundTimeout,
    OutboundUnreachable,
)
from galleria.engines.outbound.lanes import LaneRules, Lanes
from galleria.engines.outbound.messages import (
    MAX_DEADLINE_S,
    OutboundRequest,
    OutboundResponse,
    OutboundStream,
)
from galleria.engines.outbound.transport import (
    CONNECT_TIMEOUT_S,
    PUBLIC_PORTS,
    Guard,
    GuardedBackend,
    Resolve,
    SystemResolver,
    trusted,
)
from galleria.foundation.telemetry import metrics

if TYPE_CHECKING:
    # Only its addresses are used here; loading it takes as long as all of this house's commands.
    import httpx

USER_AGENT = "Galleria"
MAX_URL_CHARS = 8_000
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DEFAULT_PORTS = {"https": 443, "http": 80}
REDIRECTS = frozenset({301, 302, 303, 307, 308})

# After IDNA has made names ASCII; no zone of a link-local address.
_HOST = re.compile(r"[0-9A-Za-z._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,8000}")
# What describes the message or the connection is ours to say.
_OUR_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# All that another host learns from us after a redirect: no credential has these names.
_SAFE_ELSEWHERE = frozenset({"accept", "accept-language", "range", "user-agent"})

_calls = metrics.counter(
    "galleria_outbound_calls", "Calls to hosts outside, by how they ended.", ["outcome"]
)


class _Target(msgspec.Struct, frozen=True):
    """A URL that is sound; whether its address is, the connection decides."""

    url: "httpx.URL"
    host: str
    port: int

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.url.scheme, self.host, self.port)


class Outbound:
    """See the module. One instance a process; `close` it at the end."""

    def __init__(
        self,
        allow: tuple[Allowance, ...] = (),
        ports: frozenset[int] = PUBLIC_PORTS,
        *,
        resolve: Resolve | None = None,
        ca_file: str | None = None,
        breakers: Breakers | None = None,
        lane_rules: LaneRules | None = None,
    ) -> None:
        """Connect to nothing yet.

        Args:
            allow: addresses that may be called although they are not public.
            ports: where public addresses may be called.
            resolve: looks names up; the machine's resolver when None.
            ca_file: PEM file of certificates to trust beside the public ones.
            breakers: with other limits than the usual ones.
            lane_rules: with other limits than the usual ones.
        """
        self._guard = Guard(allow, ports)
        self._system_resolver = SystemResolver()
        self._resolve = resolve or self._system_resolver
        backend = GuardedBackend(self._guard, self._resolve)
        self._lanes = Lanes(backend, trusted(ca_file), lane_rules or LaneRules())
        self._breakers = breakers or Breakers()

    async def check(self, url: str) -> None:
        """Pass when `url` may be called at present: for when somebody enters it.

        Each call checks again, since a name may lead elsewhere by then.

        Raises:
            OutboundRefused: it may not.
            OutboundUnreachable: its host has no address.
        """
        target = _target_of(url)
        await self._guard.addresses(self._resolve, target.host, target.port)

    async def send(self, request: OutboundRequest) -> OutboundResponse:
        """The whole answer to `request`, in memory.

        Raises:
            OutboundRefused, OutboundUnreachable, OutboundTimeout, OutboundTooLarge,
            OutboundPaused: see each.
        """
        async with self.stream(request) as answer:
            body = b"".join([chunk async for chunk in answer])
            return OutboundResponse(answer.status, answer.url, answer.headers, body)

    @asynccontextmanager
    async def stream(self, request: OutboundRequest) -> AsyncIterator[OutboundStream]:
        """The answer to `request` as it arrives; iterate over it inside the block.

        The deadline holds for the whole block: a sink that is too slow ends it as well. Raises as
        `send` does, also while iterating.
        """
        assert 0 < request.deadline_s <= MAX_DEADLINE_S, "a call has a deadline"
        outcome = "failed"
        try:
            async with asyncio.timeout(request.deadline_s) as deadline:
                call = _call_of(request, deadline)
                async with (
                    self._lanes.place(request.tenant_id, request.lane) as pool,
                    self._answer(call, pool) as answer,
                ):
                    yield answer
            outcome = "answered"
        except TimeoutError as late:
            if not deadline.expired():
                raise
            outcome = "late"
            raise OutboundTimeout(f"not done within {request.deadline_s:g} s") from late
        finally:
            _calls.labels(outcome).inc()

    async def close(self) -> None:
        """All connections are closed."""
        await self._lanes.close()
        self._system_resolver.close()

    @asynccontextmanager
    async def _answer(
        self, call: "_Call", pool: httpcore.AsyncConnectionPool
    ) -> AsyncIterator[OutboundStream]:
        """The answer after redirects."""
        target, headers = _target_of(call.request.url), call.headers
        for _ in range(call.request.max_redirects + 1):
            async with self._exchange(call, pool, target, headers) as response:
                elsewhere = _redirect_of(call, target, response)
                if elsewhere is None:
                    yield _stream_of(call.request, target, response)
                    return
            if elsewhere.origin != target.origin:
                headers = {k: v for k, v in headers.items() if k in _SAFE_ELSEWHERE}
            target = elsewhere
        raise OutboundUnreachable(
            f"{target.host} redirects more than {call.request.max_redirects} times"
        )

    @asynccontextmanager
    async def _exchange(
        self,
        call: "_Call",
        pool: httpcore.AsyncConnectionPool,
        target: _Target,
        headers: dict[str, str],
    ) -> AsyncIterator[httpcore.Response]:
        """One request to one host; its body is closed, read or not, at the end of the block."""
        wire = httpcore.Request(
            call.method,
            httpcore.URL(
                scheme=target.url.raw_scheme,
                host=target.url.raw_host,
                port=target.url.port,
                target=target.url.raw_path,
            ),
            headers=_wire_headers(call, target, headers),
            content=call.request.body,
            extensions={"timeout": {"connect": CONNECT_TIMEOUT_S}},
        )
        host = (call.request.tenant_id, target.host, target.port)
        watched: AbstractContextManager[None] = nullcontext()
        if call.request.has_breaker:
            watched = self._breakers.attempt(host, call.deadline.expired)
        # Once the headers are there the host has proved to be alive; what comes after is between
        # it, our limit and the caller's speed.
        with watched, _errors_translated(target.host):
            response = await pool.handle_async_request(wire)
        try:
            yield response
        finally:
            await response.aclose()


@dataclass(frozen=True)
class _Call:
    request: OutboundRequest
    method: str
    headers: dict[str, str]
    deadline: asyncio.Timeout


def _call_of(request: OutboundRequest, deadline: asyncio.Timeout) -> _Call:
    method = request.method.upper()
    if method not in METHODS:
        raise OutboundRefused(f"{method[:20]!r} is no method that is sent")
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        if not _TOKEN.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise OutboundRefused(f"the header {name[:100]!r} is not sound")
        if name.lower() in _OUR_HEADERS:
            raise OutboundRefused(f"the header {name!r} is not the caller's to set")
        headers[name.lower()] = value
    return _Call(request, method, headers, deadline)


def _target_of(url: str) -> _Target:
    import httpx  # noqa: PLC0415

    if len(url) > MAX_URL_CHARS:
        raise OutboundRefused(f"an address may have at most {MAX_URL_CHARS} characters")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise OutboundRefused(f"this is no address: {error}") from None
    if parsed.scheme not in DEFAULT_PORTS or not parsed.raw_host:
        raise OutboundRefused("an address starts with https:// or http:// and names a host")
    if parsed.userinfo:
        # Shown and logged like any other address, it would give the password away.
        raise OutboundRefused("an address may not hold a name and password")
    host = parsed.raw_host.decode("ascii")
    port = DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not _HOST.fullmatch(host) or not 0 < port < 65536:
        raise OutboundRefused(
            "an address names a host by its name or number, and a port below 65536"
        )
    return _Target(parsed.copy_with(fragment=None), host, port)


def _redirect_of(call: _Call, target: _Target, response: httpcore.Response) -> _Target | None:
    """Where to go next, or None when this is the answer."""
    import httpx  # noqa: PLC0415

    if call.request.max_redirects == 0 or call.method not in ("GET", "HEAD"):
        return None
    location = _joined(response.headers).get("location", "")
    if response.status not in REDIRECTS or not location:
        return None
    try:
        elsewhere = _target_of(str(target.url.join(location)))
    except httpx.InvalidURL:
        raise OutboundRefused(f"{target.host} redirects to something that is no address") from None
    if target.url.scheme == "https" and elsewhere.url.scheme != "https":
        raise OutboundRefused(f"{target.host} redirects from https to http")
    return elsewhere


def _wire_headers(
    call: _Call, target: _Target, headers: dict[str, str]
) -> list[tuple[bytes, bytes]]:
    own = {"host": target.url.netloc.decode("ascii"), "accept-encoding": "gzip"}
    if call.request.body or call.method in ("POST", "PUT", "PATCH"):
        own["content-length"] = str(len(call.request.body))
    merged = {"user-agent": USER_AGENT, "accept": "*/*"} | headers | own
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in merged.items()]


def _stream_of(
    request: OutboundRequest, target: _Target, response: httpcore.Response
) -> OutboundStream:
    headers = _joined(response.headers)
    chunks = unpacked(
        _raw_chunks(response, target.host),
        headers.get("content-encoding", ""),
        request.limit_bytes,
    )
    return OutboundStream(response.status, str(target.url), headers, chunks)


async def _raw_chunks(response: httpcore.Response, host: str) -> AsyncIterator[bytes]:
    with _errors_translated(host):
        async for chunk in response.aiter_stream():
            yield chunk


def _joined(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


@contextmanager
def _errors_translated(host: str) -> Iterator[None]:
    try:
        yield
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as failure:
        raise OutboundUnreachable(f"{host}: {str(failure)[:200] or 'no answer'}") from failure
