"""An index made anew from the tables of all shops, a step at a time and from where it was left."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar
from uuid import UUID

from galleria.engines.context import Context, Engines, every_shop
from galleria.engines.search_index import IndexWriter, Rebuild, rebuilding
from galleria.foundation.telemetry import logger

DocumentT = TypeVar("DocumentT")

# What a killed process has to do again; keeping costs a commit.
KEPT_EACH_S = 60.0
_FIRST = UUID(int=0)
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Source(Generic[DocumentT]):
    """Where an index's documents come from.

    Args:
        name: of the index, for the log.
        ids_after: the next ids of a shop in their order.
        put: puts what they mean into the index in the making.
        kept_each_s: so often it is noted how far that has come.
    """

    name: str
    ids_after: Callable[[Context, UUID], Awaitable[list[UUID]]]
    put: Callable[[Context, Rebuild[DocumentT], list[UUID]], Awaitable[None]]
    kept_each_s: float = KEPT_EACH_S


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
    async with rebuilding(writer) as fresh:
        shops = every_shop(engines, f"remake-{name}")
        return await refill(fresh, shops, Source(name, ids_after, put, kept_each_s))


async def refill(
    fresh: Rebuild[DocumentT], shops: AsyncIterator[Context], source: "Source[DocumentT]"
) -> int:
    """All that these shops have is in `fresh`, which may have come so far already; how many things
    were put in now.

    Args:
        fresh: an index in the making.
        shops: in the order of their numbers, the same ones at every try.
        source: what they have.

    Raises:
        SearchUnavailable: the engine failed.
    """
    total, kept_at_s = 0, monotonic()
    begun, begun_after = _place_of(fresh.reached)
    async for ctx in shops:
        if ctx.tenant.tenant_id < begun:
            continue
        after = begun_after if ctx.tenant.tenant_id == begun else _FIRST
        while ids := await source.ids_after(ctx, after):
            await source.put(ctx, fresh, ids)
            after, total = ids[-1], total + len(ids)
            if monotonic() - kept_at_s >= source.kept_each_s:
                await fresh.keep(f"{ctx.tenant.tenant_id}:{after}")
                kept_at_s = monotonic()
                _log.info("index_coming", index=source.name, shop=ctx.tenant.slug, total=total)
    return total


def _place_of(reached: str | None) -> tuple[int, UUID]:
    if reached is None:
        return 0, _FIRST
    tenant_id, _, product_id = reached.partition(":")
    return int(tenant_id), UUID(product_id)
