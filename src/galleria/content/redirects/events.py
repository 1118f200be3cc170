"""What the redirects tell other rooms."""

from typing import ClassVar

from galleria.foundation.events import Event

MAX_PATHS = 500  # an event stays small enough to be handled in one go


class RedirectsChanged(Event, frozen=True, kw_only=True):
    """These old addresses lead elsewhere than before, or nowhere any more.

    `reason` is created, changed, removed, merged or moved.
    """

    TAG: ClassVar[str] = "redirects.redirects_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str = "redirects"
    paths: list[str]
    reason: str
