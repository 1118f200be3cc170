"""What many shoppers ask at once is asked of the index once.

A question that comes again within seconds is hot: its answer is kept for a second, and for some
seconds more while a fresh one is on its way, so that nobody waits for it. Those who ask while it is
being answered wait for the same answer. When the index cannot answer, the last one known does for a
minute. Of fresh answers to what is known only two are fetched at a time, so that they do not crowd
out those who have to wait. Errors and partial answers are not kept, nor are the answers to what was
asked but once, which would only crowd out others.
"""

import asyncio
import hashlib
from collections import OrderedDict
from contextlib import suppress

import msgspec

from galleria.engines.cache import CacheKey, CacheUnavailable
from galleria.engines.context import Context
from galleria.engines.search_index import (
    SearchOverloaded,
    SearchQuery,
    SearchResult,
    SearchTimeout,
    SearchUnavailable,
)
from galleria.foundation.errors import GalleriaError
from galleria.foundation.telemetry import logger
from galleria.growth.search.model.operating import OperatorSettings

FRESH_S = 1.0
STALE_S = 5.0  # as old as what the shop window shows may be
LAST_RESORT_S = 60.0
HOT_WITHIN_S = 10.0
_MOST_REMEMBERED = 20_000
_MOST_REFRESHED = 2  # at a time: the index answers as many at once
_log = logger(__name__)


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """An answer, and when it was given: seconds since 1970."""

    at_s: float
    result: SearchResult


_DECODER = msgspec.msgpack.Decoder(Kept)
_asked_at_s: OrderedDict[str, float] = OrderedDict()
_under_way: dict[str, asyncio.Task[SearchResult]] = {}
_refreshed: set[str] = set()


async def answer_to(ctx: Context, query: SearchQuery) -> SearchResult:
    """The index's answer, some seconds old when the question is hot.

    Raises:
        SearchOverloaded, SearchTimeout, SearchUnavailable: there is none, old or new.
        SearchPageTooDeep, InvalidSearchQuery: see the port.
    """
    key = _key_of(ctx, query)
    kept = await _kept(ctx, key)
    now_s = ctx.now.timestamp()
    age_s = now_s - kept.at_s if kept else LAST_RESORT_S
    if kept and age_s < FRESH_S:
        return kept.result
    is_hot = _is_hot(key, now_s)
    if kept and age_s < STALE_S:
        if len(_refreshed) < _MOST_REFRESHED and key.text not in _under_way:
            _refreshed.add(key.text)
            _asking(ctx, key, query, is_hot)
        return kept.result
    asking = _asking(ctx, key, query, is_hot)
    try:
        return await asyncio.shield(asking)
    except (SearchOverloaded, SearchTimeout, SearchUnavailable):
        if kept is None:
            raise
        return kept.result


def _key_of(ctx: Context, query: SearchQuery) -> CacheKey:
    said = hashlib.blake2b(msgspec.msgpack.encode(query), digest_size=16).hexdigest()
    return CacheKey(ctx.tenant.tenant_id, "search-answer", said)


async def _kept(ctx: Context, key: CacheKey) -> Kept | None:
    with suppress(CacheUnavailable, msgspec.DecodeError):
        found = await ctx.engines.cache.get(key)
        return _DECODER.decode(found) if found is not None else None
    return None


def _is_hot(key: CacheKey, now_s: float) -> bool:
    """The question was asked a moment ago; from now on it was."""
    before = _asked_at_s.pop(key.text, None)
    _asked_at_s[key.text] = now_s
    if len(_asked_at_s) > _MOST_REMEMBERED:
        _asked_at_s.popitem(last=False)
    return before is not None and now_s - before < HOT_WITHIN_S


def _asking(
    ctx: Context, key: CacheKey, query: SearchQuery, is_hot: bool
) -> asyncio.Task[SearchResult]:
    """The one question that is under way for all who ask this."""
    asking = _under_way.get(key.text)
    if asking is None:
        asking = asyncio.create_task(_ask(ctx, key, query, is_hot))
        _under_way[key.text] = asking
        asking.add_done_callback(lambda task: _done(key, task))
    return asking


def _done(key: CacheKey, task: "asyncio.Task[SearchResult]") -> None:
    del _under_way[key.text]
    _refreshed.discard(key.text)
    if not task.cancelled() and (error := task.exception()) is not None:
        # Whoever waits for it hears of it too; of a refresh nobody would.
        told = error.code if isinstance(error, GalleriaError) else repr(error)
        _log.debug("question_failed", reason=told)


async def _ask(ctx: Context, key: CacheKey, query: SearchQuery, is_hot: bool) -> SearchResult:
    within_s = ctx.engines.settings_of(OperatorSettings).answer_within_s
    result = await ctx.engines.search.search(ctx.tenant.tenant_id, query, deadline_s=within_s)
    if is_hot and not result.is_partial:
        answer = msgspec.msgpack.encode(Kept(ctx.engines.clock.now().timestamp(), result))
        with suppress(CacheUnavailable):
            await ctx.engines.cache.set(key, answer, LAST_RESORT_S)
    return result
