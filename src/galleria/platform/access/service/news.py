"""Tells every process that a shop's keys have changed, so that none goes on with what it knew.

A message that is lost costs the few seconds a key is remembered anyway.
"""

import asyncio
from contextlib import suppress

from galleria.engines.context import HOUSE, Engines
from galleria.engines.realtime import (
    RealtimeUnavailable,
    SubscriptionDropped,
    TooManySubscribers,
    Topic,
)
from galleria.engines.sql import Transaction

TOPIC = Topic(HOUSE.tenant_id, "access/keys")
KEYS_CHANGED = "keys_changed"
LISTEN_AGAIN_S = 1.0


def tell_after(tx: Transaction) -> None:
    """Once this commits, what any process remembers of the tenant's keys is forgotten."""

    async def tell() -> None:
        engines, tenant_id = tx.ctx.engines, tx.tenant.tenant_id
        engines.nearby.forget(tenant_id)
        # The change is committed. Who does not hear of it knows it within seconds.
        with suppress(RealtimeUnavailable):
            await engines.realtime.publish(TOPIC, str(tenant_id).encode(), kind=KEYS_CHANGED)

    tx.after_commit(tell)


async def keep_keys_current(engines: Engines) -> None:
    """What this process remembers of keys is forgotten when they change. Runs until cancelled."""
    while True:
        with suppress(SubscriptionDropped, RealtimeUnavailable, TooManySubscribers):
            async with engines.realtime.subscribe(TOPIC) as subscription:
                engines.nearby.forget_all()  # of what changed before nothing is heard any more
                async for message in subscription:
                    engines.nearby.forget(int(message.payload))
        await asyncio.sleep(LISTEN_AGAIN_S)
