"""Looks into the books of every shop: whether what several rooms keep of one thing agrees.

Nothing but the code keeps them together, since rooms have no keys into each other's tables. Each
look has some seconds for all shops, which come in a new order each time, and says when it left some
out.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce import catalog, inventory, listings, pricing
from galleria.engines.context import Context, Engines, every_shop

LOOK_S = 5.0  # for each look, over all shops
AT_ONCE = 1_000
_FIRST = UUID(int=0)

# What is wrong, how many things were looked at, where to go on.
Page: TypeAlias = tuple[Sequence[Any], int, Any]
Turn: TypeAlias = Callable[[Context, Any], Awaitable[Page]]
Mend: TypeAlias = Callable[[Context, Sequence[Any]], Awaitable[object]]


class Look(msgspec.Struct, frozen=True):
    """One thing to look at: a page at a time from `start` on; `mend` puts right what it finds."""

    name: str
    turn: Turn
    start: Any
    remedy: str
    mend: Mend | None = None


class Seen(msgspec.Struct, frozen=True):
    """What a look came to. `shops` are those in which something was wrong, and is still."""

    name: str
    checked_count: int
    fault_count: int
    shops: list[str]
    is_whole: bool
    was_mended: bool
    remedy: str

    @property
    def is_well(self) -> bool:
        """Nothing is wrong, or not any more."""
        return not self.fault_count or self.was_mended

    @property
    def told(self) -> str:
        """The findings in a line."""
        said = f"{self.fault_count} wrong of {self.checked_count} looked at"
        if self.shops:
            said += f", in {', '.join(self.shops[:5])}"
        said += ", mended" if self.was_mended else ""
        return said if self.is_whole else f"{said}; there was no time for the rest"


async def _shelves(ctx: Context, cursor: str | None) -> Page:
    page = await inventory.check_ledger(ctx, cursor, AT_ONCE)
    return page.faults, page.checked_count, page.next_cursor


async def _orphans(ctx: Context, after: UUID) -> Page:
    orphans, last = await catalog.orphan_variants(ctx, after, AT_ONCE)
    return orphans, AT_ONCE if last else len(orphans), last


async def _stocked(ctx: Context, after: UUID) -> Page:
    return await _gone(ctx, await inventory.stocked_variants(ctx, after, AT_ONCE))


async def _priced(ctx: Context, after: UUID) -> Page:
    return await _gone(ctx, await pricing.priced_variants(ctx, after, AT_ONCE))


async def _gone(ctx: Context, variant_ids: Sequence[UUID]) -> Page:
    async with ctx.transaction() as tx:
        gone = await catalog.gone_among(tx, variant_ids)
    return gone, len(variant_ids), variant_ids[-1] if len(variant_ids) == AT_ONCE else None


async def _lacking(ctx: Context, after: UUID) -> Page:
    return await listings.lacking_listings(ctx, after, AT_ONCE)


async def _surplus(ctx: Context, after: UUID) -> Page:
    return await listings.surplus_listings(ctx, after, AT_ONCE)


async def _counts(ctx: Context, _: object) -> Page:
    return [None] * await listings.differing_counts(ctx), 1, None


async def _forget_stock(ctx: Context, variant_ids: Sequence[UUID]) -> None:
    async with ctx.transaction() as tx:
        await inventory.forget_variants(tx, variant_ids)


async def _forget_prices(ctx: Context, variant_ids: Sequence[UUID]) -> None:
    async with ctx.transaction() as tx:
        await pricing.forget_variants(tx, variant_ids)


async def _count_anew(ctx: Context, _: Sequence[object]) -> None:
    await listings.count_places_anew(ctx)


_MEND = "run `galleria doctor --mend`"
LOOKS = (
    Look(
        "stock ledger",
        _shelves,
        None,
        "count these shelves: the difference becomes a movement; `GET /admin/v1/stock/check`"
        " lists them",
    ),
    Look("variants", _orphans, _FIRST, _MEND, catalog.remove_orphans),
    Look("stock", _stocked, _FIRST, _MEND, _forget_stock),
    Look("prices", _priced, _FIRST, _MEND, _forget_prices),
    Look("listings lacking", _lacking, _FIRST, _MEND, listings.make_listings_anew),
    Look("listings too many", _surplus, _FIRST, _MEND, listings.make_listings_anew),
    Look("place counts", _counts, None, _MEND, _count_anew),
)


async def look_into_books(
    engines: Engines, *, mends: bool = False, look_s: float = LOOK_S
) -> AsyncIterator[Seen]:
    """What each look finds over all open shops; with `mends` it is put right where it can be."""
    shops = [ctx async for ctx in every_shop(engines, "doctor", only_open=True)]
    for look in LOOKS:
        random.shuffle(shops)
        yield await _over_all(shops, look, mends, monotonic() + look_s)


async def _over_all(shops: Sequence[Context], look: Look, mends: bool, until: float) -> Seen:
    checked = faults = 0
    wrong: list[str] = []
    is_whole = True
    for ctx in shops:
        try:
            async with asyncio.timeout(max(0.0, until - monotonic())):
                async for found, count in _pages(ctx, look):
                    checked += count
                    faults += len(found)
                    if found and ctx.tenant.slug not in wrong:
                        wrong.append(ctx.tenant.slug)
                    if found and mends and look.mend is not None:
                        await look.mend(ctx, found)
        except TimeoutError:
            is_whole = False
            break
    was_mended = bool(faults) and mends and look.mend is not None
    remedy = look.remedy if faults and not was_mended else ""
    return Seen(look.name, checked, faults, wrong, is_whole, was_mended, remedy)


async def _pages(ctx: Context, look: Look) -> AsyncIterator[tuple[Sequence[Any], int]]:
    start = look.start
    while True:
        found, count, start = await look.turn(ctx, start)
        yield found, count
        if start is None:
            return
