"""What the catalog does by itself."""

from galleria.commerce.catalog import service
from galleria.engines.context import Context
from galleria.engines.jobs import Schedule


async def apply_schedule(ctx: Context) -> None:
    """Products whose time has come are on sale, or off it."""
    await service.apply_schedule(ctx)


SCHEDULES = [Schedule("catalog.apply_schedule", "* * * * *", apply_schedule)]
