"""What the imports tell the other rooms, and themselves."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class ImportRequested(Event, frozen=True, kw_only=True):
    """It is this import's turn. Published when it is asked for, and again when it had to wait."""

    TAG: ClassVar[str] = "imports.import_requested.v1"
    SUBJECT: ClassVar[str] = "run_id"

    run_id: UUID


class ImportEnded(Event, frozen=True, kw_only=True):
    """An import came to its end: `state` is done, failed or cancelled. Counts are of products."""

    TAG: ClassVar[str] = "imports.import_ended.v1"
    SUBJECT: ClassVar[str] = "run_id"

    run_id: UUID
    state: str
    is_dry_run: bool
    created_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int


class ExportRequested(Event, frozen=True, kw_only=True):
    """Somebody wants all products of the shop in a file."""

    TAG: ClassVar[str] = "imports.export_requested.v1"
    SUBJECT: ClassVar[str] = "export_id"

    export_id: UUID
