"""Housekeeping of the carts room."""

from galleria.commerce.carts import service
from galleria.engines.context import Context
from galleria.engines.jobs import Schedule


async def forget_expired_carts(ctx: Context) -> None:
    """Carts that nobody touched for 30 days are gone."""
    await service.forget_expired_carts(ctx)


SCHEDULES = [Schedule("carts.forget_expired", "17 3 * * *", forget_expired_carts)]
