"""What shops announce about themselves."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class ShopOpened(Event):
    """A shop exists and may sell."""

    TAG: ClassVar[str] = "tenants.shop_opened.v1"
    SUBJECT: ClassVar[str] = "slug"
    slug: str
    name: str
    currency: str
    country: str


class ShopClosed(Event):
    """A shop sells no more; nothing of it is deleted."""

    TAG: ClassVar[str] = "tenants.shop_closed.v1"
    SUBJECT: ClassVar[str] = "slug"
    slug: str


class ShopReopened(Event):
    """A closed shop sells again."""

    TAG: ClassVar[str] = "tenants.shop_reopened.v1"
    SUBJECT: ClassVar[str] = "slug"
    slug: str


class ShopUpdated(Event):
    """Name, languages, country or settings of a shop differ; `fields` names which."""

    TAG: ClassVar[str] = "tenants.shop_updated.v1"
    SUBJECT: ClassVar[str] = "slug"
    slug: str
    fields: list[str]


class ChannelChanged(Event):
    """A sales channel was added or edited."""

    TAG: ClassVar[str] = "tenants.channel_changed.v1"
    SUBJECT: ClassVar[str] = "channel_id"
    channel_id: UUID
    code: str


class DomainsChanged(Event):
    """A domain leads to the shop that did not, or no longer does."""

    TAG: ClassVar[str] = "tenants.domains_changed.v1"
    SUBJECT: ClassVar[str] = "host"
    host: str
    is_removed: bool
