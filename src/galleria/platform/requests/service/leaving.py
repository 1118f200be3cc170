"""What is old goes; a shop that leaves takes the list along and leaves nothing behind."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.platform.requests import repository
from galleria.platform.requests.model.kept import KEPT_DAYS

A_STEP = 5_000  # some 50 ms
ROWS_AT_ONCE = 500


async def forget_old(ctx: Context) -> None:
    """Nothing is known of requests of more than three days ago, step by step."""
    # By the clock that made their ids, which a shop's own cannot move.
    before = ctx.engines.clock.now() - timedelta(days=KEPT_DAYS)
    gone = A_STEP
    while gone == A_STEP:
        async with ctx.transaction() as tx:
            gone = await repository.forget_before(tx, before, A_STEP)


async def export_requests(ctx: Context) -> AsyncIterator[bytes]:
    """The requests of keys without headers and bodies, a JSON object a line."""
    place = (UUID(int=0), UUID(int=0))
    while found := await repository.after(ctx, place, ROWS_AT_ONCE):
        yield b"".join(
            msgspec.json.encode({"key_id": key_id, "request": request}) + b"\n"
            for key_id, _, request in found
        )
        place = found[-1][:2]


async def erase_requests(ctx: Context) -> None:
    """Nothing is kept of what was asked here."""
    async with ctx.transaction() as tx:
        await repository.delete_all(tx)
