"""Deliveries sent once more: one, all of a stretch of time; and samples to try a receiver with."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.foundation.errors import FieldError
from galleria.foundation.events import Envelope
from galleria.foundation.ids import new_id
from galleria.platform import audit
from galleria.platform.webhooks.errors import (
    InvalidWebhook,
    WebhookDeliveryNotFound,
    WebhookNotEnabled,
    WebhookReplayNotFound,
)
from galleria.platform.webhooks.events import ReplayRequested
from galleria.platform.webhooks.model.catalogue import LEAVES, sample_of
from galleria.platform.webhooks.model.deliveries import DeliveryDetail, Replay
from galleria.platform.webhooks.model.endpoints import Message, body_of
from galleria.platform.webhooks.model.things import thing_ids_in
from galleria.platform.webhooks.repository import deliveries as repository
from galleria.platform.webhooks.schemas import NewReplay
from galleria.platform.webhooks.service import reading
from galleria.platform.webhooks.service.endpoints import get_webhook

A_STEP = 500
MOST_LISTED = 20
Report = Callable[[int], Awaitable[None]]


async def replay_delivery(ctx: Context, endpoint_id: UUID, delivery_id: UUID) -> DeliveryDetail:
    """The delivery is on its way again, with the id it had; one that waits stays as it is.

    Raises:
        WebhookNotFound, WebhookDeliveryNotFound: there is none.
    """
    webhook = await get_webhook(ctx, endpoint_id)
    async with ctx.transaction() as tx:
        if await repository.find(tx, endpoint_id, delivery_id) is None:
            raise WebhookDeliveryNotFound(f"no delivery {delivery_id}")
        is_ordered = webhook.endpoint.is_ordered
        await repository.lock_lines(tx)
        lines = await repository.send_again(tx, [delivery_id], is_ordered=is_ordered)
        await repository.release_heads(tx, lines)
        if lines:
            detail = {"delivery_id": delivery_id}
            await audit.record(tx, "webhooks.replayed", f"webhook:{endpoint_id}", detail)
    return await reading.get_delivery(ctx, endpoint_id, delivery_id)


async def start_replay(ctx: Context, endpoint_id: UUID, wanted: NewReplay) -> Replay:
    """The deliveries of a stretch of time are sent once more; a worker sees to it.

    Raises:
        WebhookNotFound: this shop has no such endpoint.
        InvalidWebhook: the stretch ends before it begins.
    """
    if wanted.until <= wanted.since:
        said = "it ends before it begins"
        raise InvalidWebhook(said, errors=[FieldError("until", "ends_before_start", said)])
    await get_webhook(ctx, endpoint_id)
    replay = Replay(
        replay_id=new_id(),
        endpoint_id=endpoint_id,
        since=wanted.since,
        # What comes about from now on is not meant, nor what the replay itself does.
        until=min(wanted.until, ctx.wall_now),
        what=wanted.what,
        state="running",
        replayed_count=0,
        created_at=ctx.wall_now,
        done_at=None,
    )
    async with ctx.transaction() as tx:
        await repository.add_replay(tx, replay)
        tx.publish(ReplayRequested(replay_id=replay.replay_id))
        detail = {"since": wanted.since, "until": replay.until, "what": wanted.what}
        await audit.record(tx, "webhooks.replay_started", f"webhook:{endpoint_id}", detail)
    return replay


async def get_replay(ctx: Context, endpoint_id: UUID, replay_id: UUID) -> Replay:
    """How far a replay has come.

    Raises:
        WebhookReplayNotFound: this endpoint has none with this id.
    """
    found = await repository.find_replay(ctx, replay_id)
    if found is None or found[0].endpoint_id != endpoint_id:
        raise WebhookReplayNotFound(f"no replay {replay_id}")
    return found[0]


async def list_replays(ctx: Context, endpoint_id: UUID) -> list[Replay]:
    """The latest replays of an endpoint, the newest first."""
    return await repository.replays_of(ctx, endpoint_id, MOST_LISTED)


async def run_replay(ctx: Context, replay_id: UUID, report: Report) -> None:
    """The replay has come to its end; begun again, it goes on where it was."""
    while True:
        async with ctx.transaction() as tx:
            found = await repository.find_replay(tx, replay_id, lock=True)
            if found is None or found[0].state == "done":
                return
            replay, reached = found
            webhook = await get_webhook(ctx, replay.endpoint_id)
            ids = await repository.ended_after(tx, replay, reached, A_STEP)
            await repository.lock_lines(tx)
            lines = await repository.send_again(tx, ids, is_ordered=webhook.endpoint.is_ordered)
            await repository.release_heads(tx, sorted(set(lines)))
            is_done = len(ids) < A_STEP
            replay = msgspec.structs.replace(
                replay,
                replayed_count=replay.replayed_count + len(lines),
                state="done" if is_done else "running",
                done_at=ctx.wall_clock.now() if is_done else None,
            )
            await repository.save_replay(tx, replay, ids[-1] if ids else reached)
        await report(replay.replayed_count)


async def send_test(ctx: Context, endpoint_id: UUID, tag: str) -> UUID:
    """A sample of an event is on its way to the endpoint; its delivery's id.

    Raises:
        WebhookNotFound: this shop has no such endpoint.
        WebhookNotEnabled: nothing is sent to it at present.
        InvalidWebhook: there is no such event to send.
    """
    webhook = await get_webhook(ctx, endpoint_id)
    if webhook.endpoint.status != "enabled":
        raise WebhookNotEnabled("enable the webhook first")
    if tag not in LEAVES:
        said = f"no event {tag[:80]}"
        raise InvalidWebhook(said, errors=[FieldError("tag", "unknown_event", said)])
    event: Envelope[object] = Envelope(
        event_id=new_id(),
        tag=tag,
        tenant_id=ctx.tenant.tenant_id,
        subject_id="sample",
        occurred_at=ctx.wall_now,
        actor="",
        request_id="",
        payload=None,
    )
    sample = sample_of(tag)
    choices = {each.tag: each for each in webhook.endpoint.subscriptions}
    is_expanded = tag in choices and choices[tag].is_expanded
    message = Message(
        endpoint_id=endpoint_id,
        message_id=event.event_id,
        tag=tag,
        subject_id=event.subject_id,
        occurred_at=ctx.wall_now,
        body=body_of(event, ctx.tenant.slug, sample),
        thing_ids=thing_ids_in(tag, sample) if is_expanded else [],
        is_test=True,
    )
    async with ctx.transaction() as tx:
        (delivery_id,) = await repository.add(tx, [message])
        detail = {"tag": tag, "delivery_id": delivery_id}
        await audit.record(tx, "webhooks.tested", f"webhook:{endpoint_id}", detail)
    return delivery_id
