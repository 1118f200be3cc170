"""At set times: old requests are forgotten."""

from galleria.engines.context import Context
from galleria.engines.jobs import Schedule
from galleria.platform.requests.service import leaving


async def forget_old(ctx: Context) -> None:
    """Requests are kept for three days."""
    await leaving.forget_old(ctx)


SCHEDULES = [
    Schedule(name="requests.forget_old", cron="11 4 * * *", run=forget_old),
    # The house has keys too.
    Schedule(
        name="requests.forget_old_of_house", cron="12 4 * * *", run=forget_old, for_each_shop=False
    ),
]
