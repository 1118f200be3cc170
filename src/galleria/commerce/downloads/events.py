"""What the downloads tell other rooms."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class LicencesLow(Event, frozen=True, kw_only=True):
    """`left` licences are left in the pool of this variant: the merchant should bring more.

    Published once when the pool falls to its mark, and again only after more were brought.
    """

    TAG: ClassVar[str] = "downloads.licences_low.v1"
    SUBJECT: ClassVar[str] = "variant_id"

    variant_id: UUID
    left: int
