"""Opens search: a folder of our own, or the clusters that the settings name."""

import re
from collections.abc import Collection

from galleria.engines.search_index import SearchIndex
from galleria.engines.search_index.clusters import ClusteredSearch, ClusterPolicy
from galleria.engines.search_index.shards import open_sharded
from galleria.foundation.errors import InvalidInput
from galleria.settings import PREFIX, Settings

# Of one process, at one cluster. The adapter's queue is fair to shops, so it is the one that
# refuses, and not the router before it.
_AT_ONCE = 32
_MOST_WAITING = 256


def open_search(settings: Settings) -> SearchIndex:
    """The index of search, as the settings say.

    A cluster alone is one of several as well: it keeps its marks, so that another one which comes
    to it later, or comes back, is known to lack something.

    Raises:
        InvalidInput: a setting does not fit; the message names it.
    """
    if settings.search_url is None:
        return open_sharded(settings.data_folder / "search")
    # The drivers of distributed engines are loaded only where the settings name such an engine.
    from galleria.engines.search_index.opensearch import (  # noqa: PLC0415
        open_opensearch,
        parse_search_urls,
    )

    addresses = parse_search_urls(settings.search_url)
    near = _names("search_near", settings.search_near, addresses)
    drained = _names("search_drained", settings.search_drained, addresses)
    if set(drained) == set(addresses):
        raise InvalidInput(f"{PREFIX}SEARCH_DRAINED leaves no search cluster to be asked")
    indexes = {
        name: open_opensearch(each, at_once=_AT_ONCE, max_waiting=_MOST_WAITING)
        for name, each in addresses.items()
    }
    policy = ClusterPolicy(most_at_once=_AT_ONCE + _MOST_WAITING)
    return ClusteredSearch(indexes, near=near, drained=drained, policy=policy)


def _names(setting: str, text: str, known: Collection[str]) -> list[str]:
    names = [each for each in re.split(r"[\s,]+", text) if each]
    for each in names:
        if each not in known:
            raise InvalidInput(
                f"{PREFIX}{setting.upper()} names {each!r}; the search clusters are "
                + ", ".join(known)
            )
    return names
