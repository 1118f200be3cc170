"""What the kiosks tell."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class PackRequested(Event, frozen=True, kw_only=True):
    """A kiosk wants a pack that is not there: a worker makes it."""

    TAG: ClassVar[str] = "kiosk.pack_requested.v1"
    SUBJECT: ClassVar[str] = "pack_id"

    pack_id: UUID
