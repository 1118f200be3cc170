"""What is told of apps."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class AppInstalled(Event, frozen=True, kw_only=True):
    """An app has its key, the first one or, after another approval, a new one."""

    TAG: ClassVar[str] = "apps.app_installed.v1"
    SUBJECT: ClassVar[str] = "app_id"

    app_id: UUID
    handle: str
    name: str
    scopes: list[str]


class AppUninstalled(Event, frozen=True, kw_only=True):
    """An app may do nothing in the shop any more."""

    TAG: ClassVar[str] = "apps.app_uninstalled.v1"
    SUBJECT: ClassVar[str] = "app_id"

    app_id: UUID
    handle: str
    keeps_metafields: bool
