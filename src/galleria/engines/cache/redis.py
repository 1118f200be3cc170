"""The shared cache: Redis 7 or Valkey, for a house of several processes.

A cache that does not answer must not take the shop down with it: reads then find nothing, writes
are dropped, and for a second the server is not asked again. Deletes and counts do raise, since a
caller who relies on them would be misled. Give the server a `maxmemory` and the policy
`allkeys-lru`: that is what bounds this adapter.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from time import monotonic

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from galleria.engines.cache import Budget, CacheKey, CacheUnavailable, Taken
from galleria.foundation.telemetry import logger

CONNECT_TIMEOUT_S = 0.5
ANSWER_TIMEOUT_S = 1.0  # a cache slower than this is worse than none
PAUSE_S = 1.0  # after a failure: no request waits for the same dead server again
MAX_CONNECTIONS = 64  # a burst waits for one of these, it does not fail

# Every request takes before it is answered: what has not come by then is counted elsewhere.
TAKE_TIMEOUT_S = 0.25
# KEYS are the buckets, ARGV the cost and then (tokens a second, burst) of each. A bucket's value is
# when it will be full, by the server's own clock, so that processes need not agree on the time.
# Numbers go as text: Lua's own way of writing them loses the microseconds.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local cost = tonumber(ARGV[1])
local full, left = {}, {}
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local at = tonumber(redis.call('GET', key) or now)
  if at < now then at = now end
  local tokens = burst - (at - now) * rate
  if tokens + 0.000001 < cost then
    return {i, string.format('%.6f', math.max(tokens, 0)),
            string.format('%.6f', (cost - tokens) / rate)}
  end
  full[i] = at + cost / rate
  left[i] = tokens - cost
end
local answer = {0}
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.6f', full[i]), 'PX',
             math.ceil((full[i] - now) * 1000) + 1)
  answer[i + 1] = string.format('%.6f', math.max(left[i], 0))
end
return answer
"""

_log = logger(__name__)
_FAILURES = (RedisError, OSError, TimeoutError)


class RedisCache:
    """See the module. All keys start with `prefix`, so that a server can be shared."""

    def __init__(
        self,
        client: Redis,
        prefix: str = "galleria",
        clock: Callable[[], float] = monotonic,
        take_timeout_s: float = TAKE_TIMEOUT_S,
    ) -> None:
        """Use `client`, which must not decode responses; `clock` counts seconds, never back."""
        decodes = client.connection_pool.connection_kwargs.get("decode_responses")
        assert not decodes, "a client that decodes would find no value at all"
        self._client = client
        self._values = f"{prefix}:v:"
        self._counters = f"{prefix}:n:"
        self._buckets = f"{prefix}:b:"
        self._take = client.register_script(_TAKE)
        self._clock = clock
        self._take_timeout_s = take_timeout_s
        self._paused_until = 0.0
        self._is_doubted = False

    @classmethod
    def from_url(
        cls, url: str, prefix: str = "galleria", take_timeout_s: float = TAKE_TIMEOUT_S
    ) -> "RedisCache":
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
        return cls(Redis.from_pool(pool), prefix, take_timeout_s=take_timeout_s)

    @property
    def is_shared(self) -> bool:
        return True

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

    async def take(self, budgets: Sequence[Budget], cost: float = 1.0) -> Taken:
        if not budgets:
            return Taken(None, (), 0.0)
        self._refuse_when_paused()
        if self._is_doubted:
            # One request looks whether the server is back, while all others do without it.
            self._paused_until = self._clock() + PAUSE_S
        keys = [self._buckets + budget.key.text for budget in budgets]
        figures = [figure for each in budgets for figure in (each.per_minute / 60, each.burst)]
        try:
            async with asyncio.timeout(self._take_timeout_s):
                answer = await self._take(keys=keys, args=[cost, *figures])
        except _FAILURES as failure:
            self._pause(failure)
            raise CacheUnavailable("the cache did not count") from failure
        self._is_doubted, self._paused_until = False, 0.0
        if answer[0] == 0:
            return Taken(None, tuple(map(float, answer[1:])), 0.0)
        refused_by = answer[0] - 1
        wait_s = math.inf if cost > budgets[refused_by].burst else float(answer[2])
        return Taken(refused_by, (float(answer[1]),), wait_s)

    async def close(self) -> None:
        await self._client.aclose()

    def _is_paused(self) -> bool:
        return self._clock() < self._paused_until

    def _refuse_when_paused(self) -> None:
        if self._is_paused():
            raise CacheUnavailable("the cache did not answer a moment ago")

    def _pause(self, failure: BaseException) -> None:
        self._paused_until = self._clock() + PAUSE_S
        self._is_doubted = True
        _log.warning("cache_paused", failure=repr(failure), pause_s=PAUSE_S)


def _milliseconds(ttl_s: float) -> int:
    return max(1, round(ttl_s * 1000))
