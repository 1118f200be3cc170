"""Fetches what is wanted: a few at a time, fewer of one host, each in turn.

One worker fetches for a shop at a time, its shift; it ends by itself should the worker die. A
picture is claimed with a commit and settled with another: in between it is due again after a while,
so none is lost, and a claim that was taken over settles nothing.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from time import monotonic as _clock
from uuid import UUID

from galleria.commerce.pictures import model
from galleria.commerce.pictures.events import PicturesWanted
from galleria.commerce.pictures.model import Claim, Failure, Outcome, PicturesSettings
from galleria.commerce.pictures.repository import tallying
from galleria.commerce.pictures.repository import working as repository
from galleria.commerce.pictures.service.placing import place_some
from galleria.content import images
from galleria.engines.context import Context
from galleria.engines.outbound import (
    OutboundPaused,
    OutboundRefused,
    OutboundRequest,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
)
from galleria.engines.sql import Transaction
from galleria.foundation.errors import GalleriaError, TooLarge
from galleria.foundation.ids import new_id

AT_ONCE = 8  # each may hold 20 MB in memory
LIMIT_BYTES = 20 * 1024 * 1024
CLAIM_S = 120  # well beyond the longest deadline, and keeping 20 MB
SHIFT_S = 60
PLACE_EACH_S = 1.0  # together: each commit is an event, and the products are listed anew
WORK_S = 240.0  # then other shops have their turn
HOSTS_A_LOOK = 100  # of more of them, the others have their turn at the next look
_NO_ANSWER = (
    OutboundPaused,
    OutboundRefused,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
)
ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif"


async def fetch_pictures(ctx: Context, work_s: float = WORK_S) -> None:
    """What is due has been fetched or has failed, and is on the products; or `work_s` are over.

    When time is up, and something is left, it is asked for again. Safe to call from any process at
    any time: when somebody else is at it, it comes back at once. Not inside a transaction.
    """
    worker = _Worker(ctx, _clock() + work_s)
    while await worker.begin():
        try:
            await worker.work()
        finally:
            await worker.end()
        # Wanted between the last look and the end of the shift, it would wait for the next wake-up.
        fresh = _fresh(ctx)
        if not await repository.is_work_left(fresh, fresh.now):
            return
        if worker.is_late:
            async with fresh.transaction() as tx:
                tx.publish(PicturesWanted(wanted_count=0))
            return


async def is_busy(ctx: Context) -> bool:
    """A picture is under way, or will be within two minutes."""
    soon = ctx.engines.clock.now() + timedelta(seconds=CLAIM_S)
    return await repository.is_work_left(ctx, soon)


async def wake(ctx: Context) -> None:
    """Pictures whose next try is due are asked for. A net below the queue as well."""
    if await repository.is_work_left(ctx, ctx.now):
        async with ctx.transaction() as tx:
            tx.publish(PicturesWanted(wanted_count=0))


class _Worker:
    """Somebody on shift in a shop."""

    def __init__(self, ctx: Context, until: float) -> None:
        self._ctx = ctx
        self._until = until
        self._holder = new_id()
        self._under_way: dict[asyncio.Task[Outcome], str] = {}
        self._after_host = ""
        self._has_found = False
        self._renew_at = self._place_at = 0.0
        self._at_once_a_host = ctx.engines.settings_of(PicturesSettings).at_once_a_host

    @property
    def is_late(self) -> bool:
        return _clock() >= self._until

    async def begin(self) -> bool:
        """True when the shift is ours, now or still."""
        fresh = _fresh(self._ctx)
        async with fresh.transaction() as tx:
            until = fresh.now + timedelta(seconds=SHIFT_S)
            return await repository.take_shift(tx, self._holder, fresh.now, until)

    async def end(self) -> None:
        """Nothing of ours is under way, and somebody else may begin."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self._under_way.clear()
        fresh = _fresh(self._ctx)
        async with fresh.transaction() as tx:
            await repository.end_shift(tx, self._holder, fresh.now - timedelta(seconds=1))

    async def work(self) -> None:
        """Claims, fetches and places until nothing is due, time is up, or the shift is lost."""
        done: list[Outcome] = []
        while await self._goes_on():
            is_idle = await self._turn(done)
            done = []
            is_placed = await self._place()
            if self._under_way:
                wait_s = SHIFT_S / 4 if is_placed else 0
                finished, _ = await asyncio.wait(
                    self._under_way, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED
                )
                done = [task.result() for task in finished]
                for task in finished:
                    del self._under_way[task]
            elif is_placed and (is_idle or self.is_late):
                return

    async def _goes_on(self) -> bool:
        """True while the shift is ours; it is prolonged in good time."""
        if _clock() < self._renew_at:
            return True
        self._renew_at = _clock() + SHIFT_S / 4
        return await self.begin()

    async def _place(self) -> bool:
        """True when no fetched picture waits for its products, or not for long enough."""
        if self._under_way and _clock() < self._place_at:
            return True
        is_placed = await place_some(_fresh(self._ctx))
        if is_placed:
            self._place_at = _clock() + PLACE_EACH_S
        return is_placed

    async def _turn(self, done: list[Outcome]) -> bool:
        """What is done is settled, and as much again begun; True when nothing is due anywhere."""
        wants_more = len(self._under_way) < AT_ONCE and not self.is_late
        if not done and not wants_more:
            return False
        fresh = _fresh(self._ctx)
        claims: list[Claim] = []
        async with fresh.transaction() as tx:
            if done:
                await _settle(tx, done)
            if wants_more:
                claims = await self._claim(tx)
        for claim in claims:
            task = asyncio.create_task(_fetch(self._ctx, claim))
            self._under_way[task] = claim.host
        return wants_more and not self._after_host and not self._has_found

    async def _claim(self, tx: Transaction) -> list[Claim]:
        """The next pictures to fetch; each look begins behind the last host that had its turn."""
        free = AT_ONCE - len(self._under_way)
        busy = Counter(self._under_way.values())
        hosts = await repository.hosts_after(tx, self._after_host, HOSTS_A_LOOK)
        places = {host: self._at_once_a_host - busy[host] for host in hosts}
        until = tx.now + timedelta(seconds=CLAIM_S)
        claims = await repository.claim(tx, places, free, tx.now, until)
        self._has_found = bool(claims) or (bool(self._after_host) and self._has_found)
        if len(claims) == free:
            self._after_host = max(claim.host for claim in claims)
        else:
            self._after_host = hosts[-1] if len(hosts) == HOSTS_A_LOOK else ""
        return claims


async def _settle(tx: Transaction, done: list[Outcome]) -> None:
    left = await repository.settle(tx, done)
    changes: tallying.Changes = Counter(left)
    changes.subtract((request_id, "waiting") for request_id, _ in left)
    await tallying.add(tx, changes)


async def _fetch(ctx: Context, claim: Claim) -> Outcome:
    if claim.tries > model.MAX_TRIES:
        reason = f"fetching it was broken off {model.MAX_TRIES} times"
        return model.outcome_of(claim, Failure("gave_up", reason), ctx.engines.clock.now())
    result = await _media_of(ctx, claim.url)
    return model.outcome_of(claim, result, ctx.engines.clock.now())


async def _media_of(ctx: Context, url: str) -> UUID | Failure:
    """The picture at the address is kept; or why there is none.

    What our own database or file store cannot do is raised: it is no fault of the picture.
    """
    deadline_s = ctx.engines.settings_of(PicturesSettings).deadline_s
    request = OutboundRequest(
        tenant_id=ctx.tenant.tenant_id,
        url=url,
        headers={"accept": ACCEPT},
        deadline_s=deadline_s,
        limit_bytes=LIMIT_BYTES,
    )
    try:
        answer = await ctx.engines.outbound.send(request)
    except _NO_ANSWER as error:
        return _failure_of(error)
    if answer.status != 200:
        return model.failure_of_status(answer.status, answer.headers.get("retry-after", ""))
    try:
        image = await images.store_image(_fresh(ctx), answer.body)
    except images.NotAnImage:
        return Failure("not_an_image", "what lies there is no PNG, JPEG, GIF, WebP or AVIF")
    except TooLarge as error:
        return Failure("picture_too_large", error.detail)
    return image.media_id


def _failure_of(error: GalleriaError) -> Failure:
    match error:
        case OutboundRefused():
            return Failure("address_refused", error.detail)
        case OutboundTooLarge():
            return Failure("picture_too_large", f"it has more than {LIMIT_BYTES // 2**20} MB")
        case OutboundTimeout():
            return Failure("host_too_slow", error.detail, 0)
        case _:
            return Failure("host_unreachable", error.detail, error.retry_after_s or 0)


def _fresh(ctx: Context) -> Context:
    """The same shop and request at this moment: a shift outlasts the instant it began at."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)
