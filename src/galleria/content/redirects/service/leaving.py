"""A shop that goes leaves nothing behind."""

from galleria.content.redirects import repository
from galleria.engines.context import Context


async def erase_redirects(ctx: Context) -> None:
    """The shop has no redirects any more."""
    async with ctx.transaction() as tx:
        await repository.delete_all(tx)
