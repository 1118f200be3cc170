"""What the face hears of orders, and what it does by itself."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.faces.agents.service import leaving, telling


class OrderChanged(msgspec.Struct, frozen=True):
    """The field of the orders room's events that is read here."""

    order_id: UUID


class TellAgent(msgspec.Struct, frozen=True):
    """Tell the agent of an order how it stands; `news` names this piece of news."""

    order_id: UUID
    news: UUID


async def tell_agent(ctx: Context, payload: TellAgent, progress: Progress) -> None:
    """The agent that placed the order knows how it stands, if it wants to."""
    await telling.tell_agent(ctx, payload.order_id, payload.news)


TELL_AGENT = Job("agents.tell", TellAgent, tell_agent, watched=False)
TAGS = {
    "agents.tell_placed": "orders.order_placed.v1",
    "agents.tell_cancelled": "orders.order_cancelled.v1",
    "agents.tell_fulfilled": "orders.order_fulfilled.v1",
    "agents.tell_refunded": "orders.order_refunded.v1",
}
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        handler,
        tag,
        OrderChanged,
        TELL_AGENT,
        lambda event: TellAgent(event.payload.order_id, event.event_id),
    )
    for handler, tag in TAGS.items()
]
SCHEDULES = [Schedule("agents.forget", "47 3 * * *", leaving.forget_old)]
