"""Shops whose webhooks may lie on the loopback, at a time of the test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from galleria.engines.context import Context, Engines
from galleria.engines.event_log import Relay
from galleria.engines.outbound import Outbound, parse_allowances
from galleria.foundation.clock import ManualClock
from galleria.foundation.events import Event
from galleria.foundation.ids import new_id
from galleria.platform import webhooks
from galleria.platform.tenants import ChannelChanged
from galleria.platform.webhooks import CreatedWebhook, NewWebhook, WebhooksSettings, WireChoice
from galleria.platform.webhooks.jobs import SUBSCRIPTIONS
from galleria.platform.webhooks.service.leaving import erase_webhooks
from galleria.platform.webhooks.service.sending import Sender

CHANGED = "tenants.channel_changed.v1"


@pytest.fixture
def clock() -> ManualClock:
    """The time of day, which the test turns on."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
async def engines(engines: Engines, clock: ManualClock) -> AsyncIterator[Engines]:
    """The run's engines with a way out to the loopback, and a clock that stands still."""
    outbound = Outbound(parse_allowances("127.0.0.0/8"))
    yield replace(
        engines,
        outbound=outbound,
        clock=clock,
        room_settings={WebhooksSettings: WebhooksSettings(allow_http=True)},
    )
    await outbound.close()


@pytest.fixture
async def shop(ctx: Context) -> AsyncIterator[Context]:
    """A shop whose webhooks are gone after the test: senders work for all shops."""
    yield ctx
    await erase_webhooks(ctx)


@pytest.fixture
def sender(engines: Engines) -> Sender:
    """A sender of the test's own: `drain` sends all that is due, of every shop there is."""
    return Sender(engines)


Happen = Callable[..., Awaitable[list[UUID]]]


@pytest.fixture
def happen(engines: Engines) -> Happen:
    """Publishes events in a shop and lets the webhooks hear of them; their ids."""

    async def run(ctx: Context, *events: Event) -> list[UUID]:
        async with ctx.transaction() as tx:
            before = await tx.fetch(EVENT_IDS)
            tx.publish(*events)
        await Relay(engines, SUBSCRIPTIONS).drain()
        after = await ctx.read(EVENT_IDS)
        return [row["event_id"] for row in after[len(before) :]]

    return run


EVENT_IDS = "SELECT event_id FROM event_log.outbox WHERE tenant_id = $1 ORDER BY sequence"


def at_present(ctx: Context) -> Context:
    """The same shop and actor, now."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, f"test-{new_id()}")


def changed(code: str = "web", channel_id: UUID | None = None) -> ChannelChanged:
    """A sales channel was edited: one of its own, unless it is named."""
    return ChannelChanged(channel_id=channel_id or new_id(), code=code)


async def subscribe(ctx: Context, url: str, *choices: WireChoice, **wanted: Any) -> CreatedWebhook:
    """A webhook at this address, for changes of channels when nothing else is chosen."""
    subscriptions = list(choices) or [WireChoice(tag=CHANGED)]
    return await webhooks.create_webhook(
        ctx, NewWebhook(name="ERP", url=url, subscriptions=subscriptions, **wanted)
    )


async def wind(clock: ManualClock, sender: Sender, hours: float, step_s: float = 3_600.0) -> None:
    """So many hours pass, and the sender is at work all the time."""
    left = timedelta(hours=hours).total_seconds()
    while left > 0:
        clock.advance(min(step_s, left))
        left -= step_s
        await sender.drain()
