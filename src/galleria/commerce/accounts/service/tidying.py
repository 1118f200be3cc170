"""Throwing away what has ended: sessions, letters, challenges and attempts."""

from galleria.commerce.accounts.repository import attempts, letters, passkeys, sessions
from galleria.engines.context import Context


async def forget_ended(ctx: Context) -> int:
    """Rows that no longer mean anything are gone; how many there were."""
    async with ctx.transaction() as tx:
        gone = await sessions.forget_ended(tx) + await letters.forget_old(tx)
        return gone + await passkeys.forget_challenges(tx) + await attempts.forget_ended(tx)
