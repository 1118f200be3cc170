"""What other programs are told and by which keys they come: webhooks, and keys to be read."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import VERSION, Desk
from galleria.faces.graphql.building import Fields
from galleria.faces.graphql.inputs import checked_key, id_in, read_input
from galleria.faces.graphql.specs import Args
from galleria.platform import access, webhooks
from galleria.platform.access import DayOfUse, ListedKey
from galleria.platform.webhooks import (
    Attempt,
    Choice,
    Condition,
    CreatedWebhook,
    Delivery,
    DeliveryDetail,
    Endpoint,
    EndpointStats,
    EventType,
    Health,
    NewReplay,
    NewWebhook,
    Replay,
    ShownEndpoint,
    ShownSecret,
    WebhookChanges,
    WireChoice,
    WireCondition,
)

READ, WRITE, KEYS = "webhooks:read", "webhooks:write", "keys:read"
Hours = Annotated[int, Meta(ge=1, le=720)]
Tag = Annotated[str, Meta(max_length=100, pattern=r"^[a-z0-9_.]*$(?!\n)")]
NAMES: dict[Any, str] = {
    ShownEndpoint: "Webhook",
    Endpoint: "WebhookEndpoint",
    Choice: "WebhookChoice",
    Condition: "WebhookCondition",
    WireChoice: "WebhookChoice",
    WireCondition: "WebhookCondition",
    ShownSecret: "WebhookSecret",
    Health: "WebhookHealth",
    Delivery: "WebhookDelivery",
    DeliveryDetail: "WebhookDeliveryDetail",
    Attempt: "WebhookAttempt",
    EndpointStats: "WebhookStats",
    Replay: "WebhookReplay",
    ListedKey: "Key",
    DayOfUse: "KeyUse",
}


def queries(desk: Desk) -> Fields:
    """What shows webhooks and keys."""
    return {
        "webhooks": desk.all(
            ShownEndpoint,
            lambda ctx, _: webhooks.list_webhooks(ctx),
            READ,
            "All webhooks of the shop with how they do; a shop has 50 at most.",
        ),
        "webhook": desk.one(
            ShownEndpoint,
            lambda ctx, args: webhooks.get_webhook(ctx, id_in(args, "endpoint_id")),
            READ,
            "One webhook with how it does.",
            endpoint_id=UUID,
        ),
        "eventTypes": desk.all(
            EventType,
            list_event_types,
            READ,
            "All events that can be subscribed to, each with its fields and a sample.",
        ),
        **_deliveries(desk),
        "keys": desk.many(
            ListedKey,
            lambda ctx, _, cursor, limit: access.list_keys(ctx, cursor, limit),
            KEYS,
            "The shop's keys, the newest first, and when each was last used. Never their text.",
        ),
        "key": desk.one(
            ListedKey,
            lambda ctx, args: access.get_key(ctx, id_in(args, "key_id")),
            KEYS,
            "One key, dead or alive.",
            key_id=UUID,
        ),
        "keyUses": desk.many(
            DayOfUse,
            lambda ctx, args, cursor, limit: access.list_uses(
                ctx, id_in(args, "key_id"), cursor, limit
            ),
            KEYS,
            "Who used a key, by day, network, kind of program and part of the API, for 90 days.",
            key_id=UUID,
        ),
    }


def _deliveries(desk: Desk) -> Fields:
    return {
        "webhookDeliveries": desk.many(
            Delivery,
            lambda ctx, args, cursor, limit: webhooks.list_deliveries(
                ctx, id_in(args, "endpoint_id"), (args["state"], args["tag"]), cursor, limit
            ),
            READ,
            "What was sent there and what waits to be, the newest first. `state` is waiting,"
            " delivered or failed.",
            endpoint_id=UUID,
            state=(Annotated[str, Meta(pattern=r"^(waiting|delivered|failed)?$(?!\n)")], ""),
            tag=(Tag, ""),
        ),
        "webhookDelivery": desk.one(
            DeliveryDetail,
            lambda ctx, args: webhooks.get_delivery(ctx, *_of_endpoint(args, "delivery_id")),
            READ,
            "A delivery with its body, and each try with what was answered.",
            endpoint_id=UUID,
            delivery_id=UUID,
        ),
        "webhookStats": desk.one(
            EndpointStats,
            lambda ctx, args: webhooks.stats(ctx, id_in(args, "endpoint_id"), args["hours"]),
            READ,
            "How much arrived in the last hours, how long it took, and how old what waits is.",
            endpoint_id=UUID,
            hours=(Hours, 24),
        ),
        "webhookReplay": desk.one(
            Replay,
            lambda ctx, args: webhooks.get_replay(ctx, *_of_endpoint(args, "replay_id")),
            READ,
            "How far a replay has come.",
            endpoint_id=UUID,
            replay_id=UUID,
        ),
    }


def mutations(desk: Desk) -> Fields:
    """What changes webhooks."""
    one: dict[str, Any] = {"endpoint_id": UUID}
    return {
        "createWebhook": desk.act(
            CreatedWebhook,
            "createdWebhook",
            create_webhook,
            WRITE,
            "Send events to an address from now on. The secret that comes back signs each message."
            " With an `idempotencyKey`, safe to repeat for a day.",
            input=NewWebhook,
            idempotency_key=(str | None, None),
        ),
        "changeWebhook": desk.act(
            ShownEndpoint,
            "webhook",
            lambda ctx, args: webhooks.change_webhook(
                ctx,
                id_in(args, "endpoint_id"),
                read_input(args, WebhookChanges),
                args["expected_version"],
            ),
            WRITE,
            "Change what is named of the webhook. Messages that wait already stay as they were.",
            **one,
            input=WebhookChanges,
            **VERSION,
        ),
        "pauseWebhook": desk.act(
            ShownEndpoint,
            "webhook",
            lambda ctx, args: webhooks.pause_webhook(ctx, id_in(args, "endpoint_id")),
            WRITE,
            "Send nothing for the time being; what happens meanwhile waits. Safe to repeat.",
            **one,
        ),
        "enableWebhook": desk.act(
            ShownEndpoint,
            "webhook",
            lambda ctx, args: webhooks.enable_webhook(ctx, id_in(args, "endpoint_id")),
            WRITE,
            "Send again, what waits at once; also to one that rests after failures.",
            **one,
        ),
        "removeWebhook": desk.gone(
            "endpoint_id",
            webhooks.remove_webhook,
            WRITE,
            "Send nothing there any more, and forget what was sent.",
        ),
        **_sent_again(desk),
    }


def _sent_again(desk: Desk) -> Fields:
    one: dict[str, Any] = {"endpoint_id": UUID}
    return {
        "replayWebhookDelivery": desk.act(
            DeliveryDetail,
            "webhookDeliveryDetail",
            lambda ctx, args: webhooks.replay_delivery(ctx, *_of_endpoint(args, "delivery_id")),
            WRITE,
            "Send a delivery once more, with the id it had. One that waits is not sent twice.",
            **one,
            delivery_id=UUID,
        ),
        "startWebhookReplay": desk.act(
            Replay,
            "webhookReplay",
            lambda ctx, args: webhooks.start_replay(
                ctx, id_in(args, "endpoint_id"), read_input(args, NewReplay)
            ),
            WRITE,
            "Send all that failed, or simply all, of a stretch of time once more.",
            **one,
            input=NewReplay,
        ),
        "testWebhook": desk.act(
            UUID | None,
            "deliveryId",
            lambda ctx, args: webhooks.send_test(ctx, id_in(args, "endpoint_id"), args["tag"]),
            WRITE,
            "Send a sample of an event, to try a receiver with.",
            **one,
            tag=Tag,
        ),
    }


def _of_endpoint(args: Args, name: str) -> tuple[UUID, UUID]:
    """The endpoint, and what is named of it."""
    return id_in(dict(args), "endpoint_id"), id_in(dict(args), name)


async def list_event_types(ctx: Context, args: dict[str, Any]) -> list[EventType]:
    """See the field."""
    return webhooks.event_types()


async def create_webhook(ctx: Context, args: dict[str, Any]) -> CreatedWebhook:
    """See the field."""
    key = args["idempotency_key"]
    wanted = read_input(args, NewWebhook)
    return await webhooks.create_webhook(ctx, wanted, None if key is None else checked_key(key))
