"""Messengers: other systems hear of what happens in a shop, as it happens.

An endpoint is an address that chosen events are sent to, signed, until they arrive; whoever would
rather listen reads the event stream. Tables `webhooks.endpoint`, `health`, `secret`, `delivery`,
`attempt`, `hour` and `replay`; events `webhooks.endpoint_changed.v1`, `endpoint_disabled.v1`,
`endpoint_removed.v1` and `replay_requested.v1`.
"""

from galleria.platform.webhooks.errors import (
    EventScopeNotHeld,
    EventsNotKept,
    InvalidPosition,
    InvalidWebhook,
    TooManySecrets,
    TooManyWebhooks,
    WebhookDeliveryNotFound,
    WebhookNotEnabled,
    WebhookNotFound,
    WebhookReplayNotFound,
)
from galleria.platform.webhooks.events import (
    EndpointChanged,
    EndpointDisabled,
    EndpointRemoved,
    ReplayRequested,
)
from galleria.platform.webhooks.model.catalogue import LEAVES, STAYS, EventType, event_types
from galleria.platform.webhooks.model.choosing import Choice, Condition
from galleria.platform.webhooks.model.deliveries import Attempt, Delivery, DeliveryDetail, Replay
from galleria.platform.webhooks.model.endpoints import (
    Endpoint,
    ShownEndpoint,
    WebhooksSettings,
    body_of_streamed,
)
from galleria.platform.webhooks.model.figures import EndpointStats
from galleria.platform.webhooks.model.retrying import Health
from galleria.platform.webhooks.model.signing import ShownSecret, secret_text, signed_headers
from galleria.platform.webhooks.model.streaming import EventPage, StreamedEvent
from galleria.platform.webhooks.model.things import Thing
from galleria.platform.webhooks.schemas import (
    CreatedWebhook,
    NewReplay,
    NewWebhook,
    RotateSecret,
    WebhookChanges,
    WireChoice,
    WireCondition,
)
from galleria.platform.webhooks.service.endpoints import (
    change_webhook,
    check_webhook,
    create_webhook,
    enable_webhook,
    get_webhook,
    list_webhooks,
    pause_webhook,
    place_webhook,
    remove_webhook,
)
from galleria.platform.webhooks.service.expanding import things
from galleria.platform.webhooks.service.reading import get_delivery, list_deliveries, stats
from galleria.platform.webhooks.service.replaying import (
    get_replay,
    list_replays,
    replay_delivery,
    run_replay,
    send_test,
    start_replay,
)
from galleria.platform.webhooks.service.secrets import rotate_secret, show_secrets
from galleria.platform.webhooks.service.sending import Sender
from galleria.platform.webhooks.service.streaming import NOW, open_stream, read_events, tags_for

__all__ = [
    "LEAVES",
    "NOW",
    "STAYS",
    "Attempt",
    "Choice",
    "Condition",
    "CreatedWebhook",
    "Delivery",
    "DeliveryDetail",
    "Endpoint",
    "EndpointChanged",
    "EndpointDisabled",
    "EndpointRemoved",
    "EndpointStats",
    "EventPage",
    "EventScopeNotHeld",
    "EventType",
    "EventsNotKept",
    "Health",
    "InvalidPosition",
    "InvalidWebhook",
    "NewReplay",
    "NewWebhook",
    "Replay",
    "ReplayRequested",
    "RotateSecret",
    "Sender",
    "ShownEndpoint",
    "ShownSecret",
    "StreamedEvent",
    "Thing",
    "TooManySecrets",
    "TooManyWebhooks",
    "WebhookChanges",
    "WebhookDeliveryNotFound",
    "WebhookNotEnabled",
    "WebhookNotFound",
    "WebhookReplayNotFound",
    "WebhooksSettings",
    "WireChoice",
    "WireCondition",
    "body_of_streamed",
    "change_webhook",
    "check_webhook",
    "create_webhook",
    "enable_webhook",
    "event_types",
    "get_delivery",
    "get_replay",
    "get_webhook",
    "list_deliveries",
    "list_replays",
    "list_webhooks",
    "open_stream",
    "pause_webhook",
    "place_webhook",
    "read_events",
    "remove_webhook",
    "replay_delivery",
    "rotate_secret",
    "run_replay",
    "secret_text",
    "send_test",
    "show_secrets",
    "signed_headers",
    "start_replay",
    "stats",
    "tags_for",
    "things",
]
