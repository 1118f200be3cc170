"""The shared cache: Redis 7 or Valkey, for a house of several processes.

A cache that does not answer must not take the shop down with it: reads then find nothing, writes
are dropped, and for a second the server is not asked again. Deletes and counts do raise, since a
caller who relies on them would be misled. Give the server a `maxmemory` and the policy
`allkeys-lru`: that is what bounds this adapter.
"""

from collections.abc import Callable, Sequence
from time import monotonic

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from galleria.engines.cache import CacheKey, CacheUnavailable
from galleria.foundation.telemetry import logger

CONNECT_TIMEOUT_S = 0.5
ANSWER_TIMEOUT_S = 1.0  # a cache slower than this is worse than none
PAUSE_S = 1.0  # after a failure: no request waits for the same dead server again
MAX_CONNECTIONS = 64  # a burst waits for one of these, it does not fail

_log = logger(__name__)
_FAILURES = (RedisError, OSError, TimeoutError)


class RedisCache:
    """See the module. All keys start with `prefix`, so that a server can be shared."""

    def __init__(
        self, client: Redis, prefix: str = "galleria", clock: Callable[[], float] = monotonic
    ) -> None:
        """Use `client`, which must not decode responses; `clock` counts seconds, never back."""
        decodes = client.connection_pool.connection_kwargs.get("decode_responses")
        assert not decodes, "a client that decodes would find no value at all"
        self._client = client
        self._values = f"{prefix}:v:"
        self._counters = f"{prefix}:n:"
        self._clock = clock
        self._paused_until = 0.0

    @classmethod
    def from_url(cls, url: str, prefix: str = "galleria") -> "RedisCache":
        """A cache on the server at `url` (`redis://…` or `rediss://…`). Connects at first use."""
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            timeout=ANSWER_TIMEOUT_S,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=ANSWER_TIMEOUT_S,
            # A repeated increment would count twice; reads have the pause instead.
            retry=Retry(NoBackoff(), 0),
        )
        return cls(Redis.from_pool(pool), prefix)

    async def get(self, key: CacheKey) -> bytes | None:
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: Sequence[CacheKey]) -> dict[CacheKey, bytes]:
        if not keys or self._is_paused():
            return {}
        try:
            values = await self._client.mget([self._values + key.text for key in keys])
        except _FAILURES as failure:
            self._pause(failure)
            return {}
        return {
            key: data for key, data in zip(keys, values, strict=True) if isinstance(data, bytes)
        }

    async def set(self, key: CacheKey, value: bytes, ttl_s: float) -> None:
        assert ttl_s > 0, "a value lives for more than no time"
        if self._is_paused():
            return
        try:
            await self._client.set(self._values + key.text, value, px=_milliseconds(ttl_s))
        except _FAILURES as failure:
            self._pause(failure)

    async def delete(self, *keys: CacheKey) -> None:
        if not keys:
            return
        self._refuse_when_paused()
        names = [prefix + key.text for key in keys for prefix in (self._values, self._counters)]
        try:
            # UNLINK frees large values in the background.
            await self._client.unlink(*names)
        except _FAILURES as failure:
            self._pause(failure)
            raise CacheUnavailable(f"the cache did not forget {len(keys)} keys") from failure

    async def incr(self, key: CacheKey, ttl_s: float, amount: int = 1) -> int:
        assert ttl_s > 0, "a counter lives for more than no time"
        self._refuse_when_paused()
        name = self._counters + key.text
        try:
            # One MULTI: the counter never exists without its time to live.
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.set(name, 0, px=_milliseconds(ttl_s), nx=True)
                pipeline.incrby(name, amount)
                answers = await pipeline.execute()
        except _FAILURES as failure:
            self._pause(failure)
            raise CacheUnavailable("the cache did not count") from failure
        return int(answers[1])

    async def close(self) -> None:
        await self._client.aclose()

    def _is_paused(self) -> bool:
        return self._clock() < self._paused_until

    def _refuse_when_paused(self) -> None:
        if self._is_paused():
            raise CacheUnavailable("the cache did not answer a moment ago")

    def _pause(self, failure: BaseException) -> None:
        self._paused_until = self._clock() + PAUSE_S
        _log.warning("cache_paused", failure=repr(failure), pause_s=PAUSE_S)


def _milliseconds(ttl_s: float) -> int:
    return max(1, round(ttl_s * 1000))
