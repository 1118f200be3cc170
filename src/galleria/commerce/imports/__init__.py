"""Product files in and out: what a supplier, another shop system or an export of ours sends.

A file is kept, recognised by its content, and taken in batch by batch; what cannot go in is
listed with its line, the reason and a remedy. Tables `imports.file`, `run`, `problem`, `change`,
`seen` and `export`. Events `imports.import_requested.v1`, `imports.import_ended.v1` and
`imports.export_requested.v1`. The files are described in `docs/reference/product-files.md`.
"""

from galleria.commerce.imports.errors import (
    ExportNotFound,
    ExportNotReady,
    FileNotFound,
    ImportFinished,
    ImportNotFound,
    SuspiciousFile,
    UnreadableFile,
)
from galleria.commerce.imports.events import ExportRequested, ImportEnded, ImportRequested
from galleria.commerce.imports.model.runs import Change, Export, Problem, Run, StoredFile
from galleria.commerce.imports.service import (
    accept_file,
    cancel_import,
    export_shop,
    get_export,
    get_file,
    get_run,
    list_changes,
    list_exports,
    list_problems,
    list_runs,
    open_export,
    problems_as_csv,
    run_import_now,
    start_export,
    start_import,
)

__all__ = [
    "Change",
    "Export",
    "ExportNotFound",
    "ExportNotReady",
    "ExportRequested",
    "FileNotFound",
    "ImportEnded",
    "ImportFinished",
    "ImportNotFound",
    "ImportRequested",
    "Problem",
    "Run",
    "StoredFile",
    "SuspiciousFile",
    "UnreadableFile",
    "accept_file",
    "cancel_import",
    "export_shop",
    "get_export",
    "get_file",
    "get_run",
    "list_changes",
    "list_exports",
    "list_problems",
    "list_runs",
    "open_export",
    "problems_as_csv",
    "run_import_now",
    "start_export",
    "start_import",
]
