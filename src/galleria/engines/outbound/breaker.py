"""Leaves a failing host alone for a while, so that nobody waits for it again and again.

A breaker belongs to one tenant and one host: what a tenant does to itself, with deadlines too
short or a host of its own that never answers, changes nothing for the others.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from time import monotonic
from typing import TypeAlias

from galleria.engines.outbound.errors import OutboundPaused, OutboundUnreachable

FAILURES_TO_OPEN = 5  # in a row
PAUSE_S = 30.0
MAX_HOSTS = 10_000  # remembered at once; beyond it, the longest untouched starts afresh

HostKey: TypeAlias = tuple[int, str, int]
"""Tenant, host name, port."""


class _Breaker:
    def __init__(self) -> None:
        self.failures = 0
        self.open_until = 0.0
        self.is_probing = False


class Breakers:
    """All breakers of a process. After the pause one call at a time may try; it decides."""

    def __init__(
        self,
        failures_to_open: int = FAILURES_TO_OPEN,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Open after `failures_to_open` failures in a row, for `pause_s` seconds of `clock`."""
        self._failures_to_open = failures_to_open
        self._pause_s = pause_s
        self._clock = clock
        self._breakers: OrderedDict[HostKey, _Breaker] = OrderedDict()

    @contextmanager
    def attempt(self, key: HostKey, is_late: Callable[[], bool]) -> Iterator[None]:
        """Around one try to get an answer: its failure or success is counted.

        Failures of the host are OutboundUnreachable, and a cancellation when `is_late()`: then it
        is the deadline's. Anything else, such as a caller who goes away, counts for nothing.

        Raises:
            OutboundPaused: the host is left alone at present.
        """
        breaker = self._breaker(key)
        is_probe = self._admit(breaker, key[1])
        try:
            yield
        except OutboundUnreachable:
            self._count_failure(breaker)
            raise
        except asyncio.CancelledError:
            if is_late():
                self._count_failure(breaker)
            raise
        else:
            breaker.failures = 0
        finally:
            if is_probe:
                breaker.is_probing = False

    def _count_failure(self, breaker: _Breaker) -> None:
        breaker.failures += 1
        if breaker.failures >= self._failures_to_open:
            breaker.open_until = self._clock() + self._pause_s

    def _breaker(self, key: HostKey) -> _Breaker:
        breaker = self._breakers.setdefault(key, _Breaker())
        self._breakers.move_to_end(key)
        if len(self._breakers) > MAX_HOSTS:
            self._breakers.popitem(last=False)
        return breaker

    def _admit(self, breaker: _Breaker, host: str) -> bool:
        """True when this call is the one that may try after a pause."""
        if breaker.failures < self._failures_to_open:
            return False
        left_s = breaker.open_until - self._clock()
        if left_s > 0 or breaker.is_probing:
            raise OutboundPaused(
                f"{host} failed {breaker.failures} times in a row",
                retry_after_s=max(1, ceil(left_s)),
            )
        breaker.is_probing = True
        return True
