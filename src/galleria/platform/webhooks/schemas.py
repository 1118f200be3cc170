"""What programs and the back office send about webhooks."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.foundation.http import MAX_INT53, HttpUrl, Name, WireInput
from galleria.platform.webhooks.model import choosing, signing
from galleria.platform.webhooks.model.choosing import Choice, Condition
from galleria.platform.webhooks.model.endpoints import DEFAULT_TIMEOUT_S, ShownEndpoint
from galleria.platform.webhooks.model.signing import ShownSecret

Tag = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[a-z0-9_.]+$(?!\n)")]
Path = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[a-z0-9_.]+$(?!\n)")]
Word = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Meta(ge=-MAX_INT53, le=MAX_INT53)]
Value = Word | Number | float | bool | None
TimeoutS = Annotated[int, Meta(ge=1, le=30)]
SecretText = Annotated[str, Meta(max_length=120, pattern=r"^whsec_[A-Za-z0-9+/=]*$(?!\n)")]


class WireCondition(WireInput):
    """What a field has to be: one of `values`, none of them, within a bound, or a text with it."""

    path: Path
    operator: choosing.Operator
    values: Annotated[list[Value], Meta(min_length=1, max_length=choosing.MOST_VALUES)]


class WireChoice(WireInput):
    """Events of a tag that fulfil all conditions, with these fields, or with all.

    `is_expanded` wants what it is about beside it, orders or products, as the admin API tells them.
    """

    tag: Tag
    conditions: Annotated[list[WireCondition], Meta(max_length=choosing.MOST_CONDITIONS)] = (
        msgspec.field(default_factory=list)
    )
    fields: Annotated[list[Path], Meta(max_length=choosing.MOST_FIELDS)] = msgspec.field(
        default_factory=list
    )
    is_expanded: bool = False

    def choice(self) -> Choice:
        """The choice that is meant."""
        conditions = [Condition(**msgspec.structs.asdict(each)) for each in self.conditions]
        return Choice(
            tag=self.tag,
            conditions=conditions,
            fields=list(self.fields),
            is_expanded=self.is_expanded,
        )


Choices = Annotated[list[WireChoice], Meta(min_length=1, max_length=choosing.MOST_TAGS)]


class NewWebhook(WireInput):
    """An endpoint to be made. Without `secret` it gets one of its own."""

    name: Name
    url: HttpUrl
    subscriptions: Choices
    is_ordered: bool = False
    timeout_s: TimeoutS = DEFAULT_TIMEOUT_S
    secret: SecretText | None = None


class WebhookChanges(WireInput):
    """The fields to change."""

    name: Name | UnsetType = UNSET
    url: HttpUrl | UnsetType = UNSET
    subscriptions: Choices | UnsetType = UNSET
    is_ordered: bool | UnsetType = UNSET
    timeout_s: TimeoutS | UnsetType = UNSET


class RotateSecret(WireInput):
    """A new secret; the old ones sign as well for so many hours."""

    grace_hours: Annotated[int, Meta(ge=0, le=signing.MOST_GRACE_HOURS)] = (
        signing.DEFAULT_GRACE_HOURS
    )
    secret: SecretText | None = None


class TestEvent(WireInput):
    """Which event to send a sample of."""

    __test__ = False  # no test, whatever pytest takes it for

    tag: Tag


Instant = Annotated[datetime, Meta(tz=True)]


class NewReplay(WireInput):
    """Deliveries made in this stretch of time: the failed ones, or all."""

    since: Instant
    until: Instant
    what: Literal["failed", "all"] = "failed"


class CreatedWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """A new endpoint and what its messages are signed with."""

    webhook: ShownEndpoint
    secret: ShownSecret


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets that sign at present, the newest first."""

    items: list[ShownSecret]


class TestSent(msgspec.Struct, frozen=True, kw_only=True):
    """A sample is on its way; look at the delivery for what comes of it."""

    __test__ = False

    delivery_id: UUID
