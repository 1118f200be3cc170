"""Which cluster is asked."""

from collections.abc import Collection, Sequence

from galleria.engines.search_index.clusters.breaker import seconds_to_wait
from galleria.engines.search_index.clusters.cluster import Cluster
from galleria.engines.search_index.errors import SearchOverloaded, SearchUnavailable

# A near cluster may be twice as slow as the best one, and some milliseconds more, before the way to
# another one is worth it.
_NEAR_TIMES = 2.0
_NEAR_MORE_S = 0.02


def chosen(
    clusters: Sequence[Cluster], near: Sequence[str], tried: Collection[Cluster]
) -> Cluster | None:
    """The cluster to ask next, None when there is none left.

    One that failed and whose pause is over gets the first question that comes, since only that
    tells whether it works again; it is not waited for long. Otherwise the one that may answer
    soonest, by what it took lately and how much it has to do; with `near` the first of those,
    unless it is clearly slower. There are eight at most, so all are looked at. Equals take turns.
    """
    free = [each for each in clusters if each.is_wanted and not each.is_full and each not in tried]
    if not tried:
        for each in free:
            if each.breaker.wants_a_try:
                return each
    well = [each for each in free if each.breaker.is_closed]
    if not well:
        return next((each for each in free if each.breaker.wants_a_try), None)
    best = min(well, key=_by_load)
    return next((each for each in _of(near, well) if _is_close_to(each, best)), best)


def refusal(clusters: Sequence[Cluster]) -> SearchUnavailable:
    """Why nobody can be asked at present, and when to come again."""
    wanted = [each for each in clusters if each.is_wanted]
    if any(each.breaker.is_closed for each in wanted):
        return SearchOverloaded("all search clusters have as much as they can do", retry_after_s=1)
    if wanted:
        left_s = min(each.breaker.left_s for each in wanted)
        return SearchUnavailable(
            "no search cluster works at present", retry_after_s=seconds_to_wait(left_s)
        )
    return SearchUnavailable("no search cluster may be asked at present", retry_after_s=1)


def _by_load(cluster: Cluster) -> tuple[bool, float, float]:
    return (cluster.is_resting, cluster.load_s, cluster.asked_at_s)


def _of(near: Sequence[str], clusters: Sequence[Cluster]) -> list[Cluster]:
    return [each for name in near for each in clusters if each.name == name]


def _is_close_to(near: Cluster, best: Cluster) -> bool:
    return (
        near.is_resting <= best.is_resting
        and near.load_s <= _NEAR_TIMES * best.load_s + _NEAR_MORE_S
    )
