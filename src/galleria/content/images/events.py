"""What pictures tell."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class ImageStored(Event, frozen=True, kw_only=True):
    """A picture is kept that was not there before; its bytes will never change."""

    TAG: ClassVar[str] = "images.image_stored.v1"
    SUBJECT: ClassVar[str] = "media_id"

    media_id: UUID
