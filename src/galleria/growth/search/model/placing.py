"""Which shops have a search index of their own."""

from galleria.growth.search.model.operating import OperatorSettings

# A shop about the threshold must not move to and fro: filling an index takes its time.
_BACK_BELOW = 0.5


def belongs_apart(
    documents: int,
    settings: OperatorSettings,
    *,
    is_apart: bool,
    is_wished_apart: bool | None = None,
) -> bool:
    """Whether a shop should have an index of its own, which it has now or not."""
    if is_wished_apart is not None:
        return is_wished_apart
    if not settings.own_index_from:
        return False
    least = settings.own_index_from * (_BACK_BELOW if is_apart else 1)
    return documents >= least
