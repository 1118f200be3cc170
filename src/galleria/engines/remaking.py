"""An index made anew from the tables of all shops, a step at a time and from where it was left."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar
from uuid import UUID

from galleria.engines.context import Context, Engines, every_shop
from galleria.engines.search_index import IndexWriter, Rebuild, rebuilding
from galleria.foundation.telemetry import logger

DocumentT = TypeVar("DocumentT")

# What a killed process has to do again; keeping costs a commit.
KEPT_EACH_S = 60.0
_FIRST = UUID(int=0)
_log = logger(__name__)


async def remake(
    engines: Engines,
    writer: IndexWriter[DocumentT],
    name: str,
    ids_after: Callable[[Context, UUID], Awaitable[list[UUID]]],
    put: Callable[[Context, Rebuild[DocumentT], list[UUID]], Awaitable[None]],
    kept_each_s: float = KEPT_EACH_S,
) -> int:
    """A fresh index takes the place of the present one; how many things this process put in.

    `ids_after` gives the next ids of a shop in their order, `put` puts what they mean into the
    index. What an earlier process had kept is not done again.

    Raises:
        SearchUnavailable: a rebuild is under way already, or the engine failed.
    """
    total, kept_at_s = 0, monotonic()
    async with rebuilding(writer) as fresh:
        begun, after = _place_of(fresh.reached)
        async for ctx in every_shop(engines, f"remake-{name}", after=begun - 1):
            if ctx.tenant.tenant_id != begun:
                after = _FIRST
            while ids := await ids_after(ctx, after):
                await put(ctx, fresh, ids)
                after, total = ids[-1], total + len(ids)
                if monotonic() - kept_at_s >= kept_each_s:
                    await fresh.keep(f"{ctx.tenant.tenant_id}:{after}")
                    kept_at_s = monotonic()
                    _log.info("index_coming", index=name, shop=ctx.tenant.slug, total=total)
    return total


def _place_of(reached: str | None) -> tuple[int, UUID]:
    if reached is None:
        return 0, _FIRST
    tenant_id, _, product_id = reached.partition(":")
    return int(tenant_id), UUID(product_id)
