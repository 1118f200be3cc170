"""The manifest of the webhooks."""

from galleria.engines.room import Room
from galleria.platform.webhooks.jobs import ENQUEUES, JOBS, SCHEDULES, SUBSCRIPTIONS
from galleria.platform.webhooks.model.endpoints import WebhooksSettings
from galleria.platform.webhooks.routes import ROUTES
from galleria.platform.webhooks.service.leaving import erase_webhooks, export_webhooks

ROOM = Room(
    name="platform.webhooks",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=JOBS,
    schedules=SCHEDULES,
    settings=WebhooksSettings,
    export=export_webhooks,
    erase=erase_webhooks,
)
