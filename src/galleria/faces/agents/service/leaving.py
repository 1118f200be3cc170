"""What the face keeps goes with the shop, and what nobody needs any more is forgotten."""

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.faces.agents import repository
from galleria.faces.agents.service.selling import KEPT_FOR
from galleria.faces.agents.service.verifying import NONCES_KEPT_FOR

_ROWS_A_STEP = 1_000


async def export_agents(ctx: Context) -> AsyncIterator[bytes]:
    """The checkouts of agents without their secrets, a JSON object a line."""
    after: UUID | None = None
    while True:
        async with ctx.transaction() as tx:
            rows = await repository.page_of_checkouts(tx, after, _ROWS_A_STEP)
        for row in rows:
            told = {
                name: getattr(row, name)
                for name in row.__struct_fields__
                if name != "tokens_sealed"
            }
            yield msgspec.json.encode({"checkout": told}) + b"\n"
        if len(rows) < _ROWS_A_STEP:
            return
        after = rows[-1].checkout_id


async def erase_agents(ctx: Context) -> None:
    """The shop has no checkouts of agents and no signing keys any more."""
    async with ctx.transaction() as tx:
        await repository.delete_all(tx)


async def forget_old(ctx: Context) -> None:
    """Checkouts whose carts have expired are gone, and signatures too old to come again."""
    gone = _ROWS_A_STEP
    while gone == _ROWS_A_STEP:
        async with ctx.transaction() as tx:
            gone = await repository.forget_unfinished(tx, ctx.now - KEPT_FOR, _ROWS_A_STEP)
    async with ctx.transaction() as tx:
        await repository.forget_nonces(tx, ctx.now - NONCES_KEPT_FOR)
