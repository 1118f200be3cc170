"""What a shop says of its search, ready for every question."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from galleria.engines.cache import CacheKey, CacheUnavailable
from galleria.engines.context import Context, Tenant
from galleria.engines.sql import Transaction

KEPT_S = 5.0  # other processes ask by a change so much later
_MOST_READ = 500  # shops: what they say takes a megabyte at most

Said = TypeVar("Said")


class Remembered(Generic[Said]):
    """One kind of thing that shops say: written down in the cache, read once a process."""

    def __init__(
        self,
        kind: str,
        written: Callable[[Context], Awaitable[bytes]],
        read: Callable[[bytes], Said],
    ) -> None:
        """Kept under the name `kind`; `written` asks the tables, `read` makes it ready."""
        self._kind = kind
        self._written = written
        self._read = read
        self._ready: OrderedDict[int, tuple[bytes, Said]] = OrderedDict()

    async def of(self, ctx: Context) -> Said:
        """What the shop says. No statement for some seconds after the first."""
        tenant_id = ctx.tenant.tenant_id
        kept = await self._kept(ctx)
        ready = self._ready.get(tenant_id)
        if ready is None or ready[0] != kept:
            ready = self._ready[tenant_id] = (kept, self._read(kept))
            if len(self._ready) > _MOST_READ:
                self._ready.popitem(last=False)
        return ready[1]

    async def _kept(self, ctx: Context) -> bytes:
        """As it is written down; a cache that does not answer costs a statement, not the answer."""
        key, kept = self._key(ctx.tenant), None
        with suppress(CacheUnavailable):
            kept = await ctx.engines.cache.get(key)
        if kept is None:
            kept = await self._written(ctx)
            with suppress(CacheUnavailable):
                await ctx.engines.cache.set(key, kept, KEPT_S)
        return kept

    def forget_after(self, tx: Transaction) -> None:
        """Once the transaction has committed, this process asks the tables again."""

        tx.after_commit(lambda: self.forget(tx.ctx))

    async def forget(self, ctx: Context) -> None:
        """This process asks the tables again."""
        with suppress(CacheUnavailable):
            await ctx.engines.cache.delete(self._key(ctx.tenant))

    def _key(self, tenant: Tenant) -> CacheKey:
        return CacheKey(tenant.tenant_id, "search-said", self._kind)
