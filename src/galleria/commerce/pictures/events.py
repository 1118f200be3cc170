"""What the room tells: mostly itself."""

from typing import ClassVar

from galleria.foundation.events import Event


class PicturesWanted(Event, frozen=True, kw_only=True):
    """There are pictures to fetch, or to put on products. `wanted_count` of them are new."""

    TAG: ClassVar[str] = "pictures.pictures_wanted.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str = "pictures"
    wanted_count: int
