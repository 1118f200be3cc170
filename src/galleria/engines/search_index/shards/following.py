"""Where shops lie, as a reading process knows it."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.shards.places import ABSENT, Places, PlacesFile, Signature
from galleria.foundation.telemetry import logger

_log = logger(__name__)


class Following:
    """Follows the file of places; a look costs one call of stat()."""

    def __init__(
        self, file: PlacesFile, max_age_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        """What is known is at most `max_age_s` old."""
        self._file = file
        self._max_age_s = max_age_s
        self._clock = clock
        self._lock = Lock()
        self._places: Places | None = None
        self._signature: Signature = ABSENT
        self._looked_at_s = float("-inf")

    def known(self) -> tuple[Places, Signature]:
        """Who lies where, not long ago, and what the file looked like. Raises SearchUnavailable."""
        if self._places is None or self._looked_at_s + self._max_age_s <= self._clock():
            self.look()
        assert self._places is not None
        return self._places, self._signature

    def look(self) -> Signature:
        """From now on what the file says is known; what it looks like.

        Raises:
            SearchUnavailable: it cannot be read, and nothing was known before.
        """
        with self._lock:
            signature = self._file.signature()
            self._looked_at_s = self._clock()
            if self._places is None or signature != self._signature:
                self._load(signature)
            return self._signature

    def _load(self, signature: Signature) -> None:
        try:
            places = self._file.read()
        except SearchUnavailable as error:
            if self._places is None:
                raise
            # The writer makes it anew; until then the old one is right for nearly everybody.
            _log.error("search_places_unreadable", why=error.detail)
            places = self._places
        self._places, self._signature = places, signature
