"""The manifest of the work-bench."""

from galleria.commerce.workbench.jobs import ENQUEUES, JOBS, SCHEDULES, SUBSCRIPTIONS
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.workbench",
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=JOBS,
    schedules=SCHEDULES,
)
