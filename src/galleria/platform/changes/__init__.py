"""The shop's memory: what each thing was before, who changed it and when, and the way back.

Tables `changes.change` (a row for each version of a thing) and `changes.bulk_change` (a row for
thousands of things that an import or another bulk act has changed). A room records its changes in
the commit that makes them, asks for a former version, and applies it by its own rules.
"""

from galleria.platform.changes.errors import (
    ChangeDoesNotFit,
    ChangeTooLarge,
    VersionNotKept,
    VersionRecorded,
)
from galleria.platform.changes.model.applying import apply, path_text
from galleria.platform.changes.model.changes import (
    BulkChunk,
    ChangeView,
    DifferenceShown,
    undone,
)
from galleria.platform.changes.model.differences import Difference, Path, Tree, diff
from galleria.platform.changes.model.packing import MOST_IN_CHUNK, Entry
from galleria.platform.changes.service.forgetting import forget
from galleria.platform.changes.service.reading import (
    chunks_of_bulk,
    history_of,
    unpack,
    version_before,
)
from galleria.platform.changes.service.recording import record, record_bulk

__all__ = [
    "MOST_IN_CHUNK",
    "BulkChunk",
    "ChangeDoesNotFit",
    "ChangeTooLarge",
    "ChangeView",
    "Difference",
    "DifferenceShown",
    "Entry",
    "Path",
    "Tree",
    "VersionNotKept",
    "VersionRecorded",
    "apply",
    "chunks_of_bulk",
    "diff",
    "forget",
    "history_of",
    "path_text",
    "record",
    "record_bulk",
    "undone",
    "unpack",
    "version_before",
]
