"""Tells every server process that a shop's window has changed, so that none goes on showing it old.

The worker hears of it as an event and passes it on as a live message; each server forgets what it
kept of that shop. A message that is lost costs the few seconds an answer may be kept anyway.
"""

import asyncio
from contextlib import suppress

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
SHOP_CHANGED = "shop_changed"
LISTEN_AGAIN_S = 1.0


class WindowChanged(msgspec.Struct, frozen=True):
    """Nothing of the event is read here: that it came says enough."""


async def pass_on(ctx: Context, tx: Transaction, batch: list[Envelope[WindowChanged]]) -> None:
    """Every server process is told, once for all that changed together."""

    async def tell() -> None:
        with suppress(RealtimeUnavailable):
            tenant = str(ctx.tenant.tenant_id).encode()
            await ctx.engines.realtime.publish(TOPIC, tenant, kind=SHOP_CHANGED)

    tx.after_commit(tell)


async def forget_on_news(realtime: Realtime, cache: ResponseCache, profiles: ProfileMemory) -> None:
    """What is kept of a shop is forgotten when its window changes. Runs until cancelled."""
    while True:
        with suppress(SubscriptionDropped, RealtimeUnavailable, TooManySubscribers):
            async with realtime.subscribe(TOPIC) as subscription:
                cache.forget_all()  # of what changed before nothing is heard any more
                async for message in subscription:
                    profiles.forget(int(message.payload))
                    cache.forget(int(message.payload))
        await asyncio.sleep(LISTEN_AGAIN_S)


SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription("gateway.window_changed", "listings.listings_changed.v1", WindowChanged, pass_on),
    Subscription("gateway.profile_changed", "profiles.profile_changed.v1", WindowChanged, pass_on),
]
