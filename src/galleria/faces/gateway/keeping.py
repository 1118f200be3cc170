"""Answers a question from memory where it can, and has it worked out once where it cannot.

However many ask the same at the same time, one of them makes the answer and the others wait for
it. What has just lost its freshness is shown once more while a new one is made behind it (RFC
5861); when none can be made, the old one is shown rather than none.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import NamedTuple

from galleria.faces.gateway.answer import Answer, Headers, Recorder, Send, with_house_headers
from galleria.faces.gateway.request import Request
from galleria.faces.gateway.response_cache import (
    CachedResponse,
    Key,
    ResponseCache,
    etag_of,
    lifetime_of,
    surrogate_keys,
    things_of,
)
from galleria.foundation.errors import GalleriaError
from galleria.foundation.telemetry import logger

MOST_BEHIND = 64  # answers made anew behind those that were shown, at once
MOST_UNKEPT = 10_000
MOST_WAITS = 3  # for others at work on the same, one after another
IF_NONE_MATCH = b"if-none-match"
# What a cache before this house must tell apart besides what the room says.
VARY = (b"galleria-version", b"x-galleria-shop")
_log = logger(__name__)


class Question(NamedTuple):
    """A request that others may ask too.

    `work_out` has the rooms answer and says what is shown; its second argument is whether that
    happens behind an answer that was sent already.

    `admit` and `admit_kept` take it out of the caller's budget, the first before it is worked out.
    """

    key: Key
    request: Request
    work_out: Callable[[Send, bool], Awaitable[list[str]]]
    admit: Callable[[], Awaitable[Headers]]
    admit_kept: Callable[[], Headers]
    extra: Headers


class Keeper:
    """See the module."""

    def __init__(self, cache: ResponseCache) -> None:
        """Answer from `cache`."""
        self._cache = cache
        self._under_way: dict[Key, asyncio.Future[None]] = {}
        self._unkept: dict[Key, float] = {}
        self._behind: set[asyncio.Task[None]] = set()

    def fresh(self, key: Key) -> CachedResponse | None:
        """An answer that needs nothing but to be sent."""
        found = self._cache.get(key)
        return found if found is not None and self._cache.clock() < found.fresh_until else None

    async def answer(self, question: Question, answer: Answer) -> str:
        """The question is answered. Comes back with where from: cache or shop."""
        found = self._to_be_shown(question.key)
        for _ in range(MOST_WAITS):
            if found is not None or not await self._wait_for_other(question.key):
                break
            found = self._to_be_shown(question.key)
        if found is None:
            return await self._work_out(question, answer, await question.admit())
        budget = question.admit_kept()
        if self._cache.clock() >= found.fresh_until:
            self._make_anew_behind(question)
        await _send(question, answer, found, budget)
        return "cache"

    def _to_be_shown(self, key: Key) -> CachedResponse | None:
        found = self._cache.get(key)
        return found if found is not None and self._cache.clock() < found.meanwhile_until else None

    async def _wait_for_other(self, key: Key) -> bool:
        """True when somebody was at work on the same answer, and has ended."""
        other = self._under_way.get(key)
        # What was not kept a moment ago will not be now: then nobody waits in vain.
        if other is None or self._unkept.get(key, 0.0) > self._cache.clock():
            return False
        await asyncio.shield(other)
        return True

    async def _work_out(self, question: Question, answer: Answer, budget: Headers) -> str:
        answer.extra = [*question.extra, *budget]
        try:
            recorder, kept = await self._record(question, answer.send)
        except Exception as error:
            may_be_shown = _is_ours(error) and not answer.has_started
            if may_be_shown and await self._send_old(question, answer, budget):
                return "cache"
            raise
        if answer.has_started:
            return "shop"  # too large to be held back
        if recorder.status >= 500 and await self._send_old(question, answer, budget):
            return "cache"
        if kept is not None:
            await _send(question, answer, kept, budget)
        else:
            await answer.send_whole(recorder.status, recorder.headers, b"".join(recorder.body))
        return "shop"

    async def _record(
        self, question: Question, pass_on: Send | None
    ) -> tuple[Recorder, CachedResponse | None]:
        """The answer as the rooms made it, and as it is kept from now on, if it is."""
        recorder, begun = Recorder(pass_on), self._cache.begin()
        mine = asyncio.get_running_loop().create_future()
        first = self._under_way.setdefault(question.key, mine) is mine
        try:
            shown = await question.work_out(recorder.send, pass_on is None)
            return recorder, self._keep(question, begun, recorder, shown)
        finally:
            if first:
                del self._under_way[question.key]
                mine.set_result(None)

    def _keep(
        self, question: Question, begun: int, recorder: Recorder, shown: list[str]
    ) -> CachedResponse | None:
        key = question.key
        lifetime = lifetime_of(recorder.headers)
        if recorder.status != 200 or lifetime is None or not recorder.is_whole:
            if len(self._unkept) >= MOST_UNKEPT:
                self._unkept.clear()
            self._unkept[key] = self._cache.clock() + 1.0
            return None
        self._unkept.pop(key, None)
        body = b"".join(recorder.body)
        things = things_of(shown)
        headers = with_house_headers([*_for_shared_caches(recorder.headers), *question.extra])
        headers.append((b"surrogate-key", surrogate_keys(key.tenant_id, things)))
        if not any(name == b"etag" for name, _ in headers):
            headers.append((b"etag", etag_of(body)))
        kept = self._cache.keep(key, begun, headers, body, lifetime, things)
        if kept is not None:
            return kept
        # It changed while it was made: whoever asked before gets it, nobody after.
        etag = next(value for name, value in headers if name == b"etag")
        return CachedResponse(0.0, 0.0, 0.0, headers, body, etag, things)

    def _make_anew_behind(self, question: Question) -> None:
        if question.key in self._under_way or len(self._behind) >= MOST_BEHIND:
            return
        task = asyncio.create_task(self._refresh(question))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _refresh(self, question: Question) -> None:
        if question.key in self._under_way:
            return
        try:
            await self._record(question, None)
        except Exception as error:  # it was nobody's request: the next one will see for itself
            _log.warning("answer_not_made_anew", reason=repr(error))

    async def _send_old(self, question: Question, answer: Answer, budget: Headers) -> bool:
        """True when an answer that is past its time was sent, since no new one can be made."""
        found = self._cache.get(question.key)
        if found is None:
            return False
        headers = [pair for pair in found.headers if pair[0] != b"cache-control"]
        # Whoever stands between shall ask again, and not keep what is old already.
        headers.append((b"cache-control", b"no-store"))
        old = CachedResponse(0.0, 0.0, 0.0, headers, found.body, found.etag, found.things)
        await _send(question, answer, old, budget)
        return True


def _is_ours(error: Exception) -> bool:
    return not isinstance(error, GalleriaError) or error.status >= 500


async def _send(question: Question, answer: Answer, found: CachedResponse, budget: Headers) -> None:
    answer.extra = budget  # what else belongs to it was kept with it
    await answer.send_kept(found, question.request.header(IF_NONE_MATCH))


def _for_shared_caches(headers: Headers) -> Headers:
    """The headers with `Vary` naming whatever the house tells apart."""
    others = [pair for pair in headers if pair[0] != b"vary"]
    said = b", ".join([value for name, value in headers if name == b"vary"])
    return [*others, (b"vary", _with_ours(said))]


@lru_cache(maxsize=1_024)
def _with_ours(vary: bytes) -> bytes:
    names = [name.strip().lower() for name in vary.split(b",") if name.strip()]
    return b", ".join(dict.fromkeys([*names, *VARY]))
