"""Tells every server process what of a shop's window has changed, so that none shows it as it was.

The worker hears of it as an event and passes it on as a live message that names the things; each
server forgets the answers that show one of them. A message that is lost costs the few seconds an
answer may be kept anyway.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

import msgspec

from galleria.engines.context import HOUSE, Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.realtime import (
    Realtime,
    RealtimeUnavailable,
    SubscriptionDropped,
    TooManySubscribers,
    Topic,
)
from galleria.engines.sql import Transaction
from galleria.faces.gateway.response_cache import ResponseCache
from galleria.faces.profiles import ProfileMemory
from galleria.foundation.events import Envelope

TOPIC = Topic(HOUSE.tenant_id, "gateway/windows")
THINGS_CHANGED = "things_changed"
LISTEN_AGAIN_S = 1.0
MOST_NAMED = 1_000  # more than a message carries are told as: the whole shop


class WindowChanged(msgspec.Struct, frozen=True):
    """What is read of `listings.listings_changed.v1`: which products; none for the whole window."""

    product_ids: list[UUID]


class WaysChanged(msgspec.Struct, frozen=True):
    """Nothing of the event is read: that it came says enough."""


class Changed(msgspec.Struct, frozen=True, array_like=True):
    """The message: things of a shop that changed; None for all it shows."""

    tenant_id: int
    things: list[str] | None


async def pass_on(ctx: Context, tx: Transaction, batch: list[Envelope[WindowChanged]]) -> None:
    """Every server process is told, once for all that changed together."""
    changed = {str(each): None for e in batch for each in e.payload.product_ids}
    is_whole = len(changed) > MOST_NAMED or any(not e.payload.product_ids for e in batch)
    products = [f"product:{each}" for each in changed]
    _tell_after(ctx, tx, None if is_whole else ["listing-page", *products])


async def pass_ways_on(ctx: Context, tx: Transaction, batch: list[Envelope[WaysChanged]]) -> None:
    """Every server process is told that old addresses lead elsewhere."""
    _tell_after(ctx, tx, ["redirects"])


def _tell_after(ctx: Context, tx: Transaction, things: Iterable[str] | None) -> None:
    message = Changed(ctx.tenant.tenant_id, None if things is None else list(things))

    async def tell() -> None:
        with suppress(RealtimeUnavailable):
            payload = msgspec.json.encode(message)
            await ctx.engines.realtime.publish(TOPIC, payload, kind=THINGS_CHANGED)

    tx.after_commit(tell)


async def forget_on_news(realtime: Realtime, cache: ResponseCache, profiles: ProfileMemory) -> None:
    """Nothing is shown from memory that has changed since. Runs until cancelled."""
    while True:
        with suppress(SubscriptionDropped, RealtimeUnavailable, TooManySubscribers):
            async with realtime.subscribe(TOPIC) as subscription:
                cache.doubt_all()  # of what changed before nothing is heard any more
                async for message in subscription:
                    _forget(cache, profiles, message.payload)
        await asyncio.sleep(LISTEN_AGAIN_S)


def _forget(cache: ResponseCache, profiles: ProfileMemory, payload: bytes) -> None:
    try:
        changed = msgspec.json.decode(payload, type=Changed)
    except msgspec.DecodeError:
        cache.forget_all()  # from a process of another release: what it says is not known
        return
    if changed.things is None:
        profiles.forget(changed.tenant_id)
        cache.forget(changed.tenant_id)
    else:
        cache.forget_things(changed.tenant_id, changed.things)


SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription("gateway.window_changed", "listings.listings_changed.v1", WindowChanged, pass_on),
    Subscription(
        "gateway.profile_changed", "profiles.profile_changed.v1", WaysChanged, pass_ways_on
    ),
    Subscription(
        "gateway.ways_changed", "redirects.redirects_changed.v1", WaysChanged, pass_ways_on
    ),
]
