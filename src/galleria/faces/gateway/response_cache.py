"""Whole answers that many shoppers ask for, sent from memory before any framework wakes up.

Only what a room marked `Cache-Control: public` is kept, per shop, address, language and profile,
for as
long as it says. It is forgotten as soon as the worker tells that the shop's listings have changed
(see `news`); should that message be lost, the few seconds of `s-maxage` are the net.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass

MOST_BYTES = 64 * 1024 * 1024
MOST_BODY_BYTES = 512 * 1024
ENTRY_OVERHEAD_BYTES = 1_000  # headers, key and bookkeeping, by measurement of a full cache

Key = tuple[int, bytes, bytes, str, str]


@dataclass(slots=True)
class CachedResponse:
    """A kept answer: header list and body as they went out."""

    expires_at: float
    generation: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes | None


class ResponseCache:
    """Least recently used out first, bounded in bytes; see the module."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: OrderedDict[Key, CachedResponse] = OrderedDict()
        self._generations: dict[int, int] = {}
        self._times_emptied = 0
        self._size_bytes = 0

    def get(self, key: Key) -> CachedResponse | None:
        """The live answer, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found.expires_at < time.monotonic() or found.generation != self.generation(key[0]):
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def generation(self, tenant_id: int) -> int:
        """Grows with each `forget` and `forget_all`; an answer made before it does not count."""
        return self._generations.get(tenant_id, 0) + self._times_emptied

    def keep(
        self,
        key: Key,
        generation: int,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        ttl_s: float,
    ) -> None:
        """Keep an answer that was begun at `generation`, unless something changed meanwhile."""
        if len(body) > MOST_BODY_BYTES or generation != self.generation(key[0]):
            return
        self._drop(key)
        etag = next((value for name, value in headers if name == b"etag"), None)
        self._kept[key] = CachedResponse(time.monotonic() + ttl_s, generation, headers, body, etag)
        self._size_bytes += len(body) + ENTRY_OVERHEAD_BYTES
        while self._size_bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def forget(self, tenant_id: int) -> None:
        """Nothing kept for this shop counts any more."""
        self._generations[tenant_id] = self._generations.get(tenant_id, 0) + 1

    def forget_all(self) -> None:
        """Nothing kept so far counts any more."""
        self._times_emptied += 1

    def _drop(self, key: Key) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._size_bytes -= len(found.body) + ENTRY_OVERHEAD_BYTES


def public_ttl_s(headers: list[tuple[bytes, bytes]]) -> float:
    """Seconds an answer says it may be kept in common: `public` with `s-maxage`; else 0.

    One that sets a cookie is meant for one reader, whatever else it says.
    """
    if any(name == b"set-cookie" for name, _ in headers):
        return 0.0
    for name, value in headers:
        if name == b"cache-control" and b"public" in value:
            for part in value.split(b","):
                key, _, seconds = part.strip().partition(b"=")
                if key == b"s-maxage" and seconds.isdigit():
                    return float(seconds)
    return 0.0
