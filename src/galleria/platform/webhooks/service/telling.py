"""From the event log to deliveries: in the transaction that moves the log's position."""

from typing import Any

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope
from galleria.platform.webhooks.model.endpoints import Message, messages_for
from galleria.platform.webhooks.repository import deliveries
from galleria.platform.webhooks.repository import endpoints as repository


async def tell(ctx: Context, tx: Transaction, events: list[Envelope[dict[str, Any]]]) -> None:
    """Each endpoint that wants an event has a delivery of it, once however often it is told."""
    messages: list[Message] = []
    for endpoint, _ in await repository.every(tx):
        messages += messages_for(endpoint, ctx.tenant.slug, events)
    await queue(tx, messages)


async def queue(tx: Transaction, messages: list[Message]) -> None:
    """The messages wait to be sent; of those that keep an order, the first of each subject."""
    if not messages:
        return
    lines = {(each.endpoint_id, each.subject_id) for each in messages if each.is_ordered}
    if lines:
        await deliveries.lock_lines(tx)
    await deliveries.add(tx, messages)
    if lines:
        await deliveries.release_heads(tx, sorted(lines))
