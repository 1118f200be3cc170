"""The back room: work that outlives a request, and work done by the clock.

Owns the schema `jobs`: PgQueuer's queue and the progress of each run.
"""

from galleria.engines.jobs.definition import EnqueueOn, Job, Schedule
from galleria.engines.jobs.duties import hold_duty
from galleria.engines.jobs.progress import JobRun, Progress, count_held, get_run, list_runs

__all__ = [
    "EnqueueOn",
    "Job",
    "JobRun",
    "Progress",
    "Schedule",
    "count_held",
    "get_run",
    "hold_duty",
    "list_runs",
]
