"""The order book of facts: what happened, in commit order, handed to every room that listens.

Owns the schema `event_log`: outbox, positions per (handler, tenant), dead letters, epoch.
"""

from galleria.engines.event_log.dead_letters import (
    DeadLetter,
    DeadLetterNotFound,
    drop_dead_letter,
    list_dead_letters,
    replay_dead_letter,
)
from galleria.engines.event_log.keeping import KEPT_DAYS, keep_partitions, raise_epoch
from galleria.engines.event_log.lag import Lag, measure_lag, measure_lag_of, show_lag
from galleria.engines.event_log.position import Position
from galleria.engines.event_log.reading import LogPage, end_of_log, read_log
from galleria.engines.event_log.relay import Relay
from galleria.engines.event_log.subscription import AnySubscription, Subscription

__all__ = [
    "KEPT_DAYS",
    "AnySubscription",
    "DeadLetter",
    "DeadLetterNotFound",
    "Lag",
    "LogPage",
    "Position",
    "Relay",
    "Subscription",
    "drop_dead_letter",
    "end_of_log",
    "keep_partitions",
    "list_dead_letters",
    "measure_lag",
    "measure_lag_of",
    "raise_epoch",
    "read_log",
    "replay_dead_letter",
    "show_lag",
]
