"""Sends a request again when that is safe and worth it.

Safe: it never left this machine, or doing it twice is doing it once, since it only reads, replaces
as a whole, or carries an idempotency key. Worth it: nobody answered, or the answer was "later".
"""

import random
import time
from collections.abc import Callable

import httpx

from galleria_client.problems import retry_after_s

IDEMPOTENCY_HEADER = "Idempotency-Key"
LATER = frozenset({429, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT"})
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 8.0


class RetryingTransport(httpx.BaseTransport):
    """A transport that tries up to `retries` times more, waiting longer each time."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        retries: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Send by `inner`; `sleep` takes seconds."""
        self._inner, self._retries, self._sleep = inner, retries, sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The last answer, or the last failure of the line."""
        can_repeat = _is_repeatable(request)
        for attempt in range(self._retries + 1):
            is_last = attempt == self._retries
            try:
                response = self._inner.handle_request(request)
            except httpx.TransportError as error:
                never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if is_last or not (can_repeat or (never_sent and _has_whole_body(request))):
                    raise
                self._sleep(_wait_s(attempt, None))
                continue
            asked_s = retry_after_s(response)
            if is_last or not can_repeat or response.status_code not in LATER:
                return response
            if asked_s is not None and asked_s > LONGEST_WAIT_S:
                return response
            response.close()
            self._sleep(_wait_s(attempt, asked_s))
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Close what sends."""
        self._inner.close()


def _is_repeatable(request: httpx.Request) -> bool:
    is_safe = request.method in REPEATABLE or IDEMPOTENCY_HEADER in request.headers
    return is_safe and _has_whole_body(request)


def _has_whole_body(request: httpx.Request) -> bool:
    """A file that is sent as it is read cannot be read again."""
    return isinstance(request.stream, httpx.ByteStream)


def _wait_s(attempt: int, asked_s: float | None) -> float:
    """At least what the server asks for; else a random part of a doubling wait."""
    if asked_s is not None:
        return asked_s
    # Chance keeps clients that failed together from coming back together; it guards no secret.
    longest: float = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0**attempt)
    return longest * random.uniform(0.5, 1)  # noqa: S311
