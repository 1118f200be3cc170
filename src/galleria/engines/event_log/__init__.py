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
from galleria.engines.event_log.keeping import keep_partitions, raise_epoch
from galleria.engines.event_log.lag import Lag, measure_lag, measure_lag_of, show_lag
from galleria.engines.event_log.relay import Relay
from galleria.engines.event_log.subscription import AnySubscription, Subscription

__all__ = [
    "AnySubscription",
    "DeadLetter",
    "DeadLetterNotFound",
    "Lag",
    "Relay",
    "Subscription",
    "drop_dead_letter",
    "keep_partitions",
    "list_dead_letters",
    "measure_lag",
    "measure_lag_of",
    "raise_epoch",
    "replay_dead_letter",
    "show_lag",
]
