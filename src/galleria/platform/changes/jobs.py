"""Housekeeping of the history."""

from galleria.engines.context import Context
from galleria.engines.jobs import Schedule
from galleria.platform.changes.service import forgetting


async def forget_old_changes(ctx: Context) -> None:
    """What was replaced longer ago than the settings say is gone."""
    await forgetting.forget_old(ctx)


SCHEDULES = [Schedule("changes.forget_old", "11 4 * * *", forget_old_changes)]
