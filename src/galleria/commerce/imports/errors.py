"""What can go wrong with product files, each with a code that stays."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound, TooLarge


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


class ExportNotFound(NotFound):
    """This shop has no such export."""

    code = "export_not_found"
    title = "No such export"


class ExportNotReady(Conflict):
    """The export's file is still being written, or could not be."""

    code = "export_not_ready"
    title = "The export is not ready"
