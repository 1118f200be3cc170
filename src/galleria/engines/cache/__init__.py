"""Remembers answers for a while, so that the same question is not worked out twice.

The port, with two adapters: `memory` (embedded, one process) and `redis` (Redis or Valkey, shared
by every process). A key carries its tenant by construction: two shops can never meet under one
key. Losing any entry at any time is allowed, so nothing may live here only.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from galleria.foundation.errors import Unavailable

MAX_KEY_CHARS = 256  # a longer key, such as one that holds a query, is kept as its digest

__all__ = ["Budget", "Cache", "CacheKey", "CacheUnavailable", "Taken"]


class CacheUnavailable(Unavailable):
    """The cache does not answer, and the caller must not go on as if it had."""

    code = "cache_unavailable"
    title = "The cache does not answer"


class CacheKey:
    """Names an entry: a tenant and one or more parts. Equal parts name the same entry."""

    __slots__ = ("tenant_id", "text")

    def __init__(self, tenant_id: int, *parts: str | int | UUID) -> None:
        """Make the key of `parts` inside a tenant.

        Args:
            tenant_id: the tenant's number, >= 0.
            parts: at least one, the kind of thing first ("product", product_id, "de"). A part may
                hold any character: ("a:b",) and ("a", "b") stay two keys.
        """
        assert tenant_id >= 0 and parts, "a key names a tenant and at least one part"
        self.tenant_id = tenant_id
        text = ":".join(map(str, parts))
        if text.count(":") >= len(parts) or "~" in text:
            # "~" is escaped too, so the escapes themselves cannot be forged.
            text = ":".join([str(part).replace("~", "~~").replace(":", "~.") for part in parts])
        if len(text) > MAX_KEY_CHARS:
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            text = f"~#{digest}"
        self.text = f"{tenant_id}:{text}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CacheKey) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"CacheKey({self.text!r})"


class Budget(NamedTuple):
    """How much may be taken under a key: `burst` at once, refilled at `per_minute`, both > 0.

    Budgets are apart from values and counters of the same key.
    """

    key: CacheKey
    per_minute: float
    burst: float


class Taken(NamedTuple):
    """What came of taking. `refused_by` is the place of the first budget with too little.

    `left` has what is left in each budget, or in the one that refused alone; `wait_s` is after how
    long that one will have enough, infinite when it never can.
    """

    refused_by: int | None
    left: tuple[float, ...]
    wait_s: float


class Cache(Protocol):
    """Bytes by key, each with a time to live. Every adapter keeps `tests/contracts/test_cache.py`.

    Values and counters are kept apart: one key may name a value and a counter at once.
    """

    @property
    def is_shared(self) -> bool:
        """Whether what one process keeps and counts is seen by all."""

    async def get(self, key: CacheKey) -> bytes | None:
        """The live value, or None when it was never set, has expired or was lost."""

    async def get_many(self, keys: Sequence[CacheKey]) -> dict[CacheKey, bytes]:
        """The live values among `keys`, in one round trip; a key without one is left out."""

    async def set(self, key: CacheKey, value: bytes, ttl_s: float) -> None:
        """Keep `value` for `ttl_s` seconds, > 0; a second set replaces value and time.

        A value too large to be kept still ends the life of the one before.
        """

    async def delete(self, *keys: CacheKey) -> None:
        """Values and counters of exactly these keys are gone; unknown keys do not matter.

        Raises:
            CacheUnavailable: the engine does not answer; a stale value may live on until it
                expires.
        """

    async def incr(self, key: CacheKey, ttl_s: float, amount: int = 1) -> int:
        """Add `amount` to the counter and return its new value.

        The counter starts at 0 and dies `ttl_s` seconds after its first increment, however often
        it is counted up: a fixed window, as rate limits need. Concurrent increments all count.

        Raises:
            CacheUnavailable: the engine does not answer; the caller decides what that means.
        """

    async def take(self, budgets: Sequence[Budget], cost: float = 1.0) -> Taken:
        """Take `cost` out of each of `budgets`, or out of none when one has too little.

        However many ask at once, from whatever process, no more than a budget is given out.

        Raises:
            CacheUnavailable: the engine does not answer; nothing may be known of what was taken.
        """

    async def close(self) -> None:
        """Connections are given back; the cache is not used afterwards."""
