"""Whole answers that many shoppers ask for, sent from memory before any framework wakes up.

Only what a room marked `Cache-Control: public` is kept, for as long as it says. Rooms note what an
answer shows (`Context.note_shown`); when one of those things changes, every answer that shows it is
gone at once (see `news`), and one that was begun before and ends after is not kept either. Should
the news be lost, the few seconds of `s-maxage` are the net.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

Headers = list[tuple[bytes, bytes]]
MOST_BYTES = 64 * 1024 * 1024
MOST_BODY_BYTES = 512 * 1024
ENTRY_OVERHEAD_BYTES = 2_000  # headers, key and bookkeeping, by measurement of a full cache
MOST_NEWS = 50_000  # changes remembered, for answers that were begun before them
MOST_THINGS = 200  # an answer that shows more is forgotten with any change of its shop
ANYTHING = "*"


class Key(NamedTuple):
    """What makes two requests one question: who else asks it gets the same answer."""

    tenant_id: int
    profile: str
    version: str
    locale: str
    raw_path: bytes
    query: bytes


class Lifetime(NamedTuple):
    """Seconds: fresh, then fit to be shown while a new one is made, or when none can be made."""

    fresh_s: float
    meanwhile_s: float = 0.0
    on_error_s: float = 0.0


@dataclass(slots=True)
class CachedResponse:
    """A kept answer: header list and body as they went out.

    `head`: status and headers as bytes, once they were sent from memory.
    """

    fresh_until: float
    meanwhile_until: float
    error_until: float
    headers: Headers
    body: bytes
    etag: bytes
    things: tuple[str, ...]
    head: bytes = b""


class ResponseCache:
    """Least recently used out first, bounded in bytes; see the module."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty; `clock` counts seconds, never back."""
        self.clock = clock
        self._kept: OrderedDict[Key, CachedResponse] = OrderedDict()
        self._shown: dict[tuple[int, str], set[Key]] = {}
        self._news: OrderedDict[tuple[int, str], int] = OrderedDict()
        self._told = 0
        self._forgot_all_at = 0
        self._size_bytes = 0

    def get(self, key: Key) -> CachedResponse | None:
        """What is kept under a key, however old: the caller compares its times."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found.error_until < self.clock():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def begin(self) -> int:
        """A mark for an answer that is begun now: what changes from here on does not count in."""
        return self._told

    def keep(
        self,
        key: Key,
        begun: int,
        headers: Headers,
        body: bytes,
        lifetime: Lifetime,
        shown: Iterable[str] = (),
    ) -> CachedResponse | None:
        """The answer that was begun at `begun`, kept unless something it shows changed meanwhile.

        None: it is not kept.
        """
        things = things_of(shown)
        if len(body) > MOST_BODY_BYTES or begun < self._last_news(key.tenant_id, things):
            return None
        self._drop(key)
        etag = next((value for name, value in headers if name == b"etag"), b"")
        now = self.clock()
        fresh_until = now + lifetime.fresh_s
        entry = self._kept[key] = CachedResponse(
            fresh_until,
            fresh_until + lifetime.meanwhile_s,
            fresh_until + max(lifetime.meanwhile_s, lifetime.on_error_s),
            headers,
            body,
            etag,
            things,
        )
        for thing in ("", *things):
            self._shown.setdefault((key.tenant_id, thing), set()).add(key)
        self._size_bytes += len(body) + ENTRY_OVERHEAD_BYTES
        while self._size_bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))
        return entry

    def forget_things(self, tenant_id: int, things: Iterable[str]) -> None:
        """No answer of this shop that shows one of these is kept; nor one that names nothing."""
        for thing in (*things, ANYTHING):
            self._tell(tenant_id, thing)
            for key in list(self._shown.get((tenant_id, thing), ())):
                self._drop(key)

    def forget(self, tenant_id: int) -> None:
        """Nothing of this shop is kept any more."""
        self._tell(tenant_id, "")
        for key in list(self._shown.get((tenant_id, ""), ())):
            self._drop(key)

    def forget_all(self) -> None:
        """Nothing is kept any more."""
        self._told += 1
        self._forgot_all_at = self._told
        self._kept.clear()
        self._shown.clear()
        self._size_bytes = 0

    def doubt_all(self) -> None:
        """Nothing kept is fresh any more, since news may be lost; it is shown on errors only."""
        self._told += 1
        self._forgot_all_at = self._told
        now = self.clock()
        for kept in self._kept.values():
            kept.fresh_until = min(kept.fresh_until, now)
            kept.meanwhile_until = min(kept.meanwhile_until, now)

    def _tell(self, tenant_id: int, thing: str) -> None:
        self._told += 1
        self._news[tenant_id, thing] = self._told
        self._news.move_to_end((tenant_id, thing))
        if len(self._news) > MOST_NEWS:
            # Whatever was begun before a change that is no longer remembered is not kept.
            _, told = self._news.popitem(last=False)
            self._forgot_all_at = max(self._forgot_all_at, told)

    def _last_news(self, tenant_id: int, things: tuple[str, ...]) -> int:
        of_things = (self._news.get((tenant_id, thing), 0) for thing in ("", *things))
        return max(self._forgot_all_at, *of_things)

    def _drop(self, key: Key) -> None:
        found = self._kept.pop(key, None)
        if found is None:
            return
        self._size_bytes -= len(found.body) + ENTRY_OVERHEAD_BYTES
        for thing in ("", *found.things):
            keys = self._shown[key.tenant_id, thing]
            keys.discard(key)
            if not keys:
                del self._shown[key.tenant_id, thing]


def things_of(shown: Iterable[str]) -> tuple[str, ...]:
    """What an answer shows, each once; `*` for one of which nothing was noted, or too much."""
    things = tuple(dict.fromkeys(shown))
    return things if 0 < len(things) <= MOST_THINGS else (ANYTHING,)


def surrogate_keys(tenant_id: int, things: tuple[str, ...]) -> bytes:
    """The same for a cache before this house, which may stand before many shops."""
    shop = f"shop:{tenant_id}"
    return " ".join([shop, *(f"{shop}/{each}" for each in things)]).encode()


def etag_of(body: bytes) -> bytes:
    """A tag that is another one for another body."""
    return b'"g%s"' % blake2b(body, digest_size=12).hexdigest().encode()


def lifetime_of(headers: Headers) -> Lifetime | None:
    """How long an answer says it may be kept in common (RFC 9111, RFC 5861); None: not at all.

    It is `public` with an `s-maxage`, and sets no cookie: one that does is meant for one reader,
    whatever else it says.
    """
    said = None
    for name, value in headers:
        if name == b"set-cookie":
            return None
        if name == b"cache-control" and said is None:
            said = value
    return None if said is None else _lifetime_in(said)


@lru_cache(maxsize=1_024)
def _lifetime_in(value: bytes) -> Lifetime | None:
    said = dict(_directive(part) for part in value.lower().split(b","))
    fresh = said.get(b"s-maxage", b"")
    refused = b"private" in said or b"no-store" in said or b"no-cache" in said
    if b"public" not in said or refused or not fresh.isdigit() or int(fresh) == 0:
        return None
    meanwhile, on_error = (
        said.get(each, b"0") for each in (b"stale-while-revalidate", b"stale-if-error")
    )
    return Lifetime(float(fresh), _seconds(meanwhile), _seconds(on_error))


def _directive(part: bytes) -> tuple[bytes, bytes]:
    name, _, value = part.strip().partition(b"=")
    return name, value


def _seconds(text: bytes) -> float:
    return float(text) if text.isdigit() else 0.0
