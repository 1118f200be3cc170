"""How a set of clusters is used, and how each of them does."""

from enum import StrEnum

import msgspec


class ClusterPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How patient we are with a cluster. The defaults suit clusters that answer in milliseconds.

    Args:
        most_at_once: questions of this process under way in one cluster; further ones go to
            another, and are refused when all are full.
        extra_share: of all questions, how many may be asked a second time because the first
            cluster is slow: 0 to 1.
        extra_at_once: so many such questions may be saved up for when a cluster turns slow.
        least_patience_s: nobody asks a second cluster sooner, however fast the first usually is.
        failures_to_open: failures in a row after which a cluster is left alone.
        share_to_open: of the last 50 questions, at least 20: so many failed that it is left alone.
        pause_s: how long it is left alone, a fifth more or less; twice as long after each try
            that fails, up to `longest_pause_s`.
        look_every_s: how often each cluster's position is read while questions are asked.
    """

    most_at_once: int = 64
    extra_share: float = 0.05
    extra_at_once: int = 10
    least_patience_s: float = 0.01
    failures_to_open: int = 5
    share_to_open: float = 0.5
    pause_s: float = 1.0
    longest_pause_s: float = 30.0
    look_every_s: float = 0.5


class ClusterState(StrEnum):
    """Whether a cluster is asked, and if not, the first reason why."""

    SERVING = "serving"
    BEHIND = "behind"  # it missed a commit and needs a rebuild
    DRAINED = "drained"  # an operator said so; it is written all the same
    BROKEN = "broken"  # it failed too often, or has not been reached yet


class ClusterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one cluster does, as this process sees it.

    Args:
        is_drained: an operator said that it is not to be asked, whatever else is the matter.
        in_flight: questions under way.
        asked: questions since the process began; `extra` of them were asked elsewhere before.
        failures: of those, how many failed; refusals for load and wrong questions are none.
        latency_ms_p50: of the last 256 answers; None before there are 20. An answer that was no
            longer waited for counts with the time until then.
        last_error: what it said when it last failed.
    """

    name: str
    state: ClusterState
    is_drained: bool
    in_flight: int
    asked: int
    extra: int
    failures: int
    latency_ms_p50: float | None
    latency_ms_p95: float | None
    last_error: str | None
