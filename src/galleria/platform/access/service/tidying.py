"""Throwing away what has ended: attempts and sessions that no longer mean anything."""

from galleria.engines.context import Context
from galleria.platform.access.repository import attempts, sessions
from galleria.platform.access.service.starting import assert_house


async def forget_ended(ctx: Context) -> int:
    """Ended sessions and windows of attempts are gone; how many rows there were. In the house."""
    assert_house(ctx)
    async with ctx.transaction() as tx:
        return await sessions.forget_ended(tx) + await attempts.forget_ended(tx)
