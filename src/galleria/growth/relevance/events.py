"""What judging tells the other rooms, and itself."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class RunRequested(Event, frozen=True, kw_only=True):
    """All queries of a set are to be asked."""

    TAG: ClassVar[str] = "relevance.run_requested.v1"
    SUBJECT: ClassVar[str] = "relevance_run_id"

    relevance_run_id: UUID
