"""What access does by the clock."""

from galleria.engines.context import Context
from galleria.engines.jobs import Schedule
from galleria.platform.access import service


async def forget_ended(ctx: Context) -> None:
    """Rows of ended sessions and attempts do not pile up."""
    await service.forget_ended(ctx)


SCHEDULES = [
    Schedule(name="access.forget_ended", cron="17 * * * *", run=forget_ended, for_each_shop=False)
]
