"""What the webhooks tell, the shop's owner above all."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class EndpointChanged(Event, frozen=True, kw_only=True):
    """A webhook was created, changed, paused, enabled or removed, or has a new secret."""

    TAG: ClassVar[str] = "webhooks.endpoint_changed.v1"
    SUBJECT: ClassVar[str] = "endpoint_id"

    endpoint_id: UUID
    action: str


class EndpointDisabled(Event, frozen=True, kw_only=True):
    """Nothing is sent to a webhook any more, until somebody enables it: `reason` is failing when
    nothing arrived for days, or gone when it answered 410.
    """

    TAG: ClassVar[str] = "webhooks.endpoint_disabled.v1"
    SUBJECT: ClassVar[str] = "endpoint_id"

    endpoint_id: UUID
    name: str
    reason: str


class EndpointRemoved(Event, frozen=True, kw_only=True):
    """A webhook is gone; what was kept of its deliveries goes too."""

    TAG: ClassVar[str] = "webhooks.endpoint_removed.v1"
    SUBJECT: ClassVar[str] = "endpoint_id"

    endpoint_id: UUID


class ReplayRequested(Event, frozen=True, kw_only=True):
    """Deliveries of a stretch of time are to be sent once more."""

    TAG: ClassVar[str] = "webhooks.replay_requested.v1"
    SUBJECT: ClassVar[str] = "replay_id"

    replay_id: UUID
