"""Leaves a cluster alone that keeps failing, and tries it again after a while.

After a pause one question at a time may try. Pauses differ a little from process to process, so
that a cluster which comes back is not met by all of them at once.
"""

from collections import deque
from collections.abc import Callable
from math import ceil
from random import Random
from time import monotonic

from galleria.engines.search_index.clusters.model import ClusterPolicy

_WINDOW = 50
_FEWEST = 20  # below that a share says little
_TRIES_TO_CLOSE = 2
_JITTER = 0.2


class Breaker:
    """Of one cluster, in one process. Used from one thread."""

    def __init__(
        self,
        policy: ClusterPolicy,
        clock: Callable[[], float] = monotonic,
        chance: Random | None = None,
    ) -> None:
        """Closed: the cluster may be asked."""
        self._policy = policy
        self._clock = clock
        self._chance = chance or Random()  # noqa: S311 (nothing secret depends on it)
        self._outcomes: deque[bool] = deque(maxlen=_WINDOW)
        self._failures_in_a_row = 0
        self._pause_s = policy.pause_s
        self._opens_until_s = 0.0
        self._tries_left = 0  # good tries that close it again; 0 while it is closed
        self._is_trying = False

    @property
    def is_closed(self) -> bool:
        """True when the cluster is taken to be well."""
        return self._tries_left == 0

    @property
    def left_s(self) -> float:
        """Seconds until it may be tried again; 0 when it may be now."""
        return 0.0 if self.is_closed else max(0.0, self._opens_until_s - self._clock())

    @property
    def wants_a_try(self) -> bool:
        """True when the pause is over and nobody tries."""
        return not self.is_closed and not self._is_trying and self.left_s == 0

    def begin(self) -> bool:
        """A question goes there now; True when it is a try, which the outcome must name."""
        is_try = not self.is_closed
        self._is_trying = self._is_trying or is_try
        return is_try

    def succeeded(self, *, is_try: bool) -> None:
        """There was an answer."""
        if is_try:
            self._is_trying = False
            self._tries_left = max(0, self._tries_left - 1)
            if self.is_closed:
                self._outcomes.clear()
                self._failures_in_a_row, self._pause_s = 0, self._policy.pause_s
        elif self.is_closed:
            self._failures_in_a_row = 0
            self._outcomes.append(True)

    def failed(self, *, is_try: bool) -> None:
        """There was none, and the cluster is to blame."""
        if is_try:
            self._pause_s = min(2 * self._pause_s, self._policy.longest_pause_s)
            self._open()
        elif self.is_closed:
            self._failures_in_a_row += 1
            self._outcomes.append(False)
            if self._is_too_much:
                self._open()

    def left(self, *, is_try: bool) -> None:
        """The question was given up or refused; that proves nothing, but a try begins anew."""
        if is_try:
            self._open()

    @property
    def _is_too_much(self) -> bool:
        count = len(self._outcomes)
        share = self._outcomes.count(False) / count
        return self._failures_in_a_row >= self._policy.failures_to_open or (
            count >= _FEWEST and share >= self._policy.share_to_open
        )

    def _open(self) -> None:
        self._is_trying = False
        self._tries_left = _TRIES_TO_CLOSE
        jitter = self._chance.uniform(1 - _JITTER, 1 + _JITTER)
        self._opens_until_s = self._clock() + self._pause_s * jitter


def seconds_to_wait(left_s: float) -> int:
    """Whole seconds after which asking again is worth it, one at least."""
    return max(1, ceil(left_s))
