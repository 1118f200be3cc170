"""What the profiles tell other rooms."""

from typing import ClassVar

from galleria.foundation.events import Event


class ProfileChanged(Event, frozen=True, kw_only=True):
    """Answers by this profile look different from `version` on.

    `act` is created, changed, removed or restored.
    """

    TAG: ClassVar[str] = "profiles.profile_changed.v1"
    SUBJECT: ClassVar[str] = "code"

    code: str
    version: int
    act: str
