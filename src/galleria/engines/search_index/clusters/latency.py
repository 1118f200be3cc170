"""How long a cluster takes, from what it took lately."""

from collections import deque
from collections.abc import Callable
from time import monotonic

MOST_SAMPLES = 256
FEWEST_SAMPLES = 20  # a 95th percentile of fewer is a maximum
_WEIGHT = 0.2  # of the latest answer in the moving mean
# A cluster that nobody asks is forgiven: who was a hundred times slower is tried again after half a
# minute, with one question.
_HALF_LIFE_S = 5.0
_ASSUMED_S = 0.02  # of a cluster that nobody has asked yet
_SORT_EVERY = 16


class Latencies:
    """The answers of one cluster. Used from one thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Nothing is known yet."""
        self._clock = clock
        self._samples: deque[float] = deque(maxlen=MOST_SAMPLES)
        self._sorted: list[float] = []
        self._unsorted = 0
        self._mean_s = 0.0
        self._at_s = clock()

    def took(self, latency_s: float) -> None:
        """One more answer, after so many seconds."""
        weight = _WEIGHT if self._samples else 1.0
        self._mean_s = (1 - weight) * self.expected_s + weight * latency_s
        self._at_s = self._clock()
        self._samples.append(latency_s)
        self._unsorted += 1

    def given_up(self, waited_s: float) -> None:
        """Nobody waited for this one any longer: it would have taken at least `waited_s`."""
        if waited_s > self.expected_s or not self._samples:
            self.took(max(waited_s, self.expected_s))

    @property
    def is_known(self) -> bool:
        """True when it has answered, or failed to in time, before."""
        return bool(self._samples)

    @property
    def expected_s(self) -> float:
        """What the next answer may take, in seconds."""
        if not self._samples:
            return _ASSUMED_S
        idle_s = self._clock() - self._at_s
        return float(self._mean_s * 0.5 ** (idle_s / _HALF_LIFE_S))

    def quantile_s(self, share: float) -> float | None:
        """Within how many seconds that share of the last answers came; None of fewer than 20."""
        count = len(self._samples)
        if count < FEWEST_SAMPLES:
            return None
        if self._unsorted >= _SORT_EVERY or not self._sorted:
            self._sorted = sorted(self._samples)
            self._unsorted = 0
        return self._sorted[min(len(self._sorted) - 1, int(share * len(self._sorted)))]
