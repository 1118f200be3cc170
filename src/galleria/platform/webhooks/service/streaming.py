"""The event stream: pages for who asks again and again, server-sent events for who stays."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import timedelta
from time import monotonic
from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.event_log import KEPT_DAYS, Position, end_of_log, read_log
from galleria.engines.realtime import SubscriptionDropped, Topic
from galleria.platform import access
from galleria.platform.webhooks.errors import EventScopeNotHeld, EventsNotKept, InvalidWebhook
from galleria.platform.webhooks.model.catalogue import LEAVES
from galleria.platform.webhooks.model.streaming import (
    RETRY_MS,
    EventPage,
    StreamedEvent,
    StreamPlace,
    as_beat,
    as_sent,
    read_place,
)

TOPIC = "webhooks/stream"
POLL_S = 0.5
BEAT_S = 10.0
CHECKED_EACH_S = 5.0
A_PAGE = 100
# Clients come back with the last id they have; whoever stays for good holds up a restart.
LONGEST_S = 3_600.0
LONGEST_OF_PERSONS_S = 60.0  # a session may end meanwhile, and nobody asks
NOW = "now"


def tags_for(ctx: Context, wanted: Sequence[str]) -> list[str]:
    """The tags that the actor may hear: all of these, or all there are when none is named.

    Raises:
        InvalidWebhook: one is no event that may leave the house.
        EventScopeNotHeld: the actor may not read what one tells.
    """
    for tag in wanted:
        if tag not in LEAVES:
            raise InvalidWebhook(f"no event {tag[:80]}")
        if not ctx.actor.may(LEAVES[tag]):
            raise EventScopeNotHeld(f"{tag} needs {LEAVES[tag]}")
    return sorted(set(wanted)) or [tag for tag, scope in LEAVES.items() if ctx.actor.may(scope)]


async def read_events(
    ctx: Context, tags: Sequence[str], after: str | None, limit: int
) -> EventPage:
    """The next events after a position; from the beginning of what is kept without one.

    Args:
        ctx: the shop.
        tags: see `tags_for`.
        after: a position, or "now" for the end of the log.
        limit: 1 to 100.

    Raises:
        InvalidPosition: it is none.
        EventsNotKept: it lies too long back to be sure that nothing is missing.
    """
    place = await _place(ctx, after)
    return await _page(ctx, tags, place, limit)


async def open_stream(
    ctx: Context, tags: Sequence[str], after: str | None
) -> AsyncGenerator[bytes, None]:
    """Server-sent events after a position, from now on without one; the first byte can be sent.

    Raises:
        InvalidPosition, EventsNotKept: see `read_events`.
        TooManySubscribers: the shop watches as much as it may in this process.
    """
    stream = _stream(ctx, tags, await _place(ctx, after or NOW))
    # Whatever refuses the stream does so now, while a problem can still be answered.
    first = await anext(stream)
    return _after_first(first, stream)


async def _after_first(
    first: bytes, rest: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part


async def _stream(
    ctx: Context, tags: Sequence[str], place: StreamPlace
) -> AsyncGenerator[bytes, None]:
    """Each event once, in order. The next page is read when the one before was taken, so a slow
    client holds up itself and a page of memory."""
    ends_at = monotonic() + (LONGEST_S if ctx.actor.kind == "key" else LONGEST_OF_PERSONS_S)
    # A shop's streams are counted with all else that it watches.
    async with ctx.engines.realtime.subscribe(Topic(ctx.tenant.tenant_id, TOPIC)) as watching:
        yield b"retry: %d\n" % RETRY_MS + as_beat(place.text)
        beat_at = checked_at = monotonic()
        while monotonic() < ends_at:
            page = await _page(ctx, tags, place, A_PAGE)
            place = read_place(page.next_after)
            if page.items:
                yield b"".join(as_sent(each) for each in page.items)
                beat_at = monotonic()
            if monotonic() - beat_at > BEAT_S:
                yield as_beat(place.text)
                beat_at = monotonic()
            if monotonic() - checked_at > CHECKED_EACH_S:
                if not await _may_stay(ctx):
                    return
                checked_at = monotonic()
            if page.is_last:
                try:
                    await watching.next(POLL_S)
                except SubscriptionDropped:
                    return
            await asyncio.sleep(0)


async def _page(ctx: Context, tags: Sequence[str], place: StreamPlace, limit: int) -> EventPage:
    found = await read_log(ctx, Position(*place[:3]), tags, limit)
    # At the end all was seen until now; before it, until the last event that was looked at.
    seen_at = ctx.wall_clock.now() if found.is_last else found.reached_at
    return EventPage(
        items=[
            StreamedEvent(
                position=StreamPlace(*position, int(event.occurred_at.timestamp())).text,
                id=event.event_id,
                type=event.tag,
                timestamp=event.occurred_at,
                subject_id=event.subject_id,
                data=event.payload,
            )
            for position, event in found.events
        ],
        next_after=StreamPlace(*found.reached, int(seen_at.timestamp())).text,
        is_last=found.is_last,
    )


async def _place(ctx: Context, after: str | None) -> StreamPlace:
    now_s = int(ctx.wall_clock.now().timestamp())
    if after is None:
        return StreamPlace(0, 0, 0, now_s)
    if after == NOW:
        return StreamPlace(*await end_of_log(ctx), now_s)
    place = read_place(after)
    if place.seen_at < ctx.wall_clock.now() - timedelta(days=KEPT_DAYS):
        raise EventsNotKept(f"events are kept for {KEPT_DAYS} days; read the shop anew")
    return place


async def _may_stay(ctx: Context) -> bool:
    """False when the key that opened the stream opens nothing any more."""
    if ctx.actor.kind != "key":
        return True
    try:
        key_id = UUID(ctx.actor.actor_id)
    except ValueError:
        return False
    present = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id)
    key = (await access.keys_with_ids(present, [key_id])).get(key_id)
    return key is not None and key.status == "active"
