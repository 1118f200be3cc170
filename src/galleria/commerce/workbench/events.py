"""What the work-bench tells, itself above all."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class ActRequested(Event, frozen=True, kw_only=True):
    """A change of many products, or taking it back, is to be worked at."""

    TAG: ClassVar[str] = "workbench.act_requested.v1"
    SUBJECT: ClassVar[str] = "act_id"

    act_id: UUID
