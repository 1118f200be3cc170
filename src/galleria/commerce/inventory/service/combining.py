"""Reservations of many who come at once, decided together: they wait for one commit, not for each
other's.

While one batch of a tenant is on its way to the database, those who come meanwhile gather for the
next. Source: group commit (DeWitt et al., 1984).
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from galleria.commerce.inventory.errors import OutOfStock, StockBusy
from galleria.commerce.inventory.model.levels import MAX_LINES
from galleria.commerce.inventory.model.promising import (
    Reservation,
    ReservationRequest,
    together,
)
from galleria.commerce.inventory.service.reserving import reserve_many, reserve_stock
from galleria.engines.context import Context
from galleria.engines.sql import Cells, DatabaseUnavailable

MAX_BATCH = 256  # requests: some milliseconds of work, so nobody waits long behind a batch
MAX_WAITING = 10_000


class _Caller(NamedTuple):
    ctx: Context
    request: ReservationRequest
    answer: "asyncio.Future[list[Reservation]]"


class _Counter:
    """Where the callers of one tenant wait, and the one task that serves them."""

    def __init__(self) -> None:
        self.waiting: deque[_Caller] = deque()
        self.server: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Nobody waits any more."""
        try:
            while self.waiting:
                await _decide(self._next())
        finally:
            self.server = None
            # Empty, unless this task was told to stop.
            while self.waiting:
                self.waiting.popleft().answer.cancel()

    def _next(self) -> list[_Caller]:
        batch: list[_Caller] = []
        line_count = 0
        while self.waiting and len(batch) < MAX_BATCH:
            line_count += len(self.waiting[0].request.lines)
            if batch and line_count > MAX_LINES:
                break
            caller = self.waiting.popleft()
            # Who has gone away takes nothing.
            if not caller.answer.done():
                batch.append(caller)
        return batch


# Beside the database they lead to, and gone with it.
_COUNTERS: WeakKeyDictionary[Cells, dict[int, _Counter]] = WeakKeyDictionary()


async def reserve_soon(
    ctx: Context,
    owner_ref: str,
    lines: Sequence[tuple[UUID, int]],
    expires_at: datetime | None,
) -> list[Reservation]:
    """As `reserve_stock`, in a transaction shared with others of the same shop, and committed.

    Not for use inside a transaction: what it holds stays held when that is undone. A caller who
    goes away before the answer may hold goods without knowing, so say when they are given back.

    Raises:
        OutOfStock: with an error for each line that cannot be had.
        InvalidLevel: a quantity below one, or too many lines.
        StockBusy: ten thousand callers of this shop wait already.
    """
    together(lines)
    counter = _COUNTERS.setdefault(ctx.engines.sql, {}).setdefault(ctx.tenant.tenant_id, _Counter())
    if len(counter.waiting) >= MAX_WAITING:
        raise StockBusy("ask again in a moment", retry_after_s=1)
    answer: asyncio.Future[list[Reservation]] = asyncio.get_running_loop().create_future()
    counter.waiting.append(_Caller(ctx, ReservationRequest(owner_ref, lines, expires_at), answer))
    if counter.server is None:
        counter.server = asyncio.create_task(counter.serve())
    return await answer


async def _decide(batch: Sequence[_Caller]) -> None:
    if not batch:
        return
    try:
        async with batch[0].ctx.transaction() as tx:
            answers = await reserve_many(tx, [each.request for each in batch])
    except DatabaseUnavailable as lost:
        # It may have been kept or not: to try again could take the goods twice.
        _refuse(batch, lost)
        return
    except Exception:
        # Whatever it was, it may be the fault of one: each is asked by itself, and told its own.
        for caller in batch:
            await _decide_alone(caller)
        return
    for caller, found in zip(batch, answers, strict=True):
        if caller.answer.done():
            continue
        if isinstance(found, OutOfStock):
            caller.answer.set_exception(found)
        else:
            caller.answer.set_result(found)


def _refuse(batch: Sequence[_Caller], failure: Exception) -> None:
    for caller in batch:
        if not caller.answer.done():
            caller.answer.set_exception(failure)


async def _decide_alone(caller: _Caller) -> None:
    request = caller.request
    if caller.answer.done():
        return
    try:
        async with caller.ctx.transaction() as tx:
            found = await reserve_stock(tx, request.owner_ref, request.lines, request.expires_at)
    except Exception as failure:
        _refuse([caller], failure)
        return
    if not caller.answer.done():
        caller.answer.set_result(found)
