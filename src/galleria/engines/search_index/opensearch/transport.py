"""Requests to the cluster: bounded in number, in turn, each with a deadline.

What goes wrong there becomes one of the port's errors here, and nothing else: refused connections
and failing nodes are `SearchUnavailable`, its circuit breakers and full queues `SearchOverloaded`.
"""

import asyncio
import ssl
from time import monotonic
from typing import Any

import httpcore
import msgspec

from galleria.engines.search_index.errors import SearchOverloaded, SearchTimeout, SearchUnavailable
from galleria.engines.search_index.opensearch.address import SearchAddress
from galleria.foundation.telemetry import logger

_log = logger(__name__)

_CONNECTED_WITHIN_S = 3.0  # a machine that is gone does not even refuse
_KEEP_ALIVE_S = 60.0  # a busy process asks all the time; the cluster keeps idle ones far longer
_SOFT_SHARE = 0.8  # the cluster stops here, so that what it has still arrives before the deadline
_TOO_MANY = 429
_NOT_FOUND = 404
_CONFLICT = 409
_BROKEN = (httpcore.NetworkError, httpcore.ProtocolError)


class Deadline:
    """The time that one question has."""

    __slots__ = ("_seconds", "began_at_s")

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self.began_at_s = monotonic()
        self._seconds = seconds

    @property
    def left_s(self) -> float:
        """Seconds to the deadline, not below 0."""
        return max(0.0, self.began_at_s + self._seconds - monotonic())

    @property
    def soft_ms(self) -> int:
        """Milliseconds the cluster may still look for, 0 when no further step should begin."""
        left_s = self.left_s - self._seconds * (1 - _SOFT_SHARE)
        return max(0, int(left_s * 1000))

    @property
    def took_ms(self) -> float:
        """Milliseconds since it began."""
        return (monotonic() - self.began_at_s) * 1000


class Answer(msgspec.Struct, frozen=True):
    """What the cluster said: 2xx, 404 or 409, and the body."""

    status: int
    body: bytes

    @property
    def is_found(self) -> bool:
        """Neither missing nor in conflict with something else."""
        return self.status < 300

    def json(self) -> Any:
        """The body, read."""
        return msgspec.json.decode(self.body)


class Transport:
    """Connections to one cluster. Use it from one event loop."""

    def __init__(self, address: SearchAddress, connections: int) -> None:
        """Connect when first asked; at most `connections` at the same time."""
        self._origin = address.origin
        self._headers = [("Accept", "application/json")]
        if address.authorization is not None:
            self._headers.append(("Authorization", address.authorization))
        is_https = address.origin.startswith("https:")
        self._pool = httpcore.AsyncConnectionPool(
            # The system's certificates and those of SSL_CERT_FILE: a cluster of one's own has one
            # that no public authority signed.
            ssl_context=ssl.create_default_context() if is_https else None,
            max_connections=connections,
            keepalive_expiry=_KEEP_ALIVE_S,
        )

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        timeout_s: float,
        content_type: str = "application/json",
    ) -> Answer:
        """What the cluster answers. Asked twice when the connection broke: nothing that is asked
        here does harm twice.

        Raises:
            SearchTimeout: no answer in `timeout_s` seconds.
            SearchOverloaded: the cluster has too much to do.
            SearchUnavailable: it cannot be reached, or failed.
        """
        headers = [*self._headers, ("Content-Type", content_type)] if body else self._headers
        try:
            async with asyncio.timeout(timeout_s):
                try:
                    answer = await self._send(method, path, headers, body)
                except _BROKEN:
                    answer = await self._send(method, path, headers, body)
        except TimeoutError:
            raise SearchTimeout(f"no answer within {timeout_s:g} s", retry_after_s=1) from None
        except (*_BROKEN, httpcore.TimeoutException, OSError) as error:
            _log.debug("search_cluster_unreachable", failure=repr(error))
            raise SearchUnavailable("the search cluster cannot be reached") from error
        return checked(answer, path)

    async def _send(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes | None
    ) -> Answer:
        response = await self._pool.request(
            method,
            self._origin + path,
            headers=headers,
            content=body,
            extensions={"timeout": {"connect": _CONNECTED_WITHIN_S}},
        )
        return Answer(response.status, response.content)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._pool.aclose()


def checked(answer: Answer, doing: str) -> Answer:
    """The answer, when it is one.

    Raises:
        SearchOverloaded, SearchUnavailable: see `Transport.ask`.
    """
    if answer.is_found or answer.status in {_NOT_FOUND, _CONFLICT}:
        return answer
    raise failure_of(answer.status, answer.body.decode("utf-8", "replace"), doing)


def failure_of(status: int, said: str, doing: str) -> SearchUnavailable:
    """What the cluster's refusal means to us. What it said is for the log alone."""
    if status == _TOO_MANY:
        return SearchOverloaded("the search cluster has too much to do", retry_after_s=1)
    _log.error("search_cluster_failed", doing=doing, status=status, said=said[:1000])
    return SearchUnavailable(f"the search cluster answered {status}")
