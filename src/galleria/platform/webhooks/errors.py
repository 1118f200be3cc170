"""How sending events to others can fail."""

from galleria.foundation.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound


class WebhookNotFound(NotFound):
    code = "webhook_not_found"
    title = "There is no such webhook"


class WebhookDeliveryNotFound(NotFound):
    code = "webhook_delivery_not_found"
    title = "There is no such delivery"


class WebhookReplayNotFound(NotFound):
    code = "webhook_replay_not_found"
    title = "There is no such replay"


class InvalidWebhook(InvalidInput):
    code = "invalid_webhook"
    title = "This cannot be a webhook"


class EventScopeNotHeld(Forbidden):
    code = "event_scope_not_held"
    title = "These events tell of what you may not read"


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    title = "The shop has as many webhooks as it may have"


class WebhookChanged(Conflict):
    code = "webhook_changed"
    title = "The webhook was changed meanwhile"


class WebhookNotEnabled(Conflict):
    code = "webhook_not_enabled"
    title = "Nothing is sent to this webhook at present"


class TooManySecrets(Conflict):
    code = "too_many_webhook_secrets"
    title = "The webhook has as many secrets alive as it may have"


class EventsNotKept(Gone):
    code = "events_not_kept"
    title = "The events after this position are not kept any more"


class InvalidPosition(InvalidInput):
    code = "invalid_event_position"
    title = "This is no position in the events"
