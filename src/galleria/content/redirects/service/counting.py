"""How many shoppers each redirect led on: counted in memory, written together."""

import asyncio

from galleria.content.redirects import repository
from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.foundation.errors import GalleriaError
from galleria.foundation.telemetry import logger

WRITE_AFTER_S = 15.0
_log = logger(__name__)


class HitCounter:
    """Counts for all shops of a process; one for each process that leads shoppers on.

    What was counted in the last seconds before a process ends is lost: the figures tell which
    redirects are still needed, not money.
    """

    def __init__(self, write_after_s: float = WRITE_AFTER_S) -> None:
        """Write so long after the first hit that was not written yet."""
        self._write_after_s = write_after_s
        self._counts: dict[int, dict[str, int]] = {}
        self._tenants: dict[int, Tenant] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, ctx: Context, from_path: str) -> None:
        """One more shopper was led on. Waits for nothing; there are only as many paths to count as
        the shops have redirects.
        """
        counts = self._counts.setdefault(ctx.tenant.tenant_id, {})
        self._tenants[ctx.tenant.tenant_id] = ctx.tenant
        counts[from_path] = counts.get(from_path, 0) + 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later(ctx.engines))

    async def write(self, engines: Engines) -> None:
        """All that was counted so far stands in the tables, one statement for each shop."""
        counted, self._counts = self._counts, {}
        for tenant_id, counts in counted.items():
            ctx = Context(engines, self._tenants.pop(tenant_id), SYSTEM, request_id="hits")
            try:
                async with ctx.transaction() as tx:
                    # Rows of several processes are locked in one order this way.
                    await repository.lock_paths(tx)
                    await repository.add_hits(tx, counts, ctx.now.date())
            except GalleriaError as error:
                _log.warning("hits_lost", count=sum(counts.values()), reason=error.detail)

    async def _write_later(self, engines: Engines) -> None:
        await asyncio.sleep(self._write_after_s)
        await self.write(engines)
