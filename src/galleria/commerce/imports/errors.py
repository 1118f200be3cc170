"""What can go wrong with product files, each with a code that stays."""

from galleria.foundation.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    TooLarge,
)


class UnreadableFile(InvalidInput):
    """This is no product file, or one that ends or breaks in the middle; `errors` says why."""

    code = "unreadable_file"
    title = "This file cannot be read as a product file"


class SuspiciousFile(TooLarge):
    """A packed file that would unpack to far more than any product file does."""

    code = "suspicious_file"
    title = "The packed file unpacks to far too much"


class FileNotFound(NotFound):
    """This shop has no such file."""

    code = "product_file_not_found"
    title = "No such product file"


class ImportNotFound(NotFound):
    """This shop has no such import."""

    code = "import_not_found"
    title = "No such import"


class ImportFinished(Conflict):
    """An import that has come to its end cannot be cancelled."""

    code = "import_finished"
    title = "The import has come to its end"


class ImportNotPaused(Conflict):
    """Only what goes in can be paused, and only what was paused goes on."""

    code = "import_not_paused"
    title = "The import cannot be paused or resumed now"


class ImportNotUndoable(Conflict):
    """It is under way, wrote nothing, or ended too long ago; the detail says which."""

    code = "import_not_undoable"
    title = "The import cannot be undone"


class ExportNotFound(NotFound):
    """This shop has no such export."""

    code = "export_not_found"
    title = "No such export"


class ExportNotReady(Conflict):
    """The export's file is still being written, or could not be."""

    code = "export_not_ready"
    title = "The export is not ready"


class MappingNotFound(NotFound):
    """This shop has no such mapping."""

    code = "import_mapping_not_found"
    title = "No such mapping"


class MappingChanged(PreconditionFailed):
    """Somebody else edited the mapping meanwhile."""

    code = "import_mapping_changed"
    title = "The mapping has changed since it was read"


class NobodyTakesIt(Conflict):
    """The file can be read, but no part of this installation keeps what it holds."""

    code = "import_has_no_taker"
    title = "Nothing here keeps what this file holds"
